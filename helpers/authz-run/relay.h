/* SPDX-License-Identifier: ISC */
/* Between the caller and the command: bytes, sizes, signals, stops. */
#ifndef AUTHZ_RUN_RELAY_H
#define AUTHZ_RUN_RELAY_H

#include <signal.h>
#include <sys/types.h>

#include "terminal.h"

/* Until the keeper ends.  Its wait status; -1 if it could not be waited for. */
int relay(struct terminal *t, pid_t keeper, const sigset_t *held);

#endif
