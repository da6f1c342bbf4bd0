/* SPDX-License-Identifier: ISC */
#include "filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>

static const struct sock_filter steps[] = {
#include "filter_steps.h"
};

bool filter_load(void)
{
	struct sock_filter copy[sizeof steps / sizeof steps[0]];
	struct sock_fprog program = {.len = sizeof steps / sizeof steps[0], .filter = copy};

	memcpy(copy, steps, sizeof steps); /* the kernel's type is not const */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
