/* SPDX-License-Identifier: ISC */
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool upload_begin(struct upload *u, const char *path, bool quiet)
{
	struct stat st;

	*u = (struct upload){.done = 0};
	u->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (u->fd < 0)
		return false;
	if (fstat(u->fd, &st) == 0 && S_ISREG(st.st_mode))
		u->total = (uint64_t)st.st_size;
	progress_begin(&u->progress, "loading", quiet);
	return true;
}

ssize_t upload_give(void *upload, unsigned char *bytes, size_t size)
{
	struct upload *u = upload;
	ssize_t got;

	do
		got = read(u->fd, bytes, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		u->failed = errno;
	else
		u->done += (uint64_t)got;
	progress_at(&u->progress, u->done, u->total);
	return got;
}

void upload_end(struct upload *u)
{
	progress_end(&u->progress);
	close(u->fd);
}
