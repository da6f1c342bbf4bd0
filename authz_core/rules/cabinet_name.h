/* SPDX-License-Identifier: ISC */
/* What a cabinet may be called (doc/CABINETS), and the group that a shared one is. */
#ifndef AUTHZ_RULES_CABINET_NAME_H
#define AUTHZ_RULES_CABINET_NAME_H

#include <stdbool.h>

#include "wire/request.h"

#define CABINET_TEMPLATE "SYSCNT" /* whose profile new cabinets get; capitals, so that no other has this name */

/* Of a cabinet that is not private: a-z, 0-9, '_', '-', '.', no digit, '-' or '.' at the beginning, a group name with the prefix. */
bool cabinet_name_fits(const char *name);
/* Could this be the name of a user or of a cabinet at all?  Neither empty, nor with a byte that no line of a file could have. */
bool cabinet_member_name_fits(const char *name);
/* The group of a shared cabinet: the build's prefix and its name. */
void cabinet_group_name(const char *name, char group[NAME_SIZE]);
/* The build's range of gids, both ends in it, without gids that no group can have. */
bool cabinet_gid_fits(int64_t gid);

#endif
