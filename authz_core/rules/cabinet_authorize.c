/* SPDX-License-Identifier: ISC */
/*
 * Z-MOD17: the owner of a private cabinet authorizes a user, gives her another profile, or takes it all back.
 *
 * MUST 1: the checks are made in the order of doc/CABINETS, and the first that fails is the answer.
 * MUST 2: only the user whose cabinet it is, whoever acts as it, and supervisors.
 * MUST 3: what is withdrawn is withdrawn though NSS knows the names no more, or is out of reach.
 * MUST 4: whoever authorizes learns of no cabinet that is hidden from him.
 */
#include "rules/cabinet.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_change.h"
#include "rules/cabinet_guest.h"
#include "rules/cabinet_name.h"
#include "rules/cabinet_see.h"

struct authorization {
	struct cabinet_change change; /* the first */
	struct request request;       /* with the cabinet that is meant */
	struct cabinet_named owner, guest;
	struct cabinet_link link;
	bool found; /* the link, whoever left it */
};

/* With none given it is the private one of who acts. */
static void take_request(struct authorization *a, const struct request *request)
{
	const char *own = request->has & HAS(AS) ? request->as : a->change.r->caller.name;

	a->request = *request;
	a->change.request = &a->request;
	if ((request->has & HAS(CABINET)) == 0)
		snprintf(a->request.cabinet, sizeof a->request.cabinet, "%s", own);
}

static enum authz_result names_fit(struct cabinet_change *c)
{
	if (!cabinet_member_name_fits(c->request->cabinet))
		return rules_refuse(c->r, AUTHZ_PARAMETER_LIST, "cabinet");
	return cabinet_member_name_fits(c->request->member) ? AUTHZ_OK : rules_refuse(c->r, AUTHZ_PARAMETER_LIST, "member");
}

static void describe(struct authorization *a)
{
	struct cabinet_change *c = &a->change;

	snprintf(c->entity, sizeof c->entity, "u:%s", a->link.member.name);
	snprintf(c->detail, sizeof c->detail, "isn=%u security=%04u marks=%x", (unsigned)a->link.isn, a->link.special.security,
	         (unsigned)a->link.special.marks);
}

/* ---- authorize */

static enum authz_result shape(struct cabinet_change *c)
{
	struct authorization *a = (struct authorization *)c;
	enum authz_result result = names_fit(c);

	if (result == AUTHZ_OK)
		result = cabinet_change_profile_fits(c);
	if (result == AUTHZ_OK)
		result = cabinet_member_ask(c->r, c->request->cabinet, &a->owner);
	return result == AUTHZ_OK ? cabinet_member_ask(c->r, c->request->member, &a->guest) : result;
}

/* 02 */
static enum authz_result check_owner(struct authorization *a, struct store_txn *t)
{
	struct cabinet_change *c = &a->change;
	bool is, locked;
	enum authz_result result = cabinet_is_private(c->r, t, &a->owner, &is, &locked);

	if (result != AUTHZ_OK)
		return result;
	is = is && strcmp(a->owner.name, c->request->cabinet) == 0;
	return is ? AUTHZ_OK : rules_refuse(c->r, AUTHZ_CABINET_NAME, c->request->cabinet);
}

/* 32, 93, 97; MUST 4 */
static enum authz_result check_guest(struct authorization *a, struct store_txn *t)
{
	struct cabinet_change *c = &a->change;
	struct cabinet other;
	bool known = a->guest.is_group, found = false;
	enum authz_result result = AUTHZ_OK;

	if (a->guest.is_user)
		return strcmp(a->guest.name, a->owner.name) != 0 ? AUTHZ_OK : rules_refuse(c->r, AUTHZ_MEMBER_OF_SELF, a->owner.name);
	if (!known)
		result = cabinet_read(c->r, t, a->guest.name, &other, &found);
	if (result == AUTHZ_OK && found && other.type != CABINET_PRIVATE)
		result = cabinet_sees(c->r, t, &c->actor, &other, &known);
	if (result != AUTHZ_OK)
		return result;
	return rules_refuse(c->r, known ? AUTHZ_MEMBER_KIND : AUTHZ_MEMBER_NOT_FOUND, a->guest.name);
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	struct authorization *a = (struct authorization *)c;
	enum authz_result result = cabinet_change_decide_own(c, t);

	c->event.owner = c->request->cabinet;
	if (result == AUTHZ_OK)
		result = check_owner(a, t);
	if (result == AUTHZ_OK)
		result = check_guest(a, t);
	return result == AUTHZ_OK ? cabinet_guest_link(c->r, t, a->owner.name, a->guest.name, &a->link, &a->found) : result;
}

/* What users of these names before left is none; what is new begins with nothing. */
static enum authz_result begin(struct authorization *a, struct store_txn *t)
{
	struct rules *r = a->change.r;
	const bool theirs = a->found && a->link.owner == a->owner.uid && a->link.uid == a->guest.uid;
	enum authz_result result = AUTHZ_OK;

	if (a->found && !theirs)
		result = cabinet_link_remove(r, t, &a->link);
	if (!theirs) {
		a->link = (struct cabinet_link){.relation = RELATION_GUEST, .member.kind = 'u', .uid = a->guest.uid, .owner = a->owner.uid};
		memcpy(a->link.cabinet, a->owner.name, sizeof a->link.cabinet);
		memcpy(a->link.member.name, a->guest.name, sizeof a->link.member.name);
	}
	if (a->link.profile_type == 0) {
		a->link.profile_type = CABINET_PROFILE_SPECIAL;
		a->link.maker = r->caller.uid;
		a->link.made = a->change.now.wall;
	}
	cabinet_change_profile(&a->change, &a->link.special);
	return result;
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	struct authorization *a = (struct authorization *)c;
	enum authz_result result = begin(a, t);

	if (result == AUTHZ_OK)
		result = a->link.isn == 0 ? cabinet_link_add(c->r, t, &a->link) : cabinet_link_change(c->r, t, &a->link);
	describe(a);
	return result;
}

/* ---- withdraw */

/* MUST 3: then it is the name that was given. */
static enum authz_result withdraw_shape(struct cabinet_change *c)
{
	(void)cabinet_member_ask(c->r, c->request->member, &((struct authorization *)c)->guest);
	return names_fit(c);
}

static enum authz_result withdraw_decide(struct cabinet_change *c, struct store_txn *t)
{
	struct authorization *a = (struct authorization *)c;
	enum authz_result result = cabinet_change_decide_own(c, t);

	c->event.owner = c->request->cabinet;
	if (result == AUTHZ_OK)
		result = cabinet_guest_link(c->r, t, c->request->cabinet, a->guest.name, &a->link, &a->found);
	if (result == AUTHZ_OK && (!a->found || a->link.profile_type == 0))
		return rules_refuse(c->r, AUTHZ_NOT_A_MEMBER, a->guest.name);
	return result;
}

static enum authz_result withdraw_apply(struct cabinet_change *c, struct store_txn *t)
{
	struct authorization *a = (struct authorization *)c;

	describe(a);
	a->link.profile_type = 0;
	a->link.special = (struct cabinet_profile){0};
	return cabinet_link_change(c->r, t, &a->link);
}

/* ---- both */

static enum authz_result run(struct rules *r, const struct request *request, const char *event,
                             const struct cabinet_steps *steps)
{
	struct authorization a = {.change = {.r = r, .event = {.event = event}}};
	enum authz_result result;

	take_request(&a, request);
	result = cabinet_change_run(&a.change, steps);
	sodium_memzero(&a.request, sizeof a.request);
	return result;
}

enum authz_result cabinet_authorize(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide, NULL, apply};

	return run(r, request, "cabinet.authorize", &steps);
}

enum authz_result cabinet_withdraw(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {withdraw_shape, withdraw_decide, NULL, withdraw_apply};

	return run(r, request, "cabinet.withdraw", &steps);
}
