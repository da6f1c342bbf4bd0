/* SPDX-License-Identifier: ISC */
#include "store/held.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/folder.h"
#include "store/twin.h"

#define NAME_LENGTH 8

enum place { PLACE_FREE, PLACE_FREED, PLACE_READ };

static void place_name(uint64_t place, char name[NAME_LENGTH])
{
	snprintf(name, NAME_LENGTH, "held.%u", (unsigned)(place % HELD_MOST));
}

/*
 * Cut first: whoever is killed in between leaves it with a name.  Another process may keep it open.  An error, as where
 * a caller left this process no descriptor for it: nobody knows who reads it, and it is as it was.
 */
static enum authz_result free_file(struct store *s, const char *name, bool ask, enum place *was)
{
	enum authz_result result;
	int fd;

	*was = PLACE_FREE;
	result = folder_file(s, name, O_RDWR, &fd, NULL);
	if (result == AUTHZ_STORE_MISSING || result == AUTHZ_BAD_INSTALL) /* no twin */
		return AUTHZ_OK;
	if (result != AUTHZ_OK)
		return result;
	*was = ask && flock(fd, LOCK_EX | LOCK_NB) != 0 ? PLACE_READ : PLACE_FREED;
	/* one that could not be cut keeps its name: somebody may read it */
	if (*was == PLACE_FREED && ftruncate(fd, 0) != 0 && !ask)
		result = store_fail(s, store_errno(errno), name);
	else if (*was == PLACE_FREED)
		unlinkat(s->folder_fd, name, 0);
	close(fd);
	return result;
}

static enum authz_result free_place(struct store *s, uint64_t place, bool ask, enum place *was)
{
	char name[NAME_LENGTH];

	place_name(place, name);
	return free_file(s, name, ask, was);
}

/* A place that is free, or that at this turn, whoever reads. */
static enum authz_result find_place(struct store *s, uint64_t turn, uint64_t *place)
{
	enum authz_result result = AUTHZ_OK;
	enum place was;

	for (*place = 0; *place < HELD_MOST && result == AUTHZ_OK; ++*place) {
		result = free_place(s, *place, true, &was);
		if (result == AUTHZ_OK && was != PLACE_READ)
			return AUTHZ_OK;
	}
	*place = turn;
	return result == AUTHZ_OK ? free_place(s, turn, false, &was) : result;
}

enum authz_result held_put_away(struct store *s, const char *name, uint64_t turn)
{
	char to[NAME_LENGTH];
	enum place was;
	uint64_t place;
	enum authz_result result = free_file(s, name, true, &was);

	if (result == AUTHZ_OK && was == PLACE_READ) {
		result = find_place(s, turn, &place);
		if (result != AUTHZ_OK)
			return result;
		place_name(place, to);
		if (renameat(s->folder_fd, name, s->folder_fd, to) == 0)
			return AUTHZ_OK;
		result = free_file(s, name, false, &was);
	}
	return result == AUTHZ_OK ? folder_remove(s, name) : result;
}

void held_look(struct store *s, uint64_t turn)
{
	enum place was;

	(void)free_place(s, turn, true, &was);
}

bool held_cut(struct store *s)
{
	enum place was;
	uint64_t place;
	bool any = false;

	for (place = 0; place < HELD_MOST; place++)
		any |= free_place(s, place, false, &was) == AUTHZ_OK && was == PLACE_FREED;
	return any;
}

/* MUST 2 */
enum authz_result held_result(const struct store_txn *t, enum authz_result result)
{
	struct stat st;

	if (result == AUTHZ_STORE_DAMAGED && t->layout.fd >= 0 && fstat(t->layout.fd, &st) == 0 && st.st_size == 0 &&
	    !folder_same(t->store, (const char[2]){t->name, '\0'}, &st, NULL))
		return AUTHZ_STORE_BUSY;
	return result;
}
