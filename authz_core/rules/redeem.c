/* SPDX-License-Identifier: ISC */
/*
 * Redeem a profile token: what QsySetToPrfTkn checks.
 *
 * MUST 1: of any number of users of a single-use token exactly one wins, and the spending is committed before the answer.
 * MUST 2: a refusal spends nothing.
 * MUST 3: a token lives by the boot clock and by the wall clock, whichever runs out first, and none comes from the future.
 * MUST 4: a token of another boot is refused.
 * MUST 5: claims of anybody but the host satisfy no binding.
 * MUST 6: an account that was disabled, has expired, or changed since refuses the token by itself.
 * MUST 7: a record that is not there is no token; what cannot be read is never taken for one.
 * MUST 8: a token that its owner made does not prove again who is there already.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/owner.h"
#include "rules/token.h"

struct redemption {
	struct rules *r;
	const struct request *request;
	struct owner owner;
	enum authz_result owner_result; /* kept until the token is known to be one: strangers learn nothing of accounts */
	char owner_subject[SUBJECT_SIZE];
	unsigned char key[TOKEN_KEY_SIZE];
	char id[TOKEN_ID_SIZE];
	bool found;
	struct token_record record;
};

static enum authz_result read_record(struct redemption *d, struct store_txn *t)
{
	unsigned char bytes[TOKEN_RECORD_MAX];
	size_t length;
	enum authz_result result = store_get(t, d->key, sizeof d->key, bytes, sizeof bytes, &length, &d->found);

	if (result == AUTHZ_OK && d->found && !token_record_unpack(&d->record, bytes, length))
		result = AUTHZ_STORE_DAMAGED;
	if (result != AUTHZ_OK)
		return rules_store(d->r, d->r->tokens, result);
	return d->found ? AUTHZ_OK : rules_refuse(d->r, AUTHZ_TOKEN_NOT_VALID, "");
}

static enum authz_result check_boot(struct redemption *d)
{
	return memcmp(d->record.boot_id, d->owner.now.boot_id, sizeof d->record.boot_id) == 0 ? AUTHZ_OK : AUTHZ_TOKEN_BOOT;
}

static enum authz_result check_time(struct redemption *d)
{
	const struct host_clock *now = &d->owner.now;

	if (now->boot < d->record.made_boot || now->wall < d->record.made_wall)
		return AUTHZ_TOKEN_FUTURE;
	return token_time_left(&d->record, now->wall, now->boot) > 0 ? AUTHZ_OK : AUTHZ_TOKEN_EXPIRED;
}

static enum authz_result check_unspent(struct redemption *d)
{
	return d->record.state == TOKEN_LIVE ? AUTHZ_OK : AUTHZ_TOKEN_SPENT;
}

static enum authz_result check_user(struct redemption *d)
{
	if (strcmp(d->request->user, d->record.owner_name) != 0)
		return rules_refuse(d->r, AUTHZ_TOKEN_OTHER_USER, d->request->user);
	if (d->owner_result != AUTHZ_OK)
		return rules_refuse(d->r, d->owner_result, d->owner_subject);
	if (d->owner.user.uid != d->record.owner)
		return rules_refuse(d->r, AUTHZ_TOKEN_STALE, d->request->user);
	return AUTHZ_OK;
}

static enum authz_result check_reauth(struct redemption *d)
{
	return d->request->reauth != 0 && d->record.maker == d->record.owner ? AUTHZ_REAUTH : AUTHZ_OK;
}

static bool bound_elsewhere(const struct redemption *d, const char *bound, const char *said)
{
	return bound[0] != '\0' && (!d->r->caller.is_host || strcmp(bound, said) != 0);
}

static enum authz_result check_bindings(struct redemption *d)
{
	const struct token_record *t = &d->record;

	if (bound_elsewhere(d, t->bind_service, d->request->service))
		return AUTHZ_BIND_SERVICE;
	if (bound_elsewhere(d, t->bind_rhost, d->request->rhost))
		return AUTHZ_BIND_RHOST;
	if (bound_elsewhere(d, t->bind_tty, d->request->tty))
		return AUTHZ_BIND_TTY;
	return t->bind_uid == (uid_t)-1 || t->bind_uid == d->r->caller.uid ? AUTHZ_OK : AUTHZ_BIND_UID;
}

/* What holders of both special authorities overrode when the token was made stays overridden, and nothing else. */
static enum authz_result check_account(struct redemption *d)
{
	struct rules *r = d->r;
	struct profile_state profile;
	struct account_state state;
	unsigned char stamp[STAMP_SIZE];
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = owner_state(r, t, &d->owner, &profile, &state, stamp);
	store_abort(t);
	if (result != AUTHZ_OK)
		return result;
	if (state.disabled && !(d->record.flags & TOKEN_WAS_DISABLED))
		return rules_refuse(r, AUTHZ_DISABLED, d->request->user);
	if (state.password == PASSWORD_HAS_EXPIRED && !(d->record.flags & TOKEN_WAS_EXPIRED))
		return rules_refuse(r, AUTHZ_PASSWORD_EXPIRED, d->request->user);
	if (sodium_memcmp(stamp, d->record.stamp, sizeof stamp) != 0)
		return rules_refuse(r, AUTHZ_TOKEN_STALE, d->request->user);
	return AUTHZ_OK;
}

/*
 * The order: what says that this is no live token at all, before what it says of its owner, before what the owner's
 * account is like; so whoever holds a wrong or a dead token learns nothing of accounts.
 */
static enum authz_result check_all(struct redemption *d)
{
	static enum authz_result (*const checks[])(struct redemption *) = {
		check_boot, check_time, check_unspent, check_user, check_reauth, check_bindings, check_account,
	};
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < sizeof checks / sizeof checks[0] && result == AUTHZ_OK; i++)
		result = checks[i](d);
	return result;
}

static enum authz_result look(struct redemption *d)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(d->r, d->r->tokens, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = read_record(d, t);
	store_abort(t);
	return result == AUTHZ_OK ? check_all(d) : result;
}

/* Under the writer lock the record is read anew: somebody else may have spent or removed it meanwhile. */
static enum authz_result spend(struct redemption *d, const struct audit_event *event)
{
	struct rules *r = d->r;
	unsigned char bytes[TOKEN_RECORD_MAX];
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->tokens, true, &t);

	if (result != AUTHZ_OK)
		return rules_refused(r, event, result);
	result = read_record(d, t);
	if (result == AUTHZ_OK)
		result = check_unspent(d);
	/* it may have expired while it waited for the lock */
	if (result == AUTHZ_OK)
		result = r->host->clock(r->host->context, &d->owner.now);
	if (result == AUTHZ_OK)
		result = check_time(d);
	if (result == AUTHZ_OK) {
		d->record.state = TOKEN_SPENT;
		d->record.spent_wall = d->owner.now.wall;
		result = rules_store(r, r->tokens, store_put(t, d->key, sizeof d->key, bytes, token_record_pack(&d->record, bytes)));
	}
	if (result == AUTHZ_OK)
		return rules_commit(r, r->tokens, t, event);
	store_abort(t);
	return rules_refused(r, event, result);
}

/* A multiple-use token changes nothing in the store; that it was used is recorded all the same, or it is refused. */
static enum authz_result record_use(struct redemption *d, const struct audit_event *event)
{
	enum authz_result result = d->r->host->audit_outcome(d->r->host->context, event, 0, AUTHZ_OK, "");

	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(d->r, result, event->event);
}

static void ask_host(struct redemption *d)
{
	d->owner_result = owner_find(d->r, d->request->user, false, &d->owner);
	memcpy(d->owner_subject, d->r->subject, sizeof d->owner_subject);
	if (d->owner_result != AUTHZ_OK)
		d->r->host->clock(d->r->host->context, &d->owner.now); /* times are told apart all the same */
	d->r->subject[0] = '\0';
}

static enum authz_result redeem(struct redemption *d)
{
	struct rules *r = d->r;
	const struct request *q = d->request;
	struct host_user maker = {.name = ""};
	struct audit_event event = {.event = "token.redeem", .caller = &r->caller, .owner = "?", .maker = maker.name,
	                            .token_id = d->id, .service = q->service, .rhost = q->rhost, .tty = q->tty, .detail = ""};
	enum authz_result result;

	token_key(q->token, d->key);
	token_id(d->key, d->id);
	ask_host(d);
	if (d->owner_result != AUTHZ_USER_NOT_FOUND)
		event.owner = q->user; /* a name that is unknown here may be a password, typed at the wrong prompt */
	result = look(d);
	if (d->found)
		(void)r->host->user_by_uid(r->host->context, d->record.maker, &maker);
	if (result != AUTHZ_OK)
		return rules_refused(r, &event, result);
	return d->record.type == '1' ? spend(d, &event) : record_use(d, &event);
}

static void fill_answer(const struct redemption *d, struct answer *a)
{
	a->reply.has = 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_TOKEN_ID;
	memcpy(a->reply.user, d->record.owner_name, sizeof a->reply.user);
	a->reply.uid = d->record.owner;
	memcpy(a->reply.token_id, d->id, sizeof a->reply.token_id);
}

enum authz_result token_redeem(struct rules *r, const struct request *request, struct answer *answer)
{
	struct redemption d = {.r = r, .request = request};
	enum authz_result result = redeem(&d);

	if (result == AUTHZ_OK)
		fill_answer(&d, answer);
	owner_wipe(&d.owner);
	return result;
}
