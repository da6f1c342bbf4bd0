/* SPDX-License-Identifier: ISC */
/*
 * A worker does one thing many times and says how long each time took.  drive starts it and asks by pipes:
 *
 *   drive: uint32 COUNT   worker: makes ready what is not timed, then 1 byte
 *   drive: 1 byte         worker: does it COUNT times, then COUNT floats, microseconds
 *
 * and so on until its standard input ends.  Both are of one build; errors go to standard error and end the worker.
 */
#ifndef AUTHZ_BENCH_WORKER_H
#define AUTHZ_BENCH_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKER_COUNT_MAX 4096

struct worker {
	bool (*prepare)(void *arg, size_t count); /* not timed; may be NULL */
	bool (*run)(void *arg, size_t index);     /* timed; index below count */
	void (*finish)(void *arg);                /* after the last of COUNT, not timed; may be NULL */
	void *arg;
};

double worker_now(void); /* microseconds */
/* The exit status. */
int worker_serve(const struct worker *w);
/* false: the other end is gone. */
bool worker_read(int fd, void *to, size_t length);
bool worker_write(int fd, const void *from, size_t length);

#endif
