/* SPDX-License-Identifier: ISC */
/*
 * List tokens: never the tokens, which nobody has but their holders.
 *
 * MUST 1: only *SECADM sees tokens that it neither made nor is the owner of.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/profile_record.h"
#include "rules/remove_all.h"
#include "rules/token.h"
#include "rules/token_record.h"

#define STEPS 4096 /* records that one request looks at */

struct listing {
	struct rules *r;
	struct answer *answer;
	struct host_clock now;
	bool all;         /* *SECADM */
	bool one_owner;
	uid_t owner;
	unsigned char key[STORE_KEY_MAX];
	size_t key_length;
};

static void user_name(struct rules *r, uid_t uid, char name[NAME_SIZE])
{
	struct host_user user;

	if (r->host->user_by_uid(r->host->context, uid, &user) == AUTHZ_OK)
		memcpy(name, user.name, NAME_SIZE);
	else
		snprintf(name, NAME_SIZE, "%u", (unsigned)uid);
}

static void bindings_text(const struct token_record *t, char *text, size_t size)
{
	size_t used = 0;
	char uid[16] = "";
	const struct { const char *name, *value; } words[] = {
		{"service", t->bind_service}, {"rhost", t->bind_rhost}, {"tty", t->bind_tty}, {"uid", uid},
	};
	size_t i;

	if (t->bind_uid != (uid_t)-1)
		snprintf(uid, sizeof uid, "%u", (unsigned)t->bind_uid);
	text[0] = '\0';
	for (i = 0; i < sizeof words / sizeof words[0] && used < size; i++)
		if (words[i].value[0] != '\0')
			used += (size_t)snprintf(text + used, size - used, "%s%s=%s", used ? " " : "", words[i].name, words[i].value);
}

static const char *state_text(const struct token_record *t, int64_t left)
{
	if (t->state == TOKEN_LIVE)
		return left > 0 ? "live" : "expired";
	return t->state == TOKEN_SPENT ? "spent" : "invalid";
}

static bool add_row(struct listing *l, const struct token_record *t)
{
	static const char *const types[] = {"single", "multiple", "regenerable"};
	int64_t left = token_time_left(t, l->now.wall, l->now.boot);
	char id[TOKEN_ID_SIZE], maker[NAME_SIZE], made[24], seconds[24], bindings[512];
	const char *items[] = {id, t->owner_name, maker, types[t->type - '1'], state_text(t, left), made, seconds, bindings, t->master_name};

	token_id(l->key, id);
	user_name(l->r, t->maker, maker);
	snprintf(made, sizeof made, "%" PRId64, t->made_wall / 1000000);
	snprintf(seconds, sizeof seconds, "%" PRId64, left > 0 ? (left + 999999) / 1000000 : 0);
	bindings_text(t, bindings, sizeof bindings);
	return answer_row(l->answer, items, sizeof items / sizeof items[0]);
}

/* What was removed with all is none any more, though its record may be there still. */
static enum authz_result is_visible(struct listing *l, struct store_txn *t, const struct token_record *token, bool *visible)
{
	const uid_t self = l->r->caller.uid;
	bool removed;
	enum authz_result result;

	*visible = (!l->one_owner || token->owner == l->owner) && (l->all || token->maker == self || token->owner == self);
	if (!*visible)
		return AUTHZ_OK;
	result = removed_with_all(l->r, t, token, &removed);
	*visible = !removed;
	return result;
}

/* One page: until STEPS records were looked at, the reply is full, or there are no more. */
static enum authz_result walk(struct listing *l, struct store_txn *t)
{
	unsigned char value[TOKEN_RECORD_MAX], before[STORE_KEY_MAX];
	size_t length, before_length;
	unsigned steps;
	struct token_record record;
	enum authz_result result;
	bool matched, visible;

	for (steps = 0; steps < STEPS; steps++) {
		before_length = l->key_length;
		memcpy(before, l->key, before_length);
		result = rules_store(l->r, l->r->tokens, store_next(t, "T", 1, 1, l->key, &l->key_length, value, sizeof value,
		                                                    &length, &matched));
		if (result != AUTHZ_OK || l->key_length == 0)
			return result;
		if (!matched)
			continue;
		if (!token_record_unpack(&record, value, length))
			return rules_store(l->r, l->r->tokens, AUTHZ_STORE_DAMAGED);
		result = is_visible(l, t, &record, &visible);
		if (result != AUTHZ_OK)
			return result;
		if (visible && !add_row(l, &record)) {
			memcpy(l->key, before, before_length);
			l->key_length = before_length;
			return AUTHZ_OK;
		}
	}
	return AUTHZ_OK;
}

static enum authz_result prepare(struct listing *l, const struct request *request)
{
	struct rules *r = l->r;
	struct store_txn *t;
	struct host_user owner;
	uint32_t special;
	enum authz_result result = r->host->clock(r->host->context, &l->now);

	l->one_owner = request->has & HAS(USER);
	if (result == AUTHZ_OK && l->one_owner) {
		result = r->host->user_by_name(r->host->context, request->user, &owner);
		if (result != AUTHZ_OK)
			return rules_refuse(r, result, request->user);
		l->owner = owner.uid;
	}
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = profile_caller_special(r, t, &special);
	l->all = special & SPECIAL_SECADM;
	store_abort(t);
	return result;
}

enum authz_result token_list(struct rules *r, const struct request *request, struct answer *answer)
{
	struct listing l = {.r = r, .answer = answer, .key_length = request->cursor.length};
	struct store_txn *t;
	enum authz_result result = prepare(&l, request);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->tokens, false, &t);
	if (result != AUTHZ_OK)
		return result;
	memcpy(l.key, request->cursor.bytes, request->cursor.length);
	result = walk(&l, t);
	store_abort(t);
	if (result == AUTHZ_OK && l.key_length > 0 && l.key_length <= CURSOR_SIZE) {
		answer->reply.has |= 1u << REPLY_CURSOR;
		memcpy(answer->reply.cursor.bytes, l.key, l.key_length);
		answer->reply.cursor.length = l.key_length;
	}
	return result;
}
