/* SPDX-License-Identifier: ISC */
#include "view_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "noise.h"
#include "view/format.h"

static bool holds(const char *const *names, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void make_cabinet(struct world *w, uint64_t *noise, unsigned number, unsigned users)
{
	struct view_cabinet *c = &w->cabinets[number];
	const unsigned share = 1 + noise_below(noise, 8);
	unsigned u, listed = 0;

	*c = (struct view_cabinet){.name = w->cabinet_names[number], .members = w->members[number],
	                           .administrators = w->administrators[number], .listing = noise_below(noise, 3)};
	snprintf(w->cabinet_names[number], sizeof w->cabinet_names[number], "%s%.*s%u", AUTHZ_GROUP_PREFIX,
	         (int)noise_below(noise, 8), "Cab.et_-", number);
	c->gid = AUTHZ_GID_LOW + 3 * number + noise_below(noise, 3);
	for (u = 0; u < users; u++) {
		if (noise_below(noise, share) == 0)
			w->members[number][c->member_count++] = w->user_names[u];
		if (noise_below(noise, share * 3) == 0)
			w->administrators[number][c->administrator_count++] = w->user_names[u];
	}
	for (u = 0; u < c->member_count; u++)
		if (c->listing == VIEW_LIST_ALL || (c->listing == VIEW_LIST_ADMINISTRATORS &&
		                                    holds(c->administrators, c->administrator_count, c->members[u])))
			w->listed[number][listed++] = c->members[u];
}

static void make_membership(struct world *w, const char *user)
{
	struct view_membership *m = &w->memberships[w->content.membership_count];
	gid_t *gids = w->gids[w->content.membership_count];
	size_t i;

	*m = (struct view_membership){.user = user, .gids = gids};
	for (i = 0; i < w->content.cabinet_count; i++)
		if (holds(w->cabinets[i].members, w->cabinets[i].member_count, user))
			gids[m->gid_count++] = w->cabinets[i].gid;
	if (m->gid_count > 0)
		w->content.membership_count++;
}

void world_make(struct world *w, uint64_t *noise, unsigned cabinets, unsigned users)
{
	unsigned i, j;

	memset(w, 0, sizeof *w);
	for (i = 0; i < users; i++)
		snprintf(w->user_names[i], sizeof w->user_names[i], "u%.*s%u", (int)noise_below(noise, 9), "abcdefgh", i);
	for (i = 0; i < cabinets; i++)
		make_cabinet(w, noise, i, users);
	w->content = (struct view_content){.sequence = noise_next(noise), .cabinets = w->cabinets, .cabinet_count = cabinets,
	                                   .memberships = w->memberships};
	/* in no order of gids: two change places; what is "listed" goes with them */
	for (i = 0; i + 1 < cabinets; i++) {
		const struct view_cabinet kept = w->cabinets[i];
		const char *listed[WORLD_USERS + 1];

		j = i + noise_below(noise, cabinets - i);
		memcpy(listed, w->listed[i], sizeof listed);
		w->cabinets[i] = w->cabinets[j];
		memcpy(w->listed[i], w->listed[j], sizeof listed);
		w->cabinets[j] = kept;
		memcpy(w->listed[j], listed, sizeof listed);
	}
	for (i = 0; i < users; i++)
		make_membership(w, w->user_names[i]);
}

const struct view_membership *world_user(const struct world *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->content.membership_count; i++)
		if (strcmp(w->memberships[i].user, name) == 0)
			return &w->memberships[i];
	return NULL;
}

/* ---- the view in memory */

void guarded_make(struct guarded *g, struct world *w)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct view_image image;
	unsigned char *memory;

	assert_int_equal(view_image_make(&image, &w->content), AUTHZ_OK);
	g->mapped = (image.size + page - 1) / page * page + page;
	memory = mmap(NULL, g->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	assert_int_equal(mprotect(memory + g->mapped - page, page, PROT_NONE), 0);
	g->bytes = memory + g->mapped - page - image.size;
	memcpy(g->bytes, image.bytes, image.size);
	free(image.bytes);
	g->view = (struct view){g->bytes, image.size};
}

void guarded_free(struct guarded *g)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	munmap(g->bytes + g->view.size + page - g->mapped, g->mapped);
}

void guarded_seal(struct guarded *g)
{
	struct view_header *h = (struct view_header *)g->bytes;

	h->sum = view_sum(h, offsetof(struct view_header, sum), h->seed);
}

/* ---- what it answers */

static bool copy_is_group(const struct world *w, size_t cabinet, const struct view_group *g, const struct handed *h)
{
	const struct view_cabinet *c = &w->cabinets[cabinet];
	uint32_t i;

	if (strcmp(h->text, c->name) != 0 || g->gid != c->gid || g->administrators != c->administrator_count)
		return false;
	for (i = 0; i < g->members; i++)
		if (w->listed[cabinet][i] == NULL || strcmp(h->names[i], w->listed[cabinet][i]) != 0)
			return false;
	if (w->listed[cabinet][i] != NULL)
		return false;
	for (i = 0; i < g->administrators; i++)
		if (strcmp(h->names[g->members + i], c->administrators[i]) != 0)
			return false;
	return true;
}

bool hand_on(const struct view_group *g, struct handed *h)
{
	const uint32_t count = g->members + g->administrators;

	/* of exactly so many bytes, so that the sanitizer sees any other */
	*h = (struct handed){malloc(g->text_length), malloc((count + 1) * sizeof(char *))};
	if (view_copy(h->text, g->text, g->text_length) && view_point(h->names, g->starts, count, h->text, g->text_length))
		return true;
	handed_free(h);
	return false;
}

void handed_free(struct handed *h)
{
	free(h->text);
	free(h->names);
}

bool world_is_group(const struct world *w, size_t cabinet, const struct view_group *g)
{
	struct handed h;
	bool is;

	if (!hand_on(g, &h))
		return false;
	is = copy_is_group(w, cabinet, g, &h);
	handed_free(&h);
	return is;
}

static bool groups_answer(const struct world *w, const struct view *v, unsigned *damaged)
{
	struct view_group g;
	size_t i;
	int by;

	for (i = 0; i < w->content.cabinet_count; i++)
		for (by = 0; by < 2; by++)
			switch (by == 0 ? view_by_name(v, w->cabinets[i].name, &g) : view_by_gid(v, w->cabinets[i].gid, &g)) {
			case VIEW_FOUND:
				if (!world_is_group(w, i, &g))
					return false;
				break;
			case VIEW_DAMAGED:
				++*damaged;
				break;
			default:
				return false;
			}
	return true;
}

static bool is_absent(enum view_answer answer, unsigned *damaged)
{
	if (answer == VIEW_DAMAGED)
		++*damaged;
	return answer == VIEW_DAMAGED || answer == VIEW_ABSENT;
}

static bool others_are_absent(const struct world *w, const struct view *v, unsigned *damaged)
{
	char name[VIEW_GROUP_NAME_MAX + 1];
	struct view_group g;
	struct view_user u;
	uint32_t i, gid;
	size_t j;

	for (i = 0; i < w->content.cabinet_count * 3; i++) {
		snprintf(name, sizeof name, "%snone%u", AUTHZ_GROUP_PREFIX, i);
		gid = AUTHZ_GID_LOW + i;
		for (j = 0; j < w->content.cabinet_count && w->cabinets[j].gid != gid;)
			j++;
		if (!is_absent(view_by_name(v, name, &g), damaged) || !is_absent(view_by_user(v, name, &u), damaged) ||
		    (j == w->content.cabinet_count && !is_absent(view_by_gid(v, gid, &g), damaged)))
			return false;
	}
	return true;
}

static bool users_answer(const struct world *w, const struct view *v, unsigned *damaged)
{
	struct view_user u;
	size_t i;

	for (i = 0; i < w->content.membership_count; i++)
		switch (view_by_user(v, w->memberships[i].user, &u)) {
		case VIEW_FOUND:
			if (u.count != w->memberships[i].gid_count ||
			    memcmp(u.gids, w->memberships[i].gids, u.count * sizeof *u.gids) != 0)
				return false;
			break;
		case VIEW_DAMAGED:
			++*damaged;
			break;
		default:
			return false;
		}
	return true;
}

/* The cabinet that a sweep comes to after this gid; cabinet_count if there is none. */
static size_t next_cabinet(const struct world *w, uint32_t gid)
{
	size_t i, best = w->content.cabinet_count;

	for (i = 0; i < w->content.cabinet_count; i++)
		if (w->cabinets[i].gid >= gid && (best == w->content.cabinet_count || w->cabinets[i].gid < w->cabinets[best].gid))
			best = i;
	return best;
}

static bool sweep_answers(const struct world *w, const struct view *v, unsigned *damaged)
{
	enum view_answer answer;
	struct view_group g;
	uint32_t gid = 0, hint = 0;
	size_t i;

	for (;;) {
		i = next_cabinet(w, gid);
		answer = view_from_gid(v, gid, &hint, &g);
		if (answer == VIEW_DAMAGED)
			++*damaged;
		if (answer != VIEW_FOUND)
			return answer == VIEW_DAMAGED || i == w->content.cabinet_count;
		if (i == w->content.cabinet_count || !world_is_group(w, i, &g))
			return false;
		gid = g.gid + 1;
	}
}

bool world_answers(const struct world *w, const struct view *v, unsigned *damaged)
{
	return groups_answer(w, v, damaged) && others_are_absent(w, v, damaged) && users_answer(w, v, damaged) &&
	       sweep_answers(w, v, damaged);
}
