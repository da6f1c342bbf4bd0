/* SPDX-License-Identifier: ISC */
/*
 * Z-DIS17F: the profile that somebody has in a shared cabinet, or in a private one whose owner authorized him.
 *
 * MUST 1: it is shown to supervisors, to the cabinet's administrators or owner, and to who has it.
 * MUST 2: the entry that counts is the direct one, else that of the lowest Member-ISN.
 */
#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"
#include "rules/cabinet_found.h"
#include "rules/cabinet_guest.h"

struct question {
	struct rules *r;
	const struct request *request;
	struct answer *answer;
	struct cabinet_actor actor;
	struct cabinet_named member, owner; /* owner: if the name that was given may be a private cabinet's */
	struct cabinet cabinet;
	struct cabinet_link link; /* the entry; isn 0: there is none */
	bool direct;
	struct cabinet_profile profile;
};

/* A user who had the name before is another. */
static bool is_his(const struct question *q, const struct cabinet_link *link)
{
	return link->member.kind != 'u' || !q->member.is_user || link->uid == q->member.uid;
}

/* By a cabinet that is in it, unless that one is locked. */
static enum authz_result is_in_by(struct question *q, struct store_txn *t, const struct cabinet_link *by, bool *in)
{
	struct cabinet_entity user = {.kind = 'u'};
	struct cabinet_link link;
	struct cabinet c;
	bool found;
	enum authz_result result = cabinet_read(q->r, t, by->member.name, &c, &found);

	*in = false;
	if (result == AUTHZ_OK && !found)
		return rules_store(q->r, q->r->authority, AUTHZ_STORE_DAMAGED);
	if (result != AUTHZ_OK || c.locked)
		return result;
	memcpy(user.name, q->member.name, sizeof user.name);
	result = cabinet_link_find(q->r, t, RELATION_MEMBER, c.name, &user, &link, in);
	*in = result == AUTHZ_OK && *in && is_his(q, &link);
	return result;
}

static enum authz_result find_nested(struct question *q, struct store_txn *t)
{
	struct cabinet_entity of = {.kind = 'c'};
	bool in = false;
	enum authz_result result;

	memcpy(of.name, q->cabinet.name, sizeof of.name);
	result = cabinet_link_first(q->r, t, &of, LIST_CABINETS, &q->link);
	while (result == AUTHZ_OK && q->link.isn != 0 && !in) {
		result = is_in_by(q, t, &q->link, &in);
		if (result == AUTHZ_OK && !in)
			result = cabinet_link_next(q->r, t, LIST_CABINETS, &q->link);
	}
	return result;
}

/* MUST 2 */
static enum authz_result find_entry(struct question *q, struct store_txn *t)
{
	enum authz_result result = cabinet_member_find(q->r, t, q->cabinet.name, &q->member, &q->link);

	q->direct = result == AUTHZ_OK && is_his(q, &q->link);
	if (result == AUTHZ_NOT_A_MEMBER || (result == AUTHZ_OK && !q->direct))
		result = find_nested(q, t);
	return result == AUTHZ_OK && q->link.isn == 0 ? rules_refuse(q->r, AUTHZ_NOT_A_MEMBER, q->member.name) : result;
}

static bool asks_about_himself(const struct question *q)
{
	return q->member.is_user && q->member.uid == q->actor.uid && cabinet_is_own(&q->actor, q->member.name);
}

/* MUST 1.  Who asks about himself and is authorized to nothing is told the same as any other. */
static enum authz_result find_guest(struct question *q, struct store_txn *t, bool locked)
{
	const enum authz_result may = cabinet_may_own(q->r, t, &q->actor, q->owner.name);
	enum authz_result result = may;

	q->direct = true;
	if (may != AUTHZ_OK && (may != AUTHZ_CABINET_ADMIN || !asks_about_himself(q)))
		return may;
	if (locked)
		result = may == AUTHZ_OK ? rules_refuse(q->r, AUTHZ_CABINET_LOCKED, q->owner.name) : AUTHZ_NOT_A_MEMBER;
	else
		result = cabinet_guest_find(q->r, t, &q->owner, &q->member, &q->link);
	return result == AUTHZ_NOT_A_MEMBER && may != AUTHZ_OK ? rules_refuse(q->r, may, q->owner.name) : result;
}

/*
 * MUST 1.  Who asks about himself and is not in is told the same as of a cabinet that is not there.
 */
static enum authz_result find_cabinet(struct question *q, struct store_txn *t)
{
	const bool own = asks_about_himself(q);
	enum authz_result result = cabinet_find_to_look(q->r, t, q->request, &q->actor, &q->cabinet), hidden = result;
	bool found;

	if (result == AUTHZ_OK && q->cabinet.locked)
		return rules_refuse(q->r, AUTHZ_CABINET_LOCKED, q->cabinet.name);
	if (result == AUTHZ_OK)
		return find_entry(q, t);
	if (result != AUTHZ_CABINET_ADMIN || !own)
		return result;
	result = cabinet_find_any(q->r, t, q->request, &q->cabinet, &found);
	if (result == AUTHZ_OK && found && !q->cabinet.locked)
		result = find_entry(q, t);
	else if (result == AUTHZ_OK)
		result = AUTHZ_NOT_A_MEMBER;
	return result == AUTHZ_NOT_A_MEMBER ? cabinet_find_refused(q->r, q->request, hidden) : result;
}

static void add_row(struct answer *answer, const char *name, const char *value)
{
	const char *const items[] = {name, value};

	(void)answer_row(answer, items, 2); /* a few rows always fit */
}

static void fill_answer(struct question *q)
{
	char text[16];

	add_row(q->answer, "profile", cabinet_profile_word(&q->link));
	snprintf(text, sizeof text, "%u", (unsigned)q->link.isn);
	add_row(q->answer, "isn", text);
	add_row(q->answer, "through", q->direct ? "" : q->link.member.name);
	add_row(q->answer, "special", q->link.special_name);
	snprintf(text, sizeof text, "%04u", q->profile.security);
	add_row(q->answer, "security", text);
	snprintf(text, sizeof text, "%u", q->profile.marks);
	add_row(q->answer, "marks", text);
}

static enum authz_result look(struct question *q)
{
	struct store_txn *t;
	bool private, locked;
	enum authz_result result = rules_begin(q->r, q->r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = cabinet_is_private(q->r, t, &q->owner, &private, &locked);
	if (result == AUTHZ_OK)
		result = private ? find_guest(q, t, locked) : find_cabinet(q, t);
	if (result == AUTHZ_OK)
		result = cabinet_profile_by(q->r, t, &q->cabinet, &q->link, &q->profile);
	store_abort(t);
	if (result == AUTHZ_OK)
		fill_answer(q);
	return result;
}

enum authz_result cabinet_profile_of(struct rules *r, const struct request *request, struct answer *answer)
{
	struct question q = {.r = r, .request = request, .answer = answer};
	enum authz_result result = cabinet_member_ask(r, request->member, &q.member);

	if (result == AUTHZ_OK)
		result = cabinet_who_looks(r, request, &q.actor);
	if (result == AUTHZ_OK)
		result = cabinet_private_ask(r, request, &q.owner);
	return result == AUTHZ_OK ? look(&q) : result;
}
