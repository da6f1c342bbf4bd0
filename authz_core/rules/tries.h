/* SPDX-License-Identifier: ISC */
/*
 * Passwords that were tried in vain (QsyGenPrfTknE, and those of cabinets and mailboxes): counted for each pair of owner and
 * caller, so that nobody can use up the tries that others have, and limited.
 *
 * Records of the token store, gone at reboot: X owner caller; Y number caller, of cabinets, and Z number caller, of mailboxes:
 * how many, and when the last.  A sweep takes away those that are older than password_pause.
 */
#ifndef AUTHZ_RULES_TRIES_H
#define AUTHZ_RULES_TRIES_H

#include "rules/context.h"

/*
 * A password of the owner's is about to be looked at, in a transaction of its own.  It counts as wrong until a token is
 * made, so that no number of tries at once is more than the limit.  AUTHZ_TOO_MANY_TRIES: it is not to be looked at.
 */
enum authz_result tries_take(struct rules *r, const struct host_user *owner, const struct host_clock *now);
/* The same of a password that goes by a name, whether anything has that name or not. */
enum tries_of { TRIES_CABINET = 'Y', TRIES_MAILBOX = 'Z' };
enum authz_result tries_take_named(struct rules *r, enum tries_of of, const char *name, const struct host_clock *now);
/*
 * In the write transaction of a token of the owner's: what everybody tried is forgotten; and, if it was a right password
 * that made it, what this caller did.
 */
enum authz_result tries_forget(struct rules *r, struct store_txn *t, uid_t owner, bool proved);
/* That password was right: what this caller tried is forgotten, in a transaction of its own. */
enum authz_result tries_forget_named(struct rules *r, enum tries_of of, const char *name);
/* Nobody has looked at that password: it counts no more. */
enum authz_result tries_give_back(struct rules *r, enum tries_of of, const char *name);
/* How many there were since a token of the owner's was made. */
enum authz_result tries_count(struct rules *r, struct store_txn *t, uid_t owner, uint64_t *count);
/* Of a record of any kind: is it of tries that count no more? */
bool tries_are_over(const struct rules *r, const unsigned char *key, size_t key_length, const unsigned char *value,
                    size_t length, const struct host_clock *now);

#endif
