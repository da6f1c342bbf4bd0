/* SPDX-License-Identifier: ISC */
#include "store_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/layout.h"
#include "store/overlay.h"
#include "store/record.h"

static void test_round(void **state)
{
	struct kit *k = *state;

	assert_int_equal(kit_put(k, "one", "1"), AUTHZ_OK);
	assert_int_equal(kit_put(k, "empty", ""), AUTHZ_OK);
	kit_expect(k, "one", "1");
	kit_expect(k, "empty", "");
	kit_expect(k, "two", NULL);
	kit_reopen(k);
	kit_expect(k, "one", "1");
	assert_int_equal(kit_put(k, "one", "another length"), AUTHZ_OK);
	kit_expect(k, "one", "another length");
	assert_int_equal(kit_delete(k, "one"), AUTHZ_OK);
	assert_int_equal(kit_delete(k, "one"), AUTHZ_OK);
	kit_expect(k, "one", NULL);
	kit_expect(k, "empty", "");
}

static void test_bounds(void **state)
{
	struct kit *k = *state;
	char key[STORE_KEY_MAX + 1], *value = malloc(STORE_VALUE_MAX + 1), *got = malloc(STORE_VALUE_MAX + 1);
	struct store_txn *t;
	size_t length;
	bool found;

	memset(key, 'k', sizeof key);
	memset(value, 'v', STORE_VALUE_MAX + 1);
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	assert_int_equal(store_put(t, key, STORE_KEY_MAX, value, STORE_VALUE_MAX), AUTHZ_OK);
	assert_int_equal(store_put(t, key, STORE_KEY_MAX + 1, value, 1), AUTHZ_INTERNAL);
	assert_int_equal(store_put(t, key, 0, value, 1), AUTHZ_INTERNAL);
	assert_int_equal(store_put(t, key, 1, value, STORE_VALUE_MAX + 1), AUTHZ_INTERNAL);
	assert_int_equal(store_put(t, "\0H", 2, value, 1), AUTHZ_INTERNAL);
	assert_int_equal(store_delete(t, "\0H", 2), AUTHZ_INTERNAL);
	assert_int_equal(store_commit(t), AUTHZ_OK);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_get(t, key, STORE_KEY_MAX, got, STORE_VALUE_MAX, &length, &found), AUTHZ_OK);
	assert_true(found && length == STORE_VALUE_MAX);
	assert_memory_equal(got, value, STORE_VALUE_MAX);
	assert_int_equal(store_get(t, key, STORE_KEY_MAX, got, STORE_VALUE_MAX - 1, &length, &found), AUTHZ_STORE_DAMAGED);
	assert_int_equal(length, 0);
	assert_int_equal(store_get(t, "\0H", 2, got, STORE_VALUE_MAX, &length, &found), AUTHZ_INTERNAL);
	assert_false(found);
	store_abort(t);
	store_abort(NULL);
	free(value);
	free(got);
}

static void test_reader_writes_not(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_put(t, "x", 1, "y", 1), AUTHZ_INTERNAL);
	assert_int_equal(store_delete(t, "x", 1), AUTHZ_INTERNAL);
	assert_int_equal(store_commit(t), AUTHZ_OK);
	kit_expect(k, "x", NULL);
}

static void expect_in(struct store_txn *t, const char *key, const char *value)
{
	char got[100];
	size_t length;
	bool found;

	assert_int_equal(store_get(t, key, strlen(key), got, sizeof got, &length, &found), AUTHZ_OK);
	assert_int_equal(found, value != NULL);
	if (value != NULL) {
		assert_int_equal(length, strlen(value));
		assert_memory_equal(got, value, length);
	}
}

static unsigned proofs; /* look-ups of a twin that have to show what is not there */

enum authz_result __real_layout_find(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE], const void *key,
                                     size_t key_length, enum layout_proof proof, struct layout_record *r, bool *found);
enum authz_result __wrap_layout_find(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE], const void *key,
                                     size_t key_length, enum layout_proof proof, struct layout_record *r, bool *found);

/* By the linker in the place of the real one, which does the work. */
enum authz_result __wrap_layout_find(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE], const void *key,
                                     size_t key_length, enum layout_proof proof, struct layout_record *r, bool *found)
{
	proofs += proof == LAYOUT_PROVEN;
	return __real_layout_find(l, seal_key, key, key_length, proof, r, found);
}

static void test_proved_once(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;

	kit_put(k, "old", "1");
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	proofs = 0;
	expect_in(t, "new", NULL);
	expect_in(t, "other", NULL);
	expect_in(t, "never", NULL);
	assert_int_equal(proofs, 3);
	expect_in(t, "new", NULL);
	store_put(t, "new", 3, "2", 1);
	expect_in(t, "new", "2");
	store_put(t, "other", 5, "3", 1);
	store_delete(t, "other", 5);
	expect_in(t, "other", NULL);
	store_delete(t, "old", 3);
	store_put(t, "unasked", 7, "4", 1);
	assert_int_equal(proofs, 3);
	assert_int_equal(store_commit(t), AUTHZ_OK);
	assert_int_equal(proofs, 5); /* of "old" and of "unasked", by the commit */
	kit_expect_stats(k, 3, 2);
	kit_expect(k, "new", "2");
	kit_expect(k, "unasked", "4");
	kit_expect(k, "old", NULL);
	kit_expect(k, "other", NULL);
	kit_expect(k, "never", NULL);
}

/* What one transaction proved says nothing to the next; a reader notes nothing. */
static void test_proved_anew(void **state)
{
	struct kit *k = *state, other = *k;
	struct store_txn *t;

	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	expect_in(t, "new", NULL);
	assert_int_equal(store_commit(t), AUTHZ_OK);
	kit_expect_stats(k, 1, 0); /* looking changes nothing */
	assert_int_equal(store_open(&other.store, &k->options), AUTHZ_OK);
	kit_put(&other, "new", "1");
	store_close(other.store);
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	expect_in(t, "new", "1");
	store_put(t, "new", 3, "2", 1);
	assert_int_equal(store_commit(t), AUTHZ_OK);
	kit_expect_stats(k, 3, 1);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	proofs = 0;
	expect_in(t, "none", NULL);
	expect_in(t, "none", NULL);
	assert_int_equal(proofs, 2);
	store_abort(t);
}

static void test_own_writes(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;

	kit_put(k, "old", "1");
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	store_put(t, "new", 3, "2", 1);
	store_put(t, "new", 3, "22", 2);
	store_delete(t, "old", 3);
	expect_in(t, "new", "22");
	expect_in(t, "old", NULL);
	kit_expect(k, "old", "1");
	kit_expect(k, "new", NULL);
	store_put(t, "old", 3, "again", 5);
	expect_in(t, "old", "again");
	store_delete(t, "new", 3);
	expect_in(t, "new", NULL);
	assert_int_equal(store_commit(t), AUTHZ_OK);
	kit_expect(k, "old", "again");
	kit_expect(k, "new", NULL);
}

static void test_abort(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	size_t before, after;
	unsigned char *twin = kit_read(kit_path(k, kit_current(k)), &before), *same;
	struct stat st;

	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	store_put(t, "x", 1, "y", 1);
	store_abort(t);
	kit_expect(k, "x", NULL);
	same = kit_read(kit_path(k, kit_current(k)), &after);
	assert_int_equal(before, after);
	assert_memory_equal(twin, same, before);
	assert_int_not_equal(stat(kit_path(k, "journal"), &st), 0);
	assert_int_not_equal(stat(kit_path(k, kit_spare(k)), &st), 0);
	free(twin);
	free(same);
}

static void test_count(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;

	kit_expect_stats(k, 1, 0);
	kit_put(k, "a", "1");
	kit_put(k, "b", "1");
	kit_expect_stats(k, 3, 2);
	kit_put(k, "b", "2");
	kit_put(k, "b", "333");
	kit_expect_stats(k, 5, 2);
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	store_put(t, "c", 1, "1", 1);
	store_delete(t, "c", 1);
	store_delete(t, "d", 1);
	store_delete(t, "a", 1);
	assert_int_equal(store_commit(t), AUTHZ_OK);
	kit_expect_stats(k, 6, 1);
	/* nothing to do is not a commit */
	kit_delete(k, "nothing");
	kit_expect_stats(k, 6, 1);
}

static void test_snapshot(void **state)
{
	struct kit *k = *state;
	struct store_txn *reader, *second;
	unsigned i;

	kit_put(k, "x", "before");
	assert_int_equal(store_begin(k->store, false, &reader), AUTHZ_OK);
	for (i = 0; i < 5; i++)
		assert_int_equal(kit_put(k, "x", "after"), AUTHZ_OK);
	expect_in(reader, "x", "before");
	assert_int_equal(store_begin(k->store, false, &second), AUTHZ_OK);
	expect_in(second, "x", "after");
	store_abort(second);
	expect_in(reader, "x", "before");
	store_abort(reader);
}

static void test_load(void **state)
{
	struct kit *k = *state;
	const uint64_t start = kit_now_us();
	char key[32];
	unsigned i;

	kit_fill(k, 100000);
	kit_expect_stats(k, 2, 100000);
	kit_expect_gdbm(k, kit_current(k), 100000);
	for (i = 0; i < 100000; i += 997) {
		snprintf(key, sizeof key, "%s%u", i % 2 ? "left" : "right", i);
		kit_expect(k, key, key);
		key[0] = 'x';
		kit_expect(k, key, NULL);
	}
	/* a journal of this size is not worth its while: the next transaction copies, the one after it does not */
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
	assert_int_equal(kit_put(k, "x", "2"), AUTHZ_OK);
	kit_expect_stats(k, 4, 100001);
	assert_true(kit_now_us() - start < 60000000);
}

/* Many small changes: to be made again they take longer than the file takes to be copied. */
static void test_long_journal(void **state)
{
	struct kit *k = *state;

	kit_fill(k, 20000);
	assert_true(kit_size(kit_path(k, kit_current(k))) > 1 << 20);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
	assert_int_equal(access(kit_path(k, "journal"), F_OK), 0);
	kit_fill(k, 1500); /* replaces, some 40 bytes each: a journal is worth it */
	assert_int_equal(access(kit_path(k, "journal"), F_OK), 0);
	kit_fill(k, 4000);
	assert_int_not_equal(access(kit_path(k, "journal"), F_OK), 0);
	assert_int_equal(kit_put(k, "x", "2"), AUTHZ_OK);
	kit_expect(k, "x", "2");
	kit_expect(k, "left3999", "left3999");
	kit_expect_stats(k, 6, 20001);
}

static void test_secret(void **state)
{
	struct kit *k = *state, other;
	unsigned char one[32], two[32];
	struct store_txn *t;

	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	assert_int_equal(store_secret(t, one), AUTHZ_OK);
	store_abort(t);
	kit_put(k, "x", "y");
	kit_reopen(k);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_secret(t, two), AUTHZ_OK);
	store_abort(t);
	assert_memory_equal(one, two, 32);
	kit_make(&other, NULL, false);
	assert_int_equal(store_begin(other.store, false, &t), AUTHZ_OK);
	assert_int_equal(store_secret(t, two), AUTHZ_OK);
	store_abort(t);
	assert_memory_not_equal(one, two, 32);
	kit_remove(&other);
}

static void test_reboot_volatile(void **state)
{
	struct kit *k = *state;
	unsigned char before[32], after[32];
	struct store_txn *t;
	struct store_stats stats;
	uint64_t records;

	kit_put(k, "x", "y");
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	store_secret(t, before);
	store_abort(t);
	k->options.boot_id = KIT_OTHER_BOOT;
	kit_reopen(k);
	kit_expect(k, "x", NULL);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_stats(t, &stats), AUTHZ_OK);
	assert_int_equal(stats.records, 0);
	assert_int_equal(kit_walk(t, "", 9, NULL), 0);
	assert_int_equal(store_check(t, NULL, &records), AUTHZ_OK);
	assert_int_equal(records, 0);
	store_abort(t);
	assert_int_equal(kit_put(k, "z", "1"), AUTHZ_OK);
	kit_expect(k, "x", NULL);
	kit_expect(k, "z", "1");
	kit_expect_stats(k, 1, 1);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	store_secret(t, after);
	store_abort(t);
	assert_memory_not_equal(before, after, 32);
	/* the boot before that one comes back to nothing, too */
	k->options.boot_id = KIT_BOOT;
	kit_reopen(k);
	kit_expect(k, "x", NULL);
	kit_expect(k, "z", NULL);
}

static void test_reboot_durable(void **state)
{
	struct kit *k = *state;

	kit_put(k, "x", "1");
	kit_put(k, "y", "1");
	k->options.boot_id = KIT_OTHER_BOOT;
	kit_reopen(k);
	kit_expect(k, "x", "1");
	assert_int_equal(kit_put(k, "x", "2"), AUTHZ_OK);
	kit_expect(k, "x", "2");
	kit_expect(k, "y", "1");
	kit_expect_stats(k, 4, 2);
}

static void test_kind(void **state)
{
	struct kit *k = *state;
	char value[10];
	enum authz_result result;

	kit_put(k, "x", "1");
	k->options.durable = !k->options.durable;
	kit_reopen(k);
	assert_int_equal(kit_get(k, "x", value, sizeof value, &result), -2);
	assert_int_equal(result, AUTHZ_STORE_DAMAGED);
}

static void test_boot_id(void **state)
{
	static const char *const wrong[] = {"", "1", "11111111-2222-4333-8444-55555555555", KIT_BOOT "0",
	                                    "1111111g-2222-4333-8444-555555555555", "11111111222243338444555555555555----1", NULL};
	struct kit *k = *state;
	unsigned i;

	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		store_close(k->store);
		k->options.boot_id = wrong[i];
		assert_int_equal(store_open(&k->store, &k->options), AUTHZ_INTERNAL);
	}
}

static void test_record(void **state)
{
	const unsigned char key[SEAL_KEY_SIZE] = "0123456789abcde", other[SEAL_KEY_SIZE] = "0123456789abcdf";
	unsigned char record[RECORD_ENVELOPE + 20];
	size_t i, length;
	unsigned bit;

	(void)state;
	record_seal(key, "name", 4, "value of 20 bytes...", 20, record);
	assert_true(record_whole(key, "name", 4, record, sizeof record));
	for (i = 0; i < sizeof record; i++)
		for (bit = 0; bit < 8; bit++) {
			record[i] = (unsigned char)(record[i] ^ 1 << bit);
			assert_false(record_whole(key, "name", 4, record, sizeof record));
			record[i] = (unsigned char)(record[i] ^ 1 << bit);
		}
	for (length = 0; length < sizeof record; length++)
		assert_false(record_whole(key, "name", 4, record, length));
	assert_false(record_whole(key, "nam", 3, record, sizeof record));
	assert_false(record_whole(key, "namf", 4, record, sizeof record));
	assert_false(record_whole(other, "name", 4, record, sizeof record));
	/* what the key loses, the value does not win */
	record_seal(key, "ab", 2, "c", 1, record);
	assert_false(record_whole(key, "a", 1, record, RECORD_ENVELOPE + 1));
}

static void test_header(void **state)
{
	unsigned char packed[RECORD_ENVELOPE + HEADER_SIZE];
	struct header h, again;
	size_t i;

	(void)state;
	header_new(&h, true);
	h.sequence = 0x0102030405060708;
	h.records = 0xfffefdfcfbfaf9f8;
	memset(h.boot_id, 7, sizeof h.boot_id);
	header_pack(&h, packed);
	memset(&again, 0, sizeof again);
	assert_true(header_unpack(&again, packed, sizeof packed));
	assert_true(again.durable && again.sequence == h.sequence && again.records == h.records);
	assert_memory_equal(again.seal_key, h.seal_key, sizeof h.seal_key);
	assert_memory_equal(again.secret, h.secret, sizeof h.secret);
	assert_memory_equal(again.boot_id, h.boot_id, sizeof h.boot_id);
	for (i = 0; i < sizeof packed; i++) {
		packed[i] ^= 0x10;
		assert_false(header_unpack(&again, packed, sizeof packed));
		packed[i] ^= 0x10;
	}
	assert_false(header_unpack(&again, packed, sizeof packed - 1));
}

static void test_overlay(void **state)
{
	struct overlay o = {0};
	struct overlay_entry *e;
	unsigned i, seen = 0;

	(void)state;
	assert_null(overlay_find(&o, "x", 1));
	for (i = 0; i < 5000; i++)
		assert_true(overlay_set(&o, &i, sizeof i, i % 3 ? calloc(1, i + 1) : NULL, i % 3 ? i + 1 : 0));
	for (i = 0; i < 5000; i++) {
		e = overlay_find(&o, &i, sizeof i);
		assert_non_null(e);
		assert_int_equal(e->change.record != NULL, i % 3 != 0);
	}
	for (e = o.first; e != NULL; e = e->next)
		seen++;
	assert_int_equal(seen, 5000);
	assert_null(overlay_find(&o, "x", 1));
	overlay_clear(&o);
	assert_null(overlay_find(&o, &seen, sizeof seen));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"changes that are longer made again than copied leave no journal, and nothing is lost", test_long_journal, kit_setup,
		 kit_teardown, NULL},
		{"what was put is got, over, after a reopening too, until it is deleted", test_round, kit_setup, kit_teardown, NULL},
		{"the same in a durable store", test_round, kit_setup_durable, kit_teardown, NULL},
		{"keys of 1 to 255 bytes and values up to 16 KiB are kept, others and the store's own refused", test_bounds,
		 kit_setup, kit_teardown, NULL},
		{"a read transaction writes nothing", test_reader_writes_not, kit_setup, kit_teardown, NULL},
		{"what a write transaction proved not to be there it proves once, its commit included", test_proved_once, kit_setup,
		 kit_teardown, NULL},
		{"what it proved counts for no other transaction", test_proved_anew, kit_setup, kit_teardown, NULL},
		{"a write transaction sees its own writes and nobody else does before its commit", test_own_writes, kit_setup,
		 kit_teardown, NULL},
		{"an aborted transaction touched no file but the lock", test_abort, kit_setup, kit_teardown, NULL},
		{"sequence and number of records are kept, and a transaction without effect is none", test_count, kit_setup,
		 kit_teardown, NULL},
		{"a read transaction stays as it began while writers go on (store MUST 1)", test_snapshot, kit_setup, kit_teardown, NULL},
		{"100,000 records are loaded in one transaction", test_load, kit_setup, kit_teardown, NULL},
		{"the secret is the store's for its life, and no other's", test_secret, kit_setup, kit_teardown, NULL},
		{"a store of tokens is empty after a reboot and has a new secret (store MUST 2)", test_reboot_volatile, kit_setup,
		 kit_teardown, NULL},
		{"a durable store is whole after a reboot", test_reboot_durable, kit_setup_durable, kit_teardown, NULL},
		{"a store of the other kind is damaged", test_kind, kit_setup, kit_teardown, NULL},
		{"a boot id that is none is an internal error", test_boot_id, kit_setup, kit_teardown, NULL},
		{"a record with any bit changed, shortened, or under another key is not whole (record MUST 1, record MUST 2)",
		 test_record, NULL, NULL, NULL},
		{"a header is unpacked as it was packed, or not at all", test_header, NULL, NULL, NULL},
		{"the overlay finds each of thousands of changes", test_overlay, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
