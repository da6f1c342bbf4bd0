/* SPDX-License-Identifier: ISC */
/* A file that goes to the helper as a stream, and how far it is. */
#ifndef AUTHZCTL_UPLOAD_H
#define AUTHZCTL_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "progress.h"

struct upload {
	struct progress progress;
	uint64_t done, total;
	int fd;
	int failed; /* errno of our own side, or 0 */
};

/* "-" is standard input.  False leaves errno. */
bool upload_begin(struct upload *u, const char *path, bool quiet);
/* client_stream.give, of the upload as context. */
ssize_t upload_give(void *upload, unsigned char *bytes, size_t size);
void upload_end(struct upload *u);

#endif
