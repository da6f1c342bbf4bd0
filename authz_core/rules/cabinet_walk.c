/* SPDX-License-Identifier: ISC */
/* The MUSTs are in the header. */
#include "rules/cabinet_walk.h"

#include <string.h>

#include "rules/pack.h"

#define STEPS 4096
#define CURSOR_LENGTH 10

static bool goes_on(const struct cabinet_walk *w)
{
	return !w->full && w->steps < STEPS;
}

/* The links behind one, from the place on. */
static enum authz_result walk_inside(struct cabinet_walk *w, const struct cabinet_link *by, const struct cabinet_entity *into)
{
	struct cabinet_link link;
	enum authz_result result = cabinet_link_after(w->r, w->t, into, w->inner, w->place.within, &link);

	while (result == AUTHZ_OK && link.isn != 0 && goes_on(w)) {
		w->steps++;
		result = w->take_inner(w, by, &link);
		if (result != AUTHZ_OK || w->full)
			return result;
		w->place.within = link.isn;
		result = cabinet_link_next(w->r, w->t, w->inner, &link);
	}
	if (result == AUTHZ_OK && link.isn == 0)
		w->place.inside = false;
	return result;
}

static enum authz_result step(struct cabinet_walk *w, const struct cabinet_link *link)
{
	struct cabinet_entity into = {.kind = 'c'};
	const bool again = w->place.inside;
	enum authz_result result = w->take(w, link, again, &into);

	w->steps++;
	if (result != AUTHZ_OK || w->full)
		return result;
	if (!again)
		w->place = (struct cabinet_place){.list = w->place.list, .at = link->isn};
	w->place.inside = into.name[0] != '\0';
	return w->place.inside ? walk_inside(w, link, &into) : AUTHZ_OK;
}

static bool is_of(const struct cabinet_walk *w, const struct cabinet_link *link)
{
	if (link->relation != RELATION_MEMBER)
		return false;
	if (w->list == LIST_MEMBER_OF)
		return link->member.kind == w->of.kind && strcmp(link->member.name, w->of.name) == 0;
	return w->list == LIST_CABINETS && link->member.kind == 'c' && strcmp(link->cabinet, w->of.name) == 0;
}

/* The link behind which the last page stopped, if it is there still, else the next one (MUST 2). */
static enum authz_result resume(struct cabinet_walk *w, struct cabinet_link *link)
{
	bool found = false;
	enum authz_result result = AUTHZ_OK;

	if (w->place.inside)
		result = cabinet_link_by_isn(w->r, w->t, w->place.at, link, &found);
	if (result != AUTHZ_OK || (found && is_of(w, link)))
		return result;
	w->place.inside = false;
	return cabinet_link_after(w->r, w->t, &w->of, w->list, w->place.at, link);
}

enum authz_result cabinet_walk(struct cabinet_walk *w, bool *ended)
{
	struct cabinet_link link;
	enum authz_result result = resume(w, &link);

	*ended = false;
	while (result == AUTHZ_OK && link.isn != 0 && goes_on(w)) {
		result = step(w, &link);
		if (result != AUTHZ_OK || w->full || w->place.inside)
			return result;
		result = cabinet_link_next(w->r, w->t, w->list, &link);
	}
	*ended = result == AUTHZ_OK && link.isn == 0;
	return result;
}

bool cabinet_place_read(struct cabinet_place *place, const struct request *request)
{
	struct unpack u = {.at = request->cursor.bytes, .left = request->cursor.length};

	*place = (struct cabinet_place){0};
	if (request->cursor.length == 0)
		return true;
	place->list = (uint8_t)unpack_number(&u, 1);
	place->inside = unpack_number(&u, 1) != 0;
	place->at = (uint32_t)unpack_number(&u, 4);
	place->within = (uint32_t)unpack_number(&u, 4);
	return unpack_done(&u) && place->list < CABINET_LISTS;
}

void cabinet_place_write(const struct cabinet_place *place, struct reply *reply)
{
	struct pack p = {.at = reply->cursor.bytes, .size = CURSOR_LENGTH};

	pack_number(&p, place->list, 1);
	pack_number(&p, place->inside, 1);
	pack_number(&p, place->at, 4);
	pack_number(&p, place->within, 4);
	reply->cursor.length = p.used;
	reply->has |= 1u << REPLY_CURSOR;
}
