/* SPDX-License-Identifier: ISC */
/* Walks through a store: each record once and in one order, whatever is changed meanwhile. */
#include "store_kit.h"

#include <stdio.h>
#include <string.h>

static void test_walk(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	unsigned calls;

	kit_fill(k, 1000);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(kit_walk(t, "", 10000, &calls), 1000);
	assert_int_equal(kit_walk(t, "left", 10000, &calls), 500);
	assert_int_equal(calls, 501);
	assert_int_equal(kit_walk(t, "right", 1, &calls), 500);
	assert_int_equal(calls, 1001);
	assert_int_equal(kit_walk(t, "right", 0, &calls), 500);
	assert_int_equal(kit_walk(t, "middle", 100, &calls), 0);
	assert_int_equal(calls, 11);
	store_abort(t);
}

static void test_walk_value_too_long(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	unsigned char key[STORE_KEY_MAX];
	size_t key_length = 0, length;
	char value[4];
	bool matched;

	kit_put(k, "x", "12345");
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_next(t, "", 0, 9, key, &key_length, value, sizeof value, &length, &matched), AUTHZ_STORE_DAMAGED);
	store_abort(t);
}

enum { WALKED = 1000 };

struct walked {
	unsigned char key[WALKED][16];
	size_t length[WALKED];
	unsigned count;
};

/* All from "from" on; the first if "from_length" is 0. */
static void walk_from(struct kit *k, const unsigned char *from, size_t from_length, struct walked *w)
{
	unsigned char key[STORE_KEY_MAX];
	size_t key_length = from_length, length;
	struct store_txn *t;
	char value[100];
	bool matched;

	memcpy(key, from, from_length);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	for (w->count = 0;; w->count++) {
		assert_int_equal(store_next(t, "", 0, 9, key, &key_length, value, sizeof value, &length, &matched), AUTHZ_OK);
		if (key_length == 0)
			break;
		assert_true(matched && w->count < WALKED && key_length <= sizeof w->key[0]);
		memcpy(w->key[w->count], key, key_length);
		w->length[w->count] = key_length;
	}
	store_abort(t);
}

/* What comes after place "i" of "all" is what came after it then, in the same order, without one that was removed. */
static void expect_rest(struct kit *k, const struct walked *all, unsigned i)
{
	static struct walked rest;
	unsigned j;

	walk_from(k, all->key[i], all->length[i], &rest);
	assert_int_equal(rest.count, all->count - i - 1);
	for (j = 0; j < rest.count; j++) {
		assert_int_equal(rest.length[j], all->length[i + 1 + j]);
		assert_memory_equal(rest.key[j], all->key[i + 1 + j], rest.length[j]);
	}
}

/* Delete, or put back, the records before place "i", and it itself. */
static void change_before(struct kit *k, const struct walked *all, unsigned i, bool put)
{
	struct store_txn *t;
	unsigned j;

	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	for (j = 0; j <= i; j++)
		assert_int_equal(put ? store_put(t, all->key[j], all->length[j], all->key[j], all->length[j])
		                     : store_delete(t, all->key[j], all->length[j]), AUTHZ_OK);
	assert_int_equal(store_commit(t), AUTHZ_OK);
}

/* From each place, after the record there was removed, and after all before it were, which lets others move up. */
static void test_walk_removed(void **state)
{
	static struct walked all;
	struct kit *k = *state;
	char key[17] = "";
	unsigned i;

	kit_fill(k, WALKED);
	walk_from(k, (const unsigned char *)"", 0, &all);
	assert_int_equal(all.count, WALKED);
	for (i = 0; i < WALKED; i += 3) {
		snprintf(key, sizeof key, "%.*s", (int)all.length[i], (const char *)all.key[i]);
		assert_int_equal(kit_delete(k, key), AUTHZ_OK);
		expect_rest(k, &all, i);
		change_before(k, &all, i, false);
		expect_rest(k, &all, i);
		change_before(k, &all, i, true);
		expect_rest(k, &all, i);
	}
}

/* The store grows tenfold, its buckets are split, and what was there keeps its order. */
static void test_walk_grown(void **state)
{
	static struct walked all;
	struct kit *k = *state;
	struct store_txn *t;
	unsigned char key[STORE_KEY_MAX];
	char value[100];
	size_t key_length = 0, length;
	unsigned old = 0;
	bool matched;

	kit_fill(k, WALKED / 10);
	walk_from(k, (const unsigned char *)"", 0, &all);
	kit_fill(k, 10 * WALKED);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	do {
		assert_int_equal(store_next(t, "", 0, 9, key, &key_length, value, sizeof value, &length, &matched), AUTHZ_OK);
		if (old < all.count && key_length == all.length[old] && memcmp(key, all.key[old], key_length) == 0)
			old++;
	} while (key_length > 0);
	store_abort(t);
	assert_int_equal(old, all.count);
}

/* Keys of one hash: what two bytes of one place in the mixture add up to is the same. */
static void same_hash(unsigned i, char key[27])
{
	snprintf(key, 27, "a%czzzzzzzzzzzzzzzzzzzzzzz%c", 'a' + (int)i, 'z' - (int)i);
}

/* Each of them is a place, in the store or not. */
static void test_walk_one_hash(void **state)
{
	enum { SAME = 8 };
	struct kit *k = *state;
	struct store_txn *t;
	unsigned char key[STORE_KEY_MAX];
	char text[27], value[100];
	size_t key_length, length;
	unsigned i, before;
	bool matched;

	kit_fill(k, 100);
	for (i = 0; i < SAME; i++) {
		same_hash(SAME - 1 - i, text);
		kit_put(k, text, text);
	}
	for (i = 0; i < SAME; i++) {
		assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
		same_hash(i, (char *)key);
		for (before = i, key_length = 26;; before++) {
			assert_int_equal(store_next(t, "a", 1, 200, key, &key_length, value, sizeof value, &length, &matched),
			                 AUTHZ_OK);
			if (key_length == 0)
				break;
			same_hash(before + 1, text);
			assert_true(key_length == 26 && memcmp(key, text, 26) == 0);
		}
		assert_int_equal(before, SAME - 1);
		store_abort(t);
		same_hash(i, text);
		kit_delete(k, text);
	}
}

/* Delete each record that is met, a transaction each, going on from its key as one who sweeps does. */
static void test_walk_delete(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	unsigned char key[STORE_KEY_MAX];
	size_t key_length = 0, length;
	char value[100];
	unsigned i, looks = 0;
	bool matched = true;

	kit_fill(k, 200);
	for (i = 0; i < 200; looks++) {
		assert_true(looks < 600);
		assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
		assert_int_equal(store_next(t, "", 0, 1, key, &key_length, value, sizeof value, &length, &matched), AUTHZ_OK);
		if (matched)
			store_delete(t, key, key_length);
		i += matched;
		assert_int_equal(store_commit(t), AUTHZ_OK);
	}
	kit_expect_stats(k, 202, 0);
}

static void test_walk_committed_only(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	unsigned calls;

	kit_fill(k, 10);
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	store_put(t, "left-new", 8, "left-new", 8);
	store_delete(t, "left1", 5);
	assert_int_equal(kit_walk(t, "left", 100, &calls), 5);
	store_abort(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a walk meets every record with the prefix once, whatever its steps", test_walk, kit_setup, kit_teardown, NULL},
		{"a walk that meets a value longer than its room says damaged", test_walk_value_too_long, kit_setup, kit_teardown, NULL},
		{"a walk from a record that was removed goes on where that was, passes over none that is there, and meets it once",
		 test_walk_removed, kit_setup, kit_teardown, NULL},
		{"a store that grows keeps the order of what is in it", test_walk_grown, kit_setup, kit_teardown, NULL},
		{"keys of one hash are walked one after the other, and each can be a place", test_walk_one_hash, kit_setup,
		 kit_teardown, NULL},
		{"who deletes while walking reaches every record", test_walk_delete, kit_setup, kit_teardown, NULL},
		{"a walk in a write transaction sees what was committed", test_walk_committed_only, kit_setup, kit_teardown, NULL},
	};

	return cmocka_run_group_tests_name("store walk", tests, NULL, NULL);
}
