/* SPDX-License-Identifier: ISC */
/*
 * onpty [-t SECONDS] [-u USER] [-a ANSWERS] COMMAND [ARGUMENT]...: run a command on a terminal of its own, and type.
 *
 * ANSWERS is a file of pairs of lines: what to wait for in the output, and what to type then.  Each pair is used once, in
 * order; what was matched is not matched again.  With -u the command runs as that user, with the user's groups and a small
 * environment.  What the terminal shows goes to standard output, without carriage returns.
 *
 * Exit status: the command's, 128 + N if signal N ended it, 124 when the time (20 s) was up.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PAIRS_MAX 16

struct dialogue {
	char *expect[PAIRS_MAX], *answer[PAIRS_MAX];
	size_t count, next;
	char seen[8192]; /* the output since the last match */
	size_t used;
};

static void die(const char *what)
{
	perror(what);
	exit(125);
}

static char *read_line(FILE *from)
{
	char *line = NULL;
	size_t size = 0;

	if (getline(&line, &size, from) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void read_answers(struct dialogue *d, const char *path)
{
	FILE *from = fopen(path, "re");

	if (from == NULL)
		die(path);
	while (d->count < PAIRS_MAX) {
		d->expect[d->count] = read_line(from);
		d->answer[d->count] = d->expect[d->count] == NULL ? NULL : read_line(from);
		if (d->answer[d->count] == NULL)
			break;
		d->count++;
	}
	fclose(from);
}

static void become(const char *user)
{
	struct passwd *p = getpwnam(user);

	if (p == NULL) {
		fprintf(stderr, "onpty: no user %s\n", user);
		_exit(125);
	}
	if (fchown(0, p->pw_uid, (gid_t)-1) != 0 || initgroups(user, p->pw_gid) != 0 || setgid(p->pw_gid) != 0 ||
	    setuid(p->pw_uid) != 0)
		die("onpty: become");
	clearenv();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("HOME", p->pw_dir, 1);
	setenv("USER", user, 1);
	setenv("LOGNAME", user, 1);
	setenv("SHELL", "/bin/sh", 1);
	setenv("TERM", "dumb", 1);
	setenv("LC_ALL", "C", 1);
	if (chdir(p->pw_dir) != 0 && chdir("/") != 0)
		die("onpty: chdir");
}

static pid_t start(int *master, const char *user, char **command)
{
	struct winsize size = {.ws_row = 24, .ws_col = 200};
	char name[64];
	pid_t child;
	int slave;

	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0 || ptsname_r(*master, name, sizeof name) != 0)
		die("onpty: no terminal");
	child = fork();
	if (child != 0)
		return child;
	setsid();
	slave = open(name, O_RDWR);
	if (slave < 0)
		die(name);
	ioctl(slave, TIOCSCTTY, 0);
	ioctl(slave, TIOCSWINSZ, &size);
	for (int i = 0; i < 3; i++)
		dup2(slave, i);
	if (slave > 2)
		close(slave);
	if (user != NULL)
		become(user);
	execvp(command[0], command);
	die(command[0]);
	return -1;
}

/* Show what came, and type the answer that it calls for. */
static void hear(struct dialogue *d, int master, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char *at;

		if (bytes[i] == '\r' || bytes[i] == '\0')
			continue;
		putchar(bytes[i]);
		if (d->used == sizeof d->seen - 1) {
			memmove(d->seen, d->seen + d->used / 2, d->used - d->used / 2);
			d->used -= d->used / 2;
		}
		d->seen[d->used++] = bytes[i];
		d->seen[d->used] = '\0';
		at = d->next < d->count ? strstr(d->seen, d->expect[d->next]) : NULL;
		if (at == NULL)
			continue;
		d->used = 0;
		if (dprintf(master, "%s\n", d->answer[d->next++]) < 0)
			die("onpty: typing");
	}
	fflush(stdout);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* true when the time is up; false when the command has ended and nothing more comes. */
static bool talk(struct dialogue *d, int master, pid_t child, long deadline)
{
	char bytes[1024];
	siginfo_t info;

	for (;;) {
		struct pollfd p = {.fd = master, .events = POLLIN};
		int ready = poll(&p, 1, 100);
		ssize_t length = ready > 0 ? read(master, bytes, sizeof bytes) : 0;

		if (length > 0)
			hear(d, master, bytes, (size_t)length);
		else if (ready > 0) /* nobody has the terminal open; login opens it anew after a hang-up */
			poll(NULL, 0, 20);
		info.si_pid = 0;
		if (length <= 0 && waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child)
			return false;
		if (now_ms() > deadline)
			return true;
	}
}

int main(int argc, char **argv)
{
	static struct dialogue d;
	const char *user = NULL;
	long seconds = 20, deadline;
	int option, master, status;
	pid_t child;

	while ((option = getopt(argc, argv, "+t:u:a:")) != -1) {
		if (option == 't')
			seconds = strtol(optarg, NULL, 10);
		else if (option == 'u')
			user = optarg;
		else if (option == 'a')
			read_answers(&d, optarg);
		else
			return 2;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: onpty [-t SECONDS] [-u USER] [-a ANSWERS] COMMAND [ARGUMENT]...\n");
		return 2;
	}
	deadline = now_ms() + seconds * 1000;
	child = start(&master, user, argv + optind);
	if (child < 0)
		die("onpty: fork");
	if (talk(&d, master, child, deadline)) {
		kill(-child, SIGKILL);
		kill(child, SIGKILL);
		fprintf(stderr, "onpty: the time is up\n");
		waitpid(child, &status, 0);
		return 124;
	}
	close(master);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			die("onpty: waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
