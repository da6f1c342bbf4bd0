/* SPDX-License-Identifier: ISC */
#include "rules/authority_shard.h"

#include <sodium.h>
#include <string.h>

#define SHARDS 1024
#define TAG 8

/* A NUL stands between the parts, and no name holds one. */
struct authority_key authority_key(const char *kind, const char *type, const char *text, size_t length)
{
	struct authority_key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, kind, 2);
	pack_bytes(&p, type, strlen(type));
	if (text != NULL) {
		pack_number(&p, 0, 1);
		pack_bytes(&p, text, length);
	}
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

enum authz_result authority_key_get(struct rules *r, struct store_txn *t, const struct authority_key *key, void *value, size_t size,
                             size_t *length, bool *found)
{
	return rules_store(r, r->authority, store_get(t, key->bytes, key->length, value, size, length, found));
}

enum authz_result authority_key_put(struct rules *r, struct store_txn *t, const struct authority_key *key, const struct pack *value)
{
	if (value->bad)
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of an authority");
	return rules_store(r, r->authority, store_put(t, key->bytes, key->length, value->at, value->used));
}

enum authz_result authority_key_drop(struct rules *r, struct store_txn *t, const struct authority_key *key)
{
	return rules_store(r, r->authority, store_delete(t, key->bytes, key->length));
}

/* ---- shards */

struct shard {
	unsigned char tags[STORE_VALUE_MAX];
	size_t length;
	bool found;
};

static struct authority_key shard_key(uint32_t number)
{
	struct authority_key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, "As", 2);
	pack_number(&p, number, 2);
	key.length = p.used;
	return key;
}

/*
 * Which shard a record is in, and the tag by which it is known there.  The store's secret is in it: names may be anybody's choice,
 * as those of dynamic queues, and who knew where they come could fill a shard, or find two of one tag.
 */
static enum authz_result shard_of(struct rules *r, struct store_txn *t, const struct authority_key *key, unsigned char tag[TAG],
                                  struct authority_key *at)
{
	static const char purpose[] = "authz: a shard";
	unsigned char secret[32], hash[16];
	crypto_generichash_state state;
	enum authz_result result = rules_store(r, r->authority, store_secret(t, secret));

	if (result == AUTHZ_OK) {
		crypto_generichash_init(&state, secret, sizeof secret, sizeof hash);
		crypto_generichash_update(&state, (const unsigned char *)purpose, sizeof purpose);
		crypto_generichash_update(&state, key->bytes, key->length);
		crypto_generichash_final(&state, hash, sizeof hash);
		memcpy(tag, hash + 2, TAG);
		*at = shard_key(((uint32_t)hash[0] << 8 | hash[1]) % SHARDS);
		sodium_memzero(&state, sizeof state);
	}
	sodium_memzero(secret, sizeof secret);
	return result;
}

static enum authz_result shard_read(struct rules *r, struct store_txn *t, const struct authority_key *key, struct shard *s)
{
	enum authz_result result = authority_key_get(r, t, key, s->tags, sizeof s->tags, &s->length, &s->found);

	if (!s->found)
		s->length = 0;
	return result == AUTHZ_OK && s->length % TAG != 0 ? damaged(r) : result;
}

static unsigned char *shard_find(struct shard *s, const unsigned char tag[TAG])
{
	size_t i;

	for (i = 0; i < s->length; i += TAG)
		if (memcmp(s->tags + i, tag, TAG) == 0)
			return s->tags + i;
	return NULL;
}

enum authz_result authority_is_listed(struct rules *r, struct store_txn *t, const struct authority_key *key, bool made, bool *listed)
{
	unsigned char tag[TAG];
	struct authority_key at;
	struct shard s;
	enum authz_result result = shard_of(r, t, key, tag, &at);

	*listed = false;
	if (result == AUTHZ_OK)
		result = shard_read(r, t, &at, &s);
	if (result != AUTHZ_OK)
		return result;
	*listed = shard_find(&s, tag) != NULL;
	return made && !s.found ? damaged(r) : AUTHZ_OK;
}

enum authz_result authority_list_change(struct rules *r, struct store_txn *t, const struct authority_key *key, bool add)
{
	unsigned char tag[TAG], *place;
	struct authority_key at;
	struct shard s;
	struct pack p = {.at = s.tags, .size = sizeof s.tags};
	enum authz_result result = shard_of(r, t, key, tag, &at);

	if (result == AUTHZ_OK)
		result = shard_read(r, t, &at, &s);
	if (result != AUTHZ_OK)
		return result;
	p.used = s.length;
	place = shard_find(&s, tag);
	if (!s.found || (!add && place == NULL))
		return damaged(r);
	if (add && s.length + TAG > sizeof s.tags)
		return rules_refuse(r, AUTHZ_PROFILES_FULL, "profiles");
	if (add) {
		pack_bytes(&p, tag, TAG);
	} else {
		p.used -= TAG;
		memmove(place, s.tags + p.used, TAG);
	}
	return authority_key_put(r, t, &at, &p);
}

static enum authz_result count_shards(struct rules *r, struct store_txn *t, uint32_t *count)
{
	enum authz_result result = AUTHZ_OK;
	struct authority_key key;
	struct shard s;
	uint32_t i;

	*count = 0;
	for (i = 0; result == AUTHZ_OK && i < SHARDS; i++) {
		key = shard_key(i);
		result = shard_read(r, t, &key, &s);
		*count += s.found;
	}
	return result;
}

enum authz_result authority_shards_make(struct rules *r, struct store_txn *t)
{
	unsigned char empty[1];
	const struct pack nothing = {.at = empty};
	struct authority_key key;
	uint32_t i, count;
	enum authz_result result = count_shards(r, t, &count);

	if (result != AUTHZ_OK || count == SHARDS)
		return result;
	if (count != 0)
		return damaged(r);
	for (i = 0; result == AUTHZ_OK && i < SHARDS; i++) {
		key = shard_key(i);
		result = authority_key_put(r, t, &key, &nothing);
	}
	return result;
}
