/* SPDX-License-Identifier: ISC */
/* What account says where exits are asked: pam_prftkn/signon.c, through the real libpam. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pam_master.h"

static struct outcome outcome;

static int account(struct login login, const char *answer)
{
	stack_answers("%s", answer);
	if (login.options == NULL)
		login.options = "exits";
	login.then = NULL;
	return stack_call(&login, pam_acct_mgmt);
}

static bool asked_for(const char *line)
{
	return strstr(stack_read("asked"), line) != NULL;
}

static bool logged(const char *part)
{
	return strstr(stack_log(), part) != NULL;
}

/* A service with these lines for auth and account, and the conversation's end of it: what account said, and to whom. */
static int log_in(const char *user, const char *answer, const char *variable)
{
	char file[2048], ours[700];

	snprintf(ours, sizeof ours, "%s helper=%s socket=none %s", stack_path("pam_prftkn.so"), stack_path("helper"), master_options(""));
	snprintf(file, sizeof file, "auth required %s master\naccount required %s exits\n", ours, ours);
	if (answer != NULL) {
		stack_authenticate(&(struct login){.file = file, .user = user, .answer = answer, .then = pam_acct_mgmt}, &outcome);
		assert_int_equal(outcome.code, PAM_SUCCESS);
		return outcome.then;
	}
	return stack_call(&(struct login){.file = file, .user = user, .variable = variable}, pam_acct_mgmt);
}

static void yes(void **state)
{
	char line[64];

	(void)state;
	assert_int_equal(account((struct login){.rhost = "192.0.2.7", .tty = "tty7"}, "result 0\n"), PAM_SUCCESS);
	assert_int_equal(stack_asked(), 1);
	snprintf(line, sizeof line, "user %s\n", stack_user);
	assert_true(asked_for("operation 115\n") && asked_for(line) && asked_for("service probe\n") && asked_for("rhost 192.0.2.7\n") &&
	            asked_for("tty tty7\n"));
	snprintf(line, sizeof line, "actor %u\n", (unsigned)getuid());
	assert_true(asked_for(line));
	assert_false(asked_for("master ") || asked_for("reauth"));
	assert_string_equal(stack_log(), "");
	assert_int_equal(account((struct login){.rhost = ""}, "result 0\n"), PAM_SUCCESS);
	assert_false(asked_for("rhost"));
}

static void no(void **state)
{
	(void)state;
	stack_answers("result 163\nsubject AZ_SIGNON SIGN0100 7 /srv/exits/x\n");
	assert_int_equal(log_in(stack_user, NULL, NULL), PAM_PERM_DENIED);
	assert_true(logged("<5> pam_prftkn(probe:account): account refused: exits user="));
	assert_true(logged(" master=- rhost=- AZ-DENIED: Exit AZ_SIGNON SIGN0100 7 /srv/exits/x does not allow it.\n"));
}

static void told(const char *answer, int flags, const char *message)
{
	stack_answers("%s", answer);
	stack_account(&(struct login){.options = "exits", .flags = flags}, &outcome);
	assert_string_equal(outcome.message, message);
	assert_int_equal(outcome.messages, message[0] != '\0');
}

static void who_signs_on(void **state)
{
	(void)state;
	told("result 163\nsubject AZ_SIGNON SIGN0100 7 /srv/exits/x\n", 0, "AZ-DENIED: Exit AZ_SIGNON does not allow it.");
	told("result 166\nsubject AZ_SIGNON SIGN0100 7 /srv/exits/x: late\n", 0,
	     "AZ-EXIT: Nothing is performed, for an exit has failed: AZ_SIGNON.");
	assert_true(logged("<3> ") && logged("7 /srv/exits/x: late"));
	told("result 163\nsubject x\n", (int)PAM_SILENT, "");
	told("result 166\nsubject x\n", (int)PAM_SILENT, "");
	told("result 71\nsubject /store\n", 0, "");
	told("do crash\n", 0, "");
	told("result 0\n", 0, "");
}

static void not_found_out(void **state)
{
	static const char *const answers[] = {"do crash\n", "do garbage\n", "do nothing\n", "do half\n", "do longer\n", "result 166\nsubject x\n",
	                                      "result 70\nsubject /store\n", "result 8\nsubject user\n", "result 15\nsubject x\n",
	                                      "result 46\n", "result 92\nsubject x\n", "result 150\nsubject x\n", "result 99999\n"};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		assert_int_equal(account((struct login){.user = NULL}, answers[i]), PAM_AUTHINFO_UNAVAIL);
		assert_true(logged("<3> pam_prftkn(probe:account): account not checked: exits user="));
	}
	assert_int_equal(account((struct login){.options = "helper=/nowhere exits"}, "result 0\n"), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(account((struct login){.options = "timeout=1 exits"}, "do hang\n"), PAM_AUTHINFO_UNAVAIL);
	assert_true(logged("AZ-LATE"));
	assert_int_equal(account((struct login){.user = "a-name-that-is-longer-than-any-name"}, "result 0\n"), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(stack_asked(), 0);
}

static void uid_0(void **state)
{
	(void)state;
	assert_int_equal(account((struct login){.user = "root"}, "result 0\n"), PAM_SUCCESS);
	assert_true(asked_for("user root\n"));
	assert_false(logged("account passed"));
	assert_int_equal(account((struct login){.user = "root"}, "result 71\nsubject /store\n"), PAM_SUCCESS);
	assert_true(logged("<4> pam_prftkn(probe:account): account passed: exits are not asked about uid 0"));
	assert_true(logged("AZ-DAMAGED"));
	assert_int_equal(account((struct login){.user = "root", .options = "helper=/nowhere exits"}, "result 0\n"), PAM_SUCCESS);
	assert_true(logged("AZ-HELPER"));
}

static void unknown_names(void **state)
{
	static const char *const answers[] = {"result 6\nsubject Geheim7\n", "result 15\nsubject Geheim7\n", "result 8\nsubject Geheim7\n",
	                                      "result 163\nsubject AZ_SIGNON SIGN0100 7 /x\n", "result 166\nsubject AZ_SIGNON 7\n", "do crash\n"};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		(void)account((struct login){.options = "debug exits", .user = "Geheim7"}, answers[i]);
		assert_true(logged(" exits user=- "));
		assert_false(logged("Geheim7"));
	}
	(void)account((struct login){.user = "Geheim7-is-longer-than-any-name-is"}, "result 0\n");
	assert_true(logged("account not checked"));
	assert_false(logged("Geheim7"));
}

static void remote_host(void **state)
{
	char rhost[2000];

	(void)state;
	memset(rhost, 'h', sizeof rhost - 1);
	rhost[sizeof rhost - 1] = '\0';
	assert_int_equal(account((struct login){.rhost = rhost}, "result 0\n"), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(stack_asked(), 0);
	assert_true(logged("CPF3C3C: Value for parameter rhost not valid."));
	assert_int_equal(account((struct login){.tty = rhost}, "result 0\n"), PAM_SUCCESS);
	assert_false(asked_for("tty"));
}

/* The answer of the fake helper is good for both calls. */
static void masters(void **state)
{
	char line[64];
	static const char variable[] = "AUTHZ_ENTRY=pending.00000000000000000000000000000000";

	(void)state;
	assert_int_equal(log_in(master_owner, master_answer, NULL), PAM_SUCCESS);
	assert_int_equal(stack_asked(), 2);
	snprintf(line, sizeof line, "master %s\n", master_name);
	assert_true(asked_for("operation 115\n") && strstr(strstr(stack_read("asked"), "operation 115\n"), line) != NULL);
	assert_int_equal(master_entries(""), 0);
	stack_answers("result 0\n");
	assert_int_equal(log_in(master_owner, NULL, variable), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(stack_asked(), 0);
	assert_true(logged("account not checked: no exit is asked by the entry of a master: its file is not there, or is none"));
}

/* As with sshd: authenticate is in another process, and the environment is what is left of it. */
static void masters_by_environment(void **state)
{
	char variable[128], text[96], line[128];

	(void)state;
	assert_int_equal(mkdir(stack_path("entries"), 0700), 0);
	snprintf(text, sizeof text, "1 %u %u %s\n", (unsigned)master_owner_uid, (unsigned)master_uid, master_name);
	stack_write("entries/pending.0123456789abcdef0123456789abcdef", text, 0600);
	snprintf(variable, sizeof variable, "AUTHZ_ENTRY=pending.0123456789abcdef0123456789abcdef");
	stack_answers("result 163\nsubject x\n");
	assert_int_equal(log_in(master_owner, NULL, variable), PAM_PERM_DENIED);
	snprintf(line, sizeof line, "master %s\n", master_name);
	assert_true(asked_for(line));
	snprintf(line, sizeof line, "user=%s master=%s rhost=- AZ-DENIED", master_owner, master_name);
	assert_true(logged(line));
	assert_int_equal(master_entries("pending."), 1); /* it is the session's */
	stack_answers("result 0\n");
	assert_int_equal(log_in(stack_user, NULL, variable), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(stack_asked(), 0);
	assert_true(logged("by the entry of a master: it is for another user"));
	stack_write("entries/pending.0123456789abcdef0123456789abcdef", "1 1 2\n", 0600);
	assert_int_equal(log_in(master_owner, NULL, variable), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(stack_asked(), 0);
}

static void behind_require(void **state)
{
	(void)state;
	assert_int_equal(account((struct login){.options = "exits require=service:probe:use"}, "result 0\n"), PAM_SUCCESS);
	assert_int_equal(stack_asked(), 2);
	assert_true(strstr(stack_read("asked"), "operation 23\n") < strstr(stack_read("asked"), "operation 115\n"));
	assert_int_equal(account((struct login){.options = "exits require=service:probe:use"}, "result 150\n"), PAM_PERM_DENIED);
	assert_int_equal(stack_asked(), 1);
	assert_int_equal(account((struct login){.options = "exits require=service:probe:use"}, "do crash\n"), PAM_AUTHINFO_UNAVAIL);
	assert_false(asked_for("operation 115"));
}

static void not_asked(void **state)
{
	(void)state;
	assert_int_equal(account((struct login){.options = "debug"}, "result 163\n"), PAM_IGNORE);
	assert_int_equal(account((struct login){.options = "services=other exits"}, "result 163\n"), PAM_IGNORE);
	assert_int_equal(stack_asked(), 0);
}

static void misplaced(void **state)
{
	static const struct {
		const char *options;
		int (*call)(pam_handle_t *pamh, int flags);
		const char *line;
	} rows[] = {
		{"exits", pam_authenticate, "probe:auth): option not valid: exits is for account alone"},
		{"issue exits", pam_open_session, "probe:session): option not valid: exits is for account alone"},
		{"issue exits", pam_close_session, "probe:session): option not valid: exits is for account alone"},
		{"exits", pam_chauthtok, "probe:chauthtok): option not valid: exits is for account alone"},
		{"override exits", pam_acct_mgmt, "probe:account): option not valid: override and exits take a line each"},
		{"exits=yes", pam_acct_mgmt, "probe:account): option not valid: exits=yes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		stack_answers("%s", "result 0\n");
		assert_int_equal(stack_call(&(struct login){.options = rows[i].options}, rows[i].call), PAM_SERVICE_ERR);
		assert_int_equal(stack_asked(), 0);
		assert_true(logged(rows[i].line));
	}
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, master_begin, NULL, NULL}
	const struct CMUnitTest tests[] = {
		ROW("exits are told of service, user, remote host and on whose behalf; where they say yes account passes", yes),
		ROW("an exit that says no is PAM_PERM_DENIED, with a line in the log", no),
		ROW("who signs on is told the point, and no path and no number (signon MUST 4)", who_signs_on),
		ROW("what is not the helper's OK is a refusal (signon MUST 1)", not_found_out),
		ROW("root gets in whatever the helper says, and where there is none; the log says so (signon MUST 1)", uid_0),
		ROW("a name that is unknown here is in no line of the log (signon MUST 3)", unknown_names),
		ROW("a remote host that has no room in a request is a refusal, and not left out (signon MUST 2)", remote_host),
		ROW("exits are told of the master who comes, or nobody is asked (signon MUST 2)", masters),
		ROW("also where authenticate was another process's, and never of a master whose entry is another's (signon MUST 2)",
		    masters_by_environment),
		ROW("exits are asked behind require, of nobody whom that refuses", behind_require),
		ROW("without the option, and in other services, nobody is asked", not_asked),
		ROW("where exits would not be asked, or an override is beside them, it is an error of the option (pam_prftkn MUST 4)", misplaced),
	};

	return cmocka_run_group_tests_name("pam_exits", tests, master_open, stack_close);
}
