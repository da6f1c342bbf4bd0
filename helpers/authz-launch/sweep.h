/* SPDX-License-Identifier: ISC */
/* What is left of a run: this process is its reaper (PR_SET_CHILD_SUBREAPER), so it all becomes its child. */
#ifndef AUTHZ_LAUNCH_SWEEP_H
#define AUTHZ_LAUNCH_SWEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Kill the children of this process but those that "spare", which may be NULL, says yes to.  How many. */
unsigned sweep_children(bool (*spare)(const void *arg, pid_t pid), const void *arg);

/* Kill and bury all children, and what becomes one, until there is none.  false: at the deadline there still is one. */
bool sweep_all(int64_t deadline);

#endif
