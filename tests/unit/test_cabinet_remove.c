/* SPDX-License-Identifier: ISC */
/* A member less: rules/cabinet_remove.c. */
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

static void removed(void **state)
{
	struct world *w = *state;
	struct cabinet_link link;

	assert_result(remove_member(w, "plain", "alice"), AUTHZ_OK);
	assert_false(find_member(w, "plain", 'u', "alice", &link));
	assert_result(remove_member(w, "plain", "alice"), AUTHZ_NOT_A_MEMBER);
	assert_result(remove_member(w, "plain", "inner"), AUTHZ_OK);
	assert_false(find_member(w, "plain", 'c', "inner", &link));
	assert_non_null(strstr(w->fake.intent, "event=cabinet.remove"));
	assert_non_null(strstr(w->fake.intent, "entity=c:inner"));
	assert_result(add_member(w, "plain", "alice"), AUTHZ_OK);
}

static void gone(void **state)
{
	struct world *w = *state;
	struct cabinet_link link;

	make_member(w, "plain", "eve");
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_result(remove_member(w, "plain", "alice"), AUTHZ_OK);
	assert_false(find_member(w, "plain", 'u', "alice", &link));
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(remove_member(w, "plain", "eve"), AUTHZ_OK);
	assert_false(find_member(w, "plain", 'u', "eve", &link));
}

/* A user and a cabinet of one name both are in: it is not guessed who is meant. */
static void ambiguous(void **state)
{
	struct world *w = *state;

	fake_host_user(&w->fake, "twin", 1010);
	make_member(w, "plain", "twin");
	fake_host_find(&w->fake, "twin")->gone = true;
	host_makes(w, "twin", CABINET_SHARED);
	make_member(w, "plain", "twin");
	assert_result(remove_member(w, "plain", "twin"), AUTHZ_PARAMETER_LIST);
}

static void refused(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);

	assert_result(remove_member(w, "plain", ""), AUTHZ_PARAMETER_LIST);
	assert_result(remove_member(w, "", "alice"), AUTHZ_PARAMETER_LIST);
	assert_result(remove_member(w, "inner", "alice"), AUTHZ_CABINET_ADMIN);
	assert_result(remove_member(w, "plain", "nosuch"), AUTHZ_NOT_A_MEMBER);
	world_caller(w, "alice");
	assert_result(remove_member(w, "plain", "alice"), AUTHZ_CABINET_ADMIN);
	assert_result(remove_member(w, "nosuch", "alice"), AUTHZ_CABINET_ADMIN);
	world_host(w);
	assert_result(remove_member(w, "nosuch", "alice"), AUTHZ_NO_CABINET);
	assert_int_equal(sequence(w->rules.authority), commits);
	lock_cabinet(w, "plain");
	assert_result(remove_member(w, "plain", "alice"), AUTHZ_CABINET_LOCKED);
	unlock_cabinet(w, "plain");
	lock_cabinet(w, "inner"); /* what is locked is not changed, but the one that it is in is */
	assert_result(remove_member(w, "plain", "inner"), AUTHZ_OK);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a user and a cabinet are removed, and can be added again", removed),
		TEST("a member is removed though its name is nobody's, or NSS is out of reach (cabinet_remove MUST 1)", gone),
		TEST("of two members of one name neither is removed", ambiguous),
		TEST("who may not, and of what, is refused and changes nothing", refused),
	};

	return cmocka_run_group_tests_name("cabinet_remove", tests, NULL, NULL);
}
