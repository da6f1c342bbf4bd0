/* SPDX-License-Identifier: ISC */
/*
 * Guests: users whom the owner of a private cabinet authorized, each with a profile of its own (Z-MOD17).
 *
 * An authorization is a link of RELATION_GUEST, from the owner's name to the guest's, of the owner and the guest that there
 * were then.  One that was withdrawn stays as a link of profile type 0 and comes to life again: whoever may, that is every
 * user, uses up one ISN for each other user at most.
 */
#ifndef AUTHZ_RULES_CABINET_GUEST_H
#define AUTHZ_RULES_CABINET_GUEST_H

#include "rules/cabinet_member.h"

/*
 * The user whose private cabinet the request names, if it may be one; else *owner is no user.  NSS is not asked where the
 * store has another cabinet of that name.  A transaction of its own.
 */
enum authz_result cabinet_private_ask(struct rules *r, const struct request *request, struct cabinet_named *owner);
/* Is the name of this user a private cabinet's, and no other's?  *locked: it is marked and locked. */
enum authz_result cabinet_is_private(struct rules *r, struct store_txn *t, const struct cabinet_named *owner, bool *is,
                                     bool *locked);
/* The link, live or not, or one that others of these names left; *found false: there never was one. */
enum authz_result cabinet_guest_link(struct rules *r, struct store_txn *t, const char *owner, const char *guest,
                                     struct cabinet_link *link, bool *found);
/* The authorization that this owner gave to this guest.  AUTHZ_NOT_A_MEMBER. */
enum authz_result cabinet_guest_find(struct rules *r, struct store_txn *t, const struct cabinet_named *owner,
                                     const struct cabinet_named *guest, struct cabinet_link *link);
/* Does it hold, for the owner of that uid? */
bool cabinet_guest_is_live(const struct cabinet_link *link, uid_t owner);

#endif
