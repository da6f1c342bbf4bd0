/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is damaged, or there by half, is no master and no user of a set, but damage.
 * MUST 2: what is read of one who is no master are as many records as of one who is.
 */
#include "rules/master_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/pack.h"

#define VERSION 1
#define NAMES_KEY "Ml"
#define KEY_SIZE (2 + 2 * NAME_SIZE)
#define NAMES_RECORD_MAX (3 + MASTERS_MAX * NAME_SIZE)
#define MASTER_RECORD_MAX (1 + 4 + 4 + 8 + 4 + 8 + NAME_SIZE)
#define WIDE_RECORD_MAX (3 + MASTER_WIDE_MAX * (OWNERS_SIZE + 4 + 8))
#define USER_RECORD_MAX (1 + 4 + 8 + 8 + 2 * NAME_SIZE)

_Static_assert(NAMES_RECORD_MAX <= STORE_VALUE_MAX && WIDE_RECORD_MAX <= STORE_VALUE_MAX, "a record fits");

struct key {
	unsigned char bytes[KEY_SIZE];
	size_t length;
};

static struct key make_key(const char *kind, const char *master, const char *owner)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, kind, 2);
	pack_bytes(&p, master, strnlen(master, NAME_SIZE));
	if (owner != NULL) {
		pack_number(&p, 0, 1);
		pack_bytes(&p, owner, strnlen(owner, NAME_SIZE));
	}
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

static enum authz_result get(struct rules *r, struct store_txn *t, const struct key *key, unsigned char *value, size_t size,
                             struct unpack *u, bool *found)
{
	*u = (struct unpack){.at = value};
	return rules_store(r, r->authority, store_get(t, key->bytes, key->length, value, size, &u->left, found));
}

static enum authz_result put(struct rules *r, struct store_txn *t, const struct key *key, const struct pack *value)
{
	if (value->bad)
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of a master");
	return rules_store(r, r->authority, store_put(t, key->bytes, key->length, value->at, value->used));
}

static enum authz_result drop(struct rules *r, struct store_txn *t, const struct key *key)
{
	return rules_store(r, r->authority, store_delete(t, key->bytes, key->length));
}

static enum authz_result no_room(struct rules *r, const char *of, const char *master)
{
	char text[NAME_SIZE + 48];

	snprintf(text, sizeof text, "%s%s", of, master);
	return rules_refuse(r, AUTHZ_MASTERS_FULL, text);
}

/* ---- the names of all */

/* In their order, each once. */
static bool names_unpack(struct master_names *n, struct unpack *u)
{
	size_t i;

	if (unpack_number(u, 1) != VERSION)
		return false;
	n->count = (size_t)unpack_number(u, 2);
	if (n->count > MASTERS_MAX)
		return false;
	for (i = 0; i < n->count; i++) {
		unpack_string(u, n->names[i], NAME_SIZE);
		if (n->names[i][0] == '\0' || (i > 0 && strcmp(n->names[i - 1], n->names[i]) >= 0))
			return false;
	}
	return unpack_done(u);
}

enum authz_result master_names_read(struct rules *r, struct store_txn *t, struct master_names *out)
{
	const struct key key = make_key(NAMES_KEY, "", NULL);
	unsigned char value[NAMES_RECORD_MAX];
	struct unpack u;
	bool found;
	enum authz_result result = get(r, t, &key, value, sizeof value, &u, &found);

	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK || !found)
		return result;
	if (names_unpack(out, &u))
		return AUTHZ_OK;
	out->count = 0;
	return damaged(r);
}

static enum authz_result names_write(struct rules *r, struct store_txn *t, const struct master_names *n)
{
	const struct key key = make_key(NAMES_KEY, "", NULL);
	unsigned char value[NAMES_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	size_t i;

	pack_number(&p, VERSION, 1);
	pack_number(&p, n->count, 2);
	for (i = 0; i < n->count; i++)
		pack_string(&p, n->names[i]);
	return put(r, t, &key, &p);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool master_names_have(const struct master_names *n, const char *name)
{
	return bsearch(name, n->names, n->count, NAME_SIZE, compare) != NULL;
}

static enum authz_result names_add(struct rules *r, struct store_txn *t, const char *name)
{
	struct master_names n;
	enum authz_result result = master_names_read(r, t, &n);

	if (result != AUTHZ_OK)
		return result;
	if (n.count == MASTERS_MAX)
		return no_room(r, "masters", "");
	snprintf(n.names[n.count++], NAME_SIZE, "%s", name);
	qsort(n.names, n.count, NAME_SIZE, compare);
	return names_write(r, t, &n);
}

static enum authz_result names_drop(struct rules *r, struct store_txn *t, const char *name)
{
	struct master_names n;
	char (*at)[NAME_SIZE];
	enum authz_result result = master_names_read(r, t, &n);

	if (result != AUTHZ_OK)
		return result;
	at = bsearch(name, n.names, n.count, NAME_SIZE, compare);
	if (at == NULL)
		return damaged(r);
	memmove(at, at + 1, (size_t)(n.names + --n.count - at) * NAME_SIZE);
	return names_write(r, t, &n);
}

/* ---- a master, and its cabinets and patterns */

static bool master_unpack(struct master *m, struct unpack *u)
{
	if (unpack_number(u, 1) != VERSION)
		return false;
	m->uid = (uid_t)unpack_number(u, 4);
	m->maker = (uid_t)unpack_number(u, 4);
	m->made = (int64_t)unpack_number(u, 8);
	m->users = (uint32_t)unpack_number(u, 4);
	m->last_serial = unpack_number(u, 8);
	unpack_string(u, m->newest, sizeof m->newest);
	return unpack_done(u) && (m->users == 0) == (m->newest[0] == '\0') && m->users <= MASTER_USERS_MAX;
}

static enum authz_result master_write(struct rules *r, struct store_txn *t, const struct master *m)
{
	const struct key key = make_key("Mm", m->name, NULL);
	unsigned char value[MASTER_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, m->uid, 4);
	pack_number(&p, m->maker, 4);
	pack_number(&p, (uint64_t)m->made, 8);
	pack_number(&p, m->users, 4);
	pack_number(&p, m->last_serial, 8);
	pack_string(&p, m->newest);
	return put(r, t, &key, &p);
}

static bool wide_unpack(struct master_wide *wide, struct unpack *u)
{
	struct master_wide_entry *e;

	if (unpack_number(u, 1) != VERSION)
		return false;
	wide->count = (size_t)unpack_number(u, 2);
	if (wide->count > MASTER_WIDE_MAX)
		return false;
	for (e = wide->entries; e < wide->entries + wide->count; e++) {
		unpack_string(u, e->owners, sizeof e->owners);
		e->isn = (uint32_t)unpack_number(u, 4);
		e->until = (int64_t)unpack_number(u, 8);
		if (e->owners[0] == '\0' || e->until < 0)
			return false;
	}
	return unpack_done(u);
}

enum authz_result master_wide_write(struct rules *r, struct store_txn *t, const struct master *m, const struct master_wide *wide)
{
	const struct key key = make_key("Mp", m->name, NULL);
	unsigned char value[WIDE_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	const struct master_wide_entry *e;

	pack_number(&p, VERSION, 1);
	pack_number(&p, wide->count, 2);
	for (e = wide->entries; e < wide->entries + wide->count; e++) {
		pack_string(&p, e->owners);
		pack_number(&p, e->isn, 4);
		pack_number(&p, (uint64_t)e->until, 8);
	}
	return put(r, t, &key, &p);
}

/* *found of "wide" must be as that of the master. */
static enum authz_result wide_read(struct rules *r, struct store_txn *t, const char *name, struct master_wide *wide, bool *found)
{
	const struct key key = make_key("Mp", name, NULL);
	unsigned char value[WIDE_RECORD_MAX];
	struct unpack u;
	enum authz_result result = get(r, t, &key, value, sizeof value, &u, found);

	memset(wide, 0, sizeof *wide);
	if (result != AUTHZ_OK || !*found || wide_unpack(wide, &u))
		return result;
	wide->count = 0;
	return damaged(r);
}

enum authz_result master_read(struct rules *r, struct store_txn *t, const char *name, struct master *out,
                              struct master_wide *wide, bool *found)
{
	const struct key key = make_key("Mm", name, NULL);
	unsigned char value[MASTER_RECORD_MAX];
	struct master_names names;
	struct unpack u;
	bool has_wide, sane;
	enum authz_result result = master_names_read(r, t, &names);

	memset(out, 0, sizeof *out);
	snprintf(out->name, sizeof out->name, "%s", name);
	if (result == AUTHZ_OK)
		result = get(r, t, &key, value, sizeof value, &u, found);
	if (result != AUTHZ_OK)
		return result;
	sane = *found == master_names_have(&names, name) && (!*found || master_unpack(out, &u));
	result = wide_read(r, t, name, wide, &has_wide);
	if (result != AUTHZ_OK)
		return result;
	return sane && has_wide == *found ? AUTHZ_OK : damaged(r);
}

enum authz_result master_add(struct rules *r, struct store_txn *t, struct master *m)
{
	static const struct master_wide nothing = {.count = 0};
	enum authz_result result = names_add(r, t, m->name);

	m->users = 0;
	m->last_serial = 0;
	memset(m->newest, 0, sizeof m->newest);
	if (result == AUTHZ_OK)
		result = master_write(r, t, m);
	return result == AUTHZ_OK ? master_wide_write(r, t, m, &nothing) : result;
}

/* ---- the users of a set: a list, from the newest on */

static bool user_unpack(struct master_user *out, struct unpack *u)
{
	if (unpack_number(u, 1) != VERSION)
		return false;
	out->uid = (uid_t)unpack_number(u, 4);
	out->until = (int64_t)unpack_number(u, 8);
	out->serial = unpack_number(u, 8);
	unpack_string(u, out->newer, sizeof out->newer);
	unpack_string(u, out->older, sizeof out->older);
	return unpack_done(u) && out->serial > 0 && out->until >= 0;
}

enum authz_result master_user_read(struct rules *r, struct store_txn *t, const char *master, const char *owner,
                                   struct master_user *out, bool *found)
{
	const struct key key = make_key("Mu", master, owner);
	unsigned char value[USER_RECORD_MAX];
	struct unpack u;
	enum authz_result result = get(r, t, &key, value, sizeof value, &u, found);

	memset(out, 0, sizeof *out);
	snprintf(out->name, sizeof out->name, "%s", owner);
	if (result != AUTHZ_OK || !*found)
		return result;
	return user_unpack(out, &u) ? AUTHZ_OK : damaged(r);
}

static enum authz_result user_write(struct rules *r, struct store_txn *t, const char *master, const struct master_user *u)
{
	const struct key key = make_key("Mu", master, u->name);
	unsigned char value[USER_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, u->uid, 4);
	pack_number(&p, (uint64_t)u->until, 8);
	pack_number(&p, u->serial, 8);
	pack_string(&p, u->newer);
	pack_string(&p, u->older);
	return put(r, t, &key, &p);
}

/* One whom the list has, so that it must be there. */
static enum authz_result listed_read(struct rules *r, struct store_txn *t, const char *master, const char *owner,
                                     struct master_user *out)
{
	bool found;
	enum authz_result result = master_user_read(r, t, master, owner, out, &found);

	return result == AUTHZ_OK && !found ? damaged(r) : result;
}

/* The one who is now the newer of "of", if any, becomes "newer". */
static enum authz_result set_newer(struct rules *r, struct store_txn *t, const char *master, const char *of, const char *newer)
{
	struct master_user u;
	enum authz_result result;

	if (of[0] == '\0')
		return AUTHZ_OK;
	result = listed_read(r, t, master, of, &u);
	memcpy(u.newer, newer, sizeof u.newer);
	return result == AUTHZ_OK ? user_write(r, t, master, &u) : result;
}

static enum authz_result set_older(struct rules *r, struct store_txn *t, struct master *m, const char *of, const char *older)
{
	struct master_user u;
	enum authz_result result;

	if (of[0] == '\0') { /* the newest of all is gone */
		memcpy(m->newest, older, sizeof m->newest);
		return AUTHZ_OK;
	}
	result = listed_read(r, t, m->name, of, &u);
	memcpy(u.older, older, sizeof u.older);
	return result == AUTHZ_OK ? user_write(r, t, m->name, &u) : result;
}

enum authz_result master_user_put(struct rules *r, struct store_txn *t, struct master *m, struct master_user *u)
{
	struct master_user before;
	bool found;
	enum authz_result result = master_user_read(r, t, m->name, u->name, &before, &found);

	if (result != AUTHZ_OK)
		return result;
	if (found) {
		before.uid = u->uid;
		before.until = u->until;
		return user_write(r, t, m->name, &before);
	}
	if (m->users == MASTER_USERS_MAX)
		return no_room(r, "users of the set of ", m->name);
	u->serial = ++m->last_serial;
	memset(u->newer, 0, sizeof u->newer);
	memcpy(u->older, m->newest, sizeof u->older);
	result = set_newer(r, t, m->name, m->newest, u->name);
	if (result == AUTHZ_OK)
		result = user_write(r, t, m->name, u);
	m->users++;
	memcpy(m->newest, u->name, sizeof m->newest);
	return result == AUTHZ_OK ? master_write(r, t, m) : result;
}

enum authz_result master_user_drop(struct rules *r, struct store_txn *t, struct master *m, const char *owner, bool *found)
{
	const struct key key = make_key("Mu", m->name, owner);
	struct master_user u;
	enum authz_result result = master_user_read(r, t, m->name, owner, &u, found);

	if (result != AUTHZ_OK || !*found)
		return result;
	if (m->users-- == 0)
		return damaged(r);
	result = set_older(r, t, m, u.newer, u.older);
	if (result == AUTHZ_OK)
		result = set_newer(r, t, m->name, u.older, u.newer);
	if (result == AUTHZ_OK)
		result = drop(r, t, &key);
	return result == AUTHZ_OK ? master_write(r, t, m) : result;
}

/* From the newest on to the first that was given before that serial. */
static enum authz_result find_before(struct rules *r, struct store_txn *t, const struct master *m, uint64_t serial,
                                     struct master_user *u, bool *found)
{
	char next[NAME_SIZE];
	uint32_t seen = 0;
	enum authz_result result = AUTHZ_OK;

	memcpy(next, m->newest, sizeof next);
	*found = false;
	while (result == AUTHZ_OK && next[0] != '\0' && !*found) {
		if (seen++ == m->users)
			return damaged(r);
		result = listed_read(r, t, m->name, next, u);
		*found = result == AUTHZ_OK && u->serial < serial;
		memcpy(next, u->older, sizeof next);
	}
	return result;
}

enum authz_result master_user_next(struct rules *r, struct store_txn *t, const struct master *m, struct master_user *u,
                                   bool *found)
{
	const uint64_t serial = u->serial;
	struct master_user here;
	enum authz_result result;

	if (u->name[0] == '\0')
		return find_before(r, t, m, UINT64_MAX, u, found);
	result = master_user_read(r, t, m->name, u->name, &here, found);
	if (result == AUTHZ_OK && (!*found || here.serial != serial))
		return find_before(r, t, m, serial, u, found);
	*found = result == AUTHZ_OK && here.older[0] != '\0';
	if (!*found)
		return result;
	result = listed_read(r, t, m->name, here.older, u);
	return result == AUTHZ_OK && u->serial >= serial ? damaged(r) : result;
}

enum authz_result master_erase(struct rules *r, struct store_txn *t, const struct master *m)
{
	const struct key master = make_key("Mm", m->name, NULL), wide = make_key("Mp", m->name, NULL);
	struct master_user u;
	enum authz_result result = names_drop(r, t, m->name);
	char next[NAME_SIZE];
	struct key key;

	for (memcpy(next, m->newest, sizeof next); result == AUTHZ_OK && next[0] != '\0'; memcpy(next, u.older, sizeof next)) {
		result = listed_read(r, t, m->name, next, &u);
		key = make_key("Mu", m->name, next);
		if (result == AUTHZ_OK)
			result = drop(r, t, &key);
	}
	if (result == AUTHZ_OK)
		result = drop(r, t, &master);
	return result == AUTHZ_OK ? drop(r, t, &wide) : result;
}
