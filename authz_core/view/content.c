/* SPDX-License-Identifier: ISC */
#include "view/content.h"

#include <stdlib.h>

#include "view/records.h"

static uint64_t places(const struct view *v, enum view_table table)
{
	return ((const struct view_header *)v->bytes)->tables[table].count;
}

/* How many places of a table are taken; false: one is damaged. */
static bool count_taken(const struct view *v, enum view_table table, size_t *taken)
{
	struct view_place p;
	uint64_t i;

	for (*taken = 0, i = 0; i < places(v, table); i++) {
		if (!view_place_at(v, table, i, &p))
			return false;
		*taken += p.record != 0;
	}
	return true;
}

/* Names that a reader would hand on, and that are where they are said to begin. */
static bool names_hold(const struct view_group *g)
{
	uint64_t i;

	if (g->text[g->text_length - 1] != '\0' || g->text[g->members_end - 1] != '\0' || !view_names_fit(g->text, g->text_length))
		return false;
	for (i = 0; i < (uint64_t)g->members + g->administrators; i++)
		if (g->starts[i] == 0 || g->starts[i] >= g->text_length || g->text[g->starts[i] - 1] != '\0')
			return false;
	return true;
}

/* MUST 1: by its number in the list, by name and by gid it is the same. */
static bool group_read(const struct view *v, uint64_t number, struct view_group *g)
{
	struct view_place p, before = {0};
	struct view_group named, numbered;

	if (!view_place_at(v, VIEW_LIST, number, &p) || (number > 0 && !view_place_at(v, VIEW_LIST, number - 1, &before)))
		return false;
	return (number == 0 || before.key < p.key) && view_group_at(v, p.record, g) == VIEW_FOUND && g->gid == p.key &&
	       names_hold(g) && view_by_name(v, g->name, &named) == VIEW_FOUND && named.name == g->name &&
	       view_by_gid(v, g->gid, &numbered) == VIEW_FOUND && numbered.name == g->name;
}

static bool user_read(const struct view *v, uint64_t record, struct view_user *u, const char **name)
{
	struct view_user found;
	uint32_t i;

	*name = view_user_at(v, record, u);
	if (*name == NULL || view_by_user(v, *name, &found) != VIEW_FOUND || found.gids != u->gids)
		return false;
	for (i = 0; i < u->count; i++)
		if (!view_gid_fits(u->gids[i]))
			return false;
	return true;
}

static bool measure(struct content *c, const struct view *v, uint64_t *names)
{
	size_t named, numbered;
	struct view_group g;
	uint64_t i;

	if (!count_taken(v, VIEW_LIST, &c->cabinet_count) || !count_taken(v, VIEW_NAMES, &named) ||
	    !count_taken(v, VIEW_GIDS, &numbered) || !count_taken(v, VIEW_USERS, &c->membership_count) ||
	    c->cabinet_count != places(v, VIEW_LIST) || named != c->cabinet_count || numbered != c->cabinet_count)
		return false;
	for (*names = 0, i = 0; i < c->cabinet_count; i++) {
		if (!group_read(v, i, &g))
			return false;
		*names += (uint64_t)g.members + g.administrators;
	}
	return true;
}

static void take_groups(struct content *c, const struct view *v)
{
	const char **name = c->names;
	struct view_place p = {0};
	struct view_group g = {0};
	size_t i, j;

	for (i = 0; i < c->cabinet_count; i++) {
		/* measure() has looked at all of it */
		(void)view_place_at(v, VIEW_LIST, i, &p);
		(void)view_group_at(v, p.record, &g);
		c->cabinets[i] = (struct view_cabinet){.name = g.name, .gid = g.gid, .listing = VIEW_LIST_ALL, .members = name,
		                                       .member_count = g.members, .administrators = name + g.members,
		                                       .administrator_count = g.administrators};
		for (j = 0; j < (size_t)g.members + g.administrators; j++)
			*name++ = g.text + g.starts[j];
	}
}

static bool take_users(struct content *c, const struct view *v)
{
	struct view_membership *m = c->memberships;
	struct view_place p;
	struct view_user u;
	uint64_t i;

	for (i = 0; i < places(v, VIEW_USERS); i++) {
		if (!view_place_at(v, VIEW_USERS, i, &p) || (p.record != 0 && !user_read(v, p.record, &u, &m->user)))
			return false;
		if (p.record == 0)
			continue;
		m->gids = u.gids;
		m->gid_count = u.count;
		m++;
	}
	return true;
}

enum authz_result content_read(struct content *c, const struct view *v)
{
	uint64_t names;

	*c = (struct content){0};
	if (!measure(c, v, &names)) {
		content_free(c);
		return AUTHZ_VIEW_DAMAGED;
	}
	c->cabinets = calloc(c->cabinet_count + 1, sizeof *c->cabinets);
	c->memberships = calloc(c->membership_count + 1, sizeof *c->memberships);
	c->names = calloc(names + 1, sizeof *c->names);
	if (c->cabinets == NULL || c->memberships == NULL || c->names == NULL) {
		content_free(c);
		return AUTHZ_NO_MEMORY;
	}
	take_groups(c, v);
	if (take_users(c, v))
		return AUTHZ_OK;
	content_free(c);
	return AUTHZ_VIEW_DAMAGED;
}

void content_free(struct content *c)
{
	free(c->cabinets);
	free(c->memberships);
	free(c->names);
	*c = (struct content){0};
}
