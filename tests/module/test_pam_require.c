/* SPDX-License-Identifier: ISC */
/* What account says where an authority is required: pam_prftkn/require.c, through the real libpam. */
#include <stdio.h>
#include <string.h>

#include "pam_stack.h"

static int account(const char *options, const char *user, const char *answer)
{
	stack_answers("%s", answer);
	return stack_call(&(struct login){.options = options, .user = user}, pam_acct_mgmt);
}

static bool asked_for(const char *line)
{
	return strstr(stack_read("asked"), line) != NULL;
}

static void has_it(void **state)
{
	char who[64];

	(void)state;
	snprintf(who, sizeof who, "principal %s\n", stack_user);
	assert_int_equal(account("require=service:probe:use", NULL, "result 0\n"), PAM_SUCCESS);
	assert_int_equal(stack_asked(), 1);
	assert_true(asked_for("operation 23\n") && asked_for("object_type service\n") && asked_for("object probe\n") &&
	            asked_for("mask 1\n") && asked_for(who));
	assert_int_equal(account("require=service:probe:use require=queue:PAY.*:allmqi", NULL, "result 0\n"), PAM_SUCCESS);
	assert_int_equal(stack_asked(), 2);
	assert_true(asked_for("object PAY.*\n"));
}

static void has_it_not(void **state)
{
	(void)state;
	assert_int_equal(account("require=service:probe:use require=host:here:use", NULL, "result 150\nsubject probe\n"),
	                 PAM_PERM_DENIED);
	assert_int_equal(stack_asked(), 1);
	assert_non_null(strstr(stack_log(), "<5> pam_prftkn(probe:account): account refused: require=service:probe:use 2035: "
	                                    "Not authorized for access: to probe.\n"));
}

static void not_found_out(void **state)
{
	static const char *const answers[] = {"do crash\n", "do garbage\n", "do nothing\n", "result 13\nsubject *SECADM\n",
	                                      "result 70\nsubject /store\n", "result 8\nsubject object\n", "result 92\nsubject x\n"};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		assert_int_equal(account("require=service:probe:use", NULL, answers[i]), PAM_AUTHINFO_UNAVAIL);
		assert_non_null(strstr(stack_log(), "account not checked: require=service:probe:use "));
	}
	assert_int_equal(account("helper=/nowhere require=service:probe:use", NULL, "result 0\n"), PAM_AUTHINFO_UNAVAIL);
}

static void root_too(void **state)
{
	(void)state;
	assert_int_equal(account("require=service:probe:use", "root", "result 150\nsubject probe\n"), PAM_PERM_DENIED);
	assert_true(asked_for("principal root\n"));
	assert_int_equal(account("require=service:probe:use", "no-such-user", "result 150\nsubject probe\n"), PAM_PERM_DENIED);
	assert_true(asked_for("principal no-such-user\n"));
	assert_int_equal(account("require=service:probe:use", "a-name-that-is-longer-than-any-name", "result 0\n"), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(stack_asked(), 0);
}

static void unknown_names(void **state)
{
	static const char *const answers[] = {"result 150\nsubject Geheim7\n", "result 15\nsubject Geheim7\n", "result 6\nsubject Geheim7\n",
	                                      "result 8\nsubject Geheim7\n", "do crash\n", "result 0\nmask 99999999999\n"};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		(void)account("debug require=service:probe:use", "Geheim7", answers[i]);
		assert_non_null(strstr(stack_log(), "require=service:probe:use"));
		assert_null(strstr(stack_log(), "Geheim7"));
	}
	(void)account("require=service:probe:use", "Geheim7-is-longer-than-any-name-is", "result 0\n");
	assert_non_null(strstr(stack_log(), "account not checked"));
	assert_null(strstr(stack_log(), "Geheim7"));
	assert_int_equal(account("require=service:probe:use", NULL, "result 70\nsubject /store\n"), PAM_AUTHINFO_UNAVAIL);
	assert_non_null(strstr(stack_log(), "/store"));
}

static void nothing_required(void **state)
{
	(void)state;
	assert_int_equal(account(NULL, NULL, "result 150\n"), PAM_IGNORE);
	assert_int_equal(stack_asked(), 0);
	assert_int_equal(account("require=service:probe:get", NULL, "result 0\n"), PAM_SERVICE_ERR);
	assert_int_equal(account("services=other require=service:probe:use", NULL, "result 150\n"), PAM_IGNORE);
	assert_int_equal(stack_asked(), 0);
}

static void misplaced(void **state)
{
	static const struct {
		const char *options;
		int (*call)(pam_handle_t *pamh, int flags);
		const char *line;
	} rows[] = {
		{"require=service:probe:use", pam_authenticate, "probe:auth): option not valid: require= is for account alone"},
		{"issue require=service:probe:use", pam_open_session, "probe:session): option not valid: require= is for account alone"},
		{"issue require=service:probe:use", pam_close_session, "probe:session): option not valid: require= is for account alone"},
		{"require=service:probe:use", pam_chauthtok, "probe:chauthtok): option not valid: require= is for account alone"},
		{"override require=service:probe:use", pam_acct_mgmt,
		 "probe:account): option not valid: override and require= take a line each"},
		{"require=service:probe:use override", pam_acct_mgmt,
		 "probe:account): option not valid: override and require= take a line each"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		stack_answers("%s", "result 0\n");
		assert_int_equal(stack_call(&(struct login){.options = rows[i].options}, rows[i].call), PAM_SERVICE_ERR);
		assert_int_equal(stack_asked(), 0);
		assert_non_null(strstr(stack_log(), rows[i].line));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"who has all that is required passes account", has_it, NULL, NULL, NULL},
		{"who has not all of it is refused, with a line in the log", has_it_not, NULL, NULL, NULL},
		{"what cannot be found out is a refusal (require MUST 1)", not_found_out, NULL, NULL, NULL},
		{"root is asked about as all are, and who is not known (require MUST 2)", root_too, NULL, NULL, NULL},
		{"a name that is unknown here is in no line of the log (require MUST 3)", unknown_names, NULL, NULL, NULL},
		{"where nothing is required nobody is asked, and a requirement that is none is an error of the option", nothing_required,
		 NULL, NULL, NULL},
		{"where a requirement would not be heeded, or an override beside it, it is an error of the option (pam_prftkn MUST 4)",
		 misplaced, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("pam_require", tests, stack_open, stack_close);
}
