/* SPDX-License-Identifier: ISC */
/* New cabinets: rules/cabinet_create.c. */
#include "cabinets.h"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_name.h"
#include "view/publish.h"

#define LOW ((gid_t)AUTHZ_GID_LOW)

static enum authz_result make_with_gid(struct world *w, const char *name, int64_t gid)
{
	struct request q = about_cabinet(name, NULL);

	q.cabinet_type = CABINET_SHARED;
	q.has |= HAS(GID);
	q.gid = gid;
	answer_init(&w->answer);
	return cabinet_create(&w->rules, &q, &w->answer);
}

static void types(void **state)
{
	struct world *w = *state;
	struct cabinet c;

	world_host(w);
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(w->answer.reply.gid, LOW);
	assert_int_equal(w->answer.reply.isn, 2); /* the template is the first */
	c = cabinet_of(w, "sales");
	assert_true(c.type == CABINET_SHARED && c.gid == LOW && c.isn == 2 && c.listing == VIEW_LIST_ALL && !c.marked && !c.locked);
	assert_result(make_cabinet(w, "desk", CABINET_STANDALONE), AUTHZ_OK);
	assert_false(w->answer.reply.has & 1u << REPLY_GID);
	assert_result(make_cabinet(w, "board", CABINET_PUBLIC), AUTHZ_OK);
	assert_result(make_cabinet(w, "alice", CABINET_PRIVATE), AUTHZ_OK);
	c = cabinet_of(w, "alice");
	assert_true(c.type == CABINET_PRIVATE && c.gid == (gid_t)-1);
	assert_result(make_cabinet(w, "nobody-has-it", CABINET_PRIVATE), AUTHZ_CABINET_NAME);
	assert_result(make_cabinet(w, "x", (enum cabinet_type)4), AUTHZ_BAD_PARAMETER);
	assert_result(make_cabinet(w, "x", (enum cabinet_type)-1), AUTHZ_BAD_PARAMETER);
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_CABINET_EXISTS);
	assert_result(make_cabinet(w, "sales", CABINET_PUBLIC), AUTHZ_CABINET_EXISTS);
}

static void who_may(void **state)
{
	struct world *w = *state;

	world_caller(w, "eve");
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_SPECIAL_REQUIRED);
	assert_string_equal(w->rules.subject, "*SUPERVISOR");
	assert_result(make_cabinet(w, "desk", CABINET_STANDALONE), AUTHZ_SPECIAL_REQUIRED);
	assert_result(make_cabinet(w, "alice", CABINET_PRIVATE), AUTHZ_CABINET_ADMIN);
	assert_result(make_cabinet(w, "eve", CABINET_PRIVATE), AUTHZ_OK);
	world_caller(w, "sam"); /* *ALLOBJ and *SECADM are none */
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_SPECIAL_REQUIRED);
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_OK);
	assert_result(make_cabinet(w, "alice", CABINET_PRIVATE), AUTHZ_OK);
	disable(w, "sam");
	assert_result(make_cabinet(w, "south", CABINET_SHARED), AUTHZ_SPECIAL_REQUIRED);
	assert_int_equal(w->fake.outcome_result, AUTHZ_SPECIAL_REQUIRED);
	assert_false(there_is(w, "south"));
}

static void names(void **state)
{
	struct world *w = *state;

	world_host(w);
	fake_host_group(&w->fake, "wheel", 10);
	fake_host_group(&w->fake, AUTHZ_GROUP_PREFIX "ldap", 5000);
	assert_result(make_cabinet(w, "Sales", CABINET_SHARED), AUTHZ_CABINET_NAME);
	assert_result(make_cabinet(w, "", CABINET_SHARED), AUTHZ_CABINET_NAME);
	assert_result(make_cabinet(w, CABINET_TEMPLATE, CABINET_PUBLIC), AUTHZ_CABINET_NAME);
	fake_host_user(&w->fake, CABINET_TEMPLATE, 1099);
	assert_result(make_cabinet(w, CABINET_TEMPLATE, CABINET_PRIVATE), AUTHZ_CABINET_NAME);
	assert_result(make_cabinet(w, "alice", CABINET_SHARED), AUTHZ_NAME_TAKEN);
	assert_result(make_cabinet(w, "alice", CABINET_STANDALONE), AUTHZ_NAME_TAKEN);
	assert_result(make_cabinet(w, "wheel", CABINET_SHARED), AUTHZ_NAME_TAKEN);
	assert_result(make_cabinet(w, "ldap", CABINET_SHARED), AUTHZ_NAME_TAKEN);
	assert_string_equal(w->rules.subject, AUTHZ_GROUP_PREFIX "ldap");
	assert_result(make_cabinet(w, "ldap", CABINET_PUBLIC), AUTHZ_OK);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(make_cabinet(w, "south", CABINET_SHARED), AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	assert_false(there_is(w, "south"));
}

static void gids(void **state)
{
	struct world *w = *state;

	world_host(w);
	fake_host_group(&w->fake, "theirs", LOW + 1);
	w->fake.subgid_first = LOW + 2;
	w->fake.subgid_last = LOW + 5;
	assert_result(make_with_gid(w, "a", (int64_t)LOW - 1), AUTHZ_GID_TAKEN);
	assert_result(make_with_gid(w, "a", (int64_t)AUTHZ_GID_HIGH + 1), AUTHZ_GID_TAKEN);
	assert_result(make_with_gid(w, "a", 0), AUTHZ_GID_TAKEN);
	assert_result(make_with_gid(w, "a", -1), AUTHZ_GID_TAKEN);
	assert_result(make_with_gid(w, "a", LOW + 1), AUTHZ_GID_TAKEN);
	assert_result(make_with_gid(w, "a", LOW + 4), AUTHZ_GID_TAKEN);
	assert_result(make_with_gid(w, "a", LOW + 7), AUTHZ_OK);
	assert_result(make_with_gid(w, "b", LOW + 7), AUTHZ_GID_TAKEN);
	assert_result(make_cabinet(w, "b", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(w->answer.reply.gid, LOW);
	assert_result(make_cabinet(w, "c", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(w->answer.reply.gid, LOW + 6);
	assert_result(make_cabinet(w, "d", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(w->answer.reply.gid, LOW + 8);
}

static void not_again(void **state)
{
	struct world *w = *state;
	int64_t gone;

	world_host(w);
	assert_result(make_cabinet(w, "a", CABINET_SHARED), AUTHZ_OK);
	assert_result(mark(w, "a", FAKE_DAY, true), AUTHZ_OK);
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 1);
	assert_result(make_cabinet(w, "b", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(w->answer.reply.gid, LOW + 1);
	assert_int_equal(w->answer.reply.isn, 3);
}

/* Behind the end of the range it goes on at its beginning. */
static void round_the_range(void **state)
{
	struct world *w = *state;

	world_host(w);
	assert_result(make_with_gid(w, "first", LOW), AUTHZ_OK);
	{
		struct store_txn *t = begin(w->rules.authority, true);
		struct cabinet_numbers n;

		assert_result(cabinet_numbers_read(&w->rules, t, &n), AUTHZ_OK);
		n.last_gid = (gid_t)AUTHZ_GID_HIGH;
		assert_result(cabinet_numbers_write(&w->rules, t, &n), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
	}
	assert_result(make_cabinet(w, "second", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(w->answer.reply.gid, LOW + 1);
	w->fake.subgid_first = LOW;
	w->fake.subgid_last = (gid_t)AUTHZ_GID_HIGH;
	assert_result(make_cabinet(w, "third", CABINET_SHARED), AUTHZ_GIDS_FULL);
}

/* Somebody else makes one while the host is asked. */
static void meanwhile(void *arg, const char *what)
{
	struct world *w = arg;
	struct store_txn *t;
	struct cabinet c = {.name = "other", .isn = 500, .type = CABINET_SHARED, .gid = LOW};

	if (strcmp(what, "gid") != 0)
		return;
	w->fake.asked = NULL;
	t = begin(w->rules.authority, true);
	assert_result(cabinet_write(&w->rules, t, &c), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void overtaken(void **state)
{
	struct world *w = *state;

	world_host(w);
	w->fake.asked_arg = w;
	w->fake.asked = meanwhile;
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(w->answer.reply.gid, LOW + 1);
	assert_int_equal(w->fake.outcome_result, AUTHZ_OK);
}

static void overtaken_name(void **state)
{
	struct world *w = *state;

	world_host(w);
	w->fake.asked_arg = w;
	w->fake.asked = meanwhile;
	assert_result(make_cabinet(w, "other", CABINET_SHARED), AUTHZ_CABINET_EXISTS);
}

static void takes_right(void *arg, const char *what)
{
	struct world *w = arg;

	if (strcmp(what, "gid") != 0)
		return;
	w->fake.asked = NULL;
	disable(w, "sam");
}

static void right_taken(void **state)
{
	struct world *w = *state;

	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "sam");
	w->fake.asked_arg = w;
	w->fake.asked = takes_right;
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_SPECIAL_REQUIRED);
	assert_false(there_is(w, "sales"));
}

static void parameters(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet("board", NULL);

	world_host(w);
	q.cabinet_type = CABINET_PUBLIC;
	assert_true(request_set_string(&q, FIELD_NEW_SECRET, "geheim"));
	assert_result(cabinet_create(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
	assert_true(request_set_string(&q, FIELD_NEW_SECRET, ""));
	q.has |= HAS(LISTING);
	assert_result(cabinet_create(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
	q.cabinet_type = CABINET_SHARED;
	q.listing = VIEW_LIST_NONE + 1;
	assert_result(cabinet_create(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
	q.listing = VIEW_LIST_ADMINISTRATORS;
	assert_true(request_set_string(&q, FIELD_TEXT, "two\nlines"));
	assert_result(cabinet_create(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
	assert_true(request_set_string(&q, FIELD_TEXT, "one line"));
	assert_true(request_set_string(&q, FIELD_NEW_SECRET, "geheim"));
	assert_result(cabinet_create(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_string_equal(cabinet_of(w, "board").text, "one line");
	assert_string_equal(cabinet_of(w, "board").crypt, "$6$geheim");
	assert_int_equal(cabinet_of(w, "board").listing, VIEW_LIST_ADMINISTRATORS);
	assert_null(strstr(w->fake.intent, "geheim"));
	assert_non_null(strstr(w->fake.intent, "event=cabinet.create"));
	q.cabinet_type = CABINET_STANDALONE;
	q.has |= HAS(GID);
	assert_result(cabinet_create(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
}

static void of_template(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet(CABINET_TEMPLATE, NULL);

	q.has |= HAS(SECURITY) | HAS(MARKS);
	q.security = 9731;
	q.marks = CABINET_MARK_READ_MAIL;
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "sam");
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_HOST_ONLY);
	world_host(w);
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_OK);
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_OK);
	assert_int_equal(cabinet_of(w, "sales").profile.security, 9731);
	assert_int_equal(cabinet_of(w, "sales").profile.marks, CABINET_MARK_READ_MAIL);
	q.security = 0;
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_OK); /* a copy was taken */
	assert_int_equal(cabinet_of(w, "sales").profile.security, 9731);
	assert_result(new_password(w, CABINET_TEMPLATE, "x"), AUTHZ_CABINET_NAME);
	assert_result(mark(w, CABINET_TEMPLATE, 0, true), AUTHZ_CABINET_NAME);
	assert_result(administrator(w, CABINET_TEMPLATE, "alice", CABINET_PLUS), AUTHZ_NO_CABINET);
}

static void not_without_audit(void **state)
{
	struct world *w = *state;

	world_host(w);
	w->fake.intent_lost = true;
	assert_result(make_cabinet(w, "sales", CABINET_SHARED), AUTHZ_AUDIT_LOST);
	assert_false(there_is(w, "sales"));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a cabinet of each type is made, a shared one with a gid", types),
		TEST("supervisors make cabinets, and a user the own private one (cabinet_create MUST 1)", who_may),
		TEST("a name of a user or group of this host is taken (cabinet_create MUST 2)", names),
		TEST("a gid is of the range, no group's, no cabinet's and nobody's subordinate one (cabinet_create MUST 3)", gids),
		TEST("neither gid nor ISN is given again after a purge (cabinet_create MUST 3)", not_again),
		TEST("behind the end of the range gids go on at its beginning, until all are in use", round_the_range),
		TEST("a gid that another cabinet got meanwhile is not given twice (cabinet_change MUST 1)", overtaken),
		TEST("nor a name (cabinet_change MUST 1)", overtaken_name),
		TEST("whose right was taken meanwhile makes nothing (cabinet_change MUST 1)", right_taken),
		TEST("text, listing and password are what was asked for, and the password is in no record", parameters),
		TEST("a new cabinet has a copy of the template's profile, which the host alone alters (cabinet_alter MUST 1)", of_template),
		TEST("what the audit does not take is not done", not_without_audit),
	};

	return cmocka_run_group_tests_name("cabinet_create", tests, NULL, NULL);
}
