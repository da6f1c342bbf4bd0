/* SPDX-License-Identifier: ISC */
/*
 * Whose records count for whom: a user's own, those of all its groups, and everybody's (doc/AUTHORITY).
 *
 * NSS is asked here, so no lock is held.
 *
 * MUST 1: groups that cannot be found out are an error, never fewer groups.
 */
#ifndef AUTHZ_RULES_AUTHORITY_WHO_H
#define AUTHZ_RULES_AUTHORITY_WHO_H

#include "rules/authority_record.h"

#define AUTHORITY_EVERYBODY "nobody" /* the group to which all belong */

struct authority_bound {
	struct authority_entity entity;
	uint32_t id; /* uid or gid now; AUTHORITY_UNBOUND: everybody's group */
};

struct authority_who {
	size_t count;
	struct authority_bound who[HOST_GROUPS_MAX + 2];
};

bool authority_is_everybody(const struct authority_entity *e);
/* The entity that a request names.  *known false: it is nobody of this host. */
enum authz_result authority_who_is(struct rules *r, const struct request *request, struct authority_bound *out, bool *known);
/* Whose records count for it: everybody's alone, where it is not known. */
enum authz_result authority_who_counts(struct rules *r, const struct request *request, struct authority_who *out);
/* The one whose own record is asked for: the group itself, or a user's primary group.  AUTHZ_UNKNOWN_ENTITY. */
enum authz_result authority_who_explicit(struct rules *r, const struct request *request, struct authority_who *out);
/* Whose records count for the caller: none for the host, which needs none. */
enum authz_result authority_who_calls(struct rules *r, struct authority_who *out);
/* Is the one that a request names the caller? */
bool authority_who_is_caller(const struct rules *r, const struct authority_bound *who);

#endif
