/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "client/deadline.h"

#include <time.h>

#define NS_PER_MS 1000000

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 * NS_PER_MS + t.tv_nsec;
}

int64_t deadline_in(int milliseconds)
{
	return now() + (int64_t)milliseconds * NS_PER_MS;
}

int deadline_left(int64_t deadline)
{
	int64_t left = deadline - now();

	return left <= 0 ? 0 : (int)((left + NS_PER_MS - 1) / NS_PER_MS);
}
