/* SPDX-License-Identifier: ISC */
/*
 * Writers that are killed.  "--rounds N" (or AUTHZ_KILL_ROUNDS) for more or fewer than 1,000 kills at random instants.
 */
#include "store_kit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long rounds = 1000;
static bool keeping;
static bool traced; /* the system call under way is one of those */

/* Write numbers from *argument on, for ever; each that is acknowledged goes into the pipe. */
struct writer {
	uint64_t first;
	int acknowledged[2];
};

static int write_numbers(struct kit *k, void *argument)
{
	struct writer *w = argument;
	struct store *s = NULL;
	uint64_t n;

	if (keeping && store_keep_new(&k->options.keep) != AUTHZ_OK)
		return 3;
	for (n = w->first;; n++) {
		if (store_open(&s, &k->options) != AUTHZ_OK || kit_write_growing(s, n, k->growth) != AUTHZ_OK) {
			fprintf(stderr, "writing %llu: %s\n", (unsigned long long)n, store_subject(s));
			return 1;
		}
		store_close(s);
		if (write(w->acknowledged[1], &n, sizeof n) != (ssize_t)sizeof n)
			return 2;
	}
}

/* The last number that was acknowledged. */
static uint64_t last_acknowledged(const struct writer *w)
{
	uint64_t numbers[64], last = w->first - 1;
	ssize_t got;

	while ((got = read(w->acknowledged[0], numbers, sizeof numbers)) > 0)
		last = numbers[(size_t)got / sizeof numbers[0] - 1];
	return last;
}

static void kill_once(struct kit *k, long after_us)
{
	struct writer w = {.first = kit_expect_number(k) + 1};
	uint64_t n, last;
	pid_t pid;
	int status;

	assert_int_equal(pipe(w.acknowledged), 0);
	pid = kit_start(write_numbers, k, &w, 60);
	close(w.acknowledged[1]);
	kit_sleep_us(after_us);
	kill(pid, SIGKILL);
	status = kit_wait(pid);
	assert_true(WIFSIGNALED(status));
	last = last_acknowledged(&w);
	close(w.acknowledged[0]);
	n = kit_expect_number(k);
	/* whole, every acknowledged one, and at most the one that was under way */
	assert_true(n == last || n == last + 1);
}

static void kill_rounds(const char *base, bool durable, unsigned growth, long count, long most_us)
{
	struct kit k;
	uint64_t n;
	long i;

	kit_make(&k, base, durable);
	k.growth = growth;
	for (i = 0; i < count; i++) {
		kill_once(&k, random() % most_us);
		if (i % 16 != 0)
			continue;
		n = kit_expect_number(&k);
		kit_expect_gdbm(&k, kit_current(&k), kit_records(&k, n));
	}
	kit_remove(&k);
}

/* A folder in memory, if there is one here. */
static const char *memory(void)
{
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL;
}

static void test_kill_memory(void **state)
{
	(void)state;
	kill_rounds(memory(), false, 0, rounds - rounds / 2, 4000);
}

static void test_kill_disk(void **state)
{
	(void)state;
	kill_rounds(NULL, true, 0, rounds / 2, 12000);
}

/* The writers keep their twins, what looks at them after a kill does not. */
static void test_kill_keeping(void **state)
{
	(void)state;
	keeping = true;
	kill_rounds(memory(), false, 0, rounds / 4, 4000);
	kill_rounds(NULL, true, 0, rounds / 4, 12000);
	kill_rounds(memory(), false, 40, rounds / 20, 4000);
	keeping = false;
}

/* Buckets are split, the directory moves and the file grows. */
static void test_kill_growing(void **state)
{
	long left;

	(void)state;
	for (left = rounds / 5; left > 0; left -= 50)
		kill_rounds(memory(), false, 40, left < 50 ? left : 50, 4000);
}

/* Does this system call change anything that outlives the process?  To be killed at another is to be killed after the last. */
static bool leaves_something(uint64_t number)
{
	static const uint64_t some[] = {SYS_openat, SYS_write, SYS_pwrite64, SYS_ftruncate, SYS_fsync, SYS_flock, SYS_unlinkat,
	                                SYS_symlinkat, SYS_renameat, SYS_renameat2, SYS_close, SYS_dup3};
	size_t i;

	for (i = 0; i < sizeof some / sizeof some[0]; i++)
		if (number == some[i])
			return true;
	return false;
}

/* Go on until the next such system call begins or ends; true when the child is over. */
static bool step(pid_t pid, int *status)
{
	struct __ptrace_syscall_info info;
	bool stop = false;

	while (!stop) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0)
			fail_msg("ptrace: %s", strerror(errno));
		*status = kit_wait(pid);
		if (WIFEXITED(*status) || WIFSIGNALED(*status))
			return true;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0)
			fail_msg("ptrace: %s", strerror(errno));
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			traced = leaves_something(info.entry.nr);
		stop = traced;
	}
	return false;
}

static int traced_transaction(struct kit *k, void *argument)
{
	struct store *s = NULL;

	if (keeping && store_keep_new(&k->options.keep) != AUTHZ_OK)
		return 3;
	/* two before, with which both twins are kept */
	if (store_open(&s, &k->options) != AUTHZ_OK)
		return 3;
	if (keeping && (kit_write_number(s, *(uint64_t *)argument - 2) != AUTHZ_OK ||
	                kit_write_number(s, *(uint64_t *)argument - 1) != AUTHZ_OK))
		return 3;
	if (!keeping)
		store_close(s);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		return 3;
	raise(SIGSTOP);
	return (keeping || store_open(&s, &k->options) == AUTHZ_OK) && kit_write_number(s, *(uint64_t *)argument) == AUTHZ_OK ? 0 : 1;
}

/* A child that stopped itself, ready for its steps. */
static void trace(pid_t pid)
{
	assert_true(WIFSTOPPED(kit_wait(pid)));
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD), 0);
	traced = false;
}

/* Killed at its stop number "stops".  False: it had fewer, and was done. */
static bool kill_after(pid_t pid, unsigned stops)
{
	int status;

	trace(pid);
	for (; stops > 0; stops--)
		if (step(pid, &status)) {
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
			return false;
		}
	kill(pid, SIGKILL);
	kit_wait(pid);
	return true;
}

/* One transaction. */
static bool kill_at(struct kit *k, uint64_t n, unsigned stops)
{
	return kill_after(kit_start(traced_transaction, k, &n, 60), stops);
}

/* The spare as the journal of before knows it. */
struct before {
	struct stat spare, journal;
	char name[2];
};

static void look_before(struct kit *k, struct before *b)
{
	memset(b, 0, sizeof *b);
	memcpy(b->name, kit_spare(k), 2);
	assert_int_equal(stat(kit_path(k, b->name), &b->spare), 0);
	(void)!stat(kit_path(k, "journal"), &b->journal);
}

/* Whoever begins with the spare has put the journal away first. */
static void expect_no_stale_journal(struct kit *k, const struct before *b)
{
	struct stat now;

	if (stat(kit_path(k, "journal"), &now) != 0 || now.st_ctim.tv_nsec != b->journal.st_ctim.tv_nsec)
		return;
	assert_int_equal(stat(kit_path(k, b->name), &now), 0);
	assert_true(now.st_ino == b->spare.st_ino && now.st_size == b->spare.st_size);
	assert_true(now.st_ctim.tv_nsec == b->spare.st_ctim.tv_nsec);
}

/* With a journal of the transaction before, or without one: then the spare is made anew. */
static void kill_everywhere(bool durable, bool journal)
{
	struct kit k;
	struct before before;
	uint64_t n;
	unsigned stops;
	bool more = true;

	kit_make(&k, NULL, durable);
	for (n = 1; n <= 4; n++)
		assert_int_equal(kit_write_number(k.store, n), AUTHZ_OK);
	for (stops = 1; more; stops++) {
		if (!journal)
			unlink(kit_path(&k, "journal"));
		n = kit_expect_number(&k);
		look_before(&k, &before);
		more = kill_at(&k, n + 1, stops);
		expect_no_stale_journal(&k, &before);
		/* it happened or it did not, and the next ones build on that: the second and third meet both twins again */
		assert_in_range(kit_expect_number(&k), more ? n : n + 1, n + 1);
		for (n = kit_expect_number(&k) + 1; kit_expect_number(&k) < n + 2;)
			assert_int_equal(kit_write_number(k.store, kit_expect_number(&k) + 1), AUTHZ_OK);
	}
	assert_true(stops > 60);
	kit_remove(&k);
}

static void test_each_call(void **state)
{
	(void)state;
	kill_everywhere(false, true);
	kill_everywhere(true, true);
}

static void test_each_call_keeping(void **state)
{
	struct kit k;
	uint64_t n, now;
	unsigned stops;
	int durable;
	bool more;

	(void)state;
	keeping = true;
	for (durable = 0; durable < 2; durable++) {
		kit_make(&k, NULL, durable);
		for (stops = 1, n = 3, more = true; more; stops++, n = now + 3) {
			for (now = kit_expect_number(&k); now < n - 3;)
				assert_int_equal(kit_write_number(k.store, ++now), AUTHZ_OK);
			more = kill_at(&k, n, stops);
			now = kit_expect_number(&k);
			assert_in_range(now, more ? n - 1 : n, n);
			assert_int_equal(kit_write_number(k.store, now + 1), AUTHZ_OK);
			assert_int_equal(kit_write_number(k.store, now + 2), AUTHZ_OK);
			now = kit_expect_number(&k);
		}
		assert_true(stops > 40);
		kit_remove(&k);
	}
	keeping = false;
}

static void test_each_call_copying(void **state)
{
	(void)state;
	kill_everywhere(false, false);
	kill_everywhere(true, false);
}

/* A reader stays at the twin whose turn it is, which so is put away; she sees her commit whatever becomes of the writer. */
static void kill_beside_reader(bool durable)
{
	struct kit k;
	struct store *reader;
	struct store_txn *t;
	char value[128] = "";
	size_t length;
	uint64_t n;
	unsigned stops;
	bool found, more = true;

	kit_make(&k, NULL, durable);
	for (n = 1; n <= 4; n++)
		assert_int_equal(kit_write_number(k.store, n), AUTHZ_OK);
	for (stops = 1; more; stops++) {
		n = kit_expect_number(&k);
		assert_int_equal(store_open(&reader, &k.options), AUTHZ_OK);
		assert_int_equal(store_begin(reader, false, &t), AUTHZ_OK);
		assert_int_equal(kit_write_number(k.store, n + 1), AUTHZ_OK);
		more = kill_at(&k, n + 2, stops);
		assert_in_range(kit_expect_number(&k), more ? n + 1 : n + 2, n + 2);
		assert_int_equal(store_get(t, "p0", 2, value, sizeof value - 1, &length, &found), AUTHZ_OK);
		assert_int_equal(strtoull(value, NULL, 10), n);
		store_abort(t);
		store_close(reader);
		for (n = kit_expect_number(&k) + 1; kit_expect_number(&k) < n + 2;)
			assert_int_equal(kit_write_number(k.store, kit_expect_number(&k) + 1), AUTHZ_OK);
	}
	assert_true(stops > 60);
	kit_remove(&k);
}

static void test_each_call_putting_away(void **state)
{
	(void)state;
	kill_beside_reader(false);
	kill_beside_reader(true);
}

/* Reads a whole number; how far it is to be let go is told by its system calls. */
static int traced_reader(struct kit *k, void *argument)
{
	struct store *s = NULL;
	char why[256];
	uint64_t n;

	(void)argument;
	if (store_open(&s, &k->options) != AUTHZ_OK || ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		return 3;
	raise(SIGSTOP);
	if (kit_number(s, &n, why, sizeof why))
		return 0;
	fprintf(stderr, "%s\n", why);
	return 1;
}

/* Start a reader and stop it when it has read the link. */
static pid_t reader_at_link(struct kit *k)
{
	struct __ptrace_syscall_info info = {0};
	pid_t pid = kit_start(traced_reader, k, NULL, 60);
	bool link = false;

	trace(pid);
	while (!link || info.op != PTRACE_SYSCALL_INFO_EXIT) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
		assert_true(WIFSTOPPED(kit_wait(pid)));
		assert_true(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0);
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			link = info.entry.nr == SYS_readlinkat;
	}
	return pid;
}

/* What it read names a twin that has become the spare since, and that a writer who was killed left half written. */
static void test_late_reader(void **state)
{
	struct kit k;
	uint64_t n;
	unsigned stops;
	bool more = true;
	pid_t reader;

	(void)state;
	kit_make(&k, NULL, false);
	for (n = 1; n <= 4; n++)
		assert_int_equal(kit_write_number(k.store, n), AUTHZ_OK);
	for (stops = 1; more; stops++) {
		reader = reader_at_link(&k);
		n = kit_expect_number(&k);
		assert_int_equal(kit_write_number(k.store, n + 1), AUTHZ_OK);
		more = kill_at(&k, n + 2, stops);
		assert_int_equal(ptrace(PTRACE_DETACH, reader, NULL, NULL), 0);
		assert_int_equal(kit_wait(reader), 0);
		for (n = kit_expect_number(&k); n % 4 != 0; n++)
			assert_int_equal(kit_write_number(k.store, n + 1), AUTHZ_OK);
	}
	kit_remove(&k);
}

static int traced_making(struct kit *k, void *argument)
{
	struct store *s = NULL;

	(void)argument;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		return 3;
	raise(SIGSTOP);
	return store_open(&s, &k->options) == AUTHZ_OK ? 0 : 1;
}

static bool kill_making_at(struct kit *k, unsigned stops)
{
	return kill_after(kit_start(traced_making, k, NULL, 60), stops);
}

static void test_making(void **state)
{
	struct kit k;
	unsigned stops;
	bool more = true;

	(void)state;
	for (stops = 1; more; stops++) {
		kit_folder_only(&k, NULL, true);
		more = kill_making_at(&k, stops);
		kit_reopen(&k);
		assert_int_equal(kit_write_number(k.store, 1), AUTHZ_OK);
		assert_int_equal(kit_expect_number(&k), 1);
		kit_remove(&k);
	}
}

static void read_rounds(int argc, char **argv)
{
	const char *text = getenv("AUTHZ_KILL_ROUNDS");

	if (argc == 3 && strcmp(argv[1], "--rounds") == 0)
		text = argv[2];
	if (text != NULL && atol(text) > 0)
		rounds = atol(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{"every acknowledged transaction is there after kill -9 at a random instant and the file walks clean, in memory",
		 test_kill_memory, NULL, NULL, NULL},
		{"every acknowledged transaction is there after kill -9 at a random instant and the file walks clean, on the disk",
		 test_kill_disk, NULL, NULL, NULL},
		{"the same of writers that keep their twins open", test_kill_keeping, NULL, NULL, NULL},
		{"the same while the store grows", test_kill_growing, NULL, NULL, NULL},
		{"a writer killed before and after each of its system calls leaves the transaction whole or not begun (commit MUST 2)",
		 test_each_call, NULL, NULL, NULL},
		{"a writer that keeps its twins, killed before and after each of its system calls, leaves the transaction whole or not "
		 "begun (commit MUST 2)", test_each_call_keeping, NULL, NULL, NULL},
		{"a writer that copies, killed before and after each of its system calls, leaves the transaction whole or not begun",
		 test_each_call_copying, NULL, NULL, NULL},
		{"so does one that puts away a twin that a reader is at, and the reader sees her commit", test_each_call_putting_away,
		 NULL, NULL, NULL},
		{"a reader that looked at the link before others wrote and were killed sees a whole commit (store MUST 1)",
		 test_late_reader, NULL, NULL, NULL},
		{"the maker of a store killed before and after each of its system calls leaves none or a whole one", test_making, NULL,
		 NULL, NULL},
	};

	srandom((unsigned)getpid());
	read_rounds(argc, argv);
	return cmocka_run_group_tests_name("store, killed", tests, NULL, NULL);
}
