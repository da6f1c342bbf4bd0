/* SPDX-License-Identifier: ISC */
/* Redeeming a token, with a real store: how often, how long, and in which order it is refused: rules/redeem.c. */
#include "spared.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"

static void single_use(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_string_equal(w->answer.reply.user, "alice");
	assert_int_equal(w->answer.reply.uid, UID_ALICE);
	assert_int_equal(strlen(w->answer.reply.token_id), 16);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_SPENT);
	assert_int_equal(w->answer.reply.has, 0);
	world_close(w);
	world_open(w); /* the next helper */
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_SPENT);
	assert_string_equal(authz_result_code(AUTHZ_TOKEN_SPENT), "AZ-SPENT");
}

static void multiple_use(void **state)
{
	struct world *w = *state;
	unsigned char two[TOKEN_SIZE], three[TOKEN_SIZE];
	uint64_t before;
	int i;

	make_token(w, '2', -1, two);
	make_token(w, '3', -1, three);
	before = sequence(w->rules.tokens);
	for (i = 0; i < 20; i++) {
		world_caller(w, i % 2 ? "bob" : "portal");
		assert_result(redeem(w, two, "alice"), AUTHZ_OK);
		assert_result(redeem(w, three, "alice"), AUTHZ_OK);
	}
	assert_int_equal(sequence(w->rules.tokens), before); /* nothing is written */
}

enum { USERS = 32 };

static int one_of_many(struct world *w, const unsigned char *token, int start)
{
	char byte;

	w->rules.tokens = w->rules.authority = NULL; /* the parent's */
	world_open(w);
	if (read(start, &byte, 1) != 0)
		return 3;
	switch (redeem(w, token, "alice")) {
	case AUTHZ_OK:
		return 0;
	case AUTHZ_TOKEN_SPENT:
		return 1;
	default:
		return 2;
	}
}

static void one_wins(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	unsigned wins = 0, spent = 0;
	int start[2], status, i, round;
	pid_t pids[USERS];

	w->fake.host.config.lock_wait_ms = 30000; /* nobody may leave for want of patience */
	for (round = 0; round < 4; round++) {
		make_token(w, '1', -1, token);
		world_close(w);
		assert_int_equal(pipe(start), 0);
		for (i = 0; i < USERS; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				close(start[1]);
				_exit(one_of_many(w, token, start[0]));
			}
		}
		close(start[0]);
		close(start[1]);
		for (i = 0; i < USERS; i++) {
			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
			wins += WEXITSTATUS(status) == 0;
			spent += WEXITSTATUS(status) == 1;
		}
		world_open(w);
		assert_int_equal(maker_tokens(w, UID_PORTAL), (uint64_t)round + 1);
	}
	assert_int_equal(wins, 4);
	assert_int_equal(spent, 4 * (USERS - 1));
}

static void committed_first(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], value[TOKEN_RECORD_MAX];
	struct token_record record;
	struct store_txn *t;
	size_t length;
	bool found;

	make_token(w, '1', -1, token);
	fake_host_pass(&w->fake, 2);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	token_key(token, key);
	t = begin(w->rules.tokens, false);
	assert_result(store_get(t, key, sizeof key, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_true(found && token_record_unpack(&record, value, length));
	store_abort(t);
	assert_int_equal(record.state, TOKEN_SPENT);
	assert_true(record.spent_wall == w->fake.now.wall);
}

static void expired_by_boot(void **state)
{
	struct world *w = *state;
	struct spared f;

	spared_make(&f, w);
	w->fake.now.boot += INT64_C(100) * 1000000 - 1;
	assert_result(redeem(w, f.token, "bob"), AUTHZ_TOKEN_OTHER_USER); /* alive at the last microsecond */
	w->fake.now.boot += 1;
	spared_refused(&f, AUTHZ_TOKEN_EXPIRED);
	spared_works(&f);
}

/* The clock is asked once when the request comes, and again under the lock: between the two a minute passes. */
static void late_clock(void *arg, const char *what)
{
	struct world *w = arg;
	static int times;

	if (strcmp(what, "clock") == 0 && ++times == 2)
		fake_host_pass(&w->fake, 60);
}

static void expired_in_wait(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', 30, token);
	w->fake.asked = late_clock;
	w->fake.asked_arg = w;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
	w->fake.asked = NULL;
	assert_non_null(strstr(w->fake.outcome, " result=AZ-EXPIRED "));
}

static void expired_by_wall(void **state)
{
	struct world *w = *state;
	struct spared f;

	spared_make(&f, w);
	w->fake.now.wall += INT64_C(100) * 1000000;
	spared_refused(&f, AUTHZ_TOKEN_EXPIRED);
	spared_works(&f);
}

static void from_the_future(void **state)
{
	struct world *w = *state;
	struct spared f;

	spared_make(&f, w);
	w->fake.now.wall -= 1;
	spared_refused(&f, AUTHZ_TOKEN_FUTURE);
	w->fake.now = f.before.now;
	w->fake.now.boot -= 1;
	spared_refused(&f, AUTHZ_TOKEN_FUTURE);
	w->fake.now = f.before.now;
	w->fake.now.wall -= INT64_C(86400) * 1000000;
	w->fake.now.boot += INT64_C(200) * 1000000;
	spared_refused(&f, AUTHZ_TOKEN_FUTURE);
	spared_works(&f);
}

static void other_boot(void **state)
{
	struct world *w = *state;
	struct spared f;
	int i;

	spared_make(&f, w);
	for (i = 0; i < 16; i++) {
		w->fake.now.boot_id[i] ^= 1;
		spared_refused(&f, AUTHZ_TOKEN_BOOT);
		w->fake.now.boot_id[i] ^= 1;
	}
	spared_works(&f);
}

static void removed(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], never[TOKEN_SIZE] = {0};

	make_token(w, '1', -1, token);
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_result(redeem(w, never, "alice"), AUTHZ_TOKEN_NOT_VALID);
	token[0] ^= 1;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_string_equal(authz_result_code(AUTHZ_TOKEN_NOT_VALID), "CPF2274");
}

static void unreadable_record(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	struct store_txn *t;

	make_token(w, '2', -1, token);
	token_key(token, key);
	t = begin(w->rules.tokens, true);
	assert_result(store_put(t, key, sizeof key, "\1" "2", 2), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_STORE_DAMAGED);
	assert_result(remove_token(w, token), AUTHZ_STORE_DAMAGED);
}

static void order(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], spent[TOKEN_SIZE];
	struct host_clock now = w->fake.now;

	make_token(w, '1', 100, spent);
	assert_result(redeem(w, spent, "alice"), AUTHZ_OK);
	strcpy(q.bind_service, "right");
	q.has |= HAS(BIND_SERVICE);
	q.timeout = 100;
	assert_result(generate(w, &q, token), AUTHZ_OK);
	disable(w, "alice");
	/* a dead token says nothing of anybody: not whose it is, not what the account is like */
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_SPENT);
	assert_result(redeem(w, spent, "alice"), AUTHZ_TOKEN_SPENT);
	assert_result(redeem(w, token, "bob"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, token, "alice"), AUTHZ_BIND_SERVICE);
	assert_result(redeem_as_host(w, token, "alice", &(struct request){.has = HAS(SERVICE), .service = "right"}), AUTHZ_DISABLED);
	fake_host_pass(&w->fake, 100);
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_EXPIRED);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
	w->fake.now = now;
	w->fake.now.wall -= 1;
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_FUTURE);
	w->fake.now.boot_id[3] ^= 4;
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_BOOT);
	w->fake.account_result = AUTHZ_NO_SHADOW;
	assert_result(redeem(w, spent, "alice"), AUTHZ_TOKEN_BOOT);
	token[0] ^= 1;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
}

static void audit_lost(void **state)
{
	struct world *w = *state;
	unsigned char one[TOKEN_SIZE], two[TOKEN_SIZE];
	uint64_t before;

	make_token(w, '1', -1, one);
	make_token(w, '2', -1, two);
	before = sequence(w->rules.tokens);
	w->fake.intent_lost = w->fake.outcome_lost = true;
	assert_result(redeem(w, one, "alice"), AUTHZ_AUDIT_LOST);
	assert_result(redeem(w, two, "alice"), AUTHZ_AUDIT_LOST);
	assert_int_equal(w->answer.reply.has, 0);
	assert_result(remove_token(w, two), AUTHZ_AUDIT_LOST);
	assert_int_equal(sequence(w->rules.tokens), before);
	w->fake.intent_lost = w->fake.outcome_lost = false;
	assert_result(redeem(w, one, "alice"), AUTHZ_OK);
	assert_result(redeem(w, two, "alice"), AUTHZ_OK);
}

static void out_of_reach(void **state)
{
	struct world *w = *state;
	struct spared f;

	spared_make(&f, w);
	w->fake.account_result = AUTHZ_NO_SHADOW;
	spared_refused(&f, AUTHZ_NO_SHADOW);
	assert_string_equal(w->rules.subject, "shadow: Permission denied");
	w->fake.account_result = AUTHZ_OK;
	w->fake.user_result = AUTHZ_INTERNAL;
	spared_refused(&f, AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.clock_result = AUTHZ_INTERNAL;
	spared_refused(&f, AUTHZ_INTERNAL);
	spared_works(&f);
}

static void audited(void **state)
{
	struct world *w = *state;
	struct request claim = {.has = HAS(SERVICE) | HAS(RHOST) | HAS(TTY), .service = "sshd", .rhost = "192.0.2.7", .tty = "ssh"};
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	assert_result(redeem_as_host(w, token, "alice", &claim), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=token.redeem phase=intent actor=root uid=0 owner=alice maker=portal token="));
	assert_non_null(strstr(w->fake.outcome, " phase=done result=OK actor=root uid=0 owner=alice maker=portal token="));
	assert_non_null(strstr(w->fake.outcome, w->answer.reply.token_id));
	assert_non_null(strstr(w->fake.outcome, " service=sshd rhost=192.0.2.7 tty=ssh"));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	assert_result(redeem_as_host(w, token, "alice", &claim), AUTHZ_TOKEN_SPENT);
	assert_non_null(strstr(w->fake.outcome, " result=AZ-SPENT actor=root uid=0 owner=alice maker=portal token="));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a single-use token is good once: the second time is AZ-SPENT", single_use),
		TEST("types 2 and 3 are good any number of times, by anybody, and write nothing", multiple_use),
		TEST("T1: a single-use token redeemed by 32 processes at once is good for exactly one (redeem MUST 1)",
		     one_wins),
		TEST("the spending is in the store before the answer (redeem MUST 1)", committed_first),
		TEST("a token ends by the boot clock alone (presented MUST 2)", expired_by_boot),
		TEST("a token ends by the wall clock alone (presented MUST 2)", expired_by_wall),
		TEST("a token that expired while it waited for the lock is refused (presented MUST 2)", expired_in_wait),
		TEST("a token from the future of either clock is refused and not spent (presented MUST 2)",
		     from_the_future),
		TEST("T9: after a reboot no token is usable: one of another boot is refused (presented MUST 3)", other_boot),
		TEST("a token that was removed, or never was, is CPF2274 (presented MUST 1)", removed),
		TEST("a record that cannot be read is damage, not a token (presented MUST 1)", unreadable_record),
		TEST("what is wrong with the token is said before anything about its owner", order),
		TEST("without the audit nothing is spent, and nobody gets in (redeem MUST 2)", audit_lost),
		TEST("NSS, shadow or a clock out of reach: refused, not spent (redeem MUST 2)", out_of_reach),
		TEST("a redemption is audited with owner, maker, token id and session", audited),
	};

	return cmocka_run_group_tests_name("redeem", tests, NULL, NULL);
}
