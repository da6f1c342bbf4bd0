/* SPDX-License-Identifier: ISC */
#include "rules/authority_who.h"

#include <stdio.h>
#include <string.h>

bool authority_is_everybody(const struct authority_entity *e)
{
	return e->kind == 'g' && strcmp(e->name, AUTHORITY_EVERYBODY) == 0;
}

static void add(struct authority_who *w, char kind, const char *name, uint32_t id)
{
	struct authority_bound *b = &w->who[w->count++];

	*b = (struct authority_bound){.entity.kind = kind, .id = id};
	snprintf(b->entity.name, sizeof b->entity.name, "%s", name);
}

static void add_everybody(struct authority_who *w)
{
	add(w, 'g', AUTHORITY_EVERYBODY, AUTHORITY_UNBOUND);
}

static enum authz_result failed(struct rules *r)
{
	return rules_refuse(r, AUTHZ_INTERNAL, "the look-up of a name failed");
}

static enum authz_result find_user(struct rules *r, const char *name, struct host_user *out, bool *known)
{
	enum authz_result result = AUTHZ_USER_NOT_FOUND;

	if (name[0] != '\0')
		result = r->host->user_by_name(r->host->context, name, out);
	*known = result == AUTHZ_OK;
	return result == AUTHZ_OK || result == AUTHZ_USER_NOT_FOUND ? AUTHZ_OK : failed(r);
}

static enum authz_result find_group(struct rules *r, const char *name, gid_t *gid, bool *known)
{
	enum authz_result result = AUTHZ_UNKNOWN_ENTITY;

	if (name[0] != '\0')
		result = r->host->group_by_name(r->host->context, name, gid);
	*known = result == AUTHZ_OK;
	return result == AUTHZ_OK || result == AUTHZ_UNKNOWN_ENTITY ? AUTHZ_OK : failed(r);
}

/* Exactly one of the two. */
static enum authz_result which(struct rules *r, const struct request *request, bool *principal)
{
	*principal = request->has & HAS(PRINCIPAL);
	if (*principal == ((request->has & HAS(GROUP)) != 0))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "entity");
	return AUTHZ_OK;
}

/* NSS may know a user's name in another form. */
static enum authz_result is_principal(struct rules *r, const char *name, struct authority_bound *out, struct host_user *user,
                                      bool *known)
{
	enum authz_result result = find_user(r, name, user, known);

	*out = (struct authority_bound){.entity.kind = 'p', .id = *known ? user->uid : AUTHORITY_UNBOUND};
	memcpy(out->entity.name, *known ? user->name : name, NAME_SIZE);
	return result;
}

/*
 * The name that the groups of a user are asked by: NSS may know a group in another form, or two names of one number.  No other
 * name than its own means everybody.
 */
static enum authz_result own_form(struct rules *r, struct authority_bound *group)
{
	char name[NAME_SIZE];

	if (r->host->group_name(r->host->context, group->id, name) != AUTHZ_OK)
		return failed(r);
	if (name[0] != '\0' && strcmp(name, AUTHORITY_EVERYBODY) != 0)
		snprintf(group->entity.name, sizeof group->entity.name, "%s", name);
	return AUTHZ_OK;
}

static enum authz_result is_group(struct rules *r, const char *name, struct authority_bound *out, bool *known)
{
	gid_t gid = 0;
	enum authz_result result = AUTHZ_OK;

	*out = (struct authority_bound){.entity.kind = 'g', .id = AUTHORITY_UNBOUND};
	memcpy(out->entity.name, name, NAME_SIZE);
	*known = authority_is_everybody(&out->entity);
	if (*known)
		return AUTHZ_OK;
	result = find_group(r, name, &gid, known);
	if (!*known)
		return result;
	out->id = gid;
	return own_form(r, out);
}

/* The entity that a request names; *user is filled in where it is a principal that is known. */
static enum authz_result look_up(struct rules *r, const struct request *request, struct authority_bound *out,
                                 struct host_user *user, bool *known)
{
	bool principal;
	enum authz_result result = which(r, request, &principal);

	*known = false;
	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK)
		return result;
	return principal ? is_principal(r, request->principal, out, user, known) : is_group(r, request->group, out, known);
}

enum authz_result authority_who_is(struct rules *r, const struct request *request, struct authority_bound *out, bool *known)
{
	struct host_user user;

	return look_up(r, request, out, &user, known);
}

/* A group without a name has no records, and everybody's is there once. */
static enum authz_result add_group(struct rules *r, struct authority_who *w, gid_t gid)
{
	char name[NAME_SIZE];

	if (r->host->group_name(r->host->context, gid, name) != AUTHZ_OK)
		return failed(r);
	if (name[0] != '\0' && strcmp(name, AUTHORITY_EVERYBODY) != 0)
		add(w, 'g', name, gid);
	return AUTHZ_OK;
}

static enum authz_result add_groups(struct rules *r, const struct host_user *user, struct authority_who *w)
{
	gid_t gids[HOST_GROUPS_MAX];
	enum authz_result result = AUTHZ_OK;
	size_t i, count;

	if (r->host->groups(r->host->context, user, gids, &count) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_INTERNAL, "the look-up of groups failed");
	for (i = 0; i < count && result == AUTHZ_OK; i++)
		result = add_group(r, w, gids[i]);
	return result;
}

enum authz_result authority_who_counts(struct rules *r, const struct request *request, struct authority_who *out)
{
	struct authority_bound self;
	struct host_user user;
	bool known;
	enum authz_result result = look_up(r, request, &self, &user, &known);

	out->count = 0;
	if (result != AUTHZ_OK)
		return result;
	if (known && !authority_is_everybody(&self.entity))
		add(out, self.entity.kind, self.entity.name, self.id);
	if (known && self.entity.kind == 'p')
		result = add_groups(r, &user, out);
	add_everybody(out);
	return result;
}

enum authz_result authority_who_explicit(struct rules *r, const struct request *request, struct authority_who *out)
{
	struct authority_bound self;
	struct host_user user;
	bool known;
	enum authz_result result = look_up(r, request, &self, &user, &known);

	out->count = 0;
	if (result != AUTHZ_OK)
		return result;
	if (!known)
		return rules_refuse(r, AUTHZ_UNKNOWN_ENTITY, self.entity.name);
	if (self.entity.kind == 'p')
		return add_group(r, out, user.gid);
	add(out, 'g', self.entity.name, self.id);
	return AUTHZ_OK;
}

enum authz_result authority_who_calls(struct rules *r, struct authority_who *out)
{
	struct host_user caller;
	enum authz_result result;

	out->count = 0;
	if (r->caller.is_host)
		return AUTHZ_OK;
	add_everybody(out);
	if (r->caller.name[0] == '\0')
		return AUTHZ_OK;
	result = r->host->user_by_uid(r->host->context, r->caller.uid, &caller);
	if (result == AUTHZ_USER_NOT_FOUND)
		return rules_refuse(r, result, r->caller.name);
	if (result != AUTHZ_OK)
		return failed(r);
	add(out, 'p', r->caller.name, r->caller.uid);
	return add_groups(r, &caller, out);
}

bool authority_who_is_caller(const struct rules *r, const struct authority_bound *who)
{
	return who->entity.kind == 'p' && r->caller.name[0] != '\0' && who->id == r->caller.uid &&
	       strcmp(who->entity.name, r->caller.name) == 0;
}
