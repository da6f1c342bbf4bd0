/* SPDX-License-Identifier: ISC */
/* The audit's file: host/audit_file.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/audit_file.h"
#include "host/audit_lock.h"
#include "scratch.h"

#define HOLD_MS 4000
#define MOST (1u << 20)
#define KEEP 4

/* A record as audit.c writes it: counted, and its number in the line. */
static uint64_t record_keeping(const char *text, uint64_t most, unsigned keep)
{
	struct audit_folder own = AUDIT_FOLDER_NONE;
	struct audit_file f;
	uint64_t number = 0;
	char line[512];

	if (!audit_lock_take(&own, test_folder, HOLD_MS))
		return 0;
	if (!audit_file_open(&f, &own)) {
		audit_folder_close(&own);
		return 0;
	}
	number = audit_file_count(&f);
	snprintf(line, sizeof line, "seq=%" PRIu64 " %s", number, text);
	if (!audit_file_append(&f, line, most, keep))
		number = 0;
	audit_folder_close(&own);
	return number;
}

static uint64_t record(const char *text, uint64_t most)
{
	return record_keeping(text, most, KEEP);
}

static char *log_text(const char *name)
{
	return scratch_read(scratch_path(test_folder, name), NULL);
}

static void lines(void **state)
{
	char *text, *second;

	(void)state;
	assert_int_equal(record("first", MOST), 1);
	assert_int_equal(record("second", MOST), 2);
	text = log_text(AUDIT_FILE);
	second = strchr(text, '\n');
	assert_non_null(second);
	*second++ = '\0';
	assert_int_equal(strlen(text), AUDIT_STAMP_SIZE - 1 + strlen(" seq=1 first"));
	assert_int_equal(strspn(text, "0123456789-T:.Z"), AUDIT_STAMP_SIZE - 1);
	assert_string_equal(text + AUDIT_STAMP_SIZE - 1, " seq=1 first");
	assert_string_equal(second + AUDIT_STAMP_SIZE - 1, " seq=2 second\n");
	assert_true(strncmp(second, text, AUDIT_STAMP_SIZE - 1) >= 0);
	free(text);
}

static void own_mode(void **state)
{
	struct stat st;

	(void)state;
	umask(0);
	assert_int_equal(record("first", MOST), 1);
	umask(022);
	assert_int_equal(stat(scratch_path(test_folder, AUDIT_FILE), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(scratch_path(test_folder, AUDIT_NUMBER), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

enum { WRITERS = 8, EACH = 50 };

static int write_many(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < EACH; i++)
		if (record("one of many", MOST) == 0)
			return 1;
	return 0;
}

static void concurrent(void **state)
{
	static unsigned char seen[WRITERS * EACH + 1];
	pid_t pids[WRITERS];
	char *text, *line, *rest;
	int i, status, count = 0;

	(void)state;
	memset(seen, 0, sizeof seen);
	for (i = 0; i < WRITERS; i++)
		if ((pids[i] = fork()) == 0)
			_exit(write_many(NULL));
	for (i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	rest = text = log_text(AUDIT_FILE);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		uint64_t number = strtoull(line + AUDIT_STAMP_SIZE + strlen("seq="), NULL, 10);

		assert_true(number >= 1 && number <= WRITERS * EACH);
		assert_false(seen[number]);
		seen[number] = 1;
		assert_non_null(strstr(line, " one of many"));
		count++;
	}
	assert_int_equal(count, WRITERS * EACH);
	free(text);
}

static int within_limit(void *arg)
{
	struct rlimit limit = {.rlim_cur = *(rlim_t *)arg, .rlim_max = *(rlim_t *)arg};

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	return record("a record that does not fit whole any more", MOST) == 0 ? 0 : 1;
}

static void disk_full(void **state)
{
	char *before, *after;
	struct stat st;
	rlim_t limit;
	size_t cut;

	(void)state;
	/* longer than what stands in the folder's other files, which the limit is not to hit */
	assert_int_equal(record("a first record that is long 12345678901234567890123456789012345678901234567890", MOST), 1);
	assert_int_equal(stat(scratch_path(test_folder, AUDIT_FILE), &st), 0);
	before = log_text(AUDIT_FILE);
	for (cut = 0; cut < 60; cut += 5) {
		limit = (rlim_t)st.st_size + cut;
		assert_int_equal(scratch_process(within_limit, &limit), 0);
		after = log_text(AUDIT_FILE);
		assert_string_equal(after, before);
		free(after);
	}
	free(before);
	assert_true(record("second", MOST) > 1);
}

static void no_number(void **state)
{
	rlim_t limit = 0;
	struct stat st;

	(void)state;
	/* a limit of 0: neither the number nor the line; so nothing, not a record without a number */
	assert_int_equal(scratch_process(within_limit, &limit), 0);
	assert_true(stat(scratch_path(test_folder, AUDIT_FILE), &st) != 0 || st.st_size == 0);
	assert_int_equal(record("first", MOST), 1);
}

static void rotation(void **state)
{
	struct stat st;
	char *old, *now;
	int i;

	(void)state;
	for (i = 0; i < 30; i++)
		assert_true(record("0123456789012345678901234567890123456789012345678901234567890123456789", 1000) > 0);
	assert_int_equal(stat(scratch_path(test_folder, AUDIT_FILE_OLD), &st), 0);
	assert_true(st.st_size >= 1000 && st.st_size < 1200);
	old = log_text(AUDIT_FILE_OLD);
	now = log_text(AUDIT_FILE);
	assert_int_equal(old[strlen(old) - 1], '\n');
	/* nothing is lost between the two: the numbers go on */
	assert_int_equal(strtoull(strrchr(old, 'q') + 2, NULL, 10) + 1, strtoull(strchr(now, 'q') + 2, NULL, 10));
	assert_non_null(strstr(now, "seq=30 "));
	free(old);
	free(now);
}

static const char *log_path(unsigned age)
{
	char name[AUDIT_NAME_SIZE];

	audit_file_name(name, age);
	return scratch_path(test_folder, name);
}

static unsigned logs_there(void)
{
	unsigned age, count = 0;

	for (age = 0; age <= AUDIT_KEEP_MAX + 1; age++)
		count += access(log_path(age), F_OK) == 0;
	return count;
}

/* The numbers of the records in all logs, the oldest first, follow each other; how many, and the last of them. */
static unsigned run_of_numbers(uint64_t *last)
{
	char *text, *line, *rest;
	unsigned count = 0, age;
	uint64_t number;

	*last = 0;
	for (age = AUDIT_KEEP_MAX + 2; age-- > 0;) {
		if (access(log_path(age), F_OK) != 0)
			continue;
		rest = text = scratch_read(log_path(age), NULL);
		while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
			number = strtoull(line + AUDIT_STAMP_SIZE + strlen("seq="), NULL, 10);
			if (*last != 0 && number != *last + 1)
				fail_msg("%" PRIu64 " comes after %" PRIu64, number, *last);
			*last = number;
			count++;
		}
		free(text);
	}
	return count;
}

#define TEN "0123456789"

/* A rotation at each record but the first. */
static void rotate_times(unsigned times, unsigned keep)
{
	while (times-- > 0)
		assert_true(record_keeping(TEN, 1, keep) > 0);
}

static void keeps_as_many(void **state)
{
	static const unsigned keeps[] = {1, 2, 4, 7, AUDIT_KEEP_MAX};
	uint64_t last, before = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof keeps / sizeof keeps[0]; i++) {
		rotate_times(keeps[i] + 5, keeps[i]);
		assert_int_equal(logs_there(), keeps[i] + 1);
		assert_int_equal(run_of_numbers(&last), keeps[i] + 1);
		assert_int_equal(last, before + keeps[i] + 5);
		before = last;
	}
	rotate_times(1, 3); /* fewer from now on */
	assert_int_equal(logs_there(), 4);
	assert_int_equal(run_of_numbers(&last), 4);
}

/* Killed before the renames, between any two of them, or before the new file was made. */
static void half_a_rotation(void **state)
{
	unsigned done, age;
	uint64_t last;
	char from[256];

	(void)state;
	for (done = 0; done <= KEEP; done++) {
		rotate_times(KEEP + 3, KEEP);
		for (age = KEEP; age > KEEP - done; age--) {
			snprintf(from, sizeof from, "%s", log_path(age - 1));
			assert_int_equal(rename(from, log_path(age)), 0);
		}
		assert_int_equal(run_of_numbers(&last), KEEP + (done == 0));
		rotate_times(1, KEEP);
		assert_int_equal(run_of_numbers(&last), KEEP + 1); /* nothing was dropped for the gap */
		rotate_times(1, KEEP);
		assert_int_equal(run_of_numbers(&last), KEEP + 1);
	}
}

static int rotate_on(void *arg)
{
	for (;;)
		if (record_keeping(TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN, 300, KEEP) > 0)
			++*(volatile unsigned *)arg;
	return 0;
}

static void killed_rotations(void **state)
{
	unsigned *written = mmap(NULL, sizeof *written, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct timespec pause = {0};
	uint64_t last, before = 0;
	unsigned i, told;
	pid_t pid;

	(void)state;
	assert_true(written != MAP_FAILED);
	for (i = 0; i < 150; i++) {
		*written = 0;
		pid = fork();
		if (pid == 0)
			_exit(rotate_on(written));
		pause.tv_nsec = 1000000 + i * 37 % 100 * 50000;
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		told = *written;
		(void)run_of_numbers(&last);
		assert_true(last >= before + told);
		/* one more may have been counted and not written: number and line are two */
		unlink(scratch_path(test_folder, AUDIT_NUMBER));
		before = last;
	}
	assert_true(before > 150);
	assert_true(run_of_numbers(&last) >= 3 * KEEP);
	munmap(written, sizeof *written);
}

static void number_damaged(void **state)
{
	static const char *const damaged[] = {
		"", "0", "1\n", "00000000000000000001", "00000000000000000001 ", "0000000000000000000x\n", "-0000000000000000001\n",
		"99999999999999999999\n", "18446744073709551615\n", "00000000000000000000\n", "00000000000000000001\n\n",
		" 0000000000000000001\n",
	};
	const char *path = scratch_path(test_folder, AUDIT_NUMBER);
	char kept[256];
	uint64_t next = 4;
	size_t i;

	(void)state;
	snprintf(kept, sizeof kept, "%s", path);
	for (i = 1; i < 4; i++)
		assert_int_equal(record("before", MOST), i);
	for (i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		scratch_write(kept, damaged[i]);
		assert_int_equal(record("after", MOST), next++);
		assert_int_equal(record("after", MOST), next++);
	}
	assert_int_equal(truncate(kept, 0), 0);
	assert_int_equal(truncate(kept, 21), 0); /* zeros are what a crash leaves */
	assert_int_equal(record("zeros", MOST), next++);
	unlink(kept);
	assert_int_equal(record("gone", MOST), next);
}

static void number_of_logs(void **state)
{
	const char *log = scratch_path(test_folder, AUDIT_FILE);

	(void)state;
	/* what was counted last need not stand last */
	scratch_write(log, "2026-11-21T07:00:00.000000Z seq=41 a\n2026-11-21T07:00:00.000000Z seq=42 a\n"
	              "2026-11-21T07:00:00.000000Z seq=41 b\n");
	assert_int_equal(record("after", MOST), 43);
	unlink(scratch_path(test_folder, AUDIT_NUMBER));
	assert_int_equal(rename(log, scratch_path(test_folder, AUDIT_FILE_OLD)), 0);
	assert_int_equal(record("after a rotation", MOST), 44);
	unlink(scratch_path(test_folder, AUDIT_NUMBER));
	scratch_write(scratch_path(test_folder, AUDIT_FILE), "no record at all");
	assert_int_equal(record("only the old log has a number", MOST), 44);
	unlink(scratch_path(test_folder, AUDIT_NUMBER));
	unlink(scratch_path(test_folder, AUDIT_FILE_OLD));
	scratch_write(scratch_path(test_folder, AUDIT_FILE), "no record at all\n");
	assert_int_equal(record("no log has one", MOST), 1);
}

static void number_of_long_log(void **state)
{
	const char *path = scratch_path(test_folder, AUDIT_NUMBER);
	char kept[256];
	int i;

	(void)state;
	snprintf(kept, sizeof kept, "%s", path);
	for (i = 0; i < 3000; i++)
		assert_int_equal(record("one of very many, which together are longer than the part that is searched", MOST), i + 1);
	unlink(kept);
	assert_int_equal(record("after", MOST), 3001);
}

static void expect_unglued(const char *rest, size_t length)
{
	const char *path = scratch_path(test_folder, AUDIT_FILE);
	uint64_t number;
	char *text, end[64];
	size_t size;
	FILE *f;

	f = fopen(path, "ae");
	assert_non_null(f);
	assert_int_equal(fwrite(rest, 1, length, f), length);
	fclose(f);
	number = record("after", MOST);
	assert_true(number > 0);
	text = scratch_read(scratch_path(test_folder, AUDIT_FILE), &size);
	snprintf(end, sizeof end, " seq=%" PRIu64 " after\n", number);
	assert_string_equal(text + size - strlen(end), end);
	assert_int_equal(text[size - strlen(end) - AUDIT_STAMP_SIZE], '\n');
	assert_memory_equal(text + size - strlen(end) - AUDIT_STAMP_SIZE - length, rest, length);
	free(text);
}

static void unglued(void **state)
{
	static const char half[] = "2026-11-21T07:00:00.000000Z seq=7 half a";

	(void)state;
	expect_unglued(half, strlen(half));
	expect_unglued("\0\0\0\0\0", 5);
}

static void not_files(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(scratch_path(test_folder, AUDIT_FILE), 0600), 0);
	alarm(5);
	assert_int_equal(record("first", MOST), 0);
	unlink(scratch_path(test_folder, AUDIT_FILE));
	assert_int_equal(symlink(scratch_path(test_folder, "elsewhere"), scratch_path(test_folder, AUDIT_FILE)), 0);
	assert_int_equal(record("first", MOST), 0);
	assert_int_not_equal(access(scratch_path(test_folder, "elsewhere"), F_OK), 0);
	unlink(scratch_path(test_folder, AUDIT_FILE));
	unlink(scratch_path(test_folder, AUDIT_NUMBER));
	assert_int_equal(mkfifo(scratch_path(test_folder, AUDIT_NUMBER), 0600), 0);
	assert_int_equal(record("first", MOST), 0);
	alarm(0);
}

#define TEST(sentence, function) {sentence, function, scratch_setup, scratch_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a record is a line with its time in UTC", lines),
		TEST("only the owner may read the files", own_mode),
		TEST("the records of 8 writers at once have each their own number, and are whole (audit_file MUST 2)", concurrent),
		TEST("no half line is left where the disk is full (audit_file MUST 1)", disk_full),
		TEST("no record without a number is written where nothing can be (audit_file MUST 1)", no_number),
		TEST("the file is rotated at its size, and nothing is lost", rotation),
		TEST("as many old files are kept as the configuration says, and no more (audit_file MUST 4)", keeps_as_many),
		TEST("a rotation that was killed between any two renames has lost nothing, nor does the next (audit_file MUST 4)",
		     half_a_rotation),
		TEST("of 150 writers that were killed while they rotate no record is lost (audit_file MUST 4)", killed_rotations),
		TEST("a damaged number is taken from the last records (audit_file MUST 2)", number_damaged),
		TEST("the number goes on behind the highest of either log, and is 1 where there is none (audit_file MUST 2)",
		     number_of_logs),
		TEST("so it does behind a long log (audit_file MUST 2)", number_of_long_log),
		TEST("a record behind half a line or zeros is a line of its own (audit_file MUST 3)", unglued),
		TEST("a FIFO or a symlink is no audit file, and none hangs", not_files),
	};

	return cmocka_run_group_tests_name("audit_file", tests, NULL, NULL);
}
