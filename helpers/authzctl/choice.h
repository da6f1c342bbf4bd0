/* SPDX-License-Identifier: ISC */
/* An option whose value is one of some words. */
#ifndef AUTHZCTL_CHOICE_H
#define AUTHZCTL_CHOICE_H

#include <stdint.h>

#include "args.h"

/* A table ends with a row without a word. */
struct choice {
	const char *word;
	int64_t value;
};

/* The first of them if the option is not there.  False after a usage error, which has been said. */
bool choose(const struct args *args, const char *option, const struct choice *choices, int64_t *value);

#endif
