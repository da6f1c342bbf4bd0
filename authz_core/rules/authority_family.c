/* SPDX-License-Identifier: ISC */
#include "rules/authority_family.h"

#include <string.h>

#include "rules/authority_profile.h"
#include "rules/authority_shard.h"

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

struct family {
	unsigned char bytes[STORE_VALUE_MAX]; /* each a length and a text */
	size_t length;
	bool found;
};

static struct authority_key family_key(const char *type, const char *text, size_t length)
{
	return authority_key("Ai", type, text, length);
}

static enum authz_result family_read(struct rules *r, struct store_txn *t, const struct authority_key *key, struct family *f)
{
	return authority_key_get(r, t, key, f->bytes, sizeof f->bytes, &f->length, &f->found);
}

/* The next profile; false at the end, and for what is none, when u->bad is set. */
static bool family_next(struct unpack *u, char profile[OBJECT_SIZE])
{
	if (u->left == 0 || u->bad)
		return false;
	unpack_string(u, profile, OBJECT_SIZE);
	return !u->bad;
}

enum authz_result authority_family_add(struct rules *r, struct store_txn *t, const char *type, const char *profile, bool *first)
{
	const struct authority_key key = family_key(type, profile, authority_profile_literal(profile));
	struct family f;
	struct pack p = {.at = f.bytes, .size = sizeof f.bytes};
	enum authz_result result = family_read(r, t, &key, &f);

	*first = result == AUTHZ_OK && !f.found;
	if (result != AUTHZ_OK)
		return result;
	if (*first)
		result = authority_list_change(r, t, &key, true);
	p.used = *first ? 0 : f.length;
	pack_string(&p, profile);
	if (p.bad)
		return rules_refuse(r, AUTHZ_PROFILES_FULL, "generic profiles that begin alike");
	return result == AUTHZ_OK ? authority_key_put(r, t, &key, &p) : result;
}

enum authz_result authority_family_remove(struct rules *r, struct store_txn *t, const char *type, const char *profile, bool *last)
{
	const struct authority_key key = family_key(type, profile, authority_profile_literal(profile));
	char other[OBJECT_SIZE];
	struct family before, after;
	struct unpack u = {.at = before.bytes};
	struct pack p = {.at = after.bytes, .size = sizeof after.bytes};
	enum authz_result result = family_read(r, t, &key, &before);

	*last = false;
	if (result != AUTHZ_OK)
		return result;
	if (!before.found)
		return damaged(r);
	u.left = before.length;
	while (family_next(&u, other))
		if (strcmp(other, profile) != 0)
			pack_string(&p, other);
	if (u.bad || p.used == before.length)
		return damaged(r);
	*last = p.used == 0;
	if (!*last)
		return authority_key_put(r, t, &key, &p);
	result = authority_list_change(r, t, &key, false);
	return result == AUTHZ_OK ? authority_key_drop(r, t, &key) : result;
}

enum authz_result authority_family_each(struct rules *r, struct store_txn *t, const char *type, const char *text, size_t length,
                                        void (*each)(void *context, const char *profile), void *context)
{
	const struct authority_key key = family_key(type, text, length);
	char profile[OBJECT_SIZE] = "";
	struct family f;
	struct unpack u = {.at = f.bytes};
	bool listed;
	enum authz_result result = authority_is_listed(r, t, &key, true, &listed);

	if (result != AUTHZ_OK || !listed)
		return result;
	result = family_read(r, t, &key, &f);
	if (result != AUTHZ_OK)
		return result;
	if (!f.found || f.length == 0)
		return damaged(r);
	u.left = f.length;
	while (family_next(&u, profile))
		each(context, profile);
	return u.bad ? damaged(r) : AUTHZ_OK;
}
