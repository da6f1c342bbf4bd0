/* SPDX-License-Identifier: ISC */
/*
 * Who holds the lock of writers, and the end of those who hold it too long.
 *
 * A user who may freeze processes can freeze a writer between any two instructions.  So a writer says in the lock file who
 * it is and until when it means to hold the lock; past that a waiter kills it.  A writer frozen before it could say so, or
 * after it took that back, is found by the kernel's own list of locks, and gets as long from when it was first seen.
 *
 * MUST 1: only who holds the lock is killed, and only past its end: the same process (by start time, looked at after its
 *         pidfd is open) in the same space of pids.
 */
#ifndef AUTHZ_STORE_HOLDER_H
#define AUTHZ_STORE_HOLDER_H

#include "store/internal.h"

/* A waiter's own memory: how many times in a row it saw a holder that does not say who it is. */
struct holder_watch {
	uint64_t pid;
	unsigned seen;
};

uint64_t holder_now_ms(int clock);
/* "I hold the lock": after it was taken. */
enum authz_result holder_say(int fd, unsigned hold_ms);
/* Take that back: before the lock goes. */
void holder_unsay(int fd);
/* Kill the holder if it is past its end. */
void holder_look(int fd, unsigned hold_ms, struct holder_watch *watch);

#endif
