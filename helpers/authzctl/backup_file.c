/* SPDX-License-Identifier: ISC */
#include "backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNNAMED_SIZE 32
#define NAME_TRIES 100

/* What linkat takes the file by. */
static void unnamed_path(const struct backup_file *f, char path[UNNAMED_SIZE])
{
	snprintf(path, UNNAMED_SIZE, "/proc/self/fd/%d", f->fd);
}

/* Without a name it goes with the process.  Not all file systems have that. */
static void open_unnamed(struct backup_file *f)
{
	char path[UNNAMED_SIZE];

	f->fd = open(f->folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	unnamed_path(f, path);
	if (f->fd < 0 || access(path, F_OK) == 0)
		return;
	close(f->fd); /* no /proc */
	f->fd = -1;
}

static void open_named(struct backup_file *f)
{
	if (asprintf(&f->temporary, "%s.XXXXXX", f->path) < 0) {
		f->temporary = NULL;
		errno = ENOMEM;
		return;
	}
	f->fd = mkostemp(f->temporary, O_CLOEXEC); /* 0600 */
	if (f->fd >= 0)
		return;
	free(f->temporary);
	f->temporary = NULL;
}

static char *folder_of(const char *path)
{
	char *copy = strdup(path), *folder = copy != NULL ? strdup(dirname(copy)) : NULL;

	free(copy);
	return folder;
}

bool backup_file_open(struct backup_file *f, const char *path)
{
	*f = (struct backup_file){.path = path, .folder = folder_of(path), .fd = -1};
	if (f->folder == NULL)
		return false;
	open_unnamed(f);
	if (f->fd < 0)
		open_named(f);
	if (f->fd >= 0)
		return true;
	free(f->folder);
	f->folder = NULL;
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
static bool sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* some file systems have no sync of folders */
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return synced;
}

/* A name beside that of the old file, for a moment: linkat replaces nothing, and rename takes no file without a name. */
static bool link_beside(struct backup_file *f, const char *unnamed)
{
	uint32_t noise;
	int tries;

	for (tries = 0; tries < NAME_TRIES; tries++) {
		if (getrandom(&noise, sizeof noise, 0) != (ssize_t)sizeof noise)
			return false;
		if (asprintf(&f->temporary, "%s.%06x", f->path, (unsigned)(noise & 0xffffff)) < 0) {
			f->temporary = NULL;
			return false;
		}
		if (linkat(AT_FDCWD, unnamed, AT_FDCWD, f->temporary, AT_SYMLINK_FOLLOW) == 0)
			return true;
		free(f->temporary);
		f->temporary = NULL;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

/* Takes the temporary name's place from whatever is called so, or leaves none. */
static bool rename_over(struct backup_file *f)
{
	bool renamed = rename(f->temporary, f->path) == 0;
	int saved = errno;

	if (!renamed)
		unlink(f->temporary);
	free(f->temporary);
	f->temporary = NULL;
	errno = saved;
	return renamed;
}

/* No signal ends the process between the two names. */
static bool replace(struct backup_file *f, const char *unnamed)
{
	sigset_t all, before;
	bool replaced;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	replaced = link_beside(f, unnamed) && rename_over(f);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return replaced;
}

static bool give_name(struct backup_file *f)
{
	char unnamed[UNNAMED_SIZE];

	if (f->temporary != NULL)
		return rename_over(f);
	unnamed_path(f, unnamed);
	if (linkat(AT_FDCWD, unnamed, AT_FDCWD, f->path, AT_SYMLINK_FOLLOW) == 0)
		return true;
	return errno == EEXIST && replace(f, unnamed);
}

bool backup_file_finish(struct backup_file *f)
{
	return fsync(f->fd) == 0 && give_name(f) && sync_folder(f->folder);
}

void backup_file_drop(struct backup_file *f)
{
	if (f->temporary != NULL)
		unlink(f->temporary);
	if (f->fd >= 0)
		close(f->fd);
	free(f->temporary);
	free(f->folder);
	*f = (struct backup_file){.fd = -1};
}
