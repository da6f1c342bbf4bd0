/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: *SECADM alone, and the host, and that is asked before anything is said of a name, and again under the lock.
 */
#include "rules/master_change.h"

#include "rules/master_pair.h"
#include "rules/profile_record.h"

static enum authz_result ask(struct master_change *c, const struct master_steps *steps)
{
	struct rules *r = c->r;
	enum authz_result result = profile_require(r, SPECIAL_SECADM);

	if (result == AUTHZ_OK)
		result = master_ask_user(r, c->request->master, &c->user, &c->is_user);
	if (result == AUTHZ_OK && steps->ask != NULL)
		result = steps->ask(c);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &c->now) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	return result;
}

static enum authz_result apply(struct master_change *c, const struct master_steps *steps, struct store_txn *t)
{
	struct rules *r = c->r;
	uint32_t special;
	enum authz_result result = profile_caller_special(r, t, &special);

	if (result == AUTHZ_OK)
		result = profile_require_of(r, special, SPECIAL_SECADM);
	if (result == AUTHZ_OK)
		result = master_read(r, t, c->user.name, &c->master, &c->wide, &c->found);
	return result == AUTHZ_OK ? steps->apply(c, t) : result;
}

enum authz_result master_change_run(struct rules *r, const struct request *request, const struct master_steps *steps)
{
	struct master_change c = {.r = r, .request = request};
	const struct audit_event event = {.event = steps->event, .caller = &r->caller, .master = request->master,
	                                  .object_type = "master", .entity = request->owners, .detail = ""};
	struct store_txn *t = NULL;
	enum authz_result result = ask(&c, steps);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = apply(&c, steps, t);
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, &event);
	store_abort(t);
	return rules_refused(r, &event, result);
}
