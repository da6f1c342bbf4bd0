/* SPDX-License-Identifier: ISC */
/*
 * A new cabinet.
 *
 * MUST 1: only a supervisor makes a cabinet, but for a user's own private one.
 * MUST 2: no name of a user or a group of this host becomes a cabinet's that is not private, and no group's name a group's.
 * MUST 3: a gid is of the build's range, no other cabinet's, no group's, and nobody's subordinate one; it is not given
 *         again soon after a purge.
 */
#include "rules/cabinet.h"

#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_change.h"
#include "rules/cabinet_name.h"
#include "view/publish.h"

#define CANDIDATES 1000 /* gids that are asked about before there are none */
#define OVERTAKEN 200   /* how often another one may get the gid first */

struct creation {
	struct cabinet_change change; /* the first */
	struct answer *answer;
	gid_t gid;
	char crypt[HOST_CRYPT_SIZE];
};

static bool is_automatic(const struct cabinet_change *c)
{
	return c->request->cabinet_type == CABINET_SHARED && !(c->request->has & HAS(GID));
}

static enum authz_result bad(struct cabinet_change *c, const char *parameter)
{
	return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, parameter);
}

static enum authz_result shape(struct cabinet_change *c)
{
	const struct request *q = c->request;
	const bool shared = q->cabinet_type == CABINET_SHARED;

	if (q->cabinet_type < 0 || q->cabinet_type >= CABINET_TYPES)
		return bad(c, "type");
	if (strcmp(q->cabinet, CABINET_TEMPLATE) == 0 ||
	    !(q->cabinet_type == CABINET_PRIVATE ? cabinet_member_name_fits(q->cabinet) : cabinet_name_fits(q->cabinet)))
		return rules_refuse(c->r, AUTHZ_CABINET_NAME, q->cabinet);
	if ((q->has & HAS(GID)) && !shared)
		return bad(c, "gid");
	if ((q->has & HAS(LISTING)) && (!shared || q->listing < 0 || q->listing > VIEW_LIST_NONE))
		return bad(c, "listing");
	if ((q->has & HAS(TEXT)) && !cabinet_text_fits(q->text))
		return bad(c, "text");
	if (q->new_secret[0] != '\0' && q->cabinet_type == CABINET_PUBLIC)
		return bad(c, "password");
	return AUTHZ_OK;
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	const bool is_private = c->request->cabinet_type == CABINET_PRIVATE;
	enum authz_result result;

	c->event.owner = c->request->cabinet;
	result = is_private ? cabinet_may_own(c->r, t, &c->actor, c->request->cabinet)
	                    : cabinet_must_supervise(c->r, t, &c->actor);
	if (result == AUTHZ_OK)
		result = cabinet_change_find(c, t);
	return result == AUTHZ_OK && c->found ? rules_refuse(c->r, AUTHZ_CABINET_EXISTS, c->request->cabinet) : result;
}

/* ---- the name */

static enum authz_result no_user(struct rules *r, const char *name)
{
	struct host_user user;
	enum authz_result result = r->host->user_by_name(r->host->context, name, &user);

	if (result == AUTHZ_USER_NOT_FOUND)
		return AUTHZ_OK;
	return result == AUTHZ_OK ? rules_refuse(r, AUTHZ_NAME_TAKEN, name) : rules_refuse(r, result, "the look-up of a user failed");
}

static enum authz_result no_group(struct rules *r, const char *name)
{
	gid_t gid;
	enum authz_result result = r->host->group_by_name(r->host->context, name, &gid);

	if (result == AUTHZ_UNKNOWN_ENTITY)
		return AUTHZ_OK;
	return result == AUTHZ_OK ? rules_refuse(r, AUTHZ_NAME_TAKEN, name)
	                          : rules_refuse(r, result, "the look-up of a group failed");
}

static enum authz_result ask_name(struct cabinet_change *c)
{
	const char *name = c->request->cabinet;
	char group[NAME_SIZE];
	enum authz_result result;

	if (c->request->cabinet_type == CABINET_PRIVATE)
		return cabinet_change_ask_own(c);
	cabinet_group_name(name, group);
	result = no_user(c->r, name);
	if (result == AUTHZ_OK)
		result = no_group(c->r, name);
	return result == AUTHZ_OK && c->request->cabinet_type == CABINET_SHARED ? no_group(c->r, group) : result;
}

/* ---- the gid */

static enum authz_result refuse_gid(struct rules *r, int64_t gid)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)gid);
	return rules_refuse(r, AUTHZ_GID_TAKEN, text);
}

/* In the range, and round. */
static gid_t in_range(uint64_t gid)
{
	return cabinet_gid_fits((int64_t)gid) ? (gid_t)gid : (gid_t)(AUTHZ_GID_LOW > 0 ? AUTHZ_GID_LOW : 1);
}

/* The first from *gid on that no cabinet has; *gid 0: from the last one that was given. */
static enum authz_result free_in_store(struct rules *r, gid_t *gid)
{
	struct cabinet_numbers n;
	struct store_txn *t;
	char name[NAME_SIZE];
	bool found = true;
	uint64_t left;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = cabinet_numbers_read(r, t, &n);
	*gid = in_range(*gid != 0 ? *gid : (uint64_t)n.last_gid + 1);
	for (left = n.cabinets + 1; result == AUTHZ_OK && found && left > 0; left--) {
		result = cabinet_of_gid(r, t, *gid, name, &found);
		if (found)
			*gid = in_range((uint64_t)*gid + 1);
	}
	store_abort(t);
	return result;
}

static enum authz_result ask_host(struct rules *r, gid_t gid, gid_t *next)
{
	enum authz_result result = r->host->gid_free(r->host->context, gid, next);

	return result == AUTHZ_OK ? result : rules_refuse(r, result, "the look-up of a group failed");
}

static enum authz_result choose_gid(struct rules *r, gid_t *gid)
{
	gid_t next = 0;
	enum authz_result result = AUTHZ_OK;
	unsigned i;

	for (i = 0; i < CANDIDATES && result == AUTHZ_OK; i++) {
		*gid = next;
		result = free_in_store(r, gid);
		if (result == AUTHZ_OK)
			result = ask_host(r, *gid, &next);
		if (result == AUTHZ_OK && next == *gid)
			return AUTHZ_OK;
	}
	return result == AUTHZ_OK ? rules_refuse(r, AUTHZ_GIDS_FULL, "") : result;
}

static enum authz_result ask_gid(struct cabinet_change *c)
{
	struct creation *creation = (struct creation *)c;
	gid_t next;
	enum authz_result result;

	creation->gid = (gid_t)-1;
	if (c->request->cabinet_type != CABINET_SHARED)
		return AUTHZ_OK;
	if (is_automatic(c))
		return choose_gid(c->r, &creation->gid);
	if (!cabinet_gid_fits(c->request->gid))
		return refuse_gid(c->r, c->request->gid);
	creation->gid = (gid_t)c->request->gid;
	result = ask_host(c->r, creation->gid, &next);
	return result == AUTHZ_OK && next != creation->gid ? refuse_gid(c->r, c->request->gid) : result;
}

static enum authz_result ask(struct cabinet_change *c)
{
	enum authz_result result = ask_name(c);

	if (result == AUTHZ_OK)
		result = ask_gid(c);
	return result == AUTHZ_OK ? cabinet_change_password(c, ((struct creation *)c)->crypt) : result;
}

/* ---- under the lock */

static enum authz_result take_gid(struct cabinet_change *c, struct store_txn *t)
{
	const gid_t gid = ((struct creation *)c)->gid;
	struct cabinet_numbers n;
	char name[NAME_SIZE];
	bool found;
	enum authz_result result;

	if (gid == (gid_t)-1)
		return AUTHZ_OK;
	result = cabinet_of_gid(c->r, t, gid, name, &found);
	if (result == AUTHZ_OK && found) {
		c->overtaken = is_automatic(c);
		return refuse_gid(c->r, gid);
	}
	if (result != AUTHZ_OK || !is_automatic(c))
		return result;
	result = cabinet_numbers_read(c->r, t, &n);
	n.last_gid = gid;
	return result == AUTHZ_OK ? cabinet_numbers_write(c->r, t, &n) : result;
}

static void fill(struct cabinet_change *c, struct cabinet *cabinet)
{
	const struct creation *creation = (const struct creation *)c;

	cabinet->gid = creation->gid;
	cabinet->listing = c->request->has & HAS(LISTING) ? (uint8_t)c->request->listing : VIEW_LIST_ALL;
	memcpy(cabinet->text, c->request->text, sizeof cabinet->text);
	memcpy(cabinet->crypt, creation->crypt, sizeof cabinet->crypt);
	snprintf(c->detail, sizeof c->detail, "cabinet=%d isn=%u gid=%lld", (int)cabinet->type, (unsigned)cabinet->isn,
	         cabinet->gid == (gid_t)-1 ? -1LL : (long long)cabinet->gid);
}

static void fill_answer(struct answer *a, const struct cabinet *cabinet)
{
	a->reply.has |= 1u << REPLY_ISN;
	a->reply.isn = cabinet->isn;
	if (cabinet->type != CABINET_SHARED)
		return;
	a->reply.has |= 1u << REPLY_GID;
	a->reply.gid = cabinet->gid;
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet template;
	enum authz_result result = cabinet_template(c, t, &template);

	if (result == AUTHZ_OK)
		result = take_gid(c, t);
	if (result != AUTHZ_OK)
		return result;
	cabinet_change_new(c, c->request->cabinet, (enum cabinet_type)c->request->cabinet_type, &template, &c->cabinet);
	result = cabinet_next_isn(c->r, t, &c->cabinet.isn);
	if (result != AUTHZ_OK)
		return result;
	fill(c, &c->cabinet);
	fill_answer(((struct creation *)c)->answer, &c->cabinet);
	if (c->cabinet.type == CABINET_SHARED)
		cabinet_touch(c->touched, c->cabinet.name);
	return cabinet_write(c->r, t, &c->cabinet);
}

enum authz_result cabinet_create(struct rules *r, const struct request *request, struct answer *answer)
{
	static const struct cabinet_steps steps = {shape, decide, ask, apply};
	struct creation creation;
	enum authz_result result;
	unsigned times = 0;

	do {
		creation = (struct creation){.change = {.r = r, .request = request, .event = {.event = "cabinet.create"}},
		                             .answer = answer};
		result = cabinet_change_run(&creation.change, &steps);
	} while (creation.change.overtaken && ++times < OVERTAKEN);
	sodium_memzero(&creation, sizeof creation);
	return result;
}
