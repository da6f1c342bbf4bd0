/* SPDX-License-Identifier: ISC */
/* What the helper does before it reads a byte of a request (authz-helper(8), "Hardening"). */
#ifndef AUTHZ_HELPER_HARDEN_H
#define AUTHZ_HELPER_HARDEN_H

#include <stdbool.h>

#include "identity.h"

#define HELPER_LIFE_MS 4000 /* the helper ends itself then: below the client's usual deadline of 5 s */

enum harden { HARDEN_CHILD, HARDEN_SERVICE };

/*
 * Descriptors from "first" up, environment, timers, signals, mask, umask, folder, limits.  Nothing that is inherited stays.
 * A child also leaves its session and ends itself after HELPER_LIFE_MS.
 */
bool harden_process(enum harden which, unsigned first);
/* The life of a child begins anew, with another length. */
void harden_live(unsigned life_ms);
/* All three uids and gids are the helper's, for good: checked by trying to get back. */
bool harden_identity(const struct identity *id);
/* No capability, but for that by which a service without group shadow reads shadow, if it was started with it. */
bool harden_capabilities(void);
/* No gain of privilege, no core, no tracer: of this thread and of those that it starts. */
bool harden_gain(void);

#endif
