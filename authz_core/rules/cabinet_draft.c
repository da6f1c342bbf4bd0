/* SPDX-License-Identifier: ISC */
/*
 * Which pairs may have changed.  What was removed in the transaction is in no list any more; so wherever lists are followed
 * upwards, what was touched is added to them.
 */
#include "rules/cabinet_draft.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#define TOLD_EACH 4096 /* links */
#define STEPS 256      /* records of the store for each as much work as a link */

/* ---- memory */

bool draft_room(void *array, size_t *room, size_t count, size_t size)
{
	const size_t more = *room == 0 ? 64 : *room * 2;
	void **at = array;
	unsigned char *bytes;

	if (count < *room)
		return true;
	bytes = more > SIZE_MAX / 2 / size ? NULL : realloc(*at, more * size);
	if (bytes == NULL)
		return false;
	memset(bytes + *room * size, 0, (more - *room) * size);
	*at = bytes;
	*room = more;
	return true;
}

enum authz_result draft_no_memory(struct draft *d)
{
	return rules_refuse(d->r, AUTHZ_NO_MEMORY, "");
}

void draft_free(struct draft *d)
{
	size_t i;

	for (i = 0; i < d->of_room; i++)
		free(d->of[i].reach);
	free(d->of);
	free(d->pairs);
	name_set_free(&d->cabinets);
	name_set_free(&d->users);
	arena_free(&d->arena);
}

/* ---- the store */

static enum authz_result tell(struct draft *d)
{
	char text[48];
	const int length = snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, d->done, d->total);

	d->told = d->looked;
	if (d->stream == NULL || (d->stream->put(d->stream->context, text, (size_t)length) && d->stream->flush(d->stream->context)))
		return AUTHZ_OK;
	return rules_refuse(d->r, AUTHZ_STOPPED, d->r->publisher->path);
}

static enum authz_result look(struct draft *d)
{
	d->looked++;
	if (d->most != 0 && d->looked > d->most)
		return rules_refuse(d->r, AUTHZ_VIEW_DAMAGED, d->r->publisher->path);
	return d->looked - d->told < TOLD_EACH ? AUTHZ_OK : tell(d);
}

enum authz_result draft_first(struct draft *d, char kind, const char *name, enum cabinet_list list, struct cabinet_link *link)
{
	struct cabinet_entity of = {.kind = kind};
	enum authz_result result = look(d);

	snprintf(of.name, sizeof of.name, "%s", name);
	return result == AUTHZ_OK ? cabinet_link_first(d->r, d->t, &of, list, link) : result;
}

enum authz_result draft_next(struct draft *d, enum cabinet_list list, struct cabinet_link *link)
{
	enum authz_result result = look(d);

	return result == AUTHZ_OK ? cabinet_link_next(d->r, d->t, list, link) : result;
}

/* With a build of another prefix or range what does not fit it is no group, and loses nothing else. */
static bool fits(const struct cabinet *c)
{
	char name[sizeof AUTHZ_GROUP_PREFIX + NAME_SIZE];

	snprintf(name, sizeof name, "%s%s", AUTHZ_GROUP_PREFIX, c->name);
	return view_name_fits(name) && view_gid_fits(c->gid);
}

enum authz_result draft_cabinet(struct draft *d, const char *name, uint32_t *number)
{
	struct draft_cabinet *of;
	struct cabinet c;
	bool found;
	enum authz_result result;

	if (!name_set_add(&d->cabinets, name, number) || !draft_room(&d->of, &d->of_room, *number, sizeof *d->of))
		return draft_no_memory(d);
	of = &d->of[*number];
	if (of->read)
		return AUTHZ_OK;
	result = cabinet_read(d->r, d->t, name, &c, &found);
	if (result != AUTHZ_OK)
		return result;
	of->read = true;
	of->found = found;
	of->live = found && c.type == CABINET_SHARED && !c.locked;
	of->is_group = of->live && fits(&c);
	of->gid = of->is_group ? c.gid : NO_GID;
	of->listing = c.listing;
	return AUTHZ_OK;
}

/* ---- pairs */

enum authz_result draft_add_pair(struct draft *d, char relation, uint32_t cabinet, const char *user, enum pair_state state)
{
	struct draft_pair p = {.cabinet = cabinet, .relation = relation, .state = (uint8_t)state};

	if (!name_set_add(&d->users, user, &p.user) || !draft_room(&d->pairs, &d->pair_room, d->pair_count, sizeof *d->pairs))
		return draft_no_memory(d);
	d->pairs[d->pair_count++] = p;
	d->of[cabinet].touched = true;
	return AUTHZ_OK;
}

static enum authz_result reach_add(struct draft *d, uint32_t from, const char *cabinet, enum cabinet_relation relation)
{
	struct draft_cabinet *of;
	uint32_t number;
	enum authz_result result = draft_cabinet(d, cabinet, &number);

	of = &d->of[from];
	if (result != AUTHZ_OK)
		return result;
	if (!draft_room(&of->reach, &of->reach_room, of->reach_count, sizeof *of->reach))
		return draft_no_memory(d);
	of->reach[of->reach_count++] = number * 2 + (relation == RELATION_ADMIN);
	return AUTHZ_OK;
}

/* Where cabinet "of" is a member or an administrator, or was, whoever is in "from" may be too. */
static enum authz_result reach_above(struct draft *d, uint32_t from, const char *of, enum cabinet_relation relation)
{
	const enum cabinet_list list = relation == RELATION_ADMIN ? LIST_ADMIN_OF : LIST_MEMBER_OF;
	const struct cabinet_touched *touched = d->touched;
	struct cabinet_link link;
	enum authz_result result = draft_first(d, 'c', of, list, &link);
	size_t i;

	while (result == AUTHZ_OK && link.isn != 0) {
		result = reach_add(d, from, link.cabinet, relation);
		if (result == AUTHZ_OK)
			result = draft_next(d, list, &link);
	}
	for (i = 0; i < touched->nested_count && result == AUTHZ_OK; i++)
		if (touched->nested[i].relation == (char)relation && strcmp(touched->nested[i].member.name, of) == 0)
			result = reach_add(d, from, touched->nested[i].cabinet, relation);
	return result;
}

static enum authz_result reach(struct draft *d, uint32_t from)
{
	const char *const name = d->cabinets.names[from];
	enum authz_result result = AUTHZ_OK;
	size_t i, members;

	if (d->of[from].reached)
		return AUTHZ_OK;
	d->of[from].reached = true;
	result = reach_add(d, from, name, RELATION_MEMBER);
	if (result == AUTHZ_OK)
		result = reach_above(d, from, name, RELATION_MEMBER);
	for (i = 0, members = d->of[from].reach_count; i < members && result == AUTHZ_OK; i++)
		result = reach_above(d, from, d->cabinets.names[d->of[from].reach[i] / 2], RELATION_ADMIN);
	return result;
}

/* Whether this user is in this cabinet, and all that follows from it. */
static enum authz_result expand(struct draft *d, uint32_t cabinet, const char *user)
{
	enum authz_result result = reach(d, cabinet);
	uint32_t to;
	size_t i;

	for (i = 0; i < d->of[cabinet].reach_count && result == AUTHZ_OK; i++) {
		to = d->of[cabinet].reach[i];
		result = draft_add_pair(d, to % 2 ? RELATION_ADMIN : RELATION_MEMBER, to / 2, user, PAIR_UNKNOWN);
	}
	return result;
}

/* ---- users of cabinets */

/* What to do with each user who is met. */
struct visit {
	bool expand;
	uint32_t cabinet;
	char relation;
	enum pair_state state; /* PAIR_IN: only what is live is followed, so whoever is met is in */
};

static enum authz_result visit_user(struct draft *d, const struct visit *v, const char *user)
{
	return v->expand ? expand(d, v->cabinet, user) : draft_add_pair(d, v->relation, v->cabinet, user, v->state);
}

static enum authz_result visit_users(struct draft *d, const char *cabinet, const struct visit *v)
{
	struct cabinet_link link;
	enum authz_result result = draft_first(d, 'c', cabinet, LIST_USERS, &link);

	while (result == AUTHZ_OK && link.isn != 0) {
		result = visit_user(d, v, link.member.name);
		if (result == AUTHZ_OK)
			result = draft_next(d, LIST_USERS, &link);
	}
	return result;
}

static enum authz_result may_follow(struct draft *d, const char *cabinet, const struct visit *v, bool *follow)
{
	uint32_t number;
	enum authz_result result = draft_cabinet(d, cabinet, &number);

	*follow = result == AUTHZ_OK && (v->state != PAIR_IN || d->of[number].live);
	return result;
}

/* And of the cabinets that are its members. */
static enum authz_result visit_all(struct draft *d, const char *cabinet, const struct visit *v)
{
	struct cabinet_link link;
	bool follow;
	enum authz_result result = may_follow(d, cabinet, v, &follow);

	if (result != AUTHZ_OK || !follow)
		return result;
	result = visit_users(d, cabinet, v);
	if (result == AUTHZ_OK)
		result = draft_first(d, 'c', cabinet, LIST_CABINETS, &link);
	while (result == AUTHZ_OK && link.isn != 0) {
		result = may_follow(d, link.member.name, v, &follow);
		if (result == AUTHZ_OK && follow)
			result = visit_users(d, link.member.name, v);
		if (result == AUTHZ_OK)
			result = draft_next(d, LIST_CABINETS, &link);
	}
	return result;
}

static enum authz_result visit_administrators(struct draft *d, uint32_t cabinet, enum pair_state state)
{
	const struct visit v = {.cabinet = cabinet, .relation = RELATION_ADMIN, .state = state};
	struct cabinet_link link;
	enum authz_result result = draft_first(d, 'c', d->cabinets.names[cabinet], LIST_ADMINS, &link);

	while (result == AUTHZ_OK && link.isn != 0) {
		result = link.member.kind == 'c' ? visit_all(d, link.member.name, &v) : visit_user(d, &v, link.member.name);
		if (result == AUTHZ_OK)
			result = draft_next(d, LIST_ADMINS, &link);
	}
	return result;
}

/* ---- what was touched */

gid_t draft_base_gid(struct draft *d, uint32_t cabinet)
{
	struct draft_cabinet *of = &d->of[cabinet];
	char name[sizeof AUTHZ_GROUP_PREFIX + NAME_SIZE];
	struct view_group g;

	if (of->based)
		return of->base_gid;
	of->based = true;
	of->base_gid = NO_GID;
	snprintf(name, sizeof name, "%s%s", AUTHZ_GROUP_PREFIX, d->cabinets.names[cabinet]);
	if (d->base.bytes != NULL && view_by_name(&d->base, name, &g) == VIEW_FOUND)
		of->base_gid = g.gid;
	return of->base_gid;
}

static bool has_gid(const struct view_membership *m, gid_t gid)
{
	size_t i;

	for (i = 0; i < m->gid_count; i++)
		if (m->gids[i] == gid)
			return true;
	return false;
}

static enum authz_result touch_based(struct draft *d, uint32_t cabinet)
{
	const gid_t gid = draft_base_gid(d, cabinet);
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; gid != NO_GID && i < d->last.membership_count && result == AUTHZ_OK; i++)
		if (has_gid(&d->last.memberships[i], gid))
			result = expand(d, cabinet, d->last.memberships[i].user);
	return result;
}

/* Who is in a group that was live and is has not changed, but for links that were touched too. */
static enum authz_result touch_cabinet(struct draft *d, const char *name)
{
	struct visit v = {.expand = true};
	uint32_t number;
	enum authz_result result = draft_cabinet(d, name, &number);

	if (result != AUTHZ_OK)
		return result;
	v.cabinet = number;
	d->of[number].touched = true;
	d->of[number].relist = true;
	if (d->of[number].is_group && draft_base_gid(d, number) == d->of[number].gid)
		return AUTHZ_OK;
	result = visit_all(d, name, &v);
	if (result == AUTHZ_OK)
		result = touch_based(d, number);
	return result == AUTHZ_OK ? visit_administrators(d, number, PAIR_UNKNOWN) : result;
}

static enum authz_result touch_user(struct draft *d, const struct touched_link *l)
{
	uint32_t number;
	enum authz_result result = draft_cabinet(d, l->cabinet, &number);

	if (result != AUTHZ_OK)
		return result;
	return l->relation == RELATION_ADMIN ? draft_add_pair(d, RELATION_ADMIN, number, l->member.name, PAIR_UNKNOWN) :
	                                       expand(d, number, l->member.name);
}

static enum authz_result touch_nested(struct draft *d, const struct touched_link *l)
{
	struct visit v = {.expand = l->relation == RELATION_MEMBER, .relation = RELATION_ADMIN};
	enum authz_result result = draft_cabinet(d, l->cabinet, &v.cabinet);

	return result == AUTHZ_OK ? visit_all(d, l->member.name, &v) : result;
}

static enum authz_result collect_touched(struct draft *d)
{
	const struct cabinet_touched *touched = d->touched;
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < touched->cabinet_count && result == AUTHZ_OK; i++)
		result = touch_cabinet(d, touched->cabinets[i]);
	for (i = 0; i < touched->user_count && result == AUTHZ_OK; i++)
		result = touch_user(d, &touched->users[i]);
	for (i = 0; i < touched->nested_count && result == AUTHZ_OK; i++)
		result = touch_nested(d, &touched->nested[i]);
	return result;
}

/* ---- all */

/* What is committed; of what was not yet, the names are known, as it was touched. */
static enum authz_result find_cabinets(struct draft *d)
{
	unsigned char key[STORE_KEY_MAX], value[STORE_VALUE_MAX];
	struct cabinet_numbers numbers;
	size_t key_length = 0, length;
	uint64_t count = 0;
	struct cabinet c;
	bool matched;
	uint32_t number;
	enum authz_result result = cabinet_numbers_read(d->r, d->t, &numbers);

	d->total = numbers.cabinets;
	while (result == AUTHZ_OK) {
		result = rules_store(d->r, d->r->authority, store_next(d->t, CABINET_KEY, 2, STEPS, key, &key_length, value,
		                                                       sizeof value, &length, &matched));
		if (result == AUTHZ_OK && key_length == 0)
			break;
		if (result == AUTHZ_OK)
			result = look(d);
		if (result != AUTHZ_OK || !matched)
			continue;
		count++;
		if (!cabinet_unpack(&c, key, key_length, value, length))
			return rules_store(d->r, d->r->authority, AUTHZ_STORE_DAMAGED);
		result = draft_cabinet(d, c.name, &number);
	}
	/* one that is lost would be a group less */
	if (result == AUTHZ_OK && d->touched == NULL && count != numbers.cabinets)
		result = rules_store(d->r, d->r->authority, AUTHZ_STORE_DAMAGED);
	return result;
}

static enum authz_result find_touched(struct draft *d)
{
	const struct cabinet_touched *touched = d->touched;
	enum authz_result result = AUTHZ_OK;
	uint32_t number;
	size_t i;

	for (i = 0; touched != NULL && i < touched->cabinet_count && result == AUTHZ_OK; i++)
		result = draft_cabinet(d, touched->cabinets[i], &number);
	return result;
}

static enum authz_result collect_all(struct draft *d)
{
	struct visit v = {.relation = RELATION_MEMBER, .state = PAIR_IN};
	enum authz_result result = find_cabinets(d);
	uint32_t i, count;

	if (result == AUTHZ_OK)
		result = find_touched(d);
	for (i = 0, count = d->cabinets.count; i < count && result == AUTHZ_OK; i++, d->done++) {
		if (!d->of[i].is_group)
			continue;
		v.cabinet = i;
		d->of[i].touched = true;
		d->of[i].relist = true;
		result = visit_all(d, d->cabinets.names[i], &v);
		if (result == AUTHZ_OK)
			result = visit_administrators(d, i, PAIR_IN);
	}
	return result == AUTHZ_OK && d->stream != NULL ? tell(d) : result;
}

enum authz_result draft_make(struct draft *d)
{
	enum authz_result result;

	d->cabinets.arena = d->users.arena = &d->arena;
	d->r->host->random(d->r->host->context, &d->cabinets.seed, sizeof d->cabinets.seed);
	d->users.seed = d->cabinets.seed;
	result = d->all ? collect_all(d) : collect_touched(d);
	if (result == AUTHZ_OK)
		result = draft_evaluate(d);
	return result == AUTHZ_OK ? draft_compose(d) : result;
}
