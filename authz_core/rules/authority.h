/* SPDX-License-Identifier: ISC */
/*
 * Authorities on named objects: a bit mask per (entity, object, object type).  So far for objects of type "profile".
 *
 * A record is bound to the numbers behind the names, the entity's and the object's: a user or group that was removed and
 * made anew under the same name inherits nothing, and neither does whoever held an authority on the old one.
 */
#ifndef AUTHZ_RULES_AUTHORITY_H
#define AUTHZ_RULES_AUTHORITY_H

#include <stdint.h>

#include "rules/context.h"

#define TYPE_PROFILE "profile"
#define AUTHORITY_USE    0x1u
#define AUTHORITY_OBJMGT 0x2u
#define AUTHORITY_ALL (AUTHORITY_USE | AUTHORITY_OBJMGT)

/* The groups of who asks: none for the host, which needs none.  No lock is held. */
enum authz_result caller_groups(struct rules *r, gid_t gids[HOST_GROUPS_MAX], size_t *count);

/* Everything that the caller may do to the profile of "owner": its own record, its groups', and *ALLOBJ. */
enum authz_result authority_of_caller(struct rules *r, struct store_txn *t, const gid_t *gids, size_t count,
                                      const struct host_user *owner, uint32_t *mask);

/* Operations: authzctl authority grant | revoke.  The caller needs *ALLOBJ. */
enum authz_result authority_grant(struct rules *r, const struct request *request);
enum authz_result authority_revoke(struct rules *r, const struct request *request);

#endif
