/* SPDX-License-Identifier: ISC */
/* One connection: its request, the run, the answer.  In a process of its own. */
#ifndef AUTHZ_LAUNCH_ONE_RUN_H
#define AUTHZ_LAUNCH_ONE_RUN_H

#include "launcher.h"

/* Returns when nothing of the run is left, or cannot be got rid of. */
void one_run(const struct launcher *l, int client);
/* To a client for whom there is no process. */
void one_run_busy(int client);

#endif
