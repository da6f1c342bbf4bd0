/* SPDX-License-Identifier: ISC */
/* Noise that is the same in every run. */
#ifndef TEST_NOISE_H
#define TEST_NOISE_H

#include <stdint.h>

/* xorshift64: the next number; *state is anything but 0. */
static inline uint64_t noise_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline unsigned noise_below(uint64_t *state, unsigned limit)
{
	return (unsigned)(noise_next(state) >> 20) % limit;
}

#endif
