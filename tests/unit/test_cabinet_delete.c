/* SPDX-License-Identifier: ISC */
/* Cabinets are marked, and go: rules/cabinet_delete.c, cabinet_purge.c. */
#include "cabinets.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_who.h"

static bool is_in(struct world *w, const char *cabinet, const char *user)
{
	struct store_txn *t = begin(w->rules.authority, false);
	struct cabinet_entity e = {.kind = 'u'};
	bool in;

	snprintf(e.name, sizeof e.name, "%s", user);
	assert_result(cabinet_user_is_in(&w->rules, t, cabinet, &e, fake_host_find(&w->fake, user)->user.uid, &in), AUTHZ_OK);
	store_abort(t);
	return in;
}

static void marked(void **state)
{
	struct world *w = *state;
	struct cabinet c;

	host_makes(w, "sales", CABINET_SHARED);
	join(w, "sales", 'u', "alice");
	world_host(w);
	assert_result(mark(w, "sales", FAKE_DAY + 5, false), AUTHZ_OK);
	c = cabinet_of(w, "sales");
	assert_true(c.marked && !c.locked && c.from == FAKE_DAY + 5);
	assert_true(is_in(w, "sales", "alice"));
	assert_result(mark(w, "sales", FAKE_DAY + 6, true), AUTHZ_OK);
	c = cabinet_of(w, "sales");
	assert_true(c.marked && c.locked && c.from == FAKE_DAY + 6);
	assert_false(is_in(w, "sales", "alice"));
	assert_result(unmark(w, "sales"), AUTHZ_OK);
	c = cabinet_of(w, "sales");
	assert_true(!c.marked && !c.locked);
	assert_true(is_in(w, "sales", "alice"));
	assert_result(unmark(w, "sales"), AUTHZ_NOT_MARKED);
	assert_result(unmark(w, "none"), AUTHZ_CABINET_NAME);
}

static void nested_locked(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "north", CABINET_SHARED);
	join(w, "sales", 'c', "north");
	join(w, "north", 'u', "alice");
	assert_true(is_in(w, "sales", "alice"));
	assert_false(is_in(w, "sales", "bob"));
	world_host(w);
	assert_result(mark(w, "north", FAKE_DAY + 5, true), AUTHZ_OK);
	assert_false(is_in(w, "sales", "alice"));
}

static void parameters(void **state)
{
	struct world *w = *state;
	struct request q = about_cabinet("sales", NULL);

	host_makes(w, "sales", CABINET_SHARED);
	world_host(w);
	q.has |= HAS(LOCK);
	q.lock = 2;
	assert_result(cabinet_delete(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	assert_result(mark(w, "sales", -1, true), AUTHZ_BAD_PARAMETER);
	assert_result(mark(w, "none", FAKE_DAY, true), AUTHZ_CABINET_NAME);
	q.lock = 1; /* from today */
	assert_result(cabinet_delete(&w->rules, &q), AUTHZ_OK);
	assert_int_equal(cabinet_of(w, "sales").from, FAKE_DAY);
}

static void supervisors_alone(void **state)
{
	struct world *w = *state;
	int64_t gone;

	host_makes(w, "sales", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	world_caller(w, "bob");
	assert_result(mark(w, "sales", FAKE_DAY, true), AUTHZ_SPECIAL_REQUIRED);
	assert_result(unmark(w, "sales"), AUTHZ_SPECIAL_REQUIRED);
	assert_result(purge(w, &gone), AUTHZ_SPECIAL_REQUIRED);
}

static void from_its_day(void **state)
{
	struct world *w = *state;
	int64_t gone;

	host_makes(w, "later", CABINET_SHARED);
	host_makes(w, "never", CABINET_SHARED);
	host_makes(w, "back", CABINET_SHARED);
	world_host(w);
	assert_result(mark(w, "later", FAKE_DAY + 2, true), AUTHZ_OK);
	assert_result(mark(w, "back", FAKE_DAY, true), AUTHZ_OK);
	assert_result(unmark(w, "back"), AUTHZ_OK);
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 0);
	fake_host_day(&w->fake, FAKE_DAY + 1);
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 0);
	fake_host_day(&w->fake, FAKE_DAY + 2);
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 1);
	assert_true(!there_is(w, "later") && there_is(w, "never") && there_is(w, "back"));
}

static void everything_goes(void **state)
{
	struct world *w = *state;
	int64_t gone;
	unsigned before;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "other", CABINET_SHARED);
	before = count_records(w, w->rules.authority, 'Z');
	host_makes(w, "north", CABINET_SHARED);
	join(w, "sales", 'c', "north");
	join(w, "north", 'u', "alice");
	join(w, "north", 'u', "bob");
	host_adds_administrator(w, "north", "eve");
	host_adds_administrator(w, "other", "north");
	host_adds_administrator(w, "north", "other");
	world_host(w);
	assert_result(mark(w, "north", FAKE_DAY, false), AUTHZ_OK);
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 1);
	assert_int_equal(count_records(w, w->rules.authority, 'Z'), before);
}

/* The user stays, and where he is in. */
static void private_goes(void **state)
{
	struct world *w = *state;
	unsigned before;
	int64_t gone;

	host_makes(w, "sales", CABINET_SHARED);
	join(w, "sales", 'u', "alice");
	host_authorizes(w, "bob", "alice");
	before = count_records(w, w->rules.authority, 'Z');
	host_sets_password(w, "alice", "secret");
	host_authorizes(w, "alice", "bob");
	host_authorizes(w, "alice", "eve");
	world_host(w);
	assert_result(mark(w, "alice", FAKE_DAY, true), AUTHZ_OK);
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 1);
	assert_int_equal(count_records(w, w->rules.authority, 'Z'), before);
}

/* More links than one page takes away. */
static void in_pages(void **state)
{
	struct world *w = *state;
	unsigned before, i;
	int64_t gone;
	struct store_txn *t;
	struct request q = {.id = 1};

	host_makes(w, "other", CABINET_SHARED);
	before = count_records(w, w->rules.authority, 'Z');
	host_makes(w, "big", CABINET_SHARED);
	t = begin(w->rules.authority, true);
	for (i = 0; i < 2500; i++) {
		struct cabinet_link l = {.relation = RELATION_MEMBER, .cabinet = "big", .member = {.kind = 'u'}, .profile_type = 1};

		snprintf(l.member.name, sizeof l.member.name, "u%u", i);
		assert_result(cabinet_link_add(&w->rules, t, &l), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	join(w, "big", 'u', "alice");
	world_host(w);
	assert_result(mark(w, "big", FAKE_DAY, false), AUTHZ_OK);
	assert_true(is_in(w, "big", "alice"));
	answer_init(&w->answer);
	assert_result(cabinet_purge(&w->rules, &q, &w->answer), AUTHZ_OK); /* the first page, and then nothing for a while */
	assert_int_equal(w->answer.reply.count, 0);
	assert_true(w->answer.reply.cursor.length > 0);
	assert_true(cabinet_of(w, "big").locked);
	assert_false(is_in(w, "big", "alice"));
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 1);
	assert_int_equal(count_records(w, w->rules.authority, 'Z'), before);
}

static void many(void **state)
{
	struct world *w = *state;
	char name[16];
	int64_t gone;
	int i;

	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "c%d", i);
		host_makes(w, name, CABINET_STANDALONE);
		world_host(w);
		if (i % 2 == 0)
			assert_result(mark(w, name, FAKE_DAY, true), AUTHZ_OK);
	}
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 20);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "c%d", i);
		assert_int_equal(there_is(w, name), i % 2 != 0);
	}
	{
		const uint64_t commits = sequence(w->rules.authority);

		assert_result(purge(w, &gone), AUTHZ_OK);
		assert_int_equal(gone, 0);
		assert_int_equal(sequence(w->rules.authority), commits); /* nothing to do takes no lock */
	}
}

static const char *unmarked;

static void takes_mark_away(void *arg, const char *what)
{
	struct world *w = arg;
	struct store_txn *t;
	struct cabinet c;
	bool found;

	if (strcmp(what, "clock") != 0 || unmarked == NULL)
		return;
	t = begin(w->rules.authority, true);
	assert_result(cabinet_read(&w->rules, t, unmarked, &c, &found), AUTHZ_OK);
	c.marked = c.locked = false;
	assert_result(cabinet_write(&w->rules, t, &c), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	unmarked = NULL;
}

static void undeleted_meanwhile(void **state)
{
	struct world *w = *state;
	int64_t gone;

	host_makes(w, "sales", CABINET_SHARED);
	world_host(w);
	assert_result(mark(w, "sales", FAKE_DAY, true), AUTHZ_OK);
	unmarked = "sales";
	w->fake.asked_arg = w;
	w->fake.asked = takes_mark_away;
	assert_result(purge(w, &gone), AUTHZ_OK);
	assert_int_equal(gone, 0);
	assert_true(there_is(w, "sales"));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a cabinet is marked, locked at once if asked, and as before when the mark is gone (cabinet_delete MUST 1)", marked),
		TEST("by a locked cabinet nobody is in the one that it is in (cabinet_delete MUST 1, cabinet_who MUST 3)", nested_locked),
		TEST("a day or a lock that there cannot be is refused, and without a day it is today", parameters),
		TEST("supervisors alone mark and purge", supervisors_alone),
		TEST("a cabinet goes from its day on, not before, and not without a mark (cabinet_purge MUST 2)", from_its_day),
		TEST("with a cabinet go its memberships in both directions, and what it administers", everything_goes),
		TEST("with a private cabinet goes what its owner authorized", private_goes),
		TEST("a large cabinet goes in pages, locked from the first on, and its record last (cabinet_purge MUST 1)", in_pages),
		TEST("many go in pages, and without any no lock is taken", many),
		TEST("one whose mark was taken away meanwhile stays (cabinet_purge MUST 2)", undeleted_meanwhile),
	};

	return cmocka_run_group_tests_name("cabinet_delete", tests, NULL, NULL);
}
