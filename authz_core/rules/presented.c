/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a record that is not there is no token; what cannot be read is never taken for one.
 * MUST 2: a token lives by the boot clock and by the wall clock, whichever runs out first, and none comes from the future.
 * MUST 3: a token of another boot is refused.
 * MUST 4: claims of anybody but the host satisfy no binding.
 * MUST 5: an account that was disabled, has expired, or changed since refuses the token by itself.
 * MUST 6: a token that was there when all were removed is none, whether or not its record still is.
 * MUST 7: a token that carries a master's name is refused where that master may not enter any more; that is asked last.
 */
#include "rules/presented.h"

#include <sodium.h>
#include <string.h>

#include "rules/issue.h"
#include "rules/remove_all.h"

void presented_init(struct presented *h, struct rules *r, const struct request *request)
{
	memset(h, 0, sizeof *h);
	h->r = r;
	h->request = request;
	token_key(request->token, h->key);
	token_id(h->key, h->id);
}

void presented_find_owner(struct presented *h, const char *name, bool groups)
{
	struct rules *r = h->r;

	h->owner_result = owner_find(r, name, groups, &h->owner);
	memcpy(h->owner_subject, r->subject, sizeof h->owner_subject);
	if (h->owner_result != AUTHZ_OK)
		r->host->clock(r->host->context, &h->owner.now); /* times are told apart all the same */
	r->subject[0] = '\0';
}

void presented_find_maker(struct presented *h)
{
	if (h->found)
		(void)h->r->host->user_by_uid(h->r->host->context, h->record.maker, &h->maker);
}

/* What went wrong is said when the token is known to be a live one. */
void presented_find_master(struct presented *h)
{
	struct rules *r = h->r;
	char subject[SUBJECT_SIZE];

	memcpy(subject, r->subject, sizeof subject);
	if (h->found)
		h->marked_result = token_marked_ask(r, &h->record, &h->marked);
	memcpy(r->subject, subject, sizeof r->subject);
}

enum authz_result presented_read(struct presented *h, struct store_txn *t)
{
	struct rules *r = h->r;
	unsigned char bytes[TOKEN_RECORD_MAX];
	size_t length;
	bool removed = false;
	enum authz_result result = store_get(t, h->key, sizeof h->key, bytes, sizeof bytes, &length, &h->found);

	if (result == AUTHZ_OK && h->found && !token_record_unpack(&h->record, bytes, length))
		result = AUTHZ_STORE_DAMAGED;
	if (result == AUTHZ_OK && h->found)
		result = removed_with_all(r, t, &h->record, &removed);
	else
		result = rules_store(r, r->tokens, result);
	if (result != AUTHZ_OK)
		return result;
	return h->found && !removed ? AUTHZ_OK : rules_refuse(r, AUTHZ_TOKEN_NOT_VALID, "");
}

enum authz_result presented_look(struct presented *h)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(h->r, h->r->tokens, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = presented_read(h, t);
	store_abort(t);
	return result;
}

void presented_answer_master(const struct presented *h, struct reply *reply)
{
	if (h->record.master_name[0] == '\0')
		return;
	reply->has |= 1u << REPLY_MASTER | 1u << REPLY_MASTER_UID;
	memcpy(reply->master, h->record.master_name, sizeof reply->master);
	reply->master_uid = h->record.master;
}

void presented_wipe(struct presented *h)
{
	owner_wipe(&h->owner);
}

enum authz_result presented_check_time(const struct presented *h)
{
	const struct host_clock *now = &h->owner.now;

	if (memcmp(h->record.boot_id, now->boot_id, sizeof h->record.boot_id) != 0)
		return AUTHZ_TOKEN_BOOT;
	if (now->boot < h->record.made_boot || now->wall < h->record.made_wall)
		return AUTHZ_TOKEN_FUTURE;
	return token_time_left(&h->record, now->wall, now->boot) > 0 ? AUTHZ_OK : AUTHZ_TOKEN_EXPIRED;
}

enum authz_result presented_check_state(const struct presented *h)
{
	switch (h->record.state) {
	case TOKEN_LIVE:
		return AUTHZ_OK;
	case TOKEN_SPENT:
		return AUTHZ_TOKEN_SPENT;
	case TOKEN_INVALID:
		break;
	}
	return AUTHZ_TOKEN_INVALIDATED;
}

static bool bound_elsewhere(const struct presented *h, const char *bound, const char *said)
{
	return bound[0] != '\0' && (!h->r->caller.is_host || strcmp(bound, said) != 0);
}

/* Who consumes it is who asks, or for whom a login program says that it asks. */
static bool consumed_by(const struct presented *h, uid_t uid)
{
	const struct request *q = h->request;

	return h->r->caller.uid == uid || (h->r->caller.is_host && (q->has & HAS(ACTOR)) && q->actor == (int64_t)uid);
}

enum authz_result presented_check_bindings(const struct presented *h)
{
	const struct token_record *t = &h->record;

	if (bound_elsewhere(h, t->bind_service, h->request->service))
		return AUTHZ_BIND_SERVICE;
	if (bound_elsewhere(h, t->bind_rhost, h->request->rhost))
		return AUTHZ_BIND_RHOST;
	if (bound_elsewhere(h, t->bind_tty, h->request->tty))
		return AUTHZ_BIND_TTY;
	return t->bind_uid == (uid_t)-1 || consumed_by(h, t->bind_uid) ? AUTHZ_OK : AUTHZ_BIND_UID;
}

/* What holders of both special authorities overrode when the token was made stays overridden, and nothing else. */
static enum authz_result judge(const struct presented *h, const struct account_state *state, const unsigned char stamp[STAMP_SIZE])
{
	const char *name = h->record.owner_name;

	if (state->disabled && !(h->record.flags & TOKEN_WAS_DISABLED))
		return rules_refuse(h->r, AUTHZ_DISABLED, name);
	if (state->password == PASSWORD_HAS_EXPIRED && !(h->record.flags & TOKEN_WAS_EXPIRED))
		return rules_refuse(h->r, AUTHZ_PASSWORD_EXPIRED, name);
	if (sodium_memcmp(stamp, h->record.stamp, STAMP_SIZE) != 0)
		return rules_refuse(h->r, AUTHZ_TOKEN_STALE, name);
	return AUTHZ_OK;
}

static enum authz_result check_master(const struct presented *h, struct store_txn *t)
{
	if (h->marked_result != AUTHZ_OK)
		return rules_refuse(h->r, h->marked_result, "the look-up of a user failed");
	return token_marked_check(h->r, t, &h->record, &h->marked, h->owner.now.wall / 1000000);
}

enum authz_result presented_check_account(const struct presented *h, bool *days)
{
	struct rules *r = h->r;
	struct profile_state profile;
	struct account_state state;
	unsigned char stamp[STAMP_SIZE];
	struct store_txn *t;
	enum authz_result result;

	if (h->owner_result != AUTHZ_OK)
		return rules_refuse(r, h->owner_result, h->owner_subject);
	if (h->owner.user.uid != h->record.owner)
		return rules_refuse(r, AUTHZ_TOKEN_STALE, h->record.owner_name);
	result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = owner_state(r, t, &h->owner, &profile, &state, stamp);
	if (result == AUTHZ_OK && days != NULL)
		result = issue_days_stand(r, t, &h->owner, days);
	if (result == AUTHZ_OK)
		result = judge(h, &state, stamp);
	if (result == AUTHZ_OK)
		result = check_master(h, t);
	store_abort(t);
	return result;
}
