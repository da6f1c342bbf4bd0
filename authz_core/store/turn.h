/* SPDX-License-Identifier: ISC */
/* Whose turn it is among the threads of a process: a mutex that is waited for with a deadline, by the clock that nobody sets. */
#ifndef AUTHZ_STORE_TURN_H
#define AUTHZ_STORE_TURN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct turn {
	pthread_mutex_t mutex; /* of "busy" alone: never held for long */
	pthread_cond_t free;
	bool busy; /* somebody has the turn, and all that follows */
};

/* false: no memory. */
bool turn_init(struct turn *t);
void turn_destroy(struct turn *t);
/* false: it was not free by "deadline" (holder_now_ms of CLOCK_MONOTONIC). */
bool turn_take(struct turn *t, uint64_t deadline);
void turn_leave(struct turn *t);

#endif
