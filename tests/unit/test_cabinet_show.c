/* SPDX-License-Identifier: ISC */
/* What is seen of cabinets, and by whom: rules/cabinet_show.c, cabinet_list.c, cabinet_see.c. */
#include "cabinets.h"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_name.h"

static void some(struct world *w)
{
	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "north", CABINET_SHARED);
	host_makes(w, "desk", CABINET_STANDALONE);
	host_makes(w, "board", CABINET_PUBLIC);
	host_makes(w, "alice", CABINET_PRIVATE);
	join(w, "sales", 'c', "north");
	join(w, "north", 'u', "alice");
	host_adds_administrator(w, "north", "bob");
	host_sets_password(w, "desk", "geheim");
}

static void rows(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet("sales", NULL);

	some(w);
	world_host(w);
	assert_result(show(w, &q), AUTHZ_OK);
	assert_string_equal(shown(w, "name"), "sales");
	assert_string_equal(shown(w, "type"), "shared");
	assert_string_equal(shown(w, "isn"), "2");
	assert_string_equal(shown(w, "group"), AUTHZ_GROUP_PREFIX "sales");
	assert_string_equal(shown(w, "listing"), "all");
	assert_string_equal(shown(w, "state"), "live");
	assert_string_equal(shown(w, "security"), "0000");
	assert_string_equal(shown(w, "users"), "0");
	assert_string_equal(shown(w, "cabinets"), "1");
	assert_string_equal(shown(w, "administrators"), "0");
	assert_string_equal(shown(w, "password"), "none");
	assert_null(shown(w, "from"));
	assert_result(mark(w, "sales", FAKE_DAY, true), AUTHZ_OK);
	assert_result(show(w, &q), AUTHZ_OK);
	assert_string_equal(shown(w, "state"), "locked");
	assert_string_equal(shown(w, "from"), "2026-11-21");
}

static void password(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet("desk", NULL);

	some(w);
	world_host(w);
	assert_result(show(w, &q), AUTHZ_OK);
	assert_string_equal(shown(w, "password"), "set");
	assert_null(shown(w, "gid"));
	assert_null(memmem(w->answer.bytes, w->answer.rows.used, "geheim", 6));
}

static void by_isn(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(ISN), .isn = 3};

	some(w);
	world_host(w);
	assert_result(show(w, &q), AUTHZ_OK);
	assert_string_equal(shown(w, "name"), "north");
	q.isn = 77;
	assert_result(show(w, &q), AUTHZ_NO_ISN);
	assert_string_equal(w->rules.subject, "77");
	q.isn = -1;
	assert_result(show(w, &q), AUTHZ_NO_ISN);
	q.isn = INT64_C(3) + (INT64_C(1) << 32);
	assert_result(show(w, &q), AUTHZ_NO_ISN);
	q = about_cabinet("north", NULL);
	q.has |= HAS(ISN);
	assert_result(show(w, &q), AUTHZ_NAME_AND_ISN);
}

static void own(void **state)
{
	struct world *w = *state;
	struct request q = {.id = 1};

	some(w);
	world_caller(w, "alice");
	assert_result(show(w, &q), AUTHZ_OK);
	assert_string_equal(shown(w, "name"), "alice");
	assert_non_null(shown(w, "isn"));
	world_caller(w, "eve"); /* has no record */
	assert_result(show(w, &q), AUTHZ_OK);
	assert_string_equal(shown(w, "name"), "eve");
	assert_string_equal(shown(w, "type"), "private");
	assert_null(shown(w, "isn"));
	assert_false(there_is(w, "eve"));
}

static void stranger(void **state)
{
	static const char *const names[] = {"sales", "north", "desk", "alice", "none", "bob", CABINET_TEMPLATE};
	struct world *w = *state;
	struct request q;
	size_t i;

	some(w);
	world_caller(w, "eve");
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		q = about_cabinet(names[i], NULL);
		assert_result(show(w, &q), AUTHZ_CABINET_ADMIN);
	}
	for (i = 1; i < 12; i++) {
		q = (struct request){.has = HAS(ISN), .isn = (int64_t)i};
		if (i != 5) /* the public one's */
			assert_result(show(w, &q), AUTHZ_NO_ISN);
	}
	q = about_cabinet("board", NULL);
	assert_result(show(w, &q), AUTHZ_OK);
	world_host(w);
	q = about_cabinet("none", NULL);
	assert_result(show(w, &q), AUTHZ_CABINET_NAME);
	q = about_cabinet("bob", NULL);
	assert_result(show(w, &q), AUTHZ_OK);
}

static void who_sees(void **state)
{
	struct world *w = *state;
	struct request q = {.id = 1};

	some(w);
	world_host(w);
	assert_string_equal(listed(w, q), "alice board desk north sales");
	world_caller(w, "eve");
	assert_string_equal(listed(w, q), "board");
	world_caller(w, "alice"); /* in north, and by it in sales */
	assert_string_equal(listed(w, q), "alice board north sales");
	world_caller(w, "bob");
	assert_string_equal(listed(w, q), "board north");
	act_as(&q, "desk", "geheim");
	assert_string_equal(listed(w, q), "board desk");
	q = (struct request){.id = 1};
	give_special(w, "bob", SPECIAL_SUPERVISOR);
	assert_string_equal(listed(w, q), "alice board desk north sales");
}

/* Records whose keys are longer than a cursor can be, in the places between. */
static void grant_many(struct world *w)
{
	struct store_txn *t = begin(w->rules.authority, true);
	char key[100];
	int i;

	memset(key, 'k', sizeof key);
	for (i = 0; i < 20000; i++) {
		snprintf(key, 20, "A%d", i);
		assert_result(store_put(t, key, sizeof key, "v", 1), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

static void pages(void **state)
{
	struct world *w = *state;
	struct request q = {.id = 1};
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet c = {.type = CABINET_PUBLIC, .gid = (gid_t)-1};
	unsigned pages = 0, rows = 0, i;

	memset(c.text, 't', CABINET_TEXT_SIZE - 1);
	for (i = 0; i < 1500; i++) {
		assert_result(cabinet_next_isn(&w->rules, t, &c.isn), AUTHZ_OK);
		snprintf(c.name, sizeof c.name, "a-rather-long-name-number-%u", i);
		assert_result(cabinet_write(&w->rules, t, &c), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	grant_many(w);
	world_caller(w, "eve");
	do {
		struct frame_reader r;
		struct frame_field f;

		answer_init(&w->answer);
		assert_result(cabinet_list(&w->rules, &q, &w->answer), AUTHZ_OK);
		for (r = (struct frame_reader){w->answer.bytes, w->answer.rows.used}; frame_next(&r, &f) == 1; rows++)
			continue;
		memcpy(&q.cursor, &w->answer.reply.cursor, sizeof q.cursor);
		pages++;
	} while (q.cursor.length > 0);
	assert_int_equal(rows, 1500);
	assert_true(pages > 1);
}

static bool holds(const struct reply *reply, const char *text)
{
	return memmem(reply->cursor.bytes, reply->cursor.length, text, strlen(text)) != NULL;
}

/* A store of more records than a page looks at, each of which names who is in what. */
static void no_key_in_a_cursor(void **state)
{
	struct world *w = *state;
	struct request q = {.id = 1};
	struct store_txn *t = begin(w->rules.authority, true);
	char key[20];
	unsigned ended = 0, i;

	for (i = 0; i < 40000; i++) {
		snprintf(key, sizeof key, "Zpsecret%u", i);
		assert_result(store_put(t, key, strlen(key), "v", 1), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	world_caller(w, "eve");
	for (;; ended++) {
		answer_init(&w->answer);
		assert_result(cabinet_list(&w->rules, &q, &w->answer), AUTHZ_OK);
		if (w->answer.reply.cursor.length == 0)
			break;
		assert_false(holds(&w->answer.reply, "secret") || holds(&w->answer.reply, "Zp"));
		memcpy(&q.cursor, &w->answer.reply.cursor, sizeof q.cursor);
	}
	assert_int_equal(ended, 2);
	q.cursor.bytes[CURSOR_SIZE - 1] ^= 1; /* and none is made by who asks */
	assert_result(cabinet_list(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
	q.cursor.length = 9;
	memcpy(q.cursor.bytes, "Zpsecret1", 9);
	assert_result(cabinet_list(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "cursor");
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("all that is known of a cabinet is shown", rows),
		TEST("of a password it is shown that there is one (cabinet_show MUST 2)", password),
		TEST("a cabinet is shown by its ISN, but not by both", by_isn),
		TEST("without a name it is the own private cabinet, with a record or not", own),
		TEST("to a stranger a cabinet is as one that is not there, but a public one (cabinet_show MUST 1)", stranger),
		TEST("one sees what one supervises, administers, is in, owns, acts as, and what is public (cabinet_list MUST 1)", who_sees),
		TEST("a long list comes in pages, each cabinet once", pages),
		TEST("a cursor tells nobody a key, and nobody makes one (sealed_key MUST 1)", no_key_in_a_cursor),
	};

	return cmocka_run_group_tests_name("cabinet_show", tests, NULL, NULL);
}
