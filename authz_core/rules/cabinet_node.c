/* SPDX-License-Identifier: ISC */
#include "rules/cabinet_node.h"

#include <string.h>

#include "rules/pack.h"

#define VERSION 1
#define NODE_SIZE (1 + CABINET_LISTS * 12)
#define KEY_SIZE (3 + NAME_SIZE)

struct key {
	unsigned char bytes[KEY_SIZE];
	size_t length;
};

static struct key make_key(const char *kind, const struct cabinet_entity *of)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, kind, 2);
	pack_bytes(&p, &of->kind, 1);
	pack_bytes(&p, of->name, strnlen(of->name, NAME_SIZE));
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

static bool unpack_node(struct cabinet_node *node, const unsigned char *value, size_t length)
{
	struct unpack u = {.at = value, .left = length};
	uint64_t in_all = 0;
	bool whole = unpack_number(&u, 1) == VERSION;
	size_t i;

	for (i = 0; i < CABINET_LISTS; i++) {
		node->list[i].first = (uint32_t)unpack_number(&u, 4);
		node->list[i].last = (uint32_t)unpack_number(&u, 4);
		node->list[i].count = (uint32_t)unpack_number(&u, 4);
		in_all += node->list[i].count;
		whole = whole && (node->list[i].first == 0) == (node->list[i].count == 0) &&
		        (node->list[i].last == 0) == (node->list[i].count == 0) &&
		        (node->list[i].first == node->list[i].last) == (node->list[i].count <= 1) &&
		        node->list[i].first <= node->list[i].last;
	}
	return whole && in_all > 0 && unpack_done(&u);
}

enum authz_result cabinet_node_read(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                    struct cabinet_node *out)
{
	const struct key key = make_key("Zn", of), beside = make_key("Zm", of);
	unsigned char value[NODE_SIZE], one;
	bool is_beside = false;
	size_t length, one_length;
	enum authz_result result;

	memset(out, 0, sizeof *out);
	result = store_get(t, key.bytes, key.length, value, sizeof value, &length, &out->found);
	if (result == AUTHZ_OK)
		result = store_get(t, beside.bytes, beside.length, &one, sizeof one, &one_length, &is_beside);
	if (result != AUTHZ_OK)
		return rules_store(r, r->authority, result);
	if (out->found != is_beside)
		return damaged(r);
	return !out->found || unpack_node(out, value, length) ? AUTHZ_OK : damaged(r);
}

static enum authz_result take_away(struct store_txn *t, const struct key *key, const struct key *beside)
{
	enum authz_result result = store_delete(t, key->bytes, key->length);

	return result == AUTHZ_OK ? store_delete(t, beside->bytes, beside->length) : result;
}

enum authz_result cabinet_node_write(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     const struct cabinet_node *node)
{
	const struct key key = make_key("Zn", of), beside = make_key("Zm", of);
	unsigned char value[NODE_SIZE];
	struct pack p = {.at = value, .size = sizeof value};
	uint64_t in_all = 0;
	enum authz_result result;
	size_t i;

	pack_number(&p, VERSION, 1);
	for (i = 0; i < CABINET_LISTS; i++) {
		pack_number(&p, node->list[i].first, 4);
		pack_number(&p, node->list[i].last, 4);
		pack_number(&p, node->list[i].count, 4);
		in_all += node->list[i].count;
	}
	if (in_all == 0)
		return rules_store(r, r->authority, take_away(t, &key, &beside));
	result = store_put(t, key.bytes, key.length, value, p.used);
	if (result == AUTHZ_OK && !node->found)
		result = store_put(t, beside.bytes, beside.length, "1", 1);
	return rules_store(r, r->authority, result);
}
