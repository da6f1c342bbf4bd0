/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: in the user's folder no link is followed, no mount is entered, and nothing is waited for: what is read is a
 *         regular file of the user's own, and of that one token's text.
 * MUST 2: nothing that was there before is written to or given away.
 * MUST 3: nothing is done in a folder that others than root may write, or that is another user's.
 * MUST 4: the file is out of the way of whoever renews it before it is read, so that no later token is left in it.
 */
#include "config.h"

#include "session_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client/connect.h"
#include "quiet_write.h"

#define PREFIX "token."
#define DIGITS 16
#define TRIES 8 /* while other sessions of the user's come and go */
#define UID_SIZE 12
#define LINE_LENGTH AUTHZ_TOKEN_TEXT_SIZE /* the text and the end of the line */

static void draw_name(char name[SESSION_NAME_SIZE])
{
	uint64_t number = 0;

	(void)!getrandom(&number, sizeof number, 0); /* without it O_EXCL decides */
	(void)snprintf(name, SESSION_NAME_SIZE, PREFIX "%016llx", (unsigned long long)number);
}

bool session_file_is_name(const char *name)
{
	const size_t length = sizeof PREFIX - 1;

	return strncmp(name, PREFIX, length) == 0 && strspn(name + length, "0123456789abcdef") == DIGITS &&
	       name[length + DIGITS] == '\0';
}

/* Closes fd with errno as it is; -1. */
static int give_up(int fd)
{
	const int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

static int open_inside(int at, const char *name, uint64_t flags)
{
	const struct open_how how = {.flags = flags | O_NOFOLLOW | O_CLOEXEC, .mode = flags & O_CREAT ? 0600 : 0,
	                             .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV};

	return connect_clear_of_stdio((int)syscall(SYS_openat2, at, name, &how, sizeof how));
}

/* Root's, or in a test whoever runs this. */
static int open_folder(const char *path, bool make)
{
	const bool made = make && mkdir(path, 0711) == 0;
	const int fd = connect_clear_of_stdio(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	struct stat st;

	if (fd < 0 || (made && fchmod(fd, 0711) != 0) || fstat(fd, &st) != 0)
		return give_up(fd);
	if ((st.st_uid == 0 || st.st_uid == geteuid()) && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return fd;
	errno = EPERM;
	return give_up(fd);
}

/* It may be one that was just made, and is root's yet; the folder above is root's alone, so nobody else made it. */
static int open_own(int folder, const char *user, uid_t uid, gid_t gid, bool make)
{
	struct stat st;
	int fd;

	if (make && mkdirat(folder, user, 0700) != 0 && errno != EEXIST)
		return -1;
	fd = open_inside(folder, user, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || fstat(fd, &st) != 0)
		return give_up(fd);
	if (st.st_uid == uid)
		return fd;
	if (make && st.st_uid == geteuid() && fchmod(fd, 0700) == 0 && fchown(fd, uid, gid) == 0)
		return fd;
	errno = EPERM;
	return give_up(fd);
}

static bool fill(int fd, uid_t uid, gid_t gid, const unsigned char token[AUTHZ_TOKEN_SIZE])
{
	char line[AUTHZ_TOKEN_TEXT_SIZE];
	bool done;

	authz_token_to_text(token, line);
	line[LINE_LENGTH - 1] = '\n';
	done = quiet_write(fd, line, LINE_LENGTH) && fchmod(fd, 0400) == 0 && fchown(fd, uid, gid) == 0;
	explicit_bzero(line, sizeof line);
	return done;
}

static int make_file(int own, uid_t uid, gid_t gid, const unsigned char *token, char name[SESSION_NAME_SIZE])
{
	bool done;
	int fd;

	draw_name(name);
	fd = open_inside(own, name, O_WRONLY | O_CREAT | O_EXCL);
	if (fd < 0)
		return -1;
	done = fill(fd, uid, gid, token);
	if (!done)
		unlinkat(own, name, 0);
	(void)give_up(fd);
	return done ? 0 : -1;
}

int session_file_make(const char *folder, uid_t uid, gid_t gid, const unsigned char token[AUTHZ_TOKEN_SIZE],
                      char name[SESSION_NAME_SIZE])
{
	char user[UID_SIZE];
	int result = -1, at = open_folder(folder, true);

	if (at < 0)
		return -1;
	(void)snprintf(user, sizeof user, "%u", (unsigned)uid);
	for (int i = 0; i < TRIES && result != 0; i++) {
		const int own = open_own(at, user, uid, gid, true);

		if (own >= 0)
			result = make_file(own, uid, gid, token, name);
		(void)give_up(own);
		if (result != 0 && errno != ENOENT && errno != EEXIST)
			break; /* not the end of another session, nor a name that is there */
	}
	(void)give_up(at);
	return result;
}

/* What renews the file from now on finds that it is gone. */
static bool read_away(int own, const char *name, uid_t uid, unsigned char token[AUTHZ_TOKEN_SIZE])
{
	char aside[SESSION_NAME_SIZE], line[LINE_LENGTH] = "";
	ssize_t got = -1;
	struct stat st;
	int fd;

	draw_name(aside);
	if (renameat(own, name, own, aside) != 0)
		return false;
	fd = open_inside(own, aside, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == uid)
		got = read(fd, line, LINE_LENGTH);
	(void)give_up(fd);
	unlinkat(own, aside, 0);
	if (got == LINE_LENGTH && line[LINE_LENGTH - 1] == '\n')
		line[LINE_LENGTH - 1] = '\0';
	got = line[LINE_LENGTH - 1] == '\0' ? authz_token_from_text(token, line) : -1;
	explicit_bzero(line, sizeof line);
	return got == 0;
}

bool session_file_take(const char *folder, uid_t uid, const char *name, unsigned char token[AUTHZ_TOKEN_SIZE])
{
	const int at = open_folder(folder, false);
	char user[UID_SIZE];
	bool taken = false;
	int own;

	memset(token, 0, AUTHZ_TOKEN_SIZE);
	if (at < 0)
		return false;
	(void)snprintf(user, sizeof user, "%u", (unsigned)uid);
	own = open_own(at, user, uid, 0, false);
	if (own >= 0)
		taken = read_away(own, name, uid, token);
	(void)give_up(own);
	unlinkat(at, user, AT_REMOVEDIR); /* where it is not empty other sessions are there */
	close(at);
	return taken;
}
