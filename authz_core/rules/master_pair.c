/* SPDX-License-Identifier: ISC */
#include "rules/master_pair.h"

#include <stdio.h>
#include <string.h>

#include "rules/system_profile.h"

enum authz_result master_ask_user(struct rules *r, const char *name, struct host_user *out, bool *known)
{
	enum authz_result result = r->host->user_by_name(r->host->context, name, out);

	*known = result == AUTHZ_OK;
	if (*known)
		return AUTHZ_OK;
	*out = (struct host_user){.uid = (uid_t)-1, .gid = (gid_t)-1};
	snprintf(out->name, sizeof out->name, "%s", name);
	return result == AUTHZ_USER_NOT_FOUND ? AUTHZ_OK : rules_refuse(r, result, "the look-up of a user failed");
}

enum authz_result master_whose(struct rules *r, const struct request *request, struct host_user *owner)
{
	const bool named = request->has & HAS(USER);
	const char *name = named ? request->user : r->caller.name;
	enum authz_result result;
	bool known;

	if (r->caller.is_host && !named)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "user");
	if (!r->caller.is_host && strcmp(name, r->caller.name) != 0)
		return rules_refuse(r, AUTHZ_HOST_ONLY, "");
	result = master_ask_user(r, name, owner, &known);
	if (result != AUTHZ_OK || (known && (r->caller.is_host || owner->uid == r->caller.uid)))
		return result;
	owner->name[0] = '\0';
	return rules_refuse(r, AUTHZ_USER_NOT_FOUND, name);
}

enum authz_result master_pair_ask(struct rules *r, const char *owner, const char *master, struct master_pair *out)
{
	const struct host_config *config = &r->host->config;
	enum authz_result result, masters;

	memset(out, 0, sizeof *out);
	result = master_ask_user(r, owner, &out->owner, &out->owner_known);
	masters = master_ask_user(r, master, &out->master, &out->master_known);
	if (result == AUTHZ_OK)
		result = masters;
	if (result != AUTHZ_OK)
		return result;
	if (!out->owner_known)
		out->owner_result = AUTHZ_USER_NOT_FOUND;
	else if (system_profile(config, out->owner.name, out->owner.uid))
		out->owner_result = AUTHZ_SYSTEM_PROFILE;
	if (!out->master_known || system_profile(config, out->master.name, out->master.uid))
		out->master_result = AUTHZ_NO_MASTER;
	result = r->host->clock(r->host->context, &out->now);
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, "a clock could not be read");
}

enum authz_result master_pair_look(struct rules *r, struct store_txn *t, const struct master_pair *p, struct master_entry *by)
{
	enum authz_result result = master_may_enter(r, t, &p->master, &p->owner, p->now.wall / 1000000, by);

	if (result != AUTHZ_OK && !master_is_refusal(result))
		return result;
	if (p->owner_result != AUTHZ_OK)
		return rules_refuse(r, p->owner_result, p->owner.name);
	return p->master_result != AUTHZ_OK ? rules_refuse(r, p->master_result, p->master.name) : result;
}

bool master_pair_said_unknown(const struct rules *r, const struct master_pair *p)
{
	return (!p->owner_known && strcmp(r->subject, p->owner.name) == 0) ||
	       (!p->master_known && strcmp(r->subject, p->master.name) == 0);
}
