/* SPDX-License-Identifier: ISC */
/*
 * Z-MEMSHP: where somebody may go: shared cabinets, and then private ones whose owners authorized him.
 *
 * MUST 1: everybody sees his own; only a supervisor sees another's.
 * MUST 2: what somebody authorized who had the owner's name before opens nothing.
 */
#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"
#include "rules/cabinet_guest.h"
#include "rules/cabinet_walk.h"
#include "rules/cabinet_who.h"

#define GUEST_OF 64 /* authorizations of a page, of which NSS is asked behind the transaction */

struct places {
	struct answer *answer;
	uid_t uid; /* of a user */
	bool gone; /* there is no such user: what is left of him */
	struct cabinet_link authorized[GUEST_OF];
	size_t count;
	uint32_t before; /* the ISN behind which they begin */
};

/* "through" is the cabinet by which he is in, or "". */
static bool add_row(struct answer *answer, const struct cabinet_link *link, const char *through)
{
	const struct cabinet_profile_items profile = cabinet_profile_items(link);
	char isn[16];
	const char *items[] = {link->cabinet, link->relation == RELATION_GUEST ? "P" : "S", isn, through, cabinet_profile_word(link),
	                       profile.security, profile.marks};

	snprintf(isn, sizeof isn, "%u", (unsigned)link->isn);
	return answer_row(answer, items, sizeof items / sizeof items[0]);
}

/* What was authorized is taken with it, if it is not locked: whether its owner is the same is asked later. */
static enum authz_result take_authorized(struct cabinet_walk *w, const struct cabinet_link *link)
{
	struct places *p = w->context;
	struct cabinet_named owner = {.is_user = true};
	bool is, locked;
	enum authz_result result;

	if (!cabinet_guest_is_live(link, link->owner) || (link->uid != p->uid && !p->gone))
		return AUTHZ_OK;
	memcpy(owner.name, link->cabinet, sizeof owner.name);
	result = cabinet_is_private(w->r, w->t, &owner, &is, &locked);
	if (result != AUTHZ_OK || !is || locked)
		return result;
	w->full = p->count == GUEST_OF;
	if (!w->full)
		p->authorized[p->count++] = *link;
	return AUTHZ_OK;
}

static enum authz_result is_live(struct cabinet_walk *w, const char *cabinet, bool *live)
{
	struct cabinet c;
	bool found;
	enum authz_result result = cabinet_read(w->r, w->t, cabinet, &c, &found);

	*live = result == AUTHZ_OK && found && !c.locked;
	return result == AUTHZ_OK && !found ? rules_store(w->r, w->r->authority, AUTHZ_STORE_DAMAGED) : result;
}

/* What somebody had who had the name before is not his. */
static enum authz_result take(struct cabinet_walk *w, const struct cabinet_link *link, bool again,
                              struct cabinet_entity *into)
{
	struct places *p = w->context;
	bool live;
	enum authz_result result;

	if (w->list == LIST_GUEST_OF)
		return take_authorized(w, link);
	result = is_live(w, link->cabinet, &live);
	if (result != AUTHZ_OK || !live || (link->member.kind == 'u' && link->uid != p->uid && !p->gone))
		return result;
	w->full = !again && !add_row(p->answer, link, "");
	memcpy(into->name, link->cabinet, sizeof into->name);
	return AUTHZ_OK;
}

static enum authz_result take_inner(struct cabinet_walk *w, const struct cabinet_link *by,
                                    const struct cabinet_link *link)
{
	bool live;
	enum authz_result result = is_live(w, link->cabinet, &live);

	if (result == AUTHZ_OK && live)
		w->full = !add_row(((struct places *)w->context)->answer, link, by->cabinet);
	return result;
}

/* A user who is gone, and not one who never was. */
static enum authz_result must_have_left(struct cabinet_walk *w)
{
	uint64_t count = 0, guest = 0;
	enum authz_result result = cabinet_link_count(w->r, w->t, &w->of, LIST_MEMBER_OF, &count);

	if (result == AUTHZ_OK)
		result = cabinet_link_count(w->r, w->t, &w->of, LIST_GUEST_OF, &guest);
	return result == AUTHZ_OK && count + guest == 0 ? rules_refuse(w->r, AUTHZ_USER_NOT_FOUND, w->of.name) : result;
}

static enum authz_result walk(struct cabinet_walk *w, bool *ended)
{
	struct places *p = w->context;
	enum authz_result result = AUTHZ_OK;

	*ended = true;
	w->list = (enum cabinet_list)w->place.list;
	if (w->list == LIST_MEMBER_OF)
		result = cabinet_walk(w, ended);
	if (result != AUTHZ_OK || !*ended)
		return result;
	if (w->list == LIST_MEMBER_OF)
		w->place = (struct cabinet_place){.list = LIST_GUEST_OF};
	w->list = LIST_GUEST_OF;
	p->before = w->place.at;
	return cabinet_walk(w, ended);
}

/* MUST 2.  What there is no room for begins the next page. */
static enum authz_result add_authorized(struct cabinet_walk *w, bool *ended)
{
	struct places *p = w->context;
	struct host_user owner;
	enum authz_result result;
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct cabinet_link *link = &p->authorized[i];

		result = w->r->host->user_by_name(w->r->host->context, link->cabinet, &owner);
		if (result != AUTHZ_OK && result != AUTHZ_USER_NOT_FOUND)
			return rules_refuse(w->r, result, "the look-up of a user failed");
		if (result == AUTHZ_OK && cabinet_guest_is_live(link, owner.uid) && !add_row(p->answer, link, "")) {
			*ended = false;
			w->place = (struct cabinet_place){.list = LIST_GUEST_OF, .at = i > 0 ? link[-1].isn : p->before};
			break;
		}
	}
	return AUTHZ_OK;
}

static enum authz_result look(struct cabinet_walk *w, const struct cabinet_actor *actor, bool own)
{
	struct places *p = w->context;
	bool ended = true;
	enum authz_result result = rules_begin(w->r, w->r->authority, false, &w->t);

	if (result != AUTHZ_OK)
		return result;
	if (!own)
		result = cabinet_must_supervise(w->r, w->t, actor);
	if (result == AUTHZ_OK && p->gone)
		result = must_have_left(w);
	if (result == AUTHZ_OK && w->of.name[0] != '\0')
		result = walk(w, &ended);
	store_abort(w->t);
	if (result == AUTHZ_OK)
		result = add_authorized(w, &ended);
	if (result == AUTHZ_OK && !ended)
		cabinet_place_write(&w->place, &p->answer->reply);
	return result;
}

/* Whose: the one who acts, or the user that is named. */
static enum authz_result find(struct rules *r, const struct request *request, const struct cabinet_actor *actor,
                              struct cabinet_walk *w, bool *own)
{
	struct places *p = w->context;
	struct cabinet_named user;
	enum authz_result result;

	w->of = actor->entity;
	p->uid = actor->uid;
	*own = true;
	if (!(request->has & HAS(USER)))
		return AUTHZ_OK;
	result = cabinet_member_ask(r, request->user, &user);
	if (result != AUTHZ_OK)
		return result;
	*own = user.is_user && user.uid == actor->uid && cabinet_is_own(actor, user.name);
	w->of.kind = 'u';
	memcpy(w->of.name, user.name, sizeof w->of.name);
	p->uid = user.uid;
	p->gone = !user.is_user;
	return AUTHZ_OK;
}

enum authz_result cabinet_where(struct rules *r, const struct request *request, struct answer *answer)
{
	struct places p = {.answer = answer};
	struct cabinet_walk w = {.r = r, .inner = LIST_MEMBER_OF, .take = take, .take_inner = take_inner,
	                         .context = &p};
	struct cabinet_actor actor;
	enum authz_result result;
	bool own;

	if (request->cursor.length == 0)
		w.place.list = LIST_MEMBER_OF;
	else if (!cabinet_place_read(&w.place, request) || (w.place.list != LIST_MEMBER_OF && w.place.list != LIST_GUEST_OF))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "cursor");
	result = cabinet_who_looks(r, request, &actor);
	if (result == AUTHZ_OK)
		result = find(r, request, &actor, &w, &own);
	return result == AUTHZ_OK ? look(&w, &actor, own) : result;
}
