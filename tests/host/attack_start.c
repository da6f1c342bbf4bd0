/* SPDX-License-Identifier: ISC */
/*
 * attack_start [HOW]... -- PROGRAM [NAME [ARGUMENT]...]: starts a program with a state that no honest caller has.  NAME is
 * its argument 0; without it there is not even that.
 *
 *	args=N         N arguments, NAME among them  big=N      12 arguments, the new ones of N bytes
 *	long           NAME has 100,000 bytes        env=N      N variables of 1000 bytes
 *	close=DIGITS   these descriptors             many=N     N copies of descriptor 3, from 10 on
 *	open=FILE      3 to 63 are FILE              but=FD     and FD stays as it is
 *	kind=dgram|listen  descriptor 0 is such a socket
 *	ignore         all signals ignored           block      all signals blocked         nochild  SIGCHLD ignored
 *	pending=N      signal N waits                timers     all three, 50 ms
 *	slack          timers that may be 20 s late
 *	umask=MODE     of that, octal                gone       in a folder that is not there any more
 *	limit=N:V      resource N is V, soft and hard
 *	idle           SCHED_IDLE, nice 19, one processor
 *	traced         by the process that waits for it
 *	key            a session keyring with the key "attack_start" in it
 *	fill           a session keyring with as many keys as the user may have
 */
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS 4096

/* What is done when all words are read. */
static struct {
	int arguments;
	size_t size; /* of each argument that is added */
	bool long_name, traced;
	const char *file;
	int but;
	int limited;
	struct rlimit limit;
} last = {.but = -1, .limited = -1};

/* ---- arguments and environment */

static char *letters(size_t length)
{
	char *text = malloc(length + 1);

	if (text == NULL)
		exit(2);
	memset(text, 'A', length);
	text[length] = '\0';
	return text;
}

static void more_arguments(int count, size_t size)
{
	last.arguments = count < ARGUMENTS ? count : ARGUMENTS - 1;
	last.size = size;
}

/* Those of the command line, which end with NULL, and what was asked for. */
static char **arguments(char **given)
{
	static char *all[ARGUMENTS];
	int count = 0;

	for (; given[count] != NULL && count < ARGUMENTS - 1; count++)
		all[count] = given[count];
	if (last.long_name)
		all[0] = letters(100000);
	if (count < last.arguments)
		all[count] = letters(last.size);
	for (count++; count < last.arguments; count++)
		all[count] = all[count - 1];
	return all;
}

static void fill_environment(int count)
{
	const char *value = letters(1000);
	char name[32];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "FILL%d", i);
		setenv(name, value, 1);
	}
}

/* ---- descriptors */

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

static void open_many(const char *path)
{
	const int from = open(path, O_RDONLY);

	for (int fd = 3; fd < 64; fd++)
		if (fd != last.but && fd != from && dup2(from, fd) < 0)
			exit(2);
}

static void other_socket(const char *kind)
{
	int pair[2], fd;

	if (strcmp(kind, "dgram") == 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0) {
		fd = pair[0];
	} else {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (bind(fd, &(struct sockaddr){.sa_family = AF_UNIX}, sizeof(sa_family_t)) != 0 || listen(fd, 1) != 0)
			exit(2);
	}
	dup2(fd, STDIN_FILENO);
}

/* ---- signals and timers */

static void ignore_all(void)
{
	for (int number = 1; number < 65; number++)
		signal(number, SIG_IGN);
}

static void block_all(void)
{
	sigset_t all;

	sigfillset(&all);
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

/* ---- the rest of a process */

static void go_away(void)
{
	char name[] = "/tmp/gone.XXXXXX";

	if (mkdtemp(name) == NULL || chdir(name) != 0 || rmdir(name) != 0)
		exit(2);
}

static void be_idle(void)
{
	const struct sched_param none = {0};
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (setpriority(PRIO_PROCESS, 0, 19) != 0 || sched_setscheduler(0, SCHED_IDLE, &none) != 0 ||
	    sched_setaffinity(0, sizeof one, &one) != 0)
		exit(2);
}

static void set_limit(const char *text)
{
	const char *value = strchr(text, ':');

	if (value == NULL)
		exit(2);
	last.limited = atoi(text);
	last.limit.rlim_cur = last.limit.rlim_max = strtoul(value + 1, NULL, 10);
}

static bool add_key(const char *name)
{
	return syscall(SYS_add_key, "user", name, "x", (size_t)1, KEY_SPEC_SESSION_KEYRING) >= 0;
}

static void have_keys(bool all)
{
	char name[32];

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 || (!all && !add_key("attack_start")))
		exit(2);
	/* what keys of others ago have used is given back a little later */
	for (int i = 0; all && i < 2000; i++)
		if (snprintf(name, sizeof name, "%d", i) > 0 && !add_key(name))
			usleep(1000);
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

/* ---- the words */

/* The word alone, or, where it ends with "=", with a value behind it. */
static bool is(const char *how, const char *word, const char **value)
{
	const size_t length = strlen(word);

	*value = how + length;
	return word[length - 1] == '=' ? strncmp(how, word, length) == 0 : strcmp(how, word) == 0;
}

static bool spoil_what_it_is_given(const char *how)
{
	const char *value;

	if (is(how, "args=", &value))
		more_arguments(atoi(value), 3);
	else if (is(how, "big=", &value))
		more_arguments(12, strtoul(value, NULL, 10));
	else if (is(how, "long", &value))
		last.long_name = true;
	else if (is(how, "env=", &value))
		fill_environment(atoi(value));
	else if (is(how, "close=", &value))
		close_digits(value);
	else if (is(how, "many=", &value))
		copy_many(atoi(value));
	else if (is(how, "open=", &value))
		last.file = value;
	else if (is(how, "but=", &value))
		last.but = atoi(value);
	else if (is(how, "kind=", &value))
		other_socket(value);
	else
		return false;
	return true;
}

static bool spoil_its_time(const char *how)
{
	const char *value;

	if (is(how, "ignore", &value))
		ignore_all();
	else if (is(how, "block", &value))
		block_all();
	else if (is(how, "nochild", &value))
		signal(SIGCHLD, SIG_IGN);
	else if (is(how, "pending=", &value))
		make_pending(atoi(value));
	else if (is(how, "timers", &value))
		start_timers();
	else if (is(how, "slack", &value))
		prctl(PR_SET_TIMERSLACK, 20000000000ul);
	else if (is(how, "idle", &value))
		be_idle();
	else
		return false;
	return true;
}

static bool spoil_its_place(const char *how)
{
	const char *value;

	if (is(how, "umask=", &value))
		umask((mode_t)strtoul(value, NULL, 8));
	else if (is(how, "gone", &value))
		go_away();
	else if (is(how, "limit=", &value))
		set_limit(value);
	else if (is(how, "traced", &value))
		last.traced = true;
	else if (is(how, "key", &value))
		have_keys(false);
	else if (is(how, "fill", &value))
		have_keys(true);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	char **given;
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!spoil_what_it_is_given(argv[i]) && !spoil_its_time(argv[i]) && !spoil_its_place(argv[i]))
			return 2;
	if (i + 1 >= argc)
		return 2;
	given = arguments(argv + i + 2);
	if (last.file != NULL)
		open_many(last.file);
	if (last.traced)
		trace();
	/* it may leave too little for anything else */
	if (last.limited >= 0 && setrlimit(last.limited, &last.limit) != 0)
		return 2;
	execv(argv[i + 1], given);
	return 127;
}
