/* SPDX-License-Identifier: ISC */
/* Administrators come and go: rules/cabinet_admin.c. */
#include "cabinets.h"

#include <stdio.h>
#include <string.h>

static void come_and_go(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "leads", CABINET_SHARED);
	world_host(w);
	assert_result(administrator(w, "sales", "bob", CABINET_MINUS), AUTHZ_NOT_A_MEMBER);
	assert_result(administrator(w, "sales", "bob", CABINET_PLUS), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "entity=u:bob"));
	assert_result(administrator(w, "sales", "bob", CABINET_PLUS), AUTHZ_ALREADY_MEMBER);
	assert_result(administrator(w, "sales", "leads", CABINET_PLUS), AUTHZ_OK);
	assert_result(administrator(w, "sales", "sales", CABINET_PLUS), AUTHZ_OK); /* those who are in it administer it */
	assert_result(administrator(w, "sales", "leads", CABINET_MINUS), AUTHZ_OK);
	assert_result(administrator(w, "sales", "bob", CABINET_MINUS), AUTHZ_OK);
	assert_result(administrator(w, "sales", "bob", CABINET_MINUS), AUTHZ_NOT_A_MEMBER);
}

static void supervisors_alone(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	world_caller(w, "bob");
	assert_result(administrator(w, "sales", "eve", CABINET_PLUS), AUTHZ_SPECIAL_REQUIRED);
	assert_result(administrator(w, "none", "eve", CABINET_PLUS), AUTHZ_SPECIAL_REQUIRED);
	assert_result(administrator(w, "sales", "bob", CABINET_MINUS), AUTHZ_SPECIAL_REQUIRED);
	give_special(w, "bob", SPECIAL_SUPERVISOR);
	assert_result(administrator(w, "sales", "eve", CABINET_PLUS), AUTHZ_OK);
}

static void who_can_be(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "desk", CABINET_STANDALONE);
	host_makes(w, "old", CABINET_SHARED);
	host_makes(w, "both", CABINET_SHARED);
	world_host(w);
	assert_result(mark(w, "old", FAKE_DAY, true), AUTHZ_OK);
	fake_host_user(&w->fake, "both", 1055);
	assert_result(administrator(w, "sales", "nobody-has-it", CABINET_PLUS), AUTHZ_MEMBER_NOT_FOUND);
	assert_result(administrator(w, "sales", "desk", CABINET_PLUS), AUTHZ_MEMBER_KIND);
	assert_result(administrator(w, "sales", "old", CABINET_PLUS), AUTHZ_CABINET_LOCKED);
	assert_result(administrator(w, "sales", "both", CABINET_PLUS), AUTHZ_BAD_PARAMETER); /* a user's name and a cabinet's */
	assert_result(administrator(w, "sales", "", CABINET_PLUS), AUTHZ_BAD_PARAMETER);
	assert_result(administrator(w, "sales", "bob", CABINET_DIRECT), AUTHZ_BAD_PARAMETER);
	assert_result(administrator(w, "desk", "bob", CABINET_PLUS), AUTHZ_NO_CABINET);
	assert_result(administrator(w, "none", "bob", CABINET_PLUS), AUTHZ_NO_CABINET);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(administrator(w, "sales", "bob", CABINET_PLUS), AUTHZ_INTERNAL);
}

static void gone_user(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	fake_host_find(&w->fake, "bob")->gone = true;
	world_host(w);
	assert_result(administrator(w, "sales", "bob", CABINET_MINUS), AUTHZ_OK);
}

static void new_user_of_old_name(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet("sales", NULL);

	host_makes(w, "sales", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	fake_host_find(&w->fake, "bob")->gone = true;
	fake_host_user(&w->fake, "bob", 1066);
	world_caller(w, "bob");
	assert_true(request_set_string(&q, FIELD_TEXT, "mine now"));
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_CABINET_ADMIN);
	host_adds_administrator(w, "sales", "bob"); /* the new one */
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_OK);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("administrators are added once and taken away, users and shared cabinets", come_and_go),
		TEST("supervisors say who the administrators are, administrators do not (cabinet_admin MUST 1)", supervisors_alone),
		TEST("who can be none is refused", who_can_be),
		TEST("a user who is gone is taken away by name", gone_user),
		TEST("another user of the name is no administrator until made one (cabinet_who MUST 6)", new_user_of_old_name),
	};

	return cmocka_run_group_tests_name("cabinet_admin", tests, NULL, NULL);
}
