/* SPDX-License-Identifier: ISC */
/* Readers, writers, and who holds the lock. */
#include "store_kit.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/holder.h"
#include "store/lock.h"

/* What children tell. */
struct told {
	volatile uint64_t written, read, slowest_us;
	volatile bool ready, stop;
	char why[256];
};
static struct told *told;

static void wait_ready(void)
{
	while (!told->ready)
		kit_sleep_us(200);
}

/* Start the first process of a test, and wait until it is where the test wants it. */
static pid_t start_ready(int (*run)(struct kit *k, void *argument), struct kit *k)
{
	pid_t pid;

	memset(told, 0, sizeof *told);
	pid = kit_start(run, k, NULL, 60);
	wait_ready();
	return pid;
}

static int writer_loop(struct kit *k, void *argument)
{
	struct store *s = NULL;
	uint64_t n;

	(void)argument;
	if (store_open(&s, &k->options) != AUTHZ_OK)
		return 1;
	for (n = 1; !told->stop; n++, told->written++)
		if (kit_write_number(s, n) != AUTHZ_OK)
			return 1;
	return 0;
}

static int reader_loop(struct kit *k, void *argument)
{
	struct store *s = NULL;
	uint64_t n, before = 0, start, took;

	(void)argument;
	while (!told->stop) {
		start = kit_now_us();
		if (store_open(&s, &k->options) != AUTHZ_OK || !kit_number(s, &n, told->why, sizeof told->why) || n < before)
			return 1;
		took = kit_now_us() - start;
		before = n;
		told->read++;
		if (took > told->slowest_us)
			told->slowest_us = took;
		store_close(s);
	}
	return 0;
}

static void test_readers(void **state)
{
	struct kit *k = *state;
	pid_t pids[3];
	unsigned i;

	memset(told, 0, sizeof *told);
	pids[0] = kit_start(writer_loop, k, NULL, 30);
	for (i = 1; i < 3; i++)
		pids[i] = kit_start(reader_loop, k, NULL, 30);
	kit_sleep_us(2000000);
	told->stop = true;
	for (i = 0; i < 3; i++)
		if (kit_wait(pids[i]) != 0)
			fail_msg("child %u: %s", i, told->why);
	assert_true(told->written > 50);
	assert_true(told->read > 50);
}

/* Hold the lock inside a write transaction, until told to stop. */
static int hold_transaction(struct kit *k, void *argument)
{
	struct store *s = NULL;
	struct store_txn *t;

	(void)argument;
	if (store_open(&s, &k->options) != AUTHZ_OK || store_begin(s, true, &t) != AUTHZ_OK)
		return 1;
	store_put(t, "holder", 6, "1", 1);
	told->ready = true;
	while (!told->stop)
		kit_sleep_us(500);
	return store_commit(t) == AUTHZ_OK ? 0 : 1;
}

static void test_reader_beside_holder(void **state)
{
	struct kit *k = *state;
	uint64_t start;
	pid_t pid;

	kit_put(k, "x", "1");
	pid = start_ready(hold_transaction, k);
	start = kit_now_us();
	kit_expect(k, "x", "1");
	kit_expect(k, "holder", NULL);
	assert_true(kit_now_us() - start < 500000);
	told->stop = true;
	assert_int_equal(kit_wait(pid), 0);
	kit_expect(k, "holder", "1");
}

static int add_many(struct kit *k, void *argument)
{
	struct store *s = NULL;
	struct store_txn *t;
	char value[32];
	size_t length;
	unsigned i;
	bool found;

	(void)argument;
	for (i = 0; i < 100; i++) {
		memset(value, 0, sizeof value);
		if (store_open(&s, &k->options) != AUTHZ_OK || store_begin(s, true, &t) != AUTHZ_OK)
			return 1;
		if (store_get(t, "sum", 3, value, sizeof value - 1, &length, &found) != AUTHZ_OK)
			return 2;
		snprintf(value, sizeof value, "%lu", strtoul(value, NULL, 10) + 1);
		if (store_put(t, "sum", 3, value, strlen(value)) != AUTHZ_OK || store_commit(t) != AUTHZ_OK)
			return 3;
		store_close(s);
	}
	return 0;
}

static void test_two_writers(void **state)
{
	struct kit *k = *state;
	pid_t pids[4];
	unsigned i;

	k->options.lock_wait_ms = 30000;
	for (i = 0; i < 4; i++)
		pids[i] = kit_start(add_many, k, NULL, 60);
	for (i = 0; i < 4; i++)
		assert_int_equal(kit_wait(pids[i]), 0);
	kit_expect(k, "sum", "400");
}

static int open_and_write(struct kit *k, void *argument)
{
	struct store *s = NULL;

	(void)argument;
	return store_open(&s, &k->options) == AUTHZ_OK && kit_write_number(s, 1) == AUTHZ_OK ? 0 : 1;
}

static void test_makers(void **state)
{
	struct kit k;
	pid_t pids[8];
	unsigned i, round;

	(void)state;
	for (round = 0; round < 10; round++) {
		kit_folder_only(&k, NULL, false);
		for (i = 0; i < 8; i++)
			pids[i] = kit_start(open_and_write, &k, NULL, 30);
		for (i = 0; i < 8; i++)
			assert_int_equal(kit_wait(pids[i]), 0);
		kit_reopen(&k);
		assert_int_equal(kit_expect_number(&k), 1);
		kit_remove(&k);
	}
}

/* As a writer who keeps its promise for longer than others wait. */
static void test_busy(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	uint64_t start, took;
	pid_t pid;

	pid = start_ready(hold_transaction, k);
	k->options.lock_wait_ms = 300;
	kit_reopen(k);
	start = kit_now_us();
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_STORE_BUSY);
	took = kit_now_us() - start;
	assert_null(t);
	assert_true(took >= 298000 && took < 1500000);
	assert_string_equal(store_subject(k->store), kit_path(k, "lock"));
	/* the holder is none the worse for it */
	told->stop = true;
	assert_int_equal(kit_wait(pid), 0);
	kit_expect(k, "holder", "1");
	kit_put(k, "x", "1");
}

static void test_no_wait(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	pid_t pid;

	pid = start_ready(hold_transaction, k);
	k->options.lock_wait_ms = 0;
	kit_reopen(k);
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_STORE_BUSY);
	told->stop = true;
	kit_wait(pid);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
}

static void test_frozen(void **state)
{
	struct kit *k = *state;
	pid_t pid;
	int status;

	k->options.hold_ms = 400;
	kit_reopen(k);
	pid = start_ready(hold_transaction, k);
	kill(pid, SIGSTOP);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
	status = kit_wait(pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	kit_expect(k, "x", "1");
	kit_expect(k, "holder", NULL);
}

static void test_frozen_within_promise(void **state)
{
	struct kit *k = *state;
	pid_t pid;

	pid = start_ready(hold_transaction, k);
	kill(pid, SIGSTOP);
	k->options.lock_wait_ms = 300;
	kit_reopen(k);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_STORE_BUSY);
	kill(pid, SIGCONT);
	told->stop = true;
	assert_int_equal(kit_wait(pid), 0);
	kit_expect(k, "holder", "1");
}

/* The lock alone, and nothing in it: frozen before it could say who it is. */
static int hold_silently(struct kit *k, void *argument)
{
	const int fd = open(kit_path(k, "lock"), O_RDWR | O_CLOEXEC);

	(void)argument;
	if (fd < 0 || flock(fd, LOCK_EX) != 0)
		return 1;
	told->ready = true;
	while (!told->stop)
		kit_sleep_us(500);
	return 0;
}

static void test_silent(void **state)
{
	struct kit *k = *state;
	pid_t pid;
	int status;

	if (access("/proc/locks", R_OK) != 0)
		fail_msg("/proc/locks cannot be read here");
	k->options.hold_ms = 500;
	k->options.lock_wait_ms = 200;
	kit_reopen(k);
	pid = start_ready(hold_silently, k);
	/* the first waiter is gone before the time is over, a later one remembers what it saw */
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_STORE_BUSY);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	kit_sleep_us(500000);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
	status = kit_wait(pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	kit_expect(k, "x", "1");
}

/* What stands in the lock file. */
static void read_lock(struct kit *k, unsigned char *bytes, size_t size)
{
	const int fd = open(kit_path(k, "lock"), O_RDONLY | O_CLOEXEC);

	assert_true(read(fd, bytes, size) >= 40);
	close(fd);
}

static int promise_and_stay(struct kit *k, void *argument)
{
	int fd;

	(void)argument;
	fd = open(kit_path(k, "lock"), O_RDWR | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX) != 0 || holder_say(fd, 0) != AUTHZ_OK)
		return 1;
	flock(fd, LOCK_UN);
	close(fd);
	told->ready = true;
	while (!told->stop)
		kit_sleep_us(500);
	return 0;
}

/* A promise that is over, of a process that lives; but the start time in it is another's. */
static void test_other_process(void **state)
{
	struct kit *k = *state;
	unsigned char bytes[40];
	pid_t promiser, holder;
	int status;

	k->options.lock_wait_ms = 200;
	k->options.hold_ms = 60000;
	kit_reopen(k);
	promiser = start_ready(promise_and_stay, k);
	told->ready = false;
	holder = kit_start(hold_silently, k, NULL, 60);
	wait_ready();
	/* its start time is not what it says: nobody is killed for it */
	read_lock(k, bytes, sizeof bytes);
	bytes[16]++;
	crypto_shorthash(bytes + 32, bytes, 32, (const unsigned char *)"authz: a holder");
	kit_write(kit_path(k, "lock"), bytes, sizeof bytes);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_STORE_BUSY);
	assert_int_equal(waitpid(promiser, &status, WNOHANG), 0);
	assert_int_equal(waitpid(holder, &status, WNOHANG), 0);
	/* nor for one of another space of pids */
	bytes[16]--;
	bytes[8]++;
	crypto_shorthash(bytes + 32, bytes, 32, (const unsigned char *)"authz: a holder");
	kit_write(kit_path(k, "lock"), bytes, sizeof bytes);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_STORE_BUSY);
	assert_int_equal(waitpid(promiser, &status, WNOHANG), 0);
	assert_int_equal(waitpid(holder, &status, WNOHANG), 0);
	told->stop = true;
	assert_int_equal(kit_wait(promiser), 0);
	assert_int_equal(kit_wait(holder), 0);
}

static void test_unsaid(void **state)
{
	struct kit *k = *state;
	unsigned char bytes[40], nothing[40] = {0};

	kit_put(k, "x", "1");
	read_lock(k, bytes, sizeof bytes);
	assert_memory_equal(bytes, nothing, sizeof bytes);
}

static void test_lock_replaced(void **state)
{
	struct kit *k = *state;
	struct store_txn *t;
	pid_t pid;

	pid = start_ready(hold_transaction, k);
	k->options.lock_wait_ms = 200;
	kit_reopen(k);
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_STORE_BUSY);
	told->stop = true;
	kit_wait(pid);
	unlink(kit_path(k, "lock"));
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
	kit_expect(k, "x", "1");
}

/* Readers and writers of a lock file that is replaced again and again: at any time there is one holder of the file that counts. */
static int add_and_replace(struct kit *k, void *argument)
{
	unsigned i;

	(void)argument;
	for (i = 0; i < 300 && !told->stop; i++) {
		unlink(kit_path(k, "lock.old"));
		(void)!rename(kit_path(k, "lock"), kit_path(k, "lock.old"));
		kit_sleep_us(3000);
	}
	return 0;
}

static int take_lock(struct kit *k, void *argument)
{
	struct stat named, mine;
	int fd = -1;

	(void)argument;
	while (!told->stop) {
		if (lock_take(k->store, &fd, holder_now_ms(CLOCK_MONOTONIC) + 5000) != AUTHZ_OK)
			return 1;
		/* replaced while it was held is another matter; here it must have been right when it was taken */
		if (fstat(fd, &mine) == 0 && stat(kit_path(k, "lock"), &named) == 0 && named.st_ino == mine.st_ino)
			told->written++;
		/* every other time with what is open already */
		lock_drop(fd);
		if (told->written % 2 == 0) {
			close(fd);
			fd = -1;
		}
	}
	return 0;
}

static void test_lock_replaced_under_way(void **state)
{
	struct kit *k = *state;
	pid_t replacer, taker;

	memset(told, 0, sizeof *told);
	replacer = kit_start(add_and_replace, k, NULL, 30);
	taker = kit_start(take_lock, k, NULL, 30);
	kit_sleep_us(700000);
	told->stop = true;
	assert_int_equal(kit_wait(replacer), 0);
	assert_int_equal(kit_wait(taker), 0);
	assert_true(told->written > 10);
}

/* A reader that dwells costs the writers a copy, and nothing else. */
static void test_dwelling(void **state)
{
	struct kit *k = *state;
	struct store_txn *readers[6];
	char value[16], got[16];
	size_t length;
	unsigned i;
	bool found;

	for (i = 0; i < 6; i++) {
		snprintf(value, sizeof value, "%u", i);
		assert_int_equal(kit_put(k, "x", value), AUTHZ_OK);
		assert_int_equal(store_begin(k->store, false, &readers[i]), AUTHZ_OK);
	}
	for (i = 0; i < 6; i++) {
		assert_int_equal(store_get(readers[i], "x", 1, got, sizeof got, &length, &found), AUTHZ_OK);
		assert_true(found && length == 1 && got[0] == (char)('0' + i));
		store_abort(readers[i]);
	}
}

static void test_foreign_lock(void **state)
{
	struct kit *k = *state;
	const int fd = open(kit_path(k, kit_current(k)), O_RDONLY | O_CLOEXEC);
	struct store_txn *t;
	uint64_t start = kit_now_us();

	k->options.lock_wait_ms = 200;
	kit_reopen(k);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_STORE_BUSY);
	assert_true(kit_now_us() - start < 1500000);
	close(fd);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	store_abort(t);
}

static void test_commit_writes_not_current(void **state)
{
	struct kit *k = *state;
	unsigned char *before, *after;
	size_t length, after_length;
	unsigned i;
	char twin[2];

	for (i = 1; i < 20; i++) {
		memcpy(twin, kit_current(k), 2);
		before = kit_read(kit_path(k, twin), &length);
		assert_int_equal(kit_write_number(k->store, i), AUTHZ_OK);
		assert_string_not_equal(kit_current(k), twin);
		after = kit_read(kit_path(k, twin), &after_length);
		assert_int_equal(length, after_length);
		assert_memory_equal(before, after, length);
		free(before);
		free(after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"readers wait for no writer and see no half", test_readers, kit_setup, kit_teardown, NULL},
		{"the same on a durable store", test_readers, kit_setup_durable, kit_teardown, NULL},
		{"a reader is not kept out by a writer that holds the lock", test_reader_beside_holder, kit_setup, kit_teardown, NULL},
		{"four writers at once lose nothing (lock MUST 2)", test_two_writers, kit_setup, kit_teardown, NULL},
		{"a store that eight make at once is one store", test_makers, NULL, NULL, NULL},
		{"a stuck lock ends in busy at its deadline (lock MUST 1)", test_busy, kit_setup, kit_teardown, NULL},
		{"who will not wait is told at once", test_no_wait, kit_setup, kit_teardown, NULL},
		{"a stopped holder past its promise is killed and the next writer goes on (holder MUST 1)", test_frozen, kit_setup,
		 kit_teardown, NULL},
		{"a stopped holder within its promise is left alone (holder MUST 1)", test_frozen_within_promise, kit_setup, kit_teardown,
		 NULL},
		{"a holder stopped before it said who it is has as long from when it was first seen", test_silent, kit_setup,
		 kit_teardown, NULL},
		{"a process of another start time or another space of pids is not killed (holder MUST 1)", test_other_process,
		 kit_setup, kit_teardown, NULL},
		{"who let go of the lock is not named in it", test_unsaid, kit_setup, kit_teardown, NULL},
		{"a lock file that was removed is made again", test_lock_replaced, kit_setup, kit_teardown, NULL},
		{"a lock file that is replaced under way locks nobody out for ever (lock MUST 2)", test_lock_replaced_under_way,
		 kit_setup, kit_teardown, NULL},
		{"readers that dwell keep their commits and no writer out", test_dwelling, kit_setup, kit_teardown, NULL},
		{"a stranger's lock on the current twin is busy at the deadline", test_foreign_lock, kit_setup, kit_teardown, NULL},
		{"the twin that is current is never written (commit MUST 1)", test_commit_writes_not_current, kit_setup, kit_teardown,
		 NULL},
	};

	told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests_name("store, readers and writers", tests, NULL, NULL);
}
