/* SPDX-License-Identifier: ISC */
/*
 * attack_exec [HOW]... -- PROGRAM [NAME [ARGUMENT]...]: starts a program, with NAME as its argument 0 (none: not even that),
 * with a state that no honest caller has.
 *
 *	close=DIGITS   these descriptors             many=N      N copies of descriptor 3, from 10 on
 *	ignore         all signals ignored           block       all signals blocked         nochild  SIGCHLD ignored
 *	pending=N      signal N waits                timers      all three, 50 ms            umask    0777
 *	gone           in a folder that is gone      limit=N:V   resource N is V, soft and hard
 *	env=N          N variables of 1000 bytes     long        an argument 0 of 100,000 bytes
 *	traced         by the process that waits for it
 *	slack          timers that may be 20 s late
 *	key            a session keyring with the key "attack_exec" in it
 *	fill           a session keyring with as many keys as the user may have
 */
#include <linux/keyctl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static bool long_name, traced;
static struct rlimit limit;
static int limited = -1;

static void close_digits(const char *digits)
{
	for (; *digits != '\0'; digits++)
		close(*digits - '0');
}

static void copy_many(int count)
{
	for (int i = 0; i < count; i++)
		if (dup2(3, 10 + i) < 0)
			exit(2);
}

static void all_signals(bool ignore)
{
	sigset_t all;

	sigfillset(&all);
	for (int number = 1; ignore && number < 65; number++)
		signal(number, SIG_IGN);
	if (!ignore)
		sigprocmask(SIG_SETMASK, &all, NULL);
}

static void make_pending(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(number);
}

static void start_timers(void)
{
	static const int which[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
	const struct itimerval soon = {.it_value = {0, 50000}, .it_interval = {0, 50000}};

	for (size_t i = 0; i < 3; i++)
		setitimer(which[i], &soon, NULL);
}

static void go_away(void)
{
	char name[] = "/tmp/gone.XXXXXX";

	if (mkdtemp(name) == NULL || chdir(name) != 0 || rmdir(name) != 0)
		exit(2);
}

/* Set last: it may leave too little for anything else. */
static void set_limit(const char *text)
{
	limited = atoi(text);
	limit.rlim_cur = limit.rlim_max = strtoul(strchr(text, ':') + 1, NULL, 10);
}

static void fill_environment(int count)
{
	char name[32], value[1001];

	memset(value, 'A', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "FILL%d", i);
		setenv(name, value, 1);
	}
}

static bool add_key(const char *name)
{
	return syscall(SYS_add_key, "user", name, "x", (size_t)1, KEY_SPEC_SESSION_KEYRING) >= 0;
}

static void have_keys(bool all)
{
	char name[32];
	int i;

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 || (!all && !add_key("attack_exec")))
		exit(2);
	/* what keys of others ago have used is given back a little later */
	for (i = 0; all && i < 2000; i++)
		if (snprintf(name, sizeof name, "%d", i) > 0 && !add_key(name))
			usleep(1000);
}

static bool is(const char *how, const char *word, const char **value)
{
	const size_t length = strlen(word);

	*value = how + length;
	return strncmp(how, word, length) == 0;
}

static void spoil(const char *how)
{
	const char *value;

	if (is(how, "close=", &value))
		close_digits(value);
	else if (is(how, "many=", &value))
		copy_many(atoi(value));
	else if (is(how, "ignore", &value))
		all_signals(true);
	else if (is(how, "block", &value))
		all_signals(false);
	else if (is(how, "nochild", &value))
		signal(SIGCHLD, SIG_IGN);
	else if (is(how, "pending=", &value))
		make_pending(atoi(value));
	else if (is(how, "timers", &value))
		start_timers();
	else if (is(how, "umask", &value))
		umask(0777);
	else if (is(how, "gone", &value))
		go_away();
	else if (is(how, "limit=", &value))
		set_limit(value);
	else if (is(how, "env=", &value))
		fill_environment(atoi(value));
	else if (is(how, "long", &value))
		long_name = true;
	else if (is(how, "traced", &value))
		traced = true;
	else if (is(how, "slack", &value))
		prctl(PR_SET_TIMERSLACK, 20000000000ul);
	else if (is(how, "key", &value))
		have_keys(false);
	else if (is(how, "fill", &value))
		have_keys(true);
	else
		exit(2);
}

/* The tracer: lets everything pass. */
static void trace(void)
{
	int status;
	const pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		return;
	}
	while (waitpid(child, &status, 0) == child && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, child, NULL, WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
	static char name[100001];
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		spoil(argv[i]);
	if (i + 1 >= argc)
		return 2;
	if (long_name) {
		memset(name, 'a', sizeof name - 1);
		argv[i + 2] = name;
	}
	if (traced)
		trace();
	if (limited >= 0 && setrlimit(limited, &limit) != 0)
		return 2;
	execv(argv[i + 1], argv + i + 2);
	return 127;
}
