/* SPDX-License-Identifier: ISC */
/*
 * A token from a token (QsyGenPrfTknFromPrfTkn).
 *
 * MUST 1: only a live, regenerable token is regenerated, and only where it could be redeemed.
 * MUST 2: the new token stands for the same user and the same state of the account, is bound as the old one at least, and
 *         carries the same master's name.
 * MUST 3: no token of a chain outlives the chain.
 * MUST 4: a regenerated token counts for the maker of the first of its chain.
 * MUST 5: one whose parent was invalidated or removed, or has expired, meanwhile is not made.
 */
#include <stdio.h>
#include <string.h>

#include "rules/presented.h"
#include "rules/issue.h"
#include "rules/token.h"

struct regeneration {
	struct presented parent;
	struct issue issue;
	struct token_mark mark;
	bool days_stand;
	char detail[128]; /* of the audit */
};

static enum authz_result check_kind(const struct presented *h)
{
	return h->record.type == '3' ? AUTHZ_OK : AUTHZ_NOT_REGENERABLE;
}

static enum authz_result check_still(void *context, struct store_txn *tokens)
{
	struct presented *h = context;
	struct host_clock now;
	enum authz_result result = presented_read(h, tokens);

	if (result == AUTHZ_OK)
		result = presented_check_state(h);
	if (result == AUTHZ_OK)
		result = h->r->host->clock(h->r->host->context, &now);
	if (result != AUTHZ_OK)
		return result;
	return token_time_left(&h->record, now.wall, now.boot) > 0 ? AUTHZ_OK : AUTHZ_TOKEN_EXPIRED;
}

static bool narrows(const char *bound, const char *wanted)
{
	return bound[0] == '\0' || wanted[0] == '\0' || strcmp(bound, wanted) == 0;
}

/* What is bound stays bound; what is not may be bound now. */
static enum authz_result check_narrower(const struct presented *h)
{
	const struct token_record *t = &h->record;
	const struct request *q = h->request;

	if (!narrows(t->bind_service, q->bind_service))
		return AUTHZ_BIND_SERVICE;
	if (!narrows(t->bind_rhost, q->bind_rhost))
		return AUTHZ_BIND_RHOST;
	if (!narrows(t->bind_tty, q->bind_tty))
		return AUTHZ_BIND_TTY;
	if ((q->has & HAS(BIND_UID)) && t->bind_uid != (uid_t)-1 && q->bind_uid != (int64_t)t->bind_uid)
		return AUTHZ_BIND_UID;
	return AUTHZ_OK;
}

static enum authz_result check_all(struct regeneration *g)
{
	static enum authz_result (*const checks[])(const struct presented *) = {
		presented_check_time, presented_check_state, check_kind, presented_check_bindings, check_narrower,
	};
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < sizeof checks / sizeof checks[0] && result == AUTHZ_OK; i++)
		result = checks[i](&g->parent);
	return result == AUTHZ_OK ? presented_check_account(&g->parent, &g->days_stand) : result;
}

static enum authz_result look(struct regeneration *g)
{
	struct presented *h = &g->parent;
	enum authz_result result = issue_check_wishes(h->r, h->request);

	if (result == AUTHZ_OK)
		result = presented_look(h);
	presented_find_maker(h);
	presented_find_master(h);
	if (result == AUTHZ_OK)
		result = token_mark_ask(h->r, h->request, &g->mark);
	if (result != AUTHZ_OK)
		return result;
	presented_find_owner(h, h->record.owner_name, true);
	return check_all(g);
}

/* In the session of a master a token gets its name, though the parent has none. */
static enum authz_result mark(struct regeneration *g)
{
	struct rules *r = g->parent.r;
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = token_mark_set(r, t, &g->mark, &g->parent.owner.user, &g->issue.record);
	store_abort(t);
	return result;
}

/* Everything is the parent's but kind, time-out and further bindings. */
static enum authz_result fill(struct regeneration *g)
{
	const struct request *q = g->parent.request;
	struct token_record *t = &g->issue.record;
	enum authz_result result;

	*t = g->parent.record;
	issue_wish(t, q);
	result = mark(g);
	return result == AUTHZ_OK ? issue_fit_chain(&g->issue) : result;
}

static enum authz_result regenerate(struct regeneration *g)
{
	struct presented *h = &g->parent;
	struct issue *i = &g->issue;
	const struct request *q = h->request;
	struct audit_event event = {.event = "token.regenerate", .caller = &h->r->caller, .owner = h->record.owner_name,
	                            .maker = h->maker.name, .master = i->record.master_name, .token_id = i->id,
	                            AUDIT_CLAIMS(q), .detail = g->detail};
	enum authz_result result = look(g);

	if (result == AUTHZ_OK)
		result = fill(g);
	snprintf(g->detail, sizeof g->detail, "type=%c timeout=%lld from=%s", q->type >= '1' && q->type <= '3' ? (char)q->type : '?',
	         (long long)q->timeout, h->id);
	if (result != AUTHZ_OK)
		return rules_refused(h->r, &event, result);
	issue_prepare(i);
	return issue_store(i, g->days_stand, &event);
}

enum authz_result token_regenerate(struct rules *r, const struct request *request, struct answer *answer)
{
	struct regeneration g = {.days_stand = false};
	enum authz_result result;

	presented_init(&g.parent, r, request);
	g.issue = (struct issue){.r = r, .request = request, .owner = &g.parent.owner, .maker_name = g.parent.maker.name,
	                         .still = check_still, .context = &g.parent};
	result = regenerate(&g);
	if (result == AUTHZ_OK)
		issue_answer(&g.issue, answer);
	presented_wipe(&g.parent);
	issue_wipe(&g.issue);
	return result;
}
