/* SPDX-License-Identifier: ISC */
/* Input to a program or a server, its output back, until one of them, the client or the time has come to its end. */
#ifndef AUTHZ_LAUNCH_PUMP_H
#define AUTHZ_LAUNCH_PUMP_H

#include <stddef.h>
#include <stdint.h>

enum pump_end {
	PUMP_DONE,     /* the process ended; of a server: it said its last byte */
	PUMP_LATE,
	PUMP_TOO_MUCH, /* output */
	PUMP_GONE,     /* the client went away, or said what it must not */
	PUMP_BROKEN,   /* errno says why */
};

struct pump {
	int client;
	int process;    /* readable when the process has ended; -1: it is a server, whose output's end is its end */
	int *to, *from; /* which do not wait; "to" is closed, and -1, when it wants no more */
	unsigned char *input; /* wiped as it is written */
	size_t input_length;
	unsigned char *output;
	size_t output_limit, have; /* there is room for one byte more */
	int64_t deadline;
};

enum pump_end pump_run(struct pump *p);

#endif
