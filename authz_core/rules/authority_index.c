/* SPDX-License-Identifier: ISC */
#include "rules/authority_index.h"

#include <sodium.h>
#include <string.h>

#include "rules/authority_profile.h"
#include "rules/pack.h"
#include "wire/authority_word.h"

#define VERSION 1
#define SHARDS 1024
#define TAG 8
#define LITERALS OBJECT_SIZE /* lengths that the text before a wildcard can have: 0 to 48 */
#define NODE_MAX 256
#define TYPE_MAX 384

struct key {
	unsigned char bytes[4 + 17 + OBJECT_SIZE];
	size_t length;
};

/* A NUL stands between the parts, and no name holds one. */
static struct key make_key(const char *kind, const char *type, const char *text, size_t length)
{
	struct key key;
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

static struct key node_key(const char *type, const char *profile)
{
	return make_key("Ao", type, profile, strnlen(profile, OBJECT_SIZE));
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

static enum authz_result get(struct rules *r, struct store_txn *t, const struct key *key, void *value, size_t size,
                             size_t *length, bool *found)
{
	return rules_store(r, r->authority, store_get(t, key->bytes, key->length, value, size, length, found));
}

static enum authz_result put(struct rules *r, struct store_txn *t, const struct key *key, const struct pack *value)
{
	if (value->bad)
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of an authority");
	return rules_store(r, r->authority, store_put(t, key->bytes, key->length, value->at, value->used));
}

static enum authz_result drop(struct rules *r, struct store_txn *t, const struct key *key)
{
	return rules_store(r, r->authority, store_delete(t, key->bytes, key->length));
}

/* ---- shards: which Ao and Ai there are */

struct shard {
	unsigned char tags[STORE_VALUE_MAX];
	size_t length;
	bool found;
};

static struct key shard_key(uint32_t number)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, "As", 2);
	pack_number(&p, number, 2);
	key.length = p.used;
	return key;
}

/* Which shard a record is in, and the tag by which it is known there. */
static struct key shard_of(const struct key *key, unsigned char tag[TAG])
{
	unsigned char hash[16];

	crypto_generichash(hash, sizeof hash, key->bytes, key->length, NULL, 0);
	memcpy(tag, hash + 2, TAG);
	return shard_key(((uint32_t)hash[0] << 8 | hash[1]) % SHARDS);
}

static enum authz_result shard_read(struct rules *r, struct store_txn *t, const struct key *key, struct shard *s)
{
	enum authz_result result = get(r, t, key, s->tags, sizeof s->tags, &s->length, &s->found);

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

/* Is a record listed?  "made": shards have been made, so that one that is not there is lost. */
static enum authz_result is_listed(struct rules *r, struct store_txn *t, const struct key *key, bool made, bool *listed)
{
	unsigned char tag[TAG];
	const struct key at = shard_of(key, tag);
	struct shard s;
	enum authz_result result = shard_read(r, t, &at, &s);

	*listed = result == AUTHZ_OK && shard_find(&s, tag) != NULL;
	return result == AUTHZ_OK && s.found != made ? damaged(r) : result;
}

static enum authz_result shard_change(struct rules *r, struct store_txn *t, const struct key *key, bool add)
{
	unsigned char tag[TAG], *place;
	const struct key at = shard_of(key, tag);
	struct shard s;
	struct pack p = {.at = s.tags, .size = sizeof s.tags};
	enum authz_result result = shard_read(r, t, &at, &s);

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
	return put(r, t, &at, &p);
}

/* ---- a type */

struct type_node {
	uint64_t last_number;
	uint32_t profiles;
	char first[OBJECT_SIZE], last[OBJECT_SIZE];
	uint32_t literals[LITERALS]; /* how many Ai have a text of this length */
	bool found;
};

static enum authz_result type_read(struct rules *r, struct store_txn *t, const char *type, struct type_node *out)
{
	const struct key key = make_key("At", type, NULL, 0);
	unsigned char value[TYPE_MAX];
	struct unpack u = {.at = value};
	enum authz_result result = get(r, t, &key, value, sizeof value, &u.left, &out->found);
	size_t i;

	if (result != AUTHZ_OK || !out->found) {
		memset(out, 0, sizeof *out);
		return result;
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
	const struct key key = make_key("At", type, NULL, 0);
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
	return put(r, t, &key, &p);
}

/* All types and all shards at once, so that one that is not there while another one is was lost. */
static enum authz_result make_all(struct rules *r, struct store_txn *t)
{
	const struct type_node none = {.found = false};
	unsigned char empty[1];
	const struct pack nothing = {.at = empty};
	enum authz_result result = AUTHZ_OK;
	const char *type;
	struct key key;
	uint32_t i;

	for (i = 0; result == AUTHZ_OK && (type = authority_type_at(i)) != NULL; i++)
		result = type_write(r, t, type, &none);
	for (i = 0; result == AUTHZ_OK && i < SHARDS; i++) {
		key = shard_key(i);
		result = put(r, t, &key, &nothing);
	}
	return result;
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
	const struct key key = node_key(type, profile);
	unsigned char value[NODE_MAX];
	struct unpack u = {.at = value};
	bool found;
	enum authz_result result = get(r, t, &key, value, sizeof value, &u.left, &found);

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
	const struct key key = node_key(type, node->profile);
	unsigned char value[NODE_MAX];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, node->number, 8);
	pack_number(&p, node->count, 4);
	pack_entity(&p, &node->first);
	pack_entity(&p, &node->last);
	pack_string(&p, node->previous);
	pack_string(&p, node->next);
	return put(r, t, &key, &p);
}

enum authz_result authority_node_find(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                      struct authority_node *out, bool *found)
{
	const struct key key = node_key(type, profile);
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	*found = false;
	memset(out, 0, sizeof *out);
	if (result == AUTHZ_OK)
		result = is_listed(r, t, &key, n.found, found);
	return result == AUTHZ_OK && *found ? node_read(r, t, type, profile, out) : result;
}

/* ---- the profiles of a type */

enum authz_result authority_node_first(struct rules *r, struct store_txn *t, const char *type, struct authority_node *out,
                                       bool *found)
{
	const struct key any = make_key("At", type, NULL, 0);
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	memset(out, 0, sizeof *out);
	*found = result == AUTHZ_OK && n.profiles > 0;
	if (result == AUTHZ_OK && !n.found)
		return is_listed(r, t, &any, false, &(bool){false}); /* a type that is not there was never made */
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

/* ---- generic profiles by the text before their first wildcard */

struct family {
	unsigned char bytes[STORE_VALUE_MAX]; /* each a length and a text */
	size_t length;
	bool found;
};

static struct key family_key(const char *type, const char *text, size_t length)
{
	return make_key("Ai", type, text, length);
}

static enum authz_result family_read(struct rules *r, struct store_txn *t, const struct key *key, struct family *f)
{
	return get(r, t, key, f->bytes, sizeof f->bytes, &f->length, &f->found);
}

/* The profile at *at, which is moved behind it; false at the end, and for what is none, when u->bad is set. */
static bool family_next(struct unpack *u, char profile[OBJECT_SIZE])
{
	if (u->left == 0 || u->bad)
		return false;
	unpack_string(u, profile, OBJECT_SIZE);
	return !u->bad;
}

static enum authz_result family_add(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                    struct type_node *n)
{
	const size_t literal = authority_profile_literal(profile);
	const struct key key = family_key(type, profile, literal);
	struct family f;
	struct pack p = {.at = f.bytes, .size = sizeof f.bytes};
	enum authz_result result = family_read(r, t, &key, &f);

	if (result != AUTHZ_OK)
		return result;
	if (!f.found) {
		f.length = 0;
		n->literals[literal]++;
		result = shard_change(r, t, &key, true);
	}
	p.used = f.length;
	pack_string(&p, profile);
	if (p.bad)
		return rules_refuse(r, AUTHZ_PROFILES_FULL, "generic profiles that begin alike");
	return result == AUTHZ_OK ? put(r, t, &key, &p) : result;
}

static enum authz_result family_remove(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                       struct type_node *n)
{
	const size_t literal = authority_profile_literal(profile);
	const struct key key = family_key(type, profile, literal);
	char other[OBJECT_SIZE];
	struct family before, after;
	struct unpack u = {.at = before.bytes};
	struct pack p = {.at = after.bytes, .size = sizeof after.bytes};
	enum authz_result result = family_read(r, t, &key, &before);

	if (result != AUTHZ_OK)
		return result;
	if (!before.found)
		return damaged(r);
	u.left = before.length;
	while (family_next(&u, other))
		if (strcmp(other, profile) != 0)
			pack_string(&p, other);
	if (u.bad || p.used == before.length || n->literals[literal] == 0)
		return damaged(r);
	if (p.used > 0)
		return put(r, t, &key, &p);
	n->literals[literal]--;
	result = shard_change(r, t, &key, false);
	return result == AUTHZ_OK ? drop(r, t, &key) : result;
}

/* ---- adding and removing */

enum authz_result authority_node_add(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                     struct authority_node *out)
{
	const struct key key = node_key(type, profile);
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	memset(out, 0, sizeof *out);
	memcpy(out->profile, profile, strnlen(profile, OBJECT_SIZE - 1));
	if (result == AUTHZ_OK && !n.found) {
		result = is_listed(r, t, &key, false, &(bool){false});
		if (result == AUTHZ_OK)
			result = make_all(r, t);
	}
	if (result == AUTHZ_OK)
		result = shard_change(r, t, &key, true);
	if (result == AUTHZ_OK && authority_profile_is_generic(profile))
		result = family_add(r, t, type, profile, &n);
	if (result == AUTHZ_OK)
		result = append(r, t, type, &n, out);
	return result == AUTHZ_OK ? type_write(r, t, type, &n) : result;
}

enum authz_result authority_node_remove(struct rules *r, struct store_txn *t, const char *type,
                                        const struct authority_node *node)
{
	const struct key key = node_key(type, node->profile);
	struct type_node n;
	enum authz_result result = type_read(r, t, type, &n);

	if (result == AUTHZ_OK && (!n.found || n.profiles == 0 || node->count != 0))
		result = damaged(r);
	if (result == AUTHZ_OK)
		result = shard_change(r, t, &key, false);
	if (result == AUTHZ_OK && authority_profile_is_generic(node->profile))
		result = family_remove(r, t, type, node->profile, &n);
	if (result == AUTHZ_OK)
		result = bridge(r, t, type, node, true, n.last);
	if (result == AUTHZ_OK)
		result = bridge(r, t, type, node, false, n.first);
	n.profiles--;
	if (result == AUTHZ_OK)
		result = type_write(r, t, type, &n);
	return result == AUTHZ_OK ? drop(r, t, &key) : result;
}

/* ---- which one counts */

struct search {
	const char *type, *name;
	char best[OBJECT_SIZE]; /* empty: none yet */
	void (*each)(void *context, const char *profile);
	void *context;
};

static void consider(struct search *s, const char *profile)
{
	if (s->each != NULL)
		s->each(s->context, profile);
	if (s->best[0] == '\0' || authority_profile_compare(profile, s->best) < 0)
		memcpy(s->best, profile, OBJECT_SIZE);
}

/* The generic profiles that begin with the first "literal" bytes of the name. */
static enum authz_result search_family(struct rules *r, struct store_txn *t, struct search *s, size_t literal)
{
	const struct key key = family_key(s->type, s->name, literal);
	char profile[OBJECT_SIZE] = "";
	struct family f;
	struct unpack u = {.at = f.bytes};
	bool listed;
	enum authz_result result = is_listed(r, t, &key, true, &listed);

	if (result != AUTHZ_OK || !listed)
		return result;
	result = family_read(r, t, &key, &f);
	if (result != AUTHZ_OK)
		return result;
	if (!f.found || f.length == 0)
		return damaged(r);
	u.left = f.length;
	while (family_next(&u, profile))
		if (strcmp(profile, s->name) != 0 && authority_profile_matches(profile, s->name))
			consider(s, profile);
	return u.bad ? damaged(r) : AUTHZ_OK;
}

static enum authz_result search_all(struct rules *r, struct store_txn *t, const struct type_node *n, struct search *s)
{
	const struct key own = node_key(s->type, s->name);
	const size_t length = strlen(s->name);
	enum authz_result result;
	bool listed;
	size_t i;

	result = is_listed(r, t, &own, n->found, &listed);
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
			result = search_family(r, t, s, i);
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
	if (result == AUTHZ_OK)
		result = search_all(r, t, &n, &s);
	if (result != AUTHZ_OK || s.best[0] == '\0')
		return result;
	*found = true;
	return node_read(r, t, type, s.best, out);
}
