/* SPDX-License-Identifier: ISC */
/* The profiles for which no token is made or taken: uid 0, uids below the system's minimum, nobody, and a list of names. */
#ifndef AUTHZ_RULES_SYSTEM_PROFILE_H
#define AUTHZ_RULES_SYSTEM_PROFILE_H

#include "host/host.h"

/* By name alone: what can be said before the name is looked up. */
bool system_profile_name(const struct host_config *config, const char *name);
bool system_profile(const struct host_config *config, const char *name, uid_t uid);

#endif
