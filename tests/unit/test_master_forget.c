/* SPDX-License-Identifier: ISC */
/* A user is gone: rules/master_forget.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"

static enum authz_result forget(struct world *w, const char *user)
{
	struct request q = {.has = HAS(USER)};

	snprintf(q.user, sizeof q.user, "%s", user);
	answer_init(&w->answer);
	return cabinet_forget(&w->rules, &q, &w->answer);
}

static void forgotten(void **state)
{
	struct world *w = *state;
	struct master m;
	struct master_wide wide;

	host_defines(w, "otto");
	host_defines(w, "alice");
	host_gives(w, "helga", "alice", 0);
	host_gives(w, "otto", "alice", 0);
	host_gives(w, "otto", "bob", 0);
	host_gives(w, "alice", "bob", 0);
	host_gives(w, "alice", "dev-*", 0);
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_result(forget(w, "alice"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "links=0 sets=2"));
	assert_false(is_master(w, "alice", &m, &wide));
	fake_host_user(&w->fake, "alice", UID_ALICE); /* the next of that name, even with the same number */
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
	assert_result(may(w, "otto", "alice", NULL), AUTHZ_NOT_IN_SET);
	assert_int_equal(history_of(w, "alice").count, 0);
	assert_result(may(w, "otto", "bob", NULL), AUTHZ_OK); /* and nobody else's */
	assert_int_equal(count_records(w, w->rules.authority, 'M'), 1 + 2 + 2 + 1);
	assert_result(forget(w, "alice"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "sets=0"));
}

static void damaged(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "alice", 0);
	record_put(w, "Ml", 2, "x", 1);
	assert_result(forget(w, "alice"), AUTHZ_STORE_DAMAGED);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("who is forgotten is no master, in no set, and has no history (master_forget MUST 1)", forgotten),
		TEST("where the records are damaged nobody is told that a user is forgotten", damaged),
	};

	return cmocka_run_group_tests_name("master_forget", tests, NULL, NULL);
}
