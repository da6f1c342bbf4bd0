/* SPDX-License-Identifier: ISC */
/* How many refusals the audit takes: host/refusals.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "audit_locked.h"
#include "host/refusals.h"
#include "scratch.h"

static struct refusals_bucket bucket(enum refusals_kind kind, uint32_t slot, uint32_t a_minute)
{
	return (struct refusals_bucket){.kind = kind, .slot = slot, .a_minute = a_minute};
}

/* So many refusals in the buckets; how many of them were taken.  *told: the sum of what those said to be suppressed. */
static unsigned refused_in(const struct refusals_bucket *b, size_t buckets, uint64_t minute, unsigned count, uint32_t *told)
{
	unsigned taken = 0;
	uint32_t suppressed;

	*told = 0;
	while (count-- > 0) {
		taken += refusals_take(&audit_locked, b, buckets, minute, &suppressed);
		*told += suppressed;
	}
	return taken;
}

static unsigned refused(uint32_t slot, uint64_t minute, unsigned count, uint32_t *told)
{
	const struct refusals_bucket b = bucket(REFUSALS_CALLER, slot, 20);

	return refused_in(&b, 1, minute, count, told);
}

static void a_minute(void **state)
{
	uint32_t told;

	(void)state;
	assert_int_equal(refused(1001, 5, 19, &told), 19);
	assert_int_equal(refused(1001, 5, 1000, &told), 1);
	assert_int_equal(refused(1002, 5, 1000, &told), 20);
	assert_int_equal(refused(1001, 6, 1000, &told), 20);
	assert_int_equal(refused(1001, 7, 3, &told), 3);
	assert_int_equal(refused(1001, 2, 1000, &told), 20); /* the clock was put back */
	assert_int_equal(refused(0, 2, 1000, &told), 20);
	assert_int_equal(refused(REFUSALS_SLOTS - 1, 2, 1000, &told), 20);
}

static void told_once(void **state)
{
	const struct refusals_bucket b = bucket(REFUSALS_CALLER, 1001, 20);
	uint32_t suppressed, told;

	(void)state;
	assert_int_equal(refused(1001, 5, 120, &told), 20);
	assert_int_equal(told, 0);
	assert_true(refusals_take(&audit_locked, &b, 1, 6, &suppressed));
	assert_int_equal(suppressed, 100);
	assert_int_equal(refused(1001, 6, 29, &told), 19);
	assert_int_equal(told, 0);
	assert_int_equal(refusals_suppressed(&audit_locked, &b), 10); /* before a success */
	assert_int_equal(refusals_suppressed(&audit_locked, &b), 0);
	assert_int_equal(refused(1001, 7, 1, &told), 1);
	assert_int_equal(told, 0);
}

static void kinds_apart(void **state)
{
	uint32_t told;
	int kind;

	(void)state;
	for (kind = 0; kind < REFUSALS_KINDS; kind++) {
		const struct refusals_bucket b = bucket((enum refusals_kind)kind, 7, 3);

		assert_int_equal(refused_in(&b, 1, 5, 10, &told), 3);
	}
}

static void two_buckets(void **state)
{
	const struct refusals_bucket origin = bucket(REFUSALS_ORIGIN, 3, 10);
	const struct refusals_bucket alice[] = {origin, bucket(REFUSALS_USER, 1, 4)}, bob[] = {origin, bucket(REFUSALS_USER, 2, 4)};
	uint32_t told;

	(void)state;
	assert_int_equal(refused_in(alice, 2, 5, 100, &told), 14);
	assert_int_equal(told, 0);
	assert_int_equal(refused_in(bob, 2, 5, 100, &told), 4); /* the origin is full, and bob has his own all the same */
	assert_int_equal(told, 86);
	assert_int_equal(refusals_suppressed(&audit_locked, &origin), 96);
	assert_int_equal(refusals_suppressed(&audit_locked, &alice[1]), 0);
	assert_int_equal(refused_in(bob, 2, 6, 1, &told), 1);
	assert_int_equal(told, 0);
}

static void shared_slot(void **state)
{
	const struct refusals_bucket one = bucket(REFUSALS_ORIGIN, 9, 20), other = one;
	uint32_t told;

	(void)state;
	assert_int_equal(refused_in(&one, 1, 5, 15, &told), 15);
	assert_int_equal(refused_in(&other, 1, 5, 15, &told), 5);
	assert_int_equal(refused_in(&one, 1, 5, 15, &told), 0);
	assert_int_equal(refused_in(&one, 1, 6, 1, &told), 1);
	assert_int_equal(told, 25);
}

static void small_file(void **state)
{
	struct stat st;
	uint32_t told, slot;
	int kind;

	(void)state;
	for (kind = 0; kind < REFUSALS_KINDS; kind++)
		for (slot = 0; slot < 3 * REFUSALS_SLOTS; slot += 7) {
			const struct refusals_bucket b = bucket((enum refusals_kind)kind, slot, 1);

			refused_in(&b, 1, 5, 1, &told);
		}
	assert_int_equal(fstatat(audit_locked.at.fd, REFUSALS_FILE, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_in_range(st.st_size, REFUSALS_SLOTS, REFUSALS_KEY_SIZE + REFUSALS_KINDS * REFUSALS_SLOTS * 16);
}

static void one_key(void **state)
{
	unsigned char first[REFUSALS_KEY_SIZE], again[REFUSALS_KEY_SIZE];
	uint32_t told;

	(void)state;
	assert_int_equal(refused(0, 5, 100, &told), 20); /* before there was a key */
	assert_true(refusals_key(&audit_locked, first));
	assert_true(refusals_key(&audit_locked, again));
	assert_memory_equal(first, again, sizeof first);
	assert_int_equal(refused(0, 5, 1, &told), 0);
	assert_int_equal(unlinkat(audit_locked.at.fd, REFUSALS_FILE, 0), 0);
	audit_locked_again();
	assert_true(refusals_key(&audit_locked, again));
	assert_memory_not_equal(first, again, sizeof first);
}

static void damaged(void **state)
{
	static const char noise[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
	uint32_t told, slot;

	(void)state;
	/* cut in the middle of a slot, and full of noise: the worst that comes of it is a wrong count, once */
	scratch_write(scratch_path(test_folder, REFUSALS_FILE), noise);
	for (slot = 0; slot < 3; slot++) {
		assert_int_equal(refused(slot, 5, 100, &told), 20);
		assert_int_equal(refused(slot, 6, 100, &told), 20);
	}
}

static void no_file(void **state)
{
	const struct refusals_bucket b = bucket(REFUSALS_CALLER, 1001, 20);
	unsigned char key[REFUSALS_KEY_SIZE];
	uint32_t told;

	(void)state;
	assert_int_equal(mkfifo(scratch_path(test_folder, REFUSALS_FILE), 0600), 0);
	alarm(5);
	assert_int_equal(refused(1001, 5, 100, &told), 100);
	assert_int_equal(refusals_suppressed(&audit_locked, &b), 0);
	assert_false(refusals_key(&audit_locked, key));
	unlink(scratch_path(test_folder, REFUSALS_FILE));
	assert_int_equal(symlink(scratch_path(test_folder, "elsewhere"), scratch_path(test_folder, REFUSALS_FILE)), 0);
	audit_locked_again();
	assert_int_equal(refused(1001, 5, 100, &told), 100);
	assert_int_not_equal(access(scratch_path(test_folder, "elsewhere"), F_OK), 0);
	alarm(0);
}

static int on_full_disk(void *arg)
{
	const struct rlimit none = {0, 0};
	uint32_t told;

	(void)arg;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	return refused(1001, 5, 100, &told) == 100 && told == 0 ? 0 : 1;
}

static void full_disk(void **state)
{
	uint32_t told;

	(void)state;
	assert_int_equal(scratch_process(on_full_disk, NULL), 0);
	assert_int_equal(refused(1001, 5, 100, &told), 20);
	assert_int_equal(scratch_process(on_full_disk, NULL), 0);
	assert_int_equal(refused(1001, 6, 1, &told), 1);
	assert_int_equal(told, 80);
}

#define TEST(sentence, function) {sentence, function, audit_locked_setup, audit_locked_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a bucket takes its number in a minute (refusals MUST 1)", a_minute),
		TEST("how many were suppressed is told with the next record, once (refusals MUST 2)", told_once),
		TEST("callers, origins and users do not share slots", kinds_apart),
		TEST("a refusal is taken if either of its buckets has room, and counted in the first if none has (refusals MUST 1, "
		     "refusals MUST 2)", two_buckets),
		TEST("two of one slot share what it takes (refusals MUST 1)", shared_slot),
		TEST("the file stays small, whoever is refused, and is the owner's alone", small_file),
		TEST("the key is made once with the file, at random", one_key),
		TEST("a damaged file takes neither more nor fewer (refusals MUST 1)", damaged),
		TEST("a FIFO or a symlink is no file: everything is taken (refusals MUST 3)", no_file),
		TEST("where nothing can be counted everything is taken (refusals MUST 3)", full_disk),
	};

	return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
