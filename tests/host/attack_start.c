/* SPDX-License-Identifier: ISC */
/*
 * attack_start [HOW]... PROGRAM: starts a program with a state that no honest caller has.
 *
 *	argc0            not even a name          args=N           so many arguments      big=N   one argument of so many bytes
 *	close=DIGITS     these descriptors        open=FILE        3 to 63 are FILE       last=FD  and FD stays as it is
 *	signals          all ignored and blocked  pending=NUMBER   that signal waits       timers   all three, 50 ms
 *	umask            0                        gone             in a folder that is not there any more
 *	idle             SCHED_IDLE, nice 19, one processor        kind=dgram|listen      descriptor 0 is such a socket
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static char *arguments[4096] = {(char[]){"authz-helper"}};
static int kept = -1;

static void fill_arguments(int count, size_t size)
{
	char *text = malloc(size + 1);
	int i;

	if (text == NULL)
		exit(2);
	memset(text, 'A', size);
	text[size] = '\0';
	for (i = 1; i < count && i < 4095; i++)
		arguments[i] = text;
}

static void open_many(const char *path)
{
	int fd, from = open(path, O_RDONLY);

	for (fd = 3; fd < 64; fd++)
		if (fd != kept && fd != from)
			dup2(from, fd);
}

static void spoil_signals(void)
{
	sigset_t all;
	int number;

	for (number = 1; number < 65; number++)
		signal(number, SIG_IGN);
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
	size_t i;

	for (i = 0; i < 3; i++)
		setitimer(which[i], &soon, NULL);
}

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

static bool is(const char *how, const char *word, const char **value)
{
	const size_t length = strlen(word);

	*value = how + length;
	return strncmp(how, word, length) == 0;
}

static bool spoil(const char *how)
{
	const char *value;

	if (is(how, "argc0", &value))
		arguments[0] = NULL;
	else if (is(how, "args=", &value))
		fill_arguments(atoi(value), 3);
	else if (is(how, "big=", &value))
		fill_arguments(12, strtoul(value, NULL, 10));
	else if (is(how, "close=", &value))
		for (; *value != '\0'; value++)
			close(*value - '0');
	else if (is(how, "last=", &value))
		kept = atoi(value);
	else if (is(how, "open=", &value))
		open_many(value);
	else if (is(how, "signals", &value))
		spoil_signals();
	else if (is(how, "pending=", &value))
		make_pending(atoi(value));
	else if (is(how, "timers", &value))
		start_timers();
	else if (is(how, "umask", &value))
		umask(0);
	else if (is(how, "gone", &value))
		go_away();
	else if (is(how, "idle", &value))
		be_idle();
	else if (is(how, "kind=", &value))
		other_socket(value);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	int i = 1;

	while (i < argc && spoil(argv[i]))
		i++;
	if (i != argc - 1)
		return 2;
	execv(argv[i], arguments);
	perror(argv[i]);
	return 127;
}
