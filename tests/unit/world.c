/* SPDX-License-Identifier: ISC */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authz.h"
#include "rules/pack.h"

void world_assert_result(enum authz_result got, enum authz_result expected, const char *call, const char *file, int line)
{
	if (got == expected)
		return;
	print_error("%s: %s, not %s\n", call, authz_result_code(got), authz_result_code(expected));
	_fail(file, line);
}

void world_open(struct world *w)
{
	struct store_options durable = {.folder = scratch_path(w->folder, "store"), .durable = true,
	                                .lock_wait_ms = w->fake.host.config.lock_wait_ms, .hold_ms = 4000, .boot_id = BOOT_ID};
	struct store_options volatile_ = {.folder = scratch_path(w->folder, "tokens"), .lock_wait_ms = durable.lock_wait_ms,
	                                  .hold_ms = 4000, .boot_id = BOOT_ID};

	assert_result(store_open(&w->rules.authority, &durable), AUTHZ_OK);
	assert_result(store_open(&w->rules.tokens, &volatile_), AUTHZ_OK);
}

void world_close(struct world *w)
{
	store_close(w->rules.tokens);
	store_close(w->rules.authority);
	w->rules.tokens = w->rules.authority = NULL;
}

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	if (w == NULL)
		return -1;
	alarm(120); /* a test that hangs ends */
	fake_host_init(&w->fake);
	w->rules.host = &w->fake.host;
	fake_host_user(&w->fake, "root", 0);
	fake_host_user(&w->fake, "portal", UID_PORTAL);
	fake_host_user(&w->fake, "alice", UID_ALICE);
	fake_host_user(&w->fake, "bob", UID_BOB);
	fake_host_user(&w->fake, "sam", UID_SAM);
	fake_host_user(&w->fake, "eve", UID_EVE);
	scratch_make(w->folder);
	scratch_folder(scratch_path(w->folder, "store"));
	scratch_folder(scratch_path(w->folder, "tokens"));
	world_open(w);
	grant(w, "portal", "alice");
	give_special(w, "sam", SPECIAL_BOTH);
	world_caller(w, "portal");
	*state = w;
	return 0;
}

int world_teardown(void **state)
{
	struct world *w = *state;

	world_close(w);
	scratch_remove(w->folder);
	free(w);
	return 0;
}

void world_caller(struct world *w, const char *name)
{
	const struct fake_user *u = fake_host_find(&w->fake, name);

	assert_non_null(u);
	w->rules.caller = (struct principal){.uid = u->user.uid, .loginuid = UINT32_MAX};
	memcpy(w->rules.caller.name, u->user.name, NAME_SIZE);
}

void world_host(struct world *w)
{
	world_caller(w, "root");
	w->rules.caller.is_host = true;
}

struct request ask_token(const char *user)
{
	struct request q = {.operation = OP_TOKEN_GENERATE, .password = PASSWORD_NOPWD, .timeout = 3600, .type = '1'};

	q.has = HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE);
	snprintf(q.user, sizeof q.user, "%s", user);
	return q;
}

enum authz_result generate(struct world *w, const struct request *q, unsigned char token[TOKEN_SIZE])
{
	enum authz_result result;

	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
	result = token_generate(&w->rules, q, &w->answer);
	if (token != NULL)
		memcpy(token, w->answer.reply.token, TOKEN_SIZE);
	return result;
}

void expect_generate(struct world *w, const struct request *q, enum authz_result expected)
{
	assert_result(generate(w, q, NULL), expected);
	assert_int_equal(w->fake.outcome_result, expected);
}

static enum authz_result redeem_with(struct world *w, struct request q, const unsigned char token[TOKEN_SIZE],
                                     const char *user)
{
	q.operation = OP_TOKEN_REDEEM;
	q.has |= HAS(USER) | HAS(TOKEN);
	memcpy(q.token, token, TOKEN_SIZE);
	snprintf(q.user, sizeof q.user, "%s", user);
	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
	return token_redeem(&w->rules, &q, &w->answer);
}

enum authz_result redeem(struct world *w, const unsigned char token[TOKEN_SIZE], const char *user)
{
	return redeem_with(w, (struct request){.id = 1}, token, user);
}

enum authz_result redeem_as_host(struct world *w, const unsigned char token[TOKEN_SIZE], const char *user,
                                 const struct request *claims)
{
	struct principal before = w->rules.caller;
	enum authz_result result;

	world_host(w);
	result = redeem_with(w, claims != NULL ? *claims : (struct request){.id = 1}, token, user);
	w->rules.caller = before;
	return result;
}

enum authz_result remove_token(struct world *w, const unsigned char token[TOKEN_SIZE])
{
	struct request q = {.operation = OP_TOKEN_REMOVE, .has = HAS(TOKEN)};

	memcpy(q.token, token, TOKEN_SIZE);
	return token_remove(&w->rules, &q);
}

void make_token(struct world *w, char type, int timeout, unsigned char token[TOKEN_SIZE])
{
	struct principal before = w->rules.caller;
	struct request q = ask_token("alice");

	q.type = type;
	q.timeout = timeout;
	world_caller(w, "portal");
	assert_result(generate(w, &q, token), AUTHZ_OK);
	w->rules.caller = before;
}

static void as_host(struct world *w, const struct request *q, enum authz_result (*rule)(struct rules *, const struct request *))
{
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(rule(&w->rules, q), AUTHZ_OK);
	w->rules.caller = before;
}

void grant(struct world *w, const char *principal, const char *object)
{
	struct request q = {.has = HAS(PRINCIPAL), .object_type = TYPE_PROFILE, .mask_add = AUTHORITY_USE};

	snprintf(q.principal, sizeof q.principal, "%s", principal);
	snprintf(q.object, sizeof q.object, "%s", object);
	as_host(w, &q, authority_grant);
}

static struct request about(const char *user)
{
	struct request q = {.has = HAS(USER)};

	snprintf(q.user, sizeof q.user, "%s", user);
	return q;
}

void give_special(struct world *w, const char *user, uint32_t special)
{
	struct request q = about(user);

	q.mask_add = special;
	as_host(w, &q, profile_special);
}

void disable(struct world *w, const char *user)
{
	struct request q = about(user);

	as_host(w, &q, profile_disable);
}

void enable(struct world *w, const char *user)
{
	struct request q = about(user);

	as_host(w, &q, profile_enable);
}

struct store_txn *begin(struct store *s, bool write)
{
	struct store_txn *t;

	assert_result(store_begin(s, write, &t), AUTHZ_OK);
	return t;
}

static uint64_t counter(struct world *w, const unsigned char *key, size_t key_length)
{
	struct store_txn *t = begin(w->rules.tokens, false);
	unsigned char value[8] = {0};
	struct unpack u = {.at = value};
	uint64_t number;
	bool found;

	assert_result(store_get(t, key, key_length, value, sizeof value, &u.left, &found), AUTHZ_OK);
	store_abort(t);
	number = found ? unpack_number(&u, 8) : 0;
	assert_true(!found || (unpack_done(&u) && number != 0));
	return number;
}

uint64_t total_tokens(struct world *w)
{
	return counter(w, (const unsigned char *)"C", 1);
}

uint64_t maker_tokens(struct world *w, uid_t maker)
{
	unsigned char key[5] = {'M', (unsigned char)(maker >> 24), (unsigned char)(maker >> 16), (unsigned char)(maker >> 8),
	                        (unsigned char)maker};

	return counter(w, key, sizeof key);
}

unsigned count_records(struct world *w, struct store *s, char kind)
{
	struct store_txn *t = begin(s, false);
	unsigned char key[STORE_KEY_MAX], value[STORE_VALUE_MAX];
	size_t key_length = 0, length;
	unsigned count = 0;
	bool matched;

	(void)w;
	do {
		assert_result(store_next(t, &kind, 1, 1000, key, &key_length, value, sizeof value, &length, &matched), AUTHZ_OK);
		count += key_length > 0 && matched;
	} while (key_length > 0);
	store_abort(t);
	return count;
}

uint64_t sequence(struct store *s)
{
	struct store_txn *t = begin(s, false);
	struct store_stats stats;

	assert_result(store_stats(t, &stats), AUTHZ_OK);
	store_abort(t);
	return stats.sequence;
}

int last_used_day(struct world *w, char kind, uint32_t id)
{
	struct store_txn *t = begin(w->rules.authority, false);
	int day;

	assert_result(profile_last_used(&w->rules, t, kind, id, &day), AUTHZ_OK);
	store_abort(t);
	return day;
}

void answered_behind(struct world *w, char *text, size_t size)
{
	struct frame_reader rows = {w->answer.rows.data, w->answer.rows.used}, row;
	struct frame_field f;
	char item[ANSWER_ROW_MAX];
	size_t used = strlen(text), count;

	for (; frame_next(&rows, &f) > 0; text[used - 1] = '\n') {
		row = (struct frame_reader){f.bytes, f.length};
		for (count = 0; frame_next_item(&row, item, sizeof item); count++)
			used += (size_t)snprintf(text + used, size - used, "%s|", item);
		assert_true(count > 0 && used < size - sizeof item);
	}
}

const char *answered(struct world *w)
{
	static char text[2 * FRAME_REPLY_MAX];

	text[0] = '\0';
	answered_behind(w, text, sizeof text);
	return text;
}
