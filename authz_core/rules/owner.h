/* SPDX-License-Identifier: ISC */
/* Everything that is asked about the owner of a token before a decision: from NSS, from shadow, from the clocks. */
#ifndef AUTHZ_RULES_OWNER_H
#define AUTHZ_RULES_OWNER_H

#include "rules/account.h"
#include "rules/context.h"

struct owner {
	struct host_user user;
	struct host_account account;
	struct host_clock now;
	gid_t gids[HOST_GROUPS_MAX];
	size_t group_count;
};

/*
 * Ask; the groups only where they are wanted (on some hosts they are the slow part) or the stamp covers them.  No lock is
 * held meanwhile.  AUTHZ_USER_NOT_FOUND, AUTHZ_SYSTEM_PROFILE (by name or uid), AUTHZ_NO_SHADOW, AUTHZ_INTERNAL.
 */
enum authz_result owner_find(struct rules *r, const char *name, bool groups, struct owner *o);
/* The stamp of the owner as the account is now. */
enum authz_result owner_stamp(struct rules *r, struct store_txn *authority, const struct owner *o,
                              const struct profile_state *p, unsigned char stamp[STAMP_SIZE]);
/* The whole picture in one read transaction: the profile's own state, the account's, and the stamp. */
enum authz_result owner_state(struct rules *r, struct store_txn *authority, const struct owner *o, struct profile_state *p,
                              struct account_state *state, unsigned char stamp[STAMP_SIZE]);
void owner_wipe(struct owner *o);

#endif
