/* SPDX-License-Identifier: ISC */
/* Reading the audit: host/audit_read.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/audit_file.h"
#include "host/audit_line.h"
#include "host/audit_lock.h"
#include "host/machine.h"
#include "scratch.h"

#define HOLD_MS 4000

static struct machine m;
static char subject[HOST_SUBJECT_SIZE];

struct seen {
	char text[8192];
	unsigned lines, most;
};

static int setup(void **state)
{
	char folder[SCRATCH_SIZE];

	(void)state;
	scratch_make(folder);
	snprintf(m.audit_folder, sizeof m.audit_folder, "%s", folder);
	m.config.audit_keep = 1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_remove(m.audit_folder);
	return 0;
}

static void append(const char *text, uint64_t most)
{
	struct audit_folder own = AUDIT_FOLDER_NONE;
	struct audit_file f;

	assert_true(audit_lock_take(&own, m.audit_folder, HOLD_MS));
	assert_true(audit_file_open(&f, &own));
	assert_true(audit_file_append(&f, text, most, m.config.audit_keep));
	audit_folder_close(&own);
}

static bool take(void *arg, const char *line)
{
	struct seen *s = arg;

	if (s->lines == s->most)
		return false;
	s->lines++;
	snprintf(s->text + strlen(s->text), sizeof s->text - strlen(s->text), "%s|", line + AUDIT_STAMP_SIZE);
	return true;
}

static void expect(int64_t since, struct audit_cursor *cursor, unsigned most, const char *lines)
{
	struct seen s = {.most = most};

	assert_int_equal(audit_read(&m, since, cursor, take, &s, subject), AUTHZ_OK);
	assert_string_equal(s.text, lines);
}

static void from_the_beginning(void **state)
{
	struct audit_cursor cursor = {0, 0};

	(void)state;
	expect(0, &cursor, 99, "");
	append("one", 1 << 20);
	append("two", 1 << 20);
	expect(0, &cursor, 99, "one|two|");
	expect(0, &cursor, 99, "");
	append("three", 1 << 20);
	expect(0, &cursor, 99, "three|");
}

static void pages(void **state)
{
	struct audit_cursor cursor = {0, 0};

	(void)state;
	append("one", 1 << 20);
	append("two", 1 << 20);
	append("three", 1 << 20);
	expect(0, &cursor, 1, "one|");
	expect(0, &cursor, 0, "");
	expect(0, &cursor, 1, "two|");
	expect(0, &cursor, 5, "three|");
}

static void outlasts_rotation(void **state)
{
	struct audit_cursor cursor = {0, 0};

	(void)state;
	append("one", 1 << 20);
	append("two", 1 << 20);
	expect(0, &cursor, 1, "one|");
	append("three", 10); /* rotates before it writes */
	assert_int_equal(access(scratch_path(m.audit_folder, AUDIT_FILE_OLD), F_OK), 0);
	append("four", 1 << 20);
	expect(0, &cursor, 2, "two|three|");
	expect(0, &cursor, 9, "four|");
	cursor = (struct audit_cursor){0, 0};
	expect(0, &cursor, 9, "one|two|three|four|");
	cursor = (struct audit_cursor){0, 0};
	expect(0, &cursor, 1, "one|");
	append("five", 10);
	append("six", 10); /* what the cursor named is gone; what is left comes, each line whole */
	expect(0, &cursor, 9, "five|six|");
}

/* The end of all there is, in pages of so many lines; what they were. */
static void read_on(struct audit_cursor *cursor, unsigned page, struct seen *all)
{
	struct audit_cursor before;
	struct seen s;

	do {
		before = *cursor;
		s = (struct seen){.most = page};
		assert_int_equal(audit_read(&m, 0, cursor, take, &s, subject), AUTHZ_OK);
		snprintf(all->text + strlen(all->text), sizeof all->text - strlen(all->text), "%s", s.text);
		all->lines += s.lines;
	} while (memcmp(&before, cursor, sizeof before) != 0);
}

static void append_number(unsigned i, uint64_t most)
{
	char text[16];

	snprintf(text, sizeof text, "%u", i);
	append(text, most);
}

static void over_all_files(void **state)
{
	struct audit_cursor cursor = {0, 0};
	struct seen all = {.lines = 0};
	unsigned i;

	(void)state;
	m.config.audit_keep = 7;
	for (i = 1; i <= 16; i++)
		append_number(i, 60); /* two in each file */
	read_on(&cursor, 3, &all);
	assert_string_equal(all.text, "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|");
	for (i = 17; i <= 20; i++)
		append_number(i, 60); /* the cursor's file grows older by two */
	all = (struct seen){.lines = 0};
	read_on(&cursor, 1, &all);
	assert_string_equal(all.text, "17|18|19|20|");
	m.config.audit_keep = 2;
	cursor = (struct audit_cursor){0, 0};
	all = (struct seen){.lines = 0};
	read_on(&cursor, 99, &all);
	assert_string_equal(all.text, "15|16|17|18|19|20|");
}

/* What a rotation that was killed leaves. */
static void gaps(void **state)
{
	struct audit_cursor cursor = {0, 0};
	struct seen all = {.lines = 0};
	unsigned i;

	(void)state;
	m.config.audit_keep = 4;
	for (i = 1; i <= 3; i++)
		append_number(i, 10);
	expect(0, &cursor, 2, "1|2|");
	assert_int_equal(rename(scratch_path(m.audit_folder, "audit.log.2"), scratch_path(m.audit_folder, "audit.log.4")), 0);
	assert_int_equal(rename(scratch_path(m.audit_folder, "audit.log.1"), scratch_path(m.audit_folder, "audit.log.3")), 0);
	assert_int_equal(rename(scratch_path(m.audit_folder, AUDIT_FILE), scratch_path(m.audit_folder, "audit.log.1")), 0);
	expect(0, &cursor, 9, "3|");
	append("4", 10);
	expect(0, &cursor, 9, "4|");
	cursor = (struct audit_cursor){0, 0};
	read_on(&cursor, 9, &all);
	assert_string_equal(all.text, "1|2|3|4|");
}

/* A file that only begins is another one once its first record is there. */
static void new_file_is_empty(void **state)
{
	struct audit_cursor cursor = {0, 0};

	(void)state;
	append("one", 1 << 20);
	expect(0, &cursor, 9, "one|");
	assert_int_equal(rename(scratch_path(m.audit_folder, AUDIT_FILE), scratch_path(m.audit_folder, AUDIT_FILE_OLD)), 0);
	expect(0, &cursor, 9, "");
	scratch_write(scratch_path(m.audit_folder, AUDIT_FILE), "");
	expect(0, &cursor, 9, "");
	append("two", 1 << 20);
	expect(0, &cursor, 0, "");
	expect(0, &cursor, 9, "two|");
}

enum { WRITTEN = 6000 };

static int write_and_rotate(void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 1; i <= WRITTEN; i++)
		append_number(i, 2400); /* some 70 records in a file */
	return 0;
}

struct run {
	unsigned next, most;
	bool wrong;
};

static bool take_next(void *arg, const char *line)
{
	struct run *run = arg;

	if (run->most == 0)
		return false;
	run->most--;
	run->wrong = run->wrong || strtoul(line + AUDIT_STAMP_SIZE, NULL, 10) != run->next;
	run->next++;
	return true;
}

/* As many files as hold all, so that a reader who is slow misses nothing either. */
static void while_rotating(void **state)
{
	struct audit_cursor cursor = {0, 0}, before;
	struct run run = {.next = 1};
	pid_t pid;
	int status;
	bool over = false;
	enum authz_result result;

	(void)state;
	m.config.audit_keep = AUDIT_KEEP_MAX;
	alarm(60);
	pid = fork();
	if (pid == 0)
		_exit(write_and_rotate(NULL));
	while (run.next <= WRITTEN && !run.wrong) {
		run.most = 1 + run.next % 50;
		before = cursor;
		result = audit_read(&m, 0, &cursor, take_next, &run, subject);
		assert_true(result == AUTHZ_OK || result == AUTHZ_STORE_BUSY);
		/* a call that gets no further, when nobody writes any more, would never */
		assert_false(over && result == AUTHZ_OK && run.next <= WRITTEN && memcmp(&before, &cursor, sizeof cursor) == 0);
		over = over || waitpid(pid, &status, WNOHANG) == pid;
	}
	if (!over)
		assert_int_equal(waitpid(pid, &status, 0), pid);
	alarm(0);
	assert_int_equal(status, 0);
	assert_false(run.wrong);
	assert_int_equal(run.next, WRITTEN + 1);
	assert_int_equal(access(scratch_path(m.audit_folder, "audit.log.70"), F_OK), 0);
}

/* A call does not read without end for lines that are not wanted. */
static void bounded_call(void **state)
{
	struct audit_cursor cursor = {0, 0}, before;
	struct seen s = {.most = 9};
	static char line[1000];
	unsigned calls = 0, i;
	FILE *f;

	(void)state;
	memset(line, 'x', sizeof line - 1);
	f = fopen(scratch_path(m.audit_folder, AUDIT_FILE), "we");
	assert_non_null(f);
	for (i = 0; i < 70000; i++)
		fprintf(f, "2026-11-20T07:00:00.000000Z %s\n", line);
	fprintf(f, "2026-11-21T07:00:00.000000Z wanted\n");
	assert_int_equal(fclose(f), 0);
	do {
		before = cursor;
		assert_int_equal(audit_read(&m, 1795244400, &cursor, take, &s, subject), AUTHZ_OK);
		assert_true(cursor.offset - before.offset < (33u << 20));
		calls++;
	} while (memcmp(&before, &cursor, sizeof before) != 0);
	assert_string_equal(s.text, "wanted|");
	assert_int_equal(calls, 4);
}

static int few_descriptors(void *arg)
{
	struct rlimit none = {0, 0};
	struct audit_cursor cursor = {0, 0};
	struct seen s = {.most = 9};
	int folder = dup(2);

	(void)arg;
	none.rlim_cur = none.rlim_max = (rlim_t)folder + 1; /* the folder itself can be opened, and no file in it */
	close(folder);
	setrlimit(RLIMIT_NOFILE, &none);
	return audit_read(&m, 0, &cursor, take, &s, subject) == AUTHZ_STORE_IO && cursor.file == 0 ? 0 : 1;
}

static void cannot_open(void **state)
{
	(void)state;
	append("one", 10);
	append("two", 10);
	assert_int_equal(scratch_process(few_descriptors, NULL), 0);
}

static void half_a_line(void **state)
{
	struct audit_cursor cursor = {0, 0};
	const char *path = scratch_path(m.audit_folder, AUDIT_FILE);
	FILE *f;

	(void)state;
	append("one", 1 << 20);
	f = fopen(path, "ae");
	fputs("2026-11-21T07:00:00.000000Z two", f);
	fclose(f);
	expect(0, &cursor, 9, "one|");
	f = fopen(path, "ae");
	fputs(" is whole now\n", f);
	fclose(f);
	expect(0, &cursor, 9, "two is whole now|");
}

#define STAMP "2026-11-21T07:00:00.000000Z "

static void append_bytes(const char *bytes, size_t length)
{
	FILE *f = fopen(scratch_path(m.audit_folder, AUDIT_FILE), "ae");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, length, f), length);
	fclose(f);
}

static void zeros(void **state)
{
	static const char nothing[9000];
	struct audit_cursor cursor = {0, 0};

	(void)state;
	append_bytes(nothing, 1); /* the first byte of all */
	expect(0, &cursor, 9, "");
	append("one", 1 << 20);
	expect(0, &cursor, 9, "one|");
	append_bytes(nothing, sizeof nothing);
	append("two", 1 << 20);
	expect(0, &cursor, 9, "two|");
	append_bytes(STAMP "half", strlen(STAMP "half"));
	append_bytes(nothing, 700);
	append_bytes(STAMP "glued\n\n", strlen(STAMP "glued\n\n"));
	append("four", 1 << 20);
	expect(0, &cursor, 1, "half|");
	expect(0, &cursor, 1, "glued|");
	expect(0, &cursor, 9, "four|");
	cursor = (struct audit_cursor){0, 0};
	expect(0, &cursor, 9, "one|two|half|glued|four|");
}

static void overlong(void **state)
{
	static char text[3 * AUDIT_LINE_SIZE];
	struct audit_cursor cursor = {0, 0};
	struct seen s = {.most = 1};
	unsigned lines = 0;

	(void)state;
	append("one", 1 << 20);
	memset(text, 'x', sizeof text - 1);
	append_bytes(text, sizeof text - 1);
	append("two", 1 << 20);
	expect(0, &cursor, 1, "one|");
	do {
		s = (struct seen){.most = 1};
		assert_int_equal(audit_read(&m, 0, &cursor, take, &s, subject), AUTHZ_OK);
	} while (++lines < 9 && strcmp(s.text, "two|") != 0);
	assert_int_equal(lines, 4); /* three pieces, and the record behind them */
	expect(0, &cursor, 9, "");
}

static void since(void **state)
{
	struct audit_cursor cursor = {0, 0};

	(void)state;
	scratch_write(scratch_path(m.audit_folder, AUDIT_FILE),
	              "2026-11-21T06:59:59.999999Z one\n"
	              "2026-11-21T07:00:00.000000Z two\n"
	              "2026-11-21T07:00:01.000000Z three\n");
	expect(1795244400, &cursor, 9, "two|three|");
	cursor = (struct audit_cursor){0, 0};
	expect(1795244402, &cursor, 9, "");
	cursor = (struct audit_cursor){0, 0};
	expect(INT64_MAX, &cursor, 9, "one|two|three|"); /* no time that there is */
	cursor = (struct audit_cursor){0, 0};
	expect(-5, &cursor, 9, "one|two|three|");
}

static void foreign_cursor(void **state)
{
	struct audit_cursor cursor = {12345, UINT64_MAX};
	struct stat st;

	(void)state;
	append("one", 1 << 20);
	append("two", 1 << 20);
	expect(0, &cursor, 9, "one|two|");
	assert_int_equal(stat(scratch_path(m.audit_folder, AUDIT_FILE), &st), 0);
	cursor = (struct audit_cursor){st.st_ino, 5}; /* the inode alone is another file's too */
	expect(0, &cursor, 9, "one|two|");
	cursor.offset = UINT64_MAX;
	expect(0, &cursor, 9, "");
	cursor.offset = 1u << 30;
	expect(0, &cursor, 9, "");
}

/* With nothing handed over. */
static void expect_refused(enum authz_result result, const char *of)
{
	struct audit_cursor cursor = {0, 0};
	struct seen s = {.most = 9};

	alarm(5);
	assert_int_equal(audit_read(&m, 0, &cursor, take, &s, subject), result);
	alarm(0);
	assert_string_equal(subject, of);
	assert_int_equal(s.lines, 0);
	assert_int_equal(cursor.file, 0);
}

static void not_its_own(void **state)
{
	static const char *const names[] = {AUDIT_FILE, AUDIT_FILE_OLD, "audit.log.2"};
	const mode_t modes[] = {0620, 0602, 0666, 0000};
	struct audit_cursor cursor = {0, 0};
	size_t i, j;

	(void)state;
	m.config.audit_keep = 2;
	append("one", 10);
	append("two", 10);
	append("three", 10);
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		for (j = 0; j < sizeof modes / sizeof modes[0]; j++) {
			assert_int_equal(chmod(scratch_path(m.audit_folder, names[i]), modes[j]), 0);
			if (modes[j] != 0 || geteuid() != 0)
				expect_refused(AUTHZ_BAD_INSTALL, scratch_path(m.audit_folder, names[i]));
		}
		assert_int_equal(chmod(scratch_path(m.audit_folder, names[i]), 0640), 0); /* readable it may be */
	}
	expect(0, &cursor, 9, "one|two|three|");
}

static void no_files(void **state)
{
	char path[SCRATCH_SIZE + 16];

	(void)state;
	append("one", 1 << 20);
	snprintf(path, sizeof path, "%s", scratch_path(m.audit_folder, AUDIT_FILE_OLD));
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused(AUTHZ_BAD_INSTALL, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(AUDIT_FILE, path), 0);
	expect_refused(AUTHZ_BAD_INSTALL, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	expect_refused(AUTHZ_BAD_INSTALL, path);
}

static void bad_folders(void **state)
{
	char good[HOST_PATH_SIZE];

	(void)state;
	append("one", 1 << 20);
	assert_int_equal(chmod(m.audit_folder, 0777), 0);
	expect_refused(AUTHZ_BAD_INSTALL, m.audit_folder);
	assert_int_equal(chmod(m.audit_folder, 0700), 0);
	strcpy(good, m.audit_folder);
	strcat(m.audit_folder, "/missing");
	expect_refused(AUTHZ_STORE_MISSING, m.audit_folder);
	strcpy(m.audit_folder, good);
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the audit is read from its beginning, and then what is new", from_the_beginning),
		TEST("a reader that has had enough goes on with the line that it did not take", pages),
		TEST("the place in the audit outlasts a rotation", outlasts_rotation),
		TEST("all files are read, the oldest first, and the place is found in one that grew older (audit_read MUST 2)",
		     over_all_files),
		TEST("a gap that a killed rotation left hides nothing (audit_read MUST 2)", gaps),
		TEST("a reader who comes between two files gets nothing twice (audit_read MUST 2)", new_file_is_empty),
		TEST("a reader beside a writer who rotates gets each record once, in order (audit_read MUST 2)", while_rotating),
		TEST("a call reads so much and no more, and the next goes on", bounded_call),
		TEST("a file that cannot be opened is an error, and not passed over (audit_read MUST 2)", cannot_open),
		TEST("a line that is being written is read when it is whole", half_a_line),
		TEST("zeros that a crash left hide no record behind them (audit_read MUST 1)", zeros),
		TEST("a line that is longer than any comes in pieces, and what is behind it too (audit_read MUST 1)", overlong),
		TEST("only lines since a time are given", since),
		TEST("a place in another file begins anew, and nothing is behind the end", foreign_cursor),
		TEST("a log, the current or an older, that others may write or this user may not read is refused by name (audit_read MUST 3)",
		     not_its_own),
		TEST("what is no file in a log's place is refused by name, and nobody waits for it (audit_read MUST 3)", no_files),
		TEST("no folder, and one that others may write, are errors with its name", bad_folders),
	};

	return cmocka_run_group_tests_name("audit_read", tests, NULL, NULL);
}
