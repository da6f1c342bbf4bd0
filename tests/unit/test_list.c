/* SPDX-License-Identifier: ISC */
/* Listing tokens: rules/list.c. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authz.h"

struct row {
	char id[32], owner[NAME_SIZE], maker[NAME_SIZE], type[16], state[16], made[32], seconds[32], bindings[512], master[NAME_SIZE];
};

/* The rows of one reply, from *used on. */
static void take_rows(struct world *w, struct row *rows, size_t most, size_t *used)
{
	struct frame_reader body = {w->answer.bytes, w->answer.rows.used}, items;
	struct frame_field f;

	while (frame_next(&body, &f) == 1) {
		struct row *r = &rows[*used];
		struct { char *to; size_t size; } places[] = {
			{r->id, sizeof r->id}, {r->owner, sizeof r->owner}, {r->maker, sizeof r->maker}, {r->type, sizeof r->type},
			{r->state, sizeof r->state}, {r->made, sizeof r->made}, {r->seconds, sizeof r->seconds},
			{r->bindings, sizeof r->bindings}, {r->master, sizeof r->master},
		};
		size_t i;

		assert_true(*used < most);
		assert_int_equal(f.tag, REPLY_ENTRY_TAG);
		items = (struct frame_reader){f.bytes, f.length};
		for (i = 0; i < 9; i++)
			assert_true(frame_next_item(&items, places[i].to, places[i].size));
		assert_int_equal(items.left, 0);
		++*used;
	}
}

/* All pages; how many rows.  *pages may be NULL. */
static size_t list(struct world *w, const char *user, struct row *rows, size_t most, unsigned *pages)
{
	struct request q = {.has = user != NULL ? HAS(USER) : 0};
	size_t used = 0;
	unsigned count = 0;

	if (user != NULL)
		snprintf(q.user, sizeof q.user, "%s", user);
	do {
		answer_init(&w->answer);
		assert_result(token_list(&w->rules, &q, &w->answer), AUTHZ_OK);
		take_rows(w, rows, most, &used);
		memcpy(&q.cursor, &w->answer.reply.cursor, sizeof q.cursor);
		q.has |= HAS(CURSOR);
		assert_true(++count < 100);
	} while (w->answer.reply.has & 1u << REPLY_CURSOR);
	if (pages != NULL)
		*pages = count;
	return used;
}

static void one_row(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct row rows[4];
	char made[32];

	q.type = '3';
	q.timeout = 90;
	q.has |= HAS(BIND_SERVICE) | HAS(BIND_TTY) | HAS(BIND_UID);
	strcpy(q.bind_service, "sshd");
	strcpy(q.bind_tty, "pts/1");
	q.bind_uid = 33;
	assert_result(generate(w, &q, NULL), AUTHZ_OK);
	fake_host_pass(&w->fake, 29.5);
	assert_int_equal(list(w, NULL, rows, 4, NULL), 1);
	assert_int_equal(strlen(rows[0].id), 16);
	assert_string_equal(rows[0].owner, "alice");
	assert_string_equal(rows[0].maker, "portal");
	assert_string_equal(rows[0].type, "regenerable");
	assert_string_equal(rows[0].state, "live");
	snprintf(made, sizeof made, "%lld", (long long)FAKE_DAY * 86400 + 8 * 3600);
	assert_string_equal(rows[0].made, made);
	assert_string_equal(rows[0].seconds, "61");
	assert_string_equal(rows[0].bindings, "service=sshd tty=pts/1 uid=33");
}

static void states(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct row rows[4];

	make_token(w, '1', 10, token);
	assert_int_equal(list(w, NULL, rows, 4, NULL), 1);
	assert_string_equal(rows[0].type, "single");
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	list(w, NULL, rows, 4, NULL);
	assert_string_equal(rows[0].state, "spent");
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_int_equal(list(w, NULL, rows, 4, NULL), 0);
	make_token(w, '2', 10, token);
	w->fake.now.boot += 10 * 1000000;
	list(w, NULL, rows, 4, NULL);
	assert_string_equal(rows[0].type, "multiple");
	assert_string_equal(rows[0].state, "expired");
	assert_string_equal(rows[0].seconds, "0");
}

static void own_only(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request q = ask_token("bob");
	struct row rows[8];

	grant(w, "eve", "bob");
	make_token(w, '2', -1, token);
	world_caller(w, "eve");
	assert_result(generate(w, &q, NULL), AUTHZ_OK);
	assert_int_equal(list(w, NULL, rows, 8, NULL), 1); /* made */
	assert_string_equal(rows[0].owner, "bob");
	assert_int_equal(list(w, "alice", rows, 8, NULL), 0);
	world_caller(w, "alice");
	assert_int_equal(list(w, NULL, rows, 8, NULL), 1); /* made for her */
	assert_string_equal(rows[0].maker, "portal");
	give_special(w, "bob", SPECIAL_ALLOBJ);
	world_caller(w, "bob");
	assert_int_equal(list(w, NULL, rows, 8, NULL), 1);
	world_caller(w, "sam");
	assert_int_equal(list(w, NULL, rows, 8, NULL), 2);
	assert_int_equal(list(w, "bob", rows, 8, NULL), 1);
	assert_int_equal(list(w, "sam", rows, 8, NULL), 0);
	disable(w, "sam");
	assert_int_equal(list(w, NULL, rows, 8, NULL), 0);
	world_host(w);
	assert_int_equal(list(w, NULL, rows, 8, NULL), 2);
}

static void unknown_user(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(USER), .user = "nosuch"};

	assert_result(token_list(&w->rules, &q, &w->answer), AUTHZ_USER_NOT_FOUND);
	assert_string_equal(w->rules.subject, "nosuch");
}

static void maker_who_is_gone(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct row rows[4];

	make_token(w, '2', -1, token);
	fake_host_find(&w->fake, "portal")->gone = true;
	world_host(w);
	assert_int_equal(list(w, NULL, rows, 4, NULL), 1);
	assert_string_equal(rows[0].maker, "1001");
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->id, ((const struct row *)b)->id);
}

enum { MANY = 5000 };

/* In one transaction: what 5000 generations would leave. */
static void many_tokens(struct world *w)
{
	unsigned char first[TOKEN_SIZE], key[TOKEN_KEY_SIZE], value[TOKEN_RECORD_MAX], token[TOKEN_SIZE] = {0};
	struct store_txn *t;
	size_t length;
	bool found;
	int i;

	make_token(w, '2', -1, first);
	token_key(first, key);
	t = begin(w->rules.tokens, true);
	assert_result(store_get(t, key, sizeof key, value, sizeof value, &length, &found), AUTHZ_OK);
	for (i = 1; i < MANY; i++) {
		memcpy(token, &i, sizeof i);
		token_key(token, key);
		assert_result(store_put(t, key, sizeof key, value, length), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

static void pages(void **state)
{
	struct world *w = *state;
	struct row *rows = calloc(MANY + 1, sizeof *rows);
	unsigned count;
	size_t i;

	assert_non_null(rows);
	many_tokens(w);
	assert_int_equal(list(w, NULL, rows, MANY + 1, &count), MANY);
	assert_true(count > 3);
	qsort(rows, MANY, sizeof *rows, by_id);
	for (i = 1; i < MANY; i++)
		assert_int_not_equal(strcmp(rows[i - 1].id, rows[i].id), 0);
	world_caller(w, "bob"); /* who sees none: the pages are walked all the same, and end */
	assert_int_equal(list(w, NULL, rows, MANY + 1, &count), 0);
	assert_true(count > 1);
	free(rows);
}

static void bad_cursor(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request q = {.has = HAS(CURSOR)};
	struct row rows[4];
	size_t used = 0;

	make_token(w, '2', -1, token);
	memset(q.cursor.bytes, 0xff, sizeof q.cursor.bytes);
	for (q.cursor.length = 0; q.cursor.length <= sizeof q.cursor.bytes; q.cursor.length++) {
		answer_init(&w->answer);
		assert_result(token_list(&w->rules, &q, &w->answer), AUTHZ_OK);
		used = 0;
		take_rows(w, rows, 4, &used);
		assert_true(used <= 1);
	}
}

static void never_the_token(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE];
	struct request q = {.id = 1};

	make_token(w, '2', -1, token);
	token_key(token, key);
	authz_token_to_text(token, text);
	answer_init(&w->answer);
	world_host(w);
	assert_result(token_list(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_true(w->answer.rows.used > 0);
	assert_null(memmem(w->answer.bytes, w->answer.rows.used, token, 8));
	assert_null(memmem(w->answer.bytes, w->answer.rows.used, text + 7, 8));
	assert_null(memmem(w->answer.bytes, w->answer.rows.used, key + 1, 16));
	assert_false(w->answer.reply.has & 1u << REPLY_TOKEN);
}

static void damaged(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	struct request q = {.id = 1};
	struct store_txn *t;

	make_token(w, '2', -1, token);
	token_key(token, key);
	t = begin(w->rules.tokens, true);
	assert_result(store_put(t, key, sizeof key, "\1", 1), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	answer_init(&w->answer);
	assert_result(token_list(&w->rules, &q, &w->answer), AUTHZ_STORE_DAMAGED);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a row says whose, by whom, of which type and state, how old, how long still and how bound", one_row),
		TEST("a token is live, spent or expired", states),
		TEST("one sees what one made or owns, *SECADM sees all (list MUST 1)", own_only),
		TEST("a user who is not there is said", unknown_user),
		TEST("a maker who is gone is named by the uid", maker_who_is_gone),
		TEST("thousands of tokens come in pages, each once", pages),
		TEST("a place that was never handed out harms nobody", bad_cursor),
		TEST("a list has no token in it, and nothing that finds one", never_the_token),
		TEST("a record that cannot be read is damage", damaged),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
