/* SPDX-License-Identifier: ISC */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "store/folder.h"
#include "store/holder.h"

#define FIRST_PAUSE_US 200
#define LONGEST_PAUSE_US 5000

void lock_pause(unsigned *microseconds, unsigned most)
{
	const unsigned half = *microseconds / 2;
	const struct timespec pause = {.tv_nsec = 1000L * (half + randombytes_uniform(half + 1))};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	*microseconds = *microseconds * 2 < most ? *microseconds * 2 : most;
}

static enum authz_result lock_wait(const struct store *s, int fd, uint64_t deadline)
{
	unsigned pause = FIRST_PAUSE_US;
	struct holder_watch watch = {0};

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return AUTHZ_STORE_IO;
		if (holder_now_ms(CLOCK_MONOTONIC) >= deadline)
			return AUTHZ_STORE_BUSY;
		holder_look(fd, s->hold_ms, &watch);
		lock_pause(&pause, LONGEST_PAUSE_US);
	}
	return AUTHZ_OK;
}

/* AUTHZ_OK with *fd -1: somebody replaced the file, and what was locked locks out nobody. */
static enum authz_result lock_try(struct store *s, int *fd, uint64_t deadline)
{
	struct stat st;
	enum authz_result result = AUTHZ_OK;

	if (*fd < 0)
		result = folder_file(s, "lock", O_RDWR | O_CREAT, fd, &st);
	else if (fstat(*fd, &st) != 0)
		result = AUTHZ_STORE_IO;
	if (*fd < 0)
		return result;
	if (result == AUTHZ_OK)
		result = lock_wait(s, *fd, deadline);
	if (result == AUTHZ_OK && folder_same(s, "lock", &st, NULL)) {
		result = holder_say(*fd, s->hold_ms);
		if (result == AUTHZ_OK)
			return AUTHZ_OK;
	}
	close(*fd);
	*fd = -1;
	return store_note(s, result, "lock");
}

enum authz_result lock_take(struct store *s, int *fd, uint64_t deadline)
{
	enum authz_result result;

	do
		result = lock_try(s, fd, deadline);
	while (result == AUTHZ_OK && *fd < 0 && holder_now_ms(CLOCK_MONOTONIC) < deadline);
	if (result == AUTHZ_OK && *fd < 0)
		return store_fail(s, AUTHZ_STORE_BUSY, "lock");
	return result;
}

void lock_drop(int fd)
{
	holder_unsay(fd);
	/* not by closing: it may be kept, and a child that was forked meanwhile has it too */
	flock(fd, LOCK_UN);
}
