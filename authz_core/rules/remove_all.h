/* SPDX-License-Identifier: ISC */
/*
 * Removing all tokens, or all of one user: who may, and how the tokens of before are none at once, however many they are.
 *
 * Records of the token store: G  when all were removed;  G uid  when all of that owner's were.  Both by the boot clock,
 * read under the writer lock: a token that was made by then is none from then on, one that it was regenerated into too.
 * Their records are taken away a page at a time, by whoever asked and by every sweep.
 */
#ifndef AUTHZ_RULES_REMOVE_ALL_H
#define AUTHZ_RULES_REMOVE_ALL_H

#include "rules/context.h"
#include "rules/token_record.h"

/* In a transaction of the tokens: was this one there when all were removed? */
enum authz_result removed_with_all(struct rules *r, struct store_txn *t, const struct token_record *token, bool *removed);

#endif
