/* SPDX-License-Identifier: ISC */
/* Masters as the store has them: rules/master_record.c. */
#include "masters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct master helga(struct world *w)
{
	struct master m;
	struct master_wide wide;

	assert_true(is_master(w, "helga", &m, &wide));
	return m;
}

static struct store_txn *give_users(struct world *w, struct master *m, unsigned first, unsigned count)
{
	struct store_txn *t = begin(w->rules.authority, true);
	unsigned i;

	for (i = first; i < first + count; i++) {
		struct master_user u = {.uid = 5000 + i, .until = (int64_t)i};

		snprintf(u.name, sizeof u.name, "u%u", i);
		assert_result(master_user_put(&w->rules, t, m, &u), AUTHZ_OK);
	}
	return t;
}

/* From the newest on, with a blank between two. */
static const char *in_order(struct world *w, const struct master *m)
{
	static char text[4096];
	struct store_txn *t = begin(w->rules.authority, false);
	struct master_user u = {.name = ""};
	bool found;

	text[0] = '\0';
	for (;;) {
		assert_result(master_user_next(&w->rules, t, m, &u, &found), AUTHZ_OK);
		if (!found)
			break;
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", text[0] != '\0' ? " " : "", u.name);
	}
	store_abort(t);
	return text;
}

static void drop(struct world *w, struct master *m, const char *name, bool expected)
{
	struct store_txn *t = begin(w->rules.authority, true);
	bool found;

	assert_result(master_user_drop(&w->rules, t, m, name, &found), AUTHZ_OK);
	assert_int_equal(found, expected);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void there_and_back(void **state)
{
	struct world *w = *state;
	struct master m = helga(w);
	struct store_txn *t = give_users(w, &m, 1, 5);
	struct master_user u;
	bool found;

	assert_result(store_commit(t), AUTHZ_OK);
	m = helga(w);
	assert_int_equal(m.users, 5);
	assert_string_equal(in_order(w, &m), "u5 u4 u3 u2 u1");
	t = begin(w->rules.authority, false);
	assert_result(master_user_read(&w->rules, t, "helga", "u3", &u, &found), AUTHZ_OK);
	assert_true(found && u.uid == 5003 && u.until == 3 && u.serial == 3);
	assert_result(master_user_read(&w->rules, t, "helg", "u3", &u, &found), AUTHZ_OK);
	assert_false(found);
	store_abort(t);
	drop(w, &m, "u5", true); /* the newest, the oldest, one between, one that is none */
	drop(w, &m, "u1", true);
	drop(w, &m, "u3", true);
	drop(w, &m, "u3", false);
	m = helga(w);
	assert_int_equal(m.users, 2);
	assert_string_equal(in_order(w, &m), "u4 u2");
	assert_result(store_commit(give_users(w, &m, 5, 1)), AUTHZ_OK);
	assert_string_equal(in_order(w, &m), "u5 u4 u2");
	drop(w, &m, "u5", true);
	drop(w, &m, "u4", true);
	drop(w, &m, "u2", true);
	m = helga(w);
	assert_true(m.users == 0 && m.newest[0] == '\0');
}

/* A list of names in memory, against the records. */
static void like_a_list(void **state)
{
	struct world *w = *state;
	struct master m = helga(w);
	bool is_in[12] = {false};
	unsigned order[400], step, i, last = 0;
	char expected[400];

	srand(11);
	for (step = 0; step < 200; step++) {
		const unsigned n = (unsigned)rand() % 12;
		char name[NAME_SIZE];

		snprintf(name, sizeof name, "u%u", n);
		if (is_in[n] && rand() % 2) {
			drop(w, &m, name, true);
			is_in[n] = false;
			for (i = 0; order[i] != n; i++)
				continue;
			memmove(order + i, order + i + 1, (--last - i) * sizeof *order);
		} else {
			assert_result(store_commit(give_users(w, &m, n, 1)), AUTHZ_OK);
			if (!is_in[n])
				order[last++] = n;
			is_in[n] = true;
		}
		expected[0] = '\0';
		for (i = last; i-- > 0;)
			snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%su%u", expected[0] ? " " : "", order[i]);
		m = helga(w);
		assert_int_equal(m.users, last);
		assert_string_equal(in_order(w, &m), expected);
	}
}

/* Where a page ended with somebody who is in the set no more, or anew, it goes on with the next older one. */
static void taken_meanwhile(void **state)
{
	struct world *w = *state;
	struct master m = helga(w);
	struct master_user at;
	struct store_txn *t;
	bool found;

	assert_result(store_commit(give_users(w, &m, 1, 5)), AUTHZ_OK);
	t = begin(w->rules.authority, false);
	assert_result(master_user_read(&w->rules, t, "helga", "u4", &at, &found), AUTHZ_OK);
	store_abort(t);
	drop(w, &m, "u4", true);
	assert_result(store_commit(give_users(w, &m, 4, 1)), AUTHZ_OK);
	drop(w, &m, "u3", true);
	t = begin(w->rules.authority, false);
	assert_result(master_user_next(&w->rules, t, &m, &at, &found), AUTHZ_OK);
	assert_true(found);
	assert_string_equal(at.name, "u2");
	store_abort(t);
}

static void half(void **state)
{
	struct world *w = *state;
	struct master m = helga(w);
	struct master_user u = {.name = ""};
	struct store_txn *t;
	bool found;

	assert_result(store_commit(give_users(w, &m, 1, 3)), AUTHZ_OK);
	record_drop(w, "Muhelga\0u2", 10);
	t = begin(w->rules.authority, false);
	assert_result(master_user_next(&w->rules, t, &m, &u, &found), AUTHZ_OK);
	assert_result(master_user_next(&w->rules, t, &m, &u, &found), AUTHZ_STORE_DAMAGED);
	store_abort(t);
	t = begin(w->rules.authority, true);
	assert_result(master_user_drop(&w->rules, t, &m, "u3", &found), AUTHZ_STORE_DAMAGED);
	store_abort(t);
	t = begin(w->rules.authority, true);
	assert_result(master_erase(&w->rules, t, &m), AUTHZ_STORE_DAMAGED);
	store_abort(t);
	record_put(w, "Mmotto", 6, "x", 1); /* nobody listed it */
	assert_result(define(w, "otto"), AUTHZ_STORE_DAMAGED);
	assert_result(enter(w, "alice", "otto"), AUTHZ_STORE_DAMAGED);
}

/* Names out of order, twice, too many or too long. */
static void bad_names(void **state)
{
	static const struct { const char *bytes; size_t length; } rows[] = {
		{"\1\0\2\1b\1a", 7}, {"\1\0\2\1a\1a", 7}, {"\1\0\1\0", 4}, {"\1\0\1\1a\1b", 7}, {"\1\1\1\1a", 5}, {"\2\0\0", 3}, {"\1\0", 2}, {"", 0},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		record_put(w, "Ml", 2, rows[i].bytes, rows[i].length);
		assert_result(enter(w, "alice", "helga"), AUTHZ_STORE_DAMAGED);
		assert_result(define(w, "otto"), AUTHZ_STORE_DAMAGED);
	}
}

static void full(void **state)
{
	struct world *w = *state;
	struct master m = helga(w);
	struct store_txn *t = give_users(w, &m, 0, MASTER_USERS_MAX);
	struct master_user u = {.name = "one-more", .uid = 4999}, again = {.name = "u7", .uid = 5007};

	assert_result(master_user_put(&w->rules, t, &m, &u), AUTHZ_MASTERS_FULL);
	assert_string_equal(w->rules.subject, "users of the set of helga");
	assert_result(master_user_put(&w->rules, t, &m, &again), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(undefine(w, "helga"), AUTHZ_OK); /* all of it in one transaction */
	assert_int_equal(count_records(w, w->rules.authority, 'M'), 1);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("users of a set come from the newest on, whoever of them is taken", there_and_back),
		TEST("whatever is given and taken, the records are what a list in memory is", like_a_list),
		TEST("a walk goes on where one was who is in the set no more", taken_meanwhile),
		TEST("what is there by half is damage (master_record MUST 1)", half),
		TEST("names that are no list of masters are damage (master_record MUST 1)", bad_names),
		TEST("a set has 50000 users at most, and ends whole", full),
	};

	return cmocka_run_group_tests_name("master_record", tests, NULL, NULL);
}
