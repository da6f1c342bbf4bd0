/* SPDX-License-Identifier: ISC */
/* Stores of one process that keep their files open between transactions. */
#include "store_kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/keep.h"

#define EACH 300 /* transactions of a thread */

static int setup(void **state, bool durable)
{
	const int result = durable ? kit_setup_durable(state) : kit_setup(state);
	struct kit *k = *state;

	assert_int_equal(store_keep_new(&k->options.keep), AUTHZ_OK);
	kit_reopen(k);
	return result;
}

static int setup_volatile(void **state)
{
	return setup(state, false);
}

static int setup_durable(void **state)
{
	return setup(state, true);
}

static int teardown(void **state)
{
	struct kit *k = *state;
	struct store_keep *keep = k->options.keep;

	kit_teardown(state);
	store_keep_free(keep);
	return 0;
}

/* One of several who add to one sum, each with keys of its own. */
struct adder {
	struct store_options options;
	char who;
	unsigned done;
	bool wrong;
};

static enum authz_result add_one(struct store *s, char who, unsigned i)
{
	char value[32] = "", key[32];
	struct store_txn *t;
	size_t length;
	bool found;
	enum authz_result result = store_begin(s, true, &t);

	if (result != AUTHZ_OK)
		return result;
	result = store_get(t, "sum", 3, value, sizeof value - 1, &length, &found);
	snprintf(value, sizeof value, "%lu", strtoul(value, NULL, 10) + 1);
	if (result == AUTHZ_OK)
		result = store_put(t, "sum", 3, value, strlen(value));
	snprintf(key, sizeof key, "%c%u", who, i);
	if (result == AUTHZ_OK)
		result = store_put(t, key, strlen(key), value, strlen(value));
	if (result == AUTHZ_OK)
		return store_commit(t);
	store_abort(t);
	return result;
}

static void *add(void *argument)
{
	struct adder *a = argument;
	struct store *s = NULL;
	unsigned i;

	a->wrong = store_open(&s, &a->options) != AUTHZ_OK;
	for (i = 0; i < EACH && !a->wrong; i++) {
		a->wrong = add_one(s, a->who, i) != AUTHZ_OK;
		a->done += !a->wrong;
	}
	store_close(s);
	return NULL;
}

/* Two threads of this process, the one named and the next. */
static bool two_threads(struct kit *k, char who)
{
	struct adder a[2] = {{.options = k->options, .who = who}, {.options = k->options, .who = (char)(who + 1)}};
	pthread_t threads[2];
	int i;

	for (i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, add, &a[i]) != 0)
			return false;
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return !a[0].wrong && !a[1].wrong && a[0].done == EACH && a[1].done == EACH;
}

static int process(struct kit *k, void *argument)
{
	const char who = *(char *)argument;
	struct adder a = {.options = k->options, .who = who};

	a.options.keep = NULL;
	if (who == 'c' || store_keep_new(&k->options.keep) != AUTHZ_OK) {
		add(&a);
		return a.wrong;
	}
	return two_threads(k, who) ? 0 : 1;
}

static void expect_all(struct kit *k, const char *who)
{
	struct store_txn *t;
	char key[32], value[32];
	size_t length;
	uint64_t records;
	unsigned i;
	bool found;

	snprintf(value, sizeof value, "%zu", strlen(who) * EACH);
	kit_expect(k, "sum", value);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_check(t, NULL, &records), AUTHZ_OK);
	assert_int_equal(records, strlen(who) * EACH + 1);
	for (; *who != '\0'; who++)
		for (i = 0; i < EACH; i++) {
			snprintf(key, sizeof key, "%c%u", *who, i);
			assert_int_equal(store_get(t, key, strlen(key), value, sizeof value, &length, &found), AUTHZ_OK);
			assert_true(found);
		}
	store_abort(t);
	kit_expect_gdbm(k, kit_current(k), records);
}

/* Five writers: two threads here and two of another process that keep, and a process that does not. */
static void test_together(void **state)
{
	struct kit *k = *state;
	char names[2] = {'c', 'd'};
	pid_t pids[2];
	int i;

	k->options.lock_wait_ms = 30000;
	for (i = 0; i < 2; i++)
		pids[i] = kit_start(process, k, &names[i], 60);
	assert_true(two_threads(k, 'a'));
	for (i = 0; i < 2; i++)
		assert_int_equal(kit_wait(pids[i]), 0);
	expect_all(k, "abcde");
}

/* Threads alone, so that a sanitizer of threads sees them. */
static void test_threads(void **state)
{
	struct kit *k = *state;

	assert_true(two_threads(k, 'a'));
	expect_all(k, "ab");
}

static struct kept *kept_spare(struct kit *k)
{
	return keep_twin(k->options.keep, kit_spare(k)[0]);
}

/* After so many transactions both twins are kept. */
static void warm(struct kit *k, uint64_t *n)
{
	const uint64_t until = *n + 3;

	while (*n < until)
		assert_int_equal(kit_write_number(k->store, ++*n), AUTHZ_OK);
	assert_non_null(kept_spare(k)->twin);
	assert_int_equal(kept_spare(k)->sequence + 1, keep_twin(k->options.keep, kit_current(k)[0])->sequence);
}

static void test_used(void **state)
{
	struct kit *k = *state;
	struct twin *twins[2];
	uint64_t n = 0;
	unsigned i;

	warm(k, &n);
	twins[0] = kept_spare(k)->twin;
	twins[1] = keep_twin(k->options.keep, kit_current(k)[0])->twin;
	for (i = 0; i < 10; i++) {
		assert_ptr_equal(kept_spare(k)->twin, twins[i % 2]);
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
	}
	assert_int_equal(kit_expect_number(k), n);
}

/* What others do to the spare while it is kept. */
static void replace(struct kit *k, const char *path)
{
	size_t length;
	unsigned char *bytes = kit_read(path, &length);

	(void)k;
	unlink(path);
	kit_write(path, bytes, length);
	free(bytes);
}

static void cut(struct kit *k, const char *path)
{
	(void)k;
	assert_int_equal(truncate(path, 4096), 0);
}

static void change(struct kit *k, const char *path)
{
	(void)k;
	kit_flip(path, 8192, 1);
}

static void touch(struct kit *k, const char *path)
{
	(void)k;
	assert_int_equal(chmod(path, 0600), 0);
}

static void away(struct kit *k, const char *path)
{
	(void)k;
	unlink(path);
}

static int write_two(struct kit *k, void *argument)
{
	struct store *s = NULL;
	uint64_t n = *(uint64_t *)argument;

	k->options.keep = NULL;
	return store_open(&s, &k->options) == AUTHZ_OK && kit_write_number(s, n + 1) == AUTHZ_OK &&
	       kit_write_number(s, n + 2) == AUTHZ_OK ? 0 : 1;
}

/* Whether the file that was the spare has no name any more: it was copied over, and not written to. */
static bool copied_over(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	return st.st_nlink == 0;
}

static void test_behind_its_back(void **state)
{
	void (*const harm[])(struct kit *, const char *) = {replace, cut, change, touch, away};
	struct kit *k = *state;
	uint64_t n = 0;
	size_t i;
	int fd;

	for (i = 0; i < sizeof harm / sizeof harm[0]; i++) {
		warm(k, &n);
		kit_sleep_us(10000); /* a file system's clock is coarse */
		harm[i](k, kit_path(k, kit_spare(k)));
		fd = open(kit_path(k, kit_spare(k)), O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0 || harm[i] == away);
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
		assert_true(fd < 0 || copied_over(fd));
		assert_int_equal(kit_expect_number(k), n);
		kit_expect_gdbm(k, kit_current(k), kit_records(k, n));
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
		assert_int_equal(kit_expect_number(k), n);
	}
}

/* Another process writes both twins by the rules, so that a journal vouches for them: what is kept here is older. */
static void test_others_write(void **state)
{
	struct kit *k = *state;
	uint64_t n = 0, i;

	for (i = 0; i < 30; i++) {
		warm(k, &n);
		assert_int_equal(kit_child(write_two, k, &n, 30), 0);
		n += 2;
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
		assert_int_equal(kit_expect_number(k), n);
		kit_expect_gdbm(k, kit_current(k), kit_records(k, n));
	}
}

/*
 * The same where the file system's clock did not tick meanwhile: all but the commit is as it was left.  What libgdbm remembers
 * of it is older than the file, which is good, and is written to by whoever opens it anew.
 */
static void test_others_write_at_once(void **state)
{
	struct kit *k = *state;
	struct kept *kept;
	uint64_t n = 0, i;
	int fd;

	for (i = 0; i < 5; i++) {
		warm(k, &n);
		assert_int_equal(kit_child(write_two, k, &n, 30), 0);
		n += 2;
		kept = kept_spare(k);
		fd = open(kit_path(k, kit_spare(k)), O_RDONLY | O_CLOEXEC);
		assert_true(identity_of(fd, &kept->left));
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
		assert_false(copied_over(fd));
		assert_int_equal(kit_expect_number(k), n);
		kit_expect_gdbm(k, kit_current(k), kit_records(k, n));
	}
}

/* Each part of it alone. */
static void test_trust(void **state)
{
	struct kit *k = *state;
	struct header h = {0};
	struct identity other;
	struct kept *kept;
	uint64_t n = 0;

	warm(k, &n);
	kept = kept_spare(k);
	memcpy(h.seal_key, kept->seal_key, sizeof h.seal_key);
	assert_true(keep_trusted(kept, &kept->left, &h, kept->sequence));
	assert_false(keep_trusted(kept, &kept->left, &h, kept->sequence + 2));
	h.seal_key[0]++;
	assert_false(keep_trusted(kept, &kept->left, &h, kept->sequence));
	h.seal_key[0]--;
	other = kept->left;
	other.device++;
	assert_false(keep_trusted(kept, &other, &h, kept->sequence));
	other = kept->left;
	other.inode++;
	assert_false(keep_trusted(kept, &other, &h, kept->sequence));
	other = kept->left;
	other.size++;
	assert_false(keep_trusted(kept, &other, &h, kept->sequence));
	other = kept->left;
	other.changed++;
	assert_false(keep_trusted(kept, &other, &h, kept->sequence));
}

static void test_folder_again(void **state)
{
	struct kit *k = *state;
	struct kit other;
	uint64_t n = 0;

	warm(k, &n);
	kit_folder_only(&other, NULL, false);
	other.options.keep = k->options.keep;
	kit_reopen(&other);
	assert_int_equal(kit_write_number(other.store, 1), AUTHZ_OK);
	assert_int_equal(kit_expect_number(&other), 1);
	assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
	assert_int_equal(kit_expect_number(k), n);
	kit_remove(&other);
}

static void test_unlocked(void **state)
{
	static const char *const files[] = {"a", "b", "lock"};
	struct kit *k = *state;
	uint64_t n = 0;
	size_t i;
	int fd;

	warm(k, &n);
	for (i = 0; i < 3; i++) {
		fd = open(kit_path(k, files[i]), O_RDWR | O_CLOEXEC);
		assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
		close(fd);
	}
}

static void *hold(void *argument)
{
	struct adder *a = argument;
	struct store *s = NULL;
	struct store_txn *t;

	a->wrong = store_open(&s, &a->options) != AUTHZ_OK || store_begin(s, true, &t) != AUTHZ_OK;
	if (a->wrong)
		return NULL;
	__atomic_store_n(&a->done, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&a->done, __ATOMIC_ACQUIRE) == 1)
		kit_sleep_us(500);
	store_abort(t);
	store_close(s);
	return NULL;
}

static void expect_busy(struct kit *k)
{
	struct store_txn *t;
	uint64_t took, start;

	k->options.lock_wait_ms = 300;
	kit_reopen(k);
	start = kit_now_us();
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_STORE_BUSY);
	took = kit_now_us() - start;
	assert_true(took >= 298000 && took < 1500000);
	assert_string_equal(store_subject(k->store), kit_path(k, "lock"));
}

static void test_busy_thread(void **state)
{
	struct kit *k = *state;
	struct adder a = {.options = k->options};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, hold, &a), 0);
	while (__atomic_load_n(&a.done, __ATOMIC_ACQUIRE) == 0)
		kit_sleep_us(200);
	expect_busy(k);
	__atomic_store_n(&a.done, 2, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	assert_false(a.wrong);
	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
}

static void test_busy_process(void **state)
{
	struct kit *k = *state;
	const int fd = open(kit_path(k, "lock"), O_RDWR | O_CLOEXEC);

	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	expect_busy(k);
	close(fd);
	assert_int_equal(kit_put(k, "x", "2"), AUTHZ_OK);
	/* and where the lock file was replaced, by the new one */
	assert_int_equal(unlink(kit_path(k, "lock")), 0);
	assert_int_equal(kit_put(k, "x", "3"), AUTHZ_OK);
	kit_expect(k, "x", "3");
}

static unsigned descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static long resident_kb(void)
{
	char line[128];
	long kb = 0;
	FILE *status = fopen("/proc/self/status", "re");

	while (fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	fclose(status);
	return kb;
}

static int ten_thousand(struct kit *k, void *argument)
{
	uint64_t n = 0;
	unsigned before;
	long kb;

	(void)argument;
	warm(k, &n);
	while (n < 1000)
		if (kit_write_number(k->store, ++n) != AUTHZ_OK)
			return 1;
	before = descriptors();
	kb = resident_kb();
	while (n < 11000)
		if (kit_write_number(k->store, ++n) != AUTHZ_OK)
			return 1;
	return descriptors() == before && resident_kb() < kb + 1024 + KIT_SLACK_KB ? 0 : 2;
}

static void test_no_growth(void **state)
{
	struct kit *k = *state;

	assert_int_equal(kit_child(ten_thousand, k, NULL, 120), 0);
}

/* No room: under each limit on the size of files, with what was kept before, whole or refused. */
static int limits(struct kit *k, void *argument)
{
	uint64_t n = 0;
	struct rlimit l;
	unsigned refused = 0, i;
	enum authz_result result;

	(void)argument;
	signal(SIGXFSZ, SIG_IGN);
	k->growth = 30;
	for (i = 0; i < 300; i++) {
		getrlimit(RLIMIT_FSIZE, &l);
		l.rlim_cur = i % 3 == 0 ? RLIM_INFINITY : (rlim_t)kit_size(kit_path(k, kit_spare(k))) + i % 7 * 3000;
		setrlimit(RLIMIT_FSIZE, &l);
		result = kit_write_growing(k->store, n + 1, k->growth);
		if (result != AUTHZ_OK && result != AUTHZ_STORE_NO_ROOM)
			return 1;
		n += result == AUTHZ_OK;
		refused += result != AUTHZ_OK;
		if (kit_expect_number(k) != n)
			return 2;
	}
	kit_expect_gdbm(k, kit_current(k), kit_records(k, n));
	return refused > 5 && n > 100 ? 0 : 3;
}

static void test_limits(void **state)
{
	struct kit *k = *state;

	assert_int_equal(kit_child(limits, k, NULL, 120), 0);
}

/* The room of a spare that another process keeps open is free again when the spare is made anew. */
static void test_gives_room(void **state)
{
	struct kit *k = *state;
	char value[4000];
	uint64_t n = 0;
	struct stat st;
	int fd;

	memset(value, 'v', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	warm(k, &n);
	fd = open(kit_path(k, kit_spare(k)), O_RDONLY | O_CLOEXEC);
	unlink(kit_path(k, "journal"));
	assert_int_equal(kit_put(k, "x", value), AUTHZ_OK);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"two threads that keep, two of another process and a process that does not lose nothing (keep MUST 3)", test_together,
		 setup_volatile, teardown, NULL},
		{"the same on a durable store", test_together, setup_durable, teardown, NULL},
		{"threads that share a keep lose nothing", test_threads, setup_volatile, teardown, NULL},
		{"twins are kept from one transaction to the next", test_used, setup_volatile, teardown, NULL},
		{"a kept twin that was replaced, cut, changed, touched or removed is not trusted (keep MUST 1)", test_behind_its_back,
		 setup_volatile, teardown, NULL},
		{"a kept twin that another process wrote since is not trusted (keep MUST 1)", test_others_write, setup_volatile,
		 teardown, NULL},
		{"nor is one that another process wrote while the file system's clock stood still (keep MUST 1)",
		 test_others_write_at_once, setup_volatile, teardown, NULL},
		{"each part of what a kept twin is known by counts, its commit too (keep MUST 1)", test_trust, setup_volatile, teardown,
		 NULL},
		{"what was kept of one folder is not used for another", test_folder_again, setup_volatile, teardown, NULL},
		{"between transactions nothing is locked (keep MUST 2)", test_unlocked, setup_volatile, teardown, NULL},
		{"a thread stuck with the lock is busy at the deadline (keep MUST 3)", test_busy_thread, setup_volatile, teardown, NULL},
		{"a process stuck with the lock is busy at the deadline", test_busy_process, setup_volatile, teardown, NULL},
		{"10,000 transactions take no more descriptors nor memory", test_no_growth, setup_volatile, teardown, NULL},
		{"under any limit on the size of files a transaction on kept twins happens whole or is refused", test_limits,
		 setup_volatile, teardown, NULL},
		{"a spare that somebody has open gives its room when it is made anew", test_gives_room, setup_volatile, teardown, NULL},
	};

	return cmocka_run_group_tests_name("store, kept", tests, NULL, NULL);
}
