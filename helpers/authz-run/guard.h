/* SPDX-License-Identifier: ISC */
/* What the caller could have prepared, undone.  Nothing here needs privilege. */
#ifndef AUTHZ_RUN_GUARD_H
#define AUTHZ_RUN_GUARD_H

#include <signal.h>
#include <stdbool.h>

/* Descriptors 0 to 2 are open; the process gives no core and cannot be traced.  false: there is no /dev/null. */
bool guard_begin(void);

/*
 * Everything else: descriptors from 3 on but "kept", environment, timers, signals, umask, and the folder, which is "/" then.
 * *folder is a descriptor of the caller's, for the command; -1 where she may not look there.
 */
bool guard_process(int kept, int *folder);

/* The signals that are handed on to the command, and that of a child: held back from now on. */
void guard_hold(sigset_t *held);
/* All signals as a new program expects them. */
void guard_release(void);

#endif
