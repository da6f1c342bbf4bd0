/* SPDX-License-Identifier: ISC */
#include "store_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <gdbm.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void kit_folder_only(struct kit *k, const char *base, bool durable)
{
	memset(k, 0, sizeof *k);
	if (base == NULL)
		base = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
	snprintf(k->folder, sizeof k->folder, "%s/store-XXXXXX", base);
	if (mkdtemp(k->folder) == NULL)
		fail_msg("no scratch folder below %s: %s", base, strerror(errno));
	k->options = (struct store_options){.folder = k->folder, .durable = durable, .lock_wait_ms = 5000, .hold_ms = 20000,
	                                    .boot_id = KIT_BOOT};
}

void kit_make(struct kit *k, const char *base, bool durable)
{
	kit_folder_only(k, base, durable);
	kit_reopen(k);
}

void kit_reopen(struct kit *k)
{
	store_close(k->store);
	if (store_open(&k->store, &k->options) != AUTHZ_OK)
		fail_msg("store_open: %s", store_subject(k->store));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void kit_remove(struct kit *k)
{
	store_close(k->store);
	k->store = NULL;
	nftw(k->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int setup(void **state, bool durable)
{
	struct kit *k = malloc(sizeof *k);

	if (k == NULL)
		return -1;
	kit_make(k, NULL, durable);
	*state = k;
	return 0;
}

int kit_setup(void **state)
{
	return setup(state, false);
}

int kit_setup_durable(void **state)
{
	return setup(state, true);
}

int kit_teardown(void **state)
{
	struct kit *k = *state;

	kit_remove(k);
	free(k);
	return 0;
}

char *kit_path(const struct kit *k, const char *name)
{
	static char paths[4][600];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", k->folder, name);
	return path;
}

static char current_name(const struct kit *k)
{
	char target[2] = "";

	if (readlink(kit_path(k, "current"), target, sizeof target) != 1)
		fail_msg("%s/current is not a link to a twin", k->folder);
	return target[0];
}

const char *kit_current(const struct kit *k)
{
	return current_name(k) == 'a' ? "a" : "b";
}

const char *kit_spare(const struct kit *k)
{
	return current_name(k) == 'a' ? "b" : "a";
}

enum authz_result kit_put(struct kit *k, const char *key, const char *value)
{
	struct store_txn *t;
	enum authz_result result = store_begin(k->store, true, &t);

	if (result != AUTHZ_OK)
		return result;
	result = store_put(t, key, strlen(key), value, strlen(value));
	if (result == AUTHZ_OK)
		return store_commit(t);
	store_abort(t);
	return result;
}

enum authz_result kit_delete(struct kit *k, const char *key)
{
	struct store_txn *t;
	enum authz_result result = store_begin(k->store, true, &t);

	if (result != AUTHZ_OK)
		return result;
	result = store_delete(t, key, strlen(key));
	if (result == AUTHZ_OK)
		return store_commit(t);
	store_abort(t);
	return result;
}

int kit_get(struct kit *k, const char *key, char *value, size_t size, enum authz_result *result)
{
	struct store_txn *t;
	size_t length = 0;
	bool found = false;

	*result = store_begin(k->store, false, &t);
	if (*result != AUTHZ_OK)
		return -2;
	*result = store_get(t, key, strlen(key), value, size - 1, &length, &found);
	store_abort(t);
	value[length] = '\0';
	if (*result != AUTHZ_OK)
		return -2;
	return found ? (int)length : -1;
}

void kit_expect(struct kit *k, const char *key, const char *value)
{
	char got[STORE_VALUE_MAX + 1];
	enum authz_result result;
	int length = kit_get(k, key, got, sizeof got, &result);

	assert_int_equal(result, AUTHZ_OK);
	if (value == NULL) {
		assert_int_equal(length, -1);
		return;
	}
	assert_true(length >= 0);
	assert_string_equal(got, value);
}

void kit_fill(struct kit *k, unsigned count)
{
	struct store_txn *t;
	char key[32];
	unsigned i;

	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	for (i = 0; i < count; i++) {
		snprintf(key, sizeof key, "%s%u", i % 2 ? "left" : "right", i);
		assert_int_equal(store_put(t, key, strlen(key), key, strlen(key)), AUTHZ_OK);
	}
	assert_int_equal(store_commit(t), AUTHZ_OK);
}

unsigned kit_walk(struct store_txn *t, const char *prefix, unsigned steps, unsigned *calls)
{
	unsigned char key[STORE_KEY_MAX];
	char value[100];
	size_t key_length = 0, length;
	unsigned matches = 0, count = 0;
	bool matched;

	do {
		assert_int_equal(store_next(t, prefix, strlen(prefix), steps, key, &key_length, value, sizeof value, &length,
		                            &matched), AUTHZ_OK);
		count++;
		if (!matched)
			continue;
		assert_true(key_length >= strlen(prefix));
		assert_memory_equal(key, prefix, strlen(prefix));
		assert_true(length == key_length && memcmp(value, key, length) == 0);
		matches++;
	} while (key_length > 0);
	if (calls != NULL)
		*calls = count;
	return matches;
}

void kit_expect_stats(struct kit *k, uint64_t sequence, uint64_t records)
{
	struct store_stats stats;
	struct store_txn *t;
	uint64_t checked;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_stats(t, &stats), AUTHZ_OK);
	assert_int_equal(stats.sequence, sequence);
	assert_int_equal(stats.records, records);
	assert_int_equal((long)stats.bytes, kit_size(kit_path(k, kit_current(k))));
	assert_int_equal(store_check(t, NULL, &checked), AUTHZ_OK);
	assert_int_equal(checked, records);
	store_abort(t);
}

/* The ten records of transaction n: the number, and padding that makes its length differ. */
static size_t number_value(uint64_t n, unsigned which, char value[128])
{
	const int length = snprintf(value, 128, "%llu:%.*s", (unsigned long long)n, (int)((n * 7 + which * 13) % 60),
	                            "............................................................");

	return (size_t)length;
}

enum authz_result kit_write_number(struct store *s, uint64_t n)
{
	return kit_write_growing(s, n, 0);
}

enum authz_result kit_write_growing(struct store *s, uint64_t n, unsigned growth)
{
	char key[32], value[128];
	struct store_txn *t;
	unsigned i;
	enum authz_result result = store_begin(s, true, &t);

	if (result != AUTHZ_OK)
		return result;
	for (i = 0; i < 10 && result == AUTHZ_OK; i++) {
		snprintf(key, sizeof key, "p%u", i);
		result = store_put(t, key, strlen(key), value, number_value(n, i, value));
	}
	for (i = 0; i < growth && result == AUTHZ_OK; i++) {
		snprintf(key, sizeof key, "grown%llu-%u", (unsigned long long)n, i);
		result = store_put(t, key, strlen(key), value, number_value(n, i, value));
	}
	snprintf(key, sizeof key, "c%llu", (unsigned long long)n);
	if (result == AUTHZ_OK)
		result = store_put(t, key, strlen(key), value, number_value(n, 10, value));
	snprintf(key, sizeof key, "c%llu", (unsigned long long)n - 3);
	if (result == AUTHZ_OK && n > 3)
		result = store_delete(t, key, strlen(key));
	if (result == AUTHZ_OK)
		return store_commit(t);
	store_abort(t);
	return result;
}

static bool number_record(struct store_txn *t, const char *key, uint64_t n, unsigned which, char *why, size_t size)
{
	char value[128], wanted[128];
	size_t length, wanted_length = number_value(n, which, wanted);
	bool found;
	enum authz_result result = store_get(t, key, strlen(key), value, sizeof value, &length, &found);

	if (result == AUTHZ_OK && found && length == wanted_length && memcmp(value, wanted, length) == 0)
		return true;
	snprintf(why, size, "%s of %llu: result %d, %sfound, \"%.*s\"", key, (unsigned long long)n, (int)result,
	         found ? "" : "not ", (int)length, value);
	return false;
}

uint64_t kit_records(const struct kit *k, uint64_t n)
{
	return n == 0 ? 0 : 10 + (n < 3 ? n : 3) + n * k->growth;
}

static bool number_whole(struct store_txn *t, uint64_t n, unsigned growth, char *why, size_t size)
{
	const struct kit like = {.growth = growth};
	char key[32];
	uint64_t records = 0, c;
	unsigned i;
	enum authz_result result = store_check(t, NULL, &records);

	if (result != AUTHZ_OK || records != kit_records(&like, n)) {
		snprintf(why, size, "check after %llu: result %d, %llu records", (unsigned long long)n, (int)result,
		         (unsigned long long)records);
		return false;
	}
	for (i = 0; i < 10 && n > 0; i++) {
		snprintf(key, sizeof key, "p%u", i);
		if (!number_record(t, key, n, i, why, size))
			return false;
	}
	for (c = n > 3 ? n - 2 : 1; c <= n; c++) {
		snprintf(key, sizeof key, "c%llu", (unsigned long long)c);
		if (!number_record(t, key, c, 10, why, size))
			return false;
	}
	return true;
}

bool kit_number(struct store *s, uint64_t *n, char *why, size_t size)
{
	return kit_number_growing(s, 0, n, why, size);
}

bool kit_number_growing(struct store *s, unsigned growth, uint64_t *n, char *why, size_t size)
{
	struct store_txn *t;
	char value[128] = "";
	size_t length;
	bool found, whole;
	enum authz_result result = store_begin(s, false, &t);

	*n = 0;
	if (result == AUTHZ_OK)
		result = store_get(t, "p0", 2, value, sizeof value - 1, &length, &found);
	if (result != AUTHZ_OK) {
		snprintf(why, size, "reading p0: result %d, %s", (int)result, store_subject(s));
		return false;
	}
	*n = found ? strtoull(value, NULL, 10) : 0;
	whole = number_whole(t, *n, growth, why, size);
	store_abort(t);
	return whole;
}

uint64_t kit_expect_number(struct kit *k)
{
	char why[256];
	uint64_t n;

	if (!kit_number_growing(k->store, k->growth, &n, why, sizeof why))
		fail_msg("%s", why);
	return n;
}

void kit_expect_gdbm(struct kit *k, const char *twin, uint64_t records)
{
	GDBM_FILE file = gdbm_open(kit_path(k, twin), 0, GDBM_READER | GDBM_NOMMAP | GDBM_NOLOCK, 0600, NULL);
	uint64_t seen = 0;
	datum key, next;

	assert_non_null(file);
	for (key = gdbm_firstkey(file); key.dptr != NULL; key = next) {
		seen++;
		next = gdbm_nextkey(file, key);
		free(key.dptr);
	}
	assert_int_equal(gdbm_errno, GDBM_ITEM_NOT_FOUND);
	gdbm_close(file);
	assert_int_equal(seen, records + 1);
}

unsigned char *kit_read(const char *path, size_t *length)
{
	const long size = kit_size(path);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char *bytes = malloc((size_t)size + 1);

	assert_true(fd >= 0);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, (size_t)size), size);
	close(fd);
	*length = (size_t)size;
	return bytes;
}

void kit_write(const char *path, const void *bytes, size_t length)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), (long)length);
	/* not O_TRUNC: ext4 then writes the file out at each close */
	assert_int_equal(ftruncate(fd, (off_t)length), 0);
	close(fd);
}

void kit_flip(const char *path, long at, unsigned char by)
{
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte = (unsigned char)(byte ^ by);
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

long kit_size(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		fail_msg("%s: %s", path, strerror(errno));
	return (long)st.st_size;
}

unsigned long kit_inode(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		fail_msg("%s: %s", path, strerror(errno));
	return (unsigned long)st.st_ino;
}

pid_t kit_start(int (*run)(struct kit *k, void *argument), struct kit *k, void *argument, unsigned seconds)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		signal(SIGALRM, SIG_DFL);
		alarm(seconds);
		_exit(run(k, argument));
	}
	if (pid < 0)
		fail_msg("fork: %s", strerror(errno));
	return pid;
}

int kit_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail_msg("waitpid: %s", strerror(errno));
	return status;
}

int kit_child(int (*run)(struct kit *k, void *argument), struct kit *k, void *argument, unsigned seconds)
{
	return kit_wait(kit_start(run, k, argument, seconds));
}

void kit_sleep_us(long microseconds)
{
	const struct timespec pause = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

uint64_t kit_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
