/* SPDX-License-Identifier: ISC */
/*
 * Administrators of a shared cabinet come and go: users, or shared cabinets, whose users then are.
 *
 * MUST 1: only a supervisor says who the administrators are.
 */
#include "rules/cabinet.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_change.h"
#include "rules/cabinet_name.h"

struct admin_change {
	struct cabinet_change change; /* the first */
	struct host_user user;
	bool is_user;
	struct cabinet_link link;
};

static enum authz_result shape(struct cabinet_change *c)
{
	const struct request *q = c->request;

	if (!cabinet_member_name_fits(q->cabinet))
		return rules_refuse(c->r, AUTHZ_CABINET_NAME, "");
	if (!cabinet_member_name_fits(q->member))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "administrator");
	if (q->which != CABINET_PLUS && q->which != CABINET_MINUS)
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "which");
	return AUTHZ_OK;
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result = cabinet_must_supervise(c->r, t, &c->actor);

	c->event.owner = c->request->cabinet;
	if (result == AUTHZ_OK)
		result = cabinet_change_find(c, t);
	if (result == AUTHZ_OK && (!c->found || c->cabinet.type != CABINET_SHARED))
		return rules_refuse(c->r, AUTHZ_NO_CABINET, c->request->cabinet);
	if (result == AUTHZ_OK && c->cabinet.locked)
		return rules_refuse(c->r, AUTHZ_CABINET_LOCKED, c->request->cabinet);
	return result;
}

static enum authz_result ask(struct cabinet_change *c)
{
	struct rules *r = c->r;
	struct admin_change *a = (struct admin_change *)c;
	enum authz_result result = r->host->user_by_name(r->host->context, c->request->member, &a->user);

	a->is_user = result == AUTHZ_OK;
	return result == AUTHZ_OK || result == AUTHZ_USER_NOT_FOUND ? AUTHZ_OK
	                                                            : rules_refuse(r, result, "the look-up of a user failed");
}

static enum authz_result find(struct cabinet_change *c, struct store_txn *t, char kind, bool *found)
{
	struct admin_change *a = (struct admin_change *)c;
	struct cabinet_entity entity = {.kind = kind};

	memcpy(entity.name, kind == 'u' && a->is_user ? a->user.name : c->request->member, sizeof entity.name);
	return cabinet_link_find(c->r, t, RELATION_ADMIN, c->request->cabinet, &entity, &a->link, found);
}

/* Who it is that is to be one: a user, else a live shared cabinet. */
static enum authz_result find_entity(struct cabinet_change *c, struct store_txn *t, struct cabinet_entity *entity)
{
	struct admin_change *a = (struct admin_change *)c;
	struct cabinet cabinet;
	bool found;
	enum authz_result result = cabinet_read(c->r, t, c->request->member, &cabinet, &found);

	entity->kind = a->is_user ? 'u' : 'c';
	memcpy(entity->name, a->is_user ? a->user.name : c->request->member, sizeof entity->name);
	if (result != AUTHZ_OK)
		return result;
	if (a->is_user)
		return found && cabinet.type != CABINET_PRIVATE ? rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "administrator") : AUTHZ_OK;
	if (!found || cabinet.type != CABINET_SHARED)
		return rules_refuse(c->r, found ? AUTHZ_MEMBER_KIND : AUTHZ_MEMBER_NOT_FOUND, c->request->member);
	return cabinet.locked ? rules_refuse(c->r, AUTHZ_CABINET_LOCKED, c->request->member) : AUTHZ_OK;
}

static void describe(struct cabinet_change *c, const struct cabinet_link *link)
{
	snprintf(c->entity, sizeof c->entity, "%c:%s", link->member.kind, link->member.name);
	cabinet_touch_link(c->touched, link);
}

static enum authz_result add(struct cabinet_change *c, struct store_txn *t)
{
	struct admin_change *a = (struct admin_change *)c;
	struct cabinet_link link = {.relation = RELATION_ADMIN, .uid = a->is_user ? a->user.uid : (uid_t)-1,
	                            .maker = c->r->caller.uid, .made = c->now.wall};
	bool found = false;
	enum authz_result result = find_entity(c, t, &link.member);

	memcpy(link.cabinet, c->request->cabinet, sizeof link.cabinet);
	if (result == AUTHZ_OK)
		result = find(c, t, link.member.kind, &found);
	if (result != AUTHZ_OK)
		return result;
	if (found && a->link.uid == link.uid)
		return rules_refuse(c->r, AUTHZ_ALREADY_MEMBER, link.member.name);
	if (found) /* another user had the name */
		result = cabinet_link_remove(c->r, t, &a->link);
	if (result == AUTHZ_OK)
		result = cabinet_link_add(c->r, t, &link);
	describe(c, &link);
	return result;
}

/* By name: the user may be gone. */
static enum authz_result take_away(struct cabinet_change *c, struct store_txn *t)
{
	struct admin_change *a = (struct admin_change *)c;
	bool found;
	enum authz_result result = find(c, t, 'u', &found);

	if (result == AUTHZ_OK && !found)
		result = find(c, t, 'c', &found);
	if (result != AUTHZ_OK)
		return result;
	if (!found)
		return rules_refuse(c->r, AUTHZ_NOT_A_MEMBER, c->request->member);
	describe(c, &a->link);
	return cabinet_link_remove(c->r, t, &a->link);
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	snprintf(c->detail, sizeof c->detail, "administrator=%s", c->request->which == CABINET_PLUS ? "added" : "removed");
	return c->request->which == CABINET_PLUS ? add(c, t) : take_away(c, t);
}

enum authz_result cabinet_admin(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide, ask, apply};
	struct admin_change a = {.change = {.r = r, .request = request, .event = {.event = "cabinet.admin"}}};

	return cabinet_change_run(&a.change, &steps);
}
