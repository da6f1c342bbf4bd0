/* SPDX-License-Identifier: ISC */
/*
 * The changes: set, grant, revoke, copy, delete.
 *
 * MUST 1: only *ALLOBJ changes who may do what.
 * MUST 2: taking from somebody lets nobody fall to a less specific profile: a profile stays, empty, until it is deleted.
 * MUST 3: a copy binds nobody anew: what was the right of who is gone is nobody's.
 */
#include <stdio.h>
#include <string.h>

#include "rules/authority.h"
#include "rules/authority_profile.h"
#include "rules/profile_record.h"
#include "rules/system_profile.h"

#define AT_ONCE 10000 /* records of a profile that one transaction copies or deletes */

enum change { SET, GRANT, REVOKE };

struct changing {
	enum change change;
	uint32_t mask;
	struct authority_bound entity;
	struct authority_object object; /* its name is a profile's */
	struct host_clock now;
};

/* ---- what is asked for */

/* It must be one that can be, and, of type profile, a user's who may have tokens; who is gone is named to take alone. */
static enum authz_result check_target(struct rules *r, const struct authority_object *o, bool gives)
{
	if (!authority_profile_is_valid(o->name))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "object");
	if (strcmp(o->type, TYPE_PROFILE) != 0 || authority_profile_is_generic(o->name))
		return AUTHZ_OK;
	if (strlen(o->name) >= NAME_SIZE)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "object");
	if (gives && o->id == AUTHORITY_UNBOUND)
		return rules_refuse(r, AUTHZ_USER_NOT_FOUND, o->name);
	if (gives && system_profile(&r->host->config, o->name, o->id))
		return rules_refuse(r, AUTHZ_SYSTEM_PROFILE, o->name);
	return AUTHZ_OK;
}

static int64_t mask_of(const struct request *request, enum change change)
{
	return change == GRANT ? request->mask_add : change == REVOKE ? request->mask_drop : request->mask;
}

static enum authz_result prepare(struct rules *r, const struct request *request, struct changing *c)
{
	const int64_t mask = mask_of(request, c->change);
	const bool gives = c->change == GRANT || (c->change == SET && mask != 0);
	enum authz_result result = authority_object_of(r, request, &c->object);
	bool known;

	if (result == AUTHZ_OK && (mask < (c->change == SET ? 0 : 1) || (mask & ~(int64_t)authority_takes(c->object.type)) != 0))
		result = rules_refuse(r, AUTHZ_BAD_PARAMETER, "authority");
	if (result == AUTHZ_OK)
		result = authority_who_is(r, request, &c->entity, &known);
	if (result == AUTHZ_OK && c->entity.entity.name[0] == '\0')
		result = rules_refuse(r, AUTHZ_BAD_PARAMETER, "entity");
	if (result == AUTHZ_OK && gives && !known)
		result = rules_refuse(r, AUTHZ_UNKNOWN_ENTITY, c->entity.entity.name);
	if (result == AUTHZ_OK)
		result = check_target(r, &c->object, gives);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &c->now) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	c->mask = result == AUTHZ_OK ? (uint32_t)mask : 0;
	return result;
}

/* ---- transactions */

/* Once more under the lock: the right may have been taken meanwhile. */
static enum authz_result begin(struct rules *r, struct store_txn **t)
{
	uint32_t special;
	enum authz_result result = profile_require(r, SPECIAL_ALLOBJ);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, t);
	if (result == AUTHZ_OK)
		result = profile_caller_special(r, *t, &special);
	return result == AUTHZ_OK ? profile_require_of(r, special, SPECIAL_ALLOBJ) : result;
}

static enum authz_result end(struct rules *r, struct store_txn *t, const struct audit_event *event, enum authz_result result)
{
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, event);
	store_abort(t);
	return rules_refused(r, event, result);
}

/* ---- set, grant, revoke */

/* The object's number counts where one user is meant. */
static uint32_t object_id(const struct authority_object *o)
{
	return authority_profile_is_generic(o->name) ? AUTHORITY_UNBOUND : o->id;
}

/* What another entity or owner of that name had is not added to. */
static uint32_t changed_mask(const struct changing *c, const struct authority_record *a, bool found)
{
	const bool same = found && a->entity_id == c->entity.id && a->object_id == object_id(&c->object);

	if (c->change == REVOKE)
		return a->mask & ~c->mask;
	return c->change == SET || !same ? c->mask : a->mask | c->mask;
}

static void fill(struct rules *r, const struct changing *c, struct authority_record *a, uint32_t mask)
{
	if (c->change != REVOKE) {
		a->entity_id = c->entity.id;
		a->object_id = object_id(&c->object);
	}
	a->mask = mask;
	a->maker = r->caller.uid;
	a->made = c->now.wall;
}

static enum authz_result change_record(struct rules *r, struct store_txn *t, const struct changing *c,
                                       struct authority_node *node)
{
	struct authority_record a;
	uint32_t mask;
	bool found;
	enum authz_result result = authority_record_find(r, t, c->object.type, node->profile, &c->entity.entity, &a, &found);

	if (result != AUTHZ_OK)
		return result;
	mask = changed_mask(c, &a, found);
	if (mask == 0)
		return found ? authority_record_remove(r, t, c->object.type, node, &a) : AUTHZ_OK;
	fill(r, c, &a, mask);
	if (found)
		return authority_record_write(r, t, c->object.type, node->profile, &a);
	return authority_record_add(r, t, c->object.type, node, &a);
}

/* Setting no authority makes a profile too: one that nobody is in. */
static enum authz_result change(struct rules *r, struct store_txn *t, const struct changing *c)
{
	struct authority_node node;
	bool found;
	enum authz_result result = authority_node_find(r, t, c->object.type, c->object.name, &node, &found);

	if (result == AUTHZ_OK && !found && c->change == REVOKE)
		return AUTHZ_OK;
	if (result == AUTHZ_OK && !found)
		result = authority_node_add(r, t, c->object.type, c->object.name, &node);
	return result == AUTHZ_OK ? change_record(r, t, c, &node) : result;
}

/* For the audit: by its own name, or, where what is wrong was found before that, as it was asked for. */
static void name_entity(const struct request *request, const struct authority_entity *e, char text[NAME_SIZE + 2])
{
	const bool group = request->has & HAS(GROUP);

	if (e->kind != 0)
		snprintf(text, NAME_SIZE + 2, "%c:%s", e->kind, e->name);
	else
		snprintf(text, NAME_SIZE + 2, "%c:%s", group ? 'g' : 'p', group ? request->group : request->principal);
}

static enum authz_result run(struct rules *r, const struct request *request, enum change change_, const char *name)
{
	char detail[32], entity[NAME_SIZE + 2];
	struct audit_event event = {.event = name, .caller = &r->caller, .owner = request->object,
	                            .object_type = request->object_type, .entity = entity, .detail = detail};
	struct changing c = {.change = change_};
	struct store_txn *t = NULL;
	enum authz_result result = prepare(r, request, &c);

	name_entity(request, &c.entity.entity, entity);
	snprintf(detail, sizeof detail, "mask=%llx", (unsigned long long)mask_of(request, change_));
	if (result == AUTHZ_OK)
		result = begin(r, &t);
	if (result == AUTHZ_OK)
		result = change(r, t, &c);
	return end(r, t, &event, result);
}

enum authz_result authority_set(struct rules *r, const struct request *request)
{
	return run(r, request, SET, "authority.set");
}

enum authz_result authority_grant(struct rules *r, const struct request *request)
{
	return run(r, request, GRANT, "authority.grant");
}

enum authz_result authority_revoke(struct rules *r, const struct request *request)
{
	return run(r, request, REVOKE, "authority.revoke");
}

/* ---- copy */

struct copying {
	struct authority_object from, to;
	struct host_clock now;
};

static bool is_one_user(const struct authority_object *o)
{
	return strcmp(o->type, TYPE_PROFILE) == 0 && !authority_profile_is_generic(o->name);
}

/* A record that counts for nobody, as the user whom it was about is another one now, is not copied. */
static bool is_copied(const struct copying *c, const struct authority_record *a)
{
	return !is_one_user(&c->from) || (c->from.id != AUTHORITY_UNBOUND && a->object_id == c->from.id);
}

static enum authz_result copy_records(struct rules *r, struct store_txn *t, const struct copying *c,
                                      const struct authority_node *from, struct authority_node *to)
{
	struct authority_record a, b;
	bool found;
	enum authz_result result = authority_record_first(r, t, c->from.type, from, &a, &found);

	while (result == AUTHZ_OK && found) {
		b = a;
		b.object_id = is_one_user(&c->to) ? c->to.id : AUTHORITY_UNBOUND;
		b.maker = r->caller.uid;
		b.made = c->now.wall;
		if (is_copied(c, &a))
			result = authority_record_add(r, t, c->to.type, to, &b);
		if (result == AUTHZ_OK)
			result = authority_record_next(r, t, c->from.type, from, &a, &found);
	}
	return result;
}

static enum authz_result copy(struct rules *r, struct store_txn *t, const struct copying *c)
{
	struct authority_node from, to;
	bool found, there;
	enum authz_result result = authority_node_find(r, t, c->from.type, c->from.name, &from, &found);

	if (result == AUTHZ_OK && !found)
		return rules_refuse(r, AUTHZ_UNKNOWN_REF_OBJECT, c->from.name);
	if (result == AUTHZ_OK && from.count > AT_ONCE)
		return rules_refuse(r, AUTHZ_COPY_TOO_LONG, c->from.name);
	if (result == AUTHZ_OK)
		result = authority_node_find(r, t, c->to.type, c->to.name, &to, &there);
	if (result == AUTHZ_OK && there && to.count > 0)
		return rules_refuse(r, AUTHZ_HAS_RECORDS, c->to.name);
	if (result == AUTHZ_OK && !there)
		result = authority_node_add(r, t, c->to.type, c->to.name, &to);
	return result == AUTHZ_OK ? copy_records(r, t, c, &from, &to) : result;
}

static enum authz_result prepare_copy(struct rules *r, const struct request *request, struct copying *c)
{
	struct request reference = *request;
	enum authz_result result = authority_object_of(r, request, &c->to);

	memcpy(reference.object, request->reference, sizeof reference.object);
	if (result == AUTHZ_OK)
		result = authority_object_of(r, &reference, &c->from);
	c->from.type = c->to.type;
	if (result == AUTHZ_OK)
		result = check_target(r, &c->to, true);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &c->now) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	return result;
}

enum authz_result authority_copy(struct rules *r, const struct request *request)
{
	char from[OBJECT_SIZE + 5];
	struct audit_event event = {.event = "authority.copy", .caller = &r->caller, .owner = request->object,
	                            .object_type = request->object_type, .entity = from};
	struct copying c;
	struct store_txn *t = NULL;
	enum authz_result result = prepare_copy(r, request, &c);

	snprintf(from, sizeof from, "from:%s", request->reference);
	if (result == AUTHZ_OK)
		result = begin(r, &t);
	if (result == AUTHZ_OK)
		result = copy(r, t, &c);
	return end(r, t, &event, result);
}

/* ---- delete */

/* The profile goes with the last record, so that nobody falls to a less specific one before. */
static enum authz_result take_away(struct rules *r, struct store_txn *t, const struct authority_object *o, struct reply *reply)
{
	struct authority_record a;
	struct authority_node node;
	bool found, there = true;
	enum authz_result result = authority_node_find(r, t, o->type, o->name, &node, &found);

	while (result == AUTHZ_OK && found && node.count > 0 && reply->count < AT_ONCE) {
		result = authority_record_first(r, t, o->type, &node, &a, &there);
		if (result == AUTHZ_OK)
			result = authority_record_remove(r, t, o->type, &node, &a);
		reply->count++;
	}
	reply->total = result == AUTHZ_OK && found ? node.count : 0;
	if (result == AUTHZ_OK && found && node.count == 0)
		result = authority_node_remove(r, t, o->type, &node);
	return result;
}

enum authz_result authority_delete(struct rules *r, const struct request *request, struct answer *answer)
{
	struct audit_event event = {.event = "authority.delete", .caller = &r->caller, .owner = request->object,
	                            .object_type = request->object_type};
	struct authority_object object;
	struct store_txn *t = NULL;
	enum authz_result result = authority_object_of(r, request, &object);

	if (result == AUTHZ_OK)
		result = check_target(r, &object, false);
	if (result == AUTHZ_OK)
		result = begin(r, &t);
	if (result == AUTHZ_OK)
		result = take_away(r, t, &object, &answer->reply);
	if (result == AUTHZ_OK)
		answer->reply.has |= UINT64_C(1) << REPLY_COUNT | UINT64_C(1) << REPLY_TOTAL;
	return end(r, t, &event, result);
}
