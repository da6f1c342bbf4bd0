/* SPDX-License-Identifier: ISC */
/* The token of a session: its file, what the helper is asked, and what a user may have done to the file meanwhile. */
#include "pam_stack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authz.h"

#define SESSIONS 16
#define LARGEST (UINT64_C(1) << 26) /* a sanitizer's own memory is larger */

static char options[512], path[512]; /* of the file of the last session */
static struct outcome outcome;

/* The folder anew, and a helper that gives tokens all of whose bytes are 7. */
static int begin(void **state)
{
	char command[400];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", stack_path("sessions"));
	if (system(command) != 0)
		return -1;
	snprintf(options, sizeof options, "issue sessions=%s", stack_path("sessions"));
	stack_answers("result 0\ntoken 7\n");
	path[0] = '\0';
	return 0;
}

static void text_of(int byte, char text[AUTHZ_TOKEN_TEXT_SIZE + 1])
{
	unsigned char token[AUTHZ_TOKEN_SIZE];

	memset(token, byte, sizeof token);
	authz_token_to_text(token, text);
	strcat(text, "\n");
}

static const char *user_folder(void)
{
	static char folder[300];

	snprintf(folder, sizeof folder, "%s/%u", stack_path("sessions"), (unsigned)stack_uid);
	return folder;
}

static bool is_there(const char *what)
{
	struct stat st;

	return lstat(what, &st) == 0;
}

static unsigned entries(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return count;
}

static unsigned times_asked(const char *what)
{
	const char *at = stack_read("asked");
	unsigned count = 0;

	while ((at = strstr(at, what)) != NULL)
		count++, at++;
	return count;
}

/* What the session sees. */
static void note_path(pam_handle_t *pamh)
{
	const char *value = pam_getenv(pamh, "AUTHZ_TOKEN_FILE");

	snprintf(path, sizeof path, "%s", value == NULL ? "" : value);
}

static int look(pam_handle_t *pamh, int flags)
{
	(void)flags;
	note_path(pamh);
	return PAM_SUCCESS;
}

static int (*meddle)(void); /* what the user does meanwhile */

static int live(pam_handle_t *pamh, int flags)
{
	int status;

	note_path(pamh);
	if (meddle != NULL && meddle() != 0)
		return PAM_ABORT;
	status = pam_close_session(pamh, flags);
	return pam_getenv(pamh, "AUTHZ_TOKEN_FILE") == NULL ? status : PAM_ABORT;
}

static int open_only(struct login login)
{
	if (login.options == NULL)
		login.options = options;
	login.then = look;
	outcome.code = stack_call(&login, pam_open_session);
	return outcome.code;
}

/* A session from its beginning to its end. */
static void session(int (*meanwhile)(void))
{
	meddle = meanwhile;
	assert_int_equal(stack_call(&(struct login){.options = options, .then = live}, pam_open_session), PAM_SUCCESS);
	assert_int_not_equal(path[0], '\0');
	assert_null(strstr(stack_log(), "prftkn_"));
}

static void expect_nothing(void)
{
	assert_string_equal(path, "");
	assert_int_equal(entries(user_folder()), 0);
}

static void issued(void **state)
{
	char expected[AUTHZ_TOKEN_TEXT_SIZE + 1], got[64] = "", wanted[128];
	const char *asked;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(open_only((struct login){.rhost = "192.0.2.7"}), PAM_SUCCESS);
	assert_int_equal(strncmp(path, user_folder(), strlen(user_folder())), 0);
	assert_int_equal(strncmp(path + strlen(user_folder()), "/token.", 7), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(st.st_uid, stack_uid);
	assert_int_equal(lstat(user_folder(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(st.st_uid, stack_uid);
	assert_int_equal(lstat(stack_path("sessions"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0711);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, got, sizeof got), AUTHZ_TOKEN_TEXT_SIZE);
	close(fd);
	text_of(7, expected);
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
	assert_int_equal(open_only((struct login){.rhost = NULL}), PAM_SUCCESS);
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
		begin(NULL);
		snprintf(options, sizeof options, "sessions=%s %s", stack_path("sessions"), rows[i].words);
		assert_int_equal(open_only((struct login){.rhost = NULL}), PAM_SUCCESS);
		assert_non_null(strstr(stack_read("asked"), rows[i].asked));
	}
}

static void without_option(void **state)
{
	(void)state;
	assert_int_equal(open_only((struct login){.options = "lifetime=60"}), PAM_IGNORE);
	assert_int_equal(open_only((struct login){.options = "issue services=other"}), PAM_IGNORE);
	assert_int_equal(open_only((struct login){.options = "issue=walrus"}), PAM_SERVICE_ERR);
	assert_non_null(strstr(stack_log(), "option not valid: issue=walrus"));
	assert_int_equal(stack_call(&(struct login){.options = "issue="}, pam_close_session), PAM_SERVICE_ERR);
	assert_int_equal(stack_asked(), 0);
	expect_nothing();
}

static void not_for_everybody(void **state)
{
	char words[600];

	(void)state;
	assert_int_equal(open_only((struct login){.user = "root"}), PAM_IGNORE);
	assert_int_equal(open_only((struct login){.user = "no-such-user"}), PAM_IGNORE);
	snprintf(words, sizeof words, "%s min_uid=4294967294", options);
	assert_int_equal(open_only((struct login){.options = words}), PAM_IGNORE);
	assert_int_equal(stack_asked(), 0);
	stack_answers("result %d\n", AUTHZ_SYSTEM_PROFILE);
	assert_int_equal(open_only((struct login){.rhost = NULL}), PAM_IGNORE);
	assert_string_equal(stack_log(), "");
	expect_nothing();
}

static void refused(void **state)
{
	(void)state;
	stack_answers("result %d\nsubject someone\n", AUTHZ_DISABLED);
	assert_int_equal(open_only((struct login){.rhost = NULL}), PAM_SESSION_ERR);
	assert_non_null(strstr(stack_log(), "<3> pam_prftkn(probe:session): no token for the session: user="));
	assert_non_null(strstr(stack_log(), " CPF22E3: User profile someone is disabled.\n"));
	expect_nothing();
}

static void hung(void **state)
{
	char words[600];
	struct timespec before, after;

	(void)state;
	snprintf(words, sizeof words, "%s timeout=1", options);
	stack_answers("do hang\n");
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(open_only((struct login){.options = words}), PAM_SESSION_ERR);
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
	note_path(pamh);
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
	unsigned char token[AUTHZ_TOKEN_SIZE], text[20];
	int fd;

	(void)state;
	stack_answers("result 0\ntoken 11\n");
	memset(token, 11 ^ 0x55, sizeof token);
	assert_int_equal(stack_call(&(struct login){.options = options, .then = no_secret_in_environment}, pam_open_session),
	                 PAM_SUCCESS);
	assert_int_equal(in_memory(token, sizeof token), 0);
	/* some of its text */
	fd = open(path, O_RDONLY | O_CLOEXEC);
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

/* --- the end of a session --- */

static void ended(void **state)
{
	(void)state;
	session(NULL);
	assert_int_equal(times_asked("operation 12\ntoken there\nbegins 7\n"), 1);
	assert_false(is_there(path));
	assert_false(is_there(user_folder()));
	assert_true(is_there(stack_path("sessions")));
}

static int replace(const char *text)
{
	char beside[600];
	int fd;

	snprintf(beside, sizeof beside, "%s.new", path);
	fd = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0400);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return -1;
	close(fd);
	return rename(beside, path);
}

static int renewed(void)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE + 1];

	text_of(9, text);
	return replace(text);
}

static void removed_as_renewed(void **state)
{
	(void)state;
	session(renewed);
	assert_int_equal(times_asked("operation 12\ntoken there\nbegins 9\n"), 1);
	assert_int_equal(times_asked("operation 12\n"), 1);
	assert_false(is_there(user_folder()));
}

static int link_elsewhere(void)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE + 1];

	text_of(9, text);
	stack_write("elsewhere", text, 0600);
	return unlink(path) + symlink(stack_path("elsewhere"), path);
}

static int fifo(void)
{
	return unlink(path) + mkfifo(path, 0600);
}

static int folder(void)
{
	return unlink(path) + mkdir(path, 0700);
}

static int away(void)
{
	return unlink(path);
}

static int no_token(void)
{
	return replace("walrus\n");
}

static int too_long(void)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE + 2];

	text_of(9, text);
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

	snprintf(folder_away, sizeof folder_away, "%s.away", user_folder());
	return rename(user_folder(), folder_away) + symlink(folder_away, user_folder());
}

static void nothing_to_remove(void **state)
{
	static int (*const ways[])(void) = {link_elsewhere, fifo, folder, away, no_token, too_long, empty, folder_elsewhere};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		begin(NULL);
		session(ways[i]);
		assert_int_equal(times_asked("operation 12\n"), 0);
		if (ways[i] == folder || ways[i] == folder_elsewhere)
			continue;
		assert_int_equal(entries(user_folder()), 0);
	}
	assert_true(is_there(stack_path("elsewhere")));
}

static int helper_gone(void)
{
	stack_answers("result %d\n", AUTHZ_STORE_BUSY);
	return 0;
}

static int close_fails(pam_handle_t *pamh, int flags)
{
	note_path(pamh);
	helper_gone();
	return pam_close_session(pamh, flags);
}

static void not_removed(void **state)
{
	struct login login = {.options = options, .then = close_fails};

	(void)state;
	assert_int_equal(stack_call(&login, pam_open_session), PAM_SUCCESS);
	assert_non_null(strstr(stack_log(), "the token of the session is not removed, and dies by its time-out: user="));
	assert_false(is_there(path));
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
	snprintf(variable, sizeof variable, "AUTHZ_TOKEN_FILE=%s", value);
	assert_int_equal(stack_call(&(struct login){.options = options, .then = put_variable}, pam_setcred), PAM_SUCCESS);
}

static void found_by_variable(void **state)
{
	char wrong[600], other[300];

	(void)state;
	assert_int_equal(open_only((struct login){.rhost = NULL}), PAM_SUCCESS);
	snprintf(wrong, sizeof wrong, "%s.", path);
	close_by(wrong);
	snprintf(wrong, sizeof wrong, "%s/../%u/%s", stack_path("sessions"), (unsigned)stack_uid, strrchr(path, '/') + 1);
	close_by(wrong);
	snprintf(other, sizeof other, "%s/%u", stack_path("sessions"), (unsigned)stack_uid + 1);
	assert_int_equal(mkdir(other, 0700), 0);
	snprintf(wrong, sizeof wrong, "%s%s", other, strrchr(path, '/'));
	assert_int_equal(link(path, wrong), 0);
	close_by(wrong);
	assert_true(is_there(wrong));
	close_by("/etc/passwd");
	close_by("");
	assert_int_equal(times_asked("operation 12\n"), 0);
	assert_true(is_there(path));
	close_by(path);
	assert_int_equal(times_asked("operation 12\ntoken there\nbegins 7\n"), 1);
	assert_false(is_there(path));
}

/* --- where the file can't be made --- */

static void expect_undone(void)
{
	assert_int_equal(open_only((struct login){.rhost = NULL}), PAM_SESSION_ERR);
	assert_string_equal(path, "");
	assert_int_equal(times_asked("operation 12\ntoken there\nbegins 7\n"), 1);
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
	begin(NULL);
	assert_int_equal(mkdir(stack_path("sessions"), 0700) + chmod(stack_path("sessions"), 0777), 0);
	expect_undone();
	begin(NULL);
	stack_write("sessions", "", 0600);
	expect_undone();
	begin(NULL);
	assert_int_equal(mkdir(stack_path("sessions"), 0711) + symlink(away_path, user_folder()), 0);
	expect_undone();
	assert_int_equal(entries(away_path), 0);
	begin(NULL);
	assert_int_equal(mkdir(stack_path("sessions"), 0711) + mkfifo(user_folder(), 0600), 0);
	expect_undone();
}

static int limit_then_open(pam_handle_t *pamh, int flags)
{
	const struct rlimit none = {0, RLIM_INFINITY}, all = {RLIM_INFINITY, RLIM_INFINITY};
	int status;

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	status = pam_open_session(pamh, flags);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	note_path(pamh);
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
	         stack_path("pam_prftkn.so"), stack_path("pam_prftkn.so"), stack_path("unlimited"), options);
	stack_call(&(struct login){.file = file, .then = limit_then_open}, pam_setcred);
	assert_non_null(strstr(stack_log(), ": File too large\n"));
	expect_nothing();
}

/* --- more than one --- */

static void twice_in_a_file(void **state)
{
	char file[2048], line[900];

	(void)state;
	snprintf(line, sizeof line, "session required %s helper=%s socket=none min_uid=1 %s\n", stack_path("pam_prftkn.so"),
	         stack_path("helper"), options);
	snprintf(file, sizeof file, "%s%s", line, line);
	meddle = NULL;
	stack_call(&(struct login){.file = file, .then = look}, pam_open_session);
	assert_int_equal(times_asked("operation 10\n"), 1);
	assert_int_equal(entries(user_folder()), 1);
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
			struct login login = {.options = options, .then = live, .service = service};

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
	assert_false(is_there(user_folder()));
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, begin, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a session gets a token in a file of its user's own, and the file's name", issued),
		ROW("the helper is told that the token counts as the user's own (session MUST 3)", made_by_the_user),
		ROW("type and time-out of the token are options", kinds),
		ROW("without the option issue nothing is asked or made, and a bad option is PAM_SERVICE_ERR", without_option),
		ROW("root, unknown users, users below min_uid and system profiles get none (session MUST 1)", not_for_everybody),
		ROW("a refusal is PAM_SESSION_ERR and a line in the log", refused),
		ROW("a hung helper is left at the time-out (session MUST 2)", hung),
		ROW("nothing of the token is in the environment or the memory of the login program (session MUST 5)", nothing_left),
		ROW("at the end of the session token, file and folder are gone (session MUST 4)", ended),
		ROW("a token that was renewed is removed as it is by then (session MUST 4, session_file MUST 4)", removed_as_renewed),
		ROW("what a user puts in the place of the file harms and holds up nobody (session_file MUST 1)", nothing_to_remove),
		ROW("a token that could not be removed is logged, and the file is gone", not_removed),
		ROW("a host that keeps the environment alone finds the file again, and no other", found_by_variable),
		ROW("folders that are links or others may write get no token, which is removed (session_file MUST 2, session_file MUST 3)",
		    hostile_folders),
		ROW("a limit on the size of files is a refusal, and no signal", no_room),
		ROW("a module that stands twice in a file issues one token", twice_in_a_file),
		ROW("sixteen sessions at once of one user do not disturb each other", many_at_once),
	};

	return cmocka_run_group_tests_name("pam session", tests, stack_open, stack_close);
}
