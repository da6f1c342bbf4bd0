/* SPDX-License-Identifier: ISC */
/* The password of a mailbox, through the real libpam: pam_prftkn/mailbox.c. */
#include <stdio.h>
#include <string.h>

#include "pam_master.h"

static void typed(const char *answer, const char *more, struct outcome *outcome)
{
	char options[128];

	snprintf(options, sizeof options, "mailbox %s", more);
	stack_authenticate(&(struct login){.user = master_owner, .answer = answer, .rhost = "192.0.2.7",
	                                   .options = master_options(options)}, outcome);
}

static bool asked(const char *text)
{
	return strstr(stack_read("asked"), text) != NULL;
}

static void owner_opens(void)
{
	stack_answers("result 0\nuser %s\nuid %u\n", master_owner, (unsigned)master_owner_uid);
}

static void opened(void **state)
{
	struct outcome outcome;

	(void)state;
	owner_opens();
	typed("letter box", "", &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_false(outcome.authtok_there);
	assert_true(asked("operation 107\n") && asked("secret letter box\n") && asked("rhost 192.0.2.7\n"));
	assert_int_equal(master_entries(""), 0);
	assert_null(strstr(stack_log(), "letter"));
	assert_non_null(strstr(stack_log(), "mailbox opened: user="));
}

static int look(pam_handle_t *pamh, int flags)
{
	(void)flags;
	assert_string_equal(pam_getenv(pamh, "AUTHZ_MASTER"), master_name);
	assert_int_equal(master_entries("pending."), 1);
	return PAM_SUCCESS;
}

static void by_master(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_authenticate(&(struct login){.user = master_owner, .answer = "the master's", .then = look,
	                                   .options = master_options("mailbox")}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_int_equal(outcome.then, PAM_SUCCESS);
	assert_non_null(strstr(stack_log(), master_name));
}

static void refusals(void **state)
{
	static const struct {
		int result, code;
	} rows[] = {
		{AUTHZ_NO_MAILBOX, PAM_IGNORE}, {AUTHZ_INVALID_PASSWORD, PAM_AUTH_ERR}, {AUTHZ_WRONG_ADDRESS, PAM_AUTH_ERR},
		{AUTHZ_NO_OWN_BIND, PAM_AUTH_ERR}, {AUTHZ_TOO_MANY_TRIES, PAM_AUTH_ERR}, {AUTHZ_IO_ERR, PAM_AUTHINFO_UNAVAIL},
		{AUTHZ_MAILBOX_PENDING, PAM_AUTHINFO_UNAVAIL}, {AUTHZ_STORE_MISSING, PAM_AUTHINFO_UNAVAIL},
	};
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		stack_answers("result %d\nsubject %s\n", rows[i].result, "mailserver");
		typed("letter box", "", &outcome);
		assert_int_equal(outcome.code, rows[i].code);
		assert_string_equal(outcome.authtok, "letter box");
		assert_int_equal(outcome.messages, 0);
		assert_int_equal(strlen(stack_log()) == 0, rows[i].result == AUTHZ_NO_MAILBOX);
	}
	stack_answers("do crash\n");
	typed("letter box", "", &outcome);
	assert_int_equal(outcome.code, PAM_AUTHINFO_UNAVAIL);
}

static void wrong_people(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers("result 0\nuser %s\nuid %u\n", master_name, (unsigned)master_uid);
	typed("letter box", "", &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	stack_answers("result 0\nuser unknown-here\nuid 4711\n");
	stack_authenticate(&(struct login){.user = "unknown-here", .answer = "x", .options = master_options("mailbox")}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_null(strstr(stack_log(), "unknown-here"));
}

static void not_asked(void **state)
{
	struct outcome outcome;

	(void)state;
	owner_opens();
	typed("", "", &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	typed("\b\n\r\177INCORRECT\b\n", "", &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	typed("letter box", "min_uid=60000", &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	stack_authenticate(&(struct login){.answer = "x", .options = master_options("mailbox")}, &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	stack_authenticate(&(struct login){.user = master_owner, .answer = "x", .options = master_options("")}, &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_int_equal(stack_asked(), 0);
}

static void after_a_master(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers("result %d\n", AUTHZ_NO_MAILBOX);
	typed(master_answer, "master", &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_string_equal(outcome.authtok, master_answer);
	assert_true(asked("operation 98\n") && asked("operation 107\n"));
}

/* --- chauthtok: libpam calls twice, and the module's own code is in the second --- */

static void change(const char *old, const char *fresh, struct outcome *outcome)
{
	stack_change(&(struct login){.user = master_owner, .old = old, .before = fresh, .options = master_options("mailbox")},
	             outcome);
}

static void changed(void **state)
{
	struct outcome outcome;

	(void)state;
	owner_opens();
	change("old one", "new one", &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_true(asked("operation 108\n") && asked("secret old one\n") && asked("new_secret new one\n"));
	assert_null(strstr(stack_log(), " one"));
}

static void not_changed(void **state)
{
	struct outcome outcome;

	(void)state;
	change("the master's", "new one", &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_false(asked("operation 108\n"));
	stack_answers("result %d\n", AUTHZ_INVALID_PASSWORD);
	change("wrong", "new one", &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_false(asked("operation 108\n"));
	stack_answers("result %d\n", AUTHZ_NO_MAILBOX);
	change("wrong", "new one", &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_false(asked("operation 108\n"));
	assert_string_equal(outcome.authtok, "new one");
	stack_answers("result %d\nsubject s\n", AUTHZ_IO_ERR);
	change("old one", "new one", &outcome);
	assert_int_equal(outcome.code, PAM_AUTHINFO_UNAVAIL);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, master_begin, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("the password of the mailbox opens it, and is gone for the next module (mailbox MUST 1)", opened),
		ROW("by the master's password it is a master's session (mailbox MUST 3)", by_master),
		ROW("without a mailbox the answer is left, without a word; a refusal and a server out of reach are not the same "
		    "(mailbox MUST 2)", refusals),
		ROW("the helper's OK of another user, or of one who is unknown here, is none (mailbox MUST 1)", wrong_people),
		ROW("nobody is asked of an empty answer, sshd's filling, who is there already, or below min_uid (mailbox MUST 4)",
		    not_asked),
		ROW("an answer that is no master's may still be the mailbox's", after_a_master),
		ROW("the owner's own old password changes it (mailbox MUST 5)", changed),
		ROW("the master's does not, nor a wrong one; who has no mailbox is the next module's (mailbox MUST 5)", not_changed),
	};

	return cmocka_run_group_tests_name("pam mailbox", tests, master_open, stack_close);
}
