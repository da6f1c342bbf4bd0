/* SPDX-License-Identifier: ISC */
/* Reading the audit: host/audit_read.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/audit_file.h"
#include "host/audit_line.h"
#include "host/audit_lock.h"
#include "host/machine.h"
#include "scratch.h"

static struct machine m;

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
	struct audit_lock lock;
	struct audit_file f;

	assert_true(audit_lock_take(&lock, m.audit_folder, AUDIT_HOLD_MS));
	assert_true(audit_file_open(&f, lock.folder));
	assert_true(audit_file_append(&f, text, most));
	audit_file_close(&f);
	audit_lock_drop(&lock);
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

	assert_int_equal(audit_read(&m, since, cursor, take, &s), AUTHZ_OK);
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
		assert_int_equal(audit_read(&m, 0, &cursor, take, &s), AUTHZ_OK);
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

static void bad_folders(void **state)
{
	struct audit_cursor cursor = {0, 0};
	struct seen s = {.most = 1};
	char good[HOST_PATH_SIZE];

	(void)state;
	assert_int_equal(mkfifo(scratch_path(m.audit_folder, AUDIT_FILE), 0600), 0);
	alarm(5);
	expect(0, &cursor, 9, "");
	alarm(0);
	strcpy(good, m.audit_folder);
	strcat(m.audit_folder, "/missing");
	assert_int_equal(audit_read(&m, 0, &cursor, take, &s), AUTHZ_STORE_MISSING);
	strcpy(m.audit_folder, good);
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the audit is read from its beginning, and then what is new", from_the_beginning),
		TEST("a reader that has had enough goes on with the line that it did not take", pages),
		TEST("the place in the audit outlasts a rotation", outlasts_rotation),
		TEST("a line that is being written is read when it is whole", half_a_line),
		TEST("zeros that a crash left hide no record behind them (audit_read MUST 1)", zeros),
		TEST("a line that is longer than any comes in pieces, and what is behind it too (audit_read MUST 1)", overlong),
		TEST("only lines since a time are given", since),
		TEST("a place in another file begins anew, and nothing is behind the end", foreign_cursor),
		TEST("no folder is an error, a FIFO in it is empty", bad_folders),
	};

	return cmocka_run_group_tests_name("audit_read", tests, NULL, NULL);
}
