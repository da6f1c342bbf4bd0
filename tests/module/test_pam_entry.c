/* SPDX-License-Identifier: ISC */
/*
 * That a session is a master's, and what comes of it: pam_prftkn/entry.c.  Each test is a process of its own, for the
 * loginuid of a process without privilege is set once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pam_master.h"

/* --- a handle, as a login program uses it --- */

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
	*responses = calloc((size_t)count, sizeof **responses);
	for (int i = 0; i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			(*responses)[i].resp = strdup((const char *)data);
	return PAM_SUCCESS;
}

static void write_file(const char *more)
{
	static const char *const types[] = {"auth", "account", "session", "password"};
	char text[4096] = "";

	for (size_t i = 0; i < 4; i++) {
		const size_t used = strlen(text);

		snprintf(text + used, sizeof text - used, "%s required %s helper=%s socket=none %s %s\n", types[i],
		         stack_path("pam_prftkn.so"), stack_path("helper"), master_options("master debug"), more);
	}
	stack_write("pam/entry", text, 0644);
}

static pam_handle_t *start(const char *user, const char *answer)
{
	static struct pam_conv conversation;
	pam_handle_t *pamh = NULL;
	void *data;

	memcpy(&data, &answer, sizeof data);
	conversation = (struct pam_conv){converse, data};
	assert_int_equal(pam_start_confdir("entry", user, &conversation, stack_path("pam"), &pamh), PAM_SUCCESS);
	return pamh;
}

static pam_handle_t *enter(void)
{
	pam_handle_t *pamh;

	write_file("");
	pamh = start(master_owner, master_answer);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	return pamh;
}

static unsigned long read_proc(const char *name)
{
	unsigned long number = 0;
	FILE *f = fopen(name, "re");

	assert_true(f != NULL && fscanf(f, "%lu", &number) == 1);
	fclose(f);
	return number;
}

static void write_loginuid(unsigned uid)
{
	FILE *f = fopen("/proc/self/loginuid", "we");

	assert_non_null(f);
	fprintf(f, "%u", uid);
	if (fclose(f) != 0)
		fail_msg("the loginuid of this process can't be set");
}

static const char *loginuid(void)
{
	static char text[24];

	snprintf(text, sizeof text, "%lu", read_proc("/proc/self/loginuid"));
	return text;
}

/* The file of this session and owner. */
static unsigned sessions_of(uid_t uid)
{
	char begin[48];

	snprintf(begin, sizeof begin, "%lu.%u.", read_proc("/proc/self/sessionid"), (unsigned)uid);
	return master_entries(begin);
}

static void change(const char *user)
{
	pam_handle_t *pamh = start(user, "hers");
	const int status = pam_chauthtok(pamh, 0);

	assert_int_equal(pam_end(pamh, status), PAM_SUCCESS);
}

/* A stack of nothing but us is no success for libpam in either case; the log tells. */
static bool refused(const char *user)
{
	const size_t before = strlen(stack_log());

	change(user);
	return strstr(stack_log() + before, "password change refused") != NULL;
}

/* --- the tests --- */

static void whole_login(void)
{
	pam_handle_t *pamh = enter();
	char expected[24];

	assert_int_equal(master_entries("pending."), 1);
	assert_non_null(pam_getenv(pamh, "AUTHZ_ENTRY"));
	assert_string_equal(pam_getenv(pamh, "AUTHZ_MASTER"), master_name);
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_PERM_DENIED); /* libpam's, of a stack that ignores: not ours */
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_null(pam_getenv(pamh, "AUTHZ_ENTRY"));
	assert_string_equal(pam_getenv(pamh, "AUTHZ_MASTER"), master_name);
	snprintf(expected, sizeof expected, "%u", (unsigned)master_uid);
	assert_string_equal(loginuid(), expected);
	assert_int_equal(master_entries("pending."), 0);
	assert_int_equal(sessions_of(master_owner_uid), 1);
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_null(pam_getenv(pamh, "AUTHZ_MASTER"));
	assert_int_equal(master_entries(""), 0);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

/* As sshd does: what authenticate left is lost with its process, and the environment is copied. */
static void environment_alone(void)
{
	char variable[128] = "";
	int ends[2], status;
	pam_handle_t *pamh;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		pamh = enter();
		snprintf(variable, sizeof variable, "AUTHZ_ENTRY=%s", pam_getenv(pamh, "AUTHZ_ENTRY"));
		_exit(write(ends[1], variable, sizeof variable) == sizeof variable ? 0 : 1);
	}
	assert_int_equal(read(ends[0], variable, sizeof variable), sizeof variable);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	pamh = start(master_owner, NULL);
	assert_int_equal(pam_putenv(pamh, variable), PAM_SUCCESS);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_string_equal(pam_getenv(pamh, "AUTHZ_MASTER"), master_name);
	assert_int_equal(sessions_of(master_owner_uid), 1);
	assert_true(refused(master_owner));
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(master_entries(""), 0);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

static int open_with(const char *user, const char *name)
{
	char variable[256];
	pam_handle_t *pamh = start(user, NULL);
	int status;

	snprintf(variable, sizeof variable, "AUTHZ_ENTRY=%s", name);
	assert_int_equal(pam_putenv(pamh, variable), PAM_SUCCESS);
	status = pam_open_session(pamh, 0);
	assert_null(status == PAM_SUCCESS ? NULL : pam_getenv(pamh, "AUTHZ_MASTER"));
	assert_int_equal(pam_end(pamh, status), PAM_SUCCESS);
	return status;
}

static void not_genuine(void)
{
	static const char *const names[] = {"", "x", "../entries/pending.00000000000000000000000000000000",
	                                    "pending.00000000000000000000000000000000"};
	pam_handle_t *pamh = enter();
	char name[128], path[256];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(open_with(master_owner, names[i]), PAM_SESSION_ERR);
	snprintf(name, sizeof name, "%s", pam_getenv(pamh, "AUTHZ_ENTRY"));
	assert_int_equal(open_with(master_name, name), PAM_SESSION_ERR);
	snprintf(path, sizeof path, "entries/%s", name);
	assert_int_equal(chmod(stack_path(path), 0644), 0);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SESSION_ERR);
	assert_int_equal(chmod(stack_path(path), 0600), 0);
	stack_write(path, "1 4711 4712 other\n", 0600);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SESSION_ERR);
	assert_int_equal(unlink(stack_path(path)), 0);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SESSION_ERR);
	assert_string_equal(loginuid(), "4294967295");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

static void not_kept(void)
{
	pam_handle_t *pamh;

	write_file("");
	assert_int_equal(mkdir(stack_path("entries"), 0500), 0);
	pamh = start(master_owner, master_answer);
	assert_int_not_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_non_null(strstr(stack_log(), "so no master is let in"));
	assert_null(pam_getenv(pamh, "AUTHZ_ENTRY"));
	assert_null(pam_getenv(pamh, "AUTHZ_MASTER"));
	assert_int_equal(pam_end(pamh, PAM_AUTH_ERR), PAM_SUCCESS);
}

static void with_loginuid(unsigned before, unsigned after)
{
	pam_handle_t *pamh;
	char expected[24];

	write_loginuid(before);
	pamh = enter();
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	snprintf(expected, sizeof expected, "%u", after);
	assert_string_equal(loginuid(), expected);
	assert_int_equal(sessions_of(master_owner_uid), 1);
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

static void others_login(void)
{
	with_loginuid(4711, 4711);
}

/* Without privilege the kernel does not let it be changed, and that is fine; with it the host ring looks. */
static void owners_login(void)
{
	with_loginuid(master_owner_uid, master_owner_uid);
	assert_non_null(strstr(stack_log(), "the loginuid stays"));
}

static void ends_without_session(void)
{
	pam_handle_t *pamh = enter();
	int status;
	pid_t child;

	assert_int_equal(master_entries("pending."), 1);
	child = fork();
	if (child == 0)
		_exit(pam_end(pamh, PAM_SUCCESS | PAM_DATA_SILENT));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(master_entries("pending."), 1);
	child = fork();
	if (child == 0)
		_exit(pam_end(pamh, PAM_SUCCESS));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(master_entries("pending."), 1);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(master_entries(""), 0);
}

static void next_authenticate(void)
{
	pam_handle_t *pamh = enter();

	stack_answers("result 130\n");
	assert_int_not_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_null(pam_getenv(pamh, "AUTHZ_ENTRY"));
	assert_null(pam_getenv(pamh, "AUTHZ_MASTER"));
	assert_int_equal(master_entries(""), 0);
	assert_int_not_equal(pam_open_session(pamh, 0), PAM_SUCCESS); /* libpam's, of a stack that ignores */
	assert_string_equal(loginuid(), "4294967295");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

static void forced_change(void)
{
	pam_handle_t *pamh = enter();

	assert_int_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_PERM_DENIED);
	assert_int_equal(pam_chauthtok(pamh, PAM_SILENT), PAM_PERM_DENIED);
	assert_non_null(strstr(stack_log(), "password change refused: user="));
	assert_non_null(strstr(stack_log(), "AZ-SESSION"));
	assert_int_equal(pam_end(pamh, PAM_PERM_DENIED), PAM_SUCCESS);
}

static void in_the_session(void)
{
	pam_handle_t *pamh = enter();

	assert_false(refused(master_owner));
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_true(refused(master_owner));
	assert_false(refused(master_name));
	assert_false(refused("root"));
	write_file("late");
	assert_true(refused(master_owner));
	assert_int_equal(chmod(stack_path("entries"), 0), 0);
	assert_true(refused(master_owner));
	assert_true(refused(master_name));
	assert_non_null(strstr(stack_log(), "cannot be read"));
	assert_int_equal(chmod(stack_path("entries"), 0700), 0);
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_false(refused(master_owner));
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

/* The next session of the kernel is another one, as each login's is. */
static void in_another_session(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		pam_handle_t *pamh = enter();

		_exit(pam_open_session(pamh, 0));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(master_entries(""), 1);
	write_file("");
	assert_false(refused(master_owner)); /* in none */
	write_loginuid(master_owner_uid);
	assert_false(refused(master_owner));
	assert_int_equal(unlink(stack_path("pam/entry")), 0);
}

static void marked_token(void)
{
	pam_handle_t *pamh;

	write_file("");
	pamh = start(master_owner, STACK_TOKEN);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_string_equal(pam_getenv(pamh, "AUTHZ_MASTER"), master_name);
	assert_non_null(strstr(stack_log(), "token accepted"));
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(sessions_of(master_owner_uid), 1);
	assert_true(refused(master_owner));
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(mkdir(stack_path("shut"), 0500), 0);
	write_file("entries=/nowhere/entries");
	pamh = start(master_owner, STACK_TOKEN);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(pam_end(pamh, PAM_AUTH_ERR), PAM_SUCCESS);
}

/* A token for the master itself, made in an owner's session: its session is its own. */
static void own_token(void)
{
	pam_handle_t *pamh;

	write_file("");
	stack_answers("result 0\nuser %s\nuid %u\nmaster %s\nmaster_uid %u\n", master_name, (unsigned)master_uid, master_name,
	              (unsigned)master_uid);
	pamh = start(master_name, STACK_TOKEN);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_null(pam_getenv(pamh, "AUTHZ_MASTER"));
	assert_null(pam_getenv(pamh, "AUTHZ_ENTRY"));
	assert_int_equal(master_entries(""), 0);
	assert_int_not_equal(pam_open_session(pamh, 0), PAM_SESSION_ERR);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

/* Its token says so. */
static void issued_token(void)
{
	char more[300], line[64];
	pam_handle_t *pamh;

	snprintf(more, sizeof more, "issue sessions=%s", stack_path("sessions"));
	write_file(more);
	pamh = start(master_owner, master_answer);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	stack_answers("result 0\ntoken 7\n");
	(void)pam_open_session(pamh, 0); /* a file of another user's is not made without privilege */
	snprintf(line, sizeof line, "master %s\n", master_name);
	assert_non_null(strstr(stack_read("asked"), "operation 10\n"));
	assert_non_null(strstr(stack_read("asked"), line));
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

/* --- each in a process of its own --- */

struct scene {
	void (*run)(void);
};

static void in_child(void **state)
{
	const struct scene *scene = *state;
	int status;
	pid_t child = fork();

	if (child == 0) {
		scene->run();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int begin(void **state)
{
	void *scene = *state;
	const int result = master_begin(state);

	*state = scene;
	return result;
}

int main(void)
{
#define ROW(sentence, function) {sentence, in_child, begin, NULL, &(struct scene){function}}
	const struct CMUnitTest tests[] = {
		ROW("from login to end: loginuid, AUTHZ_MASTER, and a file of the session that is gone with it", whole_login),
		ROW("a host that keeps the environment alone loses nothing", environment_alone),
		ROW("an entry that is not there, not genuine, or another's opens no session (entry MUST 1)", not_genuine),
		ROW("a master whose entry cannot be kept is not let in (entry MUST 1)", not_kept),
		ROW("a loginuid that is somebody else's stays (entry MUST 2)", others_login),
		ROW("one that the kernel does not let be changed stays, too (entry MUST 2)", owners_login),
		ROW("a login without a session leaves nothing, and its forked children take nothing away (entry MUST 3)",
		    ends_without_session),
		ROW("the next authenticate of a handle ends what the last one began (entry MUST 6)", next_authenticate),
		ROW("the login that let a master in changes no password (entry MUST 4)", forced_change),
		ROW("nor does its session, of this owner; where that can't be read, of nobody (entry MUST 5)", in_the_session),
		ROW("another session of the owner's changes it (entry MUST 5)", in_another_session),
		ROW("a token with a master's mark makes the same session, or none (verdict MUST 6)", marked_token),
		ROW("a token for the master itself makes its own session (verdict MUST 6)", own_token),
		ROW("the token that a master's session is issued has the master's name (session MUST 6)", issued_token),
	};

	return cmocka_run_group_tests_name("pam entry", tests, master_open, stack_close);
}
