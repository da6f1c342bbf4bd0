/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what was decided without the lock is decided again under it.
 * MUST 2: of a cabinet that is locked nothing is changed.
 */
#include "rules/cabinet_change.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_name.h"

#define SECURITY_MAX 9999

static enum authz_result decide_first(struct cabinet_change *c, const struct cabinet_steps *steps)
{
	struct rules *r = c->r;
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = steps->decide(c, t);
	store_abort(t);
	return result;
}

static enum authz_result prepare(struct cabinet_change *c, const struct cabinet_steps *steps)
{
	struct rules *r = c->r;
	enum authz_result result = steps->shape != NULL ? steps->shape(c) : AUTHZ_OK;

	if (result == AUTHZ_OK)
		result = cabinet_who(r, c->request, &c->actor);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &c->now) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	if (result == AUTHZ_OK)
		result = decide_first(c, steps);
	return result == AUTHZ_OK && steps->ask != NULL ? steps->ask(c) : result;
}

enum authz_result cabinet_change_run(struct cabinet_change *c, const struct cabinet_steps *steps)
{
	struct rules *r = c->r;
	struct store_txn *t = NULL;
	enum authz_result result = prepare(c, steps);

	c->event.caller = &r->caller;
	c->event.object_type = "cabinet";
	c->event.entity = c->entity;
	c->event.detail = c->detail;
	c->event.as = c->actor.as;
	if (result == AUTHZ_OK && c->nothing)
		return AUTHZ_OK;
	c->touched = cabinet_touched_new();
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = steps->decide(c, t);
	if (result == AUTHZ_OK)
		result = steps->apply(c, t);
	sodium_memzero(c->cabinet.crypt, sizeof c->cabinet.crypt);
	if (result == AUTHZ_OK)
		return cabinet_commit(r, t, c->touched, &c->event);
	store_abort(t);
	cabinet_touched_free(c->touched);
	return c->overtaken ? result : rules_refused(r, &c->event, result);
}

enum authz_result cabinet_change_find(struct cabinet_change *c, struct store_txn *t)
{
	return cabinet_read(c->r, t, c->request->cabinet, &c->cabinet, &c->found);
}

enum authz_result cabinet_change_must_find(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result = cabinet_change_find(c, t);

	if (result != AUTHZ_OK)
		return result;
	if (!c->found || strcmp(c->request->cabinet, CABINET_TEMPLATE) == 0)
		return rules_refuse(c->r, AUTHZ_CABINET_NAME, c->request->cabinet);
	return AUTHZ_OK;
}

enum authz_result cabinet_change_must_be_live(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result = cabinet_change_must_find(c, t);

	if (result == AUTHZ_OK && c->cabinet.locked)
		return rules_refuse(c->r, AUTHZ_CABINET_LOCKED, c->request->cabinet);
	return result;
}

/* 15 before anything is said of the cabinet. */
enum authz_result cabinet_change_decide_own(struct cabinet_change *c, struct store_txn *t)
{
	const char *name = c->request->cabinet;
	enum authz_result result = cabinet_change_find(c, t);

	if (result == AUTHZ_OK)
		result = c->found && c->cabinet.type != CABINET_PRIVATE ? cabinet_may(c->r, t, &c->actor, name)
		                                                        : cabinet_may_own(c->r, t, &c->actor, name);
	if (result == AUTHZ_OK && c->cabinet.locked)
		return rules_refuse(c->r, AUTHZ_CABINET_LOCKED, c->request->cabinet);
	return result;
}

enum authz_result cabinet_change_ask_own(struct cabinet_change *c)
{
	struct rules *r = c->r;
	struct host_user user;
	enum authz_result result;

	if (c->found)
		return AUTHZ_OK;
	result = r->host->user_by_name(r->host->context, c->request->cabinet, &user);
	if (result == AUTHZ_USER_NOT_FOUND || (result == AUTHZ_OK && strcmp(user.name, c->request->cabinet) != 0))
		return rules_refuse(r, AUTHZ_CABINET_NAME, c->request->cabinet);
	c->is_user = result == AUTHZ_OK;
	return c->is_user ? result : rules_refuse(r, result, "the look-up of a user failed");
}

void cabinet_change_new(struct cabinet_change *c, const char *name, enum cabinet_type type, const struct cabinet *template,
                        struct cabinet *out)
{
	*out = (struct cabinet){.type = type, .gid = (gid_t)-1, .profile = template->profile, .maker = c->r->caller.uid,
	                        .made = c->now.wall};
	snprintf(out->name, sizeof out->name, "%s", name);
}

/* Nobody opens it, and what it lets new cabinets do is nothing, until the host says otherwise. */
enum authz_result cabinet_template(struct cabinet_change *c, struct store_txn *t, struct cabinet *out)
{
	static const struct cabinet nothing = {.isn = 0};
	bool found;
	enum authz_result result = cabinet_read(c->r, t, CABINET_TEMPLATE, out, &found);

	if (result != AUTHZ_OK || found)
		return result;
	cabinet_change_new(c, CABINET_TEMPLATE, CABINET_STANDALONE, &nothing, out);
	result = cabinet_next_isn(c->r, t, &out->isn);
	return result == AUTHZ_OK ? cabinet_write(c->r, t, out) : result;
}

enum authz_result cabinet_change_begin_own(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet template;
	enum authz_result result = AUTHZ_OK;

	if (c->found)
		return AUTHZ_OK;
	if (!c->is_user) /* what was there has gone meanwhile */
		return rules_refuse(c->r, AUTHZ_CABINET_NAME, c->request->cabinet);
	result = cabinet_template(c, t, &template);
	if (result != AUTHZ_OK)
		return result;
	cabinet_change_new(c, c->request->cabinet, CABINET_PRIVATE, &template, &c->cabinet);
	return cabinet_next_isn(c->r, t, &c->cabinet.isn);
}

enum authz_result cabinet_change_password(struct cabinet_change *c, char crypt[HOST_CRYPT_SIZE])
{
	struct rules *r = c->r;
	enum authz_result result;

	memset(crypt, 0, HOST_CRYPT_SIZE);
	if (c->request->new_secret[0] == '\0')
		return AUTHZ_OK;
	result = r->host->password_field(r->host->context, c->request->new_secret, crypt);
	return result == AUTHZ_OK ? result : rules_refuse(r, result, result == AUTHZ_BAD_PARAMETER ? "password" : "libcrypt");
}

bool cabinet_text_fits(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			return false;
	return true;
}

enum authz_result cabinet_change_profile_fits(struct cabinet_change *c)
{
	const struct request *q = c->request;

	if ((q->has & HAS(SECURITY)) && (q->security < 0 || q->security > SECURITY_MAX))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "security");
	if ((q->has & HAS(MARKS)) && (q->marks & ~(int64_t)CABINET_MARK_ALL) != 0)
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "marks");
	return AUTHZ_OK;
}

void cabinet_change_profile(const struct cabinet_change *c, struct cabinet_profile *profile)
{
	if (c->request->has & HAS(SECURITY))
		profile->security = (uint16_t)c->request->security;
	if (c->request->has & HAS(MARKS))
		profile->marks = (uint16_t)c->request->marks;
}
