/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a wrong password of a cabinet counts, also of one that is not there; past the limit none is looked at.
 * MUST 2: a stranger's answer, and the work that it costs, are the same whether the cabinet to act as is there or not.
 * MUST 3: a cabinet that is locked gives nobody anything: not who acts as it, nor who administers by it.
 * MUST 4: who acts as another cabinet has what that has, and nothing of its own.
 * MUST 5: who is disabled (authzctl profile disable) has nothing.
 * MUST 6: an administration is the user's of whom it was made, not of another who has the name now.
 * MUST 7: a password that was refused is in the audit, whatever it was said for.
 */
#include "rules/cabinet_who.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_name.h"
#include "rules/profile_record.h"
#include "rules/tries.h"

/* ---- acting as another cabinet */

struct acting {
	struct rules *r;
	const struct request *request;
	struct cabinet cabinet;
	struct host_user user; /* of a private one */
	bool found, is_user, tells; /* it tells who asks that there is none */
};

static enum authz_result read_cabinet(struct acting *a)
{
	struct rules *r = a->r;
	struct store_txn *t;
	uint32_t special = 0;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = cabinet_read(r, t, a->request->as, &a->cabinet, &a->found);
	if (result == AUTHZ_OK)
		result = profile_caller_special(r, t, &special);
	a->tells = special & SPECIAL_SUPERVISOR;
	store_abort(t);
	return result;
}

/* A user has a private cabinet without a record too. */
static enum authz_result find_user(struct acting *a)
{
	struct rules *r = a->r;
	enum authz_result result;

	result = r->host->user_by_name(r->host->context, a->request->as, &a->user);
	a->is_user = result == AUTHZ_OK && strcmp(a->user.name, a->request->as) == 0 &&
	             (!a->found || a->cabinet.type == CABINET_PRIVATE);
	return result == AUTHZ_OK || result == AUTHZ_USER_NOT_FOUND ? AUTHZ_OK
	                                                            : rules_refuse(r, result, "the look-up of a user failed");
}

static bool is_there(const struct acting *a)
{
	return a->is_user || (a->found && a->cabinet.type != CABINET_PRIVATE);
}

static enum authz_result look_at_password(struct acting *a)
{
	struct rules *r = a->r;
	struct host_clock now;
	bool matches = false;
	enum authz_result result = r->host->clock(r->host->context, &now);

	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "a clock could not be read");
	result = tries_take_named(r, TRIES_CABINET, a->request->as, &now);
	if (result != AUTHZ_OK)
		return result;
	result = r->host->password(r->host->context, is_there(a) ? a->cabinet.crypt : "", a->request->secret, &matches);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, a->request->as);
	if (!matches || !is_there(a))
		return rules_refuse(r, AUTHZ_CABINET_PASSWORD, "");
	return tries_forget_named(r, TRIES_CABINET, a->request->as);
}

/* 02, then 03. */
static enum authz_result prove(struct acting *a)
{
	struct rules *r = a->r;
	enum authz_result result = read_cabinet(a);

	if (result == AUTHZ_OK)
		result = find_user(a);
	if (result != AUTHZ_OK)
		return result;
	if (a->tells && !is_there(a))
		return rules_refuse(r, AUTHZ_CABINET_NAME, a->request->as);
	if (!(a->request->has & HAS(SECRET)))
		return r->caller.is_host ? AUTHZ_OK : rules_refuse(r, AUTHZ_CABINET_PASSWORD, "");
	if (r->caller.is_host)
		return AUTHZ_OK;
	return look_at_password(a);
}

static enum authz_result act_as(struct rules *r, const struct request *request, struct cabinet_actor *out)
{
	struct acting a = {.r = r, .request = request};
	enum authz_result result = prove(&a);

	if (result == AUTHZ_OK && a.found && a.cabinet.locked)
		result = rules_refuse(r, AUTHZ_CABINET_LOCKED, request->as);
	snprintf(out->as, sizeof out->as, "%s", is_there(&a) ? request->as : "?");
	sodium_memzero(&a.cabinet, sizeof a.cabinet);
	if (result != AUTHZ_OK)
		return result;
	out->entity.kind = a.is_user ? 'u' : 'c';
	out->uid = a.user.uid;
	snprintf(out->entity.name, sizeof out->entity.name, "%s", request->as);
	return result;
}

static bool is_self(const struct rules *r, const struct request *request)
{
	return !r->caller.is_host && !(request->has & HAS(SECRET)) && strcmp(request->as, r->caller.name) == 0;
}

enum authz_result cabinet_who(struct rules *r, const struct request *request, struct cabinet_actor *out)
{
	memset(out, 0, sizeof *out);
	if ((request->has & HAS(AS)) && !is_self(r, request))
		return act_as(r, request, out);
	out->is_host = r->caller.is_host;
	out->uid = r->caller.uid;
	out->entity.kind = 'u';
	memcpy(out->entity.name, r->caller.name, sizeof out->entity.name);
	if (request->has & HAS(AS))
		memcpy(out->as, r->caller.name, sizeof out->as);
	return AUTHZ_OK;
}

/* MUST 7 */
enum authz_result cabinet_who_looks(struct rules *r, const struct request *request, struct cabinet_actor *out)
{
	const struct audit_event event = {.event = "cabinet.look", .caller = &r->caller, .object_type = "cabinet", .as = out->as,
	                                  .owner = request->cabinet};
	enum authz_result result = cabinet_who(r, request, out);

	return result == AUTHZ_OK ? result : rules_refused(r, &event, result);
}

/* ---- what it may */

/* Of a user who acts; of all others nothing is set. */
static enum authz_result own_state(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor,
                                   struct profile_state *p)
{
	memset(p, 0, sizeof *p);
	return actor->is_host || actor->entity.kind != 'u' ? AUTHZ_OK : profile_read(r, t, actor->uid, p);
}

enum authz_result cabinet_supervises(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, bool *does)
{
	struct profile_state p;
	enum authz_result result = own_state(r, t, actor, &p);

	*does = result == AUTHZ_OK && (actor->is_host || (!p.disabled && (p.special & SPECIAL_SUPERVISOR)));
	return result;
}

static enum authz_result is_live(struct rules *r, struct store_txn *t, const char *cabinet, bool *live)
{
	struct cabinet c;
	bool found;
	enum authz_result result = cabinet_read(r, t, cabinet, &c, &found);

	*live = result == AUTHZ_OK && found && c.type == CABINET_SHARED && !c.locked;
	return result;
}

static enum authz_result is_linked(struct rules *r, struct store_txn *t, enum cabinet_relation relation, const char *cabinet,
                                   const struct cabinet_entity *entity, uid_t uid, bool *linked)
{
	struct cabinet_link link;
	enum authz_result result = cabinet_link_find(r, t, relation, cabinet, entity, &link, linked);

	*linked = result == AUTHZ_OK && *linked && (entity->kind != 'u' || link.uid == uid);
	return result;
}

/* In a live cabinet, as a member of its own. */
static enum authz_result is_direct(struct rules *r, struct store_txn *t, const char *cabinet, const struct cabinet_entity *user,
                                   uid_t uid, bool *in)
{
	enum authz_result result = is_linked(r, t, RELATION_MEMBER, cabinet, user, uid, in);

	if (result == AUTHZ_OK && *in)
		result = is_live(r, t, cabinet, in);
	return result;
}

enum authz_result cabinet_user_is_in(struct rules *r, struct store_txn *t, const char *cabinet,
                                     const struct cabinet_entity *user, uid_t uid, bool *in)
{
	struct cabinet_entity of = {.kind = 'c'};
	struct cabinet_link link;
	enum authz_result result = is_live(r, t, cabinet, in);

	if (result != AUTHZ_OK || !*in)
		return result;
	snprintf(of.name, sizeof of.name, "%s", cabinet);
	result = is_direct(r, t, cabinet, user, uid, in);
	if (result != AUTHZ_OK || *in)
		return result;
	result = cabinet_link_first(r, t, &of, LIST_CABINETS, &link);
	while (result == AUTHZ_OK && link.isn != 0 && !*in) {
		result = is_direct(r, t, link.member.name, user, uid, in);
		if (result == AUTHZ_OK)
			result = cabinet_link_next(r, t, LIST_CABINETS, &link);
	}
	return result;
}

/* By a cabinet that is an administrator. */
static enum authz_result administers_by(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor,
                                        const struct cabinet_entity *cabinet, bool *does)
{
	struct cabinet_link link;
	enum authz_result result = cabinet_link_first(r, t, cabinet, LIST_ADMINS, &link);

	while (result == AUTHZ_OK && link.isn != 0 && !*does) {
		if (link.member.kind == 'c')
			result = cabinet_user_is_in(r, t, link.member.name, &actor->entity, actor->uid, does);
		if (result == AUTHZ_OK)
			result = cabinet_link_next(r, t, LIST_ADMINS, &link);
	}
	return result;
}

enum authz_result cabinet_administers(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor,
                                      const char *cabinet, bool *does)
{
	struct cabinet_entity of = {.kind = 'c'};
	struct profile_state p;
	enum authz_result result = cabinet_supervises(r, t, actor, does);

	if (result == AUTHZ_OK)
		result = own_state(r, t, actor, &p);
	if (result != AUTHZ_OK || *does || p.disabled || actor->entity.name[0] == '\0')
		return result;
	snprintf(of.name, sizeof of.name, "%s", cabinet);
	result = is_linked(r, t, RELATION_ADMIN, cabinet, &actor->entity, actor->uid, does);
	if (result == AUTHZ_OK && *does && actor->entity.kind == 'c')
		return is_live(r, t, actor->entity.name, does);
	if (result == AUTHZ_OK && !*does && actor->entity.kind == 'u')
		result = administers_by(r, t, actor, &of, does);
	return result;
}

/* ---- anything at all */

static enum authz_result administers_some(struct rules *r, struct store_txn *t, const char *cabinet, bool *some)
{
	struct cabinet_entity of = {.kind = 'c'};
	uint64_t count = 0;
	enum authz_result result = is_live(r, t, cabinet, some);

	if (result != AUTHZ_OK || !*some)
		return result;
	snprintf(of.name, sizeof of.name, "%s", cabinet);
	result = cabinet_link_count(r, t, &of, LIST_ADMIN_OF, &count);
	*some = result == AUTHZ_OK && count > 0;
	return result;
}

/* By a cabinet that somebody is in, or by one that this one is in. */
static enum authz_result some_above(struct rules *r, struct store_txn *t, const char *cabinet, bool *some)
{
	struct cabinet_entity of = {.kind = 'c'};
	struct cabinet_link link;
	bool live;
	enum authz_result result = is_live(r, t, cabinet, &live);

	*some = false;
	if (result == AUTHZ_OK && live)
		result = administers_some(r, t, cabinet, some);
	if (result != AUTHZ_OK || !live || *some)
		return result;
	snprintf(of.name, sizeof of.name, "%s", cabinet);
	result = cabinet_link_first(r, t, &of, LIST_MEMBER_OF, &link);
	while (result == AUTHZ_OK && link.isn != 0 && !*some) {
		result = administers_some(r, t, link.cabinet, some);
		if (result == AUTHZ_OK)
			result = cabinet_link_next(r, t, LIST_MEMBER_OF, &link);
	}
	return result;
}

/* Along what the one who acts administers, or what it is in. */
static enum authz_result any_in(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, enum cabinet_list list,
                                bool *does)
{
	struct cabinet_link link;
	enum authz_result result = cabinet_link_first(r, t, &actor->entity, list, &link);

	while (result == AUTHZ_OK && link.isn != 0 && !*does) {
		*does = list == LIST_ADMIN_OF && (actor->entity.kind != 'u' || link.uid == actor->uid);
		if (list == LIST_MEMBER_OF && link.uid == actor->uid)
			result = some_above(r, t, link.cabinet, does);
		if (result == AUTHZ_OK)
			result = cabinet_link_next(r, t, list, &link);
	}
	return result;
}

enum authz_result cabinet_administers_any(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, bool *does)
{
	struct profile_state p;
	enum authz_result result = cabinet_supervises(r, t, actor, does);

	if (result == AUTHZ_OK)
		result = own_state(r, t, actor, &p);
	if (result != AUTHZ_OK || *does || p.disabled || actor->entity.name[0] == '\0')
		return result;
	result = any_in(r, t, actor, LIST_ADMIN_OF, does);
	if (result == AUTHZ_OK && !*does && actor->entity.kind == 'u')
		result = any_in(r, t, actor, LIST_MEMBER_OF, does);
	return result;
}

/* ---- refusals */

enum authz_result cabinet_must_supervise(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor)
{
	bool does;
	enum authz_result result = cabinet_supervises(r, t, actor, &does);

	return result != AUTHZ_OK || does ? result : rules_refuse(r, AUTHZ_SPECIAL_REQUIRED, "*SUPERVISOR");
}

enum authz_result cabinet_may(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, const char *cabinet)
{
	bool does;
	enum authz_result result = cabinet_administers(r, t, actor, cabinet, &does);

	return result != AUTHZ_OK || does ? result : rules_refuse(r, AUTHZ_CABINET_ADMIN, cabinet);
}

bool cabinet_is_own(const struct cabinet_actor *actor, const char *cabinet)
{
	return actor->entity.kind == 'u' && actor->entity.name[0] != '\0' && strcmp(actor->entity.name, cabinet) == 0;
}

enum authz_result cabinet_may_own(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor, const char *cabinet)
{
	struct profile_state p;
	enum authz_result result = own_state(r, t, actor, &p);

	return result != AUTHZ_OK || (!p.disabled && cabinet_is_own(actor, cabinet)) ? result : cabinet_may(r, t, actor, cabinet);
}
