/* SPDX-License-Identifier: ISC */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "store/twin.h"

enum authz_result store_fail(struct store *s, enum authz_result result, const char *name)
{
	snprintf(s->subject, sizeof s->subject, "%s%s%s", s->folder, name != NULL ? "/" : "", name != NULL ? name : "");
	return result;
}

enum authz_result store_note(struct store *s, enum authz_result result, const char *name)
{
	return result == AUTHZ_OK ? AUTHZ_OK : store_fail(s, result, name);
}

static bool folder_fits(const struct store *s, const struct stat *st)
{
	return st->st_uid == s->owner && (st->st_mode & 07777) == 0700;
}

enum authz_result folder_open(struct store *s)
{
	struct stat *st = &s->at_open;

	s->folder_fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->folder_fd < 0) {
		if (errno == ENOENT)
			return store_fail(s, AUTHZ_STORE_MISSING, NULL);
		if (errno == ENOTDIR || errno == ELOOP || errno == EACCES)
			return store_fail(s, AUTHZ_BAD_INSTALL, NULL);
		return store_fail(s, store_errno(errno), NULL);
	}
	if (fstat(s->folder_fd, st) != 0)
		return store_fail(s, AUTHZ_STORE_IO, NULL);
	return folder_fits(s, st) ? AUTHZ_OK : store_fail(s, AUTHZ_BAD_INSTALL, NULL);
}

bool folder_still_there(const struct store *s)
{
	struct stat now;

	return lstat(s->folder, &now) == 0 && now.st_dev == s->at_open.st_dev && now.st_ino == s->at_open.st_ino &&
	       S_ISDIR(now.st_mode) && folder_fits(s, &now);
}

static enum authz_result open_error(int error)
{
	switch (error) {
	case ENOENT:
		return AUTHZ_STORE_MISSING;
	case ELOOP:   /* a link */
	case EISDIR:
	case ENXIO:   /* a socket, or a pipe without a reader */
	case ENODEV:
	case EACCES:
	case EPERM:
		return AUTHZ_BAD_INSTALL;
	default:
		return store_errno(error);
	}
}

/* MUST 1 */
static bool fits(const struct store *s, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == s->owner && (st->st_mode & 07777) == 0600;
}

enum authz_result folder_file(struct store *s, const char *name, int flags, int *fd, struct stat *st)
{
	struct stat own;
	enum authz_result result = AUTHZ_OK;

	if (st == NULL)
		st = &own;
	*fd = openat(s->folder_fd, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (*fd < 0)
		return store_fail(s, open_error(errno), name);
	if (fstat(*fd, st) != 0)
		result = AUTHZ_STORE_IO;
	else if (!fits(s, st))
		result = AUTHZ_BAD_INSTALL;
	if (result == AUTHZ_OK)
		return AUTHZ_OK;
	close(*fd);
	*fd = -1;
	return store_fail(s, result, name);
}

bool folder_same(const struct store *s, const char *name, const struct stat *opened, struct stat *now)
{
	const dev_t device = opened->st_dev;
	const ino_t inode = opened->st_ino;
	struct stat own;

	if (now == NULL)
		now = &own;
	return fstatat(s->folder_fd, name, now, AT_SYMLINK_NOFOLLOW) == 0 && now->st_dev == device && now->st_ino == inode &&
	       fits(s, now);
}

enum authz_result folder_remove(struct store *s, const char *name)
{
	if (unlinkat(s->folder_fd, name, 0) == 0 || errno == ENOENT)
		return AUTHZ_OK;
	return store_fail(s, errno == EISDIR ? AUTHZ_BAD_INSTALL : AUTHZ_STORE_IO, name);
}

enum authz_result folder_current(struct store *s, char *name)
{
	struct stat st;

	*name = 0;
	if (fstatat(s->folder_fd, "current", &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? AUTHZ_OK : store_fail(s, AUTHZ_STORE_IO, "current");
	if (!S_ISLNK(st.st_mode) || st.st_uid != s->owner)
		return store_fail(s, AUTHZ_BAD_INSTALL, "current");
	return folder_current_now(s, name);
}

enum authz_result folder_current_now(struct store *s, char *name)
{
	char target[3];
	const ssize_t length = readlinkat(s->folder_fd, "current", target, sizeof target);

	*name = 0;
	if (length < 0 && errno == ENOENT)
		return AUTHZ_OK;
	if (length < 0)
		return store_fail(s, errno == EINVAL ? AUTHZ_BAD_INSTALL : AUTHZ_STORE_IO, "current");
	if (length != 1 || (target[0] != 'a' && target[0] != 'b'))
		return store_fail(s, AUTHZ_STORE_DAMAGED, "current");
	*name = target[0];
	return AUTHZ_OK;
}

enum authz_result folder_switch(struct store *s, char name)
{
	const char target[2] = {name, '\0'};
	enum authz_result result = folder_remove(s, "current.new");

	if (result != AUTHZ_OK)
		return result;
	if (symlinkat(target, s->folder_fd, "current.new") != 0)
		return store_fail(s, store_errno(errno), "current");
	if (renameat(s->folder_fd, "current.new", s->folder_fd, "current") != 0) {
		result = store_fail(s, store_errno(errno), "current");
		unlinkat(s->folder_fd, "current.new", 0);
		return result;
	}
	if (s->durable && fsync(s->folder_fd) != 0)
		return store_fail(s, store_errno(errno), NULL);
	return AUTHZ_OK;
}
