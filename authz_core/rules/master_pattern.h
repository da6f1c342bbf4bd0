/* SPDX-License-Identifier: ISC */
/*
 * What says which owners a master is given: a user, "cabinet:NAME", a pattern of names, or *ALL.
 */
#ifndef AUTHZ_RULES_MASTER_PATTERN_H
#define AUTHZ_RULES_MASTER_PATTERN_H

#include <stdbool.h>

#define MASTER_ALL "*ALL"
#define MASTER_CABINET "cabinet:"

enum master_owners { MASTER_OWNERS_NONE, MASTER_OWNERS_USER, MASTER_OWNERS_CABINET, MASTER_OWNERS_PATTERN, MASTER_OWNERS_ALL };

/* Which of them it is by its form; MASTER_OWNERS_NONE: none of them, ever. */
enum master_owners master_owners_form(const char *owners);
/* The name in "cabinet:NAME". */
const char *master_owners_cabinet(const char *owners);

/* '*' stands for any bytes, none too, '?' for one.  The time is at most that of length times length. */
bool master_pattern_matches(const char *pattern, const char *name);

#endif
