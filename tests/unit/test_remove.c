/* SPDX-License-Identifier: ISC */
/* Removing a token: rules/remove.c. */
#include "world.h"

#include <string.h>

static void removed(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], other[TOKEN_SIZE];

	make_token(w, '2', -1, token);
	make_token(w, '2', -1, other);
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_result(redeem(w, other, "alice"), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 1);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 1);
	assert_non_null(strstr(w->fake.outcome, "event=token.redeem"));
}

static void by_any_holder(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '2', -1, token);
	world_caller(w, "eve");
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=token.remove phase=intent actor=eve uid=1005 owner=alice token="));
}

static void unknown(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE] = {9};
	unsigned intents = w->fake.intents;
	uint64_t before = sequence(w->rules.tokens);

	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_int_equal(sequence(w->rules.tokens), before);
	assert_int_equal(w->fake.intents, intents);
	make_token(w, '1', -1, token);
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 0);
}

static void dead_ones(void **state)
{
	struct world *w = *state;
	unsigned char spent[TOKEN_SIZE], expired[TOKEN_SIZE], stale[TOKEN_SIZE];

	make_token(w, '1', -1, spent);
	make_token(w, '1', 1, expired);
	make_token(w, '2', -1, stale);
	assert_result(redeem(w, spent, "alice"), AUTHZ_OK);
	fake_host_pass(&w->fake, 5);
	disable(w, "alice");
	assert_result(remove_token(w, spent), AUTHZ_OK);
	assert_result(remove_token(w, expired), AUTHZ_OK);
	assert_result(remove_token(w, stale), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 0);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 0);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token that was removed is none, and its place is free", removed),
		TEST("holding a token is the authority to remove it", by_any_holder),
		TEST("removing one that is not there is no error, and changes nothing", unknown),
		TEST("a spent, an expired and a stale token are removed as any other", dead_ones),
	};

	return cmocka_run_group_tests_name("remove", tests, NULL, NULL);
}
