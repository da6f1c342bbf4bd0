/* SPDX-License-Identifier: ISC */
/* Between programs that run as the same user. */
#ifndef AUTHZ_LAUNCH_FENCE_H
#define AUTHZ_LAUNCH_FENCE_H

#include <stdbool.h>

/*
 * This process, and what it becomes, traces none but its own descendants, reads nobody's memory or descriptors, and,
 * from Linux 6.12 on, sends none a signal.  It has to have no_new_privs.  false: this kernel has no Landlock of 5.19 or
 * later, and all is as it was.
 */
bool fence_in(void);

#endif
