/* SPDX-License-Identifier: ISC */
/*
 * A path is walked part by part, each part looked at on its own descriptor, links with all that they lead through.
 *
 * MUST 1: each folder and each link on the way is root's, and nobody else may write to the folder, sticky or not.
 * MUST 2: a program is a regular file of root's to which nobody else may write.
 * MUST 3: a socket may have any owner and mode, for only root can have put it there.
 * MUST 4: nothing on the way is on a file system mounted nosuid, as a user's FUSE mount and a removable disk are: there "root's"
 *         is what somebody else says.  But for tmpfs, as /run is: what that says only this kernel can have been told.
 */
#include "trusted_path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel has it */
#define REST_SIZE 4096
#define IS_NOSUID "is on a file system mounted nosuid"

struct walk {
	const struct launcher *launcher;
	char *why;
	int at;               /* the folder that was reached */
	unsigned links;
	char rest[REST_SIZE]; /* of the path, from there */
};

static bool refuse(struct walk *w, const char *what, const char *reason)
{
	snprintf(w->why, TRUSTED_WHY_SIZE, "%.120s%s%s", what, what[0] != '\0' ? " " : "", reason);
	return false;
}

static bool refuse_folder(struct walk *w, int fd, const char *reason)
{
	char link[40], name[120] = "its folder", path[108];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof path - 1);
	if (length > 0)
		snprintf(name, sizeof name, "its folder %.*s", (int)length, path);
	return refuse(w, name, reason);
}

static bool is_owner(const struct walk *w, uid_t uid)
{
	return uid == 0 || (w->launcher->own && uid == w->launcher->user);
}

/* In a sticky folder nobody removes what is root's; but once it is not there anybody may put something there. */
static bool is_written_by_others(const struct walk *w, const struct stat *st)
{
	const bool tolerated = w->launcher->own && S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);

	return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0 && !tolerated;
}

/* A launcher of the tester's own believes no owner either way. */
static bool is_hearsay(const struct walk *w, int fd)
{
	struct statfs fs;

	if (w->launcher->own)
		return false;
	return fstatfs(fd, &fs) != 0 || ((fs.f_flags & ST_NOSUID) != 0 && fs.f_type != TMPFS_MAGIC);
}

static bool enter(struct walk *w, int fd, const struct stat *st)
{
	if (!is_owner(w, st->st_uid))
		return refuse_folder(w, fd, "is not root's");
	if (is_written_by_others(w, st))
		return refuse_folder(w, fd, "is writable by others");
	if (is_hearsay(w, fd))
		return refuse_folder(w, fd, IS_NOSUID);
	if (w->at >= 0)
		close(w->at);
	w->at = fd;
	return true;
}

static bool enter_root(struct walk *w)
{
	struct stat st;
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && enter(w, fd, &st))
		return true;
	if (fd >= 0)
		close(fd);
	return false;
}

/* The link's own text takes its place. */
static bool follow(struct walk *w, int fd, const struct stat *st)
{
	char target[REST_SIZE];
	ssize_t length = readlinkat(fd, "", target, sizeof target - 1);
	size_t rest = strlen(w->rest);

	if (!is_owner(w, st->st_uid))
		return refuse(w, "", "is reached by a link that is not root's");
	if (length <= 0 || ++w->links > LINKS_MAX || (size_t)length + rest + 2 > REST_SIZE)
		return refuse(w, "", "is reached by too many or too long links");
	target[length] = '/';
	memmove(w->rest + length + 1, w->rest, rest + 1);
	memcpy(w->rest, target, (size_t)length + 1);
	return target[0] != '/' || enter_root(w);
}

static enum trusted take(struct walk *w, int fd, const struct stat *st)
{
	if (!S_ISSOCK(st->st_mode) && !S_ISREG(st->st_mode))
		refuse(w, "", "is neither a program nor a socket");
	else if (is_hearsay(w, fd)) /* a file alone can be mounted, too */
		refuse(w, "", IS_NOSUID);
	else if (S_ISSOCK(st->st_mode))
		return TRUSTED_SOCKET;
	else if (!is_owner(w, st->st_uid))
		refuse(w, "", "is not root's");
	else if (is_written_by_others(w, st))
		refuse(w, "", "is writable by others");
	else
		return TRUSTED_PROGRAM;
	return TRUSTED_NOT;
}

/* The next part of the path, which is shortened by it; empty at the end. */
static void next_part(struct walk *w, char part[REST_SIZE])
{
	const char *from = w->rest + strspn(w->rest, "/");
	const size_t length = strcspn(from, "/");

	memcpy(part, from, length);
	part[length] = '\0';
	memmove(w->rest, from + length, strlen(from + length) + 1);
}

/* false: there is nothing left to do, and *found says why. */
static bool step(struct walk *w, enum trusted *found)
{
	char part[REST_SIZE];
	struct stat st;
	bool last, go_on = false;
	int fd;

	next_part(w, part);
	if (part[0] == '\0')
		return refuse(w, "", "is neither a program nor a socket");
	fd = openat(w->at, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		refuse(w, "", strerror(errno));
	} else if (S_ISLNK(st.st_mode)) {
		go_on = follow(w, fd, &st);
	} else if (S_ISDIR(st.st_mode)) {
		go_on = enter(w, fd, &st);
		if (go_on)
			return true; /* it is where we are now */
	} else {
		last = strspn(w->rest, "/") == strlen(w->rest);
		*found = last ? take(w, fd, &st) : TRUSTED_NOT;
		if (!last)
			refuse(w, "", strerror(ENOTDIR));
	}
	if (fd >= 0)
		close(fd);
	return go_on;
}

enum trusted trusted_path(const struct launcher *l, const char *path, char why[TRUSTED_WHY_SIZE])
{
	struct walk w = {.launcher = l, .why = why, .at = -1};
	enum trusted found = TRUSTED_NOT;

	why[0] = '\0';
	if (path[0] != '/' || strlen(path) >= sizeof w.rest) {
		refuse(&w, "", "is no absolute path");
		return TRUSTED_NOT;
	}
	memcpy(w.rest, path, strlen(path) + 1);
	if (enter_root(&w))
		while (step(&w, &found))
			;
	if (w.at >= 0)
		close(w.at);
	return found;
}
