/* SPDX-License-Identifier: ISC */
/* The token of a session as it begins: its file, what the helper is asked, and where there is to be none. */
#include "pam_session.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LARGEST (UINT64_C(1) << 26) /* a sanitizer's own memory is larger */

static void expect_nothing(void)
{
	assert_string_equal(session_path, "");
	assert_int_equal(session_entries(session_folder()), 0);
}

static void issued(void **state)
{
	char expected[AUTHZ_TOKEN_TEXT_SIZE + 1], got[64] = "", wanted[128];
	const char *asked;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(session_open((struct login){.rhost = "192.0.2.7"}), PAM_SUCCESS);
	assert_int_equal(strncmp(session_path, session_folder(), strlen(session_folder())), 0);
	assert_int_equal(strncmp(session_path + strlen(session_folder()), "/token.", 7), 0);
	assert_int_equal(lstat(session_path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(st.st_uid, stack_uid);
	assert_int_equal(lstat(session_folder(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(st.st_uid, stack_uid);
	assert_int_equal(lstat(stack_path("sessions"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0711);
	fd = open(session_path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, got, sizeof got), AUTHZ_TOKEN_TEXT_SIZE);
	close(fd);
	session_text(7, expected);
	assert_string_equal(got, expected);
	asked = stack_read("asked");
	snprintf(wanted, sizeof wanted, "operation 10\nuser %s\n", stack_user);
	assert_non_null(strstr(asked, wanted));
	assert_non_null(strstr(asked, "password 1\ntimeout 3600\ntype 50\n"));
	assert_int_equal(stack_asked(), 1);
	assert_null(strstr(stack_log(), "prftkn_"));
}

static void made_by_the_user(void **state)
{
	char wanted[64];

	(void)state;
	assert_int_equal(session_open((struct login){.rhost = NULL}), PAM_SUCCESS);
	snprintf(wanted, sizeof wanted, "actor %u\n", (unsigned)stack_uid);
	assert_non_null(strstr(stack_read("asked"), wanted));
}

static void kinds(void **state)
{
	static const struct { const char *words, *asked; } rows[] = {
		{"issue=single", "timeout 3600\ntype 49\n"}, {"issue=multiple lifetime=1", "timeout 1\ntype 50\n"},
		{"issue=regenerable lifetime=77", "timeout 77\ntype 51\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		session_begin(NULL);
		snprintf(session_options, sizeof session_options, "sessions=%s %s", stack_path("sessions"), rows[i].words);
		assert_int_equal(session_open((struct login){.rhost = NULL}), PAM_SUCCESS);
		assert_non_null(strstr(stack_read("asked"), rows[i].asked));
	}
}

static void without_option(void **state)
{
	(void)state;
	assert_int_equal(session_open((struct login){.options = "lifetime=60"}), PAM_IGNORE);
	assert_int_equal(session_open((struct login){.options = "issue services=other"}), PAM_IGNORE);
	assert_int_equal(session_open((struct login){.options = "issue=walrus"}), PAM_SERVICE_ERR);
	assert_non_null(strstr(stack_log(), "option not valid: issue=walrus"));
	assert_int_equal(stack_call(&(struct login){.options = "issue="}, pam_close_session), PAM_SERVICE_ERR);
	assert_int_equal(stack_asked(), 0);
	expect_nothing();
}

static void not_for_everybody(void **state)
{
	char words[600];

	(void)state;
	assert_int_equal(session_open((struct login){.user = "root"}), PAM_IGNORE);
	assert_int_equal(session_open((struct login){.user = "no-such-user"}), PAM_IGNORE);
	snprintf(words, sizeof words, "%s min_uid=4294967294", session_options);
	assert_int_equal(session_open((struct login){.options = words}), PAM_IGNORE);
	assert_int_equal(stack_asked(), 0);
	stack_answers("result %d\n", AUTHZ_SYSTEM_PROFILE);
	assert_int_equal(session_open((struct login){.rhost = NULL}), PAM_IGNORE);
	assert_string_equal(stack_log(), "");
	expect_nothing();
}

static void refused(void **state)
{
	(void)state;
	stack_answers("result %d\nsubject someone\n", AUTHZ_DISABLED);
	assert_int_equal(session_open((struct login){.rhost = NULL}), PAM_SESSION_ERR);
	assert_non_null(strstr(stack_log(), "<3> pam_prftkn(probe:session): no token for the session: user="));
	assert_non_null(strstr(stack_log(), " CPF22E3: User profile someone is disabled.\n"));
	expect_nothing();
}

static void hung(void **state)
{
	char words[600];
	struct timespec before, after;

	(void)state;
	snprintf(words, sizeof words, "%s timeout=1", session_options);
	stack_answers("do hang\n");
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(session_open((struct login){.options = words}), PAM_SESSION_ERR);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range(after.tv_sec - before.tv_sec, 0, 4); /* the helper hangs for 30 */
	assert_non_null(strstr(stack_log(), "AZ-LATE: "));
	expect_nothing();
}

static unsigned count_turned(const unsigned char *in, size_t size, const unsigned char *turned, size_t length)
{
	unsigned found = 0;

	for (size_t at = 0; at + length <= size; at++) {
		size_t i = 0;

		while (i < length && in[at + i] == (turned[i] ^ 0x55u))
			i++;
		found += i == length;
	}
	return found;
}

/* How often is it in this process's writable memory?  It is given turned, so that it is not there by being given. */
static unsigned in_memory(const unsigned char *turned, size_t length)
{
	const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], mode[8];
	uint64_t from, to;
	unsigned found = 0;

	assert_non_null(maps);
	assert_true(memory >= 0);
	while (fgets(line, sizeof line, maps) != NULL) {
		unsigned char *copy;
		ssize_t got;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to, mode) != 3 || strncmp(mode, "rw", 2) != 0 ||
		    to - from > LARGEST)
			continue;
		copy = malloc(to - from);
		assert_non_null(copy);
		got = pread(memory, copy, to - from, (off_t)from);
		found += got > 0 ? count_turned(copy, (size_t)got, turned, length) : 0;
		free(copy);
	}
	fclose(maps);
	close(memory);
	return found;
}

static int no_secret_in_environment(pam_handle_t *pamh, int flags)
{
	char **list = pam_getenvlist(pamh);

	(void)flags;
	session_note(pamh);
	assert_non_null(list);
	for (size_t i = 0; list[i] != NULL; i++) {
		assert_null(strstr(list[i], "prftkn_"));
		free(list[i]);
	}
	free(list);
	return PAM_SUCCESS;
}

static void nothing_left(void **state)
{
	const struct login login = {.options = session_options, .then = no_secret_in_environment};
	unsigned char token[AUTHZ_TOKEN_SIZE], text[20];
	int fd;

	(void)state;
	stack_answers("result 0\ntoken 11\n");
	memset(token, 11 ^ 0x55, sizeof token);
	assert_int_equal(stack_call(&login, pam_open_session), PAM_SUCCESS);
	assert_int_equal(in_memory(token, sizeof token), 0);
	/* some of its text */
	fd = open(session_path, O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < 7 + sizeof text; i++) {
		unsigned char byte;

		assert_int_equal(read(fd, &byte, 1), 1);
		if (i >= 7)
			text[i - 7] = byte ^ 0x55;
	}
	close(fd);
	assert_int_equal(in_memory(text, sizeof text), 0);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] ^= 0x55;
	for (size_t i = 0; i < sizeof text; i++)
		token[i] = text[i] ^ 0x55;
	assert_int_not_equal(in_memory(token, sizeof text), 0); /* it would be found */
}

/* --- where the file can't be made --- */

static void expect_undone(void)
{
	assert_int_equal(session_open((struct login){.rhost = NULL}), PAM_SESSION_ERR);
	assert_string_equal(session_path, "");
	assert_int_equal(session_asked("operation 12\ntoken there\nbegins 7\n"), 1);
	assert_non_null(strstr(stack_log(), "<3> pam_prftkn(probe:session): no token for the session: user="));
}

static void hostile_folders(void **state)
{
	char away_path[300];

	(void)state;
	snprintf(away_path, sizeof away_path, "%s", stack_path("away"));
	mkdir(away_path, 0700);
	assert_int_equal(symlink(away_path, stack_path("sessions")), 0);
	expect_undone();
	session_begin(NULL);
	assert_int_equal(mkdir(stack_path("sessions"), 0700) + chmod(stack_path("sessions"), 0777), 0);
	expect_undone();
	session_begin(NULL);
	stack_write("sessions", "", 0600);
	expect_undone();
	session_begin(NULL);
	assert_int_equal(mkdir(stack_path("sessions"), 0711) + symlink(away_path, session_folder()), 0);
	expect_undone();
	assert_int_equal(session_entries(away_path), 0);
	session_begin(NULL);
	assert_int_equal(mkdir(stack_path("sessions"), 0711) + mkfifo(session_folder(), 0600), 0);
	expect_undone();
}

static int limit_then_open(pam_handle_t *pamh, int flags)
{
	const struct rlimit none = {0, RLIM_INFINITY}, all = {RLIM_INFINITY, RLIM_INFINITY};
	int status;

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	status = pam_open_session(pamh, flags);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	session_note(pamh);
	return status;
}

/* The helper is the test's and writes what it was asked, so it takes the limit off for itself. */
static void no_room(void **state)
{
	char script[600], file[1200];

	(void)state;
	snprintf(script, sizeof script, "#!/bin/sh\nulimit -S -f unlimited\nexec %s\n", stack_path("helper"));
	stack_write("unlimited", script, 0755);
	snprintf(file, sizeof file, "auth required %s\nsession required %s helper=%s socket=none min_uid=1 %s\n",
	         stack_path("pam_prftkn.so"), stack_path("pam_prftkn.so"), stack_path("unlimited"), session_options);
	stack_call(&(struct login){.file = file, .then = limit_then_open}, pam_setcred);
	assert_non_null(strstr(stack_log(), ": File too large\n"));
	expect_nothing();
}

static void twice_in_a_file(void **state)
{
	char file[2048], line[900];

	(void)state;
	snprintf(line, sizeof line, "session required %s helper=%s socket=none min_uid=1 %s\n", stack_path("pam_prftkn.so"),
	         stack_path("helper"), session_options);
	snprintf(file, sizeof file, "%s%s", line, line);
	stack_call(&(struct login){.file = file, .then = session_look}, pam_open_session);
	assert_int_equal(session_asked("operation 10\n"), 1);
	assert_int_equal(session_entries(session_folder()), 1);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, session_begin, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a session gets a token in a file of its user's own, and the file's name", issued),
		ROW("the helper is told that the token counts as the user's own (session MUST 3)", made_by_the_user),
		ROW("type and time-out of the token are options", kinds),
		ROW("without the option issue nothing is asked or made, and a bad option is PAM_SERVICE_ERR", without_option),
		ROW("root, unknown users, users below min_uid and system profiles get none (session MUST 1)", not_for_everybody),
		ROW("a refusal is PAM_SESSION_ERR and a line in the log", refused),
		ROW("a hung helper is left at the time-out (session MUST 2)", hung),
		ROW("nothing of the token is in the environment or the memory of the login program (session MUST 5)", nothing_left),
		ROW("folders that are links or others may write get no token, which is removed (session_file MUST 2, session_file MUST 3)",
		    hostile_folders),
		ROW("a limit on the size of files is a refusal, and no signal", no_room),
		ROW("a module that stands twice in a file issues one token", twice_in_a_file),
	};

	return cmocka_run_group_tests_name("pam session", tests, stack_open, stack_close);
}
