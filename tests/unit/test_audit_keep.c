/* SPDX-License-Identifier: ISC */
/* What a service keeps of the audit between two records: host/audit_keep.c, and what host/audit_lock.c does with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/audit_file.h"
#include "host/audit_keep.h"
#include "host/machine.h"
#include "host/refusals.h"
#include "scratch.h"
#include "store/holder.h"

static const struct principal portal = {.uid = 1001, .name = "portal", .loginuid = UINT32_MAX};
static char folder[SCRATCH_SIZE];
static struct machine m; /* keeps */
static struct machine other; /* as another process, which keeps nothing */

static int setup(void **state)
{
	(void)state;
	scratch_make(folder);
	m = (struct machine){.hold_ms = 4000, .config = {.audit_file = true, .audit_max_bytes = 1 << 20, .audit_keep = 4}};
	snprintf(m.audit_folder, sizeof m.audit_folder, "%s/audit", folder);
	scratch_folder(m.audit_folder);
	other = m;
	m.audit = audit_keep_new();
	return m.audit != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	audit_keep_free(m.audit);
	scratch_remove(folder);
	return 0;
}

static enum authz_result record(struct machine *by, const char *detail)
{
	const struct audit_event e = {.event = "token.redeem", .caller = &portal, .detail = detail};

	return audit_outcome(by, &e, 0, AUTHZ_OK, "");
}

/* The numbers and details of a file's records: "1a 2b". */
static const char *records(const char *name)
{
	static char all[1024];
	char *text = scratch_read(scratch_path(m.audit_folder, name), NULL), *line, *rest = text;

	all[0] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%ld%s", all[0] != '\0' ? " " : "",
		         strtol(strstr(line, "seq=") + 4, NULL, 10), strrchr(line, ' ') + 1);
	free(text);
	return all;
}

static unsigned descriptors(void)
{
	DIR *open = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(open);
	while (readdir(open) != NULL)
		count++;
	closedir(open);
	return count;
}

static void remains_open(void **state)
{
	unsigned before;

	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	before = descriptors();
	assert_int_equal(record(&m, "b"), AUTHZ_OK);
	assert_int_equal(record(&other, "c"), AUTHZ_OK);
	assert_int_equal(record(&m, "d"), AUTHZ_OK);
	assert_int_equal(descriptors(), before);
	assert_string_equal(records(AUDIT_FILE), "1a 2b 3c 4d");
}

static void rotated(void **state)
{
	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	other.config.audit_max_bytes = 1;
	assert_int_equal(record(&other, "b"), AUTHZ_OK);
	assert_int_equal(record(&m, "c"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "2b 3c");
	m.config.audit_max_bytes = 1;
	assert_int_equal(record(&m, "d"), AUTHZ_OK);
	assert_int_equal(record(&m, "e"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "5e");
	assert_string_equal(records("audit.log.3"), "1a");
}

static void removed(const char *name)
{
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	assert_int_equal(unlink(scratch_path(m.audit_folder, name)), 0);
	assert_int_equal(record(&m, "b"), AUTHZ_OK);
	assert_int_equal(access(scratch_path(m.audit_folder, name), F_OK), 0); /* made anew by us, before anybody else could */
	assert_int_equal(record(&other, "c"), AUTHZ_OK);
	assert_int_equal(record(&m, "d"), AUTHZ_OK);
}

static void log_removed(void **state)
{
	(void)state;
	removed(AUDIT_FILE);
	assert_string_equal(records(AUDIT_FILE), "2b 3c 4d");
}

static void others_removed(void **state)
{
	(void)state;
	removed(AUDIT_NUMBER);
	removed(AUDIT_LOCK);
	removed(REFUSALS_FILE);
	assert_string_equal(records(AUDIT_FILE), "1a 2b 3c 4d 5a 6b 7c 8d 9a 10b 11c 12d");
}

/* What is kept open is no better than what is opened: each part, and the folder, made anybody's between two records. */
static void made_anybodys(void **state)
{
	static const char *const names[] = {AUDIT_FILE, AUDIT_NUMBER, AUDIT_LOCK, ""};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_int_equal(record(&m, "a"), AUTHZ_OK);
		assert_int_equal(chmod(scratch_path(m.audit_folder, names[i]), 0777), 0);
		assert_int_equal(record(&m, "b"), AUTHZ_AUDIT_LOST);
		assert_int_equal(chmod(scratch_path(m.audit_folder, names[i]), *names[i] == '\0' ? 0700 : 0600), 0);
	}
	assert_int_equal(record(&m, "c"), AUTHZ_OK);
	assert_null(strchr(records(AUDIT_FILE), 'b'));
}

/* A count that is older than the logs, as after a power cut, and a current log that has only the end of an early record. */
static void stale_count(void **state)
{
	const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	char *early;

	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	early = scratch_read(scratch_path(m.audit_folder, AUDIT_NUMBER), NULL);
	assert_int_equal(record(&m, "b"), AUTHZ_OK);
	assert_int_equal(record(&m, "c"), AUTHZ_OK);
	scratch_write(scratch_path(m.audit_folder, AUDIT_NUMBER), early);
	free(early);
	assert_int_equal(utimensat(AT_FDCWD, scratch_path(m.audit_folder, AUDIT_NUMBER), long_ago, 0), 0);
	assert_int_equal(record(&m, "d"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "1a 2b 3c 4d");
	assert_int_equal(rename(scratch_path(m.audit_folder, AUDIT_FILE), scratch_path(m.audit_folder, AUDIT_FILE_OLD)), 0);
	scratch_write(scratch_path(m.audit_folder, AUDIT_FILE), "2026-11-21T07:00:00.000000Z seq=2 event=e\n");
	assert_int_equal(chmod(scratch_path(m.audit_folder, AUDIT_FILE), 0600), 0);
	assert_int_equal(unlink(scratch_path(m.audit_folder, AUDIT_NUMBER)), 0);
	assert_int_equal(record(&m, "e"), AUTHZ_OK);
	assert_non_null(strstr(records(AUDIT_FILE), "5e"));
}

static void replaced(void **state)
{
	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	assert_int_equal(unlink(scratch_path(m.audit_folder, AUDIT_FILE)), 0);
	assert_int_equal(symlink(scratch_path(folder, "elsewhere"), scratch_path(m.audit_folder, AUDIT_FILE)), 0);
	assert_int_equal(record(&m, "b"), AUTHZ_AUDIT_LOST);
	assert_int_not_equal(access(scratch_path(folder, "elsewhere"), F_OK), 0);
	assert_int_equal(unlink(scratch_path(m.audit_folder, AUDIT_FILE)), 0);
	assert_int_equal(record(&m, "c"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "3c");
}

static void another_folder(void **state)
{
	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	assert_int_equal(rename(m.audit_folder, scratch_path(folder, "old")), 0);
	assert_int_equal(record(&m, "b"), AUTHZ_AUDIT_LOST);
	scratch_folder(m.audit_folder);
	assert_int_equal(record(&m, "c"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "1c");
}

/* Another process made the lock's file anew, and holds that. */
static void others_new_lock(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	assert_int_equal(unlink(scratch_path(m.audit_folder, AUDIT_LOCK)), 0);
	fd = open(scratch_path(m.audit_folder, AUDIT_LOCK), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(record(&m, "b"), AUTHZ_AUDIT_LOST);
	close(fd);
	assert_int_equal(record(&m, "c"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "1a 2c");
}

static void others_lock(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	fd = open(scratch_path(m.audit_folder, AUDIT_LOCK), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0); /* nothing is locked in between */
	assert_int_equal(record(&m, "b"), AUTHZ_AUDIT_LOST);
	close(fd);
	assert_int_equal(record(&m, "c"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "1a 2c");
}

static void half_a_line(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	fd = open(scratch_path(m.audit_folder, AUDIT_FILE), O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, "seq=7 was killed here", 21), 21);
	close(fd);
	assert_int_equal(record(&m, "b"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "1a 7here 2b");
}

/* A new log that ends, in the middle of a line, just where the last record of ours ended in the old one. */
static void half_a_line_of_that_length(void **state)
{
	struct stat st;
	char *half;

	(void)state;
	assert_int_equal(record(&m, "a"), AUTHZ_OK);
	assert_int_equal(stat(scratch_path(m.audit_folder, AUDIT_FILE), &st), 0);
	assert_int_equal(rename(scratch_path(m.audit_folder, AUDIT_FILE), scratch_path(m.audit_folder, AUDIT_FILE_OLD)), 0);
	half = malloc((size_t)st.st_size + 1);
	assert_non_null(half);
	snprintf(half, (size_t)st.st_size + 1, "seq=7 %*s", (int)st.st_size - 6, "here");
	scratch_write(scratch_path(m.audit_folder, AUDIT_FILE), half);
	free(half);
	assert_int_equal(chmod(scratch_path(m.audit_folder, AUDIT_FILE), 0600), 0);
	assert_int_equal(record(&m, "b"), AUTHZ_OK);
	assert_string_equal(records(AUDIT_FILE), "7here 2b");
}

static void one_has_it(void **state)
{
	uint64_t before;

	(void)state;
	assert_non_null(audit_keep_enter(m.audit));
	before = holder_now_ms(CLOCK_MONOTONIC);
	assert_int_equal(record(&m, "a"), AUTHZ_AUDIT_LOST);
	assert_in_range(holder_now_ms(CLOCK_MONOTONIC) - before, AUDIT_WAIT_MS, AUDIT_WAIT_MS + 2000);
	audit_keep_leave(m.audit);
	assert_int_equal(record(&m, "b"), AUTHZ_OK);
}

enum { THREADS = 8, EACH = 20 };

static void *record_many(void *arg)
{
	struct machine own = m;
	int i;

	(void)arg;
	for (i = 0; i < EACH; i++)
		if (record(&own, "x") != AUTHZ_OK)
			return &m;
	return NULL;
}

static void many_threads(void **state)
{
	pthread_t threads[THREADS];
	const char *all;
	bool seen[THREADS * EACH + 1] = {false};
	void *failed;
	char *end;
	long number;
	int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, record_many, NULL), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	all = records(AUDIT_FILE);
	for (i = 0; *all != '\0'; all = end + strspn(end, "x "), i++) {
		number = strtol(all, &end, 10);
		assert_in_range(number, 1, THREADS * EACH);
		assert_false(seen[number]);
		seen[number] = true;
	}
	assert_int_equal(i, THREADS * EACH);
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what is open stays so, beside a process that keeps nothing", remains_open),
		TEST("a log that another process rotated is left, and so is one's own (audit_lock MUST 4)", rotated),
		TEST("a log that was removed is made anew (audit_lock MUST 4)", log_removed),
		TEST("so are the other files, and no number is given twice (audit_lock MUST 4, audit_file MUST 2)", others_removed),
		TEST("what is no file in a log's place is not followed, nor is the file that was there (audit_lock MUST 4)", replaced),
		TEST("a folder or file that others may write by now is not used, though it is open (audit_lock MUST 3)", made_anybodys),
		TEST("a count older than the logs gives no number twice, nor does a log that ends with an early one (audit_file MUST 2)", stale_count),
		TEST("another folder at the path is the one that counts (audit_lock MUST 4)", another_folder),
		TEST("another process's lock is respected, and none is left between two records", others_lock),
		TEST("a lock's file that another process made anew is the one that counts (audit_lock MUST 4)", others_new_lock),
		TEST("what another process left half written is not glued to (audit_file MUST 3)", half_a_line),
		TEST("nor what is half written in a new log, as long as the old one was (audit_file MUST 3)", half_a_line_of_that_length),
		TEST("a thread waits a short while for another (audit_lock MUST 2)", one_has_it),
		TEST("many threads at once write each record once, and count it", many_threads),
	};

	return cmocka_run_group_tests_name("audit_keep", tests, NULL, NULL);
}
