/* SPDX-License-Identifier: ISC */
/* Whom and what a token is for: its user, its bindings, and a proof of who is there already: rules/redeem.c. */
#include "spared.h"

#include <string.h>

static void other_user(void **state)
{
	struct world *w = *state;
	struct spared f;

	spared_make(&f, w);
	assert_result(redeem(w, f.token, "bob"), AUTHZ_TOKEN_OTHER_USER);
	assert_string_equal(w->rules.subject, "bob");
	assert_result(redeem(w, f.token, "nosuch"), AUTHZ_TOKEN_OTHER_USER);
	assert_string_equal(w->rules.subject, "nosuch");
	assert_null(strstr(w->fake.outcome, "nosuch")); /* it may be a password */
	assert_result(redeem(w, f.token, "root"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, f.token, "alic"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, f.token, "alicea"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, f.token, ""), AUTHZ_TOKEN_OTHER_USER);
	spared_works(&f);
}

static const char *said(int which)
{
	static const char *const values[] = {"right", "wrong", "", "righ", "rightt", "Right"};

	return values[which];
}

static void bind_value(struct request *q, int field, bool binding, const char *value)
{
	char *const members[2][3] = {{q->service, q->rhost, q->tty}, {q->bind_service, q->bind_rhost, q->bind_tty}};
	const uint64_t bits[2][3] = {{HAS(SERVICE), HAS(RHOST), HAS(TTY)}, {HAS(BIND_SERVICE), HAS(BIND_RHOST), HAS(BIND_TTY)}};

	strcpy(members[binding][field], value);
	q->has |= bits[binding][field];
}

static void bindings(void **state)
{
	static const enum authz_result results[] = {AUTHZ_BIND_SERVICE, AUTHZ_BIND_RHOST, AUTHZ_BIND_TTY};
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int field, value;

	for (field = 0; field < 3; field++) {
		struct request q = ask_token("alice"), claim = {.id = 1};

		world_caller(w, "portal");
		bind_value(&q, field, true, said(0));
		assert_result(generate(w, &q, token), AUTHZ_OK);
		for (value = 1; value < 6; value++) {
			bind_value(&claim, field, false, said(value));
			assert_result(redeem_as_host(w, token, "alice", &claim), results[field]);
		}
		assert_result(redeem_as_host(w, token, "alice", NULL), results[field]);
		bind_value(&claim, (field + 1) % 3, false, said(0)); /* the right word in the wrong place */
		assert_result(redeem_as_host(w, token, "alice", &claim), results[field]);
		bind_value(&claim, field, false, said(0));
		assert_result(redeem_as_host(w, token, "alice", &claim), AUTHZ_OK);
	}
}

static void proof_again(void **state)
{
	const struct request again = {.has = HAS(REAUTH), .reauth = 1}, not_again = {.has = HAS(REAUTH), .reauth = 0};
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];
	uint64_t before;

	q.password = PASSWORD_NOPWDSTS; /* for herself the only way */
	world_caller(w, "alice");
	assert_result(generate(w, &q, token), AUTHZ_OK);
	before = sequence(w->rules.tokens);
	assert_result(redeem_as_host(w, token, "bob", &again), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_REAUTH);
	assert_int_equal(sequence(w->rules.tokens), before);
	assert_non_null(strstr(w->fake.outcome, " result=AZ-REAUTH actor=root uid=0 owner=alice maker=alice token="));
	assert_result(redeem_as_host(w, token, "alice", &not_again), AUTHZ_OK); /* to log in it is good */
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_TOKEN_SPENT);
	make_token(w, '1', -1, token); /* portal's */
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_TOKEN_SPENT);
}

static void claims_of_others(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	bind_value(&q, 0, true, said(0));
	assert_result(generate(w, &q, token), AUTHZ_OK);
	memcpy(q.token, token, sizeof token);
	bind_value(&q, 0, false, said(0));
	strcpy(q.user, "alice");
	give_special(w, "eve", SPECIAL_ALL); /* not even so */
	world_caller(w, "eve");
	assert_result(token_redeem(&w->rules, &q, &w->answer), AUTHZ_BIND_SERVICE);
	assert_non_null(strstr(w->fake.outcome, " service=right claimed=yes"));
	world_caller(w, "root");
	assert_result(token_redeem(&w->rules, &q, &w->answer), AUTHZ_BIND_SERVICE);
	world_host(w);
	assert_result(token_redeem(&w->rules, &q, &w->answer), AUTHZ_OK);
}

static void bound_uid(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	q.has |= HAS(BIND_UID);
	q.bind_uid = UID_BOB;
	q.type = '2';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_BIND_UID);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_BIND_UID);
	world_caller(w, "bob");
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	q.bind_uid = 0;
	world_caller(w, "portal");
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_BIND_UID);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token for another user is refused and not spent (redeem MUST 2)", other_user),
		TEST("bindings to service, remote host and tty: right, wrong and missing (redeem MUST 2)", bindings),
		TEST("claims of anybody but the host satisfy no binding (presented MUST 4)", claims_of_others),
		TEST("a token that its owner made does not prove again who is there; another's does, once (redeem MUST 3)",
		     proof_again),
		TEST("a token bound to a uid is good for that uid alone", bound_uid),
	};

	return cmocka_run_group_tests_name("redeem, bound", tests, NULL, NULL);
}
