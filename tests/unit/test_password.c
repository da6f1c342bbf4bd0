/* SPDX-License-Identifier: ISC */
/* A token for a password, and passwords tried in vain: rules/password.c, rules/tries.c. */
#include "family.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/tries.h"

static uint64_t count(struct world *w, uid_t uid)
{
	struct store_txn *t = begin(w->rules.tokens, false);
	uint64_t tries;

	assert_result(tries_count(&w->rules, t, uid, &tries), AUTHZ_OK);
	store_abort(t);
	return tries;
}

static void right(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	set_password(w, "alice", "correct horse");
	world_caller(w, "eve"); /* who has no *USE */
	assert_result(generate_by_password(w, "alice", "correct horse", token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "maker=eve") != NULL ? w->fake.intent : strstr(w->fake.outcome, "maker=eve"));
	world_caller(w, "alice"); /* for herself: it is no *NOPWD */
	assert_result(generate_by_password(w, "alice", "correct horse", token), AUTHZ_OK);
}

static void wrong(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], none[TOKEN_SIZE] = {0};

	set_password(w, "alice", "correct horse");
	assert_result(generate_by_password(w, "alice", "correct hors", token), AUTHZ_PASSWORD_WRONG);
	assert_string_equal(w->rules.subject, "alice");
	assert_memory_equal(token, none, TOKEN_SIZE);
	assert_result(generate_by_password(w, "alice", "", NULL), AUTHZ_PASSWORD_WRONG);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 0);
	assert_non_null(strstr(w->fake.outcome, "result=CPF22E2"));
	assert_null(strstr(w->fake.outcome, "hors"));
}

static void same_answer(void **state)
{
	struct world *w = *state;
	static const char *const fields[] = {"*", "!", "!!", "!*", "", "!$6$other", "$6$other"};
	unsigned passwords;
	size_t i;

	w->fake.host.config.password_tries = 100;
	world_caller(w, "eve");
	for (i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		strcpy(fake_host_find(&w->fake, "alice")->account.crypt, fields[i]);
		passwords = w->fake.passwords;
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
		assert_int_equal(w->fake.passwords, passwords + 1);
	}
	fake_host_find(&w->fake, "alice")->account.known = false;
	assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	passwords = w->fake.passwords;
	assert_result(generate_by_password(w, "nosuch", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	assert_int_equal(w->fake.passwords, passwords + 1);
	assert_string_equal(w->rules.subject, "nosuch");
	assert_null(strstr(w->fake.outcome, "nosuch")); /* it may be a password, typed at the wrong prompt */
	assert_non_null(strstr(w->fake.outcome, "owner=%3F"));
	assert_result(generate_by_password(w, "root", "guess", NULL), AUTHZ_SYSTEM_PROFILE);
}

static void no_password(void **state)
{
	struct world *w = *state;

	strcpy(fake_host_find(&w->fake, "alice")->account.crypt, "*");
	assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_NO_PASSWORD); /* portal has *USE */
	world_caller(w, "alice");
	assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_NO_PASSWORD);
}

static void state_of_account(void **state)
{
	struct world *w = *state;
	struct host_account *a = &fake_host_find(&w->fake, "alice")->account;

	w->fake.host.config.password_tries = 100;
	world_caller(w, "eve");
	strcpy(a->crypt, "!$6$secret");
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_DISABLED); /* told to who knows it */
	set_password(w, "alice", "secret");
	a->last_change = 0;
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_PASSWORD_EXPIRED);
	assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	a->last_change = FAKE_DAY;
	disable(w, "alice");
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_DISABLED);
	assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
}

static void shape(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	q.password = PASSWORD_GIVEN; /* and none is there */
	assert_result(generate(w, &q, NULL), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "user password");
	q = ask_token("alice");
	q.has |= HAS(SECRET); /* one beside a special value */
	assert_result(generate(w, &q, NULL), AUTHZ_BAD_PARAMETER);
	assert_int_equal(w->fake.passwords, 0);
}

static void limit(void **state)
{
	struct world *w = *state;
	unsigned i, passwords;
	uint64_t before;

	set_password(w, "alice", "secret");
	set_password(w, "bob", "secret");
	world_caller(w, "eve");
	for (i = 0; i < 5; i++)
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	passwords = w->fake.passwords;
	before = sequence(w->rules.tokens);
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_TOO_MANY_TRIES); /* not even the right one */
	assert_int_equal(sequence(w->rules.tokens), before);
	assert_int_equal(w->fake.passwords, passwords);
	assert_result(generate_by_password(w, "bob", "secret", NULL), AUTHZ_OK); /* another owner */
	world_caller(w, "portal");
	assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG); /* another caller */
	world_caller(w, "eve");
	fake_host_pass(&w->fake, 599);
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_TOO_MANY_TRIES);
	fake_host_pass(&w->fake, 1);
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_OK);
}

static void limit_of_unknown(void **state)
{
	struct world *w = *state;
	unsigned i;

	world_caller(w, "eve");
	for (i = 0; i < 5; i++)
		assert_result(generate_by_password(w, "nosuch", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	assert_result(generate_by_password(w, "nosuch", "guess", NULL), AUTHZ_TOO_MANY_TRIES);
	assert_string_equal(w->rules.subject, "nosuch");
	assert_null(strstr(w->fake.outcome, "nosuch"));
}

/* Of a subordinate uid, say. */
static void nameless(struct world *w, uid_t uid)
{
	w->rules.caller = (struct principal){.uid = uid, .loginuid = UINT32_MAX};
}

static void limit_of_nameless(void **state)
{
	struct world *w = *state;
	unsigned i;

	set_password(w, "alice", "secret");
	for (i = 0; i < 5; i++) {
		nameless(w, 100000 + i);
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	}
	nameless(w, 165535);
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_TOO_MANY_TRIES);
	world_caller(w, "eve"); /* who has a name has tries of her own */
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_OK);
	fake_host_pass(&w->fake, 600);
	w->fake.host.config.quota_maker = 2;
	for (i = 0; i < 2; i++) {
		nameless(w, 100000 + i);
		assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_OK);
	}
	nameless(w, 165535);
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_MAKER_FULL);
}

/* Neither *USE nor a regenerable token is a way to go on guessing the password behind them. */
static void beside_tokens(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];
	unsigned i;

	set_password(w, "alice", "secret");
	q.type = '3';
	assert_result(generate(w, &q, token), AUTHZ_OK); /* portal's */
	for (i = 0; i < 5; i++) {
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
		assert_result(generate(w, &q, NULL), AUTHZ_OK);
	}
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_TOO_MANY_TRIES);
	world_caller(w, "eve"); /* who holds it */
	for (i = 0; i < 5; i++) {
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
		assert_result(regenerate(w, token, '3', -1, token), AUTHZ_OK);
	}
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_TOO_MANY_TRIES);
	fake_host_pass(&w->fake, 600);
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_OK);
}

/* T8 */
static void reset(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned i;

	set_password(w, "alice", "secret");
	world_caller(w, "eve");
	for (i = 0; i < 5; i++)
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	assert_int_equal(count(w, UID_ALICE), 5);
	assert_result(generate(w, &q, NULL), AUTHZ_USE_REQUIRED); /* failing does not */
	assert_int_equal(count(w, UID_ALICE), 5);
	world_caller(w, "portal");
	assert_result(generate(w, &q, NULL), AUTHZ_OK);
	assert_int_equal(count(w, UID_ALICE), 0);
	world_caller(w, "eve"); /* that portal made one is no new start for eve */
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_TOO_MANY_TRIES);
	fake_host_pass(&w->fake, 600);
	for (i = 0; i < 4; i++)
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	assert_result(generate_by_password(w, "alice", "secret", NULL), AUTHZ_OK);
	for (i = 0; i < 5; i++)
		assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
}

static void counted(void *arg, const char *what)
{
	struct world *w = arg;

	if (strcmp(what, "password") == 0)
		assert_int_equal(count(w, UID_ALICE), 1);
}

static void before_the_look(void **state)
{
	struct world *w = *state;

	set_password(w, "alice", "secret");
	w->fake.asked = counted;
	w->fake.asked_arg = w;
	assert_result(generate_by_password(w, "alice", "guess", NULL), AUTHZ_PASSWORD_WRONG);
	w->fake.asked = NULL;
}

static void guess_in_child(struct world *w)
{
	world_close(w); /* its own stores, as another helper has */
	world_open(w);
	_exit(generate_by_password(w, "alice", "guess", NULL) == AUTHZ_PASSWORD_WRONG ? 0 : 1);
}

static void many_at_once(void **state)
{
	struct world *w = *state;
	unsigned i, looked = 0;
	int status;

	set_password(w, "alice", "secret");
	world_caller(w, "eve");
	for (i = 0; i < 64; i++)
		if (fork() == 0)
			guess_in_child(w);
	while (wait(&status) > 0)
		looked += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	assert_int_equal(looked, 5);
}

static void swept(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("bob");
	unsigned i, before;
	char name[NAME_SIZE];

	world_caller(w, "eve");
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof name, "nosuch%u", i);
		assert_result(generate_by_password(w, name, "guess", NULL), AUTHZ_PASSWORD_WRONG);
	}
	before = count_records(w, w->rules.tokens, 'X');
	assert_in_range(before, 90, 100); /* a pair and a count each */
	fake_host_pass(&w->fake, 600);
	world_host(w);
	for (i = 0; i < 40; i++)
		assert_result(generate(w, &q, NULL), AUTHZ_OK);
	assert_in_range(count_records(w, w->rules.tokens, 'X'), 45, 50);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 40);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("who knows the password needs no *USE", right),
		TEST("a wrong password is CPF22E2, makes no token and stands nowhere", wrong),
		TEST("no password, a locked one, no such user: to a stranger the same answer, for the same work (generate MUST 4) (context MUST 3)", same_answer),
		TEST("who may use the profile anyway is told that it has no password", no_password),
		TEST("disabled and expired are told to who knows the password (generate MUST 4)", state_of_account),
		TEST("a password without the value that says so, or beside a special one, is CPF3C3C", shape),
		TEST("past the limit none is looked at, for this caller and owner, until the pause is over (password MUST 1) (tries MUST 2)", limit),
		TEST("the same holds for a user who does not exist (password MUST 1)", limit_of_unknown),
		TEST("callers without a name have the tries and the quota of one (tries MUST 3)", limit_of_nameless),
		TEST("a token without a password gives no new tries to who made it (tries MUST 4)", beside_tokens),
		TEST("T8: a token that is made resets the count of wrong passwords; failing does not (issue MUST 4)", reset),
		TEST("a try counts before the password is looked at (tries MUST 1)", before_the_look),
		TEST("of 64 guesses at once no more than the limit are looked at (tries MUST 1)", many_at_once),
		TEST("tries that count no more are swept", swept),
	};

	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
