/* SPDX-License-Identifier: ISC */
/*
 * Generate a profile token (QsyGenPrfTkn).
 *
 * MUST 1: the checks come in the order of the table below, so that a stranger without *USE learns nothing of an account.
 * MUST 2: no token for a system profile, whoever asks.
 * MUST 3: the token is in the store before it is in the reply, and in the store only as a hash.
 * MUST 4: NSS and shadow are asked before a lock is taken.
 * MUST 5: the last-used dates of the user and of its groups are written before the token.
 * MUST 6: a full file system is a full quota: what fits is the cap, and what was made before is as good as it was.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/authority.h"
#include "rules/last_used.h"
#include "rules/matrix.h"
#include "rules/owner.h"
#include "rules/quota.h"
#include "rules/token.h"

#define TRIES_MORE 5 /* where there is room, but not in each place */

struct generation {
	struct rules *r;
	const struct request *request;
	struct owner owner;
	gid_t caller_gids[HOST_GROUPS_MAX];
	size_t caller_group_count;
	struct token_record record;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	char id[TOKEN_ID_SIZE];
	char detail[128]; /* of the audit */
	bool no_room; /* in the file system of the tokens */
};

/* CPF3C3C, CPF4AAB, CPF4AAD: what can be said of the parameters alone. */
static enum authz_result check_shape(struct generation *g)
{
	const struct request *q = g->request;

	if (q->user[0] == '\0')
		return rules_refuse(g->r, AUTHZ_BAD_PARAMETER, "user profile name");
	if (q->password < PASSWORD_NOPWD || q->password > PASSWORD_NOPWDSTS)
		return rules_refuse(g->r, AUTHZ_BAD_PARAMETER, "user password");
	if ((q->has & HAS(BIND_UID)) && (q->bind_uid < 0 || q->bind_uid >= UINT32_MAX))
		return rules_refuse(g->r, AUTHZ_BAD_PARAMETER, "bind uid");
	if (q->timeout != -1 && (q->timeout < 1 || q->timeout > 3600))
		return rules_refuse(g->r, AUTHZ_BAD_TIMEOUT, "");
	if (q->type < '1' || q->type > '3')
		return rules_refuse(g->r, AUTHZ_BAD_TYPE, "");
	return AUTHZ_OK;
}

static enum authz_result find_owner(struct generation *g)
{
	return owner_find(g->r, g->request->user, true, &g->owner);
}

static enum authz_result find_caller_groups(struct generation *g)
{
	struct rules *r = g->r;
	struct host_user caller;

	if (r->caller.is_host || r->caller.name[0] == '\0')
		return AUTHZ_OK;
	if (r->host->user_by_uid(r->host->context, r->caller.uid, &caller) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_USER_NOT_FOUND, r->caller.name);
	if (r->host->groups(r->host->context, &caller, g->caller_gids, &g->caller_group_count) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_INTERNAL, "the look-up of the caller's groups failed");
	return AUTHZ_OK;
}

/* CPF22E9, then CPF227F, CPF22E3, CPF22E4 or CPF4AB8. */
static enum authz_result decide(struct generation *g, struct store_txn *t)
{
	struct rules *r = g->r;
	const struct host_user *owner = &g->owner.user;
	bool self = r->caller.uid == owner->uid;
	struct profile_state profile;
	struct account_state state;
	uint32_t mask, special;
	enum authz_result result;

	result = authority_of_caller(r, t, g->caller_gids, g->caller_group_count, owner, &mask);
	if (result != AUTHZ_OK)
		return result;
	if (!self && !(mask & AUTHORITY_USE))
		return rules_refuse(r, AUTHZ_USE_REQUIRED, owner->name);
	result = profile_caller_special(r, t, &special);
	if (result == AUTHZ_OK)
		result = owner_state(r, t, &g->owner, &profile, &state, g->record.stamp);
	if (result != AUTHZ_OK)
		return result;
	result = matrix((enum password_value)g->request->password, self, &state, special,
	                r->host->config.unknown_account_allowed, &g->record.flags);
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, owner->name);
}

static bool used_today(struct generation *g, struct store_txn *t, enum authz_result *result)
{
	int day, today = g->owner.now.today;
	size_t i;

	*result = profile_last_used(g->r, t, 'u', g->owner.user.uid, &day);
	for (i = 0; *result == AUTHZ_OK && day == today && i < g->owner.group_count; i++)
		*result = profile_last_used(g->r, t, 'g', g->owner.gids[i], &day);
	return *result != AUTHZ_OK || day == today;
}

static enum authz_result authorize(struct generation *g, bool *dates_stand)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(g->r, g->r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = decide(g, t);
	if (result == AUTHZ_OK)
		*dates_stand = used_today(g, t, &result);
	store_abort(t);
	return result;
}

/* The day of last use, of the user and of its groups: written when the day has changed, by the first of a day alone. */
static enum authz_result prepare_dates(struct generation *g, struct store_txn **t)
{
	struct rules *r = g->r;
	enum authz_result result = rules_begin(r, r->authority, true, t);
	int today = g->owner.now.today;
	size_t i;

	if (result == AUTHZ_STORE_BUSY)
		return rules_refuse(r, AUTHZ_PROFILE_BUSY, g->owner.user.name);
	if (result == AUTHZ_OK)
		result = profile_set_last_used(r, *t, 'u', g->owner.user.uid, today);
	for (i = 0; result == AUTHZ_OK && i < g->owner.group_count; i++)
		result = profile_set_last_used(r, *t, 'g', g->owner.gids[i], today);
	return result;
}

static void fill_bindings(struct token_record *t, const struct request *q)
{
	t->bind_uid = q->has & HAS(BIND_UID) ? (uid_t)q->bind_uid : (uid_t)-1;
	snprintf(t->bind_service, sizeof t->bind_service, "%s", q->bind_service);
	snprintf(t->bind_rhost, sizeof t->bind_rhost, "%s", q->bind_rhost);
	snprintf(t->bind_tty, sizeof t->bind_tty, "%s", q->bind_tty);
}

static void draw_token(struct generation *g)
{
	g->r->host->random(g->r->host->context, g->token, sizeof g->token);
	token_key(g->token, g->key);
	token_id(g->key, g->id);
}

static void fill_record(struct generation *g)
{
	struct token_record *t = &g->record;
	const struct request *q = g->request;
	const struct owner *o = &g->owner;

	t->type = (char)q->type;
	t->password = (int)q->password;
	t->owner = o->user.uid;
	t->maker = g->r->caller.uid;
	memcpy(t->owner_name, o->user.name, sizeof t->owner_name);
	t->made_wall = t->chain_wall = o->now.wall;
	t->made_boot = t->chain_boot = o->now.boot;
	t->timeout = q->timeout == -1 ? 3600u : (unsigned)q->timeout;
	memcpy(t->boot_id, o->now.boot_id, sizeof t->boot_id);
	fill_bindings(t, q);
}

static void describe(struct generation *g, struct audit_event *event)
{
	static const char *const values[] = {"", "*NOPWD", "*NOPWDCHK", "*NOPWDSTS"};

	*event = (struct audit_event){.event = "token.generate", .caller = &g->r->caller, .owner = g->request->user,
	                              .maker = g->r->caller.name, .token_id = g->id, .service = g->request->service,
	                              .rhost = g->request->rhost, .tty = g->request->tty, .detail = g->detail};
	snprintf(g->detail, sizeof g->detail, "type=%c timeout=%lld password=%s", g->request->type >= '1' && g->request->type <= '3' ?
	         (char)g->request->type : '?', (long long)g->request->timeout,
	         g->request->password >= 1 && g->request->password <= 3 ? values[g->request->password] : "?");
}

/* CPF4AAA and the maker's quota, then the token itself, and when its owner was used. */
static enum authz_result put_token(struct generation *g, struct store_txn *t)
{
	unsigned char bytes[TOKEN_RECORD_MAX];
	size_t length = token_record_pack(&g->record, bytes);
	enum authz_result result = quota_take(g->r, t, g->r->caller.uid, g->r->caller.name, &g->owner.now);

	if (result == AUTHZ_OK)
		result = last_used_write(g->r, t, &g->owner);
	if (result != AUTHZ_OK)
		return result;
	return rules_store(g->r, g->r->tokens, store_put(t, g->key, sizeof g->key, bytes, length));
}

/* Both transactions end here. */
static enum authz_result commit(struct generation *g, struct store_txn *dates, struct store_txn *t,
                                const struct audit_event *event)
{
	struct rules *r = g->r;
	uint64_t number;
	enum authz_result result = rules_intent(r, event, &number);

	if (result != AUTHZ_OK) {
		store_abort(t);
		store_abort(dates);
		return result;
	}
	if (dates != NULL)
		result = rules_store(r, r->authority, store_commit(dates));
	if (result != AUTHZ_OK) {
		store_abort(t);
		return rules_outcome(r, event, number, result);
	}
	result = rules_store(r, r->tokens, store_commit(t));
	g->no_room = result == AUTHZ_STORE_NO_ROOM;
	return rules_outcome(r, event, number, result);
}

/* The dates are committed before the token, and neither if there is no place for the token. */
static enum authz_result store_token(struct generation *g, bool dates_stand, const struct audit_event *event)
{
	struct rules *r = g->r;
	struct store_txn *dates = NULL, *t = NULL;
	enum authz_result result = dates_stand ? AUTHZ_OK : prepare_dates(g, &dates);

	g->no_room = false;
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->tokens, true, &t);
	if (result == AUTHZ_OK)
		result = put_token(g, t);
	if (result == AUTHZ_OK)
		return commit(g, dates, t, event);
	if (result == AUTHZ_TOKENS_FULL || result == AUTHZ_MAKER_FULL) {
		(void)store_commit(t); /* what was swept stays swept, and the next sweep goes on from there */
		t = NULL;
	}
	store_abort(t);
	store_abort(dates);
	return rules_refused(r, event, result);
}

/* No room in the file system.  Each try is with another token, which has a record of its own in the audit. */
static enum authz_result try_again(struct generation *g, const struct audit_event *event)
{
	enum authz_result result = quota_no_room(g->r, &g->owner.now);
	unsigned tries;

	if (result != AUTHZ_OK)
		return rules_refused(g->r, event, result);
	for (tries = 0; tries < TRIES_MORE && g->no_room; tries++) {
		draw_token(g);
		result = store_token(g, true, event);
	}
	if (!g->no_room)
		return result;
	return rules_refused(g->r, event, rules_refuse(g->r, AUTHZ_TOKENS_FULL, QUOTA_FILE_SYSTEM));
}

static void fill_answer(const struct generation *g, struct answer *a)
{
	a->reply.has = 1u << REPLY_TOKEN | 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_SECONDS | 1u << REPLY_TOKEN_ID;
	memcpy(a->reply.token, g->token, sizeof a->reply.token);
	memcpy(a->reply.user, g->record.owner_name, sizeof a->reply.user);
	a->reply.uid = g->record.owner;
	a->reply.seconds = g->record.timeout;
	memcpy(a->reply.token_id, g->id, sizeof a->reply.token_id);
}

static enum authz_result generate(struct generation *g)
{
	struct audit_event event;
	bool dates_stand = false;
	enum authz_result result;

	result = check_shape(g);
	if (result == AUTHZ_OK)
		result = find_owner(g);
	if (result == AUTHZ_OK)
		result = find_caller_groups(g);
	if (result == AUTHZ_OK)
		result = authorize(g, &dates_stand);
	if (result == AUTHZ_OK) {
		fill_record(g);
		draw_token(g);
	}
	describe(g, &event);
	if (result != AUTHZ_OK)
		return rules_refused(g->r, &event, result);
	result = store_token(g, dates_stand, &event);
	return g->no_room ? try_again(g, &event) : result;
}

enum authz_result token_generate(struct rules *r, const struct request *request, struct answer *answer)
{
	struct generation g = {.r = r, .request = request};
	enum authz_result result = generate(&g);

	if (result == AUTHZ_OK)
		fill_answer(&g, answer);
	owner_wipe(&g.owner);
	sodium_memzero(g.token, sizeof g.token);
	return result;
}
