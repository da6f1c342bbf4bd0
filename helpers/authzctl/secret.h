/* SPDX-License-Identifier: ISC */
/* Tokens on their way in, and a process that leaves no image of them behind. */
#ifndef AUTHZCTL_SECRET_H
#define AUTHZCTL_SECRET_H

#include <stdbool.h>

#include "authz.h"

/* From here on no core dump and no tracing by others of the same user; returns what secret_end puts back. */
int secret_begin(void);
void secret_end(int before);

enum secret_read { SECRET_OK, SECRET_NO_TOKEN, SECRET_UNREADABLE };

/*
 * A token's text: one line of descriptor fd, of which nothing past the line is read; where that is a terminal it is
 * asked for, and not shown.  SECRET_UNREADABLE leaves errno.  The caller wipes token.
 */
enum secret_read secret_read_token(int fd, unsigned char token[AUTHZ_TOKEN_SIZE]);

#endif
