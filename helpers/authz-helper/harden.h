/* SPDX-License-Identifier: ISC */
/* What the helper does before it reads a byte of a request (authz-helper(8), "Hardening"). */
#ifndef AUTHZ_HELPER_HARDEN_H
#define AUTHZ_HELPER_HARDEN_H

#include <stdbool.h>

#include "identity.h"

#define HELPER_LIFE_MS 4000 /* the helper ends itself then: below the client's usual deadline of 5 s */

/* Descriptors, environment, timers, signals, mask, umask, folder, session, limits.  Nothing that is inherited stays. */
bool harden_process(void);
/* All three uids and gids are the helper's, for good: checked by trying to get back. */
bool harden_identity(const struct identity *id);
/* No gain of privilege, no core, no tracer, and the filter of system calls. */
bool harden_calls(void);

#endif
