/* SPDX-License-Identifier: ISC */
/* What a master is given: rules/master_grant.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

#include "cabinets.h"

static struct master_wide wide_of(struct world *w)
{
	struct master m;
	struct master_wide wide;

	assert_true(is_master(w, "helga", &m, &wide));
	return wide;
}

static void each_kind(void **state)
{
	struct world *w = *state;
	struct master_entry by;

	host_makes(w, "sales", CABINET_SHARED);
	join(w, "sales", 'u', "bob");
	assert_result(give(w, "helga", "alice", 0), AUTHZ_OK);
	assert_result(give(w, "helga", "cabinet:sales", 0), AUTHZ_OK);
	assert_result(give(w, "helga", "e?e", now_of(w) + 60), AUTHZ_OK);
	assert_result(may(w, "helga", "alice", &by), AUTHZ_OK);
	assert_string_equal(by.owners, "alice");
	assert_result(may(w, "helga", "bob", &by), AUTHZ_OK);
	assert_string_equal(by.owners, "cabinet:sales");
	assert_result(may(w, "helga", "eve", &by), AUTHZ_OK);
	assert_string_equal(by.owners, "e?e");
	assert_true(by.until == now_of(w) + 60);
	assert_result(may(w, "helga", "sam", NULL), AUTHZ_NOT_IN_SET);
	assert_result(give(w, "helga", "*ALL", 0), AUTHZ_OK);
	assert_result(may(w, "helga", "sam", &by), AUTHZ_OK);
	assert_string_equal(by.owners, "*ALL");
	assert_non_null(strstr(w->fake.outcome, "event=master.grant"));
	assert_non_null(strstr(w->fake.outcome, "entity=*ALL"));
}

static void taken(void **state)
{
	struct world *w = *state;
	static const char *const owners[] = {"alice", "cabinet:sales", "e?e", "*ALL"};
	size_t i;

	host_makes(w, "sales", CABINET_SHARED);
	for (i = 0; i < 4; i++) {
		assert_result(take_back(w, "helga", owners[i]), AUTHZ_NOT_GRANTED);
		assert_result(give(w, "helga", owners[i], 0), AUTHZ_OK);
	}
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_result(mark(w, "sales", 0, true), AUTHZ_OK);
	for (i = 0; i < 4; i++) {
		assert_result(take_back(w, "helga", owners[i]), AUTHZ_OK);
		assert_result(take_back(w, "helga", owners[i]), AUTHZ_NOT_GRANTED);
	}
	assert_int_equal(wide_of(w).count, 0);
	assert_result(take_back(w, "otto", "alice"), AUTHZ_NO_MASTER);
}

static void bound(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	join(w, "sales", 'u', "bob");
	host_gives(w, "helga", "alice", 0);
	host_gives(w, "helga", "cabinet:sales", 0);
	assert_int_equal(wide_of(w).entries[0].isn, cabinet_of(w, "sales").isn);
	fake_host_find(&w->fake, "alice")->user.uid = 1777;
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
	assert_result(give(w, "helga", "alice", 0), AUTHZ_OK); /* anew, and it is this one */
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
}

static void never_given(void **state)
{
	struct world *w = *state;
	static const char *const bad[] = {"", "cabinet:", "cabinet:Bad", "cabinet:a*", "al ice", "a:b", "a,b", "a/b", "-a", "a\n*",
	                                  "a-name-of-more-than-32-bytes-is-none"};
	const uint64_t before = sequence(w->rules.authority);
	size_t i;

	fake_host_user(&w->fake, "daemon", 2);
	assert_result(give(w, "helga", "root", 0), AUTHZ_SYSTEM_PROFILE);
	assert_result(give(w, "helga", "daemon", 0), AUTHZ_SYSTEM_PROFILE);
	assert_result(give(w, "helga", "helga", 0), AUTHZ_BAD_OWNERS);
	assert_result(give(w, "helga", "nobody-there", 0), AUTHZ_USER_NOT_FOUND);
	assert_result(give(w, "helga", "cabinet:none", 0), AUTHZ_NO_CABINET);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_result(give(w, "helga", bad[i], 0), AUTHZ_BAD_OWNERS);
	assert_result(give(w, "helga", "alice", now_of(w)), AUTHZ_BAD_PARAMETER);
	assert_result(give(w, "helga", "alice", -1), AUTHZ_BAD_PARAMETER);
	assert_result(give(w, "helga", "alice", INT64_C(253402300800)), AUTHZ_BAD_PARAMETER);
	assert_int_equal(sequence(w->rules.authority), before);
}

static void no_master(void **state)
{
	struct world *w = *state;

	assert_result(give(w, "otto", "alice", 0), AUTHZ_NO_MASTER);
	fake_host_find(&w->fake, "helga")->user.uid = 1999;
	assert_result(give(w, "helga", "alice", 0), AUTHZ_NO_MASTER);
	fake_host_find(&w->fake, "helga")->gone = true;
	assert_result(give(w, "helga", "alice", 0), AUTHZ_NO_MASTER);
}

static void again(void **state)
{
	struct world *w = *state;
	struct master_entry by;
	struct master m;
	struct master_wide wide;

	host_gives(w, "helga", "alice", now_of(w) + 10);
	host_gives(w, "helga", "b*", now_of(w) + 10);
	host_gives(w, "helga", "alice", 0);
	host_gives(w, "helga", "b*", now_of(w) + 99);
	assert_true(is_master(w, "helga", &m, &wide));
	assert_true(m.users == 1 && wide.count == 1);
	assert_result(may(w, "helga", "alice", &by), AUTHZ_OK);
	assert_int_equal(by.until, 0);
	assert_result(may(w, "helga", "bob", &by), AUTHZ_OK);
	assert_int_equal(by.until, now_of(w) + 99);
}

static void so_many(void **state)
{
	struct world *w = *state;
	char pattern[OWNERS_SIZE];
	unsigned i;

	for (i = 0; i < MASTER_WIDE_MAX; i++) { /* as long as they may be */
		snprintf(pattern, sizeof pattern, "%03u-*-and-more-to-come-until-there-are-48-byt%03u", i, i);
		assert_int_equal(strlen(pattern), OWNERS_SIZE - 1);
		assert_result(give(w, "helga", pattern, now_of(w) + 1), AUTHZ_OK);
	}
	assert_result(give(w, "helga", "*ALL", 0), AUTHZ_MASTERS_FULL);
	assert_string_equal(w->rules.subject, "cabinets and patterns of the set of helga");
	assert_result(give(w, "helga", pattern, 0), AUTHZ_OK); /* is there already */
	assert_result(give(w, "helga", "alice", 0), AUTHZ_OK);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a user, a cabinet, a pattern and *ALL are given, for good or until a time", each_kind),
		TEST("what is taken is taken by name, gone or not (master_grant MUST 4)", taken),
		TEST("a user is bound to the uid, a cabinet to its ISN (master_grant MUST 1)", bound),
		TEST("no system profile is given, nor the master itself, nor what is no set of owners (master_grant MUST 2)", never_given),
		TEST("a master whose name is another's, or nobody's, is given nothing (master_grant MUST 3)", no_master),
		TEST("what is given again has the new time", again),
		TEST("a set has 200 cabinets and patterns at most, and users beside them", so_many),
	};

	return cmocka_run_group_tests_name("master_grant", tests, NULL, NULL);
}
