/* SPDX-License-Identifier: ISC */
/* For whom a login program says that it works: the claim ACTOR in rules/presented.c, rules/generate.c and the audit. */
#include "world.h"

#include <string.h>

static enum authz_result bound_token(struct world *w, uid_t uid, unsigned char token[TOKEN_SIZE])
{
	struct request q = ask_token("alice");

	q.type = '2';
	q.has |= HAS(BIND_UID);
	q.bind_uid = uid;
	return generate(w, &q, token);
}

static struct request working_for(int64_t uid)
{
	return (struct request){.has = HAS(ACTOR), .actor = uid};
}

static void binding_is_met(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request eve = working_for(UID_EVE), bob = working_for(UID_BOB), wrapped = working_for(UID_EVE + (INT64_C(1) << 32));

	assert_result(bound_token(w, UID_EVE, token), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "alice", &eve), AUTHZ_OK); /* su, run by eve */
	assert_non_null(strstr(w->fake.outcome, "behalf=1005"));
	assert_null(strstr(w->fake.outcome, "claimed=yes"));
	assert_result(redeem_as_host(w, token, "alice", &bob), AUTHZ_BIND_UID);
	assert_result(redeem_as_host(w, token, "alice", &wrapped), AUTHZ_BIND_UID);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_BIND_UID);
	world_caller(w, "eve");
	assert_result(redeem(w, token, "alice"), AUTHZ_OK); /* eve herself */
}

static void claims_of_others(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request q = {.has = HAS(ACTOR) | HAS(USER) | HAS(TOKEN), .actor = UID_EVE, .user = "alice"};

	assert_result(bound_token(w, UID_EVE, token), AUTHZ_OK);
	memcpy(q.token, token, TOKEN_SIZE);
	world_caller(w, "bob");
	answer_init(&w->answer);
	assert_result(token_redeem(&w->rules, &q, &w->answer), AUTHZ_BIND_UID);
	assert_non_null(strstr(w->fake.outcome, "behalf=1005 claimed=yes"));
}

static void maker(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request q = ask_token("alice"), again = {.has = HAS(REAUTH), .reauth = 1};

	q.type = '2';
	q.has |= HAS(ACTOR);
	q.actor = UID_ALICE;
	assert_result(generate(w, &q, token), AUTHZ_OK); /* portal only claims it */
	assert_int_equal(maker_tokens(w, UID_PORTAL), 1);
	world_host(w);
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_int_equal(maker_tokens(w, UID_ALICE), 1);
	assert_int_equal(maker_tokens(w, 0), 0);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_REAUTH); /* it is as good as hers */
	q.actor = 4711;
	assert_result(generate(w, &q, token), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "actor");
	q.actor = -1;
	assert_result(generate(w, &q, token), AUTHZ_BAD_PARAMETER);
	q.actor = UINT32_MAX;
	assert_result(generate(w, &q, token), AUTHZ_BAD_PARAMETER);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token bound to a user is good where a login program works for that user, and nowhere else", binding_is_met),
		TEST("for whom anybody but the host says to work satisfies no binding (presented MUST 4)", claims_of_others),
		TEST("a token that the host makes for a session counts as made by its user", maker),
	};

	return cmocka_run_group_tests_name("behalf", tests, NULL, NULL);
}
