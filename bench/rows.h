/* SPDX-License-Identifier: ISC */
/* Rows that are measured side by side: each round runs every row once, so that what disturbs one disturbs all. */
#ifndef AUTHZ_BENCH_ROWS_H
#define AUTHZ_BENCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>

struct row {
	const char *name;
	bool (*prepare)(void *arg); /* not timed; may be NULL */
	bool (*run)(void *arg);     /* timed; false ends the whole run */
	void *arg;
	double *microseconds;
};

/* false: a row failed, and a line on standard error says which. */
bool rows_run(struct row *rows, size_t count, size_t rounds);
/* A table: median, 10th and 90th percentile, and the ratio to the row "base" with its spread over the rounds. */
void rows_print(const struct row *rows, size_t count, size_t rounds, size_t base);

#endif
