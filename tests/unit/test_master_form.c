/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "master_form.h"

#define LONGEST "abcdefghijklmnopqrstuvwxyz012345" /* 32 bytes */

static void names(void **state)
{
	static const struct {
		const char *name;
		char separator;
		enum master_form form;
		const char *owner, *master;
	} rows[] = {
		{"alice*helpdesk", '*', FORM_MASTER, "alice", "helpdesk"},
		{"alice*alice", '*', FORM_OWN, "alice", "alice"},
		{"a*b*c", '*', FORM_MASTER, "a*b", "c"},
		{"a**c", '*', FORM_MASTER, "a*", "c"},
		{"alice+helpdesk", '+', FORM_MASTER, "alice", "helpdesk"},
		{"alice+helpdesk", '*', FORM_NONE, NULL, NULL},
		{"alice", '*', FORM_NONE, NULL, NULL},
		{"", '*', FORM_NONE, NULL, NULL},
		{"*", '*', FORM_NONE, NULL, NULL},
		{"**", '*', FORM_NONE, NULL, NULL},
		{"*helpdesk", '*', FORM_NONE, NULL, NULL},
		{"alice*", '*', FORM_NONE, NULL, NULL},
		{LONGEST "*" LONGEST "", '*', FORM_OWN, LONGEST, LONGEST},
		{LONGEST "x*h", '*', FORM_NONE, NULL, NULL},
		{"a*" LONGEST "x", '*', FORM_NONE, NULL, NULL},
	};
	char owner[NAME_SIZE], master[NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (master_form_name(rows[i].name, rows[i].separator, owner, master) != rows[i].form)
			fail_msg("%s", rows[i].name);
		if (rows[i].owner != NULL) {
			assert_string_equal(owner, rows[i].owner);
			assert_string_equal(master, rows[i].master);
		}
	}
}

static void answers(void **state)
{
	static const struct {
		const char *answer;
		char separator;
		enum master_form form;
		const char *master, *password;
	} rows[] = {
		{"*helpdesk*secret", '*', FORM_MASTER, "helpdesk", "secret"},
		{"*helpdesk*se*cr*et*", '*', FORM_MASTER, "helpdesk", "se*cr*et*"},
		{"*helpdesk**", '*', FORM_MASTER, "helpdesk", "*"},
		{"*helpdesk", '*', FORM_ASK, "helpdesk", NULL},
		{"%helpdesk%secret", '%', FORM_MASTER, "helpdesk", "secret"},
		{"*helpdesk*secret", '%', FORM_NONE, NULL, NULL},
		{"*helpdesk*", '*', FORM_NONE, NULL, NULL},
		{"**secret", '*', FORM_NONE, NULL, NULL},
		{"*", '*', FORM_NONE, NULL, NULL},
		{"**", '*', FORM_NONE, NULL, NULL},
		{"", '*', FORM_NONE, NULL, NULL},
		{"helpdesk*secret", '*', FORM_NONE, NULL, NULL},
		{"*alice*secret", '*', FORM_NONE, NULL, NULL},
		{"*alice", '*', FORM_NONE, NULL, NULL},
		{"*alic*secret", '*', FORM_MASTER, "alic", "secret"},
		{"*" LONGEST "*s", '*', FORM_MASTER, LONGEST, "s"},
		{"*" LONGEST "x*s", '*', FORM_NONE, NULL, NULL},
		{"*" LONGEST "x", '*', FORM_NONE, NULL, NULL},
	};
	char master[NAME_SIZE];
	const char *password;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (master_form_answer(rows[i].answer, rows[i].separator, "alice", master, &password) != rows[i].form)
			fail_msg("%s", rows[i].answer);
		if (rows[i].master != NULL)
			assert_string_equal(master, rows[i].master);
		if (rows[i].form != FORM_MASTER)
			assert_null(password);
		else
			assert_string_equal(password, rows[i].password);
	}
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a name is split at the last separator into two that are there and have room (master_form MUST 1) "
		    "(master_form MUST 2)", names),
		ROW("an answer is a separator, a name, and a password that may have separators in it (master_form MUST 1)", answers),
	};

	return cmocka_run_group_tests_name("master form", tests, NULL, NULL);
}
