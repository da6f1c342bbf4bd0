/* SPDX-License-Identifier: ISC */
/* The helper itself, as a process of a hostile caller: arguments, environment, descriptors, signals, limits. */
#include "config.h"

#include "helper_run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void arguments(void **state)
{
	static char *many[302];
	char state_option[] = "--state", relative[] = "state", other[] = "--help", more[] = "x", joined[256];
	char *const rows[][5] = {
		{helper, state_option, NULL}, {helper, other, NULL}, {helper, state_option, relative, NULL},
		{helper, state_option, state_folder, more, NULL}, {helper, other, state_folder, NULL}, {helper, joined, NULL},
		{helper, state_folder, NULL}, {helper, state_option, more + 1, NULL},
	};
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame), i;
	static struct outcome out;

	(void)state;
	snprintf(joined, sizeof joined, "--state=%s", state_folder);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		run_helper(&(struct how){.argv = rows[i]}, frame, length, &out);
		nothing_came(&out, 2);
	}
	for (i = 0; i < 301; i++)
		many[i] = state_option;
	run_helper(&(struct how){.argv = many}, frame, length, &out);
	nothing_came(&out, 2);
	assert_int_not_equal(access(in_state("store/current"), F_OK), 0);
}

static void no_arguments(void **state)
{
	char *const none[] = {NULL};
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;
	struct reply reply;

	(void)state;
	/* the kernel may make it one empty argument: then it is the installed places, where this user may do nothing */
	run_helper(&(struct how){.argv = none}, frame, length, &out);
	assert_true(WIFEXITED(out.status));
	if (out.length > 0) {
		assert_null(reply_decode(&reply, out.bytes, out.length, q.operation, q.id));
		assert_int_not_equal(reply.result, AUTHZ_OK);
	}
	assert_int_not_equal(access(in_state("store/current"), F_OK), 0);
}

static void tty_on_stdin(void)
{
	int main_fd = posix_openpt(O_RDWR | O_NOCTTY), fd;

	if (main_fd < 0 || grantpt(main_fd) != 0 || unlockpt(main_fd) != 0 || (fd = open(ptsname(main_fd), O_RDWR | O_NOCTTY)) < 0)
		_exit(98);
	dup2(fd, 0);
}

static void by_a_person(void **state)
{
	static struct outcome out;

	(void)state;
	run_helper(&(struct how){.prepare = tty_on_stdin}, "", 0, &out);
	nothing_came(&out, 2);
}

static void close_all(void)
{
	close(0);
	close(1);
	close(2);
}

static void close_reading(void)
{
	close(0);
}

static void close_writing(void)
{
	close(1);
	close(2);
}

static void closed_descriptors(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	make_token('2', token);
	run_helper(&(struct how){.prepare = close_all}, frame, length, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFEXITED(out.status) && WEXITSTATUS(out.status) != 0);
	run_helper(&(struct how){.prepare = close_reading}, frame, length, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFEXITED(out.status) && WEXITSTATUS(out.status) != 0);
	/* the answer goes nowhere, and above all not into a file of the store's */
	run_helper(&(struct how){.prepare = close_writing}, frame, length, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFEXITED(out.status));
	helper_unharmed(token);
}

static void hostile_environment(void **state)
{
	char *const envp[] = {
		(char[]){"TZ=:/etc/shadow"}, (char[]){"LOCPATH=/tmp"}, (char[]){"LC_ALL=tr_TR.UTF-8"}, (char[]){"TMPDIR=/nonexistent"},
		(char[]){"HOME=/nonexistent"}, (char[]){"PATH="}, (char[]){"AUTHZ_STATE=/nonexistent"}, (char[]){"IFS=/"},
		(char[]){"MALLOC_PERTURB_=85"}, (char[]){"NSS_WRAPPER_PASSWD=/nonexistent"}, (char[]){"HOSTALIASES=/etc/shadow"},
		(char[]){"POSIXLY_CORRECT=1"}, (char[]){"=="}, (char[]){"no equals sign"}, (char[]){HELPER_NO_LEAK_CHECK}, NULL,
	};
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	expect_result(request_how(&(struct how){.envp = envp}, &q, &reply), AUTHZ_OK);
	redeems(reply.token, AUTHZ_OK);
}

static void hostile_process(void)
{
	const struct itimerval soon = {.it_value = {0, 200000}, .it_interval = {0, 10000}};
	/* the kernel's struct begins with the handler on the machines that this runs on */
	const struct { void (*handler)(int); unsigned char rest[248]; } ignored = {.handler = SIG_IGN};
	struct rlimit files;
	sigset_t all;
	int i;

	umask(0777);
	if (chdir("/tmp") != 0)
		_exit(97);
	for (i = 1; i < _NSIG; i++) /* libc's own two as well, which its signal() refuses */
		(void)syscall(SYS_rt_sigaction, (long)i, &ignored, NULL, (size_t)_NSIG / 8);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setitimer(ITIMER_VIRTUAL, &soon, NULL);
	setitimer(ITIMER_PROF, &soon, NULL);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 512)
		for (i = 0; i < 300; i++)
			(void)!dup(0);
}

static void hostile_caller(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;
	struct stat st;

	(void)state;
	expect_result(request_how(&(struct how){.prepare = hostile_process}, &q, &reply), AUTHZ_OK);
	assert_int_equal(stat(in_state("audit/audit.log"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	redeems(reply.token, AUTHZ_OK);
}

/* A line of /proc/PID/status, without its name. */
static bool status_line(pid_t pid, const char *name, char *value, size_t size)
{
	char path[64], line[256];
	size_t length = strlen(name);
	bool found = false;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			snprintf(value, size, "%s", line + length + 2);
			value[strcspn(value, "\n")] = '\0';
			found = true;
		}
	if (f != NULL)
		fclose(f);
	return found;
}

static void expect_status(pid_t pid, const char *name, const char *expected)
{
	char value[256];

	assert_true(status_line(pid, name, value, sizeof value));
	if (strcmp(value, expected) != 0)
		fail_msg("%s is \"%s\", not \"%s\"", name, value, expected);
}

static void look_at_helper(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 10000000};
	char value[256] = "", ids[64];
	int tries;

	for (tries = 0; tries < 300 && strcmp(value, "2") != 0; tries++) {
		nanosleep(&pause, NULL);
		assert_true(status_line(pid, "Seccomp", value, sizeof value));
	}
	expect_status(pid, "Seccomp", "2");
	expect_status(pid, "NoNewPrivs", "1");
	expect_status(pid, "Umask", "0077");
	expect_status(pid, "SigBlk", "0000000000000000");
	/* a terminal's signals (HUP INT QUIT, TSTP TTIN TTOU), SIGPIPE and SIGXFSZ */
	expect_status(pid, "SigIgn", "0000000001381007");
	snprintf(ids, sizeof ids, "%u\t%u\t%u\t%u", geteuid(), geteuid(), geteuid(), geteuid());
	expect_status(pid, "Uid", ids);
	snprintf(ids, sizeof ids, "%u\t%u\t%u\t%u", getegid(), getegid(), getegid(), getegid());
	expect_status(pid, "Gid", ids);
}

static void hardened(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	run_helper(&(struct how){.prepare = hostile_process, .look = look_at_helper}, frame, length, &out);
	assert_int_equal(out.status, 0);
	assert_true(out.length > 0);
}

static int terminal = -1;

/* At the head of the foreground of a terminal of the caller's own, whose signals ask for no permission. */
static void foreground(void)
{
	int slave;

	setsid();
	slave = open(ptsname(terminal), O_RDWR);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) != 0)
		_exit(98);
	signal(SIGTSTP, SIG_DFL);
}

static void press_keys(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	char value[256] = "";
	int tries;

	for (tries = 0; tries < 300 && strcmp(value, "2") != 0; tries++) {
		nanosleep(&pause, NULL);
		assert_true(status_line(pid, "Seccomp", value, sizeof value));
	}
	for (tries = 0; tries < 5; tries++) {
		assert_int_equal(write(terminal, "\032\003\034", 3), 3); /* ^Z ^C ^\ */
		nanosleep(&pause, NULL);
	}
	assert_true(status_line(pid, "State", value, sizeof value));
	assert_int_equal(value[0], 'S');
}

static void on_a_terminal(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	run_helper(&(struct how){.prepare = foreground, .look = press_keys}, frame, length, &out);
	assert_int_equal(out.status, 0);
	assert_true(out.length > 0);
	close(terminal);
}

static void silence(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	run_helper(&(struct how){.keep_open = true, .prepare = hostile_process}, frame, length - 1, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFSIGNALED(out.status) && WTERMSIG(out.status) == SIGALRM);
	assert_true(out.seconds > 2 && out.seconds < 5); /* before the client's own deadline */
}

static void no_file_size(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_FSIZE, &none);
}

static void soft_file_size(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void limited_file_size(void **state)
{
	const struct how none = {.prepare = no_file_size}, soft = {.prepare = soft_file_size};
	struct request q = ask_token('1'), use;
	unsigned char token[TOKEN_SIZE];
	struct reply reply;

	(void)state;
	expect_result(request_how(&none, &q, &reply), AUTHZ_STORE_NO_ROOM); /* no store yet */
	make_token('2', token);
	expect_result(request_how(&none, &q, &reply), AUTHZ_STORE_NO_ROOM);
	use = ask_redeem(token);
	expect_result(request_how(&none, &use, &reply), AUTHZ_AUDIT_LOST); /* no record of its use */
	expect_result(request_how(&soft, &use, &reply), AUTHZ_OK); /* that one it lifts */
	helper_unharmed(token);
}

static void three_files(void)
{
	const struct rlimit three = {3, 3};

	setrlimit(RLIMIT_NOFILE, &three);
}

static void limited_descriptors(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;
	struct reply reply;

	(void)state;
	make_token('2', token);
	run_helper(&(struct how){.prepare = three_files}, frame, length, &out);
	assert_true(WIFEXITED(out.status)); /* its libraries could not be loaded, or its files not be opened */
	if (out.length > 0) {
		assert_null(reply_decode(&reply, out.bytes, out.length, q.operation, q.id));
		assert_int_not_equal(reply.result, AUTHZ_OK);
	} else {
		assert_int_not_equal(WEXITSTATUS(out.status), 0);
	}
	helper_unharmed(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HELPER_TEST("any argument but --state and an absolute folder is refused (main MUST 1)", arguments),
		HELPER_TEST("without any argument, not even a name, it does nothing to the caller", no_arguments),
		HELPER_TEST("a terminal on standard input gets the usage", by_a_person),
		HELPER_TEST("closed descriptors 0 to 2 harm nothing (harden MUST 1)", closed_descriptors),
		HELPER_TEST("a hostile environment has no effect (harden MUST 1)", hostile_environment),
		HELPER_TEST("the caller's umask, signals, timers, descriptors and folder have no effect (harden MUST 1)",
		            hostile_caller),
		HELPER_TEST("before a byte is read all ids are its own, the filter is in place, nothing is blocked (harden MUST 2)",
		            hardened),
		HELPER_TEST("a terminal of the caller's can neither stop nor end the helper (harden MUST 1)", on_a_terminal),
		HELPER_TEST("a request that never ends ends the helper, whatever the caller ignores (harden MUST 3)", silence),
		HELPER_TEST("a limit of 0 on files is a named refusal, a soft one is lifted", limited_file_size),
		HELPER_TEST("a limit of three descriptors harms nothing", limited_descriptors),
	};

	return cmocka_run_group_tests_name("helper, caller", tests, helper_open, state_close);
}
