/* SPDX-License-Identifier: ISC */
/* The master whose name a token carries: rules/token_mark.c, by the rules on tokens. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

enum { NEITHER = 0, BOTH = 1u << REPLY_MASTER | 1u << REPLY_MASTER_UID };

static int setup(void **state)
{
	struct world *w;

	if (masters_setup(state) != 0)
		return -1;
	w = *state;
	host_gives(w, "helga", "alice", 0);
	world_caller(w, "helga");
	return 0;
}

static void carries(struct world *w, const char *master, uid_t uid)
{
	assert_int_equal(w->answer.reply.has & BOTH, BOTH);
	assert_string_equal(w->answer.reply.master, master);
	assert_int_equal(w->answer.reply.master_uid, uid);
}

static void carries_none(struct world *w)
{
	assert_int_equal(w->answer.reply.has & BOTH, NEITHER);
}

static enum authz_result inspect(struct world *w, const unsigned char token[TOKEN_SIZE])
{
	struct request q = {.has = HAS(TOKEN)};

	memcpy(q.token, token, TOKEN_SIZE);
	answer_init(&w->answer);
	return token_inspect(&w->rules, &q, &w->answer);
}

static enum authz_result user_of_token(struct world *w, const unsigned char token[TOKEN_SIZE])
{
	struct request q = {.has = HAS(TOKEN)};

	memcpy(q.token, token, TOKEN_SIZE);
	answer_init(&w->answer);
	return token_user(&w->rules, &q, &w->answer);
}

static enum authz_result renew(struct world *w, const unsigned char from[TOKEN_SIZE], unsigned char token[TOKEN_SIZE])
{
	struct request q = {.has = HAS(TOKEN), .timeout = 60, .type = '3'};
	enum authz_result result;

	memcpy(q.token, from, TOKEN_SIZE);
	answer_init(&w->answer);
	result = token_regenerate(&w->rules, &q, &w->answer);
	memcpy(token, w->answer.reply.token, TOKEN_SIZE);
	return result;
}

static void made_by_a_master(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	q.type = '2';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "owner=alice master=helga maker=helga"));
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	assert_non_null(strstr(w->fake.outcome, "owner=alice master=helga maker=helga"));
	assert_result(inspect(w, token), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	assert_result(user_of_token(w, token), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	world_caller(w, "portal"); /* by *USE, and no master */
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_null(strstr(w->fake.outcome, "master="));
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
	carries_none(w);
}

/* Authority over a set is in the place of *USE, and of nothing else. */
static void no_more_than_use(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("bob");

	expect_generate(w, &q, AUTHZ_USE_REQUIRED);
	q = ask_token("nobody-there");
	assert_result(generate(w, &q, NULL), AUTHZ_USER_NOT_FOUND);
	q = ask_token("alice");
	disable(w, "alice"); /* which *USE does not override either */
	expect_generate(w, &q, AUTHZ_DISABLED);
	q.password = PASSWORD_NOPWDCHK;
	expect_generate(w, &q, AUTHZ_NO_AUTHORITY);
	enable(w, "alice");
	fake_host_find(&w->fake, "alice")->account.last_change = 0;
	expect_generate(w, &q, AUTHZ_NO_AUTHORITY);
	q.password = PASSWORD_NOPWD;
	expect_generate(w, &q, AUTHZ_PASSWORD_EXPIRED);
	fake_host_find(&w->fake, "alice")->account.last_change = FAKE_DAY - 100;
	disable(w, "helga");
	expect_generate(w, &q, AUTHZ_USE_REQUIRED);
	enable(w, "helga");
	expect_generate(w, &q, AUTHZ_OK);
	world_caller(w, "otto");
	expect_generate(w, &q, AUTHZ_USE_REQUIRED);
	q = ask_token("root");
	world_caller(w, "helga");
	expect_generate(w, &q, AUTHZ_SYSTEM_PROFILE);
}

/* Who has both special authorities overrides the state of an account as ever, and not as a master. */
static void overridden(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	q.password = PASSWORD_NOPWDCHK;
	give_special(w, "helga", SPECIAL_BOTH);
	disable(w, "alice");
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
	carries_none(w);
}

static void may_no_more(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], next[TOKEN_SIZE];

	q.type = '3';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(take_back(w, "helga", "alice"), AUTHZ_SPECIAL_REQUIRED);
	world_host(w);
	assert_result(take_back(w, "helga", "alice"), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_NOT_IN_SET);
	assert_non_null(strstr(w->fake.outcome, "result=AZ-SET"));
	assert_non_null(strstr(w->fake.outcome, "master=helga"));
	assert_result(renew(w, token, next), AUTHZ_NOT_IN_SET);
	assert_result(user_of_token(w, token), AUTHZ_NOT_IN_SET);
	assert_result(inspect(w, token), AUTHZ_OK);
	assert_int_equal(w->answer.reply.has, 1u << REPLY_SECONDS | 1u << REPLY_TOKEN_ID);
	assert_int_equal(w->answer.reply.seconds, 0);
	host_gives(w, "helga", "alice", now_of(w) + 5);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK); /* nothing was spent */
	fake_host_pass(&w->fake, 5);
	assert_result(redeem(w, token, "alice"), AUTHZ_GRANT_OVER);
	host_gives(w, "helga", "alice", 0);
	disable(w, "helga");
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
	enable(w, "helga");
	fake_host_find(&w->fake, "helga")->user.uid = 1999;
	assert_result(redeem(w, token, "alice"), AUTHZ_NO_MASTER);
	fake_host_find(&w->fake, "helga")->gone = true;
	assert_result(redeem(w, token, "alice"), AUTHZ_NO_MASTER);
	fake_host_user(&w->fake, "helga", UID_HELGA);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(undefine(w, "helga"), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_NO_MASTER);
	assert_result(redeem(w, token, "bob"), AUTHZ_TOKEN_OTHER_USER); /* before that is said */
	disable(w, "alice");
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED); /* and so is this */
}

static void owner_forbids(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	assert_result(generate(w, &q, token), AUTHZ_OK);
	w->fake.host.config.owners_may_forbid = true;
	world_caller(w, "alice");
	assert_result(forbid(w, true), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OWNER_FORBIDS);
	world_caller(w, "helga");
	expect_generate(w, &q, AUTHZ_USE_REQUIRED);
}

static void chain(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char first[TOKEN_SIZE], second[TOKEN_SIZE], third[TOKEN_SIZE];

	q.type = '3';
	assert_result(generate(w, &q, first), AUTHZ_OK);
	world_caller(w, "eve");
	assert_result(renew(w, first, second), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "master=helga"));
	assert_result(renew(w, second, third), AUTHZ_OK);
	assert_result(redeem_as_host(w, third, "alice", NULL), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
}

/* A process of alice's in the session of helga. */
static void in_session(struct world *w, const char *user, uid_t loginuid)
{
	world_caller(w, user);
	w->rules.caller.loginuid = loginuid;
}

static void session_by_loginuid(void **state)
{
	struct world *w = *state;
	struct request own = ask_token("alice"), others = ask_token("bob");
	unsigned char token[TOKEN_SIZE], next[TOKEN_SIZE];

	own.password = others.password = PASSWORD_NOPWDSTS;
	grant(w, "alice", "bob");
	give_special(w, "alice", SPECIAL_BOTH);
	in_session(w, "alice", UID_HELGA);
	assert_result(generate(w, &own, token), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	others.password = PASSWORD_NOPWD;
	others.type = '3';
	assert_result(generate(w, &others, token), AUTHZ_OK); /* whom helga may not enter, and alice may use */
	assert_result(redeem_as_host(w, token, "bob", NULL), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	in_session(w, "alice", UID_ALICE); /* alice's own session */
	assert_result(generate(w, &others, token), AUTHZ_OK);
	in_session(w, "alice", UID_HELGA);
	assert_result(renew(w, token, next), AUTHZ_OK); /* held in the master's session, and renewed there */
	assert_result(redeem_as_host(w, next, "bob", NULL), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	assert_result(redeem_as_host(w, token, "bob", NULL), AUTHZ_OK);
	carries_none(w);
	world_host(w);
	assert_result(take_back(w, "helga", "alice"), AUTHZ_OK); /* then what came of the session is good for nothing */
	assert_result(redeem(w, next, "bob"), AUTHZ_NOT_IN_SET);
}

static void other_loginuids(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];
	static const uid_t of[] = {UID_ALICE, UID_OTTO, 0, 4711, UINT32_MAX};
	size_t i;

	host_defines(w, "otto"); /* a master of others */
	host_gives(w, "otto", "bob", 0);
	grant(w, "alice", "alice");
	q.password = PASSWORD_NOPWD;
	for (i = 0; i < sizeof of / sizeof of[0]; i++) {
		in_session(w, "portal", of[i]);
		assert_result(generate(w, &q, token), AUTHZ_OK);
		assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
		carries_none(w);
	}
}

static void session_of_who_may_no_more(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("bob");

	grant(w, "alice", "bob");
	world_host(w);
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	in_session(w, "alice", UID_HELGA);
	expect_generate(w, &q, AUTHZ_OK);
	host_gives(w, "helga", "alice", now_of(w) + 5);
	fake_host_pass(&w->fake, 5);
	expect_generate(w, &q, AUTHZ_GRANT_OVER);
	world_host(w);
	assert_result(take_back(w, "helga", "alice"), AUTHZ_OK);
	in_session(w, "alice", UID_HELGA);
	expect_generate(w, &q, AUTHZ_NOT_IN_SET); /* it has entered, and is there still */
	world_host(w);
	assert_result(undefine(w, "helga"), AUTHZ_OK);
	in_session(w, "alice", UID_HELGA);
	expect_generate(w, &q, AUTHZ_NO_MASTER);
	in_session(w, "alice", UID_ALICE);
	expect_generate(w, &q, AUTHZ_OK);
}

/* A session that was opened by a token of helga's; she has entered nobody otherwise. */
static void session_by_token(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice"), others = ask_token("bob"), claims = {.id = 1, .service = "sshd", .rhost = "192.0.2.7"};
	unsigned char token[TOKEN_SIZE];
	struct master_history h;

	grant(w, "alice", "bob");
	world_caller(w, "helga");
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "bob", NULL), AUTHZ_TOKEN_OTHER_USER);
	assert_int_equal(history_of(w, "alice").count, 0);
	assert_result(redeem_as_host(w, token, "alice", &claims), AUTHZ_OK);
	h = history_of(w, "alice");
	assert_int_equal(h.count, 1);
	assert_true(strcmp(h.entries[0].master, "helga") == 0 && strcmp(h.entries[0].rhost, "192.0.2.7") == 0);
	world_host(w);
	assert_result(take_back(w, "helga", "alice"), AUTHZ_OK);
	in_session(w, "alice", UID_HELGA);
	expect_generate(w, &others, AUTHZ_NOT_IN_SET);
}

/* From alice's session to bob's, whom helga may not enter: what is made there would carry nobody's name. */
static void session_by_token_of_session(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("bob"), others = ask_token("sam");
	unsigned char token[TOKEN_SIZE];

	grant(w, "alice", "bob");
	grant(w, "bob", "sam");
	in_session(w, "alice", UID_HELGA);
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "bob", NULL), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	in_session(w, "bob", UID_HELGA);
	expect_generate(w, &others, AUTHZ_NOT_IN_SET);
	in_session(w, "bob", UID_BOB);
	expect_generate(w, &others, AUTHZ_OK);
}

/* helga's session, of which the process that asked is gone. */
static void hidden_session(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("bob");
	unsigned char token[TOKEN_SIZE], next[TOKEN_SIZE];

	grant(w, "alice", "bob");
	grant(w, "bob", "sam");
	q.type = '3';
	in_session(w, "alice", UINT32_MAX);
	assert_result(generate(w, &q, token), AUTHZ_OK);
	w->rules.caller.login_hidden = true;
	expect_generate(w, &q, AUTHZ_INTERNAL);
	assert_result(renew(w, token, next), AUTHZ_INTERNAL);
	world_host(w);
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_result(undefine(w, "helga"), AUTHZ_OK);
	in_session(w, "alice", UINT32_MAX);
	w->rules.caller.login_hidden = true;
	expect_generate(w, &q, AUTHZ_INTERNAL); /* she was entered */
	q = ask_token("sam");
	in_session(w, "bob", UINT32_MAX);
	w->rules.caller.login_hidden = true;
	expect_generate(w, &q, AUTHZ_OK); /* no masters: a site that hides processes misses nothing */
}

static void said_by_the_host(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	q.has |= HAS(MASTER) | HAS(ACTOR);
	q.actor = UID_ALICE;
	snprintf(q.master, sizeof q.master, "helga");
	world_host(w);
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "owner=alice master=helga maker=alice"));
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
	carries(w, "helga", UID_HELGA);
	snprintf(q.master, sizeof q.master, "otto");
	expect_generate(w, &q, AUTHZ_NO_MASTER);
	snprintf(q.master, sizeof q.master, "nobody-there");
	expect_generate(w, &q, AUTHZ_NO_MASTER);
	snprintf(q.master, sizeof q.master, "root");
	expect_generate(w, &q, AUTHZ_NO_MASTER);
	snprintf(q.master, sizeof q.master, "helga");
	snprintf(q.user, sizeof q.user, "bob");
	expect_generate(w, &q, AUTHZ_NOT_IN_SET);
	world_caller(w, "portal");
	q = ask_token("alice");
	q.has |= HAS(MASTER);
	snprintf(q.master, sizeof q.master, "helga");
	expect_generate(w, &q, AUTHZ_BAD_PARAMETER);
	world_caller(w, "sam");
	expect_generate(w, &q, AUTHZ_BAD_PARAMETER);
}

static void damage(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	assert_result(generate(w, &q, token), AUTHZ_OK);
	record_put(w, "Muhelga\0alice", 13, "x", 1);
	expect_generate(w, &q, AUTHZ_STORE_DAMAGED);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_STORE_DAMAGED);
	record_drop(w, "Muhelga\0alice", 13);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_NOT_IN_SET);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(inspect(w, token), AUTHZ_INTERNAL);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token that a master makes for an owner of its set carries its name (token_mark MUST 1)", made_by_a_master),
		TEST("to be a master is in the place of *USE and of no more", no_more_than_use),
		TEST("who has *ALLOBJ and *SECADM beside it overrides what these override", overridden),
		TEST("a token is good for nothing whose master may not enter any more (token_mark MUST 3, presented MUST 7)", may_no_more),
		TEST("nor is it where the owner forbids masters (token_mark MUST 3)", owner_forbids),
		TEST("what is made of it carries the name too, whoever renews it (regenerate MUST 2)", chain),
		TEST("so do tokens from a session with a master's loginuid, for whomever (token_mark MUST 1)", session_by_loginuid),
		TEST("a loginuid that is no master's of the caller marks nothing", other_loginuids),
		TEST("from the session of a master who may no more no token is made (token_mark MUST 2)", session_of_who_may_no_more),
		TEST("nor from one that a token of hers has opened (token_mark MUST 2) (redeem MUST 4)", session_by_token),
		TEST("nor from one to which a token from her session has led (token_mark MUST 1) (redeem MUST 4)", session_by_token_of_session),
		TEST("a process that does not show whose session it is in makes no token where there are masters (token_mark MUST 5)",
		     hidden_session),
		TEST("whose session it is the host alone says (token_mark MUST 4)", said_by_the_host),
		TEST("a set that is damaged makes and takes no token", damage),
	};

	return cmocka_run_group_tests_name("token_mark", tests, NULL, NULL);
}
