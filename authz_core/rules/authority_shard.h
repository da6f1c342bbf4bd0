/* SPDX-License-Identifier: ISC */
/*
 * The records by which profiles of authorities are found, and the lists that say which of them there are.
 *
 * Records of the authority store: As number, one of 1024 shards, each a list of 8 bytes of the hash of a key.
 *
 * MUST 1: a shard that is lost is damage.
 */
#ifndef AUTHZ_RULES_AUTHORITY_SHARD_H
#define AUTHZ_RULES_AUTHORITY_SHARD_H

#include "rules/context.h"
#include "rules/pack.h"

struct authority_key {
	unsigned char bytes[4 + 17 + OBJECT_SIZE];
	size_t length;
};

/* Of two letters, a type, and, unless "text" is NULL, so much of a text. */
struct authority_key authority_key(const char *kind, const char *type, const char *text, size_t length);

enum authz_result authority_key_get(struct rules *r, struct store_txn *t, const struct authority_key *key, void *value, size_t size,
                                size_t *length, bool *found);
enum authz_result authority_key_put(struct rules *r, struct store_txn *t, const struct authority_key *key, const struct pack *value);
enum authz_result authority_key_drop(struct rules *r, struct store_txn *t, const struct authority_key *key);

/* Is a record listed?  "made": shards have been made, so that one that is not there is lost; else it lists nothing. */
enum authz_result authority_is_listed(struct rules *r, struct store_txn *t, const struct authority_key *key, bool made,
                                      bool *listed);
/* In a write transaction: list one more, or one less.  AUTHZ_PROFILES_FULL. */
enum authz_result authority_list_change(struct rules *r, struct store_txn *t, const struct authority_key *key, bool add);
/* In a write transaction: all shards, with nothing in them, unless they are there. */
enum authz_result authority_shards_make(struct rules *r, struct store_txn *t);

#endif
