/* SPDX-License-Identifier: ISC */
/*
 * attack_storm HELPER SEED ROUNDS <FRAME: helpers of one's own, and all that one may try with them.
 *
 * Each round starts one with the request on standard input, and at a random moment of its first milliseconds does one
 * thing to it.  What must never be: to trace it, to see its memory or what it has open, to set its limits, to take its
 * descriptors, once it was executed; to stop or kill it once it has let go of the caller.  Status 1 then, with a line.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attack_frame.h"

static unsigned char frame[ATTACK_FRAME_MAX];
static size_t length;
static unsigned killed, stopped, denied, answered;

struct victim {
	pid_t pid;
	int channel, executed; /* "executed" ends when it was executed */
};

static bool start(struct victim *v, const char *helper)
{
	int flag[2];

	if (pipe2(flag, O_CLOEXEC) != 0)
		return false;
	v->channel = attack_child(helper, &v->pid);
	close(flag[1]);
	v->executed = flag[0];
	return v->channel >= 0 && v->pid > 0;
}

static void wait_us(long most)
{
	const struct timespec t = {.tv_nsec = 1000 * (random() % most)};

	nanosleep(&t, NULL);
}

static bool reached(const char *what)
{
	printf("%s was allowed\n", what);
	return true;
}

static bool opens(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDWR);
	if (fd < 0)
		fd = open(path, O_RDONLY);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Everything that needs more than a signal. */
static bool look_into(pid_t pid)
{
	static const char *const files[] = {"mem", "environ", "auxv", "fd", "fdinfo", "map_files", "syscall", "stack", "io"};
	const struct rlimit none = {0, 0};
	char byte;
	struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), fd;
	size_t i;

	for (i = 0; i < sizeof files / sizeof files[0]; i++)
		if (opens(pid, files[i]))
			return reached(files[i]);
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
		return reached("ptrace");
	if (prlimit(pid, RLIMIT_FSIZE, &none, NULL) == 0)
		return reached("prlimit");
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0 || errno != EPERM)
		return errno != ESRCH && reached("process_vm_readv");
	fd = pidfd >= 0 ? (int)syscall(SYS_pidfd_getfd, pidfd, 0, 0) : -1;
	if (pidfd >= 0)
		close(pidfd);
	denied++;
	return fd >= 0 && reached("pidfd_getfd");
}

/* A signal is heard before it has let go, and no more after: never after it was refused once. */
static bool shoot(const struct victim *v)
{
	static const int signals[] = {SIGSTOP, SIGKILL, SIGTSTP, SIGTERM, SIGALRM, SIGSEGV, SIGQUIT, SIGXCPU};
	const int number = signals[random() % (long)(sizeof signals / sizeof signals[0])];

	wait_us(3000);
	if (kill(v->pid, number) == 0 && number == SIGSTOP)
		stopped++;
	if (kill(v->pid, 0) != 0 && errno == EPERM) {
		denied++;
		if (kill(v->pid, SIGKILL) == 0)
			return reached("SIGKILL after it had let go");
	}
	return false;
}

static bool ends_in_time(const struct victim *v)
{
	unsigned char byte[256];
	struct pollfd on = {.fd = v->channel, .events = POLLIN};
	bool whole = poll(&on, 1, 8000) > 0;
	int status, tries;

	if (whole && read(v->channel, byte, sizeof byte) > 0)
		answered++;
	close(v->channel);
	for (tries = 0; tries < 800 && waitpid(v->pid, &status, WNOHANG) == 0; tries++)
		usleep(10000);
	if (tries == 800)
		return false;
	killed += WIFSIGNALED(status) ? 1 : 0;
	return true;
}

static bool one_round(const char *helper, bool early)
{
	struct victim v;
	char byte;
	bool bad = false;

	if (!start(&v, helper))
		return reached("no process");
	if (random() % 2 == 0)
		attack_send(v.channel, frame, length);
	(void)!read(v.executed, &byte, 1);
	close(v.executed);
	if (early || random() % 2 == 0) {
		bad = shoot(&v);
		wait_us(2000);
		kill(v.pid, SIGCONT);
		kill(v.pid, SIGKILL);
	} else {
		wait_us(2000);
		bad = look_into(v.pid);
	}
	attack_send(v.channel, frame, length);
	shutdown(v.channel, SHUT_WR);
	return !ends_in_time(&v) ? reached("a helper that never ends") : bad;
}

int main(int argc, char **argv)
{
	int round;

	if (argc != 4)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	srandom((unsigned)atoi(argv[2]));
	length = attack_read(STDIN_FILENO, frame, sizeof frame);
	for (round = 0; round < atoi(argv[3]); round++)
		if (one_round(argv[1], round % 3 == 0))
			return 1;
	printf("killed %u, stopped %u, denied %u, answered %u\n", killed, stopped, denied, answered);
	return denied > 0 && answered > 0 ? 0 : 1;
}
