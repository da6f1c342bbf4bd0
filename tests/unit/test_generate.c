/* SPDX-License-Identifier: ISC */
/* Generating a token, with a real store: what is asked for, and what is kept of it: rules/generate.c. */
#include "world.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "authz.h"

static void the_answer(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], none[TOKEN_SIZE] = {0};
	char id[TOKEN_ID_SIZE];

	expect_generate(w, &q, AUTHZ_OK);
	memcpy(token, w->answer.reply.token, TOKEN_SIZE);
	assert_memory_not_equal(token, none, TOKEN_SIZE);
	assert_string_equal(w->answer.reply.user, "alice");
	assert_int_equal(w->answer.reply.uid, UID_ALICE);
	assert_int_equal(w->answer.reply.seconds, 3600);
	token_key(token, key);
	token_id(key, id);
	assert_string_equal(w->answer.reply.token_id, id);
	assert_int_equal(w->answer.reply.has, 1u << REPLY_TOKEN | 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_SECONDS |
	                 1u << REPLY_TOKEN_ID);
	assert_result(generate(w, &q, none), AUTHZ_OK);
	assert_memory_not_equal(token, none, TOKEN_SIZE);
}

static void in_the_store_first(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], value[TOKEN_RECORD_MAX];
	struct token_record record;
	struct store_txn *t;
	size_t length;
	bool found;

	q.type = '3';
	q.timeout = 60;
	q.password = PASSWORD_NOPWDSTS;
	assert_result(generate(w, &q, token), AUTHZ_OK);
	token_key(token, key);
	t = begin(w->rules.tokens, false);
	assert_result(store_get(t, key, sizeof key, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_true(found && token_record_unpack(&record, value, length));
	store_abort(t);
	assert_true(record.owner == UID_ALICE && record.maker == UID_PORTAL);
	assert_string_equal(record.owner_name, "alice");
	assert_int_equal(record.type, '3');
	assert_int_equal(record.timeout, 60);
	assert_int_equal(record.password, PASSWORD_NOPWDSTS);
	assert_int_equal(record.state, TOKEN_LIVE);
	assert_int_equal(record.flags, 0);
	assert_true(record.made_wall == w->fake.now.wall && record.made_boot == w->fake.now.boot);
	assert_true(record.chain_wall == record.made_wall && record.chain_boot == record.made_boot);
	assert_memory_equal(record.boot_id, w->fake.now.boot_id, 16);
	assert_true(record.bind_uid == (uid_t)-1);
}

static void hash_only(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE], hex[2 * TOKEN_SIZE + 1];

	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	token_key(token, key);
	authz_token_to_text(token, text);
	sodium_bin2hex(hex, sizeof hex, token, sizeof token);
	assert_true(scratch_holds(w->folder, key + 1, 16)); /* the search finds what is there */
	assert_false(scratch_holds(w->folder, token, 16));
	assert_false(scratch_holds(w->folder, token + 16, 16));
	assert_false(scratch_holds(w->folder, text, 20));
	assert_false(scratch_holds(w->folder, text + 7, 20));
	assert_false(scratch_holds(w->folder, hex, 16));
	assert_null(strstr(w->fake.intent, text + 7));
	assert_null(strstr(w->fake.outcome, text + 7));
	assert_null(strstr(w->fake.outcome, hex));
}

static void timeouts(void **state)
{
	static const struct { int64_t timeout; enum authz_result result; int64_t seconds; } rows[] = {
		{-1, AUTHZ_OK, 3600}, {1, AUTHZ_OK, 1}, {3600, AUTHZ_OK, 3600}, {0, AUTHZ_BAD_TIMEOUT, 0},
		{-2, AUTHZ_BAD_TIMEOUT, 0}, {3601, AUTHZ_BAD_TIMEOUT, 0}, {INT64_MAX, AUTHZ_BAD_TIMEOUT, 0},
		{INT64_MIN, AUTHZ_BAD_TIMEOUT, 0}, {(int64_t)1 << 32 | 60, AUTHZ_BAD_TIMEOUT, 0},
	};
	struct world *w = *state;
	struct request q = ask_token("alice");
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		q.timeout = rows[i].timeout;
		expect_generate(w, &q, rows[i].result);
		if (rows[i].result == AUTHZ_OK)
			assert_int_equal(w->answer.reply.seconds, rows[i].seconds);
	}
	assert_string_equal(authz_result_code(AUTHZ_BAD_TIMEOUT), "CPF4AAB");
}

static void types(void **state)
{
	static const int64_t bad[] = {'0', '4', 0, 1, -1, ' ', 256 + '1', ((int64_t)1 << 32) + '1'};
	struct world *w = *state;
	struct request q = ask_token("alice");
	size_t i;

	for (q.type = '1'; q.type <= '3'; q.type++)
		expect_generate(w, &q, AUTHZ_OK);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		q.type = bad[i];
		expect_generate(w, &q, AUTHZ_BAD_TYPE);
	}
	assert_string_equal(authz_result_code(AUTHZ_BAD_TYPE), "CPF4AAD");
}

static void parameters(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("");

	expect_generate(w, &q, AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "user profile name");
	q = ask_token("alice");
	for (q.password = -1; q.password <= 4; q.password += 5 - (q.password < 0 ? 4 : 0)) {
		expect_generate(w, &q, AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "user password");
	}
	q.password = ((int64_t)1 << 32) + PASSWORD_NOPWD;
	expect_generate(w, &q, AUTHZ_BAD_PARAMETER);
	q = ask_token("alice");
	q.has |= HAS(BIND_UID);
	q.bind_uid = -1;
	expect_generate(w, &q, AUTHZ_BAD_PARAMETER);
	q.bind_uid = UINT32_MAX;
	expect_generate(w, &q, AUTHZ_BAD_PARAMETER);
	q.bind_uid = 0;
	expect_generate(w, &q, AUTHZ_OK);
}

static void last_used_dates(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	uint64_t before;

	fake_host_group(&w->fake, "staff", 50);
	fake_host_join(fake_host_find(&w->fake, "alice"), &w->fake.groups[0]);
	assert_int_equal(last_used_day(w, 'u', UID_ALICE), 0);
	expect_generate(w, &q, AUTHZ_OK);
	assert_int_equal(last_used_day(w, 'u', UID_ALICE), FAKE_DAY);
	assert_int_equal(last_used_day(w, 'g', UID_ALICE), FAKE_DAY);
	assert_int_equal(last_used_day(w, 'g', 50), FAKE_DAY);
	assert_int_equal(last_used_day(w, 'u', UID_PORTAL), 0);
	before = sequence(w->rules.authority);
	expect_generate(w, &q, AUTHZ_OK); /* the same day: nothing to write */
	assert_int_equal(sequence(w->rules.authority), before);
	fake_host_day(&w->fake, FAKE_DAY + 1);
	expect_generate(w, &q, AUTHZ_OK);
	assert_int_equal(last_used_day(w, 'u', UID_ALICE), FAKE_DAY + 1);
	assert_int_equal(last_used_day(w, 'g', 50), FAKE_DAY + 1);
	fake_host_group(&w->fake, "wheel", 10);
	fake_host_join(fake_host_find(&w->fake, "alice"), &w->fake.groups[1]);
	expect_generate(w, &q, AUTHZ_OK); /* a group of today's is dated too */
	assert_int_equal(last_used_day(w, 'g', 10), FAKE_DAY + 1);
}

static void dates_before_the_token(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct store_txn *t;

	/* a token store that takes no token: its count of tokens is damaged, which is seen when the dates are prepared */
	t = begin(w->rules.tokens, true);
	assert_result(store_put(t, "C", 1, "xyz", 3), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	expect_generate(w, &q, AUTHZ_STORE_DAMAGED);
	assert_int_equal(last_used_day(w, 'u', UID_ALICE), 0); /* no token could be: no date */
	t = begin(w->rules.tokens, true);
	assert_result(store_delete(t, "C", 1), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	expect_generate(w, &q, AUTHZ_OK);
	assert_int_equal(last_used_day(w, 'u', UID_ALICE), FAKE_DAY);
}

static void intent_lost(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	uint64_t authority = sequence(w->rules.authority), tokens = sequence(w->rules.tokens);
	unsigned char token[TOKEN_SIZE], none[TOKEN_SIZE] = {0};

	w->fake.intent_lost = w->fake.outcome_lost = true;
	assert_result(generate(w, &q, token), AUTHZ_AUDIT_LOST);
	assert_memory_equal(token, none, TOKEN_SIZE);
	assert_int_equal(sequence(w->rules.authority), authority);
	assert_int_equal(sequence(w->rules.tokens), tokens);
	assert_int_equal(total_tokens(w), 0);
	w->fake.intent_lost = w->fake.outcome_lost = false;
	expect_generate(w, &q, AUTHZ_OK);
}

static void count_names(void *arg, const char *what)
{
	*(unsigned *)arg += strcmp(what, "group") == 0;
}

/* A directory that has lost the name of a group keeps nobody from tokens of his own. */
static void own_asks_no_names(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned names = 0;

	w->fake.asked = count_names;
	w->fake.asked_arg = &names;
	world_caller(w, "alice");
	expect_generate(w, &q, AUTHZ_NOPWD_SELF); /* the next check, which wants a password of her */
	assert_int_equal(names, 0);
	world_caller(w, "portal");
	expect_generate(w, &q, AUTHZ_OK);
	assert_int_not_equal(names, 0);
}

static void host_out_of_reach(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	w->fake.user_result = AUTHZ_INTERNAL;
	expect_generate(w, &q, AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.groups_result = AUTHZ_INTERNAL;
	expect_generate(w, &q, AUTHZ_INTERNAL);
	w->fake.groups_result = AUTHZ_OK;
	w->fake.account_result = AUTHZ_NO_SHADOW;
	expect_generate(w, &q, AUTHZ_NO_SHADOW);
	assert_string_equal(w->rules.subject, "shadow: Permission denied");
	w->fake.account_result = AUTHZ_OK;
	w->fake.clock_result = AUTHZ_INTERNAL;
	expect_generate(w, &q, AUTHZ_INTERNAL);
	assert_int_equal(total_tokens(w), 0);
}

static void audited(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	char expected[256];

	expect_generate(w, &q, AUTHZ_OK);
	snprintf(expected, sizeof expected, "seq=%u event=token.generate phase=intent actor=portal uid=1001 owner=alice "
	         "maker=portal token=%s type=1 timeout=3600 password=%%2aNOPWD", (unsigned)w->fake.intent_number,
	         w->answer.reply.token_id);
	assert_memory_equal(w->fake.intent, expected, strlen(expected) - strlen("%2aNOPWD"));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	assert_non_null(strstr(w->fake.outcome, " phase=done result=OK actor=portal "));
	q.type = '\n';
	expect_generate(w, &q, AUTHZ_BAD_TYPE);
	assert_non_null(strstr(w->fake.outcome, " result=CPF4AAD "));
	assert_non_null(strstr(w->fake.outcome, " type=? "));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token is 32 random bytes, and the answer says whose it is and how long it lives", the_answer),
		TEST("the token is in the store before it is in the reply (issue MUST 1)", in_the_store_first),
		TEST("the store and the audit have the token's hash, never the token (issue MUST 1)", hash_only),
		TEST("time-out -1, 1 and 3600 are accepted; 0, -2 and 3601 are CPF4AAB", timeouts),
		TEST("types 1, 2 and 3 are accepted; 0 and 4 are CPF4AAD", types),
		TEST("a missing name, another password value and a uid that is none are CPF3C3C", parameters),
		TEST("the last-used date of the user and of its groups is updated, once a day", last_used_dates),
		TEST("the dates are written before the token, and only where there will be one (issue MUST 2)",
		     dates_before_the_token),
		TEST("without the audit nothing is made", intent_lost),
		TEST("NSS, shadow or a clock out of reach is an error, and no token", host_out_of_reach),
		TEST("for a token of one's own no name of a group is asked", own_asks_no_names),
		TEST("intent and outcome are audited with the token's id, refusals with their code", audited),
	};

	return cmocka_run_group_tests_name("generate", tests, NULL, NULL);
}
