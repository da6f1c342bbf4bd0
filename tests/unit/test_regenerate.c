/* SPDX-License-Identifier: ISC */
/* A token from a token: rules/regenerate.c. */
#include "family.h"

#include <stdio.h>
#include <string.h>

static int64_t seconds_of_answer(const struct world *w)
{
	return w->answer.reply.seconds;
}

/* T2 */
static void kinds(void **state)
{
	struct world *w = *state;
	unsigned char from[3][TOKEN_SIZE], to[TOKEN_SIZE], none[TOKEN_SIZE] = {0};
	char type;

	for (type = '1'; type <= '3'; type++)
		make_token(w, type, -1, from[type - '1']);
	for (type = '1'; type <= '3'; type++) {
		assert_result(regenerate(w, from[0], type, -1, to), AUTHZ_NOT_REGENERABLE);
		assert_memory_equal(to, none, TOKEN_SIZE);
		assert_result(regenerate(w, from[1], type, -1, to), AUTHZ_NOT_REGENERABLE);
		assert_result(regenerate(w, from[2], type, -1, to), AUTHZ_OK);
		assert_memory_not_equal(to, from[2], TOKEN_SIZE);
		assert_result(redeem(w, to, "alice"), AUTHZ_OK);
		assert_result(redeem(w, to, "alice"), type == '1' ? AUTHZ_TOKEN_SPENT : AUTHZ_OK);
		assert_result(regenerate(w, to, '2', -1, to), type == '3' ? AUTHZ_OK : type == '1' ? AUTHZ_TOKEN_SPENT
		                                                                                  : AUTHZ_NOT_REGENERABLE);
	}
	assert_result(redeem(w, from[2], "alice"), AUTHZ_OK); /* the parent stays usable */
	assert_result(redeem(w, from[0], "alice"), AUTHZ_OK); /* and being refused spent nothing */
}

static void dead_parents(void **state)
{
	struct world *w = *state;
	unsigned char unknown[TOKEN_SIZE] = {7}, expired[TOKEN_SIZE], invalid[TOKEN_SIZE], stale[TOKEN_SIZE], to[TOKEN_SIZE];

	make_token(w, '3', 1, expired);
	make_token(w, '3', -1, invalid);
	make_token(w, '3', -1, stale);
	assert_result(invalidate(w, invalid), AUTHZ_OK);
	fake_host_pass(&w->fake, 1);
	assert_result(regenerate(w, unknown, '3', -1, to), AUTHZ_TOKEN_NOT_VALID);
	assert_result(regenerate(w, expired, '3', -1, to), AUTHZ_TOKEN_EXPIRED);
	assert_result(regenerate(w, invalid, '3', -1, to), AUTHZ_TOKEN_INVALIDATED);
	fake_host_find(&w->fake, "alice")->account.last_change++;
	assert_result(regenerate(w, stale, '3', -1, to), AUTHZ_TOKEN_STALE);
	fake_host_find(&w->fake, "alice")->account.last_change--;
	disable(w, "alice");
	assert_result(regenerate(w, stale, '3', -1, to), AUTHZ_DISABLED);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 3);
	assert_int_equal(total_tokens(w), 3);
}

static void other_boot_and_future(void **state)
{
	struct world *w = *state;
	unsigned char from[TOKEN_SIZE];

	make_token(w, '3', -1, from);
	w->fake.now.wall -= 1;
	assert_result(regenerate(w, from, '3', -1, NULL), AUTHZ_TOKEN_FUTURE);
	w->fake.now.wall += 1;
	w->fake.now.boot_id[0] ^= 1;
	assert_result(regenerate(w, from, '3', -1, NULL), AUTHZ_TOKEN_BOOT);
}

/* T3 */
static void shape(void **state)
{
	struct world *w = *state;
	unsigned char from[TOKEN_SIZE];
	static const struct { char type; int timeout; enum authz_result result; } rows[] = {
		{'1', 0, AUTHZ_BAD_TIMEOUT}, {'1', -2, AUTHZ_BAD_TIMEOUT}, {'1', 3601, AUTHZ_BAD_TIMEOUT},
		{'0', 60, AUTHZ_BAD_TYPE}, {'4', 60, AUTHZ_BAD_TYPE}, {'1', 1, AUTHZ_OK}, {'1', 3600, AUTHZ_OK}, {'1', -1, AUTHZ_OK},
	};
	size_t i;

	make_token(w, '3', 60, from);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_result(regenerate(w, from, rows[i].type, rows[i].timeout, NULL), rows[i].result);
		if (rows[i].result == AUTHZ_OK)
			assert_int_equal(seconds_of_answer(w), rows[i].timeout == -1 ? 3600 : rows[i].timeout);
	}
}

static void same_state(void **state)
{
	struct world *w = *state;
	unsigned char from[TOKEN_SIZE], to[TOKEN_SIZE];
	struct request q = ask_token("alice");

	disable(w, "alice");
	q.type = '3';
	q.password = PASSWORD_NOPWDCHK;
	world_caller(w, "sam");
	assert_result(generate(w, &q, from), AUTHZ_OK);
	world_caller(w, "eve"); /* holding it is the authority */
	assert_result(regenerate(w, from, '2', -1, to), AUTHZ_OK);
	assert_result(redeem(w, to, "alice"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.overridden, TOKEN_WAS_DISABLED);
	assert_result(redeem(w, to, "bob"), AUTHZ_TOKEN_OTHER_USER);
	fake_host_find(&w->fake, "alice")->account.last_change++;
	assert_result(redeem(w, to, "alice"), AUTHZ_TOKEN_STALE);
}

static struct request bound(uint64_t has)
{
	struct request q = {.has = has};

	strcpy(q.bind_service, has & HAS(BIND_SERVICE) ? "sshd" : "");
	strcpy(q.bind_rhost, has & HAS(BIND_RHOST) ? "192.0.2.1" : "");
	strcpy(q.bind_tty, has & HAS(BIND_TTY) ? "tty1" : "");
	q.bind_uid = UID_EVE;
	return q;
}

static void bindings_are_added(void **state)
{
	struct world *w = *state;
	unsigned char from[TOKEN_SIZE], to[TOKEN_SIZE];
	static const struct { uint64_t has; enum authz_result refused; } rows[] = {
		{HAS(BIND_SERVICE), AUTHZ_BIND_SERVICE}, {HAS(BIND_RHOST), AUTHZ_BIND_RHOST},
		{HAS(BIND_TTY), AUTHZ_BIND_TTY}, {HAS(BIND_UID), AUTHZ_BIND_UID},
	};
	size_t i;

	make_token(w, '3', -1, from);
	for (i = 0; i < 4; i++) {
		assert_result(regenerate_with(w, bound(rows[i].has), from, '3', -1, to), AUTHZ_OK);
		assert_result(redeem(w, to, "alice"), rows[i].refused);
		assert_result(regenerate(w, to, '2', -1, to), rows[i].refused); /* nor is it regenerated elsewhere */
	}
	assert_result(redeem(w, from, "alice"), AUTHZ_OK);
}

static void bindings_stay(void **state)
{
	struct world *w = *state;
	unsigned char from[TOKEN_SIZE], to[TOKEN_SIZE];
	struct request q = bound(HAS(BIND_SERVICE) | HAS(BIND_RHOST) | HAS(BIND_TTY)), here = {.id = 1};

	q.has |= HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE);
	strcpy(q.user, "alice");
	q.password = PASSWORD_NOPWD;
	q.type = '3';
	q.timeout = -1;
	assert_result(generate(w, &q, from), AUTHZ_OK);
	here.has = HAS(SERVICE) | HAS(RHOST) | HAS(TTY);
	strcpy(here.service, "sshd");
	strcpy(here.rhost, "192.0.2.1");
	strcpy(here.tty, "tty1");
	assert_result(regenerate_with(w, here, from, '2', -1, to), AUTHZ_BIND_SERVICE); /* portal's claims are claims */
	world_host(w);
	assert_result(regenerate_with(w, here, from, '2', -1, to), AUTHZ_OK);
	assert_result(redeem_as_host(w, to, "alice", &here), AUTHZ_OK);
	assert_result(redeem_as_host(w, to, "alice", NULL), AUTHZ_BIND_SERVICE);
	strcpy(here.bind_tty, "tty2"); /* what is bound is not bound anew */
	here.has |= HAS(BIND_TTY);
	assert_result(regenerate_with(w, here, from, '2', -1, to), AUTHZ_BIND_TTY);
}

static void chain(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], first[TOKEN_SIZE];
	unsigned hours;

	w->fake.host.config.chain_life = 5 * 3600;
	make_token(w, '3', -1, first);
	memcpy(token, first, TOKEN_SIZE);
	for (hours = 0; hours < 4; hours++) {
		fake_host_pass(&w->fake, 3599);
		assert_result(regenerate(w, token, '3', -1, token), AUTHZ_OK);
	}
	/* 3604 s are left of the chain; an hour later 5, and a token that lives no longer */
	assert_int_equal(seconds_of_answer(w), 3600);
	fake_host_pass(&w->fake, 3599);
	assert_result(regenerate(w, token, '3', -1, token), AUTHZ_OK);
	assert_int_equal(seconds_of_answer(w), 5);
	fake_host_pass(&w->fake, 4.5);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(regenerate(w, token, '3', -1, NULL), AUTHZ_CHAIN_END); /* less than a second */
	fake_host_pass(&w->fake, 0.5);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
}

static void chain_without_end(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	unsigned hours;

	w->fake.host.config.chain_life = 0;
	make_token(w, '3', -1, token);
	for (hours = 0; hours < 24 * 3; hours++) {
		fake_host_pass(&w->fake, 3599);
		assert_result(regenerate(w, token, '3', -1, token), AUTHZ_OK);
		assert_int_equal(seconds_of_answer(w), 3600);
	}
}

static void chain_was_shortened(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '3', -1, token);
	fake_host_pass(&w->fake, 100);
	w->fake.host.config.chain_life = 100;
	assert_result(regenerate(w, token, '3', -1, NULL), AUTHZ_CHAIN_END);
}

static void first_of_a_chain(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	w->fake.host.config.chain_life = 60;
	make_token(w, '2', -1, token); /* is none */
	assert_int_equal(w->answer.reply.seconds, 3600);
	make_token(w, '3', 59, token);
	assert_int_equal(w->answer.reply.seconds, 59);
	make_token(w, '3', -1, token);
	assert_int_equal(w->answer.reply.seconds, 60);
	fake_host_pass(&w->fake, 59.9);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	fake_host_pass(&w->fake, 0.1);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
}

static void makers_quota(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '3', -1, token);
	w->fake.host.config.quota_maker = 2;
	world_caller(w, "eve");
	assert_result(regenerate(w, token, '2', -1, NULL), AUTHZ_OK);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 2);
	assert_int_equal(maker_tokens(w, UID_EVE), 0);
	assert_result(regenerate(w, token, '2', -1, NULL), AUTHZ_MAKER_FULL);
	assert_string_equal(w->rules.subject, "portal");
	w->fake.host.config.quota_total = 2;
	assert_result(regenerate(w, token, '2', -1, NULL), AUTHZ_TOKENS_FULL);
}

struct meanwhile {
	struct world *w;
	const unsigned char *token;
	enum authz_result (*what)(struct world *w, const unsigned char token[TOKEN_SIZE]);
	bool done;
};

/* Between the look at the parent and the lock the owner's account is asked for. */
static void change_meanwhile(void *arg, const char *what)
{
	struct meanwhile *m = arg;
	struct answer kept;
	unsigned char subject[SUBJECT_SIZE];

	if (m->done || strcmp(what, "account") != 0)
		return;
	m->done = true;
	kept = m->w->answer;
	memcpy(subject, m->w->rules.subject, sizeof subject);
	assert_result(m->what(m->w, m->token), AUTHZ_OK);
	m->w->answer = kept;
	memcpy(m->w->rules.subject, subject, sizeof subject);
}

static enum authz_result remove_all_of_alice(struct world *w, const unsigned char token[TOKEN_SIZE])
{
	struct principal before = w->rules.caller;
	uint64_t removed;
	enum authz_result result;

	(void)token;
	world_caller(w, "sam");
	result = remove_all(w, "alice", &removed);
	w->rules.caller = before;
	return result;
}

static void meanwhile(void **state)
{
	struct world *w = *state;
	static const struct { enum authz_result (*what)(struct world *, const unsigned char *), result; } rows[] = {
		{invalidate, AUTHZ_TOKEN_INVALIDATED}, {remove_token, AUTHZ_TOKEN_NOT_VALID}, {remove_all_of_alice, AUTHZ_TOKEN_NOT_VALID},
	};
	unsigned char token[TOKEN_SIZE];
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct meanwhile m = {.w = w};

		make_token(w, '3', -1, token);
		fake_host_pass(&w->fake, 1);
		m.token = token;
		m.what = rows[i].what;
		w->fake.asked = change_meanwhile;
		w->fake.asked_arg = &m;
		assert_result(regenerate(w, token, '3', -1, NULL), rows[i].result);
		assert_true(m.done);
		w->fake.asked = NULL;
	}
}

/* The first look at the clock is before the lock, the second under it. */
static void pass_before_second_look(void *arg, const char *what)
{
	struct meanwhile *m = arg;

	if (strcmp(what, "clock") != 0)
		return;
	if (m->done)
		fake_host_pass(&m->w->fake, 60);
	m->done = true;
}

static void expired_meanwhile(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct meanwhile m = {.w = w};

	make_token(w, '3', 60, token);
	w->fake.asked = pass_before_second_look;
	w->fake.asked_arg = &m;
	assert_result(regenerate(w, token, '3', -1, NULL), AUTHZ_TOKEN_EXPIRED);
	w->fake.asked = NULL;
	assert_int_equal(total_tokens(w), 1);
}

static void audit(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], to[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	char from[TOKEN_ID_SIZE], expected[256];

	make_token(w, '3', -1, token);
	token_key(token, key);
	token_id(key, from);
	world_caller(w, "eve");
	assert_result(regenerate(w, token, '2', 60, to), AUTHZ_OK);
	snprintf(expected, sizeof expected, "result=OK actor=eve uid=1005 owner=alice maker=portal token=%s type=2 timeout=60 from=%s",
	         w->answer.reply.token_id, from);
	assert_non_null(strstr(w->fake.outcome, expected));
	token[0] ^= 1;
	assert_result(regenerate(w, token, '2', 60, NULL), AUTHZ_TOKEN_NOT_VALID);
	assert_non_null(strstr(w->fake.outcome, "event=token.regenerate phase=done result=CPF2274 actor=eve"));
	w->fake.intent_lost = true;
	token[0] ^= 1;
	assert_result(regenerate(w, token, '2', 60, NULL), AUTHZ_AUDIT_LOST);
	assert_int_equal(total_tokens(w), 2);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("T2: types 1 and 2 cannot generate, 3 can make 1, 2 and 3, and the parent stays usable (regenerate MUST 1)", kinds),
		TEST("T4: of an expired, unknown, invalidated or stale token none is made (regenerate MUST 1)", dead_parents),
		TEST("a parent from the future, or of another boot, is refused (regenerate MUST 1)", other_boot_and_future),
		TEST("T3: time-out and type are of their range, whatever the parent has left", shape),
		TEST("the new token stands for the same user and the same state of the account (regenerate MUST 2)", same_state),
		TEST("bindings can be added (regenerate MUST 2)", bindings_are_added),
		TEST("bindings stay, and are to be met where a token is regenerated (regenerate MUST 2) (regenerate MUST 1)", bindings_stay),
		TEST("no token of a chain outlives the chain (regenerate MUST 3)", chain),
		TEST("the first token of a chain ends with it too (regenerate MUST 3)", first_of_a_chain),
		TEST("where the site sets no end a chain has none", chain_without_end),
		TEST("a chain life that was shortened holds at once (regenerate MUST 3)", chain_was_shortened),
		TEST("regenerations count for the first maker (regenerate MUST 4)", makers_quota),
		TEST("one whose parent is invalidated or removed meanwhile is not made (regenerate MUST 5)", meanwhile),
		TEST("one whose parent expires while it waits for the lock is not made (regenerate MUST 5)", expired_meanwhile),
		TEST("the audit has both tokens' ids, the maker and who asked", audit),
	};

	return cmocka_run_group_tests_name("regenerate", tests, NULL, NULL);
}
