/* SPDX-License-Identifier: ISC */
/*
 * An owner and a master as somebody named them: who they are, and whether the one may enter the other, from the owner's
 * being there on (doc/MASTERS, "Entering", 1 to 7).
 */
#ifndef AUTHZ_RULES_MASTER_PAIR_H
#define AUTHZ_RULES_MASTER_PAIR_H

#include "rules/master_set.h"

struct master_pair {
	struct host_user owner, master; /* of one who is unknown the name as it was said, and no user's uid */
	bool owner_known, master_known; /* the host has such a user */
	enum authz_result owner_result, master_result; /* what is wrong with them by themselves */
	struct host_clock now;
};

/* A user by name: *known false, and *out has the name alone, if there is none.  AUTHZ_INTERNAL: NSS is out of reach. */
enum authz_result master_ask_user(struct rules *r, const char *name, struct host_user *out, bool *known);
/*
 * Who is asked about by the owner itself: the caller, or, of the host alone, the user that the request names.
 * AUTHZ_HOST_ONLY, AUTHZ_USER_NOT_FOUND; AUTHZ_BAD_PARAMETER: the host names nobody.
 */
enum authz_result master_whose(struct rules *r, const struct request *request, struct host_user *owner);

/* Ask the host about both, whatever comes of the one, and what time it is.  No transaction is open. */
enum authz_result master_pair_ask(struct rules *r, const char *owner, const char *master, struct master_pair *out);
/* In a transaction.  All is looked at; the answer is AUTHZ_OK, the first check that failed, or a failure of the store. */
enum authz_result master_pair_look(struct rules *r, struct store_txn *t, const struct master_pair *p, struct master_entry *by);
/* Does the subject have a name that is no user's? */
bool master_pair_said_unknown(const struct rules *r, const struct master_pair *p);

#endif
