/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: however often a master enters, it is not forgotten that another has; where 33 have, the first of them is.
 */
#include "rules/master_history.h"

#include <string.h>

#include "rules/pack.h"

#define VERSION 1
#define ENTRY_MAX (8 + 4 + NAME_SIZE + 64 + 256 + 64)
#define RECORD_MAX (1 + 4 + 1 + MASTER_HISTORY_MAX * ENTRY_MAX)

_Static_assert(RECORD_MAX <= STORE_VALUE_MAX, "the record fits");

struct key {
	unsigned char bytes[2 + NAME_SIZE];
	size_t length;
};

static struct key make_key(const char *owner)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, "Mh", 2);
	pack_bytes(&p, owner, strnlen(owner, NAME_SIZE));
	key.length = p.used;
	return key;
}

static bool unpack_history(struct master_history *h, struct unpack *u, uid_t owner)
{
	struct master_history_entry *e;
	uid_t uid;

	if (unpack_number(u, 1) != VERSION)
		return false;
	uid = (uid_t)unpack_number(u, 4);
	h->count = (size_t)unpack_number(u, 1);
	if (h->count > MASTER_HISTORY_MAX)
		return false;
	for (e = h->entries; e < h->entries + h->count; e++) {
		e->seconds = (int64_t)unpack_number(u, 8);
		e->master_uid = (uid_t)unpack_number(u, 4);
		unpack_string(u, e->master, sizeof e->master);
		unpack_string(u, e->service, sizeof e->service);
		unpack_string(u, e->rhost, sizeof e->rhost);
		unpack_string(u, e->tty, sizeof e->tty);
	}
	if (uid != owner)
		h->count = 0;
	return unpack_done(u);
}

enum authz_result master_history_read(struct rules *r, struct store_txn *t, const struct host_user *owner,
                                      struct master_history *out)
{
	const struct key key = make_key(owner->name);
	unsigned char value[RECORD_MAX];
	struct unpack u = {.at = value};
	bool found;
	enum authz_result result = store_get(t, key.bytes, key.length, value, sizeof value, &u.left, &found);

	memset(out, 0, sizeof *out);
	if (result == AUTHZ_OK && found && !unpack_history(out, &u, owner->uid)) {
		out->count = 0;
		result = AUTHZ_STORE_DAMAGED;
	}
	return rules_store(r, r->authority, result);
}

static enum authz_result write_history(struct rules *r, struct store_txn *t, const struct host_user *owner,
                                       const struct master_history *h)
{
	const struct key key = make_key(owner->name);
	unsigned char value[RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	const struct master_history_entry *e;

	pack_number(&p, VERSION, 1);
	pack_number(&p, owner->uid, 4);
	pack_number(&p, h->count, 1);
	for (e = h->entries; e < h->entries + h->count; e++) {
		pack_number(&p, (uint64_t)e->seconds, 8);
		pack_number(&p, e->master_uid, 4);
		pack_string(&p, e->master);
		pack_string(&p, e->service);
		pack_string(&p, e->rhost);
		pack_string(&p, e->tty);
	}
	return rules_store(r, r->authority, store_put(t, key.bytes, key.length, value, p.used));
}

static bool is_among(const struct master_history *h, size_t newest, uid_t master)
{
	size_t i;

	for (i = 0; i < newest; i++)
		if (h->entries[i].master_uid == master)
			return true;
	return false;
}

/* The oldest of those whose master has a newer one, as that of the new entry has; of 32 others the oldest. */
static size_t to_forget(const struct master_history *h, uid_t entering)
{
	size_t i;

	for (i = h->count; i-- > 0;)
		if (h->entries[i].master_uid == entering || is_among(h, i, h->entries[i].master_uid))
			return i;
	return h->count - 1;
}

enum authz_result master_history_add(struct rules *r, struct store_txn *t, const struct host_user *owner,
                                     const struct master_history_entry *e)
{
	struct master_history h;
	enum authz_result result = master_history_read(r, t, owner, &h);
	size_t newer;

	if (result != AUTHZ_OK)
		return result;
	newer = h.count;
	if (h.count == MASTER_HISTORY_MAX)
		newer = to_forget(&h, e->master_uid);
	else
		h.count++;
	memmove(h.entries + 1, h.entries, newer * sizeof *e);
	h.entries[0] = *e;
	return write_history(r, t, owner, &h);
}

enum authz_result master_history_erase(struct rules *r, struct store_txn *t, const char *owner)
{
	const struct key key = make_key(owner);

	return rules_store(r, r->authority, store_delete(t, key.bytes, key.length));
}

bool master_history_has(const struct master_history *h, uid_t master)
{
	return is_among(h, h->count, master);
}
