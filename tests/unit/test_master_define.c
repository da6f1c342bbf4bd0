/* SPDX-License-Identifier: ISC */
/* Who is a master: rules/master_define.c and master_change.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

static unsigned records(struct world *w)
{
	return count_records(w, w->rules.authority, 'M');
}

static void defined(void **state)
{
	struct world *w = *state;
	struct master m;
	struct master_wide wide;

	assert_result(define(w, "otto"), AUTHZ_OK);
	assert_true(is_master(w, "otto", &m, &wide));
	assert_int_equal(m.uid, UID_OTTO);
	assert_true(m.maker == 0 && m.made == w->fake.now.wall && m.users == 0 && wide.count == 0);
	assert_non_null(strstr(w->fake.outcome, "event=master.define"));
	assert_non_null(strstr(w->fake.outcome, "master=otto"));
	assert_result(undefine(w, "otto"), AUTHZ_OK);
	assert_false(is_master(w, "otto", &m, &wide));
	assert_result(undefine(w, "otto"), AUTHZ_NO_MASTER);
}

static void users_alone(void **state)
{
	struct world *w = *state;
	const uint64_t before = sequence(w->rules.authority);

	fake_host_user(&w->fake, "daemon", 2);
	assert_result(define(w, "nobody-there"), AUTHZ_USER_NOT_FOUND);
	assert_result(define(w, ""), AUTHZ_USER_NOT_FOUND);
	assert_result(define(w, "root"), AUTHZ_SYSTEM_PROFILE);
	assert_result(define(w, "daemon"), AUTHZ_SYSTEM_PROFILE);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(define(w, "otto"), AUTHZ_INTERNAL);
	assert_int_equal(sequence(w->rules.authority), before);
}

static void secadm_alone(void **state)
{
	struct world *w = *state;
	const uint64_t before = sequence(w->rules.authority);

	world_caller(w, "eve");
	assert_result(define(w, "eve"), AUTHZ_SPECIAL_REQUIRED);
	assert_result(define(w, "nobody-there"), AUTHZ_SPECIAL_REQUIRED);
	assert_result(undefine(w, "helga"), AUTHZ_SPECIAL_REQUIRED);
	assert_result(give(w, "helga", "*ALL", 0), AUTHZ_SPECIAL_REQUIRED);
	assert_result(take_back(w, "helga", "*ALL"), AUTHZ_SPECIAL_REQUIRED);
	world_caller(w, "helga");
	assert_result(give(w, "helga", "alice", 0), AUTHZ_SPECIAL_REQUIRED);
	assert_int_equal(sequence(w->rules.authority), before);
	world_caller(w, "sam");
	assert_result(define(w, "otto"), AUTHZ_OK);
	assert_result(give(w, "otto", "alice", 0), AUTHZ_OK);
	assert_result(take_back(w, "otto", "alice"), AUTHZ_OK);
	assert_result(undefine(w, "otto"), AUTHZ_OK);
}

static void twice(void **state)
{
	struct world *w = *state;
	struct master m;
	struct master_wide wide;

	host_gives(w, "helga", "alice", 0);
	assert_result(define(w, "helga"), AUTHZ_OK);
	assert_true(is_master(w, "helga", &m, &wide));
	assert_int_equal(m.users, 1);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
}

static void another_of_the_name(void **state)
{
	struct world *w = *state;
	struct master m;
	struct master_wide wide;

	host_gives(w, "helga", "alice", 0);
	host_gives(w, "helga", "*ALL", 0);
	fake_host_find(&w->fake, "helga")->user.uid = 1999;
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NO_MASTER);
	assert_result(define(w, "helga"), AUTHZ_OK);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
	assert_true(is_master(w, "helga", &m, &wide));
	assert_true(m.uid == 1999 && m.users == 0 && wide.count == 0);
}

static void nothing_is_left(void **state)
{
	struct world *w = *state;
	const unsigned before = records(w);

	host_defines(w, "otto");
	host_gives(w, "otto", "alice", 0);
	host_gives(w, "otto", "bob", 0);
	host_gives(w, "otto", "eve", 0);
	host_gives(w, "otto", "dev-*", 0);
	assert_int_equal(records(w), before + 5);
	fake_host_find(&w->fake, "otto")->gone = true; /* the user, before */
	assert_result(undefine(w, "otto"), AUTHZ_OK);
	assert_int_equal(records(w), before);
}

static void so_many(void **state)
{
	struct world *w = *state;
	char name[NAME_SIZE];
	unsigned i;

	for (i = 1; i < MASTERS_MAX; i++) { /* helga is one */
		snprintf(name, sizeof name, "m%u", i);
		w->fake.users[w->fake.user_count - 1].user.uid = 2000 + i;
		snprintf(w->fake.users[w->fake.user_count - 1].user.name, NAME_SIZE, "%s", name);
		assert_result(define(w, name), AUTHZ_OK);
	}
	assert_result(define(w, "alice"), AUTHZ_MASTERS_FULL);
	assert_string_equal(w->rules.subject, "masters");
	assert_result(undefine(w, "m7"), AUTHZ_OK);
	assert_result(define(w, "alice"), AUTHZ_OK);
}

static void audit_is_lost(void **state)
{
	struct world *w = *state;
	struct master m;
	struct master_wide wide;

	w->fake.intent_lost = true;
	assert_result(define(w, "otto"), AUTHZ_AUDIT_LOST);
	assert_false(is_master(w, "otto", &m, &wide));
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a user becomes a master, and is none any more", defined),
		TEST("a master is a user of this host and no system profile (master_define MUST 1)", users_alone),
		TEST("*SECADM alone, and the host, change masters and their sets (master_change MUST 1)", secadm_alone),
		TEST("who is defined twice keeps the set", twice),
		TEST("another user of a master's name gets nothing of its set (master_define MUST 2)", another_of_the_name),
		TEST("of a master who was removed nothing is left (master_define MUST 3)", nothing_is_left),
		TEST("there are 256 masters at most", so_many),
		TEST("who cannot be recorded becomes no master", audit_is_lost),
	};

	return cmocka_run_group_tests_name("master_define", tests, NULL, NULL);
}
