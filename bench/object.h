/* SPDX-License-Identifier: ISC */
/* The profiles of which authorities are on record, and the objects that are asked about, by authz and by its peer. */
#ifndef AUTHZ_BENCH_OBJECT_H
#define AUTHZ_BENCH_OBJECT_H

#include <stdint.h>
#include <stdio.h>

#define BENCH_OBJECT_SIZE 49

/* Every tenth is generic. */
static inline void bench_profile(char profile[BENCH_OBJECT_SIZE], unsigned long number)
{
	snprintf(profile, BENCH_OBJECT_SIZE, number % 10 == 0 ? "BENCH.%07lu.*" : "BENCH.%07lu.A", number);
}

/* Another one each time, from all over the profiles. */
static inline void bench_object(char name[BENCH_OBJECT_SIZE], uint64_t time, uint64_t profiles)
{
	snprintf(name, BENCH_OBJECT_SIZE, "BENCH.%07lu.A", (unsigned long)((time * UINT64_C(2654435761) >> 4) % profiles));
}

#endif
