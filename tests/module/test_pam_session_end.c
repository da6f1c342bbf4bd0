/* SPDX-License-Identifier: ISC */
/* The token of a session as it ends: what is removed, and what a user may have done to the file meanwhile. */
#include "pam_session.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SESSIONS 16

static int (*meddle)(void); /* what the user does meanwhile */

static int live(pam_handle_t *pamh, int flags)
{
	int status;

	session_note(pamh);
	if (meddle != NULL && meddle() != 0)
		return PAM_ABORT;
	status = pam_close_session(pamh, flags);
	return pam_getenv(pamh, "AUTHZ_TOKEN_FILE") == NULL ? status : PAM_ABORT;
}

/* A session from its beginning to its end. */
static void session(int (*meanwhile)(void))
{
	const struct login login = {.options = session_options, .then = live};

	meddle = meanwhile;
	assert_int_equal(stack_call(&login, pam_open_session), PAM_SUCCESS);
	assert_int_not_equal(session_path[0], '\0');
	assert_null(strstr(stack_log(), "prftkn_"));
}

static void ended(void **state)
{
	(void)state;
	session(NULL);
	assert_int_equal(session_asked("operation 12\ntoken there\nbegins 7\n"), 1);
	assert_false(session_is_there(session_path));
	assert_false(session_is_there(session_folder()));
	assert_true(session_is_there(stack_path("sessions")));
}

static int replace(const char *text)
{
	char beside[600];
	int fd;

	snprintf(beside, sizeof beside, "%s.new", session_path);
	fd = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0400);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return -1;
	close(fd);
	return rename(beside, session_path);
}

static int renewed(void)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE + 1];

	session_text(9, text);
	return replace(text);
}

static void removed_as_renewed(void **state)
{
	(void)state;
	session(renewed);
	assert_int_equal(session_asked("operation 12\ntoken there\nbegins 9\n"), 1);
	assert_int_equal(session_asked("operation 12\n"), 1);
	assert_false(session_is_there(session_folder()));
}

static int link_elsewhere(void)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE + 1];

	session_text(9, text);
	stack_write("elsewhere", text, 0600);
	return unlink(session_path) + symlink(stack_path("elsewhere"), session_path);
}

static int fifo(void)
{
	return unlink(session_path) + mkfifo(session_path, 0600);
}

static int folder(void)
{
	return unlink(session_path) + mkdir(session_path, 0700);
}

static int away(void)
{
	return unlink(session_path);
}

static int no_token(void)
{
	return replace("walrus\n");
}

static int too_long(void)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE + 2];

	session_text(9, text);
	text[AUTHZ_TOKEN_TEXT_SIZE - 1] = 'A';
	strcpy(text + AUTHZ_TOKEN_TEXT_SIZE, "\n");
	return replace(text);
}

static int empty(void)
{
	return replace("");
}

static int folder_elsewhere(void)
{
	char folder_away[320];

	snprintf(folder_away, sizeof folder_away, "%s.away", session_folder());
	return rename(session_folder(), folder_away) + symlink(folder_away, session_folder());
}

static void nothing_to_remove(void **state)
{
	static int (*const ways[])(void) = {link_elsewhere, fifo, folder, away, no_token, too_long, empty, folder_elsewhere};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		session_begin(NULL);
		session(ways[i]);
		assert_int_equal(session_asked("operation 12\n"), 0);
		if (ways[i] == folder || ways[i] == folder_elsewhere)
			continue;
		assert_int_equal(session_entries(session_folder()), 0);
	}
	assert_true(session_is_there(stack_path("elsewhere")));
}

static int helper_gone(void)
{
	stack_answers("result %d\n", AUTHZ_STORE_BUSY);
	return 0;
}

static int close_fails(pam_handle_t *pamh, int flags)
{
	session_note(pamh);
	helper_gone();
	return pam_close_session(pamh, flags);
}

static void not_removed(void **state)
{
	struct login login = {.options = session_options, .then = close_fails};

	(void)state;
	assert_int_equal(stack_call(&login, pam_open_session), PAM_SUCCESS);
	assert_non_null(strstr(stack_log(), "the token of the session is not removed, and dies by its time-out: user="));
	assert_false(session_is_there(session_path));
}

/* A host that opens with one handle and closes with another, and keeps the environment. */
static char variable[600];

static int put_variable(pam_handle_t *pamh, int flags)
{
	assert_int_equal(pam_putenv(pamh, variable), PAM_SUCCESS);
	return pam_close_session(pamh, flags);
}

/* The first call does nothing here: it is pam_setcred. */
static void close_by(const char *value)
{
	const struct login login = {.options = session_options, .then = put_variable};

	snprintf(variable, sizeof variable, "AUTHZ_TOKEN_FILE=%s", value);
	assert_int_equal(stack_call(&login, pam_setcred), PAM_SUCCESS);
}

static void found_by_variable(void **state)
{
	char wrong[600], other[300];

	(void)state;
	assert_int_equal(session_open((struct login){.rhost = NULL}), PAM_SUCCESS);
	snprintf(wrong, sizeof wrong, "%s.", session_path);
	close_by(wrong);
	snprintf(wrong, sizeof wrong, "%s/../%u/%s", stack_path("sessions"), (unsigned)stack_uid, strrchr(session_path, '/') + 1);
	close_by(wrong);
	snprintf(other, sizeof other, "%s/%u", stack_path("sessions"), (unsigned)stack_uid + 1);
	assert_int_equal(mkdir(other, 0700), 0);
	snprintf(wrong, sizeof wrong, "%s%s", other, strrchr(session_path, '/'));
	assert_int_equal(link(session_path, wrong), 0);
	close_by(wrong);
	assert_true(session_is_there(wrong));
	close_by("/etc/passwd");
	close_by("");
	assert_int_equal(session_asked("operation 12\n"), 0);
	assert_true(session_is_there(session_path));
	close_by(session_path);
	assert_int_equal(session_asked("operation 12\ntoken there\nbegins 7\n"), 1);
	assert_false(session_is_there(session_path));
}

static void many_at_once(void **state)
{
	pid_t pids[SESSIONS];
	int status;

	(void)state;
	for (int i = 0; i < SESSIONS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			char service[32];
			struct login login = {.options = session_options, .then = live, .service = service};

			snprintf(service, sizeof service, "many%d", i);
			meddle = NULL;
			for (int j = 0; j < 20; j++)
				if (stack_call(&login, pam_open_session) != PAM_SUCCESS)
					_exit(1);
			_exit(0);
		}
	}
	for (int i = 0; i < SESSIONS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_false(session_is_there(session_folder()));
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, session_begin, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("at the end of the session token, file and folder are gone (session MUST 4)", ended),
		ROW("a token that was renewed is removed as it is by then (session MUST 4, session_file MUST 4)", removed_as_renewed),
		ROW("what a user puts in the place of the file harms and holds up nobody (session_file MUST 1)", nothing_to_remove),
		ROW("a token that could not be removed is logged, and the file is gone", not_removed),
		ROW("a host that keeps the environment alone finds the file again, and no other", found_by_variable),
		ROW("sixteen sessions at once of one user do not disturb each other", many_at_once),
	};

	return cmocka_run_group_tests_name("pam session end", tests, stack_open, stack_close);
}
