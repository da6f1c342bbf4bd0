/* SPDX-License-Identifier: ISC */
/* Removing all tokens, or all of a user: rules/remove_all.c. */
#include "family.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MANY 5000 /* more than a page */

static void token_of(struct world *w, const char *user, char type, unsigned char token[TOKEN_SIZE])
{
	struct principal before = w->rules.caller;
	struct request q = ask_token(user);

	q.type = type;
	world_host(w);
	assert_result(generate(w, &q, token), AUTHZ_OK);
	w->rules.caller = before;
}

static void grant_more(struct world *w, const char *principal, const char *object, uint32_t mask)
{
	struct request q = {.has = HAS(PRINCIPAL), .object_type = TYPE_PROFILE, .mask_add = mask};
	struct principal before = w->rules.caller;

	snprintf(q.principal, sizeof q.principal, "%s", principal);
	snprintf(q.object, sizeof q.object, "%s", object);
	world_host(w);
	assert_result(authority_grant(&w->rules, &q), AUTHZ_OK);
	w->rules.caller = before;
}

/* T6 */
static void who_may_all(void **state)
{
	struct world *w = *state;
	static const struct { uint32_t special; enum authz_result result; } rows[] = {
		{0, AUTHZ_SPECIAL_REQUIRED}, {SPECIAL_ALLOBJ, AUTHZ_SPECIAL_REQUIRED}, {SPECIAL_SECADM, AUTHZ_SPECIAL_REQUIRED},
		{SPECIAL_ALL, AUTHZ_OK},
	};
	unsigned char token[TOKEN_SIZE];
	uint64_t removed;
	size_t i;

	make_token(w, '2', -1, token);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "eve");
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].special != 0) {
			struct request q = {.has = HAS(USER), .user = "eve", .mask_add = rows[i].special,
			                    .mask_drop = SPECIAL_ALL & ~rows[i].special};

			world_host(w);
			assert_result(profile_special(&w->rules, &q), AUTHZ_OK);
			world_caller(w, "eve");
		}
		assert_result(redeem(w, token, "alice"), AUTHZ_OK);
		assert_result(remove_all(w, NULL, &removed), rows[i].result);
	}
	assert_int_equal(removed, 1);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
}

static void who_may_a_users(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	uint64_t removed;

	make_token(w, '2', -1, token);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "eve");
	assert_result(remove_all(w, "alice", &removed), AUTHZ_SPECIAL_REQUIRED);
	assert_result(remove_all(w, "nosuch", &removed), AUTHZ_SPECIAL_REQUIRED); /* nothing is learned */
	give_special(w, "eve", SPECIAL_SECADM);
	assert_result(remove_all(w, "nosuch", &removed), AUTHZ_USER_NOT_FOUND);
	assert_result(remove_all(w, "alice", &removed), AUTHZ_NOT_AUTHORIZED);
	assert_string_equal(w->rules.subject, "alice");
	grant_more(w, "eve", "alice", AUTHORITY_USE);
	assert_result(remove_all(w, "alice", &removed), AUTHZ_NOT_AUTHORIZED);
	grant_more(w, "eve", "alice", AUTHORITY_OBJMGT);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(remove_all(w, "alice", &removed), AUTHZ_OK);
	assert_int_equal(removed, 1);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_result(remove_all(w, "bob", &removed), AUTHZ_NOT_AUTHORIZED);
	assert_result(remove_all(w, "", &removed), AUTHZ_BAD_PARAMETER);
}

static void others_stay(void **state)
{
	struct world *w = *state;
	unsigned char alice[3][TOKEN_SIZE], bob[TOKEN_SIZE], later[TOKEN_SIZE];
	uint64_t removed;
	int i;

	for (i = 0; i < 3; i++)
		token_of(w, "alice", (char)('1' + i), alice[i]);
	token_of(w, "bob", '2', bob);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "sam");
	assert_result(remove_all(w, "alice", &removed), AUTHZ_OK);
	assert_int_equal(removed, 3);
	assert_int_equal(total_tokens(w), 1);
	for (i = 0; i < 3; i++)
		assert_result(redeem(w, alice[i], "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_result(redeem(w, bob, "bob"), AUTHZ_OK);
	fake_host_pass(&w->fake, 1);
	token_of(w, "alice", '2', later); /* made afterwards: it stays */
	assert_result(redeem(w, later, "alice"), AUTHZ_OK);
	assert_result(remove_all(w, NULL, &removed), AUTHZ_OK);
	assert_int_equal(removed, 2);
	assert_result(redeem(w, bob, "bob"), AUTHZ_TOKEN_NOT_VALID);
	assert_int_equal(total_tokens(w), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'M'), 0);
}

/* The first page is all that was asked for. */
static void at_once(void **state)
{
	struct world *w = *state;
	static unsigned char token[MANY][TOKEN_SIZE];
	struct request page = {.id = 1};
	unsigned i, intents;
	int seconds;

	w->fake.host.config.quota_maker = w->fake.host.config.quota_total;
	for (i = 0; i < MANY; i++)
		token_of(w, i % 2 ? "alice" : "bob", '3', token[i]);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "sam");
	intents = w->fake.intents;
	assert_result(remove_page(w, "alice", &page), AUTHZ_OK);
	assert_true(page.cursor.length > 0);
	assert_true(total_tokens(w) > MANY / 2 + 100); /* so the records of many are there still */
	assert_int_equal(w->answer.reply.total, total_tokens(w));
	for (i = 0; i < MANY; i++) {
		assert_result(redeem(w, token[i], i % 2 ? "alice" : "bob"), i % 2 ? AUTHZ_TOKEN_NOT_VALID : AUTHZ_OK);
		if (i % 50 != 1)
			continue;
		assert_result(regenerate(w, token[i], '2', -1, NULL), AUTHZ_TOKEN_NOT_VALID);
		assert_result(inspect(w, token[i], &seconds), AUTHZ_TOKEN_NOT_VALID);
		assert_result(invalidate(w, token[i]), AUTHZ_TOKEN_NOT_VALID);
	}
	while (page.cursor.length > 0)
		assert_result(remove_page(w, "alice", &page), AUTHZ_OK);
	assert_int_equal(total_tokens(w), MANY / 2);
	assert_int_equal(w->fake.intents, intents + 1); /* audited once */
}

/* Whoever asked is gone: a sweep frees the places, of these alone. */
static void swept(void **state)
{
	struct world *w = *state;
	static unsigned char token[60][TOKEN_SIZE];
	unsigned char more[TOKEN_SIZE];
	struct store_txn *t;
	unsigned char key[5] = {'G', 0, 0, (unsigned char)(UID_ALICE >> 8), (unsigned char)UID_ALICE}, value[8] = {0};
	unsigned i;

	for (i = 0; i < 60; i++)
		token_of(w, i % 2 ? "alice" : "bob", '2', token[i]);
	fake_host_pass(&w->fake, 1);
	for (i = 0; i < 8; i++)
		value[i] = (unsigned char)((uint64_t)w->fake.now.boot >> (56 - 8 * i));
	t = begin(w->rules.tokens, true); /* the mark alone */
	assert_result(store_put(t, key, sizeof key, value, sizeof value), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	fake_host_pass(&w->fake, 1);
	for (i = 0; i < 40; i++)
		token_of(w, "bob", '1', more);
	assert_int_equal(total_tokens(w), 30 + 40);
	for (i = 0; i < 60; i += 2)
		assert_result(redeem(w, token[i], "bob"), AUTHZ_OK);
}

static void unlisted(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request list = {.operation = OP_TOKEN_LIST}, page = {.id = 1};
	unsigned i;

	w->fake.host.config.quota_maker = MANY;
	for (i = 0; i < MANY; i++)
		token_of(w, "alice", '2', token);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "sam");
	assert_result(remove_page(w, "alice", &page), AUTHZ_OK);
	assert_true(total_tokens(w) > 0);
	do {
		answer_init(&w->answer);
		assert_result(token_list(&w->rules, &list, &w->answer), AUTHZ_OK);
		assert_int_equal(w->answer.rows.used, 0);
		memcpy(list.cursor.bytes, w->answer.reply.cursor.bytes, sizeof list.cursor.bytes);
		list.cursor.length = w->answer.reply.cursor.length;
	} while (list.cursor.length > 0);
}

static void bounded(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request page = {.id = 1};
	unsigned i;

	w->fake.host.config.quota_maker = 2 * MANY;
	for (i = 0; i < 2 * MANY; i++)
		token_of(w, "alice", '2', token);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "sam");
	for (i = 0; i == 0 || page.cursor.length > 0; i++) {
		assert_result(remove_page(w, NULL, &page), AUTHZ_OK);
		assert_true(w->answer.reply.count <= 4096);
	}
	assert_in_range(i, 3, 4);
	assert_int_equal(total_tokens(w), 0);
}

/* What comes back as a cursor is the caller's own bytes by then. */
static void strange_cursors(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request page = {.id = 1};
	size_t length;

	token_of(w, "alice", '2', token);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "sam");
	for (length = 1; length <= CURSOR_SIZE; length++) {
		page.has = HAS(CURSOR);
		page.cursor.length = length;
		memset(page.cursor.bytes, 0xff, sizeof page.cursor.bytes);
		assert_result(remove_page(w, NULL, &page), AUTHZ_OK);
	}
	assert_result(redeem(w, token, "alice"), AUTHZ_OK); /* without the first page there is no mark */
	world_caller(w, "eve");
	assert_result(remove_page(w, NULL, &page), AUTHZ_SPECIAL_REQUIRED); /* each page is asked who it is for */
}

static void audit(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	uint64_t removed;

	token_of(w, "alice", '2', token);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "sam");
	w->fake.intent_lost = true;
	assert_result(remove_all(w, "alice", &removed), AUTHZ_AUDIT_LOST);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	w->fake.intent_lost = false;
	assert_result(remove_all(w, "alice", &removed), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "event=token.remove-all phase=done result=OK actor=sam uid=1004 owner=alice"));
	assert_result(remove_all(w, NULL, &removed), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "event=token.remove-all phase=done result=OK actor=sam uid=1004 users=all"));
	world_caller(w, "eve");
	assert_result(remove_all(w, NULL, &removed), AUTHZ_SPECIAL_REQUIRED);
	assert_non_null(strstr(w->fake.outcome, "event=token.remove-all phase=done result=CPF222E actor=eve"));
}

/* The fake host's clock is the real one from here on. */
static void real_clock(void *arg, const char *what)
{
	struct world *w = arg;
	struct timespec now;

	if (strcmp(what, "clock") != 0)
		return;
	clock_gettime(CLOCK_BOOTTIME, &now);
	w->fake.now.wall = w->fake.now.boot = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Token from token until none is made any more; each goes to the test.  The exit status says how it ended. */
static void regenerate_on(struct world *w, unsigned char token[TOKEN_SIZE], int out)
{
	enum authz_result result;

	world_close(w); /* its own stores, as another helper has */
	world_open(w);
	while ((result = regenerate(w, token, '3', -1, token)) == AUTHZ_OK || result == AUTHZ_STORE_BUSY)
		if (result == AUTHZ_OK && write(out, token, TOKEN_SIZE) != TOKEN_SIZE)
			_exit(2);
	_exit(result == AUTHZ_TOKEN_NOT_VALID ? 0 : 1);
}

static void beside_regenerations(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int out[2], status, i, ended = 0, made = 0;
	uint64_t removed;

	w->fake.asked = real_clock;
	w->fake.asked_arg = w;
	assert_int_equal(pipe(out), 0);
	for (i = 0; i < 4; i++) {
		make_token(w, '3', -1, token);
		if (fork() == 0)
			regenerate_on(w, token, out[1]);
	}
	close(out[1]);
	for (; made < 50 && read(out[0], token, sizeof token) == sizeof token; made++)
		;
	world_caller(w, "sam");
	assert_result(remove_all(w, NULL, &removed), AUTHZ_OK);
	do
		assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
	while (read(out[0], token, sizeof token) == sizeof token);
	close(out[0]);
	while (wait(&status) > 0)
		ended += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	assert_int_equal(ended, 4);
	assert_int_equal(total_tokens(w), count_records(w, w->rules.tokens, 'T'));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("T6: all tokens are removed by a holder of both special authorities, not of one (remove_all MUST 1)", who_may_all),
		TEST("T6: all of a user by *SECADM with *OBJMGT and *USE to the profile, not with less (remove_all MUST 1)", who_may_a_users),
		TEST("those of others, and those made afterwards, stay", others_stay),
		TEST("from the first answer on they are none, though their records are there (remove_all MUST 2) (presented MUST 6)", at_once),
		TEST("no token escapes by being regenerated in other processes meanwhile (remove_all MUST 2)", beside_regenerations),
		TEST("records that nobody came back for are swept (remove_all MUST 2)", swept),
		TEST("what was removed is not listed", unlisted),
		TEST("a page looks at a bounded number of records (remove_all MUST 3)", bounded),
		TEST("a cursor of the caller's own making does no harm", strange_cursors),
		TEST("without the audit nothing is removed, and a refusal is on record", audit),
	};

	return cmocka_run_group_tests_name("remove_all", tests, NULL, NULL);
}
