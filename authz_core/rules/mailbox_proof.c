/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a try counts before its password is looked at, and past the limit none is looked at.
 * MUST 2: to whoever may not know it, an owner who is not there, one without a mailbox, and a wrong password are one answer,
 *         and cost the same hashes.
 * MUST 3: a mailbox is its owner's of then: another user of that name, and a system profile, has none.
 * MUST 4: a mailbox that is pending lets nobody in but the master.
 * MUST 5: the reason that was not told is in the audit.
 * MUST 6: a password that a server may have looked at is a try, though the server did not answer: one that is slow to refuse
 *         would else be guessed at without end.
 * MUST 7: the master's password forgets no tries of the owner's, and no more does a new password that is there already.
 * MUST 8: which server it is that is out of reach only those hear who may know of the mailbox; it is in the audit.
 */
#include "rules/mailbox_proof.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/mailbox_address.h"
#include "rules/mailbox_who.h"
#include "rules/system_profile.h"
#include "rules/tries.h"

static enum authz_result shape(struct mailbox_proof *p)
{
	const struct request *q = p->request;
	enum authz_result result = mailbox_password_fits(p->r, q->secret, "password");

	if (result == AUTHZ_OK && (q->has & HAS(NEW_SECRET)))
		result = mailbox_password_fits(p->r, q->new_secret, "new password");
	return result == AUTHZ_OK && !mailbox_name_fits(q->user) ? rules_refuse(p->r, AUTHZ_BAD_PARAMETER, "user") : result;
}

static bool is_master(const struct mailbox_proof *p, const struct box_group *g)
{
	return p->is_user && g->master[0] != '\0' && g->master_uid == p->owner.uid && strcmp(g->master, p->owner.name) == 0;
}

static enum authz_result judge(const struct mailbox_proof *p, bool found)
{
	if (!found || !p->is_user || p->box.uid != p->owner.uid ||
	    system_profile(&p->r->host->config, p->owner.name, p->owner.uid))
		return AUTHZ_NO_MAILBOX;
	return p->box.pending != MAILBOX_LIVE ? AUTHZ_MAILBOX_PENDING : AUTHZ_OK;
}

/* A master needs no mailbox to bind under its own name. */
static enum authz_result find_own(struct mailbox_proof *p, struct store_txn *t, const struct mailbox_caller *caller)
{
	struct box_names names;
	bool found;
	size_t i;
	enum authz_result result = box_names_read(p->r, t, &names);

	for (i = 0; result == AUTHZ_OK && i < names.count && p->own_count < PROOF_OWN_MAX; i++) {
		struct box_group *g = &p->own[p->own_count];

		result = box_group_read(p->r, t, names.name[i], g, &found);
		if (result != AUTHZ_OK || !is_master(p, g) || system_profile(&p->r->host->config, p->owner.name, p->owner.uid))
			continue;
		p->tells = p->tells || mailbox_manages(p->r, caller, g);
		p->group = *g;
		p->own_count++;
		p->verdict = AUTHZ_OK;
	}
	return result;
}

static enum authz_result look(struct mailbox_proof *p, struct store_txn *t)
{
	struct mailbox_caller caller;
	bool found = false;
	enum authz_result result = mailbox_caller_read(p->r, t, &caller);

	if (result == AUTHZ_OK)
		result = mailbox_read(p->r, t, p->owner.name, &p->box, &p->group, &found);
	if (result != AUTHZ_OK)
		return result;
	p->verdict = judge(p, found);
	p->tells = found ? mailbox_manages(p->r, &caller, &p->group) : caller.secadm;
	if (p->verdict == AUTHZ_NO_MAILBOX)
		return find_own(p, t, &caller);
	if (is_master(p, &p->group))
		p->own[p->own_count++] = p->group;
	if (p->box.turn != p->group.turn) /* the built-in server knew it once, before the group had another */
		memset(p->box.crypt, 0, sizeof p->box.crypt);
	return AUTHZ_OK;
}

/* Is the group's master still the user of then? */
static enum authz_result look_at_master(struct mailbox_proof *p)
{
	struct host_user master;
	struct store_txn *t;
	bool is_user;
	enum authz_result result;

	if (p->verdict == AUTHZ_NO_MAILBOX || p->group.master[0] == '\0')
		return AUTHZ_OK;
	result = mailbox_user(p->r, p->group.master, &master, &is_user);
	if (result == AUTHZ_OK)
		result = rules_begin(p->r, p->r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = mailbox_user_is(p->r, t, p->group.master, p->group.master_uid, is_user ? &master : NULL, &p->has_master);
	store_abort(t);
	if (system_profile(&p->r->host->config, master.name, master.uid))
		p->has_master = false;
	return result;
}

static enum authz_result find(struct mailbox_proof *p)
{
	struct rules *r = p->r;
	struct store_txn *t;
	enum authz_result result = r->host->clock(r->host->context, &p->now);

	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "a clock could not be read");
	p->until = mailbox_server_until(r, &p->now);
	result = mailbox_user(r, p->request->user, &p->owner, &p->is_user);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = look(p, t);
	store_abort(t);
	return result == AUTHZ_OK ? look_at_master(p) : result;
}

static void describe(struct mailbox_proof *p)
{
	p->event.caller = &p->r->caller;
	p->event.owner = p->is_user ? p->owner.name : p->request->user;
	p->event.service = p->request->service;
	p->event.rhost = p->request->rhost;
	p->event.tty = p->request->tty;
	p->event.behalf = p->request->actor;
	p->event.detail = p->detail;
	if (p->group.name[0] != '\0') {
		p->event.object_type = "mailboxes";
		p->event.entity = p->group.name;
	}
}

/*
 * A root login program is one caller for all who log in by it: were its tries one count, whoever guesses from somewhere would keep
 * the owner out from everywhere.
 */
static void name_count(struct mailbox_proof *p)
{
	snprintf(p->counted, sizeof p->counted, "%s%s%s", p->owner.name, p->r->caller.is_host ? "@" : "",
	         p->r->caller.is_host ? p->request->rhost : "");
}

enum authz_result mailbox_proof_begin(struct mailbox_proof *p)
{
	enum authz_result result = shape(p);

	if (result == AUTHZ_OK)
		result = find(p);
	describe(p);
	name_count(p);
	if (result == AUTHZ_OK) {
		result = tries_take_named(p->r, TRIES_MAILBOX, p->counted, &p->now);
		p->taken = result == AUTHZ_OK;
		if (p->verdict == AUTHZ_NO_MAILBOX && (result == AUTHZ_OK || (result == AUTHZ_TOO_MANY_TRIES && p->tells)))
			result = rules_refuse(p->r, p->verdict, p->request->user);
		else if (result == AUTHZ_TOO_MANY_TRIES) /* in the form that was asked: the host's is no stranger's business */
			rules_refuse(p->r, result, p->request->user);
	}
	return result == AUTHZ_OK ? AUTHZ_OK : mailbox_proof_refuse(p, result);
}

enum authz_result mailbox_proof_own(struct mailbox_proof *p, uint32_t option, enum authz_result none)
{
	bool matches;
	size_t i;
	enum authz_result result;

	for (i = 0; i < p->own_count; i++) {
		if (!(p->own[i].options & option))
			continue;
		none = AUTHZ_INVALID_PASSWORD;
		result = mailbox_proof_hash(p, p->has_master ? p->own[i].crypt : "", &matches);
		if (result != AUTHZ_OK)
			return result;
		if (matches) {
			p->group = p->own[i];
			return AUTHZ_OK;
		}
	}
	return rules_refuse(p->r, none, p->request->user);
}

enum authz_result mailbox_proof_hash(struct mailbox_proof *p, const char *crypt, bool *matches)
{
	struct rules *r = p->r;
	enum authz_result result = r->host->password(r->host->context, crypt, p->request->secret, matches);

	if (p->hashes > 0)
		p->hashes--;
	if (crypt[0] == '\0')
		*matches = false;
	return result == AUTHZ_OK ? result : rules_refuse(r, result, "libcrypt");
}

/* Which server it was, and what it said. */
static void note_server(struct mailbox_proof *p, const struct server_reply *reply)
{
	const char *said = reply->answer == SERVER_OK ? "ok" : reply->answer == SERVER_REFUSED ? "error" : "none";

	snprintf(p->detail, sizeof p->detail, "group=%s server=%s%s%s", p->group.name, said,
	         reply->why[0] != '\0' ? " reason=" : "", reply->why);
	p->event.object_type = "password-server";
	p->event.entity = p->group.server;
}

enum authz_result mailbox_proof_ask(struct mailbox_proof *p, struct server_question *q, enum server_answer *answer)
{
	struct server_reply reply;
	enum authz_result result;

	q->path = p->group.server;
	q->owner = p->owner.name;
	q->group = p->group.name;
	q->crypt = p->box.crypt;
	q->until = p->until;
	result = mailbox_server_ask(p->r, q, &reply);
	*answer = reply.answer;
	p->heard = p->heard || reply.heard;
	if (q->path[0] == '\0' && p->hashes > 0)
		p->hashes--;
	if (result == AUTHZ_OK && q->path[0] != '\0')
		note_server(p, &reply);
	return result;
}

enum authz_result mailbox_proof_intend(struct mailbox_proof *p)
{
	return rules_intent(p->r, &p->event, &p->number);
}

static bool is_told(const struct mailbox_proof *p, enum authz_result result)
{
	static const enum authz_result hidden[] = {AUTHZ_NO_MAILBOX, AUTHZ_MAILBOX_PENDING, AUTHZ_NO_OWN_BIND, AUTHZ_NO_OWN_REG,
	                                           AUTHZ_WRONG_ADDRESS};
	size_t i;

	for (i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (result == hidden[i])
			return p->tells;
	return true;
}

/* What a wrong password would have cost. */
static void pay(struct mailbox_proof *p)
{
	char subject[SUBJECT_SIZE];
	bool matches;

	memcpy(subject, p->r->subject, sizeof subject);
	while (p->taken && p->hashes > 0)
		(void)mailbox_proof_hash(p, "", &matches);
	memcpy(p->r->subject, subject, sizeof subject);
}

static enum authz_result record(struct mailbox_proof *p, enum authz_result result)
{
	if (p->number != 0)
		return rules_outcome(p->r, &p->event, p->number, result);
	return p->is_user ? rules_refused(p->r, &p->event, result) : rules_refused_unknown(p->r, &p->event, result);
}

enum authz_result mailbox_proof_refuse(struct mailbox_proof *p, enum authz_result result)
{
	struct rules *r = p->r;

	if (result == AUTHZ_IO_ERR && p->taken) {
		/* nobody has looked at it: were it counted, a server that was away would keep all out for longer */
		if (!p->heard)
			(void)tries_give_back(r, TRIES_MAILBOX, p->counted);
		rules_refuse(r, result, p->group.server);
	} else {
		pay(p);
	}
	result = record(p, result);
	if (result == AUTHZ_IO_ERR && !p->tells)
		return rules_refuse(r, result, p->request->user);
	return is_told(p, result) ? result : rules_refuse(r, AUTHZ_INVALID_PASSWORD, p->request->user);
}

enum authz_result mailbox_proof_accept(struct mailbox_proof *p)
{
	const bool alone = p->event.master != NULL || p->repeated;
	enum authz_result result = alone ? tries_give_back(p->r, TRIES_MAILBOX, p->counted)
	                                 : tries_forget_named(p->r, TRIES_MAILBOX, p->counted);

	return result != AUTHZ_OK || p->number != 0 ? record(p, result) : result;
}
