/* SPDX-License-Identifier: ISC */
/* A program that is started, and done when it ends. */
#ifndef AUTHZ_BENCH_PROGRAM_H
#define AUTHZ_BENCH_PROGRAM_H

#include <stdbool.h>

struct program {
	char path[256];
	const char *argument; /* NULL: none */
};

/* arg: a struct program.  Did it end with status 0? */
bool program_run(void *arg);

#endif
