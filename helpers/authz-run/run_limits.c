/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a limit that could break authz-run off in the middle is lifted, or named before anything is begun.
 * MUST 2: the command has the caller's limits, but for those that a module of PAM has set; never a higher one.
 */
#include "run_limits.h"

#include <stddef.h>
#include <sys/resource.h>

/*
 * Values that nobody configures, so that what a module of PAM has set is told from them; and that the kernel does not take
 * for negative numbers.
 */
#define LIFTED ((rlim_t)1 << 62)
#define SECONDS ((rlim_t)1 << 30)
#define NO_CORE 1
#define DESCRIPTORS 1021
#define STACK ((8 << 20) - (64 << 10))

static const struct {
	int which;
	const char *name;
	rlim_t most, least; /* soft limit while authz-run works; the least it works with */
} table[LIMITS] = {
	{RLIMIT_FSIZE, "size of files", LIFTED, 1 << 20},
	{RLIMIT_CPU, "processor time", SECONDS, 30},
	{RLIMIT_NOFILE, "number of descriptors", DESCRIPTORS, 64},
	{RLIMIT_AS, "address space", LIFTED, 128 << 20},
	{RLIMIT_DATA, "data", LIFTED, 64 << 20},
	{RLIMIT_NPROC, "number of processes", LIFTED, 0},
	{RLIMIT_STACK, "stack", STACK, 512 << 10},
	{RLIMIT_MEMLOCK, "locked memory", LIFTED, 0},
	{RLIMIT_CORE, "core dumps", NO_CORE, 0},
};

static rlim_t lower(rlim_t a, rlim_t b)
{
	return a < b ? a : b;
}

/* Only root with CAP_SYS_RESOURCE lifts a hard limit. */
static bool raise_one(size_t i, const struct rlimit *callers)
{
	const struct rlimit lifted = {table[i].most, callers->rlim_max > table[i].most ? callers->rlim_max : table[i].most};
	const struct rlimit within = {lower(table[i].most, callers->rlim_max), callers->rlim_max};

	return setrlimit(table[i].which, &lifted) == 0 || setrlimit(table[i].which, &within) == 0;
}

const char *limits_raise(struct limits *limits)
{
	for (size_t i = 0; i < LIMITS; i++)
		if (getrlimit(table[i].which, &limits->callers[i]) != 0 || !raise_one(i, &limits->callers[i]) ||
		    getrlimit(table[i].which, &limits->ours[i]) != 0 || limits->ours[i].rlim_cur < table[i].least)
			return table[i].name;
	return NULL;
}

bool limits_give_back(const struct limits *limits)
{
	for (size_t i = 0; i < LIMITS; i++) {
		struct rlimit now;

		if (getrlimit(table[i].which, &now) != 0)
			return false;
		if (now.rlim_max == limits->ours[i].rlim_max)
			now.rlim_max = limits->callers[i].rlim_max;
		if (now.rlim_cur == limits->ours[i].rlim_cur)
			now.rlim_cur = limits->callers[i].rlim_cur;
		now.rlim_cur = lower(now.rlim_cur, now.rlim_max);
		if (setrlimit(table[i].which, &now) != 0)
			return false;
	}
	return true;
}
