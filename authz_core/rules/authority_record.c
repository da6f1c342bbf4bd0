/* SPDX-License-Identifier: ISC */
#include "rules/authority_record.h"

#include <string.h>

#include "rules/pack.h"

#define VERSION 2
#define BEFORE 1 /* in no list, and of profiles alone: it counts for nothing, and gives way to a new one */
#define RECORD_MAX 160
#define KEY_SIZE (2 + 17 + OBJECT_SIZE + 2 + NAME_SIZE)

struct key {
	unsigned char bytes[KEY_SIZE];
	size_t length;
};

/* A NUL stands between the parts, and no name holds one, so no two records share a key. */
static struct key make_key(const char *type, const char *profile, const struct authority_entity *e)
{
	const char *parts[] = {"A", type, profile};
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};
	size_t i;

	for (i = 0; i < 3; i++)
		pack_bytes(&p, parts[i], strlen(parts[i]) + 1);
	pack_bytes(&p, &e->kind, 1);
	pack_number(&p, 0, 1);
	pack_bytes(&p, e->name, strnlen(e->name, NAME_SIZE));
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

static bool same(const struct authority_entity *a, const struct authority_entity *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0;
}

/* ---- a record as bytes */

static void pack_entity(struct pack *p, const struct authority_entity *e)
{
	pack_bytes(p, &e->kind, 1);
	pack_string(p, e->name);
}

static void unpack_entity(struct unpack *u, struct authority_entity *e)
{
	unpack_bytes(u, &e->kind, 1);
	unpack_string(u, e->name, sizeof e->name);
}

static bool unpack_record(struct authority_record *a, const unsigned char *value, size_t length)
{
	struct unpack u = {.at = value, .left = length};

	if (unpack_number(&u, 1) != VERSION)
		return false;
	a->number = unpack_number(&u, 8);
	a->entity_id = (uint32_t)unpack_number(&u, 4);
	a->object_id = (uint32_t)unpack_number(&u, 4);
	a->mask = (uint32_t)unpack_number(&u, 4);
	a->maker = (uid_t)unpack_number(&u, 4);
	a->made = (int64_t)unpack_number(&u, 8);
	unpack_entity(&u, &a->previous);
	unpack_entity(&u, &a->next);
	return unpack_done(&u) && a->mask != 0;
}

enum authz_result authority_record_write(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                         const struct authority_record *a)
{
	const struct key key = make_key(type, profile, &a->entity);
	unsigned char value[RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, a->number, 8);
	pack_number(&p, a->entity_id, 4);
	pack_number(&p, a->object_id, 4);
	pack_number(&p, a->mask, 4);
	pack_number(&p, a->maker, 4);
	pack_number(&p, (uint64_t)a->made, 8);
	pack_entity(&p, &a->previous);
	pack_entity(&p, &a->next);
	if (p.bad || a->mask == 0)
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of an authority");
	return rules_store(r, r->authority, store_put(t, key.bytes, key.length, value, p.used));
}

/* ---- looking */

enum authz_result authority_record_find(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                        const struct authority_entity *entity, struct authority_record *out, bool *found)
{
	const struct key key = make_key(type, profile, entity);
	unsigned char value[RECORD_MAX];
	size_t length;
	enum authz_result result = store_get(t, key.bytes, key.length, value, sizeof value, &length, found);

	memset(out, 0, sizeof *out);
	out->entity = *entity;
	if (result != AUTHZ_OK || !*found)
		return rules_store(r, r->authority, result);
	*found = length == 0 || value[0] != BEFORE;
	return !*found || unpack_record(out, value, length) ? AUTHZ_OK : damaged(r);
}

/* A record that another one, or its profile, says is there. */
static enum authz_result step(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                              const struct authority_entity *entity, struct authority_record *out)
{
	const struct authority_entity to = *entity; /* it may be a part of *out */
	bool found;
	enum authz_result result = authority_record_find(r, t, type, profile, &to, out, &found);

	return result == AUTHZ_OK && !found ? damaged(r) : result;
}

enum authz_result authority_record_first(struct rules *r, struct store_txn *t, const char *type,
                                         const struct authority_node *node, struct authority_record *out, bool *found)
{
	enum authz_result result;

	*found = node->count > 0;
	memset(out, 0, sizeof *out);
	if (!*found)
		return AUTHZ_OK;
	result = step(r, t, type, node->profile, &node->first, out);
	return result == AUTHZ_OK && out->previous.kind != 0 ? damaged(r) : result;
}

enum authz_result authority_record_next(struct rules *r, struct store_txn *t, const char *type,
                                        const struct authority_node *node, struct authority_record *record, bool *found)
{
	const struct authority_entity from = record->entity;
	const uint64_t number = record->number;
	enum authz_result result;

	*found = record->next.kind != 0;
	if (!*found)
		return same(&node->last, &from) ? AUTHZ_OK : damaged(r);
	result = step(r, t, type, node->profile, &record->next, record);
	if (result == AUTHZ_OK && (!same(&record->previous, &from) || record->number <= number))
		result = damaged(r);
	return result;
}

/* ---- changing */

enum authz_result authority_record_add(struct rules *r, struct store_txn *t, const char *type, struct authority_node *node,
                                       struct authority_record *record)
{
	struct authority_record last;
	enum authz_result result = authority_next_number(r, t, type, &record->number);

	record->previous = node->last;
	record->next = (struct authority_entity){.kind = 0};
	if (result == AUTHZ_OK && node->count > 0) {
		result = step(r, t, type, node->profile, &node->last, &last);
		if (result == AUTHZ_OK && last.next.kind != 0)
			result = damaged(r);
		last.next = record->entity;
		if (result == AUTHZ_OK)
			result = authority_record_write(r, t, type, node->profile, &last);
	}
	if (node->count == 0)
		node->first = record->entity;
	node->last = record->entity;
	node->count++;
	if (result == AUTHZ_OK)
		result = authority_record_write(r, t, type, node->profile, record);
	return result == AUTHZ_OK ? authority_node_write(r, t, type, node) : result;
}

/* Its neighbour on one side gets the one on the other side; where it was an end of the list, the profile does. */
static enum authz_result bridge(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                const struct authority_record *a, bool forward, struct authority_entity *end)
{
	const struct authority_entity *neighbour = forward ? &a->next : &a->previous, *other = forward ? &a->previous : &a->next;
	struct authority_record near;
	struct authority_entity *back = forward ? &near.previous : &near.next;
	enum authz_result result;

	if (neighbour->kind == 0) {
		if (!same(end, &a->entity))
			return damaged(r);
		*end = *other;
		return AUTHZ_OK;
	}
	result = step(r, t, type, profile, neighbour, &near);
	if (result != AUTHZ_OK)
		return result;
	if (!same(back, &a->entity))
		return damaged(r);
	*back = *other;
	return authority_record_write(r, t, type, profile, &near);
}

enum authz_result authority_record_remove(struct rules *r, struct store_txn *t, const char *type, struct authority_node *node,
                                          const struct authority_record *record)
{
	const struct key key = make_key(type, node->profile, &record->entity);
	enum authz_result result;

	if (node->count == 0)
		return damaged(r);
	node->count--;
	result = bridge(r, t, type, node->profile, record, true, &node->last);
	if (result == AUTHZ_OK)
		result = bridge(r, t, type, node->profile, record, false, &node->first);
	if (result == AUTHZ_OK && (node->count == 0) != (node->first.kind == 0))
		result = damaged(r);
	if (result == AUTHZ_OK)
		result = rules_store(r, r->authority, store_delete(t, key.bytes, key.length));
	return result == AUTHZ_OK ? authority_node_write(r, t, type, node) : result;
}
