/* SPDX-License-Identifier: ISC */
/* Profiles for which there is no token: rules/system_profile.c. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules/system_profile.h"

/* As the document lists them. */
static const char *const document[] = {
	"QAUTPROF", "QDLFM", "QMSF", "QSNADS", "QTSTRQS",
	"QCLUMGT", "QDOC", "QNETSPLF", "QSPL",
	"QCOLSRV", "QDSNX", "QNFSANON", "QSPLJOB",
	"QDBSHR", "QFNC", "QNTP", "QSRVAGT",
	"QDBSHRDO", "QGATE", "QPEX", "QSYS",
	"QDFTOWN", "QLPAUTO", "QPM400", "QTCP",
	"QDIRSRV", "QLPINSTALL", "QRJE", "QTFTP",
};

static const struct host_config bare = {.uid_min = 1};

static void documents_names(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(sizeof document / sizeof document[0], 29);
	for (i = 0; i < sizeof document / sizeof document[0]; i++)
		assert_true(system_profile_name(&bare, document[i]));
}

static void either_case(void **state)
{
	char name[NAME_SIZE];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof document / sizeof document[0]; i++) {
		memset(name, 0, sizeof name);
		for (j = 0; document[i][j] != '\0'; j++)
			name[j] = (char)tolower((unsigned char)document[i][j]);
		assert_true(system_profile_name(&bare, name));
		name[0] = 'Q';
		assert_true(system_profile(&bare, name, 5000));
	}
}

static void neighbours(void **state)
{
	(void)state;
	assert_false(system_profile_name(&bare, "QSYSOPR"));
	assert_false(system_profile_name(&bare, "QSY"));
	assert_false(system_profile_name(&bare, "QUSER"));
	assert_false(system_profile_name(&bare, ""));
	assert_false(system_profile_name(&bare, "alice"));
}

static void uid_zero(void **state)
{
	const struct host_config none = {.uid_min = 0};

	(void)state;
	assert_true(system_profile(&none, "toor", 0));
	assert_true(system_profile(&bare, "alice", 0));
}

static void below_minimum(void **state)
{
	const struct host_config usual = {.uid_min = 1000};

	(void)state;
	assert_true(system_profile(&usual, "daemon", 1));
	assert_true(system_profile(&usual, "daemon", 999));
	assert_false(system_profile(&usual, "alice", 1000));
}

static void nobody(void **state)
{
	(void)state;
	assert_true(system_profile(&bare, "somebody", 65534));
	assert_true(system_profile(&bare, "somebody", (uid_t)-1));
	assert_false(system_profile(&bare, "somebody", 65533));
}

static void configured(void **state)
{
	const struct host_config c = {.uid_min = 1000, .system_profiles = "root\0backup-operator\0nobody\0"};

	(void)state;
	assert_true(system_profile(&c, "backup-operator", 2000));
	assert_true(system_profile(&c, "nobody", 2000));
	assert_true(system_profile_name(&c, "root"));
	assert_false(system_profile_name(&c, "backup"));
	assert_false(system_profile_name(&c, "Backup-Operator")); /* names of this host have a case */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the 29 names of the document are system profiles (system_profile MUST 2)", documents_names, NULL, NULL, NULL},
		{"in either case of letters, whatever their uid (system_profile MUST 2)", either_case, NULL, NULL, NULL},
		{"a name that only begins like one is not", neighbours, NULL, NULL, NULL},
		{"uid 0 is one under any name and any configuration (system_profile MUST 1)", uid_zero, NULL, NULL, NULL},
		{"uids below the minimum are, the minimum is not", below_minimum, NULL, NULL, NULL},
		{"nobody's uid and the uid that is none are", nobody, NULL, NULL, NULL},
		{"names of the configuration are, as they are written", configured, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("system_profile", tests, NULL, NULL);
}
