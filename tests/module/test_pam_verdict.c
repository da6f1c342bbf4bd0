/* SPDX-License-Identifier: ISC */
/* Users, results and the log, through the real libpam and a helper that says what a test wants: pam_prftkn/verdict.c. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "authz.h"
#include "pam_stack.h"
#include "scratch.h"

static int authenticate(const char *user)
{
	struct outcome outcome;

	stack_authenticate(&(struct login){.user = user, .answer = STACK_TOKEN}, &outcome);
	assert_int_equal(outcome.messages, 0);
	assert_int_equal(outcome.prompts, 1);
	assert_false(outcome.authtok_there);
	return outcome.code;
}

/* One line, of this level, with this in it. */
static void expect_line(int level, const char *text)
{
	char start[64];

	snprintf(start, sizeof start, "<%d> pam_prftkn(" STACK_SERVICE ":auth): ", level);
	if (strncmp(stack_log(), start, strlen(start)) != 0 || strstr(stack_log(), text) == NULL)
		fail_msg("no \"%s\" at level %d in \"%s\"", text, level, stack_log());
	assert_ptr_equal(strchr(stack_log(), '\n') + 1, stack_log() + strlen(stack_log()));
}

static const struct row {
	enum authz_result result;
	const char *name, *code;
	int pam;
} rows[] = {
#define X(name, number, code, pam, exit, sentence) {AUTHZ_##name, #name, code, PAM_##pam},
	AUTHZ_RESULTS(X)
#undef X
};

static void every_result(void **state)
{
	char text[512];
	int code;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct authz_error error = {.subject = "walrus"};

		stack_answers("result %d\nsubject walrus\nuser %s\nuid %u\n", rows[i].result, stack_user, stack_uid);
		code = authenticate(NULL);
		if (code != rows[i].pam)
			fail_msg("%s: PAM code %d, not %d", rows[i].name, code, rows[i].pam);
		assert_int_equal(stack_asked(), 1);
		if (code == PAM_SUCCESS) {
			expect_line(6, "token accepted: user=");
			continue;
		}
		expect_line(code == PAM_AUTH_ERR ? 5 : 3, rows[i].code);
		expect_line(code == PAM_AUTH_ERR ? 5 : 3, authz_result_text(rows[i].result, &error, text, sizeof text));
	}
}

static void unknown_result(void **state)
{
	static const int numbers[] = {29, 97, 999, -1, 1 << 30};

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		stack_answers("result %d\nuser %s\nuid %u\n", numbers[i], stack_user, stack_uid);
		assert_int_equal(authenticate(NULL), PAM_AUTHINFO_UNAVAIL);
		expect_line(3, "AZ-GARBLED");
	}
}

static void system_users(void **state)
{
	const char *const users[] = {"root", "nobody"};

	(void)state;
	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		const struct passwd *account = getpwnam(users[i]);

		assert_non_null(account);
		stack_answers("result 0\nuser %s\nuid %u\n", users[i], account->pw_uid);
		assert_int_equal(authenticate(users[i]), PAM_AUTH_ERR);
		assert_int_equal(stack_asked(), 0);
		expect_line(5, "AZ-SYSTEM: User profile ");
		expect_line(5, users[i]);
	}
}

static void below_min_uid(void **state)
{
	struct outcome outcome;
	char options[64];

	(void)state;
	stack_answers_ok();
	snprintf(options, sizeof options, "min_uid=%u", stack_uid + 1);
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .options = options}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_int_equal(stack_asked(), 0);
	expect_line(5, "AZ-SYSTEM");
	snprintf(options, sizeof options, "min_uid=%u", stack_uid);
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .options = options}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_int_equal(stack_asked(), 1);
}

static void default_min_uid(void **state)
{
	struct outcome outcome;
	char options[512];
	const struct passwd *account;

	(void)state;
	snprintf(options, sizeof options, "socket=none reauth helper=%s", stack_path("helper"));
	setpwent();
	while ((account = getpwent()) != NULL) {
		char user[33];

		if (strlen(account->pw_name) >= sizeof user)
			continue;
		snprintf(user, sizeof user, "%.32s", account->pw_name);
		stack_answers("result 0\nuser %s\nuid %u\n", user, account->pw_uid);
		stack_authenticate(&(struct login){.user = user, .answer = STACK_TOKEN, .options = options, .bare = true},
		                   &outcome);
		if (account->pw_uid < 1000 || account->pw_uid == 65534)
			assert_int_equal(outcome.code, PAM_AUTH_ERR);
		else
			assert_int_equal(outcome.code, PAM_SUCCESS);
	}
	endpwent();
}

static void zero_min_uid(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers("result 0\nuser root\nuid 0\n");
	stack_authenticate(&(struct login){.user = "root", .answer = STACK_TOKEN, .options = "min_uid=1"}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	stack_authenticate(&(struct login){.user = "root", .answer = STACK_TOKEN, .options = "min_uid=0"}, &outcome);
	assert_int_equal(outcome.code, PAM_SERVICE_ERR);
	assert_int_equal(stack_asked(), 0);
}

static void unknown_users(void **state)
{
	static const char *const users[] = {"", "no-such-user", "no\nsuch=user", "a-name-of-thirty-three-characters",
	                                    "prftkn_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "*"};

	(void)state;
	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		stack_answers("result 0\nuser %s\nuid %u\n", stack_user, stack_uid);
		assert_int_equal(authenticate(users[i]), PAM_AUTH_ERR);
		expect_line(5, "token refused: user=- rhost=- CPF2204: User profile ? not found.");
		stack_answers("result 1\nsubject %s\n", "no-such-user");
		assert_int_equal(authenticate(users[i]), PAM_AUTH_ERR);
		expect_line(5, "CPF2204: User profile ? not found.");
	}
}

static void unknown_user_is_asked_about(void **state)
{
	(void)state;
	stack_answers("result 35\n");
	assert_int_equal(authenticate("no-such-user"), PAM_AUTH_ERR);
	assert_int_equal(stack_asked(), 1);
	stack_answers("do nothing\n");
	assert_int_equal(authenticate("no-such-user"), PAM_AUTHINFO_UNAVAIL);
	assert_null(strstr(stack_log(), "no-such-user"));
	assert_int_equal(authenticate(NULL), PAM_AUTHINFO_UNAVAIL);
}

static void other_identity(void **state)
{
	(void)state;
	stack_answers("result 0\nuser %s\nuid %u\n", stack_user, stack_uid + 1);
	assert_int_equal(authenticate(NULL), PAM_AUTH_ERR);
	expect_line(5, "AZ-OTHER: Profile token does not stand for user ");
	stack_answers("result 0\nuser %s\nuid 0\n", stack_user);
	assert_int_not_equal(authenticate(NULL), PAM_SUCCESS);
	stack_answers("result 0\nuser root\nuid %u\n", stack_uid);
	assert_int_equal(authenticate(NULL), PAM_AUTH_ERR);
	expect_line(5, "AZ-OTHER");
	stack_answers("result 0\nuser %s\nuid %lld\n", stack_user, (1LL << 32) + stack_uid);
	assert_int_not_equal(authenticate(NULL), PAM_SUCCESS);
	stack_answers("result 0\nuser %s\n", stack_user);
	assert_int_not_equal(authenticate(NULL), PAM_SUCCESS);
	stack_answers("result 0\nuid %u\n", stack_uid);
	assert_int_not_equal(authenticate(NULL), PAM_SUCCESS);
	stack_answers("result 0\n");
	assert_int_not_equal(authenticate(NULL), PAM_SUCCESS);
}

static void claims(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .rhost = "192.0.2.7", .tty = "ssh"}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_non_null(strstr(stack_read("asked"), "service " STACK_SERVICE "\nrhost 192.0.2.7\ntty ssh\ntoken there\n"));
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .rhost = ""}, &outcome);
	assert_null(strstr(stack_read("asked"), "rhost"));
	assert_null(strstr(stack_read("asked"), "tty"));
	assert_non_null(strstr(stack_read("asked"), "service " STACK_SERVICE "\n"));
}

static void long_claims(void **state)
{
	char rhost[600], tty[600];
	struct outcome outcome;

	(void)state;
	memset(rhost, 'r', sizeof rhost);
	memset(tty, 't', sizeof tty);
	rhost[255] = tty[63] = '\0';
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .rhost = rhost, .tty = tty}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_non_null(strstr(stack_read("asked"), rhost));
	assert_non_null(strstr(stack_read("asked"), tty));
	rhost[255] = 'r', rhost[256] = '\0';
	tty[63] = 't', tty[64] = '\0';
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .rhost = rhost, .tty = tty}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_null(strstr(stack_read("asked"), "rhost"));
	assert_null(strstr(stack_read("asked"), "tty"));
}

/* An account that is not the tester's, nor refused for what it is where min_uid=1. */
static const struct passwd *other_account(void)
{
	const struct passwd *account;

	setpwent();
	while ((account = getpwent()) != NULL)
		if (account->pw_uid != 0 && account->pw_uid != 65534 && account->pw_uid != stack_uid &&
		    strlen(account->pw_name) <= 32)
			break;
	assert_non_null(account);
	return account;
}

static void there_already(void **state)
{
	static const char *const answers[] = {STACK_TOKEN, "prftkn_", "prftkn_short"};
	static const char *const services[] = {"probe", "sudo", "su", "polkit-1"};
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	for (size_t i = 0; i < 3 * 4; i++) {
		stack_authenticate(&(struct login){.answer = answers[i % 3], .service = services[i / 3], .no_reauth = true}, &outcome);
		assert_int_equal(outcome.code, PAM_AUTH_ERR);
		assert_false(outcome.authtok_there);
		assert_int_equal(outcome.messages, 0);
		assert_non_null(strstr(stack_log(), "AZ-REAUTH: A profile token opens a login; "));
		assert_ptr_equal(strchr(stack_log(), '\n') + 1, stack_log() + strlen(stack_log()));
	}
	assert_int_equal(stack_asked(), 0);
	stack_authenticate(&(struct login){.answer = "hers", .no_reauth = true}, &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_string_equal(outcome.authtok, "hers");
}

static void there_already_with_reauth(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_int_equal(stack_asked(), 1);
	assert_non_null(strstr(stack_read("asked"), "reauth 1\n"));
	stack_answers("result 43\n");
	assert_int_equal(authenticate(NULL), PAM_AUTH_ERR);
	expect_line(5, "AZ-REAUTH");
}

static void somebody_else(void **state)
{
	const struct passwd *account = other_account();
	struct login login = {.user = account->pw_name, .answer = STACK_TOKEN, .options = "min_uid=1", .no_reauth = true};
	struct outcome outcome;
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) { /* with the option too nothing is said of a proof */
		login.no_reauth = i == 0;
		stack_answers("result 0\nuser %s\nuid %u\n", account->pw_name, account->pw_uid);
		stack_authenticate(&login, &outcome);
		assert_int_equal(outcome.code, PAM_SUCCESS);
		assert_null(strstr(stack_read("asked"), "reauth"));
	}
}

/* Its helper may be a service of root's: it is known by its name, whomever it asks about. */
static void polkit(void **state)
{
	const struct passwd *account = other_account();
	struct login login = {.user = account->pw_name, .answer = STACK_TOKEN, .options = "min_uid=1", .no_reauth = true,
	                      .service = "polkit-1"};
	struct outcome outcome;

	(void)state;
	stack_answers("result 0\nuser %s\nuid %u\n", account->pw_name, account->pw_uid);
	stack_authenticate(&login, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_int_equal(stack_asked(), 0);
	login.no_reauth = false;
	stack_authenticate(&login, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_non_null(strstr(stack_read("asked"), "reauth 1\n"));
}

static void log_is_one_line(void **state)
{
	char expected[128];
	struct outcome outcome;

	(void)state;
	stack_answers("result 34\n");
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .rhost = "evil\nhost user=root\033[2J\xff"}, &outcome);
	snprintf(expected, sizeof expected, "user=%s rhost=evil?host?user=root?[2J? AZ-SPENT: ", stack_user);
	expect_line(5, expected);
	stack_answers("result 8\nsubject one\rtwo\n");
	assert_int_equal(authenticate(NULL), PAM_AUTH_ERR);
	expect_line(5, "one?two");
}

static void log_of_success(void **state)
{
	char expected[128];
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .rhost = "192.0.2.7"}, &outcome);
	snprintf(expected, sizeof expected, "token accepted: user=%s rhost=192.0.2.7\n", stack_user);
	expect_line(6, expected);
}

static void silent_flag(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .flags = (int)PAM_SILENT}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	stack_answers("result 34\n");
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .flags = (int)PAM_SILENT}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_int_equal(outcome.messages, 0);
}

static void helper_missing(void **state)
{
	struct outcome outcome;
	char options[512];

	(void)state;
	snprintf(options, sizeof options, "helper=%s", stack_path("no-such-helper"));
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .options = options}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTHINFO_UNAVAIL);
	assert_false(outcome.authtok_there);
	expect_line(3, "token not checked: user=");
	expect_line(3, "AZ-HELPER: The helper ");
}

static void helper_fails(void **state)
{
	static const char *const deeds[][2] = {
		{"crash", "AZ-DIED"}, {"killed", "AZ-DIED"}, {"nothing", "AZ-DIED"}, {"half", "AZ-DIED"},
		{"garbage", "AZ-GARBLED"}, {"other-id", "AZ-GARBLED"}, {"longer", "AZ-GARBLED"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		stack_answers("result 0\nuser %s\nuid %u\ndo %s\n", stack_user, stack_uid, deeds[i][0]);
		if (authenticate(NULL) != PAM_AUTHINFO_UNAVAIL)
			fail_msg("helper: %s", deeds[i][0]);
		expect_line(3, deeds[i][1]);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void helper_hangs(void **state)
{
	struct outcome outcome;
	double begin = now();

	(void)state;
	stack_answers("do hang\n");
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .options = "timeout=1"}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTHINFO_UNAVAIL);
	expect_line(3, "AZ-LATE");
	assert_true(now() - begin >= 0.9 && now() - begin < 3);
}

static void nothing_left(void **state)
{
	static const char *const deeds[] = {"", "do crash\n", "do half\n", "result 34\n"};
	int before;

	(void)state;
	stack_answers_ok();
	authenticate(NULL);
	before = open_descriptors();
	for (unsigned i = 0; i < 200; i++) {
		stack_answers("result 0\nuser %s\nuid %u\n%s", stack_user, stack_uid, deeds[i % 4]);
		authenticate(NULL);
	}
	assert_int_equal(open_descriptors(), before);
	errno = 0;
	assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	assert_int_equal(errno, ECHILD);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("every result of the table gives its PAM code and one line with its code and sentence (verdict MUST 4)",
		    every_result),
		ROW("a number that is not in the table is no success", unknown_result),
		ROW("root and nobody are refused whatever the helper would say, and it is not asked (verdict MUST 1)", system_users),
		ROW("a uid below min_uid is refused and min_uid itself is not (verdict MUST 1)", below_min_uid),
		ROW("without min_uid every account below 1000, and nobody, is refused (verdict MUST 1)", default_min_uid),
		ROW("no min_uid lets root in (verdict MUST 1)", zero_min_uid),
		ROW("an unknown user is refused even if the helper says OK, and the name is not logged (verdict MUST 4)",
		    unknown_users),
		ROW("an unknown user is asked about, and has the answer that a known one has (verdict MUST 2)",
		    unknown_user_is_asked_about),
		ROW("OK for another uid, another name, or for nobody named, is no success (verdict MUST 3)", other_identity),
		ROW("service, remote host and terminal go to the helper; what is empty does not", claims),
		ROW("a statement that has no room is left out, not cut short", long_claims),
		ROW("a token does not prove again who is there already, well-formed or not, and nobody is asked (verdict MUST 5)",
		    there_already),
		ROW("with reauth it does, and the helper is told what for (verdict MUST 5)", there_already_with_reauth),
		ROW("a token for somebody else than is there is no proof again", somebody_else),
		ROW("to polkit a token is a proof again whoever it is about (verdict MUST 5)", polkit),
		ROW("what a remote host or a helper names cannot end or forge a line of the log (verdict MUST 4)", log_is_one_line),
		ROW("a token that is taken is one line with the user (verdict MUST 4)", log_of_success),
		ROW("PAM_SILENT changes no verdict and nothing is said", silent_flag),
		ROW("a helper that is not there is PAM_AUTHINFO_UNAVAIL", helper_missing),
		ROW("a helper that crashes, is killed, or answers anything but one whole reply is PAM_AUTHINFO_UNAVAIL",
		    helper_fails),
		ROW("a helper that hangs is PAM_AUTHINFO_UNAVAIL at the deadline", helper_hangs),
		ROW("200 logins leave no descriptor and no child (pam_prftkn MUST 3)", nothing_left),
	};

	return cmocka_run_group_tests_name("pam redeem", tests, stack_open, stack_close);
}
