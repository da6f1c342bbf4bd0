/* SPDX-License-Identifier: ISC */
/* Another profile for a member: rules/cabinet_set.c. */
#include "cabinet_kit.h"

#include <string.h>

static int setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	host_makes(w, "plain", CABINET_SHARED);
	host_makes(w, "inner", CABINET_SHARED);
	make_member(w, "plain", "alice");
	make_member(w, "plain", "inner");
	host_adds_administrator(w, "plain", "bob");
	world_caller(w, "bob");
	return 0;
}

static void set(void **state)
{
	struct world *w = *state;
	struct cabinet_link before, link;

	assert_true(find_member(w, "plain", 'u', "alice", &before));
	give_profile(w, "inner", 4321, 5);
	assert_result(set_member(w, "plain", "alice", 3, "inner"), AUTHZ_OK);
	assert_true(find_member(w, "plain", 'u', "alice", &link));
	assert_true(link.isn == before.isn && link.profile_type == 3 && link.special.security == 4321 && link.special.marks == 5);
	assert_string_equal(link.special_name, "inner");
	assert_result(set_member(w, "plain", "alice", 2, "inner"), AUTHZ_OK);
	assert_true(find_member(w, "plain", 'u', "alice", &link));
	assert_true(link.profile_type == 2 && link.special.security == 0 && link.special_name[0] == '\0');
	assert_result(set_member(w, "plain", "inner", 2, ""), AUTHZ_OK);
	assert_true(find_member(w, "plain", 'c', "inner", &link));
	assert_int_equal(link.profile_type, 2);
	assert_result(set_member(w, "plain", "inner", -1, ""), AUTHZ_OK);
	assert_true(find_member(w, "plain", 'c', "inner", &link));
	assert_int_equal(link.profile_type, 1);
	assert_non_null(strstr(w->fake.outcome, "event=cabinet.set"));
}

static void refused(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);

	assert_result(set_member(w, "plain", "", 2, ""), AUTHZ_PARAMETER_LIST);
	assert_result(set_member(w, "plain", "eve", 2, ""), AUTHZ_NOT_A_MEMBER);
	assert_result(set_member(w, "plain", "nosuch", 2, ""), AUTHZ_NOT_A_MEMBER);
	assert_result(set_member(w, "plain", "eve", 3, "nosuch"), AUTHZ_NOT_A_MEMBER);
	assert_result(set_member(w, "plain", "alice", 3, "nosuch"), AUTHZ_NO_SPECIAL);
	assert_result(set_member(w, "inner", "alice", 2, ""), AUTHZ_CABINET_ADMIN);
	world_caller(w, "alice"); /* who is in, and nothing more */
	assert_result(set_member(w, "plain", "alice", 2, ""), AUTHZ_CABINET_ADMIN);
	world_host(w);
	assert_result(set_member(w, "nosuch", "alice", 2, ""), AUTHZ_NO_CABINET);
	assert_int_equal(sequence(w->rules.authority), commits);
	lock_cabinet(w, "plain");
	assert_result(set_member(w, "plain", "alice", 2, ""), AUTHZ_CABINET_LOCKED);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a member keeps its ISN and has the profile that was set, copied now", set),
		TEST("who may not, of whom, and to what, is refused and changes nothing", refused),
	};

	return cmocka_run_group_tests_name("cabinet_set", tests, NULL, NULL);
}
