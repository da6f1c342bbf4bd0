/* SPDX-License-Identifier: ISC */
/* Masters and their sets, listed: rules/master_list.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

#include "cabinets.h"

static enum authz_result list_page(struct world *w, const char *master, struct request *q)
{
	if (master != NULL) {
		q->has |= HAS(MASTER);
		snprintf(q->master, sizeof q->master, "%s", master);
	}
	answer_init(&w->answer);
	return master_list(&w->rules, q, &w->answer);
}

/* All pages. */
static const char *listed_all(struct world *w, const char *master, unsigned *pages)
{
	static char text[65536];
	struct request q = {.has = 0};

	text[0] = '\0';
	*pages = 0;
	do {
		assert_result(list_page(w, master, &q), AUTHZ_OK);
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s", answered(w));
		q.has |= HAS(CURSOR);
		memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, w->answer.reply.cursor.length);
		q.cursor.length = w->answer.reply.cursor.length;
		++*pages;
	} while (w->answer.reply.has & 1u << REPLY_CURSOR);
	return text;
}

static void masters(void **state)
{
	struct world *w = *state;
	unsigned pages;

	host_defines(w, "otto");
	host_defines(w, "bob");
	host_gives(w, "otto", "alice", 0);
	host_gives(w, "otto", "*ALL", 0);
	fake_host_find(&w->fake, "bob")->gone = true;
	assert_string_equal(listed_all(w, NULL, &pages), "bob|0|gone\nhelga|0|live\notto|2|live\n");
	fake_host_find(&w->fake, "helga")->user.uid = 1999;
	assert_string_equal(listed_all(w, NULL, &pages), "bob|0|gone\nhelga|0|gone\notto|2|live\n");
}

static void set(void **state)
{
	struct world *w = *state;
	char expected[512];
	unsigned pages;

	host_makes(w, "sales", CABINET_SHARED);
	host_gives(w, "helga", "alice", 0);
	host_gives(w, "helga", "bob", now_of(w) + 5);
	host_gives(w, "helga", "eve", 0);
	host_gives(w, "helga", "cabinet:sales", 0);
	host_gives(w, "helga", "dev-*", now_of(w) + 9);
	snprintf(expected, sizeof expected, "cabinet:sales|0|live\ndev-*|%lld|live\neve|0|gone\nbob|%lld|over\nalice|0|live\n",
	         (long long)now_of(w) + 9, (long long)now_of(w) + 5);
	fake_host_pass(&w->fake, 5);
	fake_host_find(&w->fake, "eve")->gone = true;
	assert_string_equal(listed_all(w, "helga", &pages), expected);
	assert_int_equal(pages, 1);
	assert_result(mark(w, "sales", 0, true), AUTHZ_OK);
	assert_non_null(strstr(listed_all(w, "helga", &pages), "cabinet:sales|0|gone\n"));
}

static void pages_of_masters(void **state)
{
	struct world *w = *state;
	struct fake_user *u = fake_host_user(&w->fake, "m", 3000);
	const char *text;
	char row[64];
	unsigned i, pages;

	for (i = 0; i < 150; i++) {
		snprintf(u->user.name, sizeof u->user.name, "m%03u", i);
		assert_result(define(w, u->user.name), AUTHZ_OK);
	}
	text = listed_all(w, NULL, &pages);
	assert_int_equal(pages, 3);
	assert_true(strncmp(text, "helga|0|live\nm000|0|gone\n", 25) == 0);
	for (i = 0; i < 150; i++) {
		snprintf(row, sizeof row, "m%03u|0|%s\n", i, i == 149 ? "live" : "gone");
		assert_non_null(strstr(text, row));
	}
	assert_int_equal(strlen(text), strlen("helga|0|live\n") * 151 - 150);
}

static void pages_of_a_set(void **state)
{
	struct world *w = *state;
	struct master m;
	struct master_wide wide;
	struct store_txn *t = begin(w->rules.authority, true);
	struct request q = {.has = 0};
	const char *text;
	char name[32];
	unsigned i, pages;
	bool found;

	assert_result(master_read(&w->rules, t, "helga", &m, &wide, &found), AUTHZ_OK);
	for (i = 0; i < 200; i++) {
		struct master_user u = {.uid = 5000};

		snprintf(u.name, sizeof u.name, "u%03u", i);
		assert_result(master_user_put(&w->rules, t, &m, &u), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	host_gives(w, "helga", "*ALL", 0);
	text = listed_all(w, "helga", &pages);
	assert_int_equal(pages, 4);
	assert_true(strncmp(text, "*ALL|0|live\nu199|0|gone\n", 24) == 0);
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "u%03u|0|gone\n", i);
		assert_non_null(strstr(text, name));
	}
	/* the one with whom a page ended is taken, and another one given */
	assert_result(list_page(w, "helga", &q), AUTHZ_OK);
	assert_result(take_back(w, "helga", "u136"), AUTHZ_OK);
	host_gives(w, "helga", "alice", 0);
	q.has |= HAS(CURSOR);
	q.cursor.length = w->answer.reply.cursor.length;
	memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, q.cursor.length);
	assert_result(list_page(w, "helga", &q), AUTHZ_OK);
	assert_true(strncmp(answered(w), "u135|0|gone\n", 12) == 0);
}

static void strangers(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(CURSOR), .cursor = {.length = 3}};
	static const char *const others[] = {"helga", "alice", "eve"};
	size_t i;

	for (i = 0; i < 3; i++) {
		world_caller(w, others[i]);
		q = (struct request){.has = 0};
		assert_result(list_page(w, NULL, &q), AUTHZ_SPECIAL_REQUIRED);
		assert_result(list_page(w, "helga", &q), AUTHZ_SPECIAL_REQUIRED);
		assert_result(list_page(w, "nobody-there", &q), AUTHZ_SPECIAL_REQUIRED);
		assert_int_equal(w->answer.rows.used, 0);
	}
	world_caller(w, "sam");
	q = (struct request){.has = 0};
	assert_result(list_page(w, NULL, &q), AUTHZ_OK);
	q = (struct request){.has = 0};
	assert_result(list_page(w, "otto", &q), AUTHZ_NO_MASTER);
	q = (struct request){.has = HAS(CURSOR), .cursor = {.bytes = "abc", .length = 3}};
	assert_result(list_page(w, NULL, &q), AUTHZ_BAD_PARAMETER);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("masters are listed with the number of their entries, and whether they are gone", masters),
		TEST("a set is listed: live, over and gone", set),
		TEST("many masters come in pages, each once", pages_of_masters),
		TEST("a large set comes in pages, whoever is taken meanwhile (master_list MUST 2)", pages_of_a_set),
		TEST("*SECADM alone sees them (master_list MUST 1)", strangers),
	};

	return cmocka_run_group_tests_name("master_list", tests, NULL, NULL);
}
