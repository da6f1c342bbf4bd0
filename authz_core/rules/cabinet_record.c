/* SPDX-License-Identifier: ISC */
#include "rules/cabinet_record.h"

#include <string.h>

#include "rules/pack.h"

#define VERSION 1
#define SECURITY_MAX 9999
#define KEY_SIZE (2 + NAME_SIZE)
#define NUMBERS_KEY "Zs"
#define FLAG_MARKED 0x1u
#define FLAG_LOCKED 0x2u

struct key {
	unsigned char bytes[KEY_SIZE];
	size_t length;
};

static struct key name_key(const char *name)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, CABINET_KEY, 2);
	pack_bytes(&p, name, strnlen(name, NAME_SIZE));
	key.length = p.used;
	return key;
}

static struct key number_key(const char *kind, uint32_t number)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, kind, 2);
	pack_number(&p, number, 4);
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

static enum authz_result get(struct rules *r, struct store_txn *t, const struct key *key, unsigned char *value, size_t size,
                             size_t *length, bool *found)
{
	return rules_store(r, r->authority, store_get(t, key->bytes, key->length, value, size, length, found));
}

static enum authz_result put(struct rules *r, struct store_txn *t, const struct key *key, const struct pack *value)
{
	if (value->bad)
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of a cabinet");
	return rules_store(r, r->authority, store_put(t, key->bytes, key->length, value->at, value->used));
}

static enum authz_result drop(struct rules *r, struct store_txn *t, const struct key *key)
{
	return rules_store(r, r->authority, store_delete(t, key->bytes, key->length));
}

static enum authz_result is_there(struct rules *r, struct store_txn *t, const struct key *key, bool *there)
{
	unsigned char value[CABINET_RECORD_MAX];
	size_t length;

	return get(r, t, key, value, sizeof value, &length, there);
}

/* Has a cabinet, or a membership, this ISN? */
static enum authz_result isn_is_taken(struct rules *r, struct store_txn *t, uint32_t isn, bool *taken)
{
	const struct key cabinet = number_key("Zi", isn), link = number_key("Zk", isn);
	enum authz_result result = is_there(r, t, &cabinet, taken);

	return result == AUTHZ_OK && !*taken ? is_there(r, t, &link, taken) : result;
}

/* ---- a cabinet as bytes */

static bool is_sane(const struct cabinet *c)
{
	const bool has_gid = c->gid != (gid_t)-1;

	return c->isn >= 1 && c->isn <= ISN_MAX && c->type < CABINET_TYPES && has_gid == (c->type == CABINET_SHARED) &&
	       (c->marked || !c->locked) && c->profile.security <= SECURITY_MAX && (c->profile.marks & ~CABINET_MARK_ALL) == 0 &&
	       c->name[0] != '\0';
}

static void pack_cabinet(struct pack *p, const struct cabinet *c)
{
	pack_number(p, VERSION, 1);
	pack_number(p, c->isn, 4);
	pack_number(p, c->type, 1);
	pack_number(p, c->gid, 4);
	pack_number(p, c->listing, 1);
	pack_number(p, (c->marked ? FLAG_MARKED : 0) | (c->locked ? FLAG_LOCKED : 0), 1);
	pack_number(p, (uint32_t)c->from, 4);
	pack_number(p, c->profile.security, 2);
	pack_number(p, c->profile.marks, 2);
	pack_string(p, c->text);
	pack_long_string(p, c->crypt);
	pack_number(p, c->maker, 4);
	pack_number(p, (uint64_t)c->made, 8);
}

bool cabinet_unpack(struct cabinet *out, const unsigned char *key, size_t key_length, const unsigned char *value, size_t length)
{
	struct unpack u = {.at = value, .left = length};
	uint64_t flags;

	memset(out, 0, sizeof *out);
	if (key_length <= 2 || key_length - 2 >= sizeof out->name || memcmp(key, CABINET_KEY, 2) != 0)
		return false;
	memcpy(out->name, key + 2, key_length - 2);
	if (unpack_number(&u, 1) != VERSION)
		return false;
	out->isn = (uint32_t)unpack_number(&u, 4);
	out->type = (enum cabinet_type)unpack_number(&u, 1);
	out->gid = (gid_t)unpack_number(&u, 4);
	out->listing = (uint8_t)unpack_number(&u, 1);
	flags = unpack_number(&u, 1);
	out->marked = flags & FLAG_MARKED;
	out->locked = flags & FLAG_LOCKED;
	out->from = (int)unpack_number(&u, 4);
	out->profile.security = (uint16_t)unpack_number(&u, 2);
	out->profile.marks = (uint16_t)unpack_number(&u, 2);
	unpack_string(&u, out->text, sizeof out->text);
	unpack_long_string(&u, out->crypt, sizeof out->crypt);
	out->maker = (uid_t)unpack_number(&u, 4);
	out->made = (int64_t)unpack_number(&u, 8);
	return unpack_done(&u) && (flags & ~(uint64_t)(FLAG_MARKED | FLAG_LOCKED)) == 0 && is_sane(out);
}

/* ---- where its numbers say its name */

static enum authz_result index_read(struct rules *r, struct store_txn *t, const struct key *key, char name[NAME_SIZE],
                                    bool *found)
{
	unsigned char value[NAME_SIZE];
	struct unpack u = {.at = value};
	enum authz_result result = get(r, t, key, value, sizeof value, &u.left, found);

	memset(name, 0, NAME_SIZE);
	if (result != AUTHZ_OK || !*found)
		return result;
	unpack_string(&u, name, NAME_SIZE);
	return unpack_done(&u) ? AUTHZ_OK : damaged(r);
}

/* The index must say what the cabinet says. */
static enum authz_result index_agrees(struct rules *r, struct store_txn *t, const struct key *key, const char *name)
{
	char indexed[NAME_SIZE];
	bool found = false;
	enum authz_result result = index_read(r, t, key, indexed, &found);

	if (result != AUTHZ_OK)
		return result;
	return found && strcmp(indexed, name) == 0 ? AUTHZ_OK : damaged(r);
}

static enum authz_result index_write(struct rules *r, struct store_txn *t, const struct key *key, const char *name)
{
	unsigned char value[NAME_SIZE];
	struct pack p = {.at = value, .size = sizeof value};

	pack_string(&p, name);
	return put(r, t, key, &p);
}

/* ---- reading */

enum authz_result cabinet_read(struct rules *r, struct store_txn *t, const char *name, struct cabinet *out, bool *found)
{
	unsigned char value[CABINET_RECORD_MAX];
	struct key key = name_key(name), by_isn, by_gid;
	size_t length;
	enum authz_result result = get(r, t, &key, value, sizeof value, &length, found);

	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK || !*found)
		return result;
	if (!cabinet_unpack(out, key.bytes, key.length, value, length))
		return damaged(r);
	by_isn = number_key("Zi", out->isn);
	by_gid = number_key("Zg", out->gid);
	result = index_agrees(r, t, &by_isn, name);
	return result == AUTHZ_OK && out->type == CABINET_SHARED ? index_agrees(r, t, &by_gid, name) : result;
}

enum authz_result cabinet_read_isn(struct rules *r, struct store_txn *t, uint32_t isn, struct cabinet *out, bool *found)
{
	struct key key = number_key("Zi", isn);
	char name[NAME_SIZE];
	bool there;
	enum authz_result result = index_read(r, t, &key, name, found);

	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK || !*found)
		return result;
	result = cabinet_read(r, t, name, out, &there);
	if (result != AUTHZ_OK)
		return result;
	return there && out->isn == isn ? AUTHZ_OK : damaged(r);
}

enum authz_result cabinet_of_gid(struct rules *r, struct store_txn *t, gid_t gid, char name[NAME_SIZE], bool *found)
{
	struct key key = number_key("Zg", gid);
	struct cabinet c;
	bool there;
	enum authz_result result = index_read(r, t, &key, name, found);

	if (result == AUTHZ_OK && *found)
		result = cabinet_read(r, t, name, &c, &there);
	if (result != AUTHZ_OK || !*found)
		return result;
	return there && c.gid == gid ? AUTHZ_OK : damaged(r);
}

/* ---- writing */

static enum authz_result count_cabinets(struct rules *r, struct store_txn *t, int by)
{
	struct cabinet_numbers n;
	enum authz_result result = cabinet_numbers_read(r, t, &n);

	if (result != AUTHZ_OK)
		return result;
	if (by < 0 && n.cabinets == 0)
		return damaged(r);
	n.cabinets += (uint64_t)(int64_t)by;
	return cabinet_numbers_write(r, t, &n);
}

enum authz_result cabinet_write(struct rules *r, struct store_txn *t, const struct cabinet *c)
{
	unsigned char value[CABINET_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	struct key key = name_key(c->name), by_isn = number_key("Zi", c->isn), by_gid = number_key("Zg", c->gid);
	enum authz_result result;
	bool there;

	if (!is_sane(c))
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of a cabinet");
	pack_cabinet(&p, c);
	result = is_there(r, t, &key, &there);
	if (result == AUTHZ_OK)
		result = put(r, t, &key, &p);
	if (result != AUTHZ_OK || there)
		return result;
	result = index_write(r, t, &by_isn, c->name);
	if (result == AUTHZ_OK && c->type == CABINET_SHARED)
		result = index_write(r, t, &by_gid, c->name);
	return result == AUTHZ_OK ? count_cabinets(r, t, 1) : result;
}

enum authz_result cabinet_erase(struct rules *r, struct store_txn *t, const struct cabinet *c)
{
	struct key key = name_key(c->name), by_isn = number_key("Zi", c->isn), by_gid = number_key("Zg", c->gid);
	enum authz_result result = drop(r, t, &key);

	if (result == AUTHZ_OK)
		result = drop(r, t, &by_isn);
	if (result == AUTHZ_OK && c->type == CABINET_SHARED)
		result = drop(r, t, &by_gid);
	return result == AUTHZ_OK ? count_cabinets(r, t, -1) : result;
}

/* ---- the numbers of all */

/* That there are none is so at the beginning alone: before the first ISN was given. */
static enum authz_result no_numbers(struct rules *r, struct store_txn *t)
{
	bool given;
	enum authz_result result = isn_is_taken(r, t, 1, &given);

	return result == AUTHZ_OK && given ? damaged(r) : result;
}

enum authz_result cabinet_numbers_read(struct rules *r, struct store_txn *t, struct cabinet_numbers *out)
{
	unsigned char value[32];
	struct unpack u = {.at = value};
	bool found;
	enum authz_result result = rules_store(r, r->authority, store_get(t, NUMBERS_KEY, 2, value, sizeof value, &u.left, &found));

	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK)
		return result;
	if (!found)
		return no_numbers(r, t);
	if (unpack_number(&u, 1) != VERSION)
		return damaged(r);
	out->last_isn = (uint32_t)unpack_number(&u, 4);
	out->last_gid = (gid_t)unpack_number(&u, 4);
	out->cabinets = unpack_number(&u, 8);
	out->change = unpack_number(&u, 8);
	return unpack_done(&u) && out->last_isn <= ISN_MAX ? AUTHZ_OK : damaged(r);
}

enum authz_result cabinet_numbers_write(struct rules *r, struct store_txn *t, const struct cabinet_numbers *n)
{
	unsigned char value[32];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, n->last_isn, 4);
	pack_number(&p, n->last_gid, 4);
	pack_number(&p, n->cabinets, 8);
	pack_number(&p, n->change, 8);
	return rules_store(r, r->authority, store_put(t, NUMBERS_KEY, 2, value, p.used));
}

/* One that a record has already was given: the numbers are of another time than the rest. */
enum authz_result cabinet_next_isn(struct rules *r, struct store_txn *t, uint32_t *isn)
{
	struct cabinet_numbers n;
	bool taken;
	enum authz_result result = cabinet_numbers_read(r, t, &n);

	if (result != AUTHZ_OK)
		return result;
	if (n.last_isn == ISN_MAX)
		return rules_refuse(r, AUTHZ_ISNS_FULL, "");
	*isn = ++n.last_isn;
	result = isn_is_taken(r, t, *isn, &taken);
	if (result == AUTHZ_OK && taken)
		return damaged(r);
	return result == AUTHZ_OK ? cabinet_numbers_write(r, t, &n) : result;
}
