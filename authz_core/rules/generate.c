/* SPDX-License-Identifier: ISC */
/*
 * Generate a profile token (QsyGenPrfTkn, QsyGenPrfTknE).
 *
 * MUST 1: the checks come in the order of the table below, so that a stranger without *USE learns nothing of an account.
 * MUST 2: no token for a system profile, whoever asks.
 * MUST 3: NSS, shadow and libcrypt are asked before a lock is taken.
 * MUST 4: who is unknown, has no password or is locked costs the same work and, to a stranger, has the same answer as who
 *         has another password.
 */
#include <stdio.h>
#include <string.h>

#include "rules/authority.h"
#include "rules/issue.h"
#include "rules/matrix.h"
#include "rules/password.h"
#include "rules/token.h"
#include "rules/token_mark.h"

struct generation {
	struct rules *r;
	const struct request *request;
	struct owner owner;
	struct host_user maker;
	struct authority_who callers;
	struct token_mark mark;
	struct issue issue;
	bool days_stand;
	char detail[128]; /* of the audit */
};

/* CPF3C3C, CPF4AAB, CPF4AAD: what can be said of the parameters alone. */
static enum authz_result check_shape(struct generation *g)
{
	const struct request *q = g->request;
	const bool given = q->has & HAS(SECRET);

	if (q->user[0] == '\0')
		return rules_refuse(g->r, AUTHZ_BAD_PARAMETER, "user profile name");
	if (q->password < PASSWORD_NOPWD || q->password > PASSWORD_GIVEN || given != (q->password == PASSWORD_GIVEN))
		return rules_refuse(g->r, AUTHZ_BAD_PARAMETER, "user password");
	return issue_check_wishes(g->r, q);
}

/* Who is unknown is told so unless there is a password to be looked at. */
static enum authz_result find_owner(struct generation *g, bool *unknown)
{
	const struct request *q = g->request;
	enum authz_result result = owner_find(g->r, q->user, true, &g->owner);

	*unknown = result == AUTHZ_USER_NOT_FOUND && q->password == PASSWORD_GIVEN;
	return *unknown ? AUTHZ_OK : result;
}

/*
 * Who makes it: the caller, or whoever a login program works for, so that a token which is handed to its owner at a login
 * counts as the owner's own.
 */
static enum authz_result find_maker(struct generation *g)
{
	struct rules *r = g->r;
	const struct request *q = g->request;

	if (!r->caller.is_host || !(q->has & HAS(ACTOR))) {
		g->maker.uid = rules_counted(r);
		memcpy(g->maker.name, r->caller.name, sizeof g->maker.name);
		return AUTHZ_OK;
	}
	if (q->actor < 0 || q->actor >= UINT32_MAX ||
	    r->host->user_by_uid(r->host->context, (uid_t)q->actor, &g->maker) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "actor");
	return AUTHZ_OK;
}

/* One's own profile takes no authority, so nobody's groups are asked for it. */
static bool is_own(const struct generation *g)
{
	return g->r->caller.uid == g->owner.user.uid;
}

/* Its own, by *USE, or as a master. */
static enum authz_result may_use(struct generation *g, struct store_txn *t, bool *may)
{
	const struct host_user *owner = &g->owner.user;
	uint32_t mask = 0;
	enum authz_result result = AUTHZ_OK;

	*may = is_own(g);
	if (!*may)
		result = authority_of_caller(g->r, t, &g->callers, owner, &mask);
	if (result == AUTHZ_OK)
		result = token_mark_caller(g->r, t, &g->mark, owner);
	*may = *may || (mask & AUTHORITY_USE) || g->mark.may;
	return result;
}

/* libcrypt takes its time, so no transaction is open meanwhile. */
static enum authz_result look_at_password(struct generation *g, bool unknown)
{
	struct rules *r = g->r;
	struct store_txn *t;
	bool may = false;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	if (!unknown)
		result = may_use(g, t, &may);
	store_abort(t);
	return result == AUTHZ_OK ? password_check(r, g->request, unknown ? NULL : &g->owner, may) : result;
}

/*
 * CPF22E9, then CPF227F, CPF22E3, CPF22E4 or CPF4AB8, then what the mark says.  A password that was right takes the place of
 * *USE.
 */
static enum authz_result decide(struct generation *g, struct store_txn *t)
{
	struct rules *r = g->r;
	const struct host_user *owner = &g->owner.user;
	const enum password_value value = (enum password_value)g->request->password;
	struct profile_state profile;
	struct account_state state;
	uint32_t special;
	bool may = true;
	enum authz_result result = value == PASSWORD_GIVEN ? token_mark_caller(r, t, &g->mark, owner)
	                                                   : may_use(g, t, &may);

	if (result == AUTHZ_OK && !may)
		return rules_refuse(r, AUTHZ_USE_REQUIRED, owner->name);
	if (result == AUTHZ_OK)
		result = profile_caller_special(r, t, &special);
	if (result == AUTHZ_OK)
		result = owner_state(r, t, &g->owner, &profile, &state, g->issue.record.stamp);
	if (result != AUTHZ_OK)
		return result;
	result = matrix(value, r->caller.uid == owner->uid, &state, special, r->host->config.unknown_account_allowed,
	                &g->issue.record.flags);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, owner->name);
	return token_mark_set(r, t, &g->mark, owner, &g->issue.record);
}

static enum authz_result authorize(struct generation *g, bool unknown)
{
	struct store_txn *t;
	enum authz_result result = g->request->password == PASSWORD_GIVEN ? look_at_password(g, unknown) : AUTHZ_OK;

	if (result == AUTHZ_OK)
		result = rules_begin(g->r, g->r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = decide(g, t);
	if (result == AUTHZ_OK)
		result = issue_days_stand(g->r, t, &g->owner, &g->days_stand);
	store_abort(t);
	return result;
}

/* The first of a chain ends with it too. */
static enum authz_result fill_record(struct generation *g)
{
	struct token_record *t = &g->issue.record;

	t->password = (int)g->request->password;
	t->maker = g->maker.uid;
	t->chain_wall = g->owner.now.wall;
	t->chain_boot = g->owner.now.boot;
	t->bind_uid = (uid_t)-1;
	issue_wish(t, g->request);
	issue_prepare(&g->issue);
	return t->type == '3' ? issue_fit_chain(&g->issue) : AUTHZ_OK;
}

static void describe(struct generation *g, struct audit_event *event)
{
	static const char *const values[] = {"?", "*NOPWD", "*NOPWDCHK", "*NOPWDSTS", "given"};
	const struct request *q = g->request;

	*event = (struct audit_event){.event = "token.generate", .caller = &g->r->caller, .owner = q->user,
	                              .maker = g->maker.name, .master = g->issue.record.master_name, .token_id = g->issue.id,
	                              AUDIT_CLAIMS(q), .detail = g->detail};
	snprintf(g->detail, sizeof g->detail, "type=%c timeout=%lld password=%s", q->type >= '1' && q->type <= '3' ? (char)q->type : '?',
	         (long long)q->timeout, values[q->password >= 1 && q->password <= PASSWORD_GIVEN ? q->password : 0]);
}

static enum authz_result generate(struct generation *g)
{
	struct audit_event event;
	bool unknown = false;
	enum authz_result result = check_shape(g);

	if (result == AUTHZ_OK)
		result = token_mark_ask(g->r, g->request, &g->mark);
	if (result == AUTHZ_OK)
		result = find_owner(g, &unknown);
	if (result == AUTHZ_OK)
		result = find_maker(g);
	if (result == AUTHZ_OK && (unknown || !is_own(g)))
		result = authority_who_calls(g->r, &g->callers);
	if (result == AUTHZ_OK)
		result = authorize(g, unknown);
	if (result == AUTHZ_OK)
		result = fill_record(g);
	describe(g, &event);
	if (unknown)
		return rules_refused_unknown(g->r, &event, result);
	return result == AUTHZ_OK ? issue_store(&g->issue, g->days_stand, &event) : rules_refused(g->r, &event, result);
}

enum authz_result token_generate(struct rules *r, const struct request *request, struct answer *answer)
{
	struct generation g = {.r = r, .request = request};
	enum authz_result result;

	g.issue = (struct issue){.r = r, .request = request, .owner = &g.owner, .maker_name = g.maker.name};
	result = generate(&g);
	if (result == AUTHZ_OK)
		issue_answer(&g.issue, answer);
	owner_wipe(&g.owner);
	issue_wipe(&g.issue);
	return result;
}
