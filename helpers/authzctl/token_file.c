/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: whoever reads the file at any moment finds one whole token in it, the old one or the new one.
 * MUST 2: a file that is gone is not made again: its session has ended.
 * MUST 3: what is no regular file of the user's own is neither read nor replaced.
 */
#include "config.h"

#include "token_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINE_LENGTH AUTHZ_TOKEN_TEXT_SIZE /* the text and the end of the line */

static int open_own(const char *path, mode_t *mode)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid()) {
		*mode = st.st_mode & 0777;
		return fd;
	}
	close(fd);
	errno = EPERM;
	return -1;
}

enum secret_read token_file_read(const char *path, unsigned char token[AUTHZ_TOKEN_SIZE], mode_t *mode)
{
	const int fd = open_own(path, mode);
	enum secret_read result;
	int error;

	memset(token, 0, AUTHZ_TOKEN_SIZE);
	if (fd < 0)
		return SECRET_UNREADABLE;
	result = secret_read_token(fd, token);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

static bool write_token(int fd, mode_t mode, const unsigned char token[AUTHZ_TOKEN_SIZE])
{
	char line[AUTHZ_TOKEN_TEXT_SIZE];
	bool done;

	authz_token_to_text(token, line);
	line[LINE_LENGTH - 1] = '\n';
	errno = ENOSPC; /* of a short write */
	done = write(fd, line, LINE_LENGTH) == LINE_LENGTH && fchmod(fd, mode) == 0;
	explicit_bzero(line, sizeof line);
	return done;
}

/* The two change places, so that a file that was taken away meanwhile is not made anew. */
static bool exchange(const char *beside, const char *path)
{
	if (syscall(SYS_renameat2, AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE) == 0) /* older musl has no call for it */
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* this file system cannot; what is at "beside" is none any more */
	return access(path, F_OK) == 0 && rename(beside, path) == 0;
}

bool token_file_replace(const char *path, mode_t mode, const unsigned char token[AUTHZ_TOKEN_SIZE],
                        unsigned char old[AUTHZ_TOKEN_SIZE])
{
	char beside[PATH_MAX];
	bool done;
	int fd, error;

	memset(old, 0, AUTHZ_TOKEN_SIZE);
	if (snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= (int)sizeof beside) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write_token(fd, mode, token) && exchange(beside, path);
	error = errno;
	close(fd);
	if (done)
		(void)token_file_read(beside, old, &mode);
	(void)unlink(beside);
	errno = error;
	return done;
}

void token_file_wait(const char *path, int milliseconds)
{
	struct pollfd p = {.fd = inotify_init1(IN_CLOEXEC), .events = POLLIN};

	/* without it the time has to do */
	if (p.fd >= 0)
		(void)inotify_add_watch(p.fd, path, IN_ATTRIB | IN_MODIFY | IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW);
	(void)poll(&p, 1, milliseconds);
	if (p.fd >= 0)
		close(p.fd);
}
