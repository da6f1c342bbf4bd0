/* SPDX-License-Identifier: ISC */
/* Subordinate gids: host/subgid.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "host/machine.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];

static const char *file_of(const char *text)
{
	const char *path = scratch_path(folder, "subgid");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

static void ranges(void **state)
{
	const char *path = file_of("alice:100000:65536\n# nobody\nno line\nbob:x:5\neve:300000\n1003:0x61a80:10\nalice:100010:5\n"
	                           "max:4294967290:4294967290");
	static const struct { gid_t gid, last; bool in; } rows[] = {
		{99999, 0, false}, {100000, 165535, true}, {100012, 165535, true}, {165535, 165535, true}, {165536, 0, false},
		{400000, 400009, true}, {400010, 0, false}, {300000, 0, false}, {4294967290u, 4294967294u, true},
	};
	bool known;
	gid_t last;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(subgid_range(path, rows[i].gid, &last, &known), rows[i].in);
		assert_true(known);
		if (rows[i].in)
			assert_int_equal(last, rows[i].last);
	}
}

static void no_file(void **state)
{
	bool known = false;
	gid_t last;

	(void)state;
	assert_false(subgid_range(scratch_path(folder, "none"), 100000, &last, &known));
	assert_true(known);
	assert_false(subgid_range(scratch_path(folder, "none/none"), 100000, &last, &known));
	assert_true(known);
}

static void not_readable(void **state)
{
	const char *path = file_of("alice:100000:65536\n");
	bool known = true;
	gid_t last;

	(void)state;
	assert_int_equal(chmod(path, 0), 0);
	assert_false(subgid_range(path, 100000, &last, &known));
	assert_false(known);
	assert_int_equal(remove(path), 0);
	assert_false(subgid_range(folder, 100000, &last, &known)); /* a folder */
	assert_false(known);
}

static int setup(void **state)
{
	(void)state;
	scratch_make(folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a gid of a range is found, with the range's end, beside lines that are none (subgid MUST 1)", ranges, setup, teardown, NULL},
		{"without a file there are no ranges", no_file, setup, teardown, NULL},
		{"a file that cannot be read is not a file without ranges (subgid MUST 1)", not_readable, setup, teardown, NULL},
	};

	return cmocka_run_group_tests_name("subgid", tests, NULL, NULL);
}
