/* SPDX-License-Identifier: ISC */
/*
 * Who entered in the place of an owner, for the owner to see.
 *
 * Record of the authority store: Mh owner, the last entries, and of each master the last one, for one uid: another user of that
 * name has none of them.
 */
#ifndef AUTHZ_RULES_MASTER_HISTORY_H
#define AUTHZ_RULES_MASTER_HISTORY_H

#include "rules/context.h"

#define MASTER_HISTORY_MAX 32

struct master_history_entry {
	int64_t seconds; /* wall clock */
	uid_t master_uid;
	char master[NAME_SIZE], service[64], rhost[256], tty[64];
};

struct master_history {
	size_t count;
	struct master_history_entry entries[MASTER_HISTORY_MAX]; /* the newest first */
};

/* Nothing of it is there: no entries.  AUTHZ_STORE_DAMAGED. */
enum authz_result master_history_read(struct rules *r, struct store_txn *t, const struct host_user *owner,
                                      struct master_history *out);
/*
 * In a write transaction.  Where there is no room the oldest is forgotten of those whose master has a newer one; where none
 * has, the oldest.
 */
enum authz_result master_history_add(struct rules *r, struct store_txn *t, const struct host_user *owner,
                                     const struct master_history_entry *e);
enum authz_result master_history_erase(struct rules *r, struct store_txn *t, const char *owner);
/* Is this master among them? */
bool master_history_has(const struct master_history *h, uid_t master);

#endif
