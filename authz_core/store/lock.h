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

enum authz_result lock_take(struct store *s, int *fd);
void lock_drop(int fd); /* -1 is allowed */

/* A pause between two tries: doubles up to "most", and is cut by chance so that waiters do not march in step. */
void lock_pause(unsigned *microseconds, unsigned most);

#endif
