/* SPDX-License-Identifier: ISC */
/*
 * Is the caller in the session of a master who entered it?  What is made of that is the callers' of this: no token without the
 * master's name (token_mark.h), and no masters let in that the owner keeps out (master_forbid.c).
 */
#ifndef AUTHZ_RULES_MASTER_SESSION_H
#define AUTHZ_RULES_MASTER_SESSION_H

#include "rules/master_set.h"

enum master_session_is {
	SESSION_OWN,       /* the caller's, or of somebody who is no master of its */
	SESSION_OF_MASTER,
	SESSION_HIDDEN,    /* there are masters, or one has entered, and it could not be read whose it is */
};

/* The caller and its login user, as the host knows them; a name is empty where there is none. */
struct master_session {
	struct host_user caller; /* a user who is no system profile, and not the host */
	struct host_user login;  /* another than the caller; of a uid that is no user's now the uid alone */
	bool other;              /* there is such a one */
	bool hidden;
};

/* A user by uid: who is none, or a system profile, has no name.  AUTHZ_INTERNAL: NSS is out of reach. */
enum authz_result master_ask_uid(struct rules *r, uid_t uid, struct host_user *out);
/* Ask the host about the caller.  No transaction is open. */
enum authz_result master_session_ask(struct rules *r, struct master_session *s);
/*
 * In a transaction of the authority store; now: seconds, wall clock.  Of SESSION_OF_MASTER *may is what master_may_enter says
 * of that master now, AUTHZ_OK or a refusal.  Else than AUTHZ_OK: it could not be found out.
 */
enum authz_result master_session_look(struct rules *r, struct store_txn *t, const struct master_session *s, int64_t now,
                                      enum master_session_is *is, enum authz_result *may);

#endif
