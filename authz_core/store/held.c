/* SPDX-License-Identifier: ISC */
#include "store/held.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/folder.h"

#define NAME_LENGTH 8

enum place { PLACE_FREE, PLACE_FREED, PLACE_READ };

static void place_name(uint64_t place, char name[NAME_LENGTH])
{
	snprintf(name, NAME_LENGTH, "held.%u", (unsigned)(place % HELD_MOST));
}

/* Cut first: whoever is killed in between leaves it with a name.  Another process may keep it open. */
static enum place free_file(struct store *s, const char *name, bool ask)
{
	int fd;

	if (folder_file(s, name, O_RDWR, &fd, NULL) != AUTHZ_OK)
		return PLACE_FREE;
	if (ask && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return PLACE_READ;
	}
	(void)!ftruncate(fd, 0);
	unlinkat(s->folder_fd, name, 0);
	close(fd);
	return PLACE_FREED;
}

static enum place free_place(struct store *s, uint64_t place, bool ask)
{
	char name[NAME_LENGTH];

	place_name(place, name);
	return free_file(s, name, ask);
}

enum authz_result held_put_away(struct store *s, const char *name, uint64_t turn)
{
	char to[NAME_LENGTH];
	uint64_t place;

	if (free_file(s, name, true) == PLACE_READ) {
		for (place = 0; place < HELD_MOST && free_place(s, place, true) == PLACE_READ; place++)
			;
		if (place == HELD_MOST) {
			place = turn;
			free_place(s, place, false);
		}
		place_name(place, to);
		if (renameat(s->folder_fd, name, s->folder_fd, to) == 0)
			return AUTHZ_OK;
	}
	return folder_remove(s, name);
}

void held_look(struct store *s, uint64_t turn)
{
	free_place(s, turn, true);
}

bool held_cut(struct store *s)
{
	uint64_t place;
	bool any = false;

	for (place = 0; place < HELD_MOST; place++)
		any |= free_place(s, place, false) == PLACE_FREED;
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
