/* SPDX-License-Identifier: ISC */
/* The MUSTs are in the header. */
#include "rules/cabinet_admit.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_name.h"

enum cabinet_profile_type cabinet_profile_type(int64_t number)
{
	return number == CABINET_PROFILE_OWN || number == CABINET_PROFILE_SPECIAL ? (enum cabinet_profile_type)number
	                                                                          : CABINET_PROFILE_SHARED;
}

enum authz_result cabinet_membership_ask(struct cabinet_membership *m)
{
	struct rules *r = m->change.r;
	const struct request *q = m->change.request;
	enum authz_result result = cabinet_member_ask(r, q->member, &m->member);

	m->wish = (struct cabinet_wish){.actor = &m->change.actor, .cabinet = q->cabinet, .member = &m->member,
	                                .special = &m->special, .type = cabinet_profile_type(q->profile_type),
	                                .now = &m->change.now};
	if (result == AUTHZ_OK && m->wish.type == CABINET_PROFILE_SPECIAL)
		result = cabinet_member_ask(r, q->special, &m->special);
	return result;
}

void cabinet_membership_describe(struct cabinet_membership *m)
{
	struct cabinet_change *c = &m->change;

	snprintf(c->entity, sizeof c->entity, "%c:%s", m->link.member.kind, m->link.member.name);
	snprintf(c->detail, sizeof c->detail, "isn=%u profile=%d", (unsigned)m->link.isn, m->link.profile_type);
}

enum authz_result cabinet_names_fit(struct rules *r, const struct cabinet_wish *w)
{
	if (!cabinet_name_fits(w->cabinet))
		return rules_refuse(r, AUTHZ_PARAMETER_LIST, "shared cabinet");
	return cabinet_member_name_fits(w->member->name) ? AUTHZ_OK : rules_refuse(r, AUTHZ_PARAMETER_LIST, "member");
}

enum authz_result cabinet_wish_fits(struct rules *r, const struct cabinet_wish *w)
{
	struct cabinet_meant meant;
	struct store_txn *t;
	enum authz_result result = cabinet_names_fit(r, w);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = cabinet_member_read(r, t, w->member, &meant);
	store_abort(t);
	if (result == AUTHZ_OK && meant.verdict == AUTHZ_PARAMETER_LIST)
		return rules_refuse(r, meant.verdict, w->member->name);
	return result;
}

/* 15, 98, AZ-LOCKED */
static enum authz_result may_change(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                    struct cabinet *c)
{
	enum authz_result result = cabinet_may(r, t, w->actor, w->cabinet);
	bool found;

	if (result == AUTHZ_OK)
		result = cabinet_read(r, t, w->cabinet, c, &found);
	if (result != AUTHZ_OK)
		return result;
	if (!found || c->type != CABINET_SHARED)
		return rules_refuse(r, AUTHZ_NO_CABINET, w->cabinet);
	return c->locked ? rules_refuse(r, AUTHZ_CABINET_LOCKED, w->cabinet) : AUTHZ_OK;
}

static enum authz_result in_list(struct rules *r, struct store_txn *t, const char *cabinet, enum cabinet_list list,
                                 bool *in)
{
	struct cabinet_entity of = {.kind = 'c'};
	uint64_t count = 0;
	enum authz_result result;

	memcpy(of.name, cabinet, strnlen(cabinet, sizeof of.name - 1));
	result = cabinet_link_count(r, t, &of, list, &count);
	*in = count > 0;
	return result;
}

/* 97, 32, 93 */
static enum authz_result check_member(struct rules *r, const struct cabinet_wish *w, const struct cabinet_meant *meant)
{
	enum authz_result result = meant->verdict;

	if (meant->entity.kind == 'c' && strcmp(meant->entity.name, w->cabinet) == 0)
		result = AUTHZ_MEMBER_OF_SELF;
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, meant->entity.name);
}

/* 95.  A membership that is another's, who had the name before, is none; adding ends it. */
static enum authz_result check_new(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                   const struct cabinet_entity *member, uint32_t *replaced)
{
	struct cabinet_link old;
	bool found;
	enum authz_result result = cabinet_link_find(r, t, RELATION_MEMBER, w->cabinet, member, &old, &found);

	if (result != AUTHZ_OK || !found)
		return result;
	*replaced = old.isn;
	return member->kind == 'u' && old.uid != w->member->uid ? AUTHZ_OK : rules_refuse(r, AUTHZ_ALREADY_MEMBER, member->name);
}

/* 90, 91 */
static enum authz_result check_depth(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                     const struct cabinet_entity *member)
{
	bool has = false, is = false;
	enum authz_result result = AUTHZ_OK;

	if (member->kind == 'c')
		result = in_list(r, t, member->name, LIST_CABINETS, &has);
	if (result == AUTHZ_OK && has)
		return rules_refuse(r, AUTHZ_HAS_SHARED, member->name);
	if (result == AUTHZ_OK && (member->kind == 'c' || !r->host->config.nested_users))
		result = in_list(r, t, w->cabinet, LIST_MEMBER_OF, &is);
	return result == AUTHZ_OK && is ? rules_refuse(r, AUTHZ_IS_NESTED, w->cabinet) : result;
}

/* 99 */
static enum authz_result take_profile(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                      struct cabinet_link *link)
{
	struct cabinet_meant special;
	enum authz_result result;

	link->profile_type = (uint8_t)w->type;
	link->special = (struct cabinet_profile){0};
	memset(link->special_name, 0, sizeof link->special_name);
	if (w->type != CABINET_PROFILE_SPECIAL)
		return AUTHZ_OK;
	result = cabinet_member_read(r, t, w->special, &special);
	if (result != AUTHZ_OK)
		return result;
	if (!special.has_profile)
		return rules_refuse(r, AUTHZ_NO_SPECIAL, w->special->name);
	memcpy(link->special_name, w->special->name, sizeof link->special_name);
	return cabinet_profile_read(r, t, w->special->name, &link->special);
}

enum authz_result cabinet_check_add(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                    struct cabinet_link *link)
{
	struct cabinet_meant member;
	struct cabinet c;
	enum authz_result result = may_change(r, t, w, &c);

	memset(link, 0, sizeof *link);
	if (result == AUTHZ_OK)
		result = cabinet_member_read(r, t, w->member, &member);
	if (result == AUTHZ_OK)
		result = check_member(r, w, &member);
	if (result == AUTHZ_OK)
		result = check_new(r, t, w, &member.entity, &link->isn);
	if (result == AUTHZ_OK)
		result = check_depth(r, t, w, &member.entity);
	if (result == AUTHZ_OK)
		result = take_profile(r, t, w, link);
	if (result != AUTHZ_OK)
		return result;
	link->relation = RELATION_MEMBER;
	memcpy(link->cabinet, c.name, sizeof link->cabinet);
	link->member = member.entity;
	link->uid = w->member->is_user ? w->member->uid : (uid_t)-1;
	link->maker = r->caller.uid;
	link->made = w->now->wall;
	return AUTHZ_OK;
}

enum authz_result cabinet_check_set(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                    struct cabinet_link *link)
{
	struct cabinet c;
	enum authz_result result = may_change(r, t, w, &c);

	if (result == AUTHZ_OK)
		result = cabinet_member_find(r, t, w->cabinet, w->member, link);
	if (result == AUTHZ_OK && link->member.kind == 'u' && w->member->is_user && link->uid != w->member->uid)
		return rules_refuse(r, AUTHZ_NOT_A_MEMBER, w->member->name); /* it was another's, who had the name before */
	if (result == AUTHZ_OK)
		result = take_profile(r, t, w, link);
	return result;
}

enum authz_result cabinet_check_remove(struct rules *r, struct store_txn *t, const struct cabinet_wish *w,
                                       struct cabinet_link *link)
{
	struct cabinet c;
	enum authz_result result = may_change(r, t, w, &c);

	return result == AUTHZ_OK ? cabinet_member_find(r, t, w->cabinet, w->member, link) : result;
}

enum authz_result cabinet_admit(struct rules *r, struct store_txn *t, struct cabinet_link *link,
                                struct cabinet_touched *touched)
{
	struct cabinet_link old;
	bool found = false;
	enum authz_result result = AUTHZ_OK;

	if (link->isn != 0)
		result = cabinet_link_by_isn(r, t, link->isn, &old, &found);
	if (result == AUTHZ_OK && found)
		result = cabinet_expel(r, t, &old, touched);
	if (result == AUTHZ_OK)
		result = cabinet_link_add(r, t, link);
	if (result == AUTHZ_OK)
		cabinet_touch_link(touched, link);
	return result;
}

enum authz_result cabinet_expel(struct rules *r, struct store_txn *t, const struct cabinet_link *link,
                                struct cabinet_touched *touched)
{
	enum authz_result result = cabinet_link_remove(r, t, link);

	if (result == AUTHZ_OK)
		cabinet_touch_link(touched, link);
	return result;
}
