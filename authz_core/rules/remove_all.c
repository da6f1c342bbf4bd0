/* SPDX-License-Identifier: ISC */
/*
 * QsyRemoveAllPrfTkns and QsyRemoveAllPrfTknsForUser.
 *
 * MUST 1: all tokens: *ALLOBJ and *SECADM; all of a user: *SECADM, and *OBJMGT and *USE to that profile.
 * MUST 2: from the first answer on no token of before is one, whatever becomes of whoever asked.
 * MUST 3: one call looks at a bounded number of records.
 */
#include "rules/remove_all.h"

#include <stdio.h>
#include <string.h>

#include "rules/authority.h"
#include "rules/pack.h"
#include "rules/profile_record.h"
#include "rules/quota.h"
#include "rules/token.h"

#define STEPS 4096       /* records that one request looks at */
#define MARK_SIZE 5

struct removal {
	struct rules *r;
	const struct request *request;
	bool of_user;
	struct host_user owner;
	struct authority_who callers;
	struct host_clock now;
	unsigned char key[STORE_KEY_MAX]; /* where the walk is */
	size_t key_length;
	int64_t removed;
	uint64_t left;
};

static size_t mark_key(unsigned char key[MARK_SIZE], bool of_user, uid_t uid)
{
	struct pack p = {.at = key, .size = MARK_SIZE};

	pack_bytes(&p, "G", 1);
	if (of_user)
		pack_number(&p, uid, 4);
	return p.used;
}

static enum authz_result mark_read(struct rules *r, struct store_txn *t, bool of_user, uid_t uid, int64_t *when)
{
	unsigned char key[MARK_SIZE], value[8];
	struct unpack u = {.at = value};
	bool found;
	enum authz_result result = store_get(t, key, mark_key(key, of_user, uid), value, sizeof value, &u.left, &found);

	*when = result == AUTHZ_OK && found ? (int64_t)unpack_number(&u, 8) : -1;
	if (result == AUTHZ_OK && found && !unpack_done(&u))
		result = AUTHZ_STORE_DAMAGED;
	return rules_store(r, r->tokens, result);
}

enum authz_result removed_with_all(struct rules *r, struct store_txn *t, const struct token_record *token, bool *removed)
{
	int64_t all, own;
	enum authz_result result = mark_read(r, t, false, 0, &all);

	if (result == AUTHZ_OK)
		result = mark_read(r, t, true, token->owner, &own);
	*removed = result == AUTHZ_OK && (token->made_boot <= all || token->made_boot <= own);
	return result;
}

static enum authz_result require_profile(struct removal *m)
{
	const uint32_t wanted = AUTHORITY_USE | AUTHORITY_OBJMGT;
	struct rules *r = m->r;
	struct store_txn *t;
	uint32_t mask;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = authority_of_caller(r, t, &m->callers, &m->owner, &mask);
	store_abort(t);
	if (result != AUTHZ_OK)
		return result;
	return (mask & wanted) == wanted ? AUTHZ_OK : rules_refuse(r, AUTHZ_NOT_AUTHORIZED, m->owner.name);
}

/* CPF222E before CPF2204 and CPF2217: a stranger does not learn whether the user is there. */
static enum authz_result prepare(struct removal *m)
{
	struct rules *r = m->r;
	const struct request *q = m->request;
	enum authz_result result = profile_require(r, m->of_user ? SPECIAL_SECADM : SPECIAL_BOTH);

	if (result != AUTHZ_OK || !m->of_user)
		return result;
	if (q->user[0] == '\0')
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "user profile name");
	result = r->host->user_by_name(r->host->context, q->user, &m->owner);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, q->user);
	result = authority_who_calls(r, &m->callers);
	return result == AUTHZ_OK ? require_profile(m) : result;
}

/* The clock is read under the lock: what was made by then is in the store, or will find the mark there. */
static enum authz_result mark(struct removal *m, struct store_txn *t)
{
	struct rules *r = m->r;
	unsigned char key[MARK_SIZE], value[8];
	struct pack p = {.at = value, .size = sizeof value};
	enum authz_result result = r->host->clock(r->host->context, &m->now);

	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "a clock could not be read");
	pack_number(&p, (uint64_t)m->now.boot, 8);
	return rules_store(r, r->tokens, store_put(t, key, mark_key(key, m->of_user, m->owner.uid), value, p.used));
}

static enum authz_result take_away(struct removal *m, struct store_txn *t, const struct token_record *token)
{
	struct rules *r = m->r;
	enum authz_result result = quota_removed(r, t, token);

	m->removed++;
	return result == AUTHZ_OK ? rules_store(r, r->tokens, store_delete(t, m->key, m->key_length)) : result;
}

static enum authz_result look_at(struct removal *m, struct store_txn *t, const unsigned char *value, size_t length)
{
	struct token_record token;
	bool removed = false;
	enum authz_result result;

	if (!token_record_unpack(&token, value, length))
		return rules_store(m->r, m->r->tokens, AUTHZ_STORE_DAMAGED);
	result = removed_with_all(m->r, t, &token, &removed);
	if (result != AUTHZ_OK)
		return result;
	return removed ? take_away(m, t, &token) : AUTHZ_OK;
}

/* A page.  key_length is 0 at the end. */
static enum authz_result walk(struct removal *m, struct store_txn *t)
{
	unsigned char value[TOKEN_RECORD_MAX];
	enum authz_result result = AUTHZ_OK;
	unsigned steps;
	size_t length;
	bool matched;

	for (steps = 0; steps < STEPS && result == AUTHZ_OK; steps++) {
		result = rules_store(m->r, m->r->tokens, store_next(t, "T", 1, 1, m->key, &m->key_length, value, sizeof value,
		                                                    &length, &matched));
		if (result != AUTHZ_OK || m->key_length == 0)
			break;
		if (matched)
			result = look_at(m, t, value, length);
	}
	if (result == AUTHZ_OK)
		result = quota_count(m->r, t, &m->left);
	return result;
}

/* The first page makes the mark and is audited; the ones behind it take away what is none any more. */
static enum authz_result remove_page(struct removal *m, const struct audit_event *event)
{
	struct rules *r = m->r;
	const bool first = m->request->cursor.length == 0;
	struct store_txn *t = NULL;
	enum authz_result result = rules_begin(r, r->tokens, true, &t);

	if (result == AUTHZ_OK && first)
		result = mark(m, t);
	if (result == AUTHZ_OK)
		result = walk(m, t);
	if (result == AUTHZ_OK && first)
		return rules_commit(r, r->tokens, t, event);
	if (result == AUTHZ_OK && m->removed > 0)
		return rules_store(r, r->tokens, store_commit(t));
	store_abort(t);
	return result == AUTHZ_OK ? result : rules_refused(r, event, result);
}

static void fill_answer(const struct removal *m, struct answer *a)
{
	a->reply.has = 1u << REPLY_COUNT | 1u << REPLY_TOTAL;
	a->reply.count = m->removed;
	a->reply.total = (int64_t)m->left;
	if (m->key_length == 0)
		return;
	a->reply.has |= 1u << REPLY_CURSOR;
	memcpy(a->reply.cursor.bytes, m->key, m->key_length);
	a->reply.cursor.length = m->key_length;
}

enum authz_result token_remove_all(struct rules *r, const struct request *request, struct answer *answer)
{
	struct audit_event event = {.event = "token.remove-all", .caller = &r->caller, .owner = request->user, .maker = "",
	                            .token_id = "", .detail = request->has & HAS(USER) ? "" : "users=all"};
	struct removal m = {.r = r, .request = request, .of_user = request->has & HAS(USER)};
	enum authz_result result = prepare(&m);

	if (result != AUTHZ_OK)
		return rules_refused(r, &event, result);
	m.key_length = request->cursor.length;
	memcpy(m.key, request->cursor.bytes, m.key_length);
	result = remove_page(&m, &event);
	if (result == AUTHZ_OK)
		fill_answer(&m, answer);
	return result;
}
