/* SPDX-License-Identifier: ISC */
/* No room, as far as a limit on the size of files can tell.  store_full is the same on a file system that is really full. */
#include "store_kit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void limit(rlim_t size)
{
	struct rlimit l;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
	l.rlim_cur = size < l.rlim_max ? size : l.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

/* Records that make the files grow, a number and a property: see store_kit.h. */
static enum authz_result grow(struct kit *k, unsigned round)
{
	struct store_txn *t;
	char key[32];
	static char value[3000];
	unsigned i;
	enum authz_result result = store_begin(k->store, true, &t);

	if (result != AUTHZ_OK)
		return result;
	for (i = 0; i < 4 && result == AUTHZ_OK; i++) {
		snprintf(key, sizeof key, "grow%u-%u", round, i);
		memset(value, 'a' + (int)(round % 26), sizeof value);
		result = store_put(t, key, strlen(key), value, sizeof value);
	}
	if (result == AUTHZ_OK)
		return store_commit(t);
	store_abort(t);
	return result;
}

/* All four of a round or none. */
static bool grown(struct kit *k, unsigned round)
{
	char key[32], value[3000];
	struct store_txn *t;
	unsigned i, there = 0;
	size_t length;
	bool found;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	for (i = 0; i < 4; i++) {
		snprintf(key, sizeof key, "grow%u-%u", round, i);
		assert_int_equal(store_get(t, key, strlen(key), value, sizeof value, &length, &found), AUTHZ_OK);
		there += found;
	}
	store_abort(t);
	assert_true(there == 0 || there == 4);
	return there == 4;
}

static void expect_clean(struct kit *k)
{
	struct store_txn *t;
	uint64_t records;
	struct stat st;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_check(t, NULL, &records), AUTHZ_OK);
	store_abort(t);
	assert_int_not_equal(lstat(kit_path(k, "spare.new"), &st), 0);
	assert_int_not_equal(lstat(kit_path(k, "current.new"), &st), 0);
}

/* One transaction under each limit: with a journal to replay, and, after one that failed, with a copy to make. */
static int limits(struct kit *k, void *argument)
{
	unsigned round, refused = 0, done = 0;
	enum authz_result result;
	long size;

	(void)argument;
	signal(SIGXFSZ, SIG_IGN);
	for (round = 0; round < 300; round++) {
		size = kit_size(kit_path(k, kit_current(k)));
		/* anywhere in the file at first, then about its end, where it grows */
		size = round % 2 ? random() % (size + 32768) : size - 16384 + random() % 65536;
		limit((rlim_t)(size < 0 ? 0 : size));
		result = grow(k, round);
		limit(RLIM_INFINITY);
		if (result != AUTHZ_OK && result != AUTHZ_STORE_NO_ROOM)
			fail_msg("limit %ld: result %d, %s", size, (int)result, store_subject(k->store));
		assert_int_equal(grown(k, round), result == AUTHZ_OK);
		expect_clean(k);
		refused += result == AUTHZ_STORE_NO_ROOM;
		done += result == AUTHZ_OK;
		if (round % 3 == 0)
			assert_int_equal(kit_put(k, "between", "1"), AUTHZ_OK);
	}
	return refused >= 50 && done >= 50 ? 0 : 1;
}

static void test_limits(void **state)
{
	struct kit *k = *state;

	assert_int_equal(kit_child(limits, k, NULL, 60), 0);
}

static int make_small(struct kit *k, void *argument)
{
	enum authz_result result;

	signal(SIGXFSZ, SIG_IGN);
	limit(*(rlim_t *)argument);
	result = store_open(&k->store, &k->options);
	if (result == AUTHZ_OK)
		return 0;
	return result == AUTHZ_STORE_NO_ROOM ? 1 : 2;
}

static void test_make(void **state)
{
	struct kit k;
	rlim_t size;
	int status;

	(void)state;
	for (size = 0; size <= 24576; size += 1000) {
		kit_folder_only(&k, NULL, false);
		status = kit_child(make_small, &k, &size, 30);
		assert_true(status == 0 || status == 1 << 8);
		assert_true(status == 0 || size < 16384);
		kit_reopen(&k);
		assert_int_equal(kit_write_number(k.store, 1), AUTHZ_OK);
		assert_int_equal(kit_expect_number(&k), 1);
		kit_remove(&k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"under any limit on the size of files a transaction happens whole or is refused for want of room "
		 "(twin MUST 2, commit MUST 3, commit MUST 4)", test_limits, kit_setup, kit_teardown, NULL},
		{"the same on a durable store", test_limits, kit_setup_durable, kit_teardown, NULL},
		{"a store that could not be made for want of room is made when there is some", test_make, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("store, limits", tests, NULL, NULL);
}
