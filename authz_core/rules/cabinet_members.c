/* SPDX-License-Identifier: ISC */
/*
 * Z-DIS17C, who is in through what, and whom the owner of a private cabinet authorized.
 *
 * MUST 1: members are shown to supervisors and to the cabinet's administrators alone; whom the owner of a private cabinet
 *         authorized to him and to supervisors.
 */
#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"
#include "rules/cabinet_found.h"
#include "rules/cabinet_guest.h"
#include "rules/cabinet_walk.h"

struct listing {
	struct answer *answer;
	enum cabinet_which which;
	struct cabinet_named owner; /* if the name that was given may be a private cabinet's */
};

/* "by" is the entry in the cabinet, "member" who is in by it. */
static bool add_row(struct answer *answer, const struct cabinet_link *by, const struct cabinet_entity *member)
{
	const struct cabinet_profile_items profile = cabinet_profile_items(by);
	char isn[16];
	const char *items[] = {
		isn, member->kind == 'u' ? "user" : "cabinet", member->name, cabinet_profile_word(by), by->special_name,
		member == &by->member ? "" : by->member.name, profile.security, profile.marks,
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

	if (w->list == LIST_GUESTS && !cabinet_guest_is_live(link, l->owner.uid))
		return AUTHZ_OK;
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

/* Administrators; guests; or users, and then cabinets, or those who are in by them. */
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

static enum authz_result look_at_guests(struct cabinet_walk *w, const struct cabinet_actor *actor)
{
	const struct listing *l = w->context;
	enum authz_result result = cabinet_may_own(w->r, w->t, actor, l->owner.name); /* MUST 1 */

	w->of.kind = 'u';
	memcpy(w->of.name, l->owner.name, sizeof w->of.name);
	w->place.list = LIST_GUESTS;
	return result == AUTHZ_OK ? walk(w) : result;
}

static enum authz_result look_at_members(struct cabinet_walk *w, const struct request *request,
                                         const struct cabinet_actor *actor)
{
	struct cabinet c;
	enum authz_result result = cabinet_find_to_look(w->r, w->t, request, actor, &c); /* MUST 1 */

	memcpy(w->of.name, c.name, sizeof w->of.name);
	if (result == AUTHZ_OK && c.locked && request->which == CABINET_USERS)
		result = rules_refuse(w->r, AUTHZ_CABINET_LOCKED, c.name);
	return result == AUTHZ_OK ? walk(w) : result;
}

static enum authz_result look(struct cabinet_walk *w, const struct request *request, const struct cabinet_actor *actor)
{
	const struct listing *l = w->context;
	bool private, locked;
	enum authz_result result = rules_begin(w->r, w->r->authority, false, &w->t);

	if (result != AUTHZ_OK)
		return result;
	result = cabinet_is_private(w->r, w->t, &l->owner, &private, &locked);
	if (result == AUTHZ_OK)
		result = private ? look_at_guests(w, actor) : look_at_members(w, request, actor);
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
	return admins ? w->place.list == LIST_ADMINS :
	                w->place.list == LIST_USERS || w->place.list == LIST_CABINETS || w->place.list == LIST_GUESTS;
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
	if (result == AUTHZ_OK && l.which == CABINET_DIRECT) /* those of a private cabinet are its guests */
		result = cabinet_private_ask(r, request, &l.owner);
	return result == AUTHZ_OK ? look(&w, request, &actor) : result;
}
