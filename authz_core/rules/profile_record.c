/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a state that its shard lists and that is not there is damage, never "enabled".
 * MUST 2: a shard that is not there while another one is, is damage.
 */
#include "rules/profile_record.h"

#include <string.h>

#include "rules/pack.h"

#define VERSION 2
#define VERSION_WITHOUT_MASTERS 1 /* as authz wrote it before it knew masters: they are not forbidden */
#define STATE_SIZE 23
#define SHARDS 256
#define SHARD_UIDS_MAX 4000

struct key {
	unsigned char bytes[8];
	size_t length;
};

static struct key make_key(const char *kind, uint32_t id, unsigned id_bytes)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, kind, strlen(kind));
	pack_number(&p, id, id_bytes);
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

struct shard {
	uint32_t uids[SHARD_UIDS_MAX];
	size_t count;
	bool found;
};

static enum authz_result shard_read(struct rules *r, struct store_txn *t, uint32_t number, struct shard *s)
{
	unsigned char value[SHARD_UIDS_MAX * 4];
	struct key key = make_key("S", number, 1);
	struct unpack u = {.at = value};
	enum authz_result result;

	result = store_get(t, key.bytes, key.length, value, sizeof value, &u.left, &s->found);
	if (result != AUTHZ_OK)
		return rules_store(r, r->authority, result);
	if (!s->found)
		u.left = 0;
	if (u.left % 4 != 0)
		return damaged(r);
	for (s->count = 0; u.left > 0; s->count++)
		s->uids[s->count] = (uint32_t)unpack_number(&u, 4);
	return AUTHZ_OK;
}

static enum authz_result shard_write(struct rules *r, struct store_txn *t, uint32_t number, const struct shard *s)
{
	unsigned char value[SHARD_UIDS_MAX * 4];
	struct pack p = {.at = value, .size = sizeof value};
	struct key key = make_key("S", number, 1);
	size_t i;

	for (i = 0; i < s->count; i++)
		pack_number(&p, s->uids[i], 4);
	return rules_store(r, r->authority, store_put(t, key.bytes, key.length, value, p.used));
}

static bool shard_lists(const struct shard *s, uint32_t uid)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->uids[i] == uid)
			return true;
	return false;
}

/* All shards are made at once, so one that is missing beside another is damage; the marker says that they were made. */
static enum authz_result shards_made(struct rules *r, struct store_txn *t, bool *made)
{
	unsigned char one;
	size_t length;

	return rules_store(r, r->authority, store_get(t, "SHARDS", 6, &one, sizeof one, &length, made));
}

static enum authz_result shards_make(struct rules *r, struct store_txn *t)
{
	struct shard empty = {.count = 0};
	enum authz_result result;
	uint32_t i;

	for (i = 0; i < SHARDS; i++) {
		result = shard_write(r, t, i, &empty);
		if (result != AUTHZ_OK)
			return result;
	}
	return rules_store(r, r->authority, store_put(t, "SHARDS", 6, "1", 1));
}

static bool state_unpack(struct profile_state *p, const unsigned char *value, size_t length)
{
	struct unpack u = {.at = value, .left = length};
	const uint64_t version = unpack_number(&u, 1);

	if (version != VERSION && version != VERSION_WITHOUT_MASTERS)
		return false;
	p->disabled = unpack_number(&u, 1) != 0;
	p->disable_count = (uint32_t)unpack_number(&u, 4);
	p->special = (uint32_t)unpack_number(&u, 4);
	p->changed_by = (uid_t)unpack_number(&u, 4);
	p->changed_at = (int64_t)unpack_number(&u, 8);
	if (version == VERSION)
		p->masters_forbidden = unpack_number(&u, 1) != 0;
	return unpack_done(&u) && (p->special & ~SPECIAL_ALL) == 0;
}

enum authz_result profile_read(struct rules *r, struct store_txn *t, uid_t uid, struct profile_state *out)
{
	struct shard shard;
	struct key key = make_key("U", uid, 4);
	unsigned char value[STATE_SIZE];
	enum authz_result result;
	bool found, made;
	size_t length;

	memset(out, 0, sizeof *out);
	result = shard_read(r, t, uid % SHARDS, &shard);
	if (result != AUTHZ_OK)
		return result;
	result = rules_store(r, r->authority, store_get(t, key.bytes, key.length, value, sizeof value, &length, &found));
	if (result != AUTHZ_OK)
		return result;
	if (!shard.found) {
		result = shards_made(r, t, &made);
		return result != AUTHZ_OK ? result : made || found ? damaged(r) : AUTHZ_OK;
	}
	if (shard_lists(&shard, uid) != found)
		return damaged(r);
	return !found || state_unpack(out, value, length) ? AUTHZ_OK : damaged(r);
}

static enum authz_result shard_add(struct rules *r, struct store_txn *t, uid_t uid)
{
	struct shard shard;
	enum authz_result result = shard_read(r, t, uid % SHARDS, &shard);

	if (result == AUTHZ_OK && !shard.found)
		result = shards_make(r, t);
	if (result != AUTHZ_OK || shard_lists(&shard, uid))
		return result;
	if (shard.count == SHARD_UIDS_MAX)
		return rules_store(r, r->authority, AUTHZ_STORE_NO_ROOM);
	shard.uids[shard.count++] = uid;
	return shard_write(r, t, uid % SHARDS, &shard);
}

enum authz_result profile_write(struct rules *r, struct store_txn *t, uid_t uid, const struct profile_state *p)
{
	unsigned char value[STATE_SIZE];
	struct pack pack = {.at = value, .size = sizeof value};
	struct key key = make_key("U", uid, 4);
	enum authz_result result = shard_add(r, t, uid);

	if (result != AUTHZ_OK)
		return result;
	pack_number(&pack, VERSION, 1);
	pack_number(&pack, p->disabled, 1);
	pack_number(&pack, p->disable_count, 4);
	pack_number(&pack, p->special, 4);
	pack_number(&pack, p->changed_by, 4);
	pack_number(&pack, (uint64_t)p->changed_at, 8);
	pack_number(&pack, p->masters_forbidden, 1);
	return rules_store(r, r->authority, store_put(t, key.bytes, key.length, value, pack.used));
}

enum authz_result profile_caller_special(struct rules *r, struct store_txn *t, uint32_t *special)
{
	struct profile_state state;
	enum authz_result result;

	*special = SPECIAL_ALL;
	if (r->caller.is_host)
		return AUTHZ_OK;
	*special = 0;
	result = profile_read(r, t, r->caller.uid, &state);
	if (result == AUTHZ_OK && !state.disabled)
		*special = state.special;
	return result;
}

enum authz_result profile_require_of(struct rules *r, uint32_t special, uint32_t wanted)
{
	const uint32_t missing = wanted & ~special;

	if (missing == 0)
		return AUTHZ_OK;
	return rules_refuse(r, AUTHZ_SPECIAL_REQUIRED, missing & SPECIAL_SECADM   ? "*SECADM"
	                                               : missing & SPECIAL_ALLOBJ ? "*ALLOBJ"
	                                                                          : "*SUPERVISOR");
}

enum authz_result profile_require(struct rules *r, uint32_t wanted)
{
	struct store_txn *t;
	uint32_t special;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = profile_caller_special(r, t, &special);
	store_abort(t);
	return result == AUTHZ_OK ? profile_require_of(r, special, wanted) : result;
}

enum authz_result profile_last_used(struct rules *r, struct store_txn *t, char kind, uint32_t id, int *day)
{
	struct key key = make_key(kind == 'g' ? "Lg" : "Lu", id, 4);
	unsigned char value[4];
	struct unpack u = {.at = value};
	enum authz_result result;
	bool found;

	result = store_get(t, key.bytes, key.length, value, sizeof value, &u.left, &found);
	*day = result == AUTHZ_OK && found ? (int)unpack_number(&u, 4) : 0;
	return rules_store(r, r->authority, result);
}

enum authz_result profile_set_last_used(struct rules *r, struct store_txn *t, char kind, uint32_t id, int day)
{
	struct key key = make_key(kind == 'g' ? "Lg" : "Lu", id, 4);
	unsigned char value[4];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, (uint32_t)day, 4);
	return rules_store(r, r->authority, store_put(t, key.bytes, key.length, value, p.used));
}
