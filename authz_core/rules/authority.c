/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a record whose entity or object has another number than when it was made grants nothing.
 * MUST 2: only *ALLOBJ grants or revokes.
 * MUST 3: a missing record grants nothing.
 */
#include "rules/authority.h"

#include <stdio.h>
#include <string.h>

#include "rules/pack.h"
#include "rules/profile_record.h"
#include "rules/system_profile.h"

#define VERSION 1
#define KEY_SIZE STORE_KEY_MAX
#define VALUE_SIZE 25
#define UNBOUND UINT32_MAX

struct entity {
	char kind; /* 'p' or 'g' */
	char name[NAME_SIZE];
	uint32_t id; /* uid or gid; UNBOUND: no such user or group any more */
};

struct authority {
	uint32_t entity_id, object_id, mask;
	uid_t maker;
	int64_t made;
};

/* A NUL stands between the parts, and no name holds one, so no two records share a key. */
static size_t make_key(unsigned char key[KEY_SIZE], const char *type, const char *object, char kind, const char *name)
{
	struct pack p = {.at = key, .size = KEY_SIZE};
	const char *parts[] = {"A", type, object};
	size_t i;

	for (i = 0; i < 3; i++)
		pack_bytes(&p, parts[i], strlen(parts[i]) + 1);
	pack_bytes(&p, &kind, 1);
	pack_number(&p, 0, 1);
	pack_bytes(&p, name, strlen(name));
	return p.used;
}

static enum authz_result record_read(struct rules *r, struct store_txn *t, const char *object, const struct entity *e,
                                     struct authority *a, bool *found)
{
	unsigned char key[KEY_SIZE], value[VALUE_SIZE];
	size_t key_length = make_key(key, TYPE_PROFILE, object, e->kind, e->name);
	struct unpack u = {.at = value};
	enum authz_result result;

	memset(a, 0, sizeof *a);
	result = store_get(t, key, key_length, value, sizeof value, &u.left, found);
	if (result != AUTHZ_OK || !*found)
		return rules_store(r, r->authority, result);
	if (unpack_number(&u, 1) != VERSION)
		return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
	a->entity_id = (uint32_t)unpack_number(&u, 4);
	a->object_id = (uint32_t)unpack_number(&u, 4);
	a->mask = (uint32_t)unpack_number(&u, 4);
	a->maker = (uid_t)unpack_number(&u, 4);
	a->made = (int64_t)unpack_number(&u, 8);
	return rules_store(r, r->authority, unpack_done(&u) ? AUTHZ_OK : AUTHZ_STORE_DAMAGED);
}

static enum authz_result record_write(struct rules *r, struct store_txn *t, const char *object, const struct entity *e,
                                      const struct authority *a)
{
	unsigned char key[KEY_SIZE], value[VALUE_SIZE];
	size_t key_length = make_key(key, TYPE_PROFILE, object, e->kind, e->name);
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, a->entity_id, 4);
	pack_number(&p, a->object_id, 4);
	pack_number(&p, a->mask, 4);
	pack_number(&p, a->maker, 4);
	pack_number(&p, (uint64_t)a->made, 8);
	return rules_store(r, r->authority, store_put(t, key, key_length, value, p.used));
}

static enum authz_result add_entity(struct rules *r, struct store_txn *t, const struct host_user *owner,
                                    const struct entity *e, uint32_t *mask)
{
	struct authority a;
	enum authz_result result;
	bool found;

	if (e->name[0] == '\0')
		return AUTHZ_OK;
	result = record_read(r, t, owner->name, e, &a, &found);
	if (result == AUTHZ_OK && found && a.entity_id == e->id && a.object_id == owner->uid)
		*mask |= a.mask;
	return result;
}

enum authz_result caller_groups(struct rules *r, gid_t gids[HOST_GROUPS_MAX], size_t *count)
{
	struct host_user caller;

	*count = 0;
	if (r->caller.is_host || r->caller.name[0] == '\0')
		return AUTHZ_OK;
	if (r->host->user_by_uid(r->host->context, r->caller.uid, &caller) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_USER_NOT_FOUND, r->caller.name);
	if (r->host->groups(r->host->context, &caller, gids, count) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_INTERNAL, "the look-up of the caller's groups failed");
	return AUTHZ_OK;
}

enum authz_result authority_of_caller(struct rules *r, struct store_txn *t, const gid_t *gids, size_t count,
                                      const struct host_user *owner, uint32_t *mask)
{
	struct entity e = {.kind = 'p', .id = r->caller.uid};
	enum authz_result result;
	uint32_t special;
	size_t i;

	*mask = 0;
	result = profile_caller_special(r, t, &special);
	if (result != AUTHZ_OK)
		return result;
	if (special & SPECIAL_ALLOBJ)
		*mask = AUTHORITY_ALL;
	snprintf(e.name, sizeof e.name, "%s", r->caller.name);
	result = add_entity(r, t, owner, &e, mask);
	e.kind = 'g';
	for (i = 0; i < count && result == AUTHZ_OK; i++) {
		e.id = gids[i];
		r->host->group_name(r->host->context, gids[i], e.name);
		result = add_entity(r, t, owner, &e, mask);
	}
	return result;
}

static enum authz_result find_entity(struct rules *r, const struct request *request, bool must_exist, struct entity *e)
{
	bool principal = request->has & HAS(PRINCIPAL), group = request->has & HAS(GROUP);
	enum authz_result result;
	struct host_user user;
	gid_t gid;

	if (principal == group)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "entity");
	e->kind = principal ? 'p' : 'g';
	e->id = UNBOUND;
	snprintf(e->name, sizeof e->name, "%s", principal ? request->principal : request->group);
	if (principal) {
		result = r->host->user_by_name(r->host->context, e->name, &user);
		if (result == AUTHZ_OK) {
			e->id = user.uid;
			memcpy(e->name, user.name, sizeof e->name); /* NSS may know the name in another form */
		}
	} else {
		result = r->host->group_by_name(r->host->context, e->name, &gid);
		if (result == AUTHZ_OK)
			e->id = gid;
	}
	if (result == AUTHZ_INTERNAL)
		return rules_refuse(r, result, "the look-up of a name failed");
	return result != AUTHZ_OK && must_exist ? rules_refuse(r, AUTHZ_UNKNOWN_ENTITY, e->name) : AUTHZ_OK;
}

/* The shape of a request, and the numbers behind its names.  No lock is held here. */
static enum authz_result prepare(struct rules *r, const struct request *request, bool grant, struct entity *e,
                                 struct host_user *owner)
{
	int64_t mask = grant ? request->mask_add : request->mask_drop;
	enum authz_result result;

	if (strcmp(request->object_type, TYPE_PROFILE) != 0)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "object type");
	if (mask <= 0 || (mask & ~(int64_t)AUTHORITY_ALL) != 0)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "authority");
	if (request->object[0] == '\0' || strlen(request->object) >= NAME_SIZE)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "object");
	result = find_entity(r, request, grant, e);
	if (result != AUTHZ_OK)
		return result;
	result = r->host->user_by_name(r->host->context, request->object, owner);
	if (result != AUTHZ_OK)
		memcpy(owner->name, request->object, sizeof owner->name);
	if (!grant)
		return AUTHZ_OK; /* what was granted on a user who is gone can be revoked by name */
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, request->object);
	if (system_profile(&r->host->config, owner->name, owner->uid))
		return rules_refuse(r, AUTHZ_SYSTEM_PROFILE, owner->name);
	return AUTHZ_OK;
}

/* Once more under the lock: the right may have been taken meanwhile. */
static enum authz_result still_allobj(struct rules *r, struct store_txn *t)
{
	uint32_t special;
	enum authz_result result = profile_caller_special(r, t, &special);

	return result == AUTHZ_OK ? profile_require_of(r, special, SPECIAL_ALLOBJ) : result;
}

static void merge_grant(struct authority *a, const struct request *request, const struct entity *e,
                        const struct host_user *owner)
{
	if (a->entity_id != e->id || a->object_id != owner->uid)
		a->mask = 0; /* what another entity or owner of that name had is not added to */
	a->entity_id = e->id;
	a->object_id = owner->uid;
	a->mask |= (uint32_t)request->mask_add;
}

static enum authz_result change(struct rules *r, struct store_txn *t, const struct request *request, bool grant,
                                const struct entity *e, const struct host_user *owner)
{
	unsigned char key[KEY_SIZE];
	struct host_clock now;
	struct authority a;
	enum authz_result result = record_read(r, t, owner->name, e, &a, &(bool){false});

	if (result == AUTHZ_OK)
		result = r->host->clock(r->host->context, &now);
	if (result != AUTHZ_OK)
		return result;
	if (grant)
		merge_grant(&a, request, e, owner);
	else
		a.mask &= ~(uint32_t)request->mask_drop;
	a.maker = r->caller.uid;
	a.made = now.wall;
	if (a.mask != 0)
		return record_write(r, t, owner->name, e, &a);
	return rules_store(r, r->authority, store_delete(t, key, make_key(key, TYPE_PROFILE, owner->name, e->kind, e->name)));
}

static enum authz_result grant_or_revoke(struct rules *r, const struct request *request, bool grant)
{
	char detail[32], entity[NAME_SIZE + 2];
	struct audit_event event = {.event = grant ? "authority.grant" : "authority.revoke", .caller = &r->caller,
	                            .owner = request->object, .object_type = request->object_type, .entity = entity,
	                            .detail = detail};
	struct store_txn *t = NULL;
	struct host_user owner;
	struct entity e = {.kind = 'p'};
	enum authz_result result = prepare(r, request, grant, &e, &owner);

	snprintf(entity, sizeof entity, "%c:%s", e.kind, e.name);
	snprintf(detail, sizeof detail, "mask=%llx", (unsigned long long)(grant ? request->mask_add : request->mask_drop));
	if (result == AUTHZ_OK)
		result = profile_require(r, SPECIAL_ALLOBJ);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = still_allobj(r, t);
	if (result == AUTHZ_OK)
		result = change(r, t, request, grant, &e, &owner);
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, &event);
	store_abort(t);
	return rules_refused(r, &event, result);
}

enum authz_result authority_grant(struct rules *r, const struct request *request)
{
	return grant_or_revoke(r, request, true);
}

enum authz_result authority_revoke(struct rules *r, const struct request *request)
{
	return grant_or_revoke(r, request, false);
}
