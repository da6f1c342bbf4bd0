/* SPDX-License-Identifier: ISC */
#include "store/turn.h"

#include <errno.h>
#include <time.h>

bool turn_init(struct turn *t)
{
	pthread_condattr_t attributes;
	bool made;

	t->busy = false;
	if (pthread_condattr_init(&attributes) != 0)
		return false;
	made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&t->free, &attributes) == 0;
	pthread_condattr_destroy(&attributes);
	if (!made)
		return false;
	if (pthread_mutex_init(&t->mutex, NULL) == 0)
		return true;
	pthread_cond_destroy(&t->free);
	return false;
}

void turn_destroy(struct turn *t)
{
	pthread_mutex_destroy(&t->mutex);
	pthread_cond_destroy(&t->free);
}

bool turn_take(struct turn *t, uint64_t deadline)
{
	const struct timespec end = {.tv_sec = (time_t)(deadline / 1000), .tv_nsec = (long)(deadline % 1000) * 1000000};
	bool mine;

	pthread_mutex_lock(&t->mutex);
	while (t->busy)
		if (pthread_cond_timedwait(&t->free, &t->mutex, &end) == ETIMEDOUT)
			break;
	mine = !t->busy;
	t->busy = true;
	pthread_mutex_unlock(&t->mutex);
	return mine;
}

void turn_leave(struct turn *t)
{
	pthread_mutex_lock(&t->mutex);
	t->busy = false;
	pthread_cond_signal(&t->free);
	pthread_mutex_unlock(&t->mutex);
}
