/* SPDX-License-Identifier: ISC */
#include "filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>

#define STEPS_MAX 1024

static const struct sock_filter child_steps[] = {
#include "filter_child.h"
};

static const struct sock_filter service_steps[] = {
#include "filter_service.h"
};

_Static_assert(sizeof child_steps <= STEPS_MAX * sizeof(struct sock_filter), "the child's filter is too long");
_Static_assert(sizeof service_steps <= STEPS_MAX * sizeof(struct sock_filter), "the service's filter is too long");

bool filter_load(enum filter which)
{
	const bool service = which == FILTER_SERVICE;
	const size_t size = service ? sizeof service_steps : sizeof child_steps;
	struct sock_filter copy[STEPS_MAX];
	struct sock_fprog program = {.len = (unsigned short)(size / sizeof copy[0]), .filter = copy};

	memcpy(copy, service ? service_steps : child_steps, size); /* the kernel's type is not const */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
