/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the token is in the store before it is in the reply, and in the store only as a hash.
 * MUST 2: the last-used dates of the user and of its groups are written before the token.
 * MUST 3: a full file system is a full quota: what fits is the cap, and what was made before is as good as it was.
 * MUST 4: the wrong passwords of a user are forgotten when a token of that user is made, and not when none is.
 */
#include "rules/issue.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/last_used.h"
#include "rules/quota.h"
#include "rules/tries.h"

#define TRIES_MORE 5 /* where there is room, but not in each place */

enum authz_result issue_days_stand(struct rules *r, struct store_txn *authority, const struct owner *o, bool *stand)
{
	int day, today = o->now.today;
	enum authz_result result = profile_last_used(r, authority, 'u', o->user.uid, &day);
	size_t i;

	for (i = 0; result == AUTHZ_OK && day == today && i < o->group_count; i++)
		result = profile_last_used(r, authority, 'g', o->gids[i], &day);
	*stand = result == AUTHZ_OK && day == today;
	return result;
}

/* The day of last use, of the user and of its groups: written when the day has changed, by the first of a day alone. */
static enum authz_result prepare_days(struct issue *i, struct store_txn **t)
{
	struct rules *r = i->r;
	const struct owner *o = i->owner;
	enum authz_result result = rules_begin(r, r->authority, true, t);
	size_t n;

	if (result == AUTHZ_STORE_BUSY)
		return rules_refuse(r, AUTHZ_PROFILE_BUSY, o->user.name);
	if (result == AUTHZ_OK)
		result = profile_set_last_used(r, *t, 'u', o->user.uid, o->now.today);
	for (n = 0; result == AUTHZ_OK && n < o->group_count; n++)
		result = profile_set_last_used(r, *t, 'g', o->gids[n], o->now.today);
	return result;
}

static void draw_token(struct issue *i)
{
	i->r->host->random(i->r->host->context, i->token, sizeof i->token);
	token_key(i->token, i->key);
	token_id(i->key, i->id);
}

enum authz_result issue_check_wishes(struct rules *r, const struct request *q)
{
	if ((q->has & HAS(BIND_UID)) && (q->bind_uid < 0 || q->bind_uid >= UINT32_MAX))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "bind uid");
	if (q->timeout != -1 && (q->timeout < 1 || q->timeout > (int64_t)TOKEN_TIMEOUT_MAX))
		return rules_refuse(r, AUTHZ_BAD_TIMEOUT, "");
	if (q->type < '1' || q->type > '3')
		return rules_refuse(r, AUTHZ_BAD_TYPE, "");
	return AUTHZ_OK;
}

void issue_wish(struct token_record *t, const struct request *q)
{
	t->type = (char)q->type;
	t->timeout = q->timeout == -1 ? TOKEN_TIMEOUT_MAX : (unsigned)q->timeout;
	if (q->has & HAS(BIND_UID))
		t->bind_uid = (uid_t)q->bind_uid;
	if (q->bind_service[0] != '\0')
		snprintf(t->bind_service, sizeof t->bind_service, "%s", q->bind_service);
	if (q->bind_rhost[0] != '\0')
		snprintf(t->bind_rhost, sizeof t->bind_rhost, "%s", q->bind_rhost);
	if (q->bind_tty[0] != '\0')
		snprintf(t->bind_tty, sizeof t->bind_tty, "%s", q->bind_tty);
}

enum authz_result issue_fit_chain(struct issue *i)
{
	struct token_record *t = &i->record;
	const struct host_clock *now = &i->owner->now;
	const int64_t life = (int64_t)i->r->host->config.chain_life * 1000000;
	int64_t by_wall = t->chain_wall + life - now->wall, by_boot = t->chain_boot + life - now->boot;
	int64_t left = (by_wall < by_boot ? by_wall : by_boot) / 1000000;

	if (life == 0)
		return AUTHZ_OK; /* the site sets no end */
	if (left <= 0)
		return AUTHZ_CHAIN_END;
	if ((int64_t)t->timeout > left)
		t->timeout = (unsigned)left;
	return AUTHZ_OK;
}

void issue_prepare(struct issue *i)
{
	struct token_record *t = &i->record;
	const struct owner *o = i->owner;

	t->owner = o->user.uid;
	memcpy(t->owner_name, o->user.name, sizeof t->owner_name);
	t->made_wall = o->now.wall;
	t->made_boot = o->now.boot;
	memcpy(t->boot_id, o->now.boot_id, sizeof t->boot_id);
	draw_token(i);
}

/* CPF4AAA and the maker's quota, then the token itself, and when its owner was used. */
static enum authz_result put_token(struct issue *i, struct store_txn *t)
{
	struct rules *r = i->r;
	unsigned char bytes[TOKEN_RECORD_MAX];
	size_t length = token_record_pack(&i->record, bytes);
	enum authz_result result = i->still != NULL ? i->still(i->context, t) : AUTHZ_OK;

	if (result == AUTHZ_OK)
		result = quota_take(r, t, i->record.maker, i->maker_name, &i->owner->now);
	if (result == AUTHZ_OK)
		result = last_used_write(r, t, i->owner);
	if (result == AUTHZ_OK)
		result = tries_forget(r, t, i->owner->user.uid, i->request->password == PASSWORD_GIVEN);
	if (result != AUTHZ_OK)
		return result;
	return rules_store(r, r->tokens, store_put(t, i->key, sizeof i->key, bytes, length));
}

/* Both transactions end here. */
static enum authz_result commit(struct issue *i, struct store_txn *days, struct store_txn *t, const struct audit_event *event)
{
	struct rules *r = i->r;
	uint64_t number;
	enum authz_result result = rules_intent(r, event, &number);

	if (result != AUTHZ_OK) {
		store_abort(t);
		store_abort(days);
		return result;
	}
	if (days != NULL)
		result = rules_store(r, r->authority, store_commit(days));
	if (result != AUTHZ_OK) {
		store_abort(t);
		return rules_outcome(r, event, number, result);
	}
	result = rules_store(r, r->tokens, store_commit(t));
	i->no_room = result == AUTHZ_STORE_NO_ROOM;
	return rules_outcome(r, event, number, result);
}

/* The days are committed before the token, and neither if there is no place for the token. */
static enum authz_result store_token(struct issue *i, bool days_stand, const struct audit_event *event)
{
	struct rules *r = i->r;
	struct store_txn *days = NULL, *t = NULL;
	enum authz_result result = days_stand ? AUTHZ_OK : prepare_days(i, &days);

	i->no_room = false;
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->tokens, true, &t);
	if (result == AUTHZ_OK)
		result = put_token(i, t);
	if (result == AUTHZ_OK)
		return commit(i, days, t, event);
	if (result == AUTHZ_TOKENS_FULL || result == AUTHZ_MAKER_FULL) {
		(void)store_commit(t); /* what was swept stays swept, and the next sweep goes on from there */
		t = NULL;
	}
	store_abort(t);
	store_abort(days);
	return rules_refused(r, event, result);
}

/* No room in the file system.  Each try is with another token, which has a record of its own in the audit. */
static enum authz_result try_again(struct issue *i, const struct audit_event *event)
{
	enum authz_result result = quota_no_room(i->r, &i->owner->now);
	unsigned tries;

	if (result != AUTHZ_OK)
		return rules_refused(i->r, event, result);
	for (tries = 0; tries < TRIES_MORE && i->no_room; tries++) {
		draw_token(i);
		result = store_token(i, true, event);
	}
	if (!i->no_room)
		return result;
	return rules_refused(i->r, event, rules_refuse(i->r, AUTHZ_TOKENS_FULL, QUOTA_FILE_SYSTEM));
}

enum authz_result issue_store(struct issue *i, bool days_stand, const struct audit_event *event)
{
	enum authz_result result = store_token(i, days_stand, event);

	return i->no_room ? try_again(i, event) : result;
}

void issue_answer(const struct issue *i, struct answer *a)
{
	a->reply.has = 1u << REPLY_TOKEN | 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_SECONDS | 1u << REPLY_TOKEN_ID;
	memcpy(a->reply.token, i->token, sizeof a->reply.token);
	memcpy(a->reply.user, i->record.owner_name, sizeof a->reply.user);
	a->reply.uid = i->record.owner;
	a->reply.seconds = i->record.timeout;
	memcpy(a->reply.token_id, i->id, sizeof a->reply.token_id);
}

void issue_wipe(struct issue *i)
{
	sodium_memzero(i->token, sizeof i->token);
}
