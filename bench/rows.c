/* SPDX-License-Identifier: ISC */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "spread.h"

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static bool run_one(struct row *row, size_t round)
{
	double start;

	if (row->prepare != NULL && !row->prepare(row->arg)) {
		fprintf(stderr, "bench: %s could not be prepared\n", row->name);
		return false;
	}
	start = now();
	if (!row->run(row->arg)) {
		fprintf(stderr, "bench: %s failed\n", row->name);
		return false;
	}
	row->microseconds[round] = now() - start;
	return true;
}

bool rows_run(struct row *rows, size_t count, size_t rounds)
{
	size_t round, i;

	for (i = 0; i < count; i++) {
		rows[i].microseconds = calloc(rounds, sizeof(double));
		if (rows[i].microseconds == NULL)
			return false;
	}
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < count; i++)
			if (!run_one(&rows[(i + round) % count], round)) /* another one is first each time */
				return false;
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "\rround %zu of %zu", round + 1, rounds);
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%30s\r", "");
	return true;
}

void rows_print(const struct row *rows, size_t count, size_t rounds, size_t base)
{
	struct spread s;
	size_t i;

	printf("%-52s %9s %9s %9s  %6s\n", "microseconds", "p10", "median", "p90", "ratio");
	for (i = 0; i < count; i++) {
		s = spread_of(rows[i].microseconds, rounds);
		printf("%-52s %9.0f %9.0f %9.0f", rows[i].name, s.low, s.middle, s.high);
		s = spread_of_ratios(rows[i].microseconds, rows[base].microseconds, rounds);
		printf("  %6.2f  (%.2f to %.2f)\n", s.middle, s.low, s.high);
	}
	printf("ratio: of the median round, to \"%s\"; in brackets the 10th and 90th percentile of the rounds\n", rows[base].name);
}
