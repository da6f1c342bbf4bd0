/* SPDX-License-Identifier: ISC */
/* How far long work is: a bar on standard error, where that is a terminal; elsewhere nothing. */
#ifndef AUTHZCTL_PROGRESS_H
#define AUTHZCTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what;     /* "checking" */
	uint64_t done, total; /* total 0: not known, or nothing to do */
	bool on, drawn;
	int64_t next; /* millisecond from which on it is worth drawing again */
};

void progress_begin(struct progress *p, const char *what, bool quiet);
void progress_at(struct progress *p, uint64_t done, uint64_t total);
/* Takes the bar away: what is said next begins at the line's start. */
void progress_end(struct progress *p);

#endif
