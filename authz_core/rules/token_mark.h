/* SPDX-License-Identifier: ISC */
/*
 * The master whose name a token carries (doc/MASTERS): the one who made it, or in whose session it was made.
 */
#ifndef AUTHZ_RULES_TOKEN_MARK_H
#define AUTHZ_RULES_TOKEN_MARK_H

#include "rules/master_session.h"
#include "rules/token_record.h"

/* Who could be that master, as the host knows them; a name that is said is empty where there is none. */
struct token_mark {
	struct master_session session;
	struct host_user said; /* a login program of root's says so */
	int64_t now;           /* seconds, wall clock */
	/* token_mark_caller: the caller has the authority, as by *USE; and may enter the owner, so that its name is carried */
	bool may, by_caller;
};

/*
 * Ask the host.  No transaction is open.  AUTHZ_BAD_PARAMETER: somebody else than the host names a master, or it is no user;
 * AUTHZ_INTERNAL.
 */
enum authz_result token_mark_ask(struct rules *r, const struct request *request, struct token_mark *m);
/* In a transaction of the authority store: may the caller, as a master, enter this owner?  Into m->may and by_caller. */
enum authz_result token_mark_caller(struct rules *r, struct store_txn *t, struct token_mark *m, const struct host_user *owner);
/*
 * In the same: set the mark of a token for this owner that has none yet.  A master who may not enter any more, from whose
 * session the token would be, is refused as by master_may_enter.  AUTHZ_INTERNAL where it is hidden whose session it is, and it
 * may be a master's.
 */
enum authz_result token_mark_set(struct rules *r, struct store_txn *t, const struct token_mark *m, const struct host_user *owner,
                                 struct token_record *record);

/* Of a token that was made: the master, and whom it entered, as the host knows them now.  No transaction is open. */
struct token_marked {
	struct host_user master, entered;
	bool known; /* both are users still, with their uids, and no system profiles */
};
enum authz_result token_marked_ask(struct rules *r, const struct token_record *record, struct token_marked *m);
/* In a transaction of the authority store.  AUTHZ_OK of a token without a mark; else as master_may_enter. */
enum authz_result token_marked_check(struct rules *r, struct store_txn *t, const struct token_record *record,
                                     const struct token_marked *m, int64_t now);

#endif
