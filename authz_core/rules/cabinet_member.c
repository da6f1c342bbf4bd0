/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a name that stands for two is nobody's: nothing is given by it.
 */
#include "rules/cabinet_member.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_name.h"

enum authz_result cabinet_member_ask(struct rules *r, const char *name, struct cabinet_named *out)
{
	struct host_user user;
	gid_t gid;
	enum authz_result result;

	memset(out, 0, sizeof *out);
	memcpy(out->name, name, strnlen(name, sizeof out->name - 1));
	if (!cabinet_member_name_fits(name))
		return AUTHZ_OK;
	result = r->host->user_by_name(r->host->context, name, &user);
	out->is_user = result == AUTHZ_OK;
	if (out->is_user) {
		memcpy(out->name, user.name, sizeof out->name);
		out->uid = user.uid;
		return AUTHZ_OK;
	}
	if (result == AUTHZ_USER_NOT_FOUND)
		result = r->host->group_by_name(r->host->context, name, &gid);
	out->is_group = result == AUTHZ_OK;
	return result == AUTHZ_OK || result == AUTHZ_UNKNOWN_ENTITY ? AUTHZ_OK :
	                                                              rules_refuse(r, result, "the look-up of a name failed");
}

/* A private cabinet is its user: where he is not, it is nobody's. */
static enum authz_result judge(const struct cabinet_named *n, const struct cabinet *c, bool other)
{
	if (n->is_user)
		return other ? AUTHZ_PARAMETER_LIST : AUTHZ_OK; /* MUST 1 */
	if (!other)
		return n->is_group ? AUTHZ_MEMBER_KIND : AUTHZ_MEMBER_NOT_FOUND;
	if (c->type != CABINET_SHARED)
		return AUTHZ_MEMBER_KIND;
	return c->locked ? AUTHZ_CABINET_LOCKED : AUTHZ_OK;
}

enum authz_result cabinet_member_read(struct rules *r, struct store_txn *t, const struct cabinet_named *named,
                                      struct cabinet_meant *out)
{
	struct cabinet c;
	bool other = false;
	enum authz_result result = AUTHZ_OK;

	if (cabinet_member_name_fits(named->name))
		result = cabinet_read(r, t, named->name, &c, &other);
	other = result == AUTHZ_OK && other && c.type != CABINET_PRIVATE;
	*out = (struct cabinet_meant){.entity.kind = named->is_user ? 'u' : 'c', .verdict = judge(named, &c, other),
	                              .has_profile = named->is_user || other};
	memcpy(out->entity.name, named->name, sizeof out->entity.name);
	return result;
}

enum authz_result cabinet_member_find(struct rules *r, struct store_txn *t, const char *cabinet,
                                      const struct cabinet_named *named, struct cabinet_link *out)
{
	struct cabinet_entity as_user = {.kind = 'u'}, as_cabinet = {.kind = 'c'};
	struct cabinet_link other;
	bool user, both;
	enum authz_result result;

	memcpy(as_user.name, named->name, sizeof as_user.name);
	memcpy(as_cabinet.name, named->name, sizeof as_cabinet.name);
	result = cabinet_link_find(r, t, RELATION_MEMBER, cabinet, &as_user, out, &user);
	if (result == AUTHZ_OK)
		result = cabinet_link_find(r, t, RELATION_MEMBER, cabinet, &as_cabinet, &other, &both);
	if (result != AUTHZ_OK)
		return result;
	if (user && both)
		return rules_refuse(r, AUTHZ_PARAMETER_LIST, named->name);
	if (both)
		*out = other;
	return user || both ? AUTHZ_OK : rules_refuse(r, AUTHZ_NOT_A_MEMBER, named->name);
}

enum authz_result cabinet_profile_read(struct rules *r, struct store_txn *t, const char *name, struct cabinet_profile *out)
{
	struct cabinet c;
	bool found;
	enum authz_result result = cabinet_read(r, t, name, &c, &found);

	if (result == AUTHZ_OK && !found)
		result = cabinet_read(r, t, CABINET_TEMPLATE, &c, &found); /* all zeros if that is not there either */
	*out = c.profile;
	return result;
}

enum authz_result cabinet_profile_by(struct rules *r, struct store_txn *t, const struct cabinet *of,
                                     const struct cabinet_link *link, struct cabinet_profile *out)
{
	*out = link->profile_type == CABINET_PROFILE_SPECIAL ? link->special : of->profile;
	return link->profile_type == CABINET_PROFILE_OWN ? cabinet_profile_read(r, t, link->member.name, out) : AUTHZ_OK;
}

const char *cabinet_profile_word(const struct cabinet_link *link)
{
	static const char *const words[] = {"", "shared", "private", "special"};

	return link->profile_type < sizeof words / sizeof words[0] ? words[link->profile_type] : "";
}

struct cabinet_profile_items cabinet_profile_items(const struct cabinet_link *link)
{
	struct cabinet_profile_items items = {"", ""};

	if (link->profile_type != CABINET_PROFILE_SPECIAL)
		return items;
	snprintf(items.security, sizeof items.security, "%04u", link->special.security);
	snprintf(items.marks, sizeof items.marks, "%u", link->special.marks);
	return items;
}
