/* SPDX-License-Identifier: ISC */
#include "rules/last_used.h"

#include "rules/pack.h"

#define KEY_SIZE 6

static void make_key(char kind, uint32_t id, unsigned char key[KEY_SIZE])
{
	struct pack p = {.at = key, .size = KEY_SIZE};

	pack_bytes(&p, kind == 'g' ? "Lg" : "Lu", 2);
	pack_number(&p, id, 4);
}

enum authz_result last_used_read(struct rules *r, struct store_txn *t, char kind, uint32_t id, int64_t *second)
{
	unsigned char key[KEY_SIZE], value[8];
	struct unpack u = {.at = value};
	enum authz_result result;
	bool found;

	make_key(kind, id, key);
	result = store_get(t, key, sizeof key, value, sizeof value, &u.left, &found);
	*second = result == AUTHZ_OK && found ? (int64_t)unpack_number(&u, 8) : 0;
	if (result == AUTHZ_OK && found && !unpack_done(&u))
		result = AUTHZ_STORE_DAMAGED;
	return rules_store(r, r->tokens, result);
}

static enum authz_result write_one(struct rules *r, struct store_txn *t, char kind, uint32_t id, int64_t second)
{
	unsigned char key[KEY_SIZE], value[8];
	struct pack p = {.at = value, .size = sizeof value};
	int64_t before;
	enum authz_result result = last_used_read(r, t, kind, id, &before);

	if (result != AUTHZ_OK || before == second)
		return result;
	make_key(kind, id, key);
	pack_number(&p, (uint64_t)second, 8);
	return rules_store(r, r->tokens, store_put(t, key, sizeof key, value, p.used));
}

enum authz_result last_used_write(struct rules *r, struct store_txn *t, const struct owner *o)
{
	const int64_t second = o->now.wall / 1000000;
	enum authz_result result = write_one(r, t, 'u', o->user.uid, second);
	size_t i;

	for (i = 0; i < o->group_count && result == AUTHZ_OK; i++)
		result = write_one(r, t, 'g', o->gids[i], second);
	return result;
}
