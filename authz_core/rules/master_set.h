/* SPDX-License-Identifier: ISC */
/*
 * Is an owner in the set of a master (doc/MASTERS)?  What generating, redeeming and mailboxes ask too.
 */
#ifndef AUTHZ_RULES_MASTER_SET_H
#define AUTHZ_RULES_MASTER_SET_H

#include "rules/context.h"

/* The entry of a set that lets the owner be entered. */
struct master_entry {
	char owners[OWNERS_SIZE];
	int64_t until; /* seconds, wall clock; 0: no end */
};

/*
 * In a read transaction of the authority store.  Both users are as NSS has them now, and no system profiles.  AUTHZ_OK, and the
 * entry, if not NULL, by which; AUTHZ_NO_MASTER, AUTHZ_NOT_IN_SET, AUTHZ_GRANT_OVER, AUTHZ_OWNER_FORBIDS, AUTHZ_DISABLED
 * (either of them, by authzctl profile disable), or a failure of the store.  Owner and master the same: AUTHZ_NOT_IN_SET.
 */
enum authz_result master_may_enter(struct rules *r, struct store_txn *t, const struct host_user *master,
                                   const struct host_user *owner, int64_t now, struct master_entry *by);
/* One of its refusals, and no failure to find out? */
bool master_is_refusal(enum authz_result result);

#endif
