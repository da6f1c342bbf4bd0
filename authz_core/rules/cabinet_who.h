/* SPDX-License-Identifier: ISC */
/*
 * Who acts on cabinets, and what it may (doc/CABINETS): the caller, as the kernel says, or the cabinet that the request
 * names to act as, for its password.
 *
 * A rule asks cabinet_who before it takes a lock, for libcrypt takes its time, and cabinet_may… in the transaction in which
 * it then decides, and once more in the one in which it writes.
 */
#ifndef AUTHZ_RULES_CABINET_WHO_H
#define AUTHZ_RULES_CABINET_WHO_H

#include "rules/cabinet_link.h"

struct cabinet_actor {
	bool is_host;                 /* and acts as no other */
	struct cabinet_entity entity; /* whose administration it has; an empty name: nobody's */
	uid_t uid;                    /* of a user */
	char as[NAME_SIZE];           /* for the audit, of a refusal too: as whom it acts, "?": that is not there; empty: as itself */
};

/*
 * AUTHZ_OK; AUTHZ_CABINET_NAME (02) to the host and to supervisors, AUTHZ_CABINET_PASSWORD (03), AUTHZ_TOO_MANY_TRIES,
 * AUTHZ_CABINET_LOCKED to who knew the password.  No transaction may be open.
 */
enum authz_result cabinet_who(struct rules *r, const struct request *request, struct cabinet_actor *out);

/* The same for who only looks: a refusal is recorded here, which a change records itself. */
enum authz_result cabinet_who_looks(struct rules *r, const struct request *request, struct cabinet_actor *out);

/* Is it the host, or has it *SUPERVISOR? */
enum authz_result cabinet_supervises(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, bool *does);
/* Is it an administrator of that cabinet, there or not?  *does is true of a supervisor too. */
enum authz_result cabinet_administers(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor,
                                      const char *cabinet, bool *does);
/* Of anything at all? */
enum authz_result cabinet_administers_any(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, bool *does);

/* AUTHZ_OK; AUTHZ_SPECIAL_REQUIRED: *SUPERVISOR. */
enum authz_result cabinet_must_supervise(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor);
/* A supervisor or an administrator of it: AUTHZ_OK, AUTHZ_CABINET_ADMIN (15). */
enum authz_result cabinet_may(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, const char *cabinet);
/* The same, or the user whose private cabinet it is. */
enum authz_result cabinet_may_own(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, const char *cabinet);
/* Is it the user of this private cabinet? */
bool cabinet_is_own(const struct cabinet_actor *actor, const char *cabinet);

/* Is the user in that shared cabinet, by itself or by a cabinet in it?  Nobody is in one that is locked, or is not there. */
enum authz_result cabinet_user_is_in(struct rules *r, struct store_txn *t, const char *cabinet,
                                     const struct cabinet_entity *user, uid_t uid, bool *in);

#endif
