/* SPDX-License-Identifier: ISC */
/* A store as text, and back: store/dump.c, and store/load.c where all is well. */
#include "store_text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/dump.h"
#include "store/load.h"

static uint64_t sequence(struct kit *k)
{
	struct store_txn *t;
	struct store_stats stats;
	uint64_t records;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_stats(t, &stats), AUTHZ_OK);
	assert_int_equal(store_check(t, NULL, &records), AUTHZ_OK);
	assert_int_equal(records, stats.records);
	store_abort(t);
	return stats.sequence;
}

static void secret_of(struct kit *k, unsigned char secret[32])
{
	struct store_txn *t;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	store_secret(t, secret);
	store_abort(t);
}

static void test_exact(void **state)
{
	struct kit *k = *state, other;
	unsigned char secret[32], again[32];
	struct text a, b;
	uint64_t before;
	size_t i;

	/* every length of a key, and lengths of values from the least to the most */
	for (i = 1; i <= STORE_KEY_MAX; i++)
		text_put_random(k, i, i * i % 300);
	for (i = 0; i <= STORE_VALUE_MAX; i = i < 40 ? i + 1 : i * 5 / 4)
		text_put_random(k, 30, i);
	text_put_random(k, 30, STORE_VALUE_MAX);
	text_put_random(k, STORE_KEY_MAX, STORE_VALUE_MAX);
	text_fill_some(k);
	kit_make(&other, NULL, true);
	assert_int_equal(kit_put(&other, "gone", "after"), AUTHZ_OK);
	before = sequence(&other);
	a = text_of(k);
	a.piece = 777;
	assert_int_equal(text_load(&other, &a), AUTHZ_OK);
	assert_int_equal(sequence(&other), before + 1);
	b = text_of(&other);
	text_expect_same(&a, &b);
	kit_expect(&other, "gone", NULL);
	kit_expect(&other, "key with \\ and \n", "");
	secret_of(k, secret);
	secret_of(&other, again);
	assert_memory_equal(secret, again, 32);
	/* and the store goes on */
	assert_int_equal(kit_put(&other, "next", "1"), AUTHZ_OK);
	assert_int_equal(kit_put(&other, "next", "2"), AUTHZ_OK);
	kit_expect(&other, "next", "2");
	assert_int_equal(sequence(&other), before + 3);
	free(a.bytes);
	free(b.bytes);
	kit_remove(&other);
}

static void test_readable(void **state)
{
	struct kit *k = *state;
	struct text t;

	assert_int_equal(kit_put(k, "A\xff", "two words\\"), AUTHZ_OK);
	t = text_of(k);
	text_put(&t, "", 1);
	assert_memory_equal(t.bytes, "authz-store 1 authority ", 24);
	assert_non_null(strstr(t.bytes, "\nA\\xff two\\x20words\\x5c "));
	assert_non_null(strstr(t.bytes, "\nend 1 "));
	free(t.bytes);
}

static bool stop_at_second(void *context, uint64_t done, uint64_t total)
{
	uint64_t *calls = context;

	assert_true(done <= total);
	return ++*calls < 2;
}

static void test_gone(void **state)
{
	struct kit *k = *state;
	struct text t, nowhere = {.gone = true};
	uint64_t calls = 0, records;
	struct store_progress progress = {stop_at_second, &calls};
	const struct store_sink sink = {text_put, &nowhere};
	const struct store_source source = {.get = text_get, .context = &t};
	struct store_txn *txn;
	char key[32];
	unsigned i;

	assert_int_equal(store_begin(k->store, true, &txn), AUTHZ_OK);
	for (i = 0; i < 9000; i++) {
		snprintf(key, sizeof key, "record %u", i);
		store_put(txn, key, strlen(key), "v", 1);
	}
	assert_int_equal(store_commit(txn), AUTHZ_OK);
	t = text_of(k);
	assert_int_equal(store_begin(k->store, false, &txn), AUTHZ_OK);
	assert_int_equal(store_dump(txn, &sink, NULL), AUTHZ_STOPPED);
	assert_int_equal(store_check(txn, &progress, &records), AUTHZ_STOPPED);
	assert_int_equal(calls, 2);
	calls = 0;
	nowhere.gone = false;
	assert_int_equal(store_dump(txn, &sink, &progress), AUTHZ_STOPPED);
	store_abort(txn);
	assert_int_equal(kit_delete(k, "record 1"), AUTHZ_OK);
	t.length -= 1000;
	t.gone = true;
	assert_int_equal(text_load(k, &t), AUTHZ_STOPPED);
	t.length += 1000;
	t.at = 0;
	calls = 0;
	assert_int_equal(store_load(k->store, &source, &progress), AUTHZ_STOPPED);
	kit_expect(k, "record 1", NULL);
	t.gone = false;
	assert_int_equal(text_load(k, &t), AUTHZ_OK);
	kit_expect(k, "record 1", "v");
	free(t.bytes);
	free(nowhere.bytes);
}

/* A store that is damaged ends its dump without a last line, and the subject says where. */
static void test_damaged(void **state)
{
	struct kit *k = *state;
	struct text t = {0};
	unsigned char *bytes, *at;
	char place[700];
	size_t length;

	text_fill_some(k);
	bytes = kit_read(kit_path(k, kit_current(k)), &length);
	at = memmem(bytes, length, "value of A", 10);
	kit_flip(kit_path(k, kit_current(k)), at - bytes, 1);
	assert_int_equal(text_dump(k, &t), AUTHZ_STORE_DAMAGED);
	snprintf(place, sizeof place, "%s/%s at byte %ld", k->folder, kit_current(k), (long)(at - bytes) - 10);
	assert_string_equal(store_subject(k->store), place);
	assert_null(t.length > 0 ? memmem(t.bytes, t.length, "\nend ", 5) : NULL);
	free(bytes);
	free(t.bytes);
}

static int load_slowly(struct kit *k, void *argument)
{
	struct text *t = argument;

	t->piece = 50;
	return text_load(k, t) == AUTHZ_OK ? 0 : 1;
}

static void test_killed(void **state)
{
	struct kit *k = *state;
	struct text t;
	uint64_t n = 0, before;
	unsigned i, old = 0;
	pid_t pid;

	while (n < 400)
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
	t = text_of(k);
	for (i = 0; i < 150; i++) {
		assert_int_equal(kit_write_number(k->store, n + 1), AUTHZ_OK);
		before = sequence(k);
		pid = kit_start(load_slowly, k, &t, 30);
		kit_sleep_us(random() % 9000);
		kill(pid, SIGKILL);
		kit_wait(pid);
		/* the one before, or all of the text */
		if (sequence(k) == before) {
			assert_int_equal(kit_expect_number(k), n + 1);
			old++;
		} else {
			assert_int_equal(sequence(k), before + 1);
			assert_int_equal(kit_expect_number(k), n);
		}
		assert_int_equal(text_load(k, &t), AUTHZ_OK);
		assert_int_equal(kit_expect_number(k), n);
	}
	assert_true(old > 0);
	free(t.bytes);
}

/* Readers go on while it is loaded: the reader looks from within the load. */
struct beside {
	struct text *text;
	struct kit *k;
	unsigned reads;
};

static long get_beside(void *context, char *bytes, size_t size)
{
	struct beside *b = context;

	kit_expect(b->k, "x", "before");
	b->reads++;
	return text_get(b->text, bytes, size);
}

static void test_readers(void **state)
{
	struct kit *k = *state, reader = *k;
	struct text t;
	struct beside b = {.text = &t, .k = &reader};
	const struct store_source source = {.get = get_beside, .context = &b};

	assert_int_equal(kit_put(k, "x", "dumped"), AUTHZ_OK);
	t = text_of(k);
	t.piece = 20;
	assert_int_equal(kit_put(k, "x", "before"), AUTHZ_OK);
	reader.store = NULL;
	kit_reopen(&reader);
	assert_int_equal(store_load(k->store, &source, NULL), AUTHZ_OK);
	assert_true(b.reads > 5);
	kit_expect(&reader, "x", "dumped");
	store_close(reader.store);
	free(t.bytes);
}

/* 200,000 records through a pipe, each end in little memory. */
#define MANY 200000

static void fill_many(struct kit *k)
{
	struct store_txn *t;
	char key[40], value[100];
	unsigned i, j;

	memset(value, 'v', sizeof value);
	for (i = 0; i < MANY;) {
		assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
		for (j = 0; j < 20000; j++, i++) {
			snprintf(key, sizeof key, "record %u", i * 2654435761u);
			assert_int_equal(store_put(t, key, strlen(key), value, sizeof value), AUTHZ_OK);
		}
		assert_int_equal(store_commit(t), AUTHZ_OK);
	}
}

static long peak_kb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static bool pipe_put(void *context, const char *bytes, size_t length)
{
	ssize_t put;

	for (; length > 0; bytes += put, length -= (size_t)put) {
		put = write(*(int *)context, bytes, length);
		if (put <= 0)
			return false;
	}
	return true;
}

static long pipe_get(void *context, char *bytes, size_t size)
{
	return read(*(int *)context, bytes, size);
}

/* Forked before this process grew: its peak is its own. */
static int dump_to_pipe(struct kit *k, void *argument)
{
	const struct store_sink sink = {pipe_put, argument};
	const long before = peak_kb();
	struct store_txn *t;

	if (store_begin(k->store, false, &t) != AUTHZ_OK || store_dump(t, &sink, NULL) != AUTHZ_OK)
		return 1;
	return peak_kb() < before + 2048 + KIT_SLACK_KB ? 0 : 2;
}

static int load_from_pipe(struct kit *k, void *argument)
{
	const struct store_source source = {.get = pipe_get, .context = argument};
	const long before = peak_kb();

	if (store_load(k->store, &source, NULL) != AUTHZ_OK)
		return 1;
	return peak_kb() < before + 3072 + KIT_SLACK_KB ? 0 : 2;
}

static int fill_child(struct kit *k, void *argument)
{
	(void)argument;
	fill_many(k);
	return 0;
}

static void test_many(void **state)
{
	struct kit *k = *state, other;
	struct text a, b;
	pid_t dumper, loader;
	int ends[2];

	assert_int_equal(kit_child(fill_child, k, NULL, 120), 0);
	kit_make(&other, NULL, true);
	assert_int_equal(pipe(ends), 0);
	dumper = kit_start(dump_to_pipe, k, &ends[1], 120);
	close(ends[1]);
	loader = kit_start(load_from_pipe, &other, &ends[0], 120);
	close(ends[0]);
	assert_int_equal(kit_wait(dumper), 0);
	assert_int_equal(kit_wait(loader), 0);
	a = text_of(k);
	b = text_of(&other);
	text_expect_same(&a, &b);
	kit_expect_gdbm(&other, kit_current(&other), MANY);
	free(a.bytes);
	free(b.bytes);
	kit_remove(&other);
}

#define TEST(sentence, function) {sentence, function, kit_setup_durable, kit_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what is dumped and loaded elsewhere is the same, whatever its bytes and lengths (load MUST 2)",
		     test_exact),
		TEST("the text is printable ASCII, one line a record", test_readable),
		TEST("the other side that went away, and a progress that says no, end it and change nothing", test_gone),
		TEST("a damaged store is dumped up to the damage, without an end, and the subject says where (dump MUST 1)",
		     test_damaged),
		TEST("a load killed at a random instant happened whole or not at all (load MUST 2)", test_killed),
		TEST("readers see the commit of before until a load is done", test_readers),
		TEST("200,000 records go through a pipe in constant memory", test_many),
	};

	return cmocka_run_group_tests_name("store, dump and load", tests, NULL, NULL);
}
