/* SPDX-License-Identifier: ISC */
#ifndef AUTHZ_BENCH_SPREAD_H
#define AUTHZ_BENCH_SPREAD_H

#include <stddef.h>

struct spread {
	double low, middle, high; /* 10th percentile, median, 90th percentile */
};

/* Zeros where there is no memory. */
struct spread spread_of(const double *values, size_t count);
/* Of a[i] / b[i]. */
struct spread spread_of_ratios(const double *a, const double *b, size_t count);

#endif
