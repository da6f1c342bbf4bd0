/* SPDX-License-Identifier: ISC */
#include "spread.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

struct spread spread_of(const double *values, size_t count)
{
	double *sorted = malloc(count * sizeof *sorted);
	struct spread s = {0, 0, 0};

	if (sorted == NULL)
		return s;
	memcpy(sorted, values, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, compare);
	s = (struct spread){sorted[count / 10], sorted[count / 2], sorted[count * 9 / 10]};
	free(sorted);
	return s;
}

struct spread spread_of_ratios(const double *a, const double *b, size_t count)
{
	double *ratios = malloc(count * sizeof *ratios);
	struct spread s = {0, 0, 0};
	size_t i;

	if (ratios == NULL)
		return s;
	for (i = 0; i < count; i++)
		ratios[i] = a[i] / b[i];
	s = spread_of(ratios, count);
	free(ratios);
	return s;
}
