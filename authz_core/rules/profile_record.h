/* SPDX-License-Identifier: ISC */
/*
 * What authz itself knows of a user profile: disabled or not, closed to masters or not, special authorities, when it was
 * last used.
 *
 * Records of the authority store:
 *	U uid        state of a profile that an administrator has touched, or its user
 *	S shard      which uids of this shard have a state: 256 of them, all made with the store's first state
 *	L u uid, L g gid   day of last use
 *
 * A state that is lost must never read as "enabled", nor as "masters may": the shard lists its children, and a listed child
 * that is missing, or a missing shard where there are others, is damage (DESIGN 3.2).
 */
#ifndef AUTHZ_RULES_PROFILE_RECORD_H
#define AUTHZ_RULES_PROFILE_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rules/context.h"

#define SPECIAL_ALLOBJ 0x1u
#define SPECIAL_SECADM 0x2u
#define SPECIAL_SUPERVISOR 0x4u /* of all cabinets (doc/CABINETS) */
#define SPECIAL_ALL (SPECIAL_ALLOBJ | SPECIAL_SECADM | SPECIAL_SUPERVISOR)
#define SPECIAL_BOTH (SPECIAL_ALLOBJ | SPECIAL_SECADM) /* whom the documents on tokens let do everything */

struct profile_state {
	bool disabled;
	bool masters_forbidden; /* the owner lets no master in (doc/MASTERS) */
	uint32_t disable_count; /* how often it was disabled: part of the stamp, so tokens of before stay dead */
	uint32_t special;       /* SPECIAL_… */
	uid_t changed_by;
	int64_t changed_at;     /* microseconds, wall clock */
};

/* AUTHZ_OK with all zeros for a profile that nobody has touched. */
enum authz_result profile_read(struct rules *r, struct store_txn *t, uid_t uid, struct profile_state *out);
/* In a write transaction. */
enum authz_result profile_write(struct rules *r, struct store_txn *t, uid_t uid, const struct profile_state *p);

/* The special authorities of who asks: all of them for the host. */
enum authz_result profile_caller_special(struct rules *r, struct store_txn *t, uint32_t *special);

/*
 * AUTHZ_OK if the caller has all of "wanted", else AUTHZ_SPECIAL_REQUIRED.  A read transaction of its own: whoever may not
 * do a thing does not get as far as the writer lock.
 */
enum authz_result profile_require(struct rules *r, uint32_t wanted);
/* The same of authorities that were read already. */
enum authz_result profile_require_of(struct rules *r, uint32_t special, uint32_t wanted);

/* Day of last use (days since 1970-01-01), 0 for never. */
enum authz_result profile_last_used(struct rules *r, struct store_txn *t, char kind, uint32_t id, int *day);
/* In a write transaction: set it. */
enum authz_result profile_set_last_used(struct rules *r, struct store_txn *t, char kind, uint32_t id, int day);

#endif
