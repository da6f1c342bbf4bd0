/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <security/_pam_types.h>

#include "authz.h"

static const struct row {
	int number, pam, exit_status;
	const char *code, *sentence;
} rows[] = {
#define X(name, number, code, pam, exit, sentence) {AUTHZ_##name, PAM_##pam, exit, code, sentence},
	AUTHZ_RESULTS(X)
#undef X
};

#define ROWS (sizeof rows / sizeof *rows)

static void unique(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < ROWS; i++)
		for (j = 0; j < i; j++) {
			assert_true(rows[i].number != rows[j].number);
			assert_string_not_equal(rows[i].code, rows[j].code);
			assert_string_not_equal(rows[i].sentence, rows[j].sentence);
		}
}

static void sentences(void **state)
{
	const char *s, *mark;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		s = rows[i].sentence;
		assert_true(strlen(s) > 1 && s[strlen(s) - 1] == '.');
		assert_null(strpbrk(s, "\n\t%"));
		mark = strchr(s, '&');
		assert_true(mark == NULL || (mark[1] == '1' && strchr(mark + 1, '&') == NULL));
	}
}

/* Done is PAM_SUCCESS and 0, and nothing else is either.  Two are for other phases: changing a password, and the account. */
static void outcomes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		assert_int_equal(rows[i].pam == PAM_SUCCESS, rows[i].number == AUTHZ_OK);
		assert_int_equal(rows[i].exit_status == 0, rows[i].number == AUTHZ_OK);
		assert_true(rows[i].exit_status >= 0 && rows[i].exit_status <= 4);
		assert_true(rows[i].pam == PAM_SUCCESS || rows[i].pam == PAM_AUTH_ERR || rows[i].pam == PAM_AUTHINFO_UNAVAIL ||
		            (rows[i].pam == PAM_PERM_DENIED &&
		             (rows[i].number == AUTHZ_IN_SESSION || rows[i].number == AUTHZ_EXIT_DENIED)));
	}
}

static void accessors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		assert_string_equal(authz_result_code((enum authz_result)rows[i].number), rows[i].code);
		assert_int_equal(authz_result_exit((enum authz_result)rows[i].number), rows[i].exit_status);
	}
	assert_string_equal(authz_result_code((enum authz_result)4711), "AZ-INTERNAL");
	assert_int_equal(authz_result_exit((enum authz_result)-1), 4);
}

static void texts(void **state)
{
	struct authz_error error = {"SUBJECT"};
	char text[512], expected[512];
	const char *mark;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		mark = strstr(rows[i].sentence, "&1");
		if (mark == NULL)
			snprintf(expected, sizeof expected, "%s", rows[i].sentence);
		else
			snprintf(expected, sizeof expected, "%.*sSUBJECT%s", (int)(mark - rows[i].sentence), rows[i].sentence,
			         mark + 2);
		assert_string_equal(authz_result_text((enum authz_result)rows[i].number, &error, text, sizeof text), expected);
	}
}

static void no_subject(void **state)
{
	struct authz_error error = {""};
	char text[512];

	(void)state;
	assert_string_equal(authz_result_text(AUTHZ_DISABLED, NULL, text, sizeof text), "User profile ? is disabled.");
	assert_string_equal(authz_result_text(AUTHZ_DISABLED, &error, text, sizeof text), "User profile ? is disabled.");
}

static void small_buffers(void **state)
{
	struct authz_error error = {"alice"};
	char whole[128], text[128];
	size_t size, length;

	(void)state;
	authz_result_text(AUTHZ_DISABLED, &error, whole, sizeof whole);
	length = strlen(whole);
	memset(text, 0x77, sizeof text);
	assert_ptr_equal(authz_result_text(AUTHZ_DISABLED, &error, text, 0), text);
	assert_int_equal(text[0], 0x77);
	for (size = 1; size <= length + 1; size++) {
		memset(text, 0x77, sizeof text);
		authz_result_text(AUTHZ_DISABLED, &error, text, size);
		assert_int_equal(strlen(text), size - 1);
		assert_memory_equal(text, whole, size - 1);
		assert_int_equal(text[size], 0x77);
	}
}

static void control_characters(void **state)
{
	struct authz_error error = {"a\nb\x1b[2Jc\x7f"};
	char text[512];

	(void)state;
	authz_result_text(AUTHZ_DISABLED, &error, text, sizeof text);
	assert_string_equal(text, "User profile a?b?[2Jc? is disabled.");
	memset(error.subject, 'x', sizeof error.subject);
	authz_result_text(AUTHZ_DISABLED, &error, text, sizeof text);
	assert_int_equal(strlen(text), sizeof error.subject + strlen("User profile  is disabled."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every number, code and sentence is there once", unique, NULL, NULL, NULL},
		{"every sentence ends with a full stop and has one subject at most", sentences, NULL, NULL, NULL},
		{"success, for PAM and the shell, is the result OK alone", outcomes, NULL, NULL, NULL},
		{"every result has its code and exit status; one outside the table is AZ-INTERNAL", accessors, NULL, NULL, NULL},
		{"every sentence is said with its subject", texts, NULL, NULL, NULL},
		{"a subject that is not known is a question mark", no_subject, NULL, NULL, NULL},
		{"a sentence is cut to its buffer, and ended", small_buffers, NULL, NULL, NULL},
		{"control characters of a subject do not reach a terminal", control_characters, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
