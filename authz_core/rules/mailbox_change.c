/* SPDX-License-Identifier: ISC */
/*
 * ZMHS-VAL-PASSW-MS-ADD, ALTER, DELETE.  The built-in server is the record: one commit.  Another one is asked between two: the
 * first says that it is being asked, the second what came of it.
 *
 * MUST 1: the host, *SECADM, and the manager of the group alone; nobody else learns whether there is a mailbox.
 * MUST 2: a system profile never owns a mailbox.
 * MUST 3: while a server is asked no transaction is open, and the mailbox is pending.
 * MUST 4: a server that refuses, or is out of reach, leaves all as it was.
 * MUST 5: a mailbox about which the server was asked for two at once stays pending: nobody knows which password it has.
 * MUST 6: neither the password nor its hash is in a record of the audit, and no copy of either stays here.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/mailbox.h"
#include "rules/mailbox_address.h"
#include "rules/mailbox_server.h"
#include "rules/mailbox_who.h"
#include "rules/profile_record.h"
#include "rules/system_profile.h"

#define AGAIN_MAX 3

struct change {
	struct rules *r;
	const struct request *request;
	enum mailbox_pending asked, does; /* does: ADDING too where an ALTER populates */
	struct host_user owner;
	bool is_user;
	struct host_clock now;
	int64_t until;
	char address[ADDRESS_SIZE];
	struct mailbox before, box; /* as it was, and as it is to be */
	bool found;
	struct box_group group;
	uint32_t turn;    /* of the group, when its server was chosen */
	uint64_t ticket;  /* while the server is asked */
	bool again;       /* the group has another server now */
	bool heard;       /* the server is out of reach, and may have done it */
	bool overtaken;   /* by another change of the mailbox, while the server was asked */
	char crypt[HOST_CRYPT_SIZE]; /* of the new password, if the server is built in */
	struct audit_event event;
	char detail[192];
};

static bool has(const struct change *c, uint64_t field)
{
	return (c->request->has & field) != 0;
}

/* ---- before any lock */

static enum authz_result shape(struct change *c)
{
	const struct request *q = c->request;

	if (!mailbox_name_fits(q->user))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "user");
	if ((has(c, HAS(BOX_GROUP)) || c->asked == MAILBOX_ADDING) && !mailbox_name_fits(q->box_group))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "group");
	if (q->address[0] != '\0' && !mailbox_address_net(q->address, c->address))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "address");
	if ((c->asked == MAILBOX_ALTERING && !has(c, HAS(NEW_SECRET) | HAS(ADDRESS))) ||
	    (c->asked == MAILBOX_ADDING && !has(c, HAS(NEW_SECRET))))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "password");
	return has(c, HAS(NEW_SECRET)) ? mailbox_password_fits(c->r, q->new_secret, "password") : AUTHZ_OK;
}

static enum authz_result ask_host(struct change *c)
{
	struct rules *r = c->r;

	if (r->host->clock(r->host->context, &c->now) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	c->until = mailbox_server_until(r, &c->now);
	return mailbox_user(r, c->request->user, &c->owner, &c->is_user);
}

/* ---- may it, in a transaction */

/* Whoever manages another group hears what is so for that one: there is no such mailbox. */
static enum authz_result check_caller(struct change *c, struct store_txn *t, bool has_group)
{
	struct mailbox_caller caller;
	bool manages = false;
	enum authz_result result = mailbox_caller_read(c->r, t, &caller);

	if (result == AUTHZ_OK && (caller.secadm || (has_group && mailbox_manages(c->r, &caller, &c->group))))
		return AUTHZ_OK;
	if (result == AUTHZ_OK && (c->asked != MAILBOX_ADDING || !has_group)) /* of adding: there is no such group */
		result = mailbox_manages_any(c->r, t, &caller, &manages);
	if (result != AUTHZ_OK)
		return result;
	if (!manages)
		return rules_refuse(c->r, AUTHZ_SPECIAL_REQUIRED, "*SECADM");
	return c->asked == MAILBOX_ADDING ? AUTHZ_OK : rules_refuse(c->r, AUTHZ_NO_MAILBOX, c->request->user);
}

/* A change that was broken off is finished by the same one, or by deleting. */
static enum authz_result check_pending(const struct change *c)
{
	const struct mailbox *m = &c->before;

	if (m->pending == MAILBOX_LIVE || c->does == MAILBOX_DELETING || c->does == m->pending)
		return AUTHZ_OK;
	return rules_refuse(c->r, AUTHZ_MAILBOX_PENDING, c->request->user);
}

static enum authz_result check_add(struct change *c)
{
	const struct mailbox *m = &c->before;

	if (!c->is_user)
		return rules_refuse(c->r, AUTHZ_USER_NOT_FOUND, c->request->user);
	if (system_profile(&c->r->host->config, c->owner.name, c->owner.uid))
		return rules_refuse(c->r, AUTHZ_SYSTEM_PROFILE, c->request->user);
	if (!c->found)
		return AUTHZ_OK;
	if (m->pending == MAILBOX_LIVE)
		return rules_refuse(c->r, AUTHZ_MAILBOX_EXISTS, c->request->user);
	if (m->uid != c->owner.uid || strcmp(m->group, c->request->box_group) != 0)
		return rules_refuse(c->r, AUTHZ_MAILBOX_PENDING, c->request->user);
	return check_pending(c);
}

static enum authz_result check_there(struct change *c)
{
	const bool same = c->is_user && c->owner.uid == c->before.uid;

	if (!c->found || (c->does == MAILBOX_ALTERING && !same))
		return rules_refuse(c->r, AUTHZ_NO_MAILBOX, c->request->user);
	if (has(c, HAS(BOX_GROUP)) && strcmp(c->before.group, c->request->box_group) != 0)
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "group"); /* it stays where it is */
	return check_pending(c);
}

static bool populates(const struct change *c, bool has_group)
{
	return c->asked == MAILBOX_ALTERING && has_group && (c->group.options & BOX_POPULATE) && has(c, HAS(NEW_SECRET)) &&
	       has(c, HAS(BOX_GROUP)) && (!c->found || c->before.pending == MAILBOX_ADDING);
}

static enum authz_result decide(struct change *c, struct store_txn *t)
{
	struct rules *r = c->r;
	bool has_group;
	enum authz_result result = mailbox_read(r, t, c->owner.name, &c->before, &c->group, &c->found);

	has_group = c->found;
	if (result == AUTHZ_OK && (!c->found || c->asked == MAILBOX_ADDING) && has(c, HAS(BOX_GROUP)))
		result = box_group_read(r, t, c->request->box_group, &c->group, &has_group);
	c->does = populates(c, has_group) ? MAILBOX_ADDING : c->asked;
	if (result == AUTHZ_OK)
		result = check_caller(c, t, has_group);
	if (result != AUTHZ_OK)
		return result;
	if (has(c, HAS(BOX_GROUP)) && !has_group)
		return rules_refuse(r, AUTHZ_NO_BOX_GROUP, c->request->box_group);
	return c->does == MAILBOX_ADDING ? check_add(c) : check_there(c);
}

static enum authz_result decide_first(struct change *c)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(c->r, c->r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = decide(c, t);
	c->turn = c->group.turn;
	store_abort(t);
	return result;
}

/* ---- what it is to be */

static void wish(struct change *c)
{
	struct mailbox *m = &c->box;

	*m = c->before;
	if (!c->found) {
		memcpy(m->owner, c->owner.name, sizeof m->owner);
		memcpy(m->group, c->group.name, sizeof m->group);
		m->uid = c->owner.uid;
	}
	if (has(c, HAS(ADDRESS)))
		memcpy(m->address, c->address, sizeof m->address);
	if (c->group.server[0] != '\0')
		sodium_memzero(c->crypt, sizeof c->crypt);
	if (c->group.server[0] != '\0' || has(c, HAS(NEW_SECRET))) {
		memcpy(m->crypt, c->crypt, sizeof m->crypt);
		m->turn = c->group.turn;
	}
	m->pending = MAILBOX_LIVE;
	m->ticket = 0;
	m->changed_by = c->r->caller.uid;
	m->changed_at = c->now.wall;
}

static enum authz_result write_wish(struct change *c, struct store_txn *t)
{
	return c->does == MAILBOX_DELETING ? mailbox_erase(c->r, t, c->before.owner) : mailbox_write(c->r, t, &c->box);
}

static void describe(struct change *c)
{
	struct audit_event *e = &c->event;

	e->caller = &c->r->caller;
	e->owner = c->is_user ? c->owner.name : c->found ? c->before.owner : c->request->user;
	e->service = c->request->service;
	e->rhost = c->request->rhost;
	e->tty = c->request->tty;
	e->behalf = c->request->actor;
	e->detail = c->detail;
	if (c->group.name[0] == '\0')
		return;
	e->object_type = c->group.server[0] != '\0' ? "password-server" : "mailboxes";
	e->entity = c->group.server[0] != '\0' ? c->group.server : c->group.name;
	snprintf(c->detail, sizeof c->detail, "group=%s%s", c->group.name,
	         c->does == MAILBOX_ADDING && c->asked == MAILBOX_ALTERING ? " populate=yes" : "");
}

/* ---- the built-in server */

static enum authz_result question(struct change *c, enum server_command command, struct server_reply *reply)
{
	const struct server_question q = {.command = command, .path = c->group.server, .owner = c->box.owner,
	                                  .group = c->group.name, .address = command == SERVER_DELETE ? "" : c->box.address,
	                                  .password = has(c, HAS(NEW_SECRET)) ? c->request->new_secret : NULL,
	                                  .crypt = c->crypt, .until = c->until};

	return mailbox_server_ask(c->r, &q, reply);
}

/* ---- another one */

static uint64_t new_ticket(const struct change *c)
{
	uint64_t ticket = 0;

	while (ticket == 0)
		c->r->host->random(c->r->host->context, &ticket, sizeof ticket);
	return ticket;
}

static enum authz_result begin_pending(struct change *c, struct store_txn *t)
{
	struct mailbox m = c->before;

	if (!c->found) {
		m = c->box;
		memset(m.address, 0, sizeof m.address);
	}
	m.pending = c->does;
	c->ticket = m.ticket = new_ticket(c);
	return mailbox_write(c->r, t, &m);
}

/*
 * Who asked before may be asking still: if the server can have done this one, that one too finds another ticket than its own.
 */
static enum authz_result undo(struct change *c, struct store_txn *t)
{
	if (c->found && c->before.pending != MAILBOX_LIVE && c->heard)
		c->before.ticket = new_ticket(c);
	return c->found ? mailbox_write(c->r, t, &c->before) : mailbox_erase(c->r, t, c->box.owner);
}

/*
 * Somebody took this for broken off, and has asked the server too; which of the two it did last nobody knows.  So the mailbox
 * is pending, also to the other one, if that still asks.
 */
static enum authz_result stay_pending(struct change *c, struct store_txn *t, struct mailbox *m)
{
	c->overtaken = true;
	if (m->pending == MAILBOX_LIVE)
		m->pending = MAILBOX_ALTERING;
	m->ticket = new_ticket(c);
	return mailbox_write(c->r, t, m);
}

static enum authz_result keep_or_undo(struct change *c, struct store_txn *t, bool keep)
{
	struct box_group group;
	struct mailbox m;
	bool found;
	enum authz_result result = mailbox_read(c->r, t, c->box.owner, &m, &group, &found);

	c->overtaken = !found;
	if (result == AUTHZ_OK && found && m.ticket != c->ticket)
		result = stay_pending(c, t, &m);
	else if (result == AUTHZ_OK && found)
		result = keep ? write_wish(c, t) : undo(c, t);
	sodium_memzero(&m, sizeof m);
	sodium_memzero(&group, sizeof group);
	return result;
}

static enum authz_result settle(struct change *c, bool keep)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(c->r, c->r->authority, true, &t);

	if (result != AUTHZ_OK)
		return result;
	result = keep_or_undo(c, t, keep);
	if (result == AUTHZ_OK)
		return rules_store(c->r, c->r->authority, store_commit(t));
	store_abort(t);
	return result;
}

/* What was broken off may have been done: then it refuses to add what it has, or to delete what it has not. */
static enum authz_result ask_server(struct change *c, struct server_reply *reply)
{
	static const enum server_command commands[] = {[MAILBOX_ADDING] = SERVER_ADD, [MAILBOX_ALTERING] = SERVER_ALTER,
	                                               [MAILBOX_DELETING] = SERVER_DELETE};
	const bool again = c->found && c->before.pending != MAILBOX_LIVE;
	enum authz_result result = question(c, commands[c->does], reply);

	if (result != AUTHZ_OK || reply->answer != SERVER_REFUSED || !again)
		return result;
	if (c->does == MAILBOX_ADDING)
		return question(c, SERVER_ALTER, reply);
	if (c->does == MAILBOX_DELETING)
		reply->answer = SERVER_OK;
	return AUTHZ_OK;
}

static enum authz_result refusal(struct change *c, enum server_answer answer)
{
	char subject[SUBJECT_SIZE];

	if (answer == SERVER_OUT_OF_REACH)
		return rules_refuse(c->r, AUTHZ_FS_ERR, c->group.server);
	snprintf(subject, sizeof subject, "%s (server %.*s)", c->request->user, (int)(sizeof subject - NAME_SIZE - 12),
	         c->group.server);
	return rules_refuse(c->r, AUTHZ_PW_SVR_ERR, subject);
}

static void note(struct change *c, const struct server_reply *reply)
{
	const size_t used = strlen(c->detail);
	const char *event = reply->answer == SERVER_OUT_OF_REACH ? " mhs-event=12" : "";

	snprintf(c->detail + used, sizeof c->detail - used, "%s%s%s", event, reply->why[0] != '\0' ? " reason=" : "", reply->why);
}

/* The mailbox is pending. */
static enum authz_result carry_out(struct change *c)
{
	struct server_reply reply;
	enum authz_result asked = ask_server(c, &reply), settled;

	if (asked == AUTHZ_OK)
		note(c, &reply);
	c->heard = asked == AUTHZ_OK && reply.answer == SERVER_OUT_OF_REACH && reply.heard;
	settled = settle(c, asked == AUTHZ_OK && reply.answer == SERVER_OK);
	if (settled != AUTHZ_OK || asked != AUTHZ_OK)
		return settled != AUTHZ_OK ? settled : asked;
	if (c->overtaken)
		return rules_refuse(c->r, AUTHZ_MAILBOX_PENDING, c->request->user);
	return reply.answer == SERVER_OK ? AUTHZ_OK : refusal(c, reply.answer);
}

static enum authz_result by_site(struct change *c, struct store_txn *t)
{
	struct rules *r = c->r;
	uint64_t number;
	enum authz_result result = begin_pending(c, t);

	if (result == AUTHZ_OK)
		result = rules_intent(r, &c->event, &number);
	if (result != AUTHZ_OK) {
		store_abort(t);
		return rules_refused(r, &c->event, result);
	}
	result = rules_store(r, r->authority, store_commit(t));
	if (result == AUTHZ_OK)
		result = carry_out(c);
	return rules_outcome(r, &c->event, number, result);
}

static enum authz_result by_record(struct change *c, struct store_txn *t)
{
	enum authz_result result = write_wish(c, t);

	if (result == AUTHZ_OK)
		return rules_commit(c->r, c->r->authority, t, &c->event);
	store_abort(t);
	return rules_refused(c->r, &c->event, result);
}

/* ---- */

static enum authz_result refused(struct change *c, enum authz_result result)
{
	return c->is_user || c->found ? rules_refused(c->r, &c->event, result)
	                              : rules_refused_unknown(c->r, &c->event, result);
}

static enum authz_result prepare(struct change *c)
{
	struct server_reply reply;
	enum authz_result result = decide_first(c);

	if (result == AUTHZ_OK && c->group.server[0] == '\0' && c->does != MAILBOX_DELETING)
		result = question(c, c->does == MAILBOX_ADDING ? SERVER_ADD : SERVER_ALTER, &reply);
	return result;
}

static enum authz_result run_once(struct change *c)
{
	struct store_txn *t = NULL;
	enum authz_result result = prepare(c);

	if (result == AUTHZ_OK)
		result = rules_begin(c->r, c->r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = decide(c, t);
	describe(c);
	c->again = result == AUTHZ_OK && c->group.turn != c->turn;
	if (c->again)
		result = rules_refuse(c->r, AUTHZ_STORE_BUSY, c->group.name);
	if (result != AUTHZ_OK) {
		store_abort(t);
		return c->again ? result : refused(c, result);
	}
	wish(c);
	return c->group.server[0] != '\0' ? by_site(c, t) : by_record(c, t);
}

static enum authz_result run(struct rules *r, const struct request *request, enum mailbox_pending what, const char *event)
{
	struct change c = {.r = r, .request = request, .asked = what, .does = what, .event = {.event = event}};
	unsigned i;
	enum authz_result result = shape(&c);

	if (result == AUTHZ_OK)
		result = ask_host(&c);
	if (result != AUTHZ_OK) {
		describe(&c);
		result = refused(&c, result);
	} else {
		for (i = 0; i == 0 || (c.again && i < AGAIN_MAX); i++)
			result = run_once(&c);
		if (c.again)
			result = refused(&c, result);
	}
	sodium_memzero(&c, sizeof c);
	return result;
}

enum authz_result mailbox_add(struct rules *r, const struct request *request)
{
	return run(r, request, MAILBOX_ADDING, "mailbox.add");
}

enum authz_result mailbox_alter(struct rules *r, const struct request *request)
{
	return run(r, request, MAILBOX_ALTERING, "mailbox.alter");
}

enum authz_result mailbox_delete(struct rules *r, const struct request *request)
{
	return run(r, request, MAILBOX_DELETING, "mailbox.delete");
}
