/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the command has no descriptor but 0 to 2, and none of those is the caller's terminal.
 * MUST 2: the command's signals are as a new program expects them.
 * MUST 3: where authz-run is killed the command is hung up, and killed two seconds later.
 */
#include "config.h"

#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "say.h"

static const char *shell_of(const struct keeper *k)
{
	return k->account->shell[0] == '\0' ? "/bin/sh" : k->account->shell;
}

/* exec, and the status that says why it could not be. */
static int execute(const char *file, char *const *arguments)
{
	(void)execvp(file, arguments);
	return say(errno == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE, "%s: %s", file, strerror(errno));
}

static int execute_shell(const struct keeper *k, char **rest, size_t count)
{
	static char option[] = "-c", words[] = "exec \"$0\" \"$@\""; /* the words stay words */
	const char *shell = shell_of(k), *slash = strrchr(shell, '/'), *base = slash == NULL ? shell : slash + 1;
	char name[64], path[4096], **arguments = calloc(count + 5, sizeof *arguments);
	size_t used = 0;

	if (arguments == NULL || snprintf(path, sizeof path, "%s", shell) >= (int)sizeof path)
		return RUN_INTERNAL;
	(void)snprintf(name, sizeof name, "%s%.60s", k->login ? "-" : "", base);
	arguments[used++] = name;
	if (count > 0) {
		arguments[used++] = option;
		arguments[used++] = words;
		memcpy(arguments + used, rest, count * sizeof *rest);
	}
	return execute(path, arguments);
}

static size_t count_words(char **list)
{
	size_t count = 0;

	while (list != NULL && list[count] != NULL)
		count++;
	return count;
}

/* In her home a login shell, else where the caller is: if she may not look there, the kernel says so to whoever tries. */
static void go_to_folder(const struct keeper *k)
{
	if (k->login && chdir(k->account->home) != 0)
		(void)say(RUN_INTERNAL, "%s: %s", k->account->home, strerror(errno));
}

static int run_command(struct keeper *k, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		return RUN_INTERNAL;
	(void)setpgid(0, 0);
	for (int fd = 0; fd < 3; fd++)
		if (k->terminal->is[fd])
			(void)tcsetpgrp(fd, getpid()); /* SIGTTOU is held */
	guard_release();
	go_to_folder(k);
	environ = k->environment;
	if (k->command == NULL || k->login)
		return execute_shell(k, k->command, count_words(k->command));
	return execute(k->command[0], k->command);
}

/* The master's side is the parent's alone: with its end the command is hung up. */
static bool take_terminal(const struct terminal *t)
{
	if (setsid() < 0 || (t->slave >= 0 && ioctl(t->slave, TIOCSCTTY, 0) != 0))
		return false;
	for (int fd = 0; fd < 3; fd++)
		if (t->is[fd] && dup2(t->slave, fd) != fd)
			return false;
	return true;
}

/* Nothing is kept but the pipe, as descriptor 3, which the command does not get. */
static bool close_others(int *life)
{
	if (*life != 3 && dup3(*life, 3, O_CLOEXEC) != 3)
		return false;
	*life = 3;
	return syscall(SYS_close_range, 4u, ~0u, 0u) == 0;
}

void keeper_end_like(int status)
{
	const struct rlimit no_core = {0, 0};
	sigset_t one;

	if (!WIFSIGNALED(status))
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : RUN_INTERNAL);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, WTERMSIG(status));
	(void)kill(getpid(), WTERMSIG(status));
	(void)sigprocmask(SIG_UNBLOCK, &one, NULL);
	_exit(128 + WTERMSIG(status));
}

/* authz-run is gone: nobody closes the session, nobody sees the command. */
static void hang_up(pid_t command, const sigset_t *held)
{
	const struct timespec patience = {.tv_sec = 2};
	struct timespec until, now;
	int status;

	(void)kill(-command, SIGHUP);
	(void)kill(-command, SIGCONT);
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += patience.tv_sec;
	do {
		if (waitpid(command, &status, WNOHANG) == command)
			break;
		(void)sigtimedwait(held, NULL, &(struct timespec){.tv_nsec = 100000000});
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec < until.tv_nsec));
	(void)kill(-command, SIGKILL);
	_exit(RUN_INTERNAL);
}

/* The command has changed: end as it did, or stop as it did. */
static void look(pid_t command)
{
	int status;

	while (waitpid(command, &status, WNOHANG | WUNTRACED) == command)
		if (WIFSTOPPED(status))
			(void)kill(getpid(), SIGSTOP);
		else
			keeper_end_like(status);
}

static void hear_signal(int signals, pid_t command)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
		return;
	if (info.ssi_signo == SIGCHLD)
		look(command);
	else
		(void)kill(-command, (int)info.ssi_signo);
}

/* The kernel's own signal at a parent's death does not reach another user's process. */
static int keep(const struct keeper *k, pid_t command, const sigset_t *held)
{
	struct pollfd p[] = {{.fd = signalfd(-1, held, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN},
	                     {.fd = k->life, .events = POLLIN}};

	if (p[0].fd < 0)
		return RUN_INTERNAL;
	look(command);
	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return RUN_INTERNAL;
		if (p[1].revents != 0)
			hang_up(command, held);
		if (p[0].revents != 0)
			hear_signal(p[0].fd, command);
	}
}

int keeper_run(void *keeper)
{
	struct keeper *k = keeper;
	sigset_t held;
	pid_t command, self = getpid();

	guard_hold(&held);
	if (!take_terminal(k->terminal) || !close_others(&k->life))
		return say(RUN_INTERNAL, "the command has no terminal: %s", strerror(errno));
	command = fork();
	if (command == 0)
		_exit(run_command(k, self));
	if (command < 0)
		return say(RUN_INTERNAL, "the command could not be started: %s", strerror(errno));
	(void)setpgid(command, command);
	return keep(k, command, &held);
}
