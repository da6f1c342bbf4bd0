/* SPDX-License-Identifier: ISC */
/*
 * One member more, one less, or with another profile: what adding, setting, removing and loading have in common.
 *
 * MUST 1: the checks are made in the order of doc/CABINETS, and the first that fails is the answer.
 * MUST 2: shared cabinets are nested no deeper than shared in shared.
 * MUST 3: who may not change a cabinet does not learn whether it is there.
 * MUST 4: what is refused changes nothing.
 *
 * The host was asked before (cabinet_member_ask); the rest is read in the transaction.
 */
#ifndef AUTHZ_RULES_CABINET_ADMIT_H
#define AUTHZ_RULES_CABINET_ADMIT_H

#include "rules/cabinet_change.h"
#include "rules/cabinet_member.h"

struct cabinet_wish {
	const struct cabinet_actor *actor;
	const char *cabinet;
	const struct cabinet_named *member, *special; /* special: of type 3 */
	enum cabinet_profile_type type;
	const struct host_clock *now;
};

/* A request about one member, on the way that every change goes. */
struct cabinet_membership {
	struct cabinet_change change; /* the first */
	struct cabinet_named member, special;
	struct cabinet_wish wish;
	struct cabinet_link link;
};

/* What the host says of the names of the request.  AUTHZ_INTERNAL: NSS is out of reach; the wish is there in any case. */
enum authz_result cabinet_membership_ask(struct cabinet_membership *m);
/* For the audit, of the link. */
void cabinet_membership_describe(struct cabinet_membership *m);

/* Of a request: 2 and 3 are themselves, all else is 1. */
enum cabinet_profile_type cabinet_profile_type(int64_t number);

/* Names that are none: AUTHZ_PARAMETER_LIST (92). */
enum authz_result cabinet_names_fit(struct rules *r, const struct cabinet_wish *w);
/* The same, and a member's that stands for two; a transaction of its own. */
enum authz_result cabinet_wish_fits(struct rules *r, const struct cabinet_wish *w);

/*
 * Checks alone, from AUTHZ_CABINET_ADMIN (15) on.  In a read transaction first, so that what is refused never waits
 * for the writer lock, and again in that of the change.  *link is the membership that is to be added, changed or
 * removed; of one to be added the ISN is that of the one which it replaces, 0 for none.
 */
enum authz_result cabinet_check_add(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                    struct cabinet_link *link);
enum authz_result cabinet_check_set(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                    struct cabinet_link *link);
enum authz_result cabinet_check_remove(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                       struct cabinet_link *link);

/* In a write transaction, after the check: link->isn is that of the new member. */
enum authz_result cabinet_admit(struct rules *r, struct store_txn *t, struct cabinet_link *link,
                                struct cabinet_touched *touched);
enum authz_result cabinet_expel(struct rules *r, struct store_txn *t, const struct cabinet_link *link,
                                struct cabinet_touched *touched);

#endif
