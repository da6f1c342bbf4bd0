/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a group that is listed and not there, or there and not listed, is damage, and so is a mailbox without its group.
 * MUST 2: a record that is not sane in every byte is damage, never a mailbox.
 */
#include "rules/mailbox_record.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "rules/cabinet_name.h"
#include "rules/pack.h"

#define VERSION 1
#define NAMES_KEY "Mi"
#define GROUP_KEY "Mg"
#define GROUP_RECORD_MAX 1024

struct key {
	unsigned char bytes[2 + NAME_SIZE];
	size_t length;
};

static struct key name_key(const char *kind, const char *name)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, kind, 2);
	pack_bytes(&p, name, strnlen(name, NAME_SIZE - 1));
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

static enum authz_result put(struct rules *r, struct store_txn *t, const struct key *key, struct pack *value)
{
	enum authz_result result = rules_refuse(r, AUTHZ_INTERNAL, "a record of mailboxes");

	if (!value->bad)
		result = rules_store(r, r->authority, store_put(t, key->bytes, key->length, value->at, value->used));
	sodium_memzero(value->at, value->size);
	return result;
}

static enum authz_result drop(struct rules *r, struct store_txn *t, const struct key *key)
{
	return rules_store(r, r->authority, store_delete(t, key->bytes, key->length));
}

bool mailbox_name_fits(const char *name)
{
	return cabinet_member_name_fits(name);
}

/* ---- the names of all groups */

enum authz_result box_names_read(struct rules *r, struct store_txn *t, struct box_names *out)
{
	static const struct key key = {.bytes = NAMES_KEY, .length = 2};
	unsigned char value[BOX_GROUPS_MAX * NAME_SIZE];
	struct unpack u = {.at = value};
	bool found;
	enum authz_result result = store_get(t, key.bytes, key.length, value, sizeof value, &u.left, &found);

	out->count = 0;
	if (result != AUTHZ_OK || !found)
		return rules_store(r, r->authority, result);
	while (u.left > 0 && !u.bad && out->count < BOX_GROUPS_MAX)
		unpack_string(&u, out->name[out->count++], NAME_SIZE);
	return unpack_done(&u) ? AUTHZ_OK : damaged(r);
}

static enum authz_result names_write(struct rules *r, struct store_txn *t, const struct box_names *names)
{
	static const struct key key = {.bytes = NAMES_KEY, .length = 2};
	unsigned char value[BOX_GROUPS_MAX * NAME_SIZE];
	struct pack p = {.at = value, .size = sizeof value};
	size_t i;

	for (i = 0; i < names->count; i++)
		pack_string(&p, names->name[i]);
	return put(r, t, &key, &p);
}

/* Where it is, or would be. */
static size_t place_of(const struct box_names *names, const char *name, bool *listed)
{
	size_t i = 0;

	while (i < names->count && strcmp(names->name[i], name) < 0)
		i++;
	*listed = i < names->count && strcmp(names->name[i], name) == 0;
	return i;
}

static enum authz_result list_name(struct rules *r, struct store_txn *t, const char *name)
{
	struct box_names names;
	bool listed;
	size_t at;
	enum authz_result result = box_names_read(r, t, &names);

	if (result != AUTHZ_OK)
		return result;
	at = place_of(&names, name, &listed);
	if (listed)
		return AUTHZ_OK;
	if (names.count == BOX_GROUPS_MAX)
		return rules_refuse(r, AUTHZ_MASTERS_FULL, "the groups of mailboxes");
	memmove(names.name[at + 1], names.name[at], (names.count - at) * NAME_SIZE);
	memset(names.name[at], 0, NAME_SIZE);
	memcpy(names.name[at], name, strnlen(name, NAME_SIZE - 1));
	names.count++;
	return names_write(r, t, &names);
}

static enum authz_result unlist_name(struct rules *r, struct store_txn *t, const char *name)
{
	struct box_names names;
	bool listed;
	size_t at;
	enum authz_result result = box_names_read(r, t, &names);

	if (result != AUTHZ_OK)
		return result;
	at = place_of(&names, name, &listed);
	if (!listed)
		return damaged(r);
	names.count--;
	memmove(names.name[at], names.name[at + 1], (names.count - at) * NAME_SIZE);
	return names_write(r, t, &names);
}

/* ---- a group */

static bool group_unpack(struct box_group *g, const unsigned char *value, size_t length)
{
	struct unpack u = {.at = value, .left = length};

	if (unpack_number(&u, 1) != VERSION)
		return false;
	unpack_string(&u, g->server, sizeof g->server);
	g->turn = (uint32_t)unpack_number(&u, 4);
	g->options = (uint32_t)unpack_number(&u, 4);
	unpack_string(&u, g->manager, sizeof g->manager);
	g->manager_uid = (uid_t)unpack_number(&u, 4);
	unpack_string(&u, g->master, sizeof g->master);
	g->master_uid = (uid_t)unpack_number(&u, 4);
	unpack_long_string(&u, g->crypt, sizeof g->crypt);
	g->boxes = (uint32_t)unpack_number(&u, 4);
	g->changed_by = (uid_t)unpack_number(&u, 4);
	g->changed_at = (int64_t)unpack_number(&u, 8);
	return unpack_done(&u) && (g->options & ~(uint32_t)BOX_ALL) == 0 && (g->master[0] == '\0') == (g->crypt[0] == '\0') &&
	       (g->server[0] == '\0' || g->server[0] == '/');
}

static enum authz_result group_get(struct rules *r, struct store_txn *t, const char *name, struct box_group *out, bool *found)
{
	const struct key key = name_key(GROUP_KEY, name);
	unsigned char value[GROUP_RECORD_MAX];
	size_t length;
	enum authz_result result = store_get(t, key.bytes, key.length, value, sizeof value, &length, found);

	memset(out, 0, sizeof *out);
	memcpy(out->name, name, strnlen(name, sizeof out->name - 1));
	if (result == AUTHZ_OK && *found && !group_unpack(out, value, length))
		result = AUTHZ_STORE_DAMAGED;
	sodium_memzero(value, sizeof value);
	return rules_store(r, r->authority, result);
}

enum authz_result box_group_read(struct rules *r, struct store_txn *t, const char *name, struct box_group *out, bool *found)
{
	struct box_names names;
	bool listed;
	enum authz_result result = box_names_read(r, t, &names);

	if (result == AUTHZ_OK)
		result = group_get(r, t, name, out, found);
	if (result != AUTHZ_OK)
		return result;
	(void)place_of(&names, name, &listed);
	return listed == *found ? AUTHZ_OK : damaged(r);
}

enum authz_result box_group_write(struct rules *r, struct store_txn *t, const struct box_group *g)
{
	const struct key key = name_key(GROUP_KEY, g->name);
	unsigned char value[GROUP_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	enum authz_result result = list_name(r, t, g->name);

	if (result != AUTHZ_OK)
		return result;
	pack_number(&p, VERSION, 1);
	pack_string(&p, g->server);
	pack_number(&p, g->turn, 4);
	pack_number(&p, g->options, 4);
	pack_string(&p, g->manager);
	pack_number(&p, g->manager_uid, 4);
	pack_string(&p, g->master);
	pack_number(&p, g->master_uid, 4);
	pack_long_string(&p, g->crypt);
	pack_number(&p, g->boxes, 4);
	pack_number(&p, g->changed_by, 4);
	pack_number(&p, (uint64_t)g->changed_at, 8);
	return put(r, t, &key, &p);
}

enum authz_result box_group_erase(struct rules *r, struct store_txn *t, const struct box_group *g)
{
	const struct key key = name_key(GROUP_KEY, g->name);
	enum authz_result result = unlist_name(r, t, g->name);

	return result == AUTHZ_OK ? drop(r, t, &key) : result;
}

/* false: it is neither. */
static bool forget_in(struct box_group *g, const char *user)
{
	const bool manager = strcmp(g->manager, user) == 0, master = strcmp(g->master, user) == 0;

	if (manager) {
		memset(g->manager, 0, sizeof g->manager);
		g->manager_uid = 0;
	}
	if (master) {
		memset(g->master, 0, sizeof g->master);
		g->master_uid = 0;
		sodium_memzero(g->crypt, sizeof g->crypt);
	}
	return manager || master;
}

enum authz_result box_groups_forget(struct rules *r, struct store_txn *t, const char *user)
{
	struct box_names names;
	struct box_group group;
	bool found;
	size_t i;
	enum authz_result result = box_names_read(r, t, &names);

	for (i = 0; result == AUTHZ_OK && i < names.count; i++) {
		result = box_group_read(r, t, names.name[i], &group, &found);
		if (result == AUTHZ_OK && forget_in(&group, user))
			result = box_group_write(r, t, &group);
	}
	sodium_memzero(&group, sizeof group);
	return result;
}

static enum authz_result count_boxes(struct rules *r, struct store_txn *t, struct box_group *g, int by)
{
	if ((by < 0 && g->boxes == 0) || (by > 0 && g->boxes == UINT32_MAX))
		return damaged(r);
	g->boxes += (uint32_t)by;
	return box_group_write(r, t, g);
}

/* ---- a mailbox */

static bool mailbox_is_sane(const struct mailbox *m)
{
	return m->owner[0] != '\0' && m->group[0] != '\0' && m->pending < MAILBOX_PENDINGS &&
	       (m->pending == MAILBOX_LIVE) == (m->ticket == 0);
}

bool mailbox_unpack(struct mailbox *out, const unsigned char *key, size_t key_length, const unsigned char *value, size_t length)
{
	struct unpack u = {.at = value, .left = length};

	memset(out, 0, sizeof *out);
	if (key_length <= 2 || key_length - 2 >= sizeof out->owner || memcmp(key, MAILBOX_KEY, 2) != 0)
		return false;
	memcpy(out->owner, key + 2, key_length - 2);
	if (unpack_number(&u, 1) != VERSION)
		return false;
	out->uid = (uid_t)unpack_number(&u, 4);
	unpack_string(&u, out->group, sizeof out->group);
	unpack_string(&u, out->address, sizeof out->address);
	unpack_long_string(&u, out->crypt, sizeof out->crypt);
	out->turn = (uint32_t)unpack_number(&u, 4);
	out->pending = (enum mailbox_pending)unpack_number(&u, 1);
	out->ticket = unpack_number(&u, 8);
	out->changed_by = (uid_t)unpack_number(&u, 4);
	out->changed_at = (int64_t)unpack_number(&u, 8);
	return unpack_done(&u) && mailbox_is_sane(out);
}

static enum authz_result mailbox_get(struct rules *r, struct store_txn *t, const char *owner, struct mailbox *out, bool *found)
{
	const struct key key = name_key(MAILBOX_KEY, owner);
	unsigned char value[MAILBOX_RECORD_MAX];
	size_t length;
	enum authz_result result = store_get(t, key.bytes, key.length, value, sizeof value, &length, found);

	memset(out, 0, sizeof *out);
	if (result == AUTHZ_OK && *found && !mailbox_unpack(out, key.bytes, key.length, value, length))
		result = AUTHZ_STORE_DAMAGED;
	sodium_memzero(value, sizeof value);
	return rules_store(r, r->authority, result);
}

static enum authz_result group_of(struct rules *r, struct store_txn *t, const struct mailbox *m, struct box_group *out)
{
	bool found;
	enum authz_result result = box_group_read(r, t, m->group, out, &found);

	return result == AUTHZ_OK && !found ? damaged(r) : result;
}

enum authz_result mailbox_read(struct rules *r, struct store_txn *t, const char *owner, struct mailbox *out,
                               struct box_group *group, bool *found)
{
	enum authz_result result = mailbox_get(r, t, owner, out, found);

	return result == AUTHZ_OK && *found ? group_of(r, t, out, group) : result;
}

static enum authz_result admit(struct rules *r, struct store_txn *t, const struct mailbox *m)
{
	struct mailbox old;
	struct box_group group;
	bool found;
	enum authz_result result = mailbox_get(r, t, m->owner, &old, &found);

	if (result == AUTHZ_OK)
		result = group_of(r, t, m, &group);
	if (result == AUTHZ_OK && !found)
		result = count_boxes(r, t, &group, 1);
	else if (result == AUTHZ_OK && strcmp(old.group, m->group) != 0)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a mailbox of another group");
	sodium_memzero(&group, sizeof group);
	sodium_memzero(&old, sizeof old);
	return result;
}

enum authz_result mailbox_write(struct rules *r, struct store_txn *t, const struct mailbox *m)
{
	const struct key key = name_key(MAILBOX_KEY, m->owner);
	unsigned char value[MAILBOX_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	enum authz_result result = admit(r, t, m);

	if (result != AUTHZ_OK)
		return result;
	pack_number(&p, VERSION, 1);
	pack_number(&p, m->uid, 4);
	pack_string(&p, m->group);
	pack_string(&p, m->address);
	pack_long_string(&p, m->crypt);
	pack_number(&p, m->turn, 4);
	pack_number(&p, m->pending, 1);
	pack_number(&p, m->ticket, 8);
	pack_number(&p, m->changed_by, 4);
	pack_number(&p, (uint64_t)m->changed_at, 8);
	return put(r, t, &key, &p);
}

enum authz_result mailbox_erase(struct rules *r, struct store_txn *t, const char *owner)
{
	const struct key key = name_key(MAILBOX_KEY, owner);
	struct mailbox m;
	struct box_group group;
	bool found;
	enum authz_result result = mailbox_read(r, t, owner, &m, &group, &found);

	if (result == AUTHZ_OK && found)
		result = count_boxes(r, t, &group, -1);
	if (result == AUTHZ_OK && found)
		result = drop(r, t, &key);
	sodium_memzero(&group, sizeof group);
	sodium_memzero(&m, sizeof m);
	return result;
}
