/* SPDX-License-Identifier: ISC */
/*
 * How many tokens there are, in all and by maker, and the sweep that frees the places of expired ones.
 *
 * Records of the token store: C  tokens in all;  M maker  tokens of a maker;  W  where the sweep goes on;  F  how many
 * fit into the file system, once it was full.  The sweep looks at
 * a fixed number of records in each request, of whatever kind; it removes none but tokens and wrong passwords that count
 * no more (tries.h).
 * A spent token keeps its place, the system's and its maker's, until it expires: otherwise whoever makes and spends tokens
 * of her own in a loop could fill the store.
 */
#ifndef AUTHZ_RULES_QUOTA_H
#define AUTHZ_RULES_QUOTA_H

#include "rules/context.h"
#include "rules/token_record.h"

#define QUOTA_FILE_SYSTEM "the file system of the tokens" /* subject of CPF4AAA where that is what is full */

/* In a write transaction: sweep a little, then AUTHZ_OK with the new token counted, AUTHZ_TOKENS_FULL or _MAKER_FULL. */
enum authz_result quota_take(struct rules *r, struct store_txn *t, uid_t maker, const char *maker_name,
                             const struct host_clock *now);
/* In a write transaction of something else: sweep a little. */
enum authz_result quota_sweep(struct rules *r, struct store_txn *t, const struct host_clock *now);
/*
 * A new token found no room in the file system.  In a transaction of its own as much is swept as for a full quota, and noted
 * how many fit.  AUTHZ_OK: there are fewer now, so try again, with another token: room is by places in the store's file,
 * and another token has another place.  AUTHZ_TOKENS_FULL: there are as many as fit, until one is removed.
 */
enum authz_result quota_no_room(struct rules *r, const struct host_clock *now);
/* How many tokens there are, spent ones too. */
enum authz_result quota_count(struct rules *r, struct store_txn *t, uint64_t *tokens);
/* In a write transaction: a token's record is removed. */
enum authz_result quota_removed(struct rules *r, struct store_txn *t, const struct token_record *token);

#endif
