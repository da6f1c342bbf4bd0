/* SPDX-License-Identifier: ISC */
/* What a cabinet is, and its password: rules/cabinet_alter.c, cabinet_password.c. */
#include "cabinets.h"

#include <stdio.h>
#include <string.h>

#include "view/publish.h"

static enum authz_result alter_text(struct world *w, const char *cabinet, const char *text)
{
	struct request q = about_cabinet(cabinet, NULL);

	assert_true(request_set_string(&q, FIELD_TEXT, text));
	w->rules.subject[0] = '\0';
	return cabinet_alter(&w->rules, &q);
}

static void given_alone(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet("sales", NULL);
	struct cabinet c;

	host_makes(w, "sales", CABINET_SHARED);
	world_host(w);
	assert_result(alter_text(w, "sales", "they sell"), AUTHZ_OK);
	q.has |= HAS(SECURITY);
	q.security = 9999;
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_OK);
	q.has = (q.has & ~HAS(SECURITY)) | HAS(MARKS);
	q.marks = CABINET_MARK_ALL;
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_OK);
	q.has = (q.has & ~HAS(MARKS)) | HAS(LISTING);
	q.listing = VIEW_LIST_NONE;
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_OK);
	c = cabinet_of(w, "sales");
	assert_string_equal(c.text, "they sell");
	assert_true(c.profile.security == 9999 && c.profile.marks == CABINET_MARK_ALL && c.listing == VIEW_LIST_NONE);
	assert_non_null(strstr(w->fake.intent, "event=cabinet.alter"));
	assert_result(alter_text(w, "sales", ""), AUTHZ_OK);
	assert_string_equal(cabinet_of(w, "sales").text, "");
}

static void values(void **state)
{
	static const struct { uint64_t has; int64_t value; } rows[] = {
		{0, 0}, {HAS(LISTING), -1}, {HAS(LISTING), 3}, {HAS(SECURITY), -1}, {HAS(SECURITY), 10000}, {HAS(MARKS), -1},
		{HAS(MARKS), CABINET_MARK_ALL + 1},
	};
	struct world *w = *state;
	size_t i;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "desk", CABINET_STANDALONE);
	world_host(w);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct request q = about_cabinet("sales", NULL);

		q.has |= rows[i].has;
		q.listing = q.security = q.marks = rows[i].value;
		assert_result(cabinet_alter(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	}
	assert_result(alter_text(w, "sales", "a\x1b[0m"), AUTHZ_BAD_PARAMETER);
	assert_result(alter_text(w, "none", "x"), AUTHZ_CABINET_NAME);
	assert_result(alter_text(w, "", "x"), AUTHZ_CABINET_NAME);
	{
		struct request q = about_cabinet("desk", NULL);

		q.has |= HAS(LISTING);
		assert_result(cabinet_alter(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	}
}

static void who_may(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "desk", CABINET_STANDALONE);
	host_adds_administrator(w, "sales", "bob");
	world_caller(w, "eve");
	assert_result(alter_text(w, "sales", "x"), AUTHZ_CABINET_ADMIN);
	assert_result(alter_text(w, "none", "x"), AUTHZ_CABINET_ADMIN); /* she learns no more */
	assert_result(alter_text(w, "alice", "x"), AUTHZ_CABINET_ADMIN);
	assert_result(new_password(w, "sales", "x"), AUTHZ_CABINET_ADMIN);
	assert_result(new_password(w, "desk", "x"), AUTHZ_CABINET_ADMIN);
	world_caller(w, "bob");
	assert_result(alter_text(w, "sales", "bob's"), AUTHZ_OK);
	assert_result(new_password(w, "sales", "x"), AUTHZ_OK);
	assert_result(alter_text(w, "desk", "x"), AUTHZ_CABINET_ADMIN);
	give_special(w, "bob", SPECIAL_SUPERVISOR);
	assert_result(alter_text(w, "desk", "x"), AUTHZ_OK);
}

static void private_one(void **state)
{
	struct world *w = *state;

	world_caller(w, "alice");
	assert_false(there_is(w, "alice"));
	assert_result(alter_text(w, "alice", "mine"), AUTHZ_OK);
	assert_string_equal(cabinet_of(w, "alice").text, "mine");
	assert_int_equal(cabinet_of(w, "alice").type, CABINET_PRIVATE);
	assert_result(new_password(w, "alice", "geheim"), AUTHZ_OK);
	assert_string_equal(cabinet_of(w, "alice").text, "mine");
	world_caller(w, "bob");
	assert_result(new_password(w, "bob", "geheim"), AUTHZ_OK);
	assert_int_equal(cabinet_of(w, "bob").type, CABINET_PRIVATE);
	disable(w, "bob");
	assert_result(new_password(w, "bob", "other"), AUTHZ_CABINET_ADMIN);
}

/* A user who comes later has no part in a cabinet that has the name already. */
static void later_user(void **state)
{
	struct world *w = *state;

	host_makes(w, "desk", CABINET_STANDALONE);
	fake_host_user(&w->fake, "desk", 1077);
	world_caller(w, "desk");
	assert_result(alter_text(w, "desk", "x"), AUTHZ_CABINET_ADMIN);
	assert_result(new_password(w, "desk", "x"), AUTHZ_CABINET_ADMIN);
}

static void passwords(void **state)
{
	struct world *w = *state;

	host_makes(w, "desk", CABINET_STANDALONE);
	host_makes(w, "board", CABINET_PUBLIC);
	world_host(w);
	assert_result(new_password(w, "desk", "geheim"), AUTHZ_OK);
	assert_string_equal(cabinet_of(w, "desk").crypt, "$6$geheim");
	assert_null(strstr(w->fake.intent, "geheim"));
	assert_null(strstr(w->fake.outcome, "geheim"));
	assert_non_null(strstr(w->fake.intent, "password=new"));
	assert_result(new_password(w, "desk", ""), AUTHZ_OK);
	assert_string_equal(cabinet_of(w, "desk").crypt, "");
	assert_non_null(strstr(w->fake.intent, "password=none"));
	assert_result(new_password(w, "board", "x"), AUTHZ_BAD_PARAMETER);
	assert_result(new_password(w, "none", "x"), AUTHZ_CABINET_NAME);
}

static void locked(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	world_host(w);
	assert_result(mark(w, "sales", FAKE_DAY + 9, true), AUTHZ_OK);
	assert_result(alter_text(w, "sales", "x"), AUTHZ_CABINET_LOCKED);
	assert_result(new_password(w, "sales", "x"), AUTHZ_CABINET_LOCKED);
	assert_result(administrator(w, "sales", "eve", CABINET_PLUS), AUTHZ_CABINET_LOCKED);
	assert_result(administrator(w, "sales", "bob", CABINET_MINUS), AUTHZ_CABINET_LOCKED);
	assert_result(unmark(w, "sales"), AUTHZ_OK);
	assert_result(alter_text(w, "sales", "x"), AUTHZ_OK);
}

static const char *purged;

static void purges(void *arg, const char *what)
{
	struct world *w = arg;
	struct store_txn *t;
	struct cabinet c;
	bool found;

	if (purged == NULL || strcmp(what, "field") != 0)
		return;
	t = begin(w->rules.authority, true);
	assert_result(cabinet_read(&w->rules, t, purged, &c, &found), AUTHZ_OK);
	assert_result(cabinet_erase(&w->rules, t, &c), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	purged = NULL;
}

static void gone_meanwhile(void **state)
{
	struct world *w = *state;

	host_makes(w, "desk", CABINET_STANDALONE);
	world_host(w);
	purged = "desk";
	w->fake.asked_arg = w;
	w->fake.asked = purges;
	assert_result(new_password(w, "desk", "geheim"), AUTHZ_CABINET_NAME);
	assert_false(there_is(w, "desk"));
}

static void recorded(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet("sales", NULL);

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "leads", CABINET_SHARED);
	host_adds_administrator(w, "sales", "leads");
	host_sets_password(w, "leads", "geheim");
	assert_true(request_set_string(&q, FIELD_TEXT, "x"));
	act_as(&q, "leads", "hunter2");
	world_caller(w, "eve");
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_CABINET_PASSWORD);
	assert_non_null(strstr(w->fake.outcome, "as=leads"));
	assert_null(strstr(w->fake.outcome, "hunter2"));
	act_as(&q, "hunter2", "leads");
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_CABINET_PASSWORD);
	assert_null(strstr(w->fake.outcome, "hunter2")); /* what was typed for a cabinet may be a password */
	assert_non_null(strstr(w->fake.outcome, "as=%3F"));
	act_as(&q, "leads", "geheim");
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "actor=eve"));
	assert_non_null(strstr(w->fake.intent, "as=leads"));
	assert_non_null(strstr(w->fake.intent, "owner=sales"));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what is given is altered, and nothing else", given_alone),
		TEST("a value that there cannot be is refused", values),
		TEST("supervisors and administrators alter a cabinet, nobody else", who_may),
		TEST("a user's private cabinet gets a record when she alters it or gives it a password", private_one),
		TEST("a user who has the name of a cabinet that was there first has no part in it", later_user),
		TEST("a password is kept as a hash, is in no record, and an empty one is none (cabinet_password MUST 1)", passwords),
		TEST("one that went meanwhile is not made anew (cabinet_change MUST 1)", gone_meanwhile),
		TEST("who acted as which cabinet is recorded, and who tried to; a name that is none is not", recorded),
		TEST("nothing of a locked cabinet is changed (cabinet_change MUST 2)", locked),
	};

	return cmocka_run_group_tests_name("cabinet_alter", tests, NULL, NULL);
}
