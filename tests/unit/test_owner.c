/* SPDX-License-Identifier: ISC */
/* What is asked about the owner of a token: rules/owner.c. */
#include "world.h"

#include <string.h>

#include "rules/owner.h"

static void found(void **state)
{
	struct world *w = *state;
	struct owner o = {.group_count = 77};

	fake_host_group(&w->fake, "staff", 50);
	fake_host_join(fake_host_find(&w->fake, "alice"), &w->fake.groups[0]);
	assert_result(owner_find(&w->rules, "alice", true, &o), AUTHZ_OK);
	assert_int_equal(o.user.uid, UID_ALICE);
	assert_true(o.account.known);
	assert_int_equal(o.group_count, 2);
	assert_int_equal(o.gids[1], 50);
	assert_int_equal(o.now.today, FAKE_DAY);
	assert_result(owner_find(&w->rules, "alice", false, &o), AUTHZ_OK);
	assert_int_equal(o.group_count, 0); /* nobody needs them */
	w->fake.host.config.kill_on_group_change = true;
	assert_result(owner_find(&w->rules, "alice", false, &o), AUTHZ_OK);
	assert_int_equal(o.group_count, 2); /* the stamp does */
}

static void refused(void **state)
{
	struct world *w = *state;
	struct owner o;

	assert_result(owner_find(&w->rules, "qsys", true, &o), AUTHZ_SYSTEM_PROFILE);
	assert_result(owner_find(&w->rules, "root", true, &o), AUTHZ_SYSTEM_PROFILE);
	assert_result(owner_find(&w->rules, "nosuch", true, &o), AUTHZ_USER_NOT_FOUND);
	assert_string_equal(w->rules.subject, "nosuch");
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(owner_find(&w->rules, "alice", true, &o), AUTHZ_INTERNAL);
	assert_string_equal(w->rules.subject, "the look-up of a user failed");
	w->fake.user_result = AUTHZ_OK;
	w->fake.groups_result = AUTHZ_INTERNAL;
	assert_result(owner_find(&w->rules, "alice", true, &o), AUTHZ_INTERNAL);
	w->fake.groups_result = AUTHZ_OK;
	w->fake.account_result = AUTHZ_NO_SHADOW;
	assert_result(owner_find(&w->rules, "alice", true, &o), AUTHZ_NO_SHADOW);
	w->fake.account_result = AUTHZ_OK;
	w->fake.clock_result = AUTHZ_INTERNAL;
	assert_result(owner_find(&w->rules, "alice", true, &o), AUTHZ_INTERNAL);
	assert_string_equal(w->rules.subject, "a clock could not be read");
}

static void stamp(struct world *w, unsigned char to[STAMP_SIZE])
{
	struct profile_state profile;
	struct account_state account;
	struct owner o = {.group_count = 0};
	struct store_txn *t;

	assert_result(owner_find(&w->rules, "alice", true, &o), AUTHZ_OK);
	t = begin(w->rules.authority, false);
	assert_result(owner_state(&w->rules, t, &o, &profile, &account, to), AUTHZ_OK);
	store_abort(t);
}

static void keyed_by_the_store(void **state)
{
	struct world *w = *state;
	unsigned char one[STAMP_SIZE], two[STAMP_SIZE];

	stamp(w, one);
	stamp(w, two);
	assert_memory_equal(one, two, sizeof one);
	world_close(w);
	scratch_remove(scratch_path(w->folder, "store"));
	scratch_folder(scratch_path(w->folder, "store"));
	world_open(w); /* another store, another secret */
	stamp(w, two);
	assert_memory_not_equal(one, two, sizeof one);
}

static void wiped(void **state)
{
	struct world *w = *state;
	struct owner o = {.group_count = 0};
	const char *crypt = "$y$j9T$abc$def";

	assert_result(owner_find(&w->rules, "alice", true, &o), AUTHZ_OK);
	assert_non_null(memmem(&o, sizeof o, crypt, strlen(crypt)));
	owner_wipe(&o);
	assert_null(memmem(&o, sizeof o, crypt, strlen(crypt)));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("user, account, clocks and, where they matter, groups are asked", found),
		TEST("a system profile, an unknown user and each failing look-up have their own result", refused),
		TEST("a stamp is keyed by the store's own secret", keyed_by_the_store),
		TEST("the crypt field is wiped", wiped),
	};

	return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}
