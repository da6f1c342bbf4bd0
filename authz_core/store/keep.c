/* SPDX-License-Identifier: ISC */
#include "store/keep.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct store_keep {
	pthread_mutex_t mutex; /* of "busy" alone: never held for long */
	pthread_cond_t free;
	bool busy; /* somebody has the turn, and all that follows */
	dev_t device;
	ino_t inode; /* of the folder */
	int lock_fd;
	struct kept twins[2];
};

/* The wait is measured by the clock that nobody sets. */
static bool init_turn(struct store_keep *k)
{
	pthread_condattr_t attributes;
	bool made;

	if (pthread_condattr_init(&attributes) != 0)
		return false;
	made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&k->free, &attributes) == 0;
	pthread_condattr_destroy(&attributes);
	if (!made)
		return false;
	if (pthread_mutex_init(&k->mutex, NULL) == 0)
		return true;
	pthread_cond_destroy(&k->free);
	return false;
}

enum authz_result store_keep_new(struct store_keep **out)
{
	struct store_keep *k = calloc(1, sizeof *k);

	*out = NULL;
	if (k == NULL || !init_turn(k)) {
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
	pthread_mutex_destroy(&k->mutex);
	pthread_cond_destroy(&k->free);
	free(k);
}

/* MUST 3 */
static bool take_turn(struct store_keep *k, uint64_t deadline)
{
	const struct timespec end = {.tv_sec = (time_t)(deadline / 1000), .tv_nsec = (long)(deadline % 1000) * 1000000};
	bool mine;

	pthread_mutex_lock(&k->mutex);
	while (k->busy)
		if (pthread_cond_timedwait(&k->free, &k->mutex, &end) == ETIMEDOUT)
			break;
	mine = !k->busy;
	k->busy = true;
	pthread_mutex_unlock(&k->mutex);
	return mine;
}

enum authz_result keep_enter(struct store_keep *k, const struct stat *folder, uint64_t deadline)
{
	if (!take_turn(k, deadline))
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
	pthread_mutex_lock(&k->mutex);
	k->busy = false;
	pthread_cond_signal(&k->free);
	pthread_mutex_unlock(&k->mutex);
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
