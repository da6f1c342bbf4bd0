/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: it has its input, its output, a fixed environment, and nothing else: no descriptor, signal disposition, mask,
 *         timer or folder of ours.
 * MUST 2: it gains no privilege by what it executes, has no terminal, and limits.
 * MUST 3: it traces neither authz-launch nor another program of the same user's, where the kernel has Landlock.
 * MUST 4: what it writes to stderr goes nowhere: it may be a secret.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fence.h"

#define REPORT 3
#define MIB (UINT64_C(1) << 20)

/* Ours ignores some; of what is ignored an exec changes nothing. */
static void reset_signals(void)
{
	static const unsigned char by_default[256]; /* the kernel's struct, all zeros on every machine */
	sigset_t none;
	long number;

	for (number = 1; number < _NSIG; number++)
		(void)syscall(SYS_rt_sigaction, number, by_default, NULL, (size_t)_NSIG / 8);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void limit(int which, uint64_t most)
{
	struct rlimit r;

	if (getrlimit(which, &r) != 0)
		return;
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > most)
		r.rlim_max = most;
	r.rlim_cur = r.rlim_max;
	(void)setrlimit(which, &r);
}

/* No limit of addresses: run-times reserve more than they ever use.  A tester has processes beside these. */
static void set_limits(const struct launcher *l, unsigned wait_ms)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, wait_ms / 1000 + 2);
	limit(RLIMIT_DATA, 512 * MIB);
	limit(RLIMIT_FSIZE, 64 * MIB);
	limit(RLIMIT_NOFILE, 1024);
	limit(RLIMIT_MEMLOCK, 64 * 1024);
	limit(RLIMIT_MSGQUEUE, 0);
	if (!l->own)
		limit(RLIMIT_NPROC, 128);
}

/* 0 to 2, the report, and no other. */
static bool take_descriptors(int input, int output, int report)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
	    dup3(report, REPORT, O_CLOEXEC) < 0)
		return false;
	(void)syscall(SYS_close_range, REPORT + 1, ~0u, 0u); /* all are closed by the exec anyway */
	return true;
}

static void execute(const char *path)
{
	static char search[] = "PATH=/usr/bin:/bin", language[] = "LANG=C";
	char *const environment[] = {search, language, NULL};
	char *const argv[] = {(char *)(uintptr_t)path, NULL};

	execve(path, argv, environment);
}

__attribute__((noreturn)) static void be_program(const struct launcher *l, const char *path, unsigned wait_ms,
                                                  const int descriptors[3])
{
	int number;

	if (take_descriptors(descriptors[0], descriptors[1], descriptors[2]) && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setsid() >= 0) {
		reset_signals();
		set_limits(l, wait_ms);
		(void)fence_in();
		execute(path);
	}
	number = errno;
	(void)!write(REPORT, &number, sizeof number);
	_exit(127);
}

/* Above what take_descriptors overwrites. */
static int above(int fd)
{
	int moved;

	if (fd < 0 || fd > REPORT)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, REPORT + 1);
	close(fd);
	return moved;
}

static bool make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	ends[0] = above(ends[0]);
	ends[1] = above(ends[1]);
	return ends[0] >= 0 && ends[1] >= 0;
}

static void close_ends(int pipes[3][2], int end)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (pipes[i][end] >= 0)
			close(pipes[i][end]);
		pipes[i][end] = -1;
	}
}

static bool never_waits(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static bool start(struct program *p, const struct launcher *l, const char *path, unsigned wait_ms, int pipes[3][2])
{
	const int his[3] = {pipes[0][0], pipes[1][1], pipes[2][1]};

	if (!never_waits(pipes[0][1]) || !never_waits(pipes[1][0]) || !never_waits(pipes[2][0]))
		return false;
	p->pid = fork();
	if (p->pid == 0)
		be_program(l, path, wait_ms, his);
	if (p->pid < 0)
		return false;
	p->process = (int)syscall(SYS_pidfd_open, p->pid, 0u);
	if (p->process >= 0)
		return true;
	(void)kill(p->pid, SIGKILL);
	(void)waitpid(p->pid, NULL, 0);
	return false;
}

bool program_start(struct program *p, const struct launcher *l, const char *path, unsigned wait_ms)
{
	/* input, output, report: to read from, to write to */
	int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}, number;

	*p = (struct program){.pid = -1, .process = -1, .input = -1, .output = -1, .report = -1};
	if (!make_pipe(pipes[0]) || !make_pipe(pipes[1]) || !make_pipe(pipes[2]) || !start(p, l, path, wait_ms, pipes)) {
		number = errno;
		close_ends(pipes, 0);
		close_ends(pipes, 1);
		errno = number;
		return false;
	}
	p->input = pipes[0][1];
	p->output = pipes[1][0];
	p->report = pipes[2][0];
	close(pipes[0][0]);
	close(pipes[1][1]);
	close(pipes[2][1]);
	return true;
}

int program_bury(struct program *p)
{
	int status = 0;

	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int program_failed(const struct program *p)
{
	int number;

	return read(p->report, &number, sizeof number) == sizeof number ? number : 0;
}

void program_close(struct program *p)
{
	int *const open[] = {&p->process, &p->input, &p->output, &p->report};
	size_t i;

	for (i = 0; i < sizeof open / sizeof open[0]; i++) {
		if (*open[i] >= 0)
			close(*open[i]);
		*open[i] = -1;
	}
}
