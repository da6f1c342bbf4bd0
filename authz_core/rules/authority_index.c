/* SPDX-License-Identifier: ISC */
#include "rules/authority_index.h"

#include <string.h>

#include "rules/authority_family.h"
#include "rules/authority_profile.h"
#include "rules/authority_shard.h"

#define VERSION 1
#define LITERALS OBJECT_SIZE /* lengths that the text before a wildcard can have: 0 to 48 */
#define NODE_MAX 256
#define TYPE_MAX 384

static struct authority_key node_key(const char *type, const char *profile)
{
	return authority_key("Ao", type, profile, strnlen(profile, OBJECT_SIZE));
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

/* ---- a type */

struct type_node {
	uint64_t last_number;
	uint32_t profiles;
	char first[OBJECT_SIZE], last[OBJECT_SIZE];
	uint32_t literals[LITERALS]; /* how many Ai have a text of this length */
	bool found;
};

/* A type is made with its first profile, and listed then. */
static enum authz_result never_made(struct rules *r, struct store_txn *t, const struct authority_key *key)
{
	bool listed;
	enum authz_result result = authority_is_listed(r, t, key, false, &listed);

	return result == AUTHZ_OK && listed ? damaged(r) : result;
}

static enum authz_result type_read(struct rules *r, struct store_txn *t, const char *type, struct type_node *out)
{
	const struct authority_key key = authority_key("At", type, NULL, 0);
	unsigned char value[TYPE_MAX];
	struct unpack u = {.at = value};
	enum authz_result result = authority_key_get(r, t, &key, value, sizeof value, &u.left, &out->found);
	size_t i;

	if (result != AUTHZ_OK || !out->found) {
		memset(out, 0, sizeof *out);
		return result == AUTHZ_OK ? never_made(r, t, &key) : result;
	}
	if (unpack_number(&u, 1) != VERSION)
		return damaged(r);
	out->last_number = unpack_number(&u, 8);
	out->profiles = (uint32_t)unpack_number(&u, 4);
	unpack_string(&u, out->first, sizeof out->first);
	unpack_string(&u, out->last, sizeof out->last);
	for (i = 0; i < LITERALS; i++)
		out->literals[i] = (uint32_t)unpack_number(&u, 4);
	return unpack_done(&u) && (out->profiles == 0) == (out->first[0] == '\0') &&
	                       (out->profiles == 0) == (out->last[0] == '\0')
	               ? AUTHZ_OK
	               : damaged(r);
}

static enum authz_result type_write(struct rules *r, struct store_txn *t, const char *type, const struct type_node *n)
{
	const struct authority_key key = authority_key("At", type, NULL, 0);
	unsigned char value[TYPE_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	size_t i;

	pack_number(&p, VERSION, 1);
	pack_number(&p, n->last_number, 8);
	pack_number(&p, n->profiles, 4);
	pack_string(&p, n->first);
	pack_string(&p, n->last);
	for (i = 0; i < LITERALS; i++)
		pack_number(&p, n->literals[i], 4);
	return authority_key_put(r, t, &key, &p);
}

static enum authz_result type_make(struct rules *r, struct store_txn *t, const char *type)
{
	const struct authority_key key = authority_key("At", type, NULL, 0);
	const struct type_node none = {.found = false};
	enum authz_result result = authority_shards_make(r, t);

	if (result == AUTHZ_OK)
		result = authority_list_change(r, t, &key, true);
	return result == AUTHZ_OK ? type_write(r, t, type, &none) : result;
}

enum authz_result authority_next_number(struct rules *r, struct store_txn *t, const char *type, uint64_t *number)
{
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	if (result == AUTHZ_OK && !n.found)
		result = damaged(r);
	*number = ++n.last_number;
	return result == AUTHZ_OK ? type_write(r, t, type, &n) : result;
}

/* ---- a profile */

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

static enum authz_result node_read(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                   struct authority_node *out)
{
	const struct authority_key key = node_key(type, profile);
	unsigned char value[NODE_MAX];
	struct unpack u = {.at = value};
	bool found;
	enum authz_result result = authority_key_get(r, t, &key, value, sizeof value, &u.left, &found);

	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK)
		return result;
	if (!found || unpack_number(&u, 1) != VERSION)
		return damaged(r);
	memcpy(out->profile, profile, strnlen(profile, OBJECT_SIZE - 1));
	out->number = unpack_number(&u, 8);
	out->count = (uint32_t)unpack_number(&u, 4);
	unpack_entity(&u, &out->first);
	unpack_entity(&u, &out->last);
	unpack_string(&u, out->previous, sizeof out->previous);
	unpack_string(&u, out->next, sizeof out->next);
	return unpack_done(&u) && (out->count == 0) == (out->first.kind == 0) && (out->count == 0) == (out->last.kind == 0)
	               ? AUTHZ_OK
	               : damaged(r);
}

enum authz_result authority_node_write(struct rules *r, struct store_txn *t, const char *type, const struct authority_node *node)
{
	const struct authority_key key = node_key(type, node->profile);
	unsigned char value[NODE_MAX];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, node->number, 8);
	pack_number(&p, node->count, 4);
	pack_entity(&p, &node->first);
	pack_entity(&p, &node->last);
	pack_string(&p, node->previous);
	pack_string(&p, node->next);
	return authority_key_put(r, t, &key, &p);
}

enum authz_result authority_node_find(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                      struct authority_node *out, bool *found)
{
	const struct authority_key key = node_key(type, profile);
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	*found = false;
	memset(out, 0, sizeof *out);
	if (result == AUTHZ_OK && n.found)
		result = authority_is_listed(r, t, &key, true, found);
	return result == AUTHZ_OK && *found ? node_read(r, t, type, profile, out) : result;
}

/* ---- the profiles of a type */

enum authz_result authority_node_first(struct rules *r, struct store_txn *t, const char *type, struct authority_node *out,
                                       bool *found)
{
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	memset(out, 0, sizeof *out);
	*found = result == AUTHZ_OK && n.profiles > 0;
	if (!*found)
		return result;
	result = node_read(r, t, type, n.first, out);
	return result == AUTHZ_OK && out->previous[0] != '\0' ? damaged(r) : result;
}

static enum authz_result at_end(struct rules *r, struct store_txn *t, const char *type, const struct authority_node *node)
{
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	return result == AUTHZ_OK && strcmp(n.last, node->profile) != 0 ? damaged(r) : result;
}

enum authz_result authority_node_next(struct rules *r, struct store_txn *t, const char *type, struct authority_node *node,
                                      bool *found)
{
	const struct authority_node from = *node;
	enum authz_result result;

	*found = from.next[0] != '\0';
	if (!*found)
		return at_end(r, t, type, &from);
	result = node_read(r, t, type, from.next, node);
	if (result == AUTHZ_OK && (strcmp(node->previous, from.profile) != 0 || node->number <= from.number))
		result = damaged(r);
	return result;
}

/* To the end of the list of its type. */
static enum authz_result append(struct rules *r, struct store_txn *t, const char *type, struct type_node *n,
                                struct authority_node *node)
{
	struct authority_node last;
	enum authz_result result = AUTHZ_OK;

	memcpy(node->previous, n->last, sizeof node->previous);
	if (n->profiles > 0) {
		result = node_read(r, t, type, n->last, &last);
		if (result == AUTHZ_OK && last.next[0] != '\0')
			result = damaged(r);
		memcpy(last.next, node->profile, sizeof last.next);
		if (result == AUTHZ_OK)
			result = authority_node_write(r, t, type, &last);
	} else {
		memcpy(n->first, node->profile, sizeof n->first);
	}
	memcpy(n->last, node->profile, sizeof n->last);
	n->profiles++;
	node->number = ++n->last_number;
	return result == AUTHZ_OK ? authority_node_write(r, t, type, node) : result;
}

/* One neighbour gets the other one; where there is none, the end of the list, which was this one's name, does. */
static enum authz_result bridge(struct rules *r, struct store_txn *t, const char *type, const struct authority_node *node,
                                bool forward, char end[OBJECT_SIZE])
{
	const char *neighbour = forward ? node->next : node->previous, *other = forward ? node->previous : node->next;
	struct authority_node near;
	enum authz_result result;
	char *back = forward ? near.previous : near.next;

	if (neighbour[0] == '\0') {
		if (strcmp(end, node->profile) != 0)
			return damaged(r);
		memcpy(end, other, OBJECT_SIZE);
		return AUTHZ_OK;
	}
	result = node_read(r, t, type, neighbour, &near);
	if (result != AUTHZ_OK)
		return result;
	if (strcmp(back, node->profile) != 0)
		return damaged(r);
	memcpy(back, other, OBJECT_SIZE);
	return authority_node_write(r, t, type, &near);
}

/* ---- adding and removing */

static enum authz_result add_generic(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                     struct type_node *n)
{
	bool first;
	enum authz_result result = authority_family_add(r, t, type, profile, &first);

	n->literals[authority_profile_literal(profile)] += first;
	return result;
}

static enum authz_result remove_generic(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                        struct type_node *n)
{
	uint32_t *count = &n->literals[authority_profile_literal(profile)];
	bool last;
	enum authz_result result = authority_family_remove(r, t, type, profile, &last);

	if (result == AUTHZ_OK && *count == 0)
		return damaged(r);
	*count -= last;
	return result;
}

enum authz_result authority_node_add(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                     struct authority_node *out)
{
	const struct authority_key key = node_key(type, profile);
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	memset(out, 0, sizeof *out);
	memcpy(out->profile, profile, strnlen(profile, OBJECT_SIZE - 1));
	if (result == AUTHZ_OK && !n.found)
		result = type_make(r, t, type);
	if (result == AUTHZ_OK)
		result = authority_list_change(r, t, &key, true);
	if (result == AUTHZ_OK && authority_profile_is_generic(profile))
		result = add_generic(r, t, type, profile, &n);
	if (result == AUTHZ_OK)
		result = append(r, t, type, &n, out);
	return result == AUTHZ_OK ? type_write(r, t, type, &n) : result;
}

enum authz_result authority_node_remove(struct rules *r, struct store_txn *t, const char *type,
                                        const struct authority_node *node)
{
	const struct authority_key key = node_key(type, node->profile);
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	if (result == AUTHZ_OK && (!n.found || n.profiles == 0 || node->count != 0))
		result = damaged(r);
	if (result == AUTHZ_OK)
		result = authority_list_change(r, t, &key, false);
	if (result == AUTHZ_OK && authority_profile_is_generic(node->profile))
		result = remove_generic(r, t, type, node->profile, &n);
	if (result == AUTHZ_OK)
		result = bridge(r, t, type, node, true, n.last);
	if (result == AUTHZ_OK)
		result = bridge(r, t, type, node, false, n.first);
	n.profiles--;
	if (result == AUTHZ_OK)
		result = type_write(r, t, type, &n);
	return result == AUTHZ_OK ? authority_key_drop(r, t, &key) : result;
}

/* ---- which one counts */

struct search {
	const char *type, *name;
	char best[OBJECT_SIZE]; /* empty: none yet */
	void (*each)(void *context, const char *profile);
	void *context;
};

/* Of the profiles that begin as the name does; its own text is not one of them here. */
static void consider(void *context, const char *profile)
{
	struct search *s = context;

	if (strcmp(profile, s->name) == 0 || !authority_profile_matches(profile, s->name))
		return;
	if (s->each != NULL)
		s->each(s->context, profile);
	if (s->best[0] == '\0' || authority_profile_compare(profile, s->best) < 0)
		memcpy(s->best, profile, OBJECT_SIZE);
}

static enum authz_result search_all(struct rules *r, struct store_txn *t, const struct type_node *n, struct search *s)
{
	const struct authority_key own = node_key(s->type, s->name);
	const size_t length = strlen(s->name);
	enum authz_result result;
	bool listed;
	size_t i;

	result = authority_is_listed(r, t, &own, true, &listed);
	if (result != AUTHZ_OK)
		return result;
	if (listed) {
		if (s->each != NULL)
			s->each(s->context, s->name);
		memcpy(s->best, s->name, length + 1);
	}
	if (listed && s->each == NULL)
		return AUTHZ_OK; /* it counts before all others */
	for (i = 0; i <= length && i < LITERALS && result == AUTHZ_OK; i++)
		if (n->literals[i] > 0)
			result = authority_family_each(r, t, s->type, s->name, i, consider, s);
	if (listed)
		memcpy(s->best, s->name, length + 1);
	return result;
}

enum authz_result authority_index_find(struct rules *r, struct store_txn *t, const char *type, const char *name,
                                       struct authority_node *out, bool *found,
                                       void (*each)(void *context, const char *profile), void *context)
{
	struct search s = {.type = type, .name = name, .each = each, .context = context};
	struct type_node n;
	enum authz_result result;

	*found = false;
	memset(out, 0, sizeof *out);
	if (name[0] == '\0' || strlen(name) >= OBJECT_SIZE)
		return rules_refuse(r, AUTHZ_INTERNAL, "the name of an object");
	result = type_read(r, t, type, &n);
	if (result == AUTHZ_OK && n.found)
		result = search_all(r, t, &n, &s);
	if (result != AUTHZ_OK || s.best[0] == '\0')
		return result;
	*found = true;
	return node_read(r, t, type, s.best, out);
}
