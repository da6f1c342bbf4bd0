/* SPDX-License-Identifier: ISC */
/* Readers that stay, as frozen ones do: store/held.c. */
#include "store_text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/held.h"

enum { READERS = 10 };

/* One who has begun to read, and is not heard of again until the others are done. */
struct reader {
	struct store *store;
	struct store_txn *t;
	uint64_t number; /* of the commit that it sees */
};

static void come(struct kit *k, struct reader *r, uint64_t number)
{
	struct store_options options = k->options;

	options.keep = NULL;
	assert_int_equal(store_open(&r->store, &options), AUTHZ_OK);
	assert_int_equal(store_begin(r->store, false, &r->t), AUTHZ_OK);
	r->number = number;
}

static void go(struct reader *r)
{
	store_abort(r->t);
	store_close(r->store);
}

static long room_of(const struct reader *r)
{
	struct stat st;

	assert_int_equal(fstat(r->t->layout.fd, &st), 0);
	return (long)st.st_size;
}

static unsigned held(struct kit *k)
{
	unsigned count = 0, i;
	char name[16];

	for (i = 0; i < 2 * HELD_MOST; i++) {
		snprintf(name, sizeof name, "held.%u", i);
		count += access(kit_path(k, name), F_OK) == 0;
	}
	return count;
}

/* What she sees is her commit, or, where her twin was cut, AUTHZ_STORE_BUSY by each way to read. */
static void expect_reader(const struct kit *k, const struct reader *r, bool cut)
{
	char value[128] = "", path[600], key[STORE_KEY_MAX];
	size_t length, key_length = 0;
	uint64_t records;
	bool found;
	enum authz_result want = cut ? AUTHZ_STORE_BUSY : AUTHZ_OK;

	snprintf(path, sizeof path, "%s/%c", k->folder, r->t->name);
	assert_int_equal(store_get(r->t, "p0", 2, value, sizeof value - 1, &length, &found), want);
	assert_int_equal(found, !cut);
	if (cut)
		assert_string_equal(store_subject(r->store), path);
	else
		assert_int_equal(strtoull(value, NULL, 10), r->number);
	assert_int_equal(store_next(r->t, "", 0, 1, (unsigned char *)key, &key_length, value, sizeof value, &length, &found), want);
	assert_int_equal(store_check(r->t, NULL, &records), want);
	if (cut)
		assert_string_equal(store_subject(r->store), path);
}

/* Transactions of which the second finds the twin of whoever came before the first taken. */
static void write_two(struct kit *k, uint64_t *n)
{
	assert_int_equal(kit_write_number(k->store, ++*n), AUTHZ_OK);
	assert_int_equal(kit_write_number(k->store, ++*n), AUTHZ_OK);
	assert_int_equal(kit_expect_number(k), *n);
}

static void test_one(void **state)
{
	struct kit *k = *state;
	struct reader r;
	uint64_t n = 0, i;

	write_two(k, &n);
	come(k, &r, n);
	for (i = 0; i < 10; i++)
		write_two(k, &n);
	assert_int_equal(held(k), 1);
	expect_reader(k, &r, false);
	go(&r);
	for (i = 0; i < HELD_MOST; i++)
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
	assert_int_equal(held(k), 0);
}

static void test_many(void **state)
{
	struct kit *k = *state;
	struct reader readers[READERS];
	unsigned whole = 0, i;
	uint64_t n = 0;

	write_two(k, &n);
	for (i = 0; i < READERS; i++) {
		come(k, &readers[i], n);
		write_two(k, &n);
		assert_in_range(held(k), 1, HELD_MOST);
	}
	for (i = 0; i < READERS; i++) {
		expect_reader(k, &readers[i], room_of(&readers[i]) == 0);
		whole += room_of(&readers[i]) > 0;
	}
	assert_int_equal(whole, HELD_MOST);
	assert_true(room_of(&readers[READERS - 1]) > 0);
	for (i = 0; i < READERS; i++)
		go(&readers[i]);
	write_two(k, &n);
	write_two(k, &n);
	assert_int_equal(held(k), 0);
}

static bool cutting_fails;

int __real_ftruncate(int fd, off_t length);
int __wrap_ftruncate(int fd, off_t length);

/* By the linker in the place of the real one: a disk that fails at this very moment. */
int __wrap_ftruncate(int fd, off_t length)
{
	if (!cutting_fails)
		return __real_ftruncate(fd, length);
	errno = EIO;
	return -1;
}

static void test_cutting_fails(void **state)
{
	struct kit *k = *state;
	struct reader readers[HELD_MOST + 1];
	uint64_t n = 0;
	unsigned i;

	write_two(k, &n);
	for (i = 0; i < HELD_MOST; i++) {
		come(k, &readers[i], n);
		write_two(k, &n);
	}
	come(k, &readers[i], n); /* for whom a place is taken from another */
	assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
	cutting_fails = true;
	assert_int_equal(kit_write_number(k->store, n + 1), AUTHZ_STORE_IO);
	cutting_fails = false;
	assert_int_equal(held(k), HELD_MOST);
	assert_int_equal(kit_expect_number(k), n);
	for (i = 0; i < HELD_MOST + 1; i++) {
		expect_reader(k, &readers[i], false); /* nobody's twin was taken */
		go(&readers[i]);
	}
	write_two(k, &n);
}

static void limit(rlim_t size)
{
	struct rlimit l;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
	l.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static int no_room(struct kit *k, void *argument)
{
	struct reader readers[2];
	uint64_t n = 0;
	unsigned i;

	(void)argument;
	signal(SIGXFSZ, SIG_IGN);
	write_two(k, &n);
	for (i = 0; i < 2; i++) {
		come(k, &readers[i], n);
		write_two(k, &n);
		assert_true(room_of(&readers[i]) > 0);
	}
	limit(8192);
	assert_int_equal(kit_write_number(k->store, n + 1), AUTHZ_STORE_NO_ROOM);
	limit(RLIM_INFINITY);
	assert_int_equal(held(k), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(room_of(&readers[i]), 0);
		expect_reader(k, &readers[i], true);
		go(&readers[i]);
		/* and, having heard that, reads what is there now */
		come(k, &readers[i], n);
		expect_reader(k, &readers[i], false);
		go(&readers[i]);
	}
	assert_int_equal(kit_expect_number(k), n);
	write_two(k, &n);
	return 0;
}

static void test_no_room(void **state)
{
	assert_int_equal(kit_child(no_room, *state, NULL, 60), 0);
}

/* A caller may leave the helper that it starts any number of descriptors: each is tried until a commit succeeds. */
static int few_descriptors(struct kit *k, void *argument)
{
	const uint64_t *n = argument;
	struct rlimit l;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &l), 0);
	for (l.rlim_cur = 3; l.rlim_cur < 100; l.rlim_cur++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &l), 0);
		if (kit_write_number(k->store, *n) == AUTHZ_OK)
			return 0;
	}
	return 1;
}

static void test_descriptors(void **state)
{
	struct kit *k = *state;
	struct reader r;
	struct stat st;
	uint64_t n = 0;

	write_two(k, &n);
	come(k, &r, n);
	assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
	n++;
	assert_int_equal(kit_child(few_descriptors, k, &n, 60), 0);
	assert_int_equal(fstat(r.t->layout.fd, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(held(k), 1);
	go(&r);
	write_two(k, &n);
	write_two(k, &n);
	assert_int_equal(held(k), 0);
}

static void test_load(void **state)
{
	struct kit *k = *state;
	struct store_options options = k->options;
	struct reader r;
	struct stat st;
	struct text t;
	uint64_t n = 0;

	write_two(k, &n);
	t = text_of(k);
	come(k, &r, n);
	assert_int_equal(kit_write_number(k->store, n + 1), AUTHZ_OK);
	k->options.replace = true;
	kit_reopen(k);
	assert_int_equal(text_load(k, &t), AUTHZ_OK);
	k->options = options;
	kit_reopen(k);
	free(t.bytes);
	assert_int_equal(fstat(r.t->layout.fd, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(held(k), 1);
	expect_reader(k, &r, false);
	go(&r);
	write_two(k, &n);
	write_two(k, &n);
	assert_int_equal(held(k), 0);
}

/* Whose twin was damaged is told so. */
static void test_damage(void **state)
{
	struct kit *k = *state;
	struct reader r;
	uint64_t n = 0, records;

	write_two(k, &n);
	come(k, &r, n);
	assert_int_equal(truncate(kit_path(k, kit_current(k)), 0), 0);
	assert_int_equal(store_check(r.t, NULL, &records), AUTHZ_STORE_DAMAGED);
	go(&r);
}

static void test_damage_held(void **state)
{
	struct kit *k = *state;
	struct reader r;
	uint64_t n = 0, records;

	write_two(k, &n);
	come(k, &r, n);
	write_two(k, &n);
	assert_int_equal(truncate(kit_path(k, "held.0"), 8192), 0);
	assert_int_equal(store_check(r.t, NULL, &records), AUTHZ_STORE_DAMAGED);
	go(&r);
}

static int setup_kept(void **state)
{
	const int result = kit_setup(state);
	struct kit *k = *state;

	assert_int_equal(store_keep_new(&k->options.keep), AUTHZ_OK);
	kit_reopen(k);
	return result;
}

static int teardown_kept(void **state)
{
	struct kit *k = *state;
	struct store_keep *keep = k->options.keep;

	kit_teardown(state);
	store_keep_free(keep);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a reader who stays sees its commit, and its twin goes when it is gone", test_one, kit_setup, kit_teardown, NULL},
		{"the same beside a process that keeps its twins", test_one, setup_kept, teardown_kept, NULL},
		{"of any number of readers who stay no more than four keep the room of a twin; the others are told busy "
		 "(held MUST 1, held MUST 2)", test_many, kit_setup, kit_teardown, NULL},
		{"the same in a durable store", test_many, kit_setup_durable, kit_teardown, NULL},
		{"the same beside a process that keeps its twins", test_many, setup_kept, teardown_kept, NULL},
		{"where there is no room all of them are cut, and told busy (held MUST 1, held MUST 2)", test_no_room, kit_setup,
		 kit_teardown, NULL},
		{"a twin that cannot be cut keeps its name, and the transaction is refused (held MUST 1)", test_cutting_fails, kit_setup,
		 kit_teardown, NULL},
		{"no twin that is read loses its name to a writer who has too few descriptors (held MUST 1)", test_descriptors,
		 kit_setup, kit_teardown, NULL},
		{"nor to a load that replaces whatever is there (held MUST 1)", test_load, kit_setup_durable, kit_teardown,
		 NULL},
		{"a current twin that was emptied is damage, and not busy", test_damage, kit_setup, kit_teardown, NULL},
		{"so is a twin that a reader stayed at and that somebody else cut", test_damage_held, kit_setup, kit_teardown, NULL},
	};

	return cmocka_run_group_tests_name("store, held", tests, NULL, NULL);
}
