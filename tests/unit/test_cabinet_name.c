/* SPDX-License-Identifier: ISC */
/* What a cabinet may be called: rules/cabinet_name.c. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "rules/cabinet_name.h"

static void letters(void **state)
{
	static const char *const good[] = {"sales", "a", "_x", "x-1", "a.b", "north_east-2"};
	static const char *const bad[] = {"", "1st", "-x", ".x", "Sales", "a b", "a:b", "a,b", "a/b", "a\n", "s\xc3\xa4le", "a$", "SYSCNT"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(cabinet_name_fits(good[i]));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(cabinet_name_fits(bad[i]));
}

static void length(void **state)
{
	const size_t most = 32 - (sizeof AUTHZ_GROUP_PREFIX - 1);
	char name[NAME_SIZE], group[NAME_SIZE];

	(void)state;
	memset(name, 'a', sizeof name);
	name[most] = '\0';
	assert_true(cabinet_name_fits(name));
	cabinet_group_name(name, group);
	assert_int_equal(strlen(group), 32);
	assert_memory_equal(group, AUTHZ_GROUP_PREFIX, sizeof AUTHZ_GROUP_PREFIX - 1);
	if (most == 32)
		return;
	name[most] = 'a';
	name[most + 1] = '\0';
	assert_false(cabinet_name_fits(name));
}

static void members(void **state)
{
	static const char *const good[] = {"alice", "DOM\\alice", "alice@dom", "Alice", "1st", "\xc3\xa4nne"};
	static const char *const bad[] = {"", "-alice", "a b", "a:b", "a,b", "a/b", "a\tb", "a\x7f"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(cabinet_member_name_fits(good[i]));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(cabinet_member_name_fits(bad[i]));
}

static void gids(void **state)
{
	(void)state;
	assert_true(cabinet_gid_fits(AUTHZ_GID_LOW) && cabinet_gid_fits(AUTHZ_GID_HIGH));
	assert_false(cabinet_gid_fits((int64_t)AUTHZ_GID_LOW - 1) || cabinet_gid_fits((int64_t)AUTHZ_GID_HIGH + 1));
	assert_false(cabinet_gid_fits(0) || cabinet_gid_fits(-1) || cabinet_gid_fits(UINT32_MAX));
	assert_false(cabinet_gid_fits((int64_t)AUTHZ_GID_LOW + (INT64_C(1) << 32)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a cabinet's name is of a-z, 0-9, '_', '-' and '.', and does not begin with a digit, '-' or '.'", letters, NULL, NULL, NULL},
		{"a cabinet's name has at most 32 bytes with the prefix", length, NULL, NULL, NULL},
		{"a member's name is any that a line of a file could have", members, NULL, NULL, NULL},
		{"a gid is of the build's range, both ends in it", gids, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("cabinet_name", tests, NULL, NULL);
}
