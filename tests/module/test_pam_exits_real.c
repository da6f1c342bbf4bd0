/* SPDX-License-Identifier: ISC */
/* Sign-on with the real helper, as a child, and exits by the real authz-launch, through the real libpam. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exit_kit.h"
#include "pam_real.h"

static struct outcome outcome;
static pid_t launcher;

static int sign_on(const char *user)
{
	char options[400];

	snprintf(options, sizeof options, "%s exits", real_options);
	stack_account(&(struct login){.options = options, .user = user, .rhost = "192.0.2.7", .tty = "tty7"}, &outcome);
	return outcome.code;
}

static void start_launcher(void)
{
	static char socket[300];
	const struct timespec tick = {.tv_nsec = 10000000};

	snprintf(socket, sizeof socket, "%s", stack_path("state/launch.sock"));
	launcher = fork();
	if (launcher == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)!freopen("/dev/null", "w", stderr);
		execl(stack_path("authz-launch"), "authz-launch", "--serve", "--own", socket, (char *)NULL);
		_exit(99);
	}
	assert_true(launcher > 0);
	for (int i = 0; i < 2000 && access(socket, F_OK) != 0; i++)
		nanosleep(&tick, NULL);
}

static void stop_launcher(void)
{
	assert_int_equal(kill(launcher, SIGTERM), 0);
	assert_int_equal(waitpid(launcher, NULL, 0), launcher);
}

static void program(const char *text)
{
	char script[600];

	snprintf(script, sizeof script, "#!/bin/sh\n%s\n", text);
	stack_write("exit", script, 0755);
}

static void signing_on(void **state)
{
	char text[300], expected[200];

	(void)state;
	assert_int_equal(sign_on(NULL), PAM_SUCCESS); /* without the launcher, as nothing is registered */
	program("exit 3");
	exit_add(real_client(), "AZ_SIGNON", "SIGN0100", 10, stack_path("exit"));
	assert_int_equal(sign_on(NULL), PAM_AUTHINFO_UNAVAIL);
	assert_non_null(strstr(stack_log(), "AZ-EXIT: "));
	start_launcher();
	assert_int_equal(sign_on(NULL), PAM_AUTHINFO_UNAVAIL);
	snprintf(text, sizeof text, "cat >%s; echo '*YES'", stack_path("heard"));
	program(text);
	assert_int_equal(sign_on(real_owner), PAM_SUCCESS);
	assert_string_equal(outcome.message, "");
	snprintf(expected, sizeof expected, "\nservice probe\nuser %s\n", real_owner);
	assert_non_null(strstr(stack_read("heard"), expected));
	assert_non_null(strstr(stack_read("heard"), "\nfrom 192.0.2.7\ndestinations 1\n"));
	program("echo '*NO'");
	assert_int_equal(sign_on(NULL), PAM_PERM_DENIED);
	assert_string_equal(outcome.message, "AZ-DENIED: Exit AZ_SIGNON does not allow it.");
	assert_non_null(strstr(stack_log(), "/exit does not allow it."));
	assert_int_equal(sign_on("no-such-user"), PAM_AUTHINFO_UNAVAIL);
	assert_null(strstr(stack_log(), "no-such-user"));
	program("exec sleep 1000");
	assert_int_equal(sign_on("root"), PAM_SUCCESS);
	assert_int_equal(sign_on(NULL), PAM_AUTHINFO_UNAVAIL);
	assert_string_equal(outcome.message, "AZ-EXIT: Nothing is performed, for an exit has failed: AZ_SIGNON.");
	stop_launcher();
	assert_int_equal(sign_on("root"), PAM_SUCCESS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		{"what exits of AZ_SIGNON say is account's answer; root is let in whatever they do", signing_on, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("pam_exits_real", tests, real_open, stack_close);
}
