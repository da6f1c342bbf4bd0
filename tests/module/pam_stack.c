/* SPDX-License-Identifier: ISC */
#include "pam_stack.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "pam_tree.h"

#define IGNORED PAM_MAXTRIES /* what the stack makes of PAM_IGNORE; the module never returns it */
#define UID_NOBODY 65534

char stack_user[33];
uid_t stack_uid;

static char scratch[128];
static char logged[65536];
static bool seen[_PAM_RETURN_VALUES];

/* libpam's way to syslog ends here: a build machine has no daemon that would give the lines back. */
__attribute__((format(printf, 2, 0)))
static void keep_line(int priority, const char *format, va_list arguments)
{
	size_t used = strlen(logged);

	used += (size_t)snprintf(logged + used, sizeof logged - used, "<%d> ", priority & LOG_PRIMASK);
	used += (size_t)vsnprintf(logged + used, sizeof logged - used, format, arguments);
	snprintf(logged + used, sizeof logged - used, "\n");
}

__attribute__((visibility("default"), format(printf, 2, 3)))
void stack_syslog(int priority, const char *format, ...) __asm__("syslog");
__attribute__((visibility("default"), format(printf, 3, 4)))
void stack_syslog_chk(int priority, int flag, const char *format, ...) __asm__("__syslog_chk");

void stack_syslog(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	keep_line(priority, format, arguments);
	va_end(arguments);
}

void stack_syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list arguments;

	(void)flag;
	va_start(arguments, format);
	keep_line(priority, format, arguments);
	va_end(arguments);
}

const char *stack_log(void)
{
	return logged;
}

/* --- the scratch folder --- */

const char *stack_path(const char *name)
{
	static char paths[8][256]; /* a name is short */
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
	return path;
}

void stack_write(const char *name, const char *text, mode_t mode)
{
	int fd = open(stack_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	size_t length = strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), (ssize_t)length);
	close(fd);
}

const char *stack_read(const char *name)
{
	static char text[65536];
	FILE *f = fopen(stack_path(name), "re");
	size_t length = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);

	if (f != NULL)
		fclose(f);
	text[length] = '\0';
	return text;
}

static int copy(const char *from, const char *name)
{
	char block[65536];
	ssize_t got = -1;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(stack_path(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	while (in >= 0 && out >= 0 && (got = read(in, block, sizeof block)) > 0)
		if (write(out, block, (size_t)got) != got)
			got = -1;
	if (got != 0)
		fprintf(stderr, "cannot copy %s: %s\n", from, strerror(errno));
	close(in);
	close(out);
	return got == 0 ? 0 : -1;
}

static bool is_ordinary(const struct passwd *account, uid_t least)
{
	return account->pw_uid >= least && account->pw_uid != UID_NOBODY && strlen(account->pw_name) < sizeof stack_user;
}

/* The caller, or, for root, the first ordinary account that there is, else the first that is not root's. */
static const struct passwd *find_tester(void)
{
	static const uid_t least[] = {1000, 1};
	struct passwd *account;

	if (geteuid() != 0) {
		account = getpwuid(geteuid());
		return account != NULL && is_ordinary(account, 1) ? account : NULL;
	}
	for (size_t i = 0; i < sizeof least / sizeof *least; i++) {
		setpwent();
		while ((account = getpwent()) != NULL)
			if (is_ordinary(account, least[i]))
				return account;
	}
	return NULL;
}

static int become_tester(void)
{
	const struct passwd *tester = find_tester();

	if (tester == NULL) {
		fprintf(stderr, "this test needs an account with a name, that is neither root's nor nobody's\n");
		return -1;
	}
	snprintf(stack_user, sizeof stack_user, "%s", tester->pw_name);
	stack_uid = tester->pw_uid;
	if (geteuid() != 0)
		return 0;
	if (chown(scratch, tester->pw_uid, tester->pw_gid) != 0 || setgroups(1, &tester->pw_gid) != 0 ||
	    setresgid(tester->pw_gid, tester->pw_gid, tester->pw_gid) != 0 ||
	    setresuid(tester->pw_uid, tester->pw_uid, tester->pw_uid) != 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 1); /* so that /proc/self is the tester's again */
}

static int make_scratch(void)
{
	const char *parent = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
	int length = snprintf(scratch, sizeof scratch, "%s/test_pam.XXXXXX", parent);

	if (length < (int)sizeof scratch && mkdtemp(scratch) != NULL)
		return chmod(scratch, 0755);
	fprintf(stderr, "cannot make a folder in %s\n", parent);
	scratch[0] = '\0'; /* nothing to remove */
	return -1;
}

static int fill_scratch(void)
{
	char script[512];

	if (copy(tree_build("pam_prftkn/.libs/pam_prftkn.so"), "pam_prftkn.so") != 0 ||
	    copy(tree_build("tests/module/.libs/pam_witness.so"), "pam_witness.so") != 0 ||
	    copy(tree_build("tests/module/fake_helper"), "fake_helper") != 0 ||
	    copy(tree_build("helpers/authz-helper/authz-helper"), "authz-helper") != 0 ||
	    copy(tree_build("helpers/authz-launch/authz-launch"), "authz-launch") != 0 || become_tester() != 0)
		return -1;
	snprintf(script, sizeof script, "#!/bin/sh\nexec %s %s %s\n", stack_path("fake_helper"), stack_path("answer"),
	         stack_path("asked"));
	stack_write("helper", script, 0755);
	if (mkdir(stack_path("pam"), 0755) != 0)
		return -1;
	stack_write("pam/other", "", 0644); /* libpam logs an error where there is none */
	return 0;
}

int stack_open(void **state)
{
	if (make_scratch() == 0 && fill_scratch() == 0)
		return 0;
	(void)stack_close(state);
	return -1;
}

int stack_close(void **state)
{
	char command[192];

	(void)state;
	if (scratch[0] == '\0')
		return 0;
	snprintf(command, sizeof command, "rm -rf '%s'", scratch);
	return system(command);
}

/* --- the fake helper --- */

void stack_answers(const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	stack_write("answer", text, 0644);
	stack_write("asked", "", 0644);
}

void stack_answers_ok(void)
{
	stack_answers("result 0\nuser %s\nuid %u\n", stack_user, stack_uid);
}

unsigned stack_asked(void)
{
	const char *at = stack_read("asked");
	unsigned count = 0;

	while ((at = strstr(at, "operation ")) != NULL)
		count++, at++;
	return count;
}

/* --- a login --- */

struct typist {
	const struct login *login;
	struct outcome *outcome;
};

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
	const struct typist *typist = data;
	struct outcome *outcome = typist->outcome;
	const char *text = NULL;

	if (count != 1)
		return PAM_CONV_ERR;
	switch (messages[0]->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
		outcome->prompts++;
		snprintf(outcome->prompt, sizeof outcome->prompt, "%s", messages[0]->msg);
		text = outcome->prompts > 1 && typist->login->second != NULL ? typist->login->second : typist->login->answer;
		break;
	case PAM_PROMPT_ECHO_ON:
		text = typist->login->no_user ? stack_user : typist->login->echoed;
		break;
	default:
		outcome->messages++;
		snprintf(outcome->message, sizeof outcome->message, "%s", messages[0]->msg);
	}
	if (typist->login->conversation != PAM_SUCCESS)
		return typist->login->conversation;
	*responses = calloc(1, sizeof **responses);
	if (*responses == NULL)
		return PAM_BUF_ERR;
	(*responses)->resp = text == NULL ? NULL : strdup(text);
	return PAM_SUCCESS;
}

/* Nobody waits here. */
static void note_delay(int status, unsigned microseconds, void *data)
{
	const struct typist *typist = data;

	(void)status;
	typist->outcome->delay = microseconds;
}

/* See pam_stack.h: what is ignored jumps to the line that says so, everything else over it. */
static void write_service(const struct login *login, const char *service)
{
	static const char *const types[] = {"auth", "account", "password", "session"};
	char before[512] = "", old[256] = "", ours[512] = "", path[128];
	FILE *f;

	snprintf(path, sizeof path, "pam/%s", service);
	if (login->file != NULL) {
		stack_write(path, login->file, 0644);
		return;
	}
	if (login->before != NULL)
		snprintf(before, sizeof before, "set=%s", stack_path("before"));
	if (login->old != NULL)
		snprintf(old, sizeof old, "old=%s", stack_path("old"));
	if (!login->bare)
		snprintf(ours, sizeof ours, "helper=%s socket=none min_uid=%u%s", stack_path("helper"),
		         stack_uid < 1000 ? stack_uid : 1000, login->no_reauth ? "" : " reauth");
	f = fopen(stack_path(path), "we");
	assert_non_null(f);
	for (size_t i = 0; i < 4; i++) {
		const char *type = types[i];

		fprintf(f, "%s [default=ignore] %s %s %s\n", type, stack_path("pam_witness.so"), before, old);
		fprintf(f, "%s [success=ok ignore=1 default=bad] %s %s %s\n", type, stack_path("pam_prftkn.so"), ours,
		        login->options == NULL ? "" : login->options);
		fprintf(f, "%s [success=1 default=bad] %s return=%d\n", type, stack_path("pam_witness.so"), PAM_SUCCESS);
		fprintf(f, "%s [default=bad] %s return=%d\n", type, stack_path("pam_witness.so"), IGNORED);
		fprintf(f, "%s [default=ignore] %s report=%s\n", type, stack_path("pam_witness.so"), stack_path("report"));
	}
	fclose(f);
}

static pam_handle_t *start(const struct login *login, struct pam_conv *conversation, struct typist *typist)
{
	const char *service = login->service == NULL ? STACK_SERVICE : login->service;
	const char *user = login->user == NULL ? stack_user : login->user;
	void (*const delay)(int, unsigned, void *) = note_delay;
	pam_handle_t *pamh = NULL;
	void *item;

	logged[0] = '\0';
	write_service(login, service);
	stack_write("before", login->before == NULL ? "" : login->before, 0600);
	stack_write("old", login->old == NULL ? "" : login->old, 0600);
	stack_write("report", "", 0600);
	*conversation = (struct pam_conv){converse, typist};
	assert_int_equal(pam_start_confdir(service, login->no_user ? NULL : user, conversation, stack_path("pam"), &pamh),
	                 PAM_SUCCESS);
	memcpy(&item, &delay, sizeof item);
	assert_int_equal(pam_set_item(pamh, PAM_FAIL_DELAY, item), PAM_SUCCESS);
	if (login->rhost != NULL)
		assert_int_equal(pam_set_item(pamh, PAM_RHOST, login->rhost), PAM_SUCCESS);
	if (login->tty != NULL)
		assert_int_equal(pam_set_item(pamh, PAM_TTY, login->tty), PAM_SUCCESS);
	if (login->variable != NULL)
		assert_int_equal(pam_putenv(pamh, login->variable), PAM_SUCCESS);
	return pamh;
}

static int code_of(int status)
{
	int code = status == IGNORED ? PAM_IGNORE : status;

	assert_in_range(code, 0, _PAM_RETURN_VALUES - 1);
	seen[code] = true;
	return code;
}

bool stack_code_seen(int code)
{
	return seen[code];
}

static void run(const struct login *login, struct outcome *outcome, int (*call)(pam_handle_t *pamh, int flags))
{
	struct typist typist = {login, outcome};
	struct pam_conv conversation;
	const void *user = NULL;
	const char *report;
	pam_handle_t *pamh;
	int status;

	memset(outcome, 0, sizeof *outcome);
	pamh = start(login, &conversation, &typist);
	status = call(pamh, login->flags);
	outcome->code = login->file == NULL ? code_of(status) : status;
	assert_int_equal(pam_get_item(pamh, PAM_USER, &user), PAM_SUCCESS);
	snprintf(outcome->user, sizeof outcome->user, "%s", user == NULL ? "" : (const char *)user);
	report = stack_read("report");
	outcome->authtok_there = strncmp(report, "text", 4) == 0;
	snprintf(outcome->authtok, sizeof outcome->authtok, "%s", outcome->authtok_there ? report + 4 : "");
	if (login->then != NULL)
		outcome->then = status = login->then(pamh, 0);
	assert_int_equal(pam_end(pamh, status), PAM_SUCCESS);
	if (login->becomes != NULL)
		assert_string_equal(outcome->user, login->becomes);
	else if (!login->no_user)
		assert_string_equal(outcome->user, login->user == NULL ? stack_user : login->user);
}

void stack_authenticate(const struct login *login, struct outcome *outcome)
{
	run(login, outcome, pam_authenticate);
}

void stack_change(const struct login *login, struct outcome *outcome)
{
	run(login, outcome, pam_chauthtok);
}

void stack_account(const struct login *login, struct outcome *outcome)
{
	run(login, outcome, pam_acct_mgmt);
}

int stack_call(const struct login *login, int (*call)(pam_handle_t *pamh, int flags))
{
	struct outcome outcome;

	run(login, &outcome, call);
	return outcome.code;
}
