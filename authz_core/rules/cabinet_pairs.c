/* SPDX-License-Identifier: ISC */
/* Is this user in this cabinet, or its administrator?  Of two lists that would say it the shorter one is followed. */
#include "rules/cabinet_draft.h"

#include <stdlib.h>
#include <string.h>

#define FEW 2 /* links that are followed without asking for the length of another list */

/* A link of that pair, and a cabinet that is live. */
static enum authz_result is_linked(struct draft *d, enum cabinet_relation relation, const char *cabinet, char kind,
                                   const char *name, bool *is)
{
	struct cabinet_entity member = {.kind = kind};
	struct cabinet_link link;
	uint32_t number;
	enum authz_result result = draft_cabinet(d, cabinet, &number);

	*is = false;
	if (result != AUTHZ_OK || !d->of[number].live)
		return result;
	memcpy(member.name, name, strnlen(name, sizeof member.name - 1));
	return cabinet_link_find(d->r, d->t, relation, cabinet, &member, &link, is);
}

static enum authz_result count(struct draft *d, char kind, const char *name, enum cabinet_list list, uint64_t *links)
{
	struct cabinet_entity of = {.kind = kind};

	memcpy(of.name, name, strnlen(name, sizeof of.name - 1));
	return cabinet_link_count(d->r, d->t, &of, list, links);
}

/* Of a cabinet that many users are asked about, too, this is read once. */
static enum authz_result count_below(struct draft *d, uint32_t cabinet)
{
	const char *const name = d->cabinets.names[cabinet];
	struct draft_cabinet *of = &d->of[cabinet];
	enum authz_result result = AUTHZ_OK;

	if (of->counted)
		return AUTHZ_OK;
	result = count(d, 'c', name, LIST_CABINETS, &of->member_cabinets);
	if (result == AUTHZ_OK)
		result = count(d, 'c', name, LIST_ADMINS, &of->administrators);
	of->counted = result == AUTHZ_OK;
	return result;
}

/* Is the list of the user's memberships the shorter one? */
static enum authz_result ask_user(struct draft *d, uint64_t of_cabinet, const char *user, bool *ask)
{
	uint64_t of_user = UINT64_MAX;
	enum authz_result result = AUTHZ_OK;

	if (of_cabinet > FEW)
		result = count(d, 'u', user, LIST_MEMBER_OF, &of_user);
	*ask = of_user < of_cabinet;
	return result;
}

static enum authz_result is_member(struct draft *d, const char *cabinet, const char *user, bool *is);

/* Through a member, or an administrator, of the cabinet that is a cabinet. */
static enum authz_result through_cabinet(struct draft *d, enum cabinet_list list, const char *cabinet, const char *user, bool *is)
{
	struct cabinet_link link;
	enum authz_result result = draft_first(d, 'c', cabinet, list, &link);

	while (result == AUTHZ_OK && link.isn != 0 && !*is) {
		if (list == LIST_CABINETS)
			result = is_linked(d, RELATION_MEMBER, link.member.name, 'u', user, is);
		else if (link.member.kind == 'c')
			result = is_member(d, link.member.name, user, is);
		if (result == AUTHZ_OK && !*is)
			result = draft_next(d, list, &link);
	}
	return result;
}

/* The same, by what this cabinet is itself a member of. */
static enum authz_result one_higher(struct draft *d, const char *cabinet, const char *from, bool *is)
{
	struct cabinet_link link;
	enum authz_result result = draft_first(d, 'c', from, LIST_MEMBER_OF, &link);
	uint32_t above;

	while (result == AUTHZ_OK && link.isn != 0 && !*is) {
		result = draft_cabinet(d, link.cabinet, &above);
		if (result == AUTHZ_OK && d->of[above].live)
			result = is_linked(d, RELATION_ADMIN, cabinet, 'c', link.cabinet, is);
		if (result == AUTHZ_OK && !*is)
			result = draft_next(d, LIST_MEMBER_OF, &link);
	}
	return result;
}

/* Through a cabinet that the user is in. */
static enum authz_result through_user(struct draft *d, enum cabinet_relation relation, const char *cabinet, const char *user,
                                      bool *is)
{
	struct cabinet_link link;
	enum authz_result result = draft_first(d, 'u', user, LIST_MEMBER_OF, &link);
	uint32_t between;

	while (result == AUTHZ_OK && link.isn != 0 && !*is) {
		result = draft_cabinet(d, link.cabinet, &between);
		if (result == AUTHZ_OK && d->of[between].live)
			result = is_linked(d, relation, cabinet, 'c', link.cabinet, is);
		if (result == AUTHZ_OK && !*is && d->of[between].live && relation == RELATION_ADMIN)
			result = one_higher(d, cabinet, link.cabinet, is);
		if (result == AUTHZ_OK && !*is)
			result = draft_next(d, LIST_MEMBER_OF, &link);
	}
	return result;
}

static enum authz_result is_in(struct draft *d, enum cabinet_relation relation, const char *cabinet, const char *user, bool *is)
{
	const enum cabinet_list list = relation == RELATION_ADMIN ? LIST_ADMINS : LIST_CABINETS;
	uint64_t below;
	uint32_t number;
	bool ask;
	enum authz_result result = draft_cabinet(d, cabinet, &number);

	*is = false;
	if (result != AUTHZ_OK || !d->of[number].live)
		return result;
	result = is_linked(d, relation, cabinet, 'u', user, is);
	if (result == AUTHZ_OK && !*is)
		result = count_below(d, number);
	below = relation == RELATION_ADMIN ? d->of[number].administrators : d->of[number].member_cabinets;
	if (result != AUTHZ_OK || *is || below == 0)
		return result;
	result = ask_user(d, below, user, &ask);
	if (result != AUTHZ_OK)
		return result;
	return ask ? through_user(d, relation, cabinet, user, is) : through_cabinet(d, list, cabinet, user, is);
}

static enum authz_result is_member(struct draft *d, const char *cabinet, const char *user, bool *is)
{
	return is_in(d, RELATION_MEMBER, cabinet, user, is);
}

/* ---- all of them */

/* Of one pair the entry that is known comes first. */
static int compare(const void *a, const void *b)
{
	const struct draft_pair *p = a, *q = b;

	if (p->cabinet != q->cabinet)
		return p->cabinet < q->cabinet ? -1 : 1;
	if (p->relation != q->relation)
		return p->relation < q->relation ? -1 : 1;
	if (p->user != q->user)
		return p->user < q->user ? -1 : 1;
	return (p->state < q->state) - (p->state > q->state);
}

static void sort(struct draft *d)
{
	size_t i, kept = 0;

	if (d->pair_count > 0)
		qsort(d->pairs, d->pair_count, sizeof *d->pairs, compare);
	for (i = 0; i < d->pair_count; i++)
		if (kept == 0 || d->pairs[kept - 1].cabinet != d->pairs[i].cabinet ||
		    d->pairs[kept - 1].relation != d->pairs[i].relation || d->pairs[kept - 1].user != d->pairs[i].user)
			d->pairs[kept++] = d->pairs[i];
	d->pair_count = kept;
}

enum authz_result draft_evaluate(struct draft *d)
{
	enum authz_result result = AUTHZ_OK;
	struct draft_pair *p;
	bool is;
	size_t i;

	sort(d);
	for (i = 0; i < d->pair_count && result == AUTHZ_OK; i++) {
		p = &d->pairs[i];
		if (p->state != PAIR_UNKNOWN)
			continue;
		result = is_in(d, p->relation == RELATION_ADMIN ? RELATION_ADMIN : RELATION_MEMBER, d->cabinets.names[p->cabinet],
		               d->users.names[p->user], &is);
		p->state = is ? PAIR_IN : PAIR_OUT;
	}
	return result;
}
