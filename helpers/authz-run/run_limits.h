/* SPDX-License-Identifier: ISC */
/* The caller's limits: put aside, so that nothing is left half done by them, and given to the command. */
#ifndef AUTHZ_RUN_RUN_LIMITS_H
#define AUTHZ_RUN_RUN_LIMITS_H

#include <stdbool.h>
#include <sys/resource.h>

#define LIMITS 9

struct limits {
	struct rlimit callers[LIMITS], ours[LIMITS];
};

/* As high as this process may have them; core dumps none.  NULL, or the name of one that leaves too little to work with. */
const char *limits_raise(struct limits *limits);

/* What is still as limits_raise left it becomes the caller's again; what a module of PAM has set since stays. */
bool limits_give_back(const struct limits *limits);

#endif
