/* SPDX-License-Identifier: ISC */
/* The journal: replayed where it says exactly how, else it counts for nothing; and what transactions leave in the twins. */
#include "store_kit.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/internal.h"

#define JOURNAL_FROM 24
#define JOURNAL_TO 32
#define JOURNAL_SPARE 40
#define JOURNAL_CURRENT 72
#define JOURNAL_SUM 32

static void header_of(struct kit *k, struct header *h)
{
	const int fd = open(kit_path(k, kit_current(k)), O_RDONLY | O_CLOEXEC);
	struct layout layout;

	assert_int_equal(layout_open(&layout, fd), AUTHZ_OK);
	assert_int_equal(layout_header(&layout, h), AUTHZ_OK);
	close(fd);
}

/* Change a number in the journal, and make its sum right again if "sealed". */
static void forge(struct kit *k, size_t at, unsigned char by, bool sealed)
{
	unsigned char *bytes;
	struct header h;
	size_t length;

	header_of(k, &h);
	bytes = kit_read(kit_path(k, "journal"), &length);
	bytes[at] ^= by;
	if (sealed)
		crypto_generichash(bytes + length - JOURNAL_SUM, JOURNAL_SUM, bytes, length - JOURNAL_SUM, h.seal_key, SEAL_KEY_SIZE);
	kit_write(kit_path(k, "journal"), bytes, length);
	free(bytes);
}

/* A copy has an inode of its own. */
static bool next_copies(struct kit *k)
{
	const unsigned long before = kit_inode(kit_path(k, kit_spare(k)));
	/* as long as it is open its inode is not given again */
	const int fd = open(kit_path(k, kit_spare(k)), O_RDONLY | O_CLOEXEC);

	assert_int_equal(kit_write_number(k->store, kit_expect_number(k) + 1), AUTHZ_OK);
	kit_expect_number(k);
	close(fd);
	return kit_inode(kit_path(k, kit_current(k))) != before;
}

static void numbers(struct kit *k, uint64_t upto)
{
	uint64_t n;

	for (n = kit_expect_number(k) + 1; n <= upto; n++)
		assert_int_equal(kit_write_number(k->store, n), AUTHZ_OK);
}

static void test_journal_used(void **state)
{
	struct kit *k = *state;

	numbers(k, 4);
	assert_true(!next_copies(k));
	assert_true(!next_copies(k));
	/* sealed again as it is, it still counts: what the next tests change is what they say */
	forge(k, 0, 0, true);
	assert_true(!next_copies(k));
}

static void test_journal_forged(void **state)
{
	static const struct { size_t at; bool sealed; } forgeries[] = {
		{0, true},                     /* magic */
		{8, true},                     /* boot id */
		{JOURNAL_FROM + 0, true}, {JOURNAL_FROM + 7, true}, {JOURNAL_TO + 0, true}, {JOURNAL_TO + 7, true},
		{JOURNAL_SPARE + 0, true}, {JOURNAL_SPARE + 8, true}, {JOURNAL_SPARE + 16, true}, {JOURNAL_SPARE + 24, true},
		{104, true},                   /* length of the changes */
		{JOURNAL_TO, false}, {120, false},
	};
	struct kit *k = *state;
	unsigned i;

	numbers(k, 4);
	for (i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
		forge(k, forgeries[i].at, 0x40, forgeries[i].sealed);
		assert_true(next_copies(k));
		assert_true(!next_copies(k));
	}
}

/* A sealed journal that takes for replaced what is not in the spare: it is not the journal of this spare. */
static void test_journal_lies(void **state)
{
	struct kit *k = *state;
	unsigned char *bytes;
	uint16_t record;
	size_t at, length;

	numbers(k, 4);
	bytes = kit_read(kit_path(k, "journal"), &length);
	for (at = 112; bytes[at] != 1; at += 4 + bytes[at + 1] + (size_t)record) {
		assert_true(at < length - JOURNAL_SUM);
		memcpy(&record, bytes + at + 2, sizeof record);
	}
	free(bytes);
	forge(k, at, 1 ^ 2, true);
	assert_true(next_copies(k));
	assert_true(!next_copies(k));
	/* lengths that do not come out even */
	forge(k, 113, 1, true);
	assert_true(next_copies(k));
}

static void test_journal_cut(void **state)
{
	struct kit *k = *state;
	long length;

	numbers(k, 4);
	for (length = kit_size(kit_path(k, "journal")) - 1; length >= 0; length -= 37) {
		assert_int_equal(truncate(kit_path(k, "journal"), length), 0);
		assert_int_equal(kit_write_number(k->store, kit_expect_number(k) + 1), AUTHZ_OK);
		kit_expect_number(k);
		assert_true(!next_copies(k));
	}
	unlink(kit_path(k, "journal"));
	assert_true(next_copies(k));
}

static void test_journal_other_boot(void **state)
{
	struct kit *k = *state;

	numbers(k, 4);
	k->options.boot_id = KIT_OTHER_BOOT;
	kit_reopen(k);
	assert_true(next_copies(k));
	assert_true(!next_copies(k));
}

/* Where these bytes are in a file; -1: nowhere. */
static long find(const char *path, const void *bytes, size_t length)
{
	unsigned char *all, *at;
	size_t size;
	long place;

	all = kit_read(path, &size);
	at = memmem(all, size, bytes, length);
	place = at != NULL ? at - all : -1;
	free(all);
	return place;
}

/*
 * As when a writer was killed after it began with the spare, and the journal of before is there all the same: what differs is
 * not what the next transactions meet, so nothing but the file's own marks can tell.
 */
static void test_journal_stale(void **state)
{
	struct kit *k = *state;
	unsigned char *journal;
	size_t length;

	kit_put(k, "still", "never touched again");
	kit_put(k, "x", "1");
	kit_put(k, "x", "2");
	journal = kit_read(kit_path(k, "journal"), &length);
	kit_flip(kit_path(k, kit_spare(k)), find(kit_path(k, kit_spare(k)), "never touched", 13), 1);
	kit_write(kit_path(k, "journal"), journal, length);
	free(journal);
	assert_int_equal(kit_put(k, "x", "3"), AUTHZ_OK);
	kit_expect(k, "still", "never touched again");
	assert_int_equal(kit_put(k, "x", "4"), AUTHZ_OK);
	kit_expect(k, "still", "never touched again");
}

/* Freed space keeps no record that a damaged pointer could bring back. */
static void test_nothing_left(void **state)
{
	static const char *const twins[] = {"a", "b"};
	struct kit *k = *state;
	unsigned char record[RECORD_ENVELOPE + 20], shorter[RECORD_ENVELOPE + 10];
	struct header h;
	unsigned i;

	header_of(k, &h);
	record_seal(h.seal_key, "gone", 4, "value of 20 bytes...", 20, record);
	record_seal(h.seal_key, "short", 5, "value of 1", 10, shorter);
	kit_put(k, "gone", "value of 20 bytes...");
	kit_put(k, "short", "value of 1");
	kit_put(k, "x", "1");
	assert_true(find(kit_path(k, "a"), record, sizeof record) > 0 && find(kit_path(k, "b"), record, sizeof record) > 0);
	assert_true(find(kit_path(k, "a"), shorter, sizeof shorter) > 0 && find(kit_path(k, "b"), shorter, sizeof shorter) > 0);
	kit_delete(k, "gone");
	kit_put(k, "short", "is longer now");
	kit_put(k, "x", "1");
	for (i = 0; i < 2; i++) {
		assert_int_equal(find(kit_path(k, twins[i]), record, sizeof record), -1);
		assert_int_equal(find(kit_path(k, twins[i]), shorter, sizeof shorter), -1);
	}
}

static void test_journal_gone_when_writing(void **state)
{
	struct kit *k = *state;
	unsigned char *journal;
	size_t length;

	/* that of the last but one: a gap */
	numbers(k, 4);
	journal = kit_read(kit_path(k, "journal"), &length);
	numbers(k, 5);
	kit_write(kit_path(k, "journal"), journal, length);
	free(journal);
	assert_int_equal(kit_write_number(k->store, 6), AUTHZ_OK);
	assert_int_equal(kit_expect_number(k), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the next transaction replays the journal and copies nothing", test_journal_used, kit_setup, kit_teardown, NULL},
		{"a journal with a false boot id, sequence, identity, length or sum is not replayed (journal MUST 1)",
		 test_journal_forged, kit_setup, kit_teardown, NULL},
		{"a journal that does not fit its spare is not replayed (twin MUST 2)", test_journal_lies, kit_setup, kit_teardown, NULL},
		{"a journal that was cut is not replayed", test_journal_cut, kit_setup, kit_teardown, NULL},
		{"a journal of another boot is not replayed", test_journal_other_boot, kit_setup_durable, kit_teardown, NULL},
		{"a spare that changed after its journal was written is copied over (commit MUST 2)", test_journal_stale, kit_setup,
		 kit_teardown, NULL},
		{"what was deleted or replaced by another length is nowhere whole in the file", test_nothing_left, kit_setup,
		 kit_teardown, NULL},
		{"a journal of the last but one transaction is not replayed", test_journal_gone_when_writing, kit_setup, kit_teardown, NULL},
	};

	return cmocka_run_group_tests_name("store, journal", tests, NULL, NULL);
}
