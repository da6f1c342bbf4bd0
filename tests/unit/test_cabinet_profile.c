/* SPDX-License-Identifier: ISC */
/* Z-DIS17F: rules/cabinet_profile.c. */
#include "cabinet_kit.h"

#include <stdio.h>
#include <string.h>

/* outer has left and right, both of which have alice and bob, and then alice herself. */
static int setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	host_makes(w, "outer", CABINET_SHARED); /* ISN 2 */
	host_makes(w, "left", CABINET_SHARED);
	host_makes(w, "right", CABINET_SHARED);
	host_makes(w, "lobby", CABINET_PUBLIC);
	make_member(w, "left", "alice");
	make_member(w, "left", "bob");
	make_member(w, "right", "alice");
	make_member(w, "right", "bob");
	make_member(w, "outer", "left");
	make_member(w, "outer", "right");
	make_member(w, "outer", "alice");
	host_adds_administrator(w, "outer", "portal");
	give_profile(w, "outer", 9731, 3);
	give_profile(w, "left", 1111, 1);
	give_profile(w, "lobby", 5555, 5);
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "portal");
	return 0;
}

static enum authz_result ask(struct world *w, const char *cabinet, int64_t isn, const char *member)
{
	struct request q = about_member(cabinet, member, -1, "");

	if (isn != 0) {
		q.has |= HAS(ISN);
		q.isn = isn;
	}
	answer_init(&w->answer);
	return cabinet_profile_of(&w->rules, &q, &w->answer);
}

static void has(struct world *w, const char *member, const char *profile, char kind, const char *entry, const char *special,
                const char *security, const char *marks)
{
	struct cabinet_link link;
	char expected[256];

	assert_true(find_member(w, "outer", kind, entry, &link));
	assert_result(ask(w, "outer", 0, member), AUTHZ_OK);
	snprintf(expected, sizeof expected, "profile|%s\nisn|%u\nthrough|%s\nspecial|%s\nsecurity|%s\nmarks|%s\n", profile,
	         (unsigned)link.isn, strcmp(member, entry) == 0 ? "" : entry, special, security, marks);
	assert_string_equal(answered(w), expected);
}

static void entries(void **state)
{
	struct world *w = *state;

	has(w, "alice", "shared", 'u', "alice", "", "9731", "3"); /* her own, which came last */
	has(w, "bob", "shared", 'c', "left", "", "9731", "3");
	has(w, "left", "shared", 'c', "left", "", "9731", "3");
	assert_result(set_member(w, "outer", "right", 3, "lobby"), AUTHZ_OK);
	has(w, "bob", "shared", 'c', "left", "", "9731", "3");
	lock_cabinet(w, "left");
	has(w, "bob", "special", 'c', "right", "lobby", "5555", "5");
	unlock_cabinet(w, "left");
	assert_result(remove_member(w, "outer", "left"), AUTHZ_OK);
	has(w, "bob", "special", 'c', "right", "lobby", "5555", "5");
	assert_result(remove_member(w, "outer", "alice"), AUTHZ_OK);
	has(w, "alice", "special", 'c', "right", "lobby", "5555", "5");
}

static void live_and_copied(void **state)
{
	struct world *w = *state;

	assert_result(set_member(w, "outer", "alice", 2, ""), AUTHZ_OK);
	has(w, "alice", "private", 'u', "alice", "", "0000", "0"); /* the template's, as she has no record */
	give_profile(w, "SYSCNT", 42, 2);
	has(w, "alice", "private", 'u', "alice", "", "0042", "2");
	give_profile(w, "alice", 1234, 256);
	has(w, "alice", "private", 'u', "alice", "", "1234", "256");
	give_profile(w, "alice", 4321, 0);
	has(w, "alice", "private", 'u', "alice", "", "4321", "0");
	give_profile(w, "outer", 8888, 8);
	has(w, "bob", "shared", 'c', "left", "", "8888", "8");
	assert_result(set_member(w, "outer", "left", 2, ""), AUTHZ_OK); /* the cabinet's own */
	has(w, "bob", "private", 'c', "left", "", "1111", "1");
	assert_result(set_member(w, "outer", "left", 3, "lobby"), AUTHZ_OK);
	give_profile(w, "lobby", 1, 1);
	has(w, "bob", "special", 'c', "left", "lobby", "5555", "5");
	assert_result(set_member(w, "outer", "left", 3, "lobby"), AUTHZ_OK);
	has(w, "bob", "special", 'c', "left", "lobby", "0001", "1");
}

static void by_whom(void **state)
{
	struct world *w = *state;

	assert_result(ask(w, "left", 0, "alice"), AUTHZ_CABINET_ADMIN);
	world_caller(w, "alice");
	assert_result(ask(w, "outer", 0, "alice"), AUTHZ_OK); /* what she has */
	assert_result(ask(w, "outer", 0, "bob"), AUTHZ_CABINET_ADMIN);
	world_caller(w, "bob");
	assert_result(ask(w, "", 2, "bob"), AUTHZ_OK);
	world_caller(w, "eve");
	assert_result(ask(w, "outer", 0, "eve"), AUTHZ_CABINET_ADMIN); /* she does not learn whether it is there */
	assert_string_equal(w->rules.subject, "outer");
	assert_result(ask(w, "nosuch", 0, "eve"), AUTHZ_CABINET_ADMIN);
	assert_string_equal(w->rules.subject, "nosuch");
	assert_result(ask(w, "", 2, "eve"), AUTHZ_CABINET_ADMIN);
	assert_string_equal(w->rules.subject, "2");
	assert_result(ask(w, "outer", 0, "alice"), AUTHZ_CABINET_ADMIN);
	world_caller(w, "sam");
	assert_result(ask(w, "outer", 0, "bob"), AUTHZ_OK);
	assert_result(ask(w, "outer", 0, "eve"), AUTHZ_NOT_A_MEMBER);
	assert_result(ask(w, "outer", 0, "nosuch"), AUTHZ_NOT_A_MEMBER);
	assert_result(ask(w, "nosuch", 0, "eve"), AUTHZ_NO_CABINET);
	assert_result(ask(w, "", 999, "eve"), AUTHZ_NO_ISN);
	assert_result(ask(w, "outer", 2, "eve"), AUTHZ_NAME_AND_ISN);
}

static void locked(void **state)
{
	struct world *w = *state;

	lock_cabinet(w, "outer");
	assert_result(ask(w, "outer", 0, "alice"), AUTHZ_CABINET_LOCKED);
	world_caller(w, "alice");
	assert_result(ask(w, "outer", 0, "alice"), AUTHZ_CABINET_ADMIN);
}

static void another_user(void **state)
{
	struct world *w = *state;

	fake_host_find(&w->fake, "alice")->gone = true;
	fake_host_user(&w->fake, "alice", 5002);
	assert_result(ask(w, "outer", 0, "alice"), AUTHZ_NOT_A_MEMBER);
	world_caller(w, "alice");
	assert_result(ask(w, "outer", 0, "alice"), AUTHZ_CABINET_ADMIN);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the direct entry counts, else that of the lowest Member-ISN (cabinet_profile MUST 2)", entries),
		TEST("profiles 1 and 2 are as the cabinet's and the member's own are now, 3 as it was", live_and_copied),
		TEST("supervisors, administrators, and who has it see a profile (cabinet_profile MUST 1)", by_whom),
		TEST("in a cabinet that is locked nobody has a profile", locked),
		TEST("who has the name of a user who is gone has no profile", another_user),
	};

	return cmocka_run_group_tests_name("cabinet_profile", tests, NULL, NULL);
}
