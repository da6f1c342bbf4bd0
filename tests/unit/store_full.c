/* SPDX-License-Identifier: ISC */
/*
 * store_full FOLDER: fill the file system below FOLDER with a store until there is no room, and see that it loses nothing.
 * Run by the host ring on a small file system of its own (a tmpfs of 300 KiB or 1 MiB, a loop device); it fills what it is given.
 */
#include "store_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/dump.h"
#include "store/load.h"

static const char *base;

static void key_of(uint64_t i, char key[32])
{
	snprintf(key, 32, "record%06llu", (unsigned long long)i);
}

/* A record of 1,000 bytes. */
static enum authz_result put(struct kit *k, uint64_t i)
{
	char key[32], value[1001];

	key_of(i, key);
	memset(value, 'a' + (int)(i % 26), 1000);
	value[1000] = '\0';
	return kit_put(k, key, value);
}

static void expect(struct kit *k, uint64_t from, uint64_t to)
{
	struct store_txn *t;
	uint64_t i, records;
	char key[32], value[1000];
	size_t length;
	bool found;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_check(t, NULL, &records), AUTHZ_OK);
	assert_int_equal(records, to - from);
	for (i = from; i < to; i++) {
		key_of(i, key);
		assert_int_equal(store_get(t, key, strlen(key), value, sizeof value, &length, &found), AUTHZ_OK);
		assert_true(found && length == 1000 && value[0] == 'a' + (int)(i % 26) && value[999] == value[0]);
	}
	store_abort(t);
}

static uint64_t fill(struct kit *k, uint64_t from)
{
	enum authz_result result;
	uint64_t i;

	for (i = from; (result = put(k, i)) == AUTHZ_OK; i++)
		if (i > 1000000)
			fail_msg("this file system is too large to be filled");
	assert_int_equal(result, AUTHZ_STORE_NO_ROOM);
	return i;
}

/* No byte is left, whoever asks. */
static void plug(struct kit *k)
{
	static const char bytes[4096];
	const int fd = open(kit_path(k, "plug"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (write(fd, bytes, sizeof bytes) > 0)
		;
	close(fd);
}

static void run(bool durable, bool keep)
{
	struct kit k;
	uint64_t from = 0, to, i;
	enum authz_result result = AUTHZ_OK;
	char key[32];

	kit_make(&k, base, durable);
	if (keep)
		assert_int_equal(store_keep_new(&k.options.keep), AUTHZ_OK);
	kit_reopen(&k);
	to = fill(&k, 0);
	print_message("full after %llu records\n", (unsigned long long)to);
	assert_true(to > 10);
	expect(&k, 0, to);
	for (i = 0; i < 20; i++)
		assert_int_equal(put(&k, to), AUTHZ_STORE_NO_ROOM);
	expect(&k, 0, to);
	/* where adding finds no room, taking away does: its room is there already */
	for (; from < to / 2; from++) {
		key_of(from, key);
		assert_int_equal(kit_delete(&k, key), AUTHZ_OK);
	}
	expect(&k, from, to);
	assert_int_equal(put(&k, to), AUTHZ_OK);
	expect(&k, from, ++to);
	plug(&k);
	for (i = 0; i < 5000 && result == AUTHZ_OK; i++) {
		result = put(&k, to);
		assert_true(result == AUTHZ_OK || result == AUTHZ_STORE_NO_ROOM);
		to += result == AUTHZ_OK;
	}
	assert_int_equal(result, AUTHZ_STORE_NO_ROOM);
	expect(&k, from, to);
	for (i = 0; i < 5; i++) {
		key_of(from++, key);
		assert_int_equal(kit_delete(&k, key), AUTHZ_OK);
		expect(&k, from, to);
	}
	unlink(kit_path(&k, "plug"));
	assert_int_equal(put(&k, to), AUTHZ_OK);
	expect(&k, from, to + 1);
	kit_remove(&k);
	store_keep_free(k.options.keep);
}

static void test_volatile(void **state)
{
	(void)state;
	run(false, false);
}

static void test_durable(void **state)
{
	(void)state;
	run(true, false);
}

static void test_kept(void **state)
{
	(void)state;
	run(false, true);
	run(true, true);
}

/* A dump in memory. */
struct text {
	char bytes[1 << 21];
	size_t length, at;
};

static bool text_put(void *context, const char *bytes, size_t length)
{
	struct text *t = context;

	assert_true(length <= sizeof t->bytes - t->length);
	memcpy(t->bytes + t->length, bytes, length);
	t->length += length;
	return true;
}

static long text_get(void *context, char *bytes, size_t size)
{
	struct text *t = context;
	const size_t some = t->length - t->at < size ? t->length - t->at : size;

	memcpy(bytes, t->bytes + t->at, some);
	t->at += some;
	return (long)some;
}

static void test_load(void **state)
{
	static struct text text;
	const struct store_sink sink = {text_put, &text};
	const struct store_source source = {.get = text_get, .context = &text};
	struct store_txn *t;
	struct kit k;
	uint64_t full, i;
	char key[32];

	(void)state;
	kit_make(&k, base, true);
	full = fill(&k, 0);
	/* a file made anew may be somewhat larger than one that grew */
	for (i = 0; i < full / 4; i++) {
		key_of(i, key);
		assert_int_equal(kit_delete(&k, key), AUTHZ_OK);
	}
	assert_int_equal(store_begin(k.store, false, &t), AUTHZ_OK);
	assert_int_equal(store_dump(t, &sink, NULL), AUTHZ_OK);
	store_abort(t);
	kit_remove(&k);
	/* a small store, and a file system that is full of something else */
	kit_make(&k, base, true);
	for (i = 0; i < 5; i++)
		assert_int_equal(put(&k, i), AUTHZ_OK);
	plug(&k);
	for (i = 0; i < 5; i++) {
		text.at = 0;
		assert_int_equal(store_load(k.store, &source, NULL), AUTHZ_STORE_NO_ROOM);
		expect(&k, 0, 5);
	}
	unlink(kit_path(&k, "plug"));
	text.at = 0;
	assert_int_equal(store_load(k.store, &source, NULL), AUTHZ_OK);
	expect(&k, full / 4, full);
	/* and the next transaction finds its room too */
	key_of(full - 1, key);
	assert_int_equal(kit_delete(&k, key), AUTHZ_OK);
	expect(&k, full / 4, full - 1);
	kit_remove(&k);
}

enum { READERS = 12 };

/* Frozen readers of a store that is a fifth of the file system: before each second commit one more, who never ends. */
static void test_readers(void **state)
{
	struct store *stores[READERS];
	struct store_txn *txns[READERS];
	char value[1000];
	struct store_stats stats;
	enum authz_result result;
	unsigned busy = 0, i, j;
	size_t length;
	bool found;
	struct kit k;

	(void)state;
	kit_make(&k, base, false);
	for (i = 0, stats.bytes = 0, stats.free = 1; stats.bytes * 3 < stats.free; i++) {
		assert_int_equal(put(&k, i), AUTHZ_OK);
		assert_int_equal(store_begin(k.store, false, &txns[0]), AUTHZ_OK);
		assert_int_equal(store_stats(txns[0], &stats), AUTHZ_OK);
		store_abort(txns[0]);
	}
	for (j = 0; j < READERS; j++) {
		assert_int_equal(store_open(&stores[j], &k.options), AUTHZ_OK);
		assert_int_equal(store_begin(stores[j], false, &txns[j]), AUTHZ_OK);
		assert_int_equal(put(&k, 0), AUTHZ_OK);
		assert_int_equal(put(&k, 1), AUTHZ_OK);
		expect(&k, 0, i);
	}
	for (j = 0; j < READERS; j++) {
		result = store_get(txns[j], "record000000", 12, value, sizeof value, &length, &found);
		assert_true(result == AUTHZ_STORE_BUSY || (result == AUTHZ_OK && found && length == 1000));
		busy += result == AUTHZ_STORE_BUSY;
		store_abort(txns[j]);
		store_close(stores[j]);
	}
	print_message("%u of %u readers were cut off\n", busy, READERS);
	assert_true(busy > READERS / 2);
	kit_remove(&k);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{"a full file system: what was acknowledged is there, what was not is not, and room made is used", test_volatile, NULL,
		 NULL, NULL},
		{"the same with a durable store", test_durable, NULL, NULL, NULL},
		{"the same with twins that are kept open", test_kept, NULL, NULL, NULL},
		{"readers who never end take no room that a transaction needs (held MUST 1)", test_readers, NULL, NULL, NULL},
		{"a load that finds no room changes nothing, and happens when there is some", test_load, NULL, NULL, NULL},
	};

	if (argc != 2) {
		fprintf(stderr, "usage: store_full FOLDER, on a small file system of its own\n");
		return 2;
	}
	base = argv[1];
	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests_name("store, no room", tests, NULL, NULL);
}
