/* SPDX-License-Identifier: ISC */
#include "backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool backup_file_open(struct backup_file *f, const char *path)
{
	*f = (struct backup_file){.path = path, .fd = -1};
	if (asprintf(&f->temporary, "%s.XXXXXX", path) < 0) {
		f->temporary = NULL;
		errno = ENOMEM;
		return false;
	}
	f->fd = mkostemp(f->temporary, O_CLOEXEC); /* 0600 */
	if (f->fd >= 0)
		return true;
	free(f->temporary);
	f->temporary = NULL;
	return false;
}

bool backup_file_write(struct backup_file *f, const void *bytes, size_t length)
{
	const char *from = bytes;
	ssize_t put;

	for (; length > 0; from += put, length -= (size_t)put) {
		put = write(f->fd, from, length);
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put < 0)
			return false;
	}
	return true;
}

/* So that the new name outlives a power cut. */
static bool sync_folder(const char *path)
{
	char *copy = strdup(path);
	int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* some file systems have no sync of folders */
	int saved = errno;

	if (fd >= 0)
		close(fd);
	free(copy);
	errno = saved;
	return synced;
}

bool backup_file_finish(struct backup_file *f)
{
	if (fsync(f->fd) != 0 || rename(f->temporary, f->path) != 0)
		return false;
	close(f->fd);
	free(f->temporary);
	f->temporary = NULL;
	f->fd = -1;
	return sync_folder(f->path);
}

void backup_file_drop(struct backup_file *f)
{
	if (f->temporary != NULL) {
		unlink(f->temporary);
		close(f->fd);
	}
	free(f->temporary);
	f->temporary = NULL;
	f->fd = -1;
}
