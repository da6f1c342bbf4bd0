/* SPDX-License-Identifier: ISC */
/*
 * Redeem a profile token: what QsySetToPrfTkn checks.
 *
 * MUST 1: of any number of users of a single-use token exactly one wins, and the spending is committed before the answer.
 * MUST 2: a refusal spends nothing.
 * MUST 3: a token that its owner made does not prove again who is there already.
 * MUST 4: who logs in by a token that carries a master's name is committed to the owner's history before the answer.
 */
#include <string.h>

#include "rules/master_history.h"
#include "rules/presented.h"
#include "rules/token.h"

static enum authz_result check_user(const struct presented *h)
{
	return strcmp(h->request->user, h->record.owner_name) == 0 ? AUTHZ_OK
	                                                           : rules_refuse(h->r, AUTHZ_TOKEN_OTHER_USER, h->request->user);
}

static enum authz_result check_reauth(const struct presented *h)
{
	return h->request->reauth != 0 && h->record.maker == h->record.owner ? AUTHZ_REAUTH : AUTHZ_OK;
}

/* The owner is told of it as of any entry, and by it what is made in that session is known for a master's (token_mark.c). */
static enum authz_result add_entry(struct presented *h, struct store_txn *t)
{
	const struct request *q = h->request;
	struct master_history_entry entry = {.seconds = h->owner.now.wall / 1000000, .master_uid = h->record.master};

	memcpy(entry.master, h->record.master_name, sizeof entry.master);
	memcpy(entry.service, q->service, sizeof entry.service);
	memcpy(entry.rhost, q->rhost, sizeof entry.rhost);
	memcpy(entry.tty, q->tty, sizeof entry.tty);
	return master_history_add(h->r, t, &h->owner.user, &entry);
}

static enum authz_result record_entry(struct presented *h)
{
	struct rules *r = h->r;
	const struct audit_event event = {.event = "master.enter", .caller = &r->caller, .owner = h->owner.user.name,
	                                  .master = h->record.master_name, .token_id = h->id, .object_type = "master",
	                                  .entity = "token", AUDIT_CLAIMS(h->request), .detail = ""};
	struct store_txn *t;
	enum authz_result result;

	if (h->record.master_name[0] == '\0' || !r->caller.is_host || h->record.master == h->owner.user.uid)
		return AUTHZ_OK;
	result = rules_begin(r, r->authority, true, &t);
	if (result != AUTHZ_OK)
		return result;
	result = token_marked_check(r, t, &h->record, &h->marked, h->owner.now.wall / 1000000);
	if (result == AUTHZ_OK)
		result = add_entry(h, t);
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, &event);
	store_abort(t);
	return result;
}

/*
 * The order: what says that this is no live token at all, before what it says of its owner, before what the owner's
 * account is like, before whether the master whose name it carries may enter still (presented_check_account); so whoever
 * holds a wrong or a dead token learns nothing of accounts.
 */
static enum authz_result check_all(const struct presented *h)
{
	static enum authz_result (*const checks[])(const struct presented *) = {
		presented_check_time, presented_check_state, check_user, check_reauth, presented_check_bindings,
	};
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < sizeof checks / sizeof checks[0] && result == AUTHZ_OK; i++)
		result = checks[i](h);
	return result == AUTHZ_OK ? presented_check_account(h, NULL) : result;
}

/* Under the writer lock the record is read anew: somebody else may have spent or removed it meanwhile. */
static enum authz_result spend(struct presented *h, const struct audit_event *event)
{
	struct rules *r = h->r;
	unsigned char bytes[TOKEN_RECORD_MAX];
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->tokens, true, &t);

	if (result != AUTHZ_OK)
		return rules_refused(r, event, result);
	result = presented_read(h, t);
	if (result == AUTHZ_OK)
		result = presented_check_state(h);
	/* it may have expired while it waited for the lock */
	if (result == AUTHZ_OK)
		result = r->host->clock(r->host->context, &h->owner.now);
	if (result == AUTHZ_OK)
		result = presented_check_time(h);
	if (result == AUTHZ_OK) {
		h->record.state = TOKEN_SPENT;
		h->record.spent_wall = h->owner.now.wall;
		result = rules_store(r, r->tokens, store_put(t, h->key, sizeof h->key, bytes, token_record_pack(&h->record, bytes)));
	}
	if (result == AUTHZ_OK)
		return rules_commit(r, r->tokens, t, event);
	store_abort(t);
	return rules_refused(r, event, result);
}

/* A multiple-use token changes nothing in the store; that it was used is recorded all the same, or it is refused. */
static enum authz_result record_use(struct presented *h, const struct audit_event *event)
{
	enum authz_result result = h->r->host->audit_outcome(h->r->host->context, event, 0, AUTHZ_OK, "");

	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(h->r, result, event->event);
}

static enum authz_result redeem(struct presented *h)
{
	struct rules *r = h->r;
	const struct request *q = h->request;
	struct audit_event event = {.event = "token.redeem", .caller = &r->caller, .owner = q->user, .maker = h->maker.name,
	                            .master = h->record.master_name, .token_id = h->id, AUDIT_CLAIMS(q), .detail = ""};
	enum authz_result result;

	presented_find_owner(h, q->user, false);
	result = presented_look(h);
	presented_find_maker(h);
	presented_find_master(h);
	if (result == AUTHZ_OK)
		result = check_all(h);
	if (result == AUTHZ_OK)
		result = record_entry(h);
	if (result != AUTHZ_OK && h->owner_result == AUTHZ_USER_NOT_FOUND)
		return rules_refused_unknown(r, &event, result);
	if (result != AUTHZ_OK)
		return rules_refused(r, &event, result);
	return h->record.type == '1' ? spend(h, &event) : record_use(h, &event);
}

static void fill_answer(const struct presented *h, struct answer *a)
{
	a->reply.has = 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_TOKEN_ID;
	memcpy(a->reply.user, h->record.owner_name, sizeof a->reply.user);
	a->reply.uid = h->record.owner;
	memcpy(a->reply.token_id, h->id, sizeof a->reply.token_id);
	presented_answer_master(h, &a->reply);
	if (h->record.flags != 0) {
		a->reply.has |= 1u << REPLY_OVERRIDDEN;
		a->reply.overridden = h->record.flags;
	}
}

enum authz_result token_redeem(struct rules *r, const struct request *request, struct answer *answer)
{
	struct presented h;
	enum authz_result result;

	presented_init(&h, r, request);
	result = redeem(&h);
	if (result == AUTHZ_OK)
		fill_answer(&h, answer);
	presented_wipe(&h);
	return result;
}
