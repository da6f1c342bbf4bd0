/* SPDX-License-Identifier: ISC */
/* Looking at a token and invalidating it: rules/inspect.c, rules/invalidate.c. */
#include "family.h"

#include <string.h>

static void assert_dead(struct world *w, const unsigned char token[TOKEN_SIZE])
{
	int seconds = -1;

	assert_result(inspect(w, token, &seconds), AUTHZ_OK);
	assert_int_equal(seconds, 0);
	assert_int_equal(w->answer.reply.has, 1u << REPLY_SECONDS | 1u << REPLY_TOKEN_ID);
}

static void seconds_left(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int seconds;

	make_token(w, '1', 10, token);
	world_caller(w, "eve"); /* holding it is the authority */
	assert_result(inspect(w, token, &seconds), AUTHZ_OK);
	assert_int_equal(seconds, 10);
	assert_string_equal(w->answer.reply.user, "alice");
	assert_int_equal(w->answer.reply.uid, UID_ALICE);
	fake_host_pass(&w->fake, 9.5);
	assert_result(inspect(w, token, &seconds), AUTHZ_OK);
	assert_int_equal(seconds, 1);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK); /* nothing was spent by looking */
}

/* T4 */
static void dead(void **state)
{
	struct world *w = *state;
	unsigned char spent[TOKEN_SIZE], expired[TOKEN_SIZE], stale[TOKEN_SIZE], unknown[TOKEN_SIZE] = {3};
	int seconds;

	make_token(w, '1', -1, spent);
	make_token(w, '2', 5, expired);
	make_token(w, '2', -1, stale);
	assert_result(redeem(w, spent, "alice"), AUTHZ_OK);
	assert_dead(w, spent);
	fake_host_pass(&w->fake, 5);
	assert_dead(w, expired);
	assert_result(redeem(w, expired, "alice"), AUTHZ_TOKEN_EXPIRED);
	assert_result(remove_token(w, expired), AUTHZ_OK);
	assert_result(inspect(w, expired, &seconds), AUTHZ_TOKEN_NOT_VALID);
	assert_result(inspect(w, unknown, &seconds), AUTHZ_TOKEN_NOT_VALID);
	fake_host_find(&w->fake, "alice")->account.last_change++;
	assert_dead(w, stale);
	fake_host_find(&w->fake, "alice")->account.last_change--;
	disable(w, "alice");
	assert_dead(w, stale);
	enable(w, "alice");
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_dead(w, stale);
}

static void clocks(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '2', -1, token);
	w->fake.now.wall -= 1;
	assert_dead(w, token);
	w->fake.now.wall += 1;
	w->fake.now.boot_id[3] ^= 1;
	assert_dead(w, token);
}

static void not_found_out(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int seconds;

	make_token(w, '2', -1, token);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(inspect(w, token, &seconds), AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.account_result = AUTHZ_NO_SHADOW;
	assert_result(inspect(w, token, &seconds), AUTHZ_NO_SHADOW);
	w->fake.account_result = AUTHZ_OK;
	assert_result(inspect(w, token, &seconds), AUTHZ_OK);
}

/* T5 */
static void invalidated(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], unknown[TOKEN_SIZE] = {3};

	make_token(w, '3', -1, token);
	world_caller(w, "eve");
	assert_result(invalidate(w, unknown), AUTHZ_TOKEN_NOT_VALID);
	assert_result(invalidate(w, token), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "event=token.invalidate phase=done result=OK actor=eve uid=1005 owner=alice maker=portal"));
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_INVALIDATED);
	assert_dead(w, token);
	assert_result(invalidate(w, token), AUTHZ_OK); /* twice is no error */
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_result(invalidate(w, token), AUTHZ_TOKEN_NOT_VALID);
}

/* T10 */
static void place_stays_taken(void **state)
{
	struct world *w = *state;
	unsigned char token[2][TOKEN_SIZE], third[TOKEN_SIZE];
	struct request q = ask_token("alice");

	w->fake.host.config.quota_total = 2;
	make_token(w, '2', -1, token[0]);
	make_token(w, '2', -1, token[1]);
	assert_result(invalidate(w, token[0]), AUTHZ_OK);
	assert_result(generate(w, &q, third), AUTHZ_TOKENS_FULL);
	assert_non_null(strstr(w->fake.outcome, "event=token.generate phase=done result=CPF4AAA"));
	assert_result(remove_token(w, token[0]), AUTHZ_OK);
	assert_result(generate(w, &q, third), AUTHZ_OK);
}

static void for_whom(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	world_caller(w, "eve");
	assert_result(user_of(w, token), AUTHZ_OK);
	assert_string_equal(w->answer.reply.user, "alice");
	assert_int_equal(w->answer.reply.uid, UID_ALICE);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK); /* nothing was spent by asking */
}

static void for_nobody(void **state)
{
	struct world *w = *state;
	unsigned char spent[TOKEN_SIZE], expired[TOKEN_SIZE], invalid[TOKEN_SIZE], unknown[TOKEN_SIZE] = {3};

	make_token(w, '1', -1, spent);
	make_token(w, '2', 5, expired);
	make_token(w, '2', -1, invalid);
	assert_result(redeem(w, spent, "alice"), AUTHZ_OK);
	assert_result(invalidate(w, invalid), AUTHZ_OK);
	fake_host_pass(&w->fake, 5);
	world_caller(w, "eve");
	assert_result(user_of(w, spent), AUTHZ_TOKEN_SPENT);
	assert_non_null(strstr(w->fake.outcome, "event=token.redeem phase=done result=AZ-SPENT actor=eve uid=1005 owner=alice maker=portal"));
	assert_int_equal(w->answer.reply.has, 0);
	assert_result(user_of(w, expired), AUTHZ_TOKEN_EXPIRED);
	assert_result(user_of(w, invalid), AUTHZ_TOKEN_INVALIDATED);
	assert_result(user_of(w, unknown), AUTHZ_TOKEN_NOT_VALID);
	assert_non_null(strstr(w->fake.outcome, "event=token.redeem phase=done result=CPF2274 actor=eve"));
}

static void audit_lost(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '2', -1, token);
	w->fake.intent_lost = true;
	assert_result(invalidate(w, token), AUTHZ_AUDIT_LOST);
	w->fake.intent_lost = false;
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the seconds that are left, and for whom it stands, to any holder; nothing is spent", seconds_left),
		TEST("T4: spent, expired, stale: 0 seconds, and not for whom it stood; removed or unknown is CPF2274 (inspect MUST 1)", dead),
		TEST("a token from the future or of another boot has 0 seconds (inspect MUST 1)", clocks),
		TEST("what could not be found out is no 0 seconds (inspect MUST 2)", not_found_out),
		TEST("T5: invalidated, then removed, succeeds; removing an unknown one too; invalidating one does not (invalidate MUST 1)",
	             invalidated),
		TEST("T10: full is CPF4AAA with a record in the audit; removing frees a place, invalidating does not (invalidate MUST 1)",
	             place_stays_taken),
		TEST("who is about to redeem a token is told for whom, and nothing is spent", for_whom),
		TEST("what is good for nothing is refused to who would redeem it, on record (inspect MUST 3)", for_nobody),
		TEST("without the audit nothing is invalidated", audit_lost),
	};

	return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
