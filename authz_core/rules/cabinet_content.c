/* SPDX-License-Identifier: ISC */
/* What was found out, over what the last view says.  Records that nothing touched are taken as they are. */
#include "rules/cabinet_draft.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"

#define PREFIX_LENGTH (sizeof AUTHZ_GROUP_PREFIX - 1)

/* Pairs by cabinet, and numbers of pairs by user: where those of number n begin; those of n + 1 are behind. */
struct composing {
	struct draft *d;
	size_t *of_cabinet, *of_user;
	size_t *by_user;
	bool *based_cabinet, *based_user; /* the last view has it */
	struct view_cabinet *cabinets;
	struct view_membership *memberships;
	size_t cabinet_count, membership_count;
};

struct slice {
	const struct draft_pair *pairs;
	size_t count;
};

/* ---- what was found out of a cabinet, and of a user */

static bool index_pairs(struct composing *c)
{
	struct draft *d = c->d;
	size_t i, *next;

	c->of_cabinet = arena_get(&d->arena, d->cabinets.count + 2, sizeof *c->of_cabinet);
	c->of_user = arena_get(&d->arena, d->users.count + 2, sizeof *c->of_user);
	c->by_user = arena_get(&d->arena, d->pair_count + 1, sizeof *c->by_user);
	next = arena_get(&d->arena, d->users.count + 1, sizeof *next);
	if (c->of_cabinet == NULL || c->of_user == NULL || c->by_user == NULL || next == NULL)
		return false;
	for (i = 0; i < d->pair_count; i++) {
		c->of_cabinet[d->pairs[i].cabinet + 1]++;
		c->of_user[d->pairs[i].user + 1]++;
	}
	for (i = 0; i < d->cabinets.count; i++)
		c->of_cabinet[i + 1] += c->of_cabinet[i];
	for (i = 0; i < d->users.count; i++)
		c->of_user[i + 1] += c->of_user[i];
	memcpy(next, c->of_user, d->users.count * sizeof *next);
	for (i = 0; i < d->pair_count; i++)
		c->by_user[next[d->pairs[i].user]++] = i;
	return true;
}

/* They are in the order of relations, and administrators come first. */
static struct slice slice_of(const struct composing *c, uint32_t cabinet, char relation)
{
	struct slice s = {NULL, 0};
	const struct draft_pair *end;

	if (c->d->pair_count == 0) /* nor are there any pairs to point to */
		return s;
	s.pairs = c->d->pairs + c->of_cabinet[cabinet];
	end = c->d->pairs + c->of_cabinet[cabinet + 1];
	while (s.pairs < end && s.pairs->relation < relation)
		s.pairs++;
	while (s.pairs + s.count < end && s.pairs[s.count].relation == relation)
		s.count++;
	return s;
}

static int by_user(const void *key, const void *pair)
{
	const uint32_t user = *(const uint32_t *)key;
	const struct draft_pair *p = pair;

	return (user > p->user) - (user < p->user);
}

static enum pair_state state_of(const struct draft *d, const struct slice *s, const char *user)
{
	const struct draft_pair *p;
	uint32_t number;

	if (s->count == 0 || !name_set_find(&d->users, user, &number))
		return PAIR_UNKNOWN;
	p = bsearch(&number, s->pairs, s->count, sizeof *p, by_user);
	return p == NULL ? PAIR_UNKNOWN : (enum pair_state)p->state;
}

/* ---- groups */

struct list {
	const char **names;
	size_t count;
};

/* Of those that the last view has, who is not known to be out; then who is known to be in, and was not there. */
static bool compose_list(struct draft *d, const struct slice *s, const char *const *last, size_t last_count, struct list *out)
{
	size_t i;

	out->count = 0;
	out->names = arena_get(&d->arena, last_count + s->count + 1, sizeof *out->names);
	if (out->names == NULL)
		return false;
	for (i = 0; i < last_count; i++)
		if (state_of(d, s, last[i]) == PAIR_UNKNOWN)
			out->names[out->count++] = last[i];
	for (i = 0; i < s->count; i++)
		if (s->pairs[i].state == PAIR_IN)
			out->names[out->count++] = d->users.names[s->pairs[i].user];
	return true;
}

static bool last_has(const struct view_membership *m, gid_t gid)
{
	size_t i;

	for (i = 0; i < m->gid_count; i++)
		if (m->gids[i] == gid)
			return true;
	return false;
}

/* Whoever is in it by the last view, listed or not. */
static bool last_members(struct draft *d, gid_t gid, struct list *out)
{
	size_t i;

	out->count = 0;
	for (i = 0; gid != NO_GID && i < d->last.membership_count; i++)
		out->count += last_has(&d->last.memberships[i], gid);
	out->names = arena_get(&d->arena, out->count + 1, sizeof *out->names);
	if (out->names == NULL)
		return false;
	out->count = 0;
	for (i = 0; gid != NO_GID && i < d->last.membership_count; i++)
		if (last_has(&d->last.memberships[i], gid))
			out->names[out->count++] = d->last.memberships[i].user;
	return true;
}

static bool is_member(struct draft *d, const struct slice *s, gid_t gid, const char *user)
{
	const enum pair_state state = state_of(d, s, user);
	struct view_user u;
	uint32_t i;

	if (state != PAIR_UNKNOWN)
		return state == PAIR_IN;
	if (gid == NO_GID || view_by_user(&d->base, user, &u) != VIEW_FOUND)
		return false;
	for (i = 0; i < u.count; i++)
		if (u.gids[i] == gid)
			return true;
	return false;
}

static bool administrators_in(struct draft *d, const struct slice *s, gid_t gid, const struct list *from, struct list *out)
{
	size_t i;

	out->count = 0;
	out->names = arena_get(&d->arena, from->count + 1, sizeof *out->names);
	for (i = 0; out->names != NULL && i < from->count; i++)
		if (is_member(d, s, gid, from->names[i]))
			out->names[out->count++] = from->names[i];
	return out->names != NULL;
}

/* "last" is NULL where the last view has it not. */
static bool compose_listed(struct composing *c, uint32_t cabinet, const struct view_cabinet *last, const struct list *administrators,
                           struct list *out)
{
	struct draft *d = c->d;
	const gid_t gid = draft_base_gid(d, cabinet);
	const struct slice members = slice_of(c, cabinet, RELATION_MEMBER);
	struct list all;

	switch ((enum view_listing)d->of[cabinet].listing) {
	case VIEW_LIST_ALL:
		if (last != NULL && !d->of[cabinet].relist)
			return compose_list(d, &members, last->members, last->member_count, out);
		return last_members(d, gid, &all) && compose_list(d, &members, all.names, all.count, out);
	case VIEW_LIST_ADMINISTRATORS:
		return administrators_in(d, &members, gid, administrators, out);
	case VIEW_LIST_NONE:
		break;
	}
	*out = (struct list){NULL, 0};
	return true;
}

static const char *group_name(struct draft *d, uint32_t cabinet)
{
	const size_t length = strlen(d->cabinets.names[cabinet]) + 1;
	char *name = arena_get(&d->arena, PREFIX_LENGTH + length, 1);

	if (name == NULL)
		return NULL;
	memcpy(name, AUTHZ_GROUP_PREFIX, PREFIX_LENGTH);
	memcpy(name + PREFIX_LENGTH, d->cabinets.names[cabinet], length);
	return name;
}

static bool put_group(struct composing *c, uint32_t cabinet, const struct view_cabinet *last)
{
	struct draft *d = c->d;
	const struct slice s = slice_of(c, cabinet, RELATION_ADMIN);
	struct view_cabinet *g = &c->cabinets[c->cabinet_count];
	struct list administrators, members;

	if (!d->of[cabinet].is_group)
		return true;
	if (!compose_list(d, &s, last == NULL ? NULL : last->administrators, last == NULL ? 0 : last->administrator_count,
	                  &administrators) ||
	    !compose_listed(c, cabinet, last, &administrators, &members))
		return false;
	*g = (struct view_cabinet){.name = group_name(d, cabinet), .gid = d->of[cabinet].gid, .listing = VIEW_LIST_ALL,
	                           .members = members.names, .member_count = members.count,
	                           .administrators = administrators.names, .administrator_count = administrators.count};
	c->cabinet_count++;
	return g->name != NULL;
}

static bool put_groups(struct composing *c)
{
	struct draft *d = c->d;
	const struct view_cabinet *last;
	uint32_t number;
	size_t i;

	for (i = 0; i < d->last.cabinet_count; i++) {
		last = &d->last.cabinets[i];
		if (!name_set_find(&d->cabinets, last->name + PREFIX_LENGTH, &number) || !d->of[number].touched) {
			c->cabinets[c->cabinet_count++] = *last;
			continue;
		}
		c->based_cabinet[number] = true;
		if (!put_group(c, number, last))
			return false;
	}
	for (number = 0; number < d->cabinets.count; number++)
		if (d->of[number].touched && !c->based_cabinet[number] && !put_group(c, number, NULL))
			return false;
	return true;
}

/* ---- users */

/* Is this a gid of a group that the user was looked at for? */
static bool was_asked(struct composing *c, uint32_t user, gid_t gid)
{
	const struct draft *d = c->d;
	const struct draft_pair *p;
	size_t i;

	for (i = c->of_user[user]; i < c->of_user[user + 1]; i++) {
		p = &d->pairs[c->by_user[i]];
		if (p->relation == RELATION_MEMBER && d->of[p->cabinet].base_gid == gid)
			return true;
	}
	return false;
}

static bool put_user(struct composing *c, uint32_t user, const struct view_membership *last)
{
	struct draft *d = c->d;
	const size_t last_count = last == NULL ? 0 : last->gid_count, asked = c->of_user[user + 1] - c->of_user[user];
	gid_t *gids = arena_get(&d->arena, last_count + asked + 1, sizeof *gids);
	const struct draft_pair *p;
	size_t count = 0, i;

	if (gids == NULL)
		return false;
	for (i = 0; i < last_count; i++)
		if (!was_asked(c, user, last->gids[i]))
			gids[count++] = last->gids[i];
	for (i = c->of_user[user]; i < c->of_user[user + 1]; i++) {
		p = &d->pairs[c->by_user[i]];
		if (p->relation == RELATION_MEMBER && p->state == PAIR_IN && d->of[p->cabinet].is_group)
			gids[count++] = d->of[p->cabinet].gid;
	}
	/* who is in nothing has no record */
	if (count > 0)
		c->memberships[c->membership_count++] = (struct view_membership){d->users.names[user], gids, count};
	return true;
}

static bool put_users(struct composing *c)
{
	struct draft *d = c->d;
	const struct view_membership *last;
	uint32_t number;
	size_t i;

	for (i = 0; i < d->last.membership_count; i++) {
		last = &d->last.memberships[i];
		if (!name_set_find(&d->users, last->user, &number)) {
			c->memberships[c->membership_count++] = *last;
			continue;
		}
		c->based_user[number] = true;
		if (!put_user(c, number, last))
			return false;
	}
	for (number = 0; number < d->users.count; number++)
		if (!c->based_user[number] && !put_user(c, number, NULL))
			return false;
	return true;
}

/* ---- all */

static bool begin(struct composing *c)
{
	struct draft *d = c->d;
	uint32_t i;

	for (i = 0; i < d->cabinets.count; i++)
		(void)draft_base_gid(d, i);
	c->based_cabinet = arena_get(&d->arena, d->cabinets.count + 1, sizeof *c->based_cabinet);
	c->based_user = arena_get(&d->arena, d->users.count + 1, sizeof *c->based_user);
	c->cabinets = arena_get(&d->arena, d->last.cabinet_count + d->cabinets.count + 1, sizeof *c->cabinets);
	c->memberships = arena_get(&d->arena, d->last.membership_count + d->users.count + 1, sizeof *c->memberships);
	return c->based_cabinet != NULL && c->based_user != NULL && c->cabinets != NULL && c->memberships != NULL &&
	       index_pairs(c);
}

enum authz_result draft_compose(struct draft *d)
{
	struct composing c = {.d = d};

	if (!begin(&c) || !put_groups(&c) || !put_users(&c))
		return draft_no_memory(d);
	d->content = (struct view_content){.cabinets = c.cabinets, .cabinet_count = c.cabinet_count,
	                                   .memberships = c.memberships, .membership_count = c.membership_count};
	return AUTHZ_OK;
}
