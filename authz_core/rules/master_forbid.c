/* SPDX-License-Identifier: ISC */
/*
 * An owner keeps all masters out, where the site lets owners do so, or lets those of the sets in again.
 *
 * MUST 1: of an owner the owner itself says so, or the host.
 * MUST 2: in the session of a master who entered the owner nobody lets masters in again: the one who is kept out, say.
 */
#include <stdio.h>

#include "rules/master.h"
#include "rules/master_pair.h"
#include "rules/master_session.h"
#include "rules/profile_record.h"

/* To keep masters out is the owner's word wherever it is said. */
static enum authz_result check_session(struct rules *r, struct store_txn *t, const struct master_session *s,
                                       const struct host_user *owner, const struct host_clock *now)
{
	enum master_session_is is;
	enum authz_result may, result = master_session_look(r, t, s, now->wall / 1000000, &is, &may);

	return result == AUTHZ_OK && is != SESSION_OWN ? rules_refuse(r, AUTHZ_IN_SESSION, owner->name) : result;
}

static enum authz_result write_word(struct rules *r, struct store_txn *t, const struct host_user *owner, bool forbidden,
                                    const struct host_clock *now)
{
	struct profile_state p;
	enum authz_result result = profile_read(r, t, owner->uid, &p);

	if (result != AUTHZ_OK)
		return result;
	p.masters_forbidden = forbidden;
	p.changed_by = r->caller.uid;
	p.changed_at = now->wall;
	return profile_write(r, t, owner->uid, &p);
}

static enum authz_result ask(struct rules *r, const struct request *request, struct host_user *owner, struct host_clock *now)
{
	enum authz_result result = master_whose(r, request, owner);

	if (result == AUTHZ_OK && request->forbid != 0 && request->forbid != 1)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "forbid");
	/* what was said while it was allowed can be taken back */
	if (result == AUTHZ_OK && request->forbid == 1 && !r->host->config.owners_may_forbid)
		return rules_refuse(r, AUTHZ_NO_FORBIDDING, "");
	if (result == AUTHZ_OK && r->host->clock(r->host->context, now) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	return result;
}

enum authz_result master_forbid(struct rules *r, const struct request *request)
{
	struct host_user owner = {.name = ""};
	struct master_session session;
	struct host_clock now;
	const struct audit_event event = {.event = request->forbid == 1 ? "master.forbid" : "master.allow", .caller = &r->caller,
	                                  .owner = owner.name, .detail = ""};
	struct store_txn *t = NULL;
	enum authz_result result = ask(r, request, &owner, &now);

	if (result == AUTHZ_OK)
		result = master_session_ask(r, &session);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK && request->forbid == 0)
		result = check_session(r, t, &session, &owner, &now);
	if (result == AUTHZ_OK)
		result = write_word(r, t, &owner, request->forbid == 1, &now);
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, &event);
	store_abort(t);
	return rules_refused(r, &event, result);
}
