/* SPDX-License-Identifier: ISC */
/* Is an owner in the set of a master: rules/master_set.c. */
#include "masters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cabinets.h"
#include "rules/master_pattern.h"
#include "store_gets.h"

static void cabinets(void **state)
{
	struct world *w = *state;
	struct cabinet sales;
	struct store_txn *t;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "north", CABINET_SHARED);
	join(w, "sales", 'u', "alice");
	join(w, "sales", 'c', "north");
	join(w, "north", 'u', "bob");
	host_gives(w, "helga", "cabinet:sales", 0);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	assert_result(may(w, "helga", "bob", NULL), AUTHZ_OK); /* by a cabinet in it */
	assert_result(may(w, "helga", "eve", NULL), AUTHZ_NOT_IN_SET);
	assert_result(mark(w, "north", 0, true), AUTHZ_OK);
	assert_result(may(w, "helga", "bob", NULL), AUTHZ_NOT_IN_SET);
	assert_result(mark(w, "sales", 0, true), AUTHZ_OK);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
	assert_result(unmark(w, "sales"), AUTHZ_OK);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	fake_host_find(&w->fake, "alice")->user.uid = 1777; /* another alice */
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
	fake_host_find(&w->fake, "alice")->user.uid = UID_ALICE;
	sales = cabinet_of(w, "sales");
	t = begin(w->rules.authority, true);
	assert_result(cabinet_erase(&w->rules, t, &sales), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
	host_makes(w, "sales", CABINET_SHARED); /* another cabinet of the name, with the links of the old one */
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
}

static void other_numbers(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "alice", 0);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	fake_host_find(&w->fake, "alice")->user.uid = 1777;
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NOT_IN_SET);
	fake_host_find(&w->fake, "alice")->user.uid = UID_ALICE;
	fake_host_find(&w->fake, "helga")->user.uid = 1778;
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_NO_MASTER);
}

static void itself(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "*ALL", 0);
	host_gives(w, "helga", "h*", 0);
	assert_result(may(w, "helga", "helga", NULL), AUTHZ_NOT_IN_SET);
	fake_host_user(&w->fake, "helga2", UID_HELGA); /* the same under another name */
	assert_result(may(w, "helga", "helga2", NULL), AUTHZ_NOT_IN_SET);
}

static void times(void **state)
{
	struct world *w = *state;
	struct master_entry by;

	host_gives(w, "helga", "alice", now_of(w) + 10);
	host_gives(w, "helga", "a*", now_of(w) + 20);
	assert_result(may(w, "helga", "alice", &by), AUTHZ_OK);
	assert_string_equal(by.owners, "alice");
	fake_host_pass(&w->fake, 9);
	assert_result(may(w, "helga", "alice", &by), AUTHZ_OK);
	assert_string_equal(by.owners, "alice");
	fake_host_pass(&w->fake, 1);
	assert_result(may(w, "helga", "alice", &by), AUTHZ_OK); /* of several one that is not over counts */
	assert_string_equal(by.owners, "a*");
	fake_host_pass(&w->fake, 10);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_GRANT_OVER);
	assert_result(may(w, "helga", "bob", NULL), AUTHZ_NOT_IN_SET);
}

static void forbidden(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "*ALL", 0);
	w->fake.host.config.owners_may_forbid = true;
	world_caller(w, "alice");
	assert_result(forbid(w, true), AUTHZ_OK);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OWNER_FORBIDS);
	assert_result(may(w, "helga", "bob", NULL), AUTHZ_OK);
	w->fake.host.config.owners_may_forbid = false; /* the site's word is the last */
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	w->fake.host.config.owners_may_forbid = true;
	disable(w, "alice");
	enable(w, "alice");
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OWNER_FORBIDS); /* other changes leave it */
	disable(w, "bob");
	assert_result(may(w, "helga", "bob", NULL), AUTHZ_DISABLED);
}

static void several_masters(void **state)
{
	struct world *w = *state;

	host_defines(w, "otto");
	host_gives(w, "helga", "alice", 0);
	host_gives(w, "otto", "alice", 0);
	host_gives(w, "otto", "bob", 0);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	assert_result(may(w, "otto", "alice", NULL), AUTHZ_OK);
	assert_result(may(w, "otto", "bob", NULL), AUTHZ_OK);
	assert_result(may(w, "helga", "bob", NULL), AUTHZ_NOT_IN_SET);
	assert_result(take_back(w, "otto", "alice"), AUTHZ_OK);
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	assert_result(may(w, "otto", "alice", NULL), AUTHZ_NOT_IN_SET);
}

static unsigned work(struct world *w)
{
	store_gets = 0;
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	return store_gets;
}

/* In one transaction: what is looked at is the cost of looking. */
static void bounded(void **state)
{
	struct world *w = *state;
	struct master m;
	struct master_wide wide;
	struct store_txn *t;
	unsigned before, i;

	host_gives(w, "helga", "alice", 0);
	before = work(w);
	assert_true(is_master(w, "helga", &m, &wide));
	t = begin(w->rules.authority, true);
	for (i = 0; i < 5000; i++) {
		struct master_user u = {.uid = 100000 + i};

		snprintf(u.name, sizeof u.name, "user%u", i);
		assert_result(master_user_put(&w->rules, t, &m, &u), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	assert_int_equal(work(w), before);
	assert_result(undefine(w, "helga"), AUTHZ_OK);
	assert_int_equal(count_records(w, w->rules.authority, 'M'), 1); /* the names */
}

static void damage(void **state)
{
	static const char *const keys[] = {"Ml", "Mmhelga", "Mphelga", "Muhelga\0alice"};
	static const size_t lengths[] = {2, 7, 7, 13};
	struct world *w = *state;
	unsigned char value[STORE_VALUE_MAX];
	size_t i, length;

	host_gives(w, "helga", "alice", 0);
	for (i = 0; i < 4; i++) {
		length = record_get(w, keys[i], lengths[i], value, sizeof value);
		assert_true(length > 1);
		record_put(w, keys[i], lengths[i], value, length - 1);
		assert_result(may(w, "helga", "alice", NULL), AUTHZ_STORE_DAMAGED);
		value[0] ^= 0x40;
		record_put(w, keys[i], lengths[i], value, length);
		assert_result(may(w, "helga", "alice", NULL), AUTHZ_STORE_DAMAGED);
		record_drop(w, keys[i], lengths[i]);
		assert_result(may(w, "helga", "alice", NULL), i == 3 ? AUTHZ_NOT_IN_SET : AUTHZ_STORE_DAMAGED);
		value[0] ^= 0x40;
		record_put(w, keys[i], lengths[i], value, length);
		assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	}
}

/* ---- against a model that keeps no records */

#define OWNERS 6
static const char *const owners_of_model[] = {"alice", "bob", "eve", "sam", "portal", "otto"};
static const char *const wide_of_model[] = {"*ALL", "*", "a*", "?o?", "*e", "al?ce", "cabinet:sales", "cabinet:north"};

struct model {
	bool user[OWNERS], wide[8], member[2][OWNERS], forbidden[OWNERS], disabled[OWNERS];
	int64_t user_until[OWNERS], wide_until[8];
};

static bool holds(const struct model *m, size_t wide, size_t owner)
{
	if (wide == 0)
		return true;
	if (wide >= 6)
		return m->member[wide - 6][owner];
	return master_pattern_matches(wide_of_model[wide], owners_of_model[owner]);
}

static enum authz_result says(const struct model *m, size_t owner, int64_t now)
{
	bool is_in = m->user[owner], in_time = is_in && (m->user_until[owner] == 0 || m->user_until[owner] > now);
	size_t i;

	for (i = 0; i < 8; i++) {
		if (!m->wide[i] || !holds(m, i, owner))
			continue;
		is_in = true;
		in_time = in_time || m->wide_until[i] == 0 || m->wide_until[i] > now;
	}
	if (!is_in)
		return AUTHZ_NOT_IN_SET;
	if (!in_time)
		return AUTHZ_GRANT_OVER;
	if (m->forbidden[owner])
		return AUTHZ_OWNER_FORBIDS;
	return m->disabled[owner] ? AUTHZ_DISABLED : AUTHZ_OK;
}

static void change_set(struct world *w, struct model *m)
{
	const size_t i = (size_t)rand() % (OWNERS + 8), k = i - OWNERS;
	const bool is_user = i < OWNERS;
	const char *what = is_user ? owners_of_model[i] : wide_of_model[k];
	bool *has = is_user ? &m->user[i] : &m->wide[k];
	int64_t *until = is_user ? &m->user_until[i] : &m->wide_until[k];

	if (rand() % 3 == 0) {
		assert_result(take_back(w, "helga", what), *has ? AUTHZ_OK : AUTHZ_NOT_GRANTED);
		*has = false;
		return;
	}
	*until = rand() % 2 ? 0 : now_of(w) + 1 + rand() % 30;
	assert_result(give(w, "helga", what, *until), AUTHZ_OK);
	*has = true;
}

static void change_owner(struct world *w, struct model *m)
{
	const size_t i = (size_t)rand() % OWNERS, cabinet = (size_t)rand() % 2;
	const char *name = owners_of_model[i];

	if (!m->member[cabinet][i] && rand() % 3 == 0) {
		join(w, wide_of_model[6 + cabinet] + strlen(MASTER_CABINET), 'u', name);
		m->member[cabinet][i] = true;
	} else if (rand() % 2) {
		m->forbidden[i] = !m->forbidden[i];
		world_caller(w, name);
		assert_result(forbid(w, m->forbidden[i]), AUTHZ_OK);
		world_host(w);
	} else {
		m->disabled[i] = !m->disabled[i];
		if (m->disabled[i])
			disable(w, name);
		else
			enable(w, name);
	}
}

static void like_the_model(void **state)
{
	struct world *w = *state;
	struct model m = {.user = {false}};
	unsigned step, seen[5] = {0};
	size_t i;

	srand(20261121);
	w->fake.host.config.owners_may_forbid = true;
	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "north", CABINET_SHARED);
	for (step = 0; step < 300; step++) {
		if (rand() % 4)
			change_set(w, &m);
		else
			change_owner(w, &m);
		fake_host_pass(&w->fake, rand() % 4);
		for (i = 0; i < OWNERS; i++) {
			const enum authz_result expected = says(&m, i, now_of(w));

			assert_result(may(w, "helga", owners_of_model[i], NULL), expected);
			seen[expected == AUTHZ_OK ? 0 : expected == AUTHZ_DISABLED ? 1 : expected - AUTHZ_NOT_IN_SET + 2]++;
		}
	}
	for (i = 0; i < 5; i++)
		assert_true(seen[i] > 10);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("who is in a cabinet now is in the set, by the store, and nobody of one that is locked or gone", cabinets),
		TEST("another uid is another user or master (master_set MUST 2)", other_numbers),
		TEST("nobody is a master of itself (master_set MUST 3)", itself),
		TEST("of several entries one that is not over counts", times),
		TEST("an owner forbids masters where the site lets owners", forbidden),
		TEST("several masters have the same owner, each its own set", several_masters),
		TEST("a set of thousands of users costs as many reads as one of one", bounded),
		TEST("each record that is damaged or lost refuses (master_record MUST 1)", damage),
		TEST("whatever is given, taken, joined, forbidden and over, a set is what a simple model says", like_the_model),
	};

	return cmocka_run_group_tests_name("master_set", tests, NULL, NULL);
}
