/* SPDX-License-Identifier: ISC */
/*
 * The lock of writers: flock on a file that is never renamed.
 *
 * MUST 1: waiting ends at its deadline.
 * MUST 2: who has the lock has that of the file which is called "lock" now.
 */
#ifndef AUTHZ_STORE_LOCK_H
#define AUTHZ_STORE_LOCK_H

#include "store/internal.h"

/* The lock, by "deadline" (holder_now_ms).  *fd on entry: -1, or the descriptor of an earlier time, used if it still may be. */
enum authz_result lock_take(struct store *s, int *fd, uint64_t deadline);
/* Let go; the descriptor stays open for the next lock_take, or for close. */
void lock_drop(int fd);

/* A pause between two tries: doubles up to "most", and is cut by chance so that waiters do not march in step. */
void lock_pause(unsigned *microseconds, unsigned most);

#endif
