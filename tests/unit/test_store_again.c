/* SPDX-License-Identifier: ISC */
/* A store that stays open from one request to the next: store_again of store/store.c, and what a transaction remembers. */
#include "store_kit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char old[512];

static int setup(void **state)
{
	const int result = kit_setup(state);
	struct kit *k = *state;

	snprintf(old, sizeof old, "%.*s.old", (int)sizeof old - 5, k->folder);
	assert_int_equal(kit_put(k, "key", "first"), AUTHZ_OK);
	return result;
}

static int teardown(void **state)
{
	struct kit there = *(struct kit *)*state;

	snprintf(there.folder, sizeof there.folder, "%s", old);
	there.store = NULL;
	if (access(old, F_OK) == 0)
		kit_remove(&there);
	return kit_teardown(state);
}

static enum authz_result again(struct kit *k)
{
	return store_again(&k->store, &k->options);
}

static void test_goes_on(void **state)
{
	struct kit *k = *state;
	const struct store *before = k->store;
	struct kit other = *k;

	assert_int_equal(again(k), AUTHZ_OK);
	kit_expect(k, "key", "first");
	other.store = NULL;
	assert_int_equal(again(&other), AUTHZ_OK);
	assert_int_equal(kit_put(&other, "key", "second"), AUTHZ_OK);
	store_close(other.store);
	assert_int_equal(again(k), AUTHZ_OK);
	assert_ptr_equal(k->store, before);
	kit_expect(k, "key", "second");
}

/* As by a file system that was mounted over it. */
static void test_another_folder(void **state)
{
	struct kit *k = *state;

	assert_int_equal(rename(k->folder, old), 0);
	assert_int_equal(again(k), AUTHZ_STORE_MISSING);
	assert_int_equal(mkdir(k->folder, 0700), 0);
	assert_int_equal(again(k), AUTHZ_OK);
	kit_expect(k, "key", NULL);
	assert_int_equal(kit_put(k, "key", "new"), AUTHZ_OK);
	assert_int_equal(again(k), AUTHZ_OK);
	kit_expect(k, "key", "new");
}

static void test_no_folder(void **state)
{
	struct kit *k = *state;

	assert_int_equal(chmod(k->folder, 0750), 0);
	assert_int_equal(again(k), AUTHZ_BAD_INSTALL);
	assert_int_equal(chmod(k->folder, 0700), 0);
	assert_int_equal(again(k), AUTHZ_OK);
	assert_int_equal(rename(k->folder, old), 0);
	assert_int_equal(symlink(old, k->folder), 0);
	assert_int_equal(again(k), AUTHZ_BAD_INSTALL);
	assert_int_equal(unlink(k->folder), 0);
	assert_int_equal(rename(old, k->folder), 0);
	assert_int_equal(again(k), AUTHZ_OK);
	kit_expect(k, "key", "first");
}

static void test_emptied(void **state)
{
	static const char *const files[] = {"a", "b", "current", "journal", "lock"};
	struct kit *k = *state;
	unsigned char secret[32], later[32];
	struct store_txn *t;
	size_t i;

	for (i = 0; i < sizeof files / sizeof *files; i++)
		(void)unlink(kit_path(k, files[i]));
	assert_int_equal(again(k), AUTHZ_OK);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_secret(t, secret), AUTHZ_OK);
	store_abort(t);
	assert_int_equal(again(k), AUTHZ_OK);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_secret(t, later), AUTHZ_OK);
	store_abort(t);
	assert_memory_equal(secret, later, sizeof secret); /* it was made before it was read */
	kit_expect(k, "key", NULL);
}

static void test_lost(void **state)
{
	struct kit *k = *state;

	assert_int_equal(unlink(kit_path(k, "current")), 0);
	assert_int_equal(again(k), AUTHZ_STORE_DAMAGED);
}

static void test_options(void **state)
{
	struct kit *k = *state;

	k->options.boot_id = KIT_OTHER_BOOT;
	assert_int_equal(again(k), AUTHZ_OK);
	kit_expect(k, "key", NULL);
	k->options.boot_id = "none";
	assert_int_equal(again(k), AUTHZ_INTERNAL);
}

/* Two transactions at once: what the one remembers is none of the other's. */
static void test_two(void **state)
{
	struct kit *k = *state, other = *k;
	struct store_txn *before, *after;
	char value[16] = "";
	size_t length;
	bool found;

	assert_int_equal(store_begin(k->store, false, &before), AUTHZ_OK);
	other.store = NULL;
	assert_int_equal(again(&other), AUTHZ_OK);
	assert_int_equal(kit_put(&other, "key", "second"), AUTHZ_OK);
	store_close(other.store);
	assert_int_equal(store_begin(k->store, false, &after), AUTHZ_OK);
	assert_int_equal(store_get(before, "key", 3, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_memory_equal(value, "first", length);
	assert_int_equal(store_get(after, "key", 3, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_memory_equal(value, "second", length);
	store_abort(before);
	store_abort(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a store goes on, and sees what others wrote", test_goes_on, setup, teardown, NULL},
		{"a folder that another one hides or replaces is left", test_another_folder, setup, teardown, NULL},
		{"a folder that is none, or not the owner's alone any more, is refused", test_no_folder, setup, teardown, NULL},
		{"a store that was emptied is made anew, before anything of it is read", test_emptied, setup, teardown, NULL},
		{"a store that was lost is damaged (store MUST 3)", test_lost, setup, teardown, NULL},
		{"the boot is that of each time (store MUST 2)", test_options, setup, teardown, NULL},
		{"of two transactions at once each has its own commit (store MUST 1)", test_two, setup, teardown, NULL},
	};

	return cmocka_run_group_tests_name("store, again", tests, NULL, NULL);
}
