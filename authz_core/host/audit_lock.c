/* SPDX-License-Identifier: ISC */
#include "host/audit_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/holder.h"

/* Whoever else may write there may make records, or take them away. */
static bool is_own(int fd, mode_t kind)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == kind && st.st_uid == geteuid() &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int only_own(int fd, mode_t kind)
{
	if (fd < 0 || is_own(fd, kind))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

int audit_open(int folder, const char *name, int flags)
{
	return only_own(openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600), S_IFREG);
}

int audit_open_folder(const char *path)
{
	return only_own(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), S_IFDIR);
}

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

/* A file that was replaced meanwhile locks out nobody. */
static bool still_there(const struct audit_lock *l)
{
	struct stat there, held;

	return fstatat(l->folder, AUDIT_LOCK, &there, AT_SYMLINK_NOFOLLOW) == 0 && fstat(l->fd, &held) == 0 &&
	       there.st_ino == held.st_ino && there.st_dev == held.st_dev;
}

bool audit_lock_take(struct audit_lock *l, const char *folder, unsigned hold_ms)
{
	const uint64_t deadline = holder_now_ms(CLOCK_MONOTONIC) + AUDIT_WAIT_MS;

	*l = (struct audit_lock)AUDIT_LOCK_NONE;
	l->folder = audit_open_folder(folder);
	if (l->folder >= 0)
		l->fd = audit_open(l->folder, AUDIT_LOCK, O_RDWR | O_CREAT);
	if (l->fd >= 0 && wait_for(l->fd, hold_ms, deadline) && still_there(l) && holder_say(l->fd, hold_ms) == AUTHZ_OK)
		return true;
	/* not audit_lock_drop: what stands in the file is another's */
	if (l->fd >= 0)
		close(l->fd);
	if (l->folder >= 0)
		close(l->folder);
	*l = (struct audit_lock)AUDIT_LOCK_NONE;
	return false;
}

void audit_lock_drop(struct audit_lock *l)
{
	if (l->fd >= 0) {
		holder_unsay(l->fd);
		flock(l->fd, LOCK_UN);
		close(l->fd);
	}
	if (l->folder >= 0)
		close(l->folder);
	*l = (struct audit_lock)AUDIT_LOCK_NONE;
}
