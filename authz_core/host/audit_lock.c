/* SPDX-License-Identifier: ISC */
#include "host/audit_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "host/audit_file.h"
#include "host/refusals.h"
#include "store/holder.h"

static const struct {
	const char *name;
	int flags;
} parts[AUDIT_PARTS] = {
	[AUDIT_PART_LOCK] = {AUDIT_LOCK, 0},
	[AUDIT_PART_NUMBER] = {AUDIT_NUMBER, 0},
	[AUDIT_PART_LOG] = {AUDIT_FILE, O_APPEND},
	[AUDIT_PART_REFUSALS] = {REFUSALS_FILE, 0},
};

static void shut(struct audit_opened *o)
{
	if (o->fd >= 0)
		close(o->fd);
	*o = (struct audit_opened)AUDIT_UNOPENED;
}

static bool is_same(const struct audit_opened *o, const struct stat *st)
{
	return o->fd >= 0 && st->st_dev == o->device && st->st_ino == o->inode;
}

/* MUST 3: whoever else may write there may make records, or take them away. */
bool audit_is_own(const struct stat *st, mode_t kind)
{
	return (st->st_mode & S_IFMT) == kind && st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* ---- the folder */

static int open_own_folder(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || (fstat(fd, st) == 0 && audit_is_own(st, S_IFDIR)))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

int audit_open_folder(const char *path)
{
	struct stat st;

	return open_own_folder(path, &st);
}

static bool open_folder(struct audit_folder *f, const char *path)
{
	struct stat st;

	if (f->at.fd >= 0 && lstat(path, &st) == 0 && is_same(&f->at, &st) && audit_is_own(&st, S_IFDIR))
		return true;
	audit_folder_close(f);
	f->at.fd = open_own_folder(path, &st);
	if (f->at.fd < 0)
		return false;
	f->at.device = st.st_dev;
	f->at.inode = st.st_ino;
	return true;
}

void audit_folder_close(struct audit_folder *f)
{
	int i;

	audit_lock_drop(f);
	for (i = 0; i < AUDIT_PARTS; i++)
		shut(&f->part[i]);
	shut(&f->at);
}

/* ---- its files */

/* MUST 3, MUST 4 */
static bool still_there(const struct audit_folder *f, enum audit_part part, struct stat *now)
{
	return f->part[part].fd >= 0 && fstatat(f->at.fd, parts[part].name, now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       is_same(&f->part[part], now) && audit_is_own(now, S_IFREG);
}

static int open_part(struct audit_folder *f, enum audit_part part, struct stat *now)
{
	struct audit_opened *o = &f->part[part];

	shut(o);
	if (part == AUDIT_PART_LOG)
		f->left = -1;
	o->fd = openat(f->at.fd, parts[part].name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | parts[part].flags, 0600);
	if (o->fd >= 0 && (fstat(o->fd, now) != 0 || !audit_is_own(now, S_IFREG)))
		shut(o);
	if (o->fd >= 0) {
		o->device = now->st_dev;
		o->inode = now->st_ino;
	}
	return o->fd;
}

int audit_part(struct audit_folder *f, enum audit_part part, struct stat *now)
{
	struct stat own;

	if (!f->locked)
		return -1;
	if (now == NULL && f->looked[part])
		return f->part[part].fd;
	f->looked[part] = true;
	if (now == NULL)
		now = &own;
	return still_there(f, part, now) ? f->part[part].fd : open_part(f, part, now);
}

/* ---- its lock */

static bool wait_for(int fd, unsigned hold_ms, uint64_t deadline)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	struct holder_watch watch = {0};

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || holder_now_ms(CLOCK_MONOTONIC) >= deadline)
			return false;
		holder_look(fd, hold_ms, &watch);
		nanosleep(&pause, NULL);
	}
	return true;
}

/* A file that was replaced, before or meanwhile, locks out nobody: it is let go.  What stands in it is another's. */
static bool try_lock(struct audit_folder *f, unsigned hold_ms, uint64_t deadline)
{
	struct audit_opened *o = &f->part[AUDIT_PART_LOCK];
	struct stat now;

	if (o->fd < 0 && open_part(f, AUDIT_PART_LOCK, &now) < 0)
		return false;
	f->locked = wait_for(o->fd, hold_ms, deadline) && still_there(f, AUDIT_PART_LOCK, &now) &&
	            holder_say(o->fd, hold_ms) == AUTHZ_OK;
	if (!f->locked)
		shut(o);
	return f->locked;
}

bool audit_lock_take(struct audit_folder *f, const char *path, unsigned hold_ms)
{
	const uint64_t deadline = holder_now_ms(CLOCK_MONOTONIC) + AUDIT_WAIT_MS;
	bool kept;

	if (!open_folder(f, path))
		return false;
	kept = f->part[AUDIT_PART_LOCK].fd >= 0;
	for (int i = 0; i < AUDIT_PARTS; i++)
		f->looked[i] = false;
	return try_lock(f, hold_ms, deadline) || (kept && try_lock(f, hold_ms, deadline));
}

void audit_lock_drop(struct audit_folder *f)
{
	if (!f->locked)
		return;
	f->locked = false;
	holder_unsay(f->part[AUDIT_PART_LOCK].fd);
	/* not by closing: it may be kept, and a child that was forked meanwhile has it too */
	flock(f->part[AUDIT_PART_LOCK].fd, LOCK_UN);
}
