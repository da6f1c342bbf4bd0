/* SPDX-License-Identifier: ISC */
/*
 * The questions: check, get, explicit, explain.
 *
 * MUST 1: a record whose entity or object has another number than when it was made grants nothing.
 * MUST 2: nobody but the host, *ALLOBJ and *SECADM learns what somebody else may do.
 * MUST 3: a missing record grants nothing.
 * MUST 4: the most specific profile counts alone: profiles do not add up.
 * MUST 5: an explanation shows nobody but those of MUST 2 a profile that the caller is not in, nor the record of who had a name
 *         of the caller's, or of a group of its, before.
 */
#include "rules/authority.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/authority_profile.h"
#include "rules/profile_record.h"

/* ---- the object */

/* What "profile" names are users, and NSS may know a name in another form. */
static enum authz_result find_profile(struct rules *r, struct authority_object *o)
{
	struct host_user user;
	enum authz_result result = AUTHZ_USER_NOT_FOUND;

	if (strlen(o->name) < NAME_SIZE)
		result = r->host->user_by_name(r->host->context, o->name, &user);
	if (result == AUTHZ_INTERNAL)
		return rules_refuse(r, result, "the look-up of a name failed");
	if (result == AUTHZ_OK) {
		snprintf(o->name, sizeof o->name, "%s", user.name);
		o->id = user.uid;
	}
	return AUTHZ_OK;
}

enum authz_result authority_object_of(struct rules *r, const struct request *request, struct authority_object *out)
{
	*out = (struct authority_object){.type = request->object_type, .id = AUTHORITY_UNBOUND};
	if (authority_takes(request->object_type) == 0)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "object type");
	if (request->object[0] == '\0')
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "object");
	memcpy(out->name, request->object, sizeof out->name);
	return strcmp(out->type, TYPE_PROFILE) == 0 && !authority_profile_is_generic(out->name) ? find_profile(r, out) : AUTHZ_OK;
}

/* ---- what is held */

static bool binds_object(const struct authority_object *o, const char *profile)
{
	return strcmp(o->type, TYPE_PROFILE) == 0 && !authority_profile_is_generic(profile);
}

static bool counts(const struct authority_object *o, const char *profile, const struct authority_bound *b,
                   const struct authority_record *a)
{
	if (a->entity_id != b->id || (b->id == AUTHORITY_UNBOUND && !authority_is_everybody(&b->entity)))
		return false;
	return !binds_object(o, profile) || (o->id != AUTHORITY_UNBOUND && a->object_id == o->id);
}

enum authz_result authority_held(struct rules *r, struct store_txn *t, const struct authority_object *object,
                                 const struct authority_who *who, struct authority_node *node, bool *found, uint32_t *mask,
                                 void (*each)(void *context, const struct authority_share *share), void *context)
{
	enum authz_result result = authority_index_find(r, t, object->type, object->name, node, found, NULL, NULL);
	struct authority_record record;
	bool there;
	size_t i;

	*mask = 0;
	for (i = 0; result == AUTHZ_OK && *found && i < who->count; i++) {
		struct authority_share share = {.of = &who->who[i], .record = &record};

		result = authority_record_find(r, t, object->type, node->profile, &share.of->entity, &record, &there);
		if (result != AUTHZ_OK || !there)
			continue;
		share.counts = counts(object, node->profile, share.of, &record);
		if (share.counts)
			*mask |= record.mask;
		if (each != NULL)
			each(context, &share);
	}
	*mask &= authority_takes(object->type);
	return result;
}

enum authz_result authority_of_caller(struct rules *r, struct store_txn *t, const struct authority_who *who,
                                      const struct host_user *owner, uint32_t *mask)
{
	struct authority_object object = {.type = TYPE_PROFILE, .id = owner->uid};
	struct authority_node node;
	enum authz_result result;
	uint32_t special;
	bool found;

	*mask = 0;
	result = profile_caller_special(r, t, &special);
	if (result != AUTHZ_OK)
		return result;
	if (special & SPECIAL_ALLOBJ) {
		*mask = authority_takes(TYPE_PROFILE);
		return AUTHZ_OK;
	}
	snprintf(object.name, sizeof object.name, "%s", owner->name);
	return authority_held(r, t, &object, who, &node, &found, mask, NULL, NULL);
}

/* ---- who may ask */

enum authz_result authority_may_ask(struct rules *r, const struct authority_bound *who)
{
	struct store_txn *t;
	uint32_t special;
	enum authz_result result;

	if (r->caller.is_host || (who != NULL && authority_who_is_caller(r, who)))
		return AUTHZ_OK;
	result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = profile_caller_special(r, t, &special);
	store_abort(t);
	if (result != AUTHZ_OK || (special & SPECIAL_BOTH) != 0)
		return result;
	return rules_refuse(r, AUTHZ_SPECIAL_REQUIRED, "*ALLOBJ or *SECADM");
}

enum authz_result authority_sees_all(struct rules *r, bool *all)
{
	const enum authz_result result = authority_may_ask(r, NULL);

	*all = result == AUTHZ_OK;
	return result == AUTHZ_SPECIAL_REQUIRED ? AUTHZ_OK : result;
}

/* ---- the questions */

struct question {
	struct authority_object object;
	struct authority_who who;
	struct authority_node node;
	bool found;
	uint32_t mask;
};

static enum authz_result prepare(struct rules *r, const struct request *request, struct question *q)
{
	struct authority_bound entity;
	bool known;
	enum authz_result result = authority_object_of(r, request, &q->object);

	if (result == AUTHZ_OK)
		result = authority_who_is(r, request, &entity, &known);
	return result == AUTHZ_OK ? authority_may_ask(r, &entity) : result;
}

static enum authz_result answer_it(struct rules *r, struct question *q)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = authority_held(r, t, &q->object, &q->who, &q->node, &q->found, &q->mask, NULL, NULL);
	store_abort(t);
	return result;
}

static bool is_mask_of(const char *type, int64_t mask)
{
	return mask > 0 && (mask & ~(int64_t)authority_takes(type)) == 0;
}

enum authz_result authority_check(struct rules *r, const struct request *request)
{
	struct question q;
	enum authz_result result = prepare(r, request, &q);

	if (result == AUTHZ_OK && !is_mask_of(q.object.type, request->mask))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "authority");
	if (result == AUTHZ_OK)
		result = authority_who_counts(r, request, &q.who);
	if (result == AUTHZ_OK)
		result = answer_it(r, &q);
	if (result == AUTHZ_OK && (q.mask & (uint32_t)request->mask) != (uint32_t)request->mask)
		return rules_refuse(r, AUTHZ_NOT_AUTHORIZED_OBJECT, q.object.name);
	return result;
}

static void put_mask(const struct question *q, struct answer *answer)
{
	answer->reply.mask = q->mask;
	answer->reply.has |= UINT64_C(1) << REPLY_MASK;
}

static enum authz_result ask(struct rules *r, const struct request *request, struct answer *answer,
                             enum authz_result (*who)(struct rules *r, const struct request *request, struct authority_who *out))
{
	struct question q;
	enum authz_result result = prepare(r, request, &q);

	if (result == AUTHZ_OK)
		result = who(r, request, &q.who);
	if (result == AUTHZ_OK)
		result = answer_it(r, &q);
	if (result == AUTHZ_OK)
		put_mask(&q, answer);
	return result;
}

enum authz_result authority_get(struct rules *r, const struct request *request, struct answer *answer)
{
	return ask(r, request, answer, authority_who_counts);
}

enum authz_result authority_explicit(struct rules *r, const struct request *request, struct answer *answer)
{
	return ask(r, request, answer, authority_who_explicit);
}

/* ---- explain: rows of what it is, a profile or an entity, and its mask */

struct explanation {
	struct answer *answer;
	struct rules *r;
	struct store_txn *t;
	const struct question *q;
	bool all;                 /* what the caller is not in too */
	unsigned looks;           /* for records of the caller's */
	enum authz_result result; /* of those */
	char counts[OBJECT_SIZE]; /* the profile that counts */
	int64_t left_out;         /* rows that had no room, and profiles that were not looked into */
};

#define LOOKS 16384

static void add_row(struct explanation *e, const char *what, const char *kind, const char *name, uint32_t mask)
{
	char number[16];
	const char *const items[] = {what, kind, name, number};

	snprintf(number, sizeof number, "%" PRIu32, mask);
	e->left_out += !answer_row(e->answer, items, 4);
}

static void add_share(void *context, const struct authority_share *share)
{
	const char kind[] = {share->of->entity.kind, '\0'};
	const struct explanation *e = context;

	if (!e->all && share->record->entity_id != share->of->id)
		return;
	add_row(context, share->counts ? "gives" : "gone", kind, share->of->entity.name, share->record->mask);
}

/* Has somebody of the question a record in it, and not one who had that name before? */
static bool is_shown(struct explanation *e, const char *profile)
{
	const struct authority_who *who = &e->q->who;
	struct authority_record record;
	bool found;
	size_t i;

	if (e->all)
		return true;
	for (i = 0; e->result == AUTHZ_OK && i < who->count && e->looks++ < LOOKS; i++) {
		e->result = authority_record_find(e->r, e->t, e->q->object.type, profile, &who->who[i].entity, &record, &found);
		if (e->result == AUTHZ_OK && found && record.entity_id == who->who[i].id)
			return true;
	}
	e->left_out += e->looks > LOOKS;
	return false;
}

static void add_profile(void *context, const char *profile)
{
	struct explanation *e = context;

	if (strcmp(profile, e->counts) != 0 && is_shown(e, profile))
		add_row(e, "passed over", "", profile, 0);
}

static enum authz_result explain(struct question *q, struct explanation *e)
{
	struct rules *r = e->r;
	struct store_txn *t = e->t;
	bool found;
	enum authz_result result = authority_index_find(r, t, q->object.type, q->object.name, &q->node, &found, NULL, NULL);

	if (result != AUTHZ_OK)
		return result;
	if (found) {
		memcpy(e->counts, q->node.profile, sizeof e->counts);
		if (is_shown(e, e->counts))
			add_row(e, "counts", "", e->counts, 0);
	}
	result = authority_held(r, t, &q->object, &q->who, &q->node, &q->found, &q->mask, add_share, e);
	if (result == AUTHZ_OK)
		result = authority_index_find(r, t, q->object.type, q->object.name, &q->node, &found, add_profile, e);
	return result == AUTHZ_OK ? e->result : result;
}

enum authz_result authority_explain(struct rules *r, const struct request *request, struct answer *answer)
{
	struct question q;
	struct explanation e = {.answer = answer, .r = r, .q = &q};
	enum authz_result result = prepare(r, request, &q);

	if (result == AUTHZ_OK)
		result = authority_sees_all(r, &e.all);
	if (result == AUTHZ_OK)
		result = authority_who_counts(r, request, &q.who);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &e.t);
	if (result != AUTHZ_OK)
		return result;
	result = explain(&q, &e);
	store_abort(e.t);
	if (result != AUTHZ_OK)
		return result;
	put_mask(&q, answer);
	answer->reply.count = e.left_out;
	answer->reply.has |= UINT64_C(1) << REPLY_COUNT;
	return AUTHZ_OK;
}
