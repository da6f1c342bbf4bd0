/* SPDX-License-Identifier: ISC */
/* Masters through the real libpam, with a service authz-master of the test's own: pam_prftkn/master.c, nested.c. */
#include <stdio.h>
#include <string.h>

#include "pam_master.h"

/* A master's own authenticate, by what was typed. */
static void typed(const char *answer, const char *second, const char *more, struct outcome *outcome)
{
	stack_authenticate(&(struct login){.user = master_owner, .answer = answer, .second = second, .rhost = "192.0.2.7",
	                                   .tty = "tty7", .options = master_options(more)}, outcome);
}

static void by_name(const char *user, const char *becomes, const char *answer, struct outcome *outcome)
{
	stack_authenticate(&(struct login){.user = user, .becomes = becomes, .answer = answer,
	                                   .options = master_options("split=" STACK_SERVICE)}, outcome);
}

static bool log_has(const char *text)
{
	return strstr(stack_log(), text) != NULL;
}

static bool asked(const char *text)
{
	return strstr(stack_read("asked"), text) != NULL;
}

static void expect_in(const struct outcome *outcome)
{
	char line[200];

	assert_int_equal(outcome->code, PAM_SUCCESS);
	assert_false(outcome->authtok_there);
	snprintf(line, sizeof line, "master let in: user=%s master=%s", master_owner, master_name);
	assert_true(log_has(line));
	assert_true(asked("verified 1"));
}

static void expect_untouched(const struct outcome *outcome, const char *answer)
{
	assert_int_equal(outcome->code, PAM_IGNORE);
	assert_true(outcome->authtok_there);
	assert_string_equal(outcome->authtok, answer);
	assert_int_equal(outcome->messages, 0);
	assert_int_equal(master_entries(""), 0);
}

static void one_answer(void **state)
{
	struct outcome outcome;

	(void)state;
	typed(master_answer, NULL, "master", &outcome);
	expect_in(&outcome);
	assert_int_equal(outcome.prompts, 1);
	assert_true(log_has("rhost=192.0.2.7"));
	assert_true(asked("service probe\n") && asked("rhost 192.0.2.7\n") && asked("tty tty7\n"));
	assert_false(asked("reauth"));
	assert_false(log_has("sesame"));
}

static void two_answers(void **state)
{
	struct outcome outcome;

	(void)state;
	typed(master_asking, MASTER_PASSWORD, "master", &outcome);
	expect_in(&outcome);
	assert_int_equal(outcome.prompts, 2);
	assert_string_equal(outcome.prompt, "Password: ");
}

static void other_separator(void **state)
{
	char answer[128];
	struct outcome outcome;

	(void)state;
	snprintf(answer, sizeof answer, "+%s+" MASTER_PASSWORD, master_name);
	typed(answer, NULL, "master separator=+", &outcome);
	expect_in(&outcome);
	typed(master_answer, NULL, "master separator=+", &outcome);
	expect_untouched(&outcome, master_answer);
}

static void without_option(void **state)
{
	struct outcome outcome;

	(void)state;
	typed(master_answer, NULL, "", &outcome);
	expect_untouched(&outcome, master_answer);
	typed(master_answer, NULL, "split=other", &outcome);
	expect_untouched(&outcome, master_answer);
	assert_int_equal(stack_asked(), 0);
	assert_string_equal(stack_read("items"), "");
	stack_authenticate(&(struct login){.user = master_split, .answer = MASTER_PASSWORD, .options = master_options("master split=o")},
	                   &outcome);
	expect_untouched(&outcome, MASTER_PASSWORD);
	assert_int_equal(stack_asked(), 0);
}

static void split_name(void **state)
{
	struct outcome outcome;

	(void)state;
	by_name(master_split, master_owner, MASTER_PASSWORD, &outcome);
	expect_in(&outcome);
	by_name(master_split, NULL, "wrong", &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_false(outcome.authtok_there);
	stack_answers("result %d\n", AUTHZ_STORE_MISSING);
	by_name(master_split, NULL, MASTER_PASSWORD, &outcome);
	assert_int_equal(outcome.code, PAM_AUTHINFO_UNAVAIL);
	assert_false(outcome.authtok_there);
	assert_true(log_has("<3> pam_prftkn(probe:auth): master not checked"));
}

static void own_name(void **state)
{
	char name[80];
	struct outcome outcome;

	(void)state;
	snprintf(name, sizeof name, "%s*%s", master_owner, master_owner);
	by_name(name, master_owner, "mine", &outcome);
	expect_untouched(&outcome, "mine");
	snprintf(name, sizeof name, "*%s*mine", master_owner);
	typed(name, NULL, "master", &outcome);
	expect_untouched(&outcome, name);
	assert_int_equal(stack_asked(), 0);
}

/* Each that may be wrong alone: the service is asked, the helper too, and what was typed is as it was. */
static void every_failure(void **state)
{
	static const struct {
		const char *owner, *master, *password;
		int result;
		const char *line;
	} rows[] = {
		{NULL, NULL, "wrong", AUTHZ_PASSWORD_WRONG, "CPF22E2"},
		{NULL, NULL, "wrong", AUTHZ_OK, "CPF22E2"}, /* a helper that says yes to a wrong password */
		{NULL, NULL, MASTER_PASSWORD, AUTHZ_NOT_IN_SET, "AZ-SET"},
		{NULL, NULL, MASTER_PASSWORD, AUTHZ_GRANT_OVER, "AZ-UNTIL"},
		{NULL, NULL, MASTER_PASSWORD, AUTHZ_OWNER_FORBIDS, "AZ-FORBID"},
		{NULL, NULL, MASTER_PASSWORD, AUTHZ_DISABLED, "CPF22E3"},
		{NULL, "nobody-of-this-host", MASTER_PASSWORD, AUTHZ_NO_MASTER, "master=- "},
		{NULL, "nobody-of-this-host", MASTER_PASSWORD, AUTHZ_OK, "CPF22E2"},
		{"unknown-here", NULL, MASTER_PASSWORD, AUTHZ_USER_NOT_FOUND, "user=- "},
		{"unknown-here", NULL, MASTER_PASSWORD, AUTHZ_OK, "CPF22E2"},
		{"root", NULL, MASTER_PASSWORD, AUTHZ_OK, "user=root "},
		{NULL, "root", MASTER_PASSWORD, AUTHZ_OK, "master=root "},
	};
	struct outcome outcome;
	char answer[200];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *master = rows[i].master == NULL ? master_name : rows[i].master;
		const char *owner = rows[i].owner == NULL ? master_owner : rows[i].owner;

		stack_write("items", "", 0600);
		if (rows[i].result == AUTHZ_OK)
			master_answers_ok();
		else
			stack_answers("result %d\nsubject %s\n", rows[i].result, owner);
		snprintf(answer, sizeof answer, "*%s*%s", master, rows[i].password);
		stack_authenticate(&(struct login){.user = owner, .answer = answer, .options = master_options("master")}, &outcome);
		expect_untouched(&outcome, answer);
		assert_in_range(outcome.delay, 1000000, 3000000);
		assert_int_equal(stack_asked(), 1);
		assert_non_null(strstr(stack_read("items"), "pam_sm_authenticate authz-master"));
		if (rows[i].master != NULL)
			assert_null(strstr(stack_read("items"), rows[i].master));
		if (!log_has(rows[i].line) || log_has("unknown-here") || log_has("nobody-of-this-host"))
			fail_msg("%zu: %s", i, stack_log());
	}
}

/* libpam adds or takes away up to a half.  The nested service wants ten times as much. */
static void delays(void **state)
{
	static const char *const owners[] = {NULL, "unknown-here", "root"};
	char name[128];
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
		snprintf(name, sizeof name, "%s*%s", owners[i] == NULL ? master_owner : owners[i], master_name);
		by_name(name, NULL, "wrong", &outcome);
		assert_int_equal(outcome.code, PAM_AUTH_ERR);
		assert_in_range(outcome.delay, 1000000, 3000000);
	}
	stack_answers("result %d\n", AUTHZ_NOT_IN_SET);
	by_name(master_split, NULL, MASTER_PASSWORD, &outcome);
	assert_in_range(outcome.delay, 1000000, 3000000);
	stack_answers("do crash\n");
	by_name(master_split, NULL, MASTER_PASSWORD, &outcome);
	assert_in_range(outcome.delay, 1000000, 3000000);
}

static void wrong_people(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers("result 0\nuser %s\nuid %u\nmaster %s\nmaster_uid %u\n", master_owner, (unsigned)master_owner_uid, "other",
	              (unsigned)master_uid);
	typed(master_answer, NULL, "master", &outcome);
	expect_untouched(&outcome, master_answer);
	stack_answers("result 0\nuser %s\nuid %u\nmaster %s\nmaster_uid %u\n", master_owner, (unsigned)master_owner_uid + 500,
	              master_name, (unsigned)master_uid);
	typed(master_answer, NULL, "master", &outcome);
	expect_untouched(&outcome, master_answer);
	stack_answers("result 0\nuser %s\nuid %u\n", master_owner, (unsigned)master_owner_uid);
	typed(master_answer, NULL, "master", &outcome);
	expect_untouched(&outcome, master_answer);
	master_answers_ok();
	typed(master_answer, NULL, "master min_uid=60000", &outcome);
	expect_untouched(&outcome, master_answer);
	assert_true(asked("verified 0"));
}

static void out_of_reach(void **state)
{
	static const char *const deeds[] = {"do crash", "do garbage", "do nothing", "result 70"};
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		stack_answers("%s\n", deeds[i]);
		typed(master_answer, NULL, "master", &outcome);
		expect_untouched(&outcome, master_answer);
		assert_true(log_has("<3> pam_prftkn(probe:auth): master not checked"));
	}
	typed(master_answer, NULL, "master helper=/nowhere", &outcome);
	expect_untouched(&outcome, master_answer);
}

/* The password begins like a master's answer, and is one's own. */
static void odd_passwords(void **state)
{
	static const char *const passwords[] = {"*", "**", "***", "*a*", "**a", "* *"};
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
		stack_answers("result %d\n", AUTHZ_NO_MASTER);
		typed(passwords[i], NULL, "master", &outcome);
		expect_untouched(&outcome, passwords[i]);
		assert_false(log_has(passwords[i][1] == 'a' ? "*a" : "* *"));
	}
	stack_answers("result %d\n", AUTHZ_NO_MASTER);
	typed("*secret", "anything", "master", &outcome);
	expect_untouched(&outcome, "*secret");
	assert_int_equal(outcome.prompts, 2);
	assert_false(log_has("secret"));
	stack_authenticate(&(struct login){.user = master_owner, .before = "*secret",
	                                   .options = master_options("master use_first_pass")}, &outcome);
	expect_untouched(&outcome, "*secret");
	assert_int_equal(outcome.prompts, 0);
}

static void tokens(void **state)
{
	char answer[128];
	struct outcome outcome;

	(void)state;
	snprintf(answer, sizeof answer, "*%s*" STACK_TOKEN, master_name);
	typed(answer, NULL, "master", &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_false(outcome.authtok_there);
	assert_true(asked("verified 0"));
	assert_string_equal(stack_read("items"), "");
	master_answers_ok();
	typed(master_asking, STACK_TOKEN, "master", &outcome);
	expect_untouched(&outcome, master_asking);
	assert_string_equal(stack_read("items"), "");
	master_answers_ok();
	by_name(master_split, NULL, STACK_TOKEN, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_false(outcome.authtok_there);
	assert_string_equal(stack_read("items"), "");
	assert_false(log_has("AAECAw"));
}

static void there_already(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_authenticate(&(struct login){.answer = master_answer, .options = master_options("master")}, &outcome);
	expect_untouched(&outcome, master_answer);
	assert_int_equal(stack_asked(), 0);
	assert_string_equal(stack_read("items"), "");
	assert_true(log_has("owner is there already"));
	stack_authenticate(&(struct login){.user = master_owner, .service = "polkit-1", .answer = master_answer,
	                                   .options = master_options("master")}, &outcome);
	expect_untouched(&outcome, master_answer);
	assert_int_equal(stack_asked(), 0);
}

static void what_the_service_says(void **state)
{
	static const int accounts[] = {PAM_ACCT_EXPIRED, PAM_NEW_AUTHTOK_REQD, PAM_PERM_DENIED, PAM_AUTH_ERR, PAM_IGNORE};
	struct outcome outcome;
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
		master_service("", accounts[i]);
		master_answers_ok();
		typed(master_answer, NULL, "master", &outcome);
		expect_untouched(&outcome, master_answer);
		assert_true(asked("verified 0"));
	}
	master_service("", PAM_SUCCESS);
	stack_write("items", "", 0600);
	typed(master_answer, NULL, "master", &outcome);
	snprintf(line, sizeof line, "pam_sm_authenticate authz-master %s 192.0.2.7 tty7 -\n", master_name);
	assert_string_equal(stack_read("items"), line);
	typed(master_answer, NULL, "master confdir=/nowhere", &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_true(log_has("not checked by authz-master"));
}

/* The other questions of the service are the host's to ask. */
static void second_factor(void **state)
{
	struct outcome outcome;

	(void)state;
	master_service("more=Really? say=Hello.", PAM_SUCCESS);
	stack_authenticate(&(struct login){.user = master_owner, .answer = master_answer, .echoed = "yes",
	                                   .options = master_options("master")}, &outcome);
	expect_in(&outcome);
	assert_int_equal(outcome.prompts, 1);
	assert_int_equal(outcome.messages, 1);
	assert_string_equal(outcome.message, "Hello.");
	master_answers_ok();
	stack_authenticate(&(struct login){.user = master_owner, .answer = master_answer, .echoed = "no",
	                                   .options = master_options("master")}, &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_true(asked("verified 0"));
}

/* A refusal by the set, of a right password, is to look as one of a wrong password does. */
static void said_after_the_password(void **state)
{
	static const int accounts[] = {PAM_SUCCESS, PAM_ACCT_EXPIRED};
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
		master_service("tell=Locked.", accounts[i]);
		stack_answers("result %d\n", AUTHZ_NOT_IN_SET);
		typed(master_answer, NULL, "master debug", &outcome);
		expect_untouched(&outcome, master_answer);
		assert_int_equal(outcome.prompts, 1);
		assert_true(log_has("says after the password is not passed on"));
		assert_false(log_has("Locked."));
	}
	master_service("tell=Locked.", PAM_SUCCESS);
	master_answers_ok();
	typed(master_answer, NULL, "master", &outcome);
	expect_in(&outcome);
	assert_int_equal(outcome.messages, 0);
	assert_false(log_has("not passed on"));
	master_service("ask=Really?", PAM_SUCCESS); /* which account cannot */
	master_answers_ok();
	stack_authenticate(&(struct login){.user = master_owner, .answer = master_answer, .echoed = "yes",
	                                   .options = master_options("master")}, &outcome);
	expect_untouched(&outcome, master_answer);
	assert_int_equal(outcome.prompts, 1);
	assert_true(asked("verified 0"));
}

static void in_authz_master(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_authenticate(&(struct login){.user = master_owner, .service = "authz-master", .answer = master_answer,
	                                   .options = master_options("master mailbox split=authz-master")}, &outcome);
	expect_untouched(&outcome, master_answer);
	stack_authenticate(&(struct login){.user = master_split, .service = "authz-master", .answer = "x",
	                                   .options = master_options("master mailbox split=authz-master")}, &outcome);
	expect_untouched(&outcome, "x");
	stack_authenticate(&(struct login){.user = master_owner, .service = "authz-master", .answer = STACK_TOKEN,
	                                   .options = master_options("")}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_false(outcome.authtok_there);
	assert_int_equal(stack_asked(), 0);
}

static void decoy(void **state)
{
	struct outcome outcome;

	(void)state;
	by_name(master_split, NULL, "\b\n\r\177INCORRECT", &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_int_equal(stack_asked(), 0);
	assert_string_equal(stack_read("items"), "");
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, master_begin, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a master's answer lets it in as the owner, and is gone (master MUST 1) (master MUST 4)", one_answer),
		ROW("so does its name, and the password asked for with the same words (master MUST 4)", two_answers),
		ROW("another separator takes the place of the first", other_separator),
		ROW("without the option an answer is none, nor a name in another service (pam_prftkn MUST 1)", without_option),
		ROW("a name is split where it is said, and PAM_USER is the owner after success alone (master MUST 8) (master MUST 4)",
		    split_name),
		ROW("a master of one's own is an ordinary login (master MUST 8)", own_name),
		ROW("whatever is wrong, password and helper are asked, and the answer is left; strangers' names are not logged "
		    "(master MUST 2) (master MUST 3) (master MUST 6) (master MUST 9)", every_failure),
		ROW("the delay is the host's, and not that of the service (nested MUST 3) (master MUST 2)", delays),
		ROW("a helper that lets others in lets nobody in (master MUST 1)", wrong_people),
		ROW("with the helper out of reach an answer is the next module's, and the log says so (master MUST 3)", out_of_reach),
		ROW("passwords that begin like a master's answer stay what they are (master MUST 3)", odd_passwords),
		ROW("a token is no master's password, and nobody sees it (master MUST 5)", tokens),
		ROW("who is there already does not prove it again by a master (master MUST 7)", there_already),
		ROW("authenticate and account of authz-master decide, of that master (nested MUST 1)", what_the_service_says),
		ROW("what the service asks beside is asked of whoever types (nested MUST 2) (pam_prftkn MUST 2)", second_factor),
		ROW("what it says after the password, and asks for the account, reaches nobody (nested MUST 5)", said_after_the_password),
		ROW("in authz-master itself there is no master, no mailbox and no token (nested MUST 4) (pam_prftkn MUST 6)",
		    in_authz_master),
		ROW("what sshd sends for a refused user is no master's password", decoy),
	};

	return cmocka_run_group_tests_name("pam master", tests, master_open, stack_close);
}
