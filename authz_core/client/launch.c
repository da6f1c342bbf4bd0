/* SPDX-License-Identifier: ISC */
/*
 * The two processes between the host and the helper.  They run in the host's memory while the calling thread stands
 * still, so all that is said in signal-safety(7) about handlers is true of every line here.
 *
 * MUST 1: no handler and no disposition of the host reaches the helper, and none runs before its exec.
 * MUST 2: nothing is open in the helper but 0 and 1 (the channel) and 2 (/dev/null).
 * MUST 3: the three user ids and the three group ids are the same before exec; none is root's if there was a choice.
 * MUST 4: the environment is empty and argv is the constant name.
 * MUST 5: while the user is another one already and the memory still the host's, that user may not trace the process.
 */
#include "config.h"

#include "client/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sanitizers keep notes on a thread's stack and signals; these are not its own. */
#define UNCHECKED __attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

#define MOST_DESCRIPTORS 65536 /* where the kernel has no close_range */

/* On 32-bit machines the calls of these names take 16-bit ids. */
#ifdef SYS_setresuid32
#define CALL_SETGROUPS SYS_setgroups32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETRESUID SYS_setresuid32
#else
#define CALL_SETGROUPS SYS_setgroups
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETRESUID SYS_setresuid
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

UNCHECKED static void fail(struct launch *l, enum launch_step step)
{
	l->number = errno;
	l->failed = step;
}

/*
 * The kernel's own call: libc's refuses some signals, and sanitizers would note the change for the host.  All zeros is
 * "default, nothing masked" in the kernel's struct of every machine.
 */
UNCHECKED static void default_signals(void)
{
	static const unsigned char none[256];
	long signal;

	for (signal = 1; signal < _NSIG; signal++)
		syscall(SYS_rt_sigaction, signal, none, NULL, (size_t)_NSIG / 8);
}

UNCHECKED static void unblock_signals(void)
{
	static const unsigned char none[_NSIG / 8];

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, sizeof none);
}

UNCHECKED static void close_from(unsigned first)
{
	struct rlimit limit = {.rlim_cur = MOST_DESCRIPTORS};
	rlim_t fd;

	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	for (fd = first; fd < limit.rlim_cur && fd < MOST_DESCRIPTORS; fd++)
		syscall(SYS_close, (int)fd);
}

UNCHECKED static bool arrange_descriptors(const struct launch *l)
{
	if (dup2(l->channel, STDIN_FILENO) < 0 || dup2(l->channel, STDOUT_FILENO) < 0)
		return false;
	close_from(STDERR_FILENO);
	syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR, 0); /* becomes 2; where it is missing, 2 stays closed */
	return true;
}

/*
 * Whoever starts a login program set its limits, hard ones too, which the helper could not lift: a limit on files would
 * keep its audit silent; one on processes counts all of the helper's user, and everybody may start those.  Root lifts them
 * here, where it has CAP_SYS_RESOURCE; elsewhere they go up to the hard ones, and that is no failure.
 */
UNCHECKED static void lift(int which, const struct rlimit *to)
{
	struct rlimit limit;

	if (prlimit(0, which, to, NULL) == 0 || prlimit(0, which, NULL, &limit) != 0 || limit.rlim_cur >= to->rlim_cur)
		return;
	limit.rlim_cur = limit.rlim_max < to->rlim_cur ? limit.rlim_max : to->rlim_cur;
	(void)prlimit(0, which, &limit, NULL);
}

UNCHECKED static void lift_limits(void)
{
	static const int which[] = {RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU, RLIMIT_NPROC};
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY}, descriptors = {1024, 1024}, stack = {8u << 20, RLIM_INFINITY};
	unsigned i;

	for (i = 0; i < sizeof which / sizeof which[0]; i++)
		lift(which[i], &none);
	(void)prlimit(0, RLIMIT_NOFILE, &descriptors, NULL);
	lift(RLIMIT_STACK, &stack);
}

/* libc's calls would change every thread of the host. */
UNCHECKED static bool become(struct launch *l)
{
	uid_t uid = l->uid;
	gid_t gid = l->gid;

	/* the capabilities that stay permitted until exec are what keeps tracers of that user away */
	if (l->root && prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) != 0) {
		fail(l, LAUNCH_USER);
		return false;
	}
	if (syscall(CALL_SETRESGID, gid, gid, gid) != 0 || (l->root && syscall(CALL_SETGROUPS, 0, NULL) != 0)) {
		fail(l, LAUNCH_GROUPS);
		return false;
	}
	if (syscall(CALL_SETRESUID, uid, uid, uid) != 0) {
		fail(l, LAUNCH_USER);
		return false;
	}
	return true;
}

UNCHECKED static void run_helper(struct launch *l)
{
	static char name[] = "authz-helper";
	char *argv[] = {name, NULL};
	char *environment[] = {NULL};

	default_signals();
	if (!arrange_descriptors(l)) {
		fail(l, LAUNCH_DESCRIPTORS);
		return;
	}
	if (l->root)
		lift_limits();
	if (!become(l))
		return;
	unblock_signals();
	execve(l->path, argv, environment);
	fail(l, LAUNCH_EXEC);
}

UNCHECKED static int launch_helper(void *launch)
{
	run_helper(launch);
	syscall(SYS_exit, 127);
	return 127;
}

/* Exit signal 0, and below a process of its own: neither tells the host's SIGCHLD anything. */
UNCHECKED int launch_middle(void *launch)
{
	struct launch *l = launch;
	pid_t helper;

	helper = clone(launch_helper, l->stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD, l, &l->pidfd);
	if (helper < 0)
		fail(l, LAUNCH_CLONE);
	else if (l->failed != LAUNCH_DONE)
		while (waitpid(helper, NULL, __WALL) < 0 && errno == EINTR)
			;
	syscall(SYS_exit, 0);
	return 0;
}
