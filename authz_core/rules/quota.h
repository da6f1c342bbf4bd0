/* SPDX-License-Identifier: ISC */
/*
 * How many tokens there are, in all and by maker, and the sweep that frees the places of expired ones.
 *
 * Records of the token store: C  tokens in all;  M maker  tokens of a maker;  W  where the sweep goes on.
 * A spent token keeps its place, the system's and its maker's, until it expires: otherwise whoever makes and spends tokens
 * of her own in a loop could fill the store.
 */
#ifndef AUTHZ_RULES_QUOTA_H
#define AUTHZ_RULES_QUOTA_H

#include "rules/context.h"
#include "rules/token_record.h"

/* In a write transaction: sweep a little, then AUTHZ_OK with the new token counted, AUTHZ_TOKENS_FULL or _MAKER_FULL. */
enum authz_result quota_take(struct rules *r, struct store_txn *t, uid_t maker, const char *maker_name,
                             const struct host_clock *now);
/* In a write transaction: a token's record is removed. */
enum authz_result quota_removed(struct rules *r, struct store_txn *t, const struct token_record *token);

#endif
