/* SPDX-License-Identifier: ISC */
/*
 * A user becomes a master, with an empty set, or is none any more.
 *
 * MUST 1: a master is a user of this host, and no system profile.
 * MUST 2: who has the name of a master of before, and another uid, gets nothing of that one's set.
 * MUST 3: of a master who was removed nothing is left, of its set neither.
 */
#include "rules/master.h"
#include "rules/master_change.h"
#include "rules/system_profile.h"

#include <string.h>

static enum authz_result must_be_user(struct master_change *c)
{
	if (!c->is_user)
		return rules_refuse(c->r, AUTHZ_USER_NOT_FOUND, c->request->master);
	if (system_profile(&c->r->host->config, c->user.name, c->user.uid))
		return rules_refuse(c->r, AUTHZ_SYSTEM_PROFILE, c->user.name);
	return AUTHZ_OK;
}

/* One who is a master already stays one, with its set. */
static enum authz_result define(struct master_change *c, struct store_txn *t)
{
	struct master m = {.uid = c->user.uid, .maker = c->r->caller.uid, .made = c->now.wall};
	enum authz_result result = AUTHZ_OK;

	if (c->found && c->master.uid == c->user.uid)
		return AUTHZ_OK;
	memcpy(m.name, c->user.name, sizeof m.name);
	if (c->found)
		result = master_erase(c->r, t, &c->master);
	return result == AUTHZ_OK ? master_add(c->r, t, &m) : result;
}

/* By name: the user may be gone. */
static enum authz_result take_away(struct master_change *c, struct store_txn *t)
{
	return c->found ? master_erase(c->r, t, &c->master) : rules_refuse(c->r, AUTHZ_NO_MASTER, c->user.name);
}

enum authz_result master_define(struct rules *r, const struct request *request)
{
	static const struct master_steps steps = {"master.define", must_be_user, define};

	return master_change_run(r, request, &steps);
}

enum authz_result master_remove(struct rules *r, const struct request *request)
{
	static const struct master_steps steps = {"master.remove", NULL, take_away};

	return master_change_run(r, request, &steps);
}
