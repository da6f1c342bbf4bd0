/* SPDX-License-Identifier: ISC */
/*
 * A login program asks whether a master, whose password PAM has found right or wrong, enters in the place of an owner.
 *
 * MUST 1: the host alone asks.
 * MUST 2: all checks are looked at, whatever the first says; the first that fails is the answer, and the password is the last.
 * MUST 3: who entered whom is committed before the answer, in the owner's history and in the audit; else nobody enters.
 * MUST 4: of names that no user has nothing is recorded: one may be a password.
 * MUST 5: what was decided without the lock is decided again under it.
 */
#include <stdio.h>
#include <string.h>

#include "rules/master.h"
#include "rules/master_history.h"
#include "rules/master_hook.h"
#include "rules/master_pair.h"

struct entering {
	struct rules *r;
	const struct request *request;
	struct master_pair pair;
	struct master_entry by;
	struct audit_event event;
};

static enum authz_result look(struct entering *e, struct store_txn *t)
{
	enum authz_result result = master_pair_look(e->r, t, &e->pair, &e->by);

	if (result != AUTHZ_OK || e->request->verified == 1)
		return result;
	return rules_refuse(e->r, AUTHZ_PASSWORD_WRONG, e->pair.master.name);
}

static enum authz_result decide(struct entering *e)
{
	struct rules *r = e->r;
	struct store_txn *t;
	enum authz_result result = master_pair_ask(r, e->request->user, e->request->master, &e->pair);

	e->event.owner = e->pair.owner_known ? e->pair.owner.name : "?";
	e->event.master = e->pair.master_known ? e->pair.master.name : "?";
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = look(e, t);
	store_abort(t);
	return result;
}

static enum authz_result record(struct entering *e, struct store_txn *t)
{
	const struct request *q = e->request;
	struct master_history_entry entry = {.seconds = e->pair.now.wall / 1000000, .master_uid = e->pair.master.uid};
	enum authz_result result = look(e, t);

	memcpy(entry.master, e->pair.master.name, sizeof entry.master);
	memcpy(entry.service, q->service, sizeof entry.service);
	memcpy(entry.rhost, q->rhost, sizeof entry.rhost);
	memcpy(entry.tty, q->tty, sizeof entry.tty);
	return result == AUTHZ_OK ? master_history_add(e->r, t, &e->pair.owner, &entry) : result;
}

static enum authz_result refused(struct entering *e, enum authz_result result)
{
	return master_pair_said_unknown(e->r, &e->pair) ? rules_refused_unsaid(e->r, &e->event, result)
	                                                : rules_refused(e->r, &e->event, result);
}

static enum authz_result enter(struct entering *e)
{
	struct rules *r = e->r;
	struct store_txn *t = NULL;
	enum authz_result result;

	if (!r->caller.is_host)
		return rules_refused(r, &e->event, rules_refuse(r, AUTHZ_HOST_ONLY, ""));
	result = decide(e);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = record(e, t);
	if (result == AUTHZ_OK) {
		e->event.object_type = "master";
		e->event.entity = e->by.owners;
		return rules_commit(r, r->authority, t, &e->event);
	}
	store_abort(t);
	return refused(e, result);
}

enum authz_result master_enter(struct rules *r, const struct request *request, struct answer *answer)
{
	struct entering e = {.r = r, .request = request,
	                     .event = {.event = "master.enter", .caller = &r->caller, AUDIT_CLAIMS(request), .detail = ""}};
	struct reply *reply = &answer->reply;
	struct host_clock began = {.boot = 0};
	enum authz_result result = r->host->clock(r->host->context, &began);

	result = result == AUTHZ_OK ? enter(&e) : rules_refuse(r, result, "a clock could not be read");
	if (result != AUTHZ_OK)
		return result;
	master_hook_tell(r, request, &e.pair, began.boot);
	reply->has |= 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_MASTER | 1u << REPLY_MASTER_UID;
	memcpy(reply->user, e.pair.owner.name, sizeof reply->user);
	memcpy(reply->master, e.pair.master.name, sizeof reply->master);
	reply->uid = e.pair.owner.uid;
	reply->master_uid = e.pair.master.uid;
	return AUTHZ_OK;
}
