/* SPDX-License-Identifier: ISC */
#include "store/keep.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/turn.h"

struct store_keep {
	struct turn turn; /* whoever has it has all that follows */
	dev_t device;
	ino_t inode; /* of the folder */
	int lock_fd;
	struct kept twins[2];
};

enum authz_result store_keep_new(struct store_keep **out)
{
	struct store_keep *k = calloc(1, sizeof *k);

	*out = NULL;
	if (k == NULL || !turn_init(&k->turn)) {
		free(k);
		return AUTHZ_NO_MEMORY;
	}
	k->lock_fd = -1;
	*out = k;
	return AUTHZ_OK;
}

void keep_drop(struct kept *kept)
{
	twin_close(kept->twin);
	*kept = (struct kept){0};
}

static void drop_all(struct store_keep *k)
{
	keep_drop(&k->twins[0]);
	keep_drop(&k->twins[1]);
	if (k->lock_fd >= 0)
		close(k->lock_fd);
	k->lock_fd = -1;
}

void store_keep_free(struct store_keep *k)
{
	if (k == NULL)
		return;
	drop_all(k);
	turn_destroy(&k->turn);
	free(k);
}

/* MUST 3 */
enum authz_result keep_enter(struct store_keep *k, const struct stat *folder, uint64_t deadline)
{
	if (!turn_take(&k->turn, deadline))
		return AUTHZ_STORE_BUSY;
	if (k->device != folder->st_dev || k->inode != folder->st_ino) {
		drop_all(k);
		k->device = folder->st_dev;
		k->inode = folder->st_ino;
	}
	return AUTHZ_OK;
}

void keep_leave(struct store_keep *k)
{
	turn_leave(&k->turn);
}

int *keep_lock(struct store_keep *k)
{
	return &k->lock_fd;
}

struct kept *keep_twin(struct store_keep *k, char name)
{
	return &k->twins[name - 'a'];
}

/* MUST 1 */
bool keep_trusted(const struct kept *kept, const struct identity *now, const struct header *header, uint64_t sequence)
{
	return kept->twin != NULL && identity_same(&kept->left, now) && kept->sequence == sequence &&
	       memcmp(kept->seal_key, header->seal_key, SEAL_KEY_SIZE) == 0;
}
