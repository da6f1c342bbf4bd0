/* SPDX-License-Identifier: ISC */
/* May this master enter this owner: rules/master_may.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

static enum authz_result ask(struct world *w, const char *master, const char *owner)
{
	struct request q = {.has = HAS(MASTER) | HAS(USER)};

	snprintf(q.master, sizeof q.master, "%s", master);
	snprintf(q.user, sizeof q.user, "%s", owner);
	answer_init(&w->answer);
	return master_may(&w->rules, &q, &w->answer);
}

static void says(struct world *w, const char *master, const char *owner, const char *row)
{
	assert_result(ask(w, master, owner), AUTHZ_OK);
	assert_string_equal(answered(w), row);
}

static void rows(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "alice", 0);
	host_gives(w, "helga", "b*", now_of(w) + 5);
	says(w, "helga", "alice", "may|alice\n");
	says(w, "helga", "bob", "may|b*\n");
	says(w, "helga", "eve", "AZ-SET|eve\n");
	says(w, "otto", "alice", "AZ-MASTER|otto\n");
	says(w, "nobody-there", "alice", "AZ-MASTER|nobody-there\n");
	says(w, "helga", "nobody-there", "CPF2204|nobody-there\n");
	says(w, "helga", "root", "AZ-SYSTEM|root\n");
	fake_host_pass(&w->fake, 5);
	says(w, "helga", "bob", "AZ-UNTIL|bob\n");
	disable(w, "alice");
	says(w, "helga", "alice", "CPF22E3|alice\n");
	assert_int_equal(history_of(w, "alice").count, 0);
}

static void who_asks(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "alice", 0);
	world_caller(w, "sam");
	says(w, "helga", "alice", "may|alice\n");
	world_caller(w, "helga");
	says(w, "helga", "alice", "may|alice\n");
	assert_result(ask(w, "otto", "alice"), AUTHZ_SPECIAL_REQUIRED);
	world_caller(w, "alice");
	says(w, "helga", "alice", "may|alice\n");
	assert_result(ask(w, "helga", "bob"), AUTHZ_SPECIAL_REQUIRED);
	world_caller(w, "eve");
	assert_result(ask(w, "helga", "alice"), AUTHZ_SPECIAL_REQUIRED);
	assert_result(ask(w, "nobody-there", "alice"), AUTHZ_SPECIAL_REQUIRED);
	assert_result(ask(w, "helga", "nobody-there"), AUTHZ_SPECIAL_REQUIRED);
	assert_string_equal(answered(w), "");
}

static void failures(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "alice", 0);
	record_put(w, "Mphelga", 7, "x", 1);
	assert_result(ask(w, "helga", "alice"), AUTHZ_STORE_DAMAGED);
	assert_result(ask(w, "helga", "nobody-there"), AUTHZ_STORE_DAMAGED);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(ask(w, "helga", "alice"), AUTHZ_INTERNAL);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the row says that the master may, by which entry, or why not", rows),
		TEST("*SECADM, the master and the owner are told, nobody else (master_may MUST 1)", who_asks),
		TEST("what could not be found out is no row", failures),
	};

	return cmocka_run_group_tests_name("master_may", tests, NULL, NULL);
}
