/* SPDX-License-Identifier: ISC */
/*
 * Z-DIS17C, and who is in through what.
 *
 * MUST 1: members are shown to supervisors and to the cabinet's administrators alone.
 */
#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"
#include "rules/cabinet_found.h"
#include "rules/cabinet_member.h"
#include "rules/cabinet_walk.h"

struct listing {
	struct answer *answer;
	enum cabinet_which which;
};

/* "by" is the entry in the cabinet, "member" who is in by it. */
static bool add_row(struct answer *answer, const struct cabinet_link *by, const struct cabinet_entity *member)
{
	char isn[16];
	const char *items[] = {
		isn, member->kind == 'u' ? "user" : "cabinet", member->name, cabinet_profile_word(by), by->special_name,
		member == &by->member ? "" : by->member.name,
	};

	snprintf(isn, sizeof isn, "%u", (unsigned)by->isn);
	return answer_row(answer, items, sizeof items / sizeof items[0]);
}

/* By a cabinet that is locked nobody is in. */
static enum authz_result enter(struct cabinet_walk *w, const struct cabinet_link *link, struct cabinet_entity *into)
{
	struct cabinet c;
	bool found;
	enum authz_result result = cabinet_read(w->r, w->t, link->member.name, &c, &found);

	if (result == AUTHZ_OK && !found)
		return rules_store(w->r, w->r->authority, AUTHZ_STORE_DAMAGED);
	if (result == AUTHZ_OK && !c.locked)
		*into = link->member;
	return result;
}

static enum authz_result take(struct cabinet_walk *w, const struct cabinet_link *link, bool again,
                              struct cabinet_entity *into)
{
	struct listing *l = w->context;

	if (l->which == CABINET_USERS && w->list == LIST_CABINETS)
		return enter(w, link, into);
	w->full = !again && !add_row(l->answer, link, &link->member);
	return AUTHZ_OK;
}

static enum authz_result take_inner(struct cabinet_walk *w, const struct cabinet_link *by,
                                    const struct cabinet_link *link)
{
	struct listing *l = w->context;

	w->full = !add_row(l->answer, by, &link->member);
	return AUTHZ_OK;
}

/* Administrators; or users, and then cabinets, or those who are in by them. */
static enum authz_result walk(struct cabinet_walk *w)
{
	bool ended;
	enum authz_result result;

	w->list = (enum cabinet_list)w->place.list;
	result = cabinet_walk(w, &ended);
	if (result == AUTHZ_OK && ended && w->list == LIST_USERS) {
		w->list = LIST_CABINETS;
		w->place = (struct cabinet_place){.list = LIST_CABINETS};
		result = cabinet_walk(w, &ended);
	}
	if (result == AUTHZ_OK && !ended)
		cabinet_place_write(&w->place, &((struct listing *)w->context)->answer->reply);
	return result;
}

static enum authz_result look(struct cabinet_walk *w, const struct request *request, const struct cabinet_actor *actor)
{
	struct cabinet c;
	enum authz_result result = rules_begin(w->r, w->r->authority, false, &w->t);

	if (result != AUTHZ_OK)
		return result;
	result = cabinet_find_to_look(w->r, w->t, request, actor, &c); /* MUST 1 */
	memcpy(w->of.name, c.name, sizeof w->of.name);
	if (result == AUTHZ_OK && c.locked && request->which == CABINET_USERS)
		result = rules_refuse(w->r, AUTHZ_CABINET_LOCKED, c.name);
	if (result == AUTHZ_OK)
		result = walk(w);
	store_abort(w->t);
	return result;
}

/* Of administrators there is one list. */
static bool take_cursor(struct cabinet_walk *w, const struct request *request)
{
	const bool admins = request->which == CABINET_ADMINS;

	if (!cabinet_place_read(&w->place, request))
		return false;
	if (request->cursor.length == 0)
		w->place.list = admins ? LIST_ADMINS : LIST_USERS;
	return admins ? w->place.list == LIST_ADMINS : w->place.list == LIST_USERS || w->place.list == LIST_CABINETS;
}

enum authz_result cabinet_members(struct rules *r, const struct request *request, struct answer *answer)
{
	struct listing l = {.answer = answer, .which = (enum cabinet_which)request->which};
	struct cabinet_walk w = {.r = r, .of.kind = 'c', .inner = LIST_USERS, .take = take, .take_inner = take_inner, .context = &l};
	struct cabinet_actor actor;
	enum authz_result result;

	if (request->which < CABINET_DIRECT || request->which > CABINET_USERS)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "which list");
	if (!take_cursor(&w, request))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "cursor");
	result = cabinet_who_looks(r, request, &actor);
	return result == AUTHZ_OK ? look(&w, request, &actor) : result;
}
