/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no signal disposition, mask, handler, timer or errno of the host changes, and it gets no SIGCHLD.
 * MUST 2: no child, zombie, descriptor or mapping is left, whatever went wrong; a hung helper is killed where that is
 *         allowed.
 * MUST 3: nothing that the host waits for is taken from it: only our own processes are waited for, by their number.
 * MUST 4: no descriptor that is to live becomes 0, 1 or 2.
 * MUST 5: the memory of the host is neither copied nor counted: a large host is as fast as a small one.
 *
 * A host that is the reaper of its descendants (pid 1, or by prctl) is the helper's parent once the middle process has
 * ended; the kernel sends it SIGCHLD, nothing can be done about that, and child_end reaps the helper.
 */
#include "config.h"

#include "client/child.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/connect.h"
#include "client/failure.h"
#include "client/helper_ids.h"
#include "client/launch.h"

#define STACK ((size_t)64 * 1024) /* multiple of every page size in use */
#define GUARD STACK
#define KILL_WAIT_MS 200
#define EXIT_WAIT_MS 100
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/* Two stacks, each above a guard: guard, helper's, guard, middle's.  NULL if there is no room. */
static unsigned char *map_stacks(void)
{
	unsigned char *map;

	map = mmap(NULL, 2 * (GUARD + STACK), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return NULL;
	if (mprotect(map + GUARD, STACK, PROT_READ | PROT_WRITE) == 0 &&
	    mprotect(map + GUARD + STACK + GUARD, STACK, PROT_READ | PROT_WRITE) == 0)
		return map;
	munmap(map, 2 * (GUARD + STACK));
	return NULL;
}

/* Everything: libc's own signals too, which its calls leave open.  "old" has what to put back. */
static void block_signals(unsigned char old[_NSIG / 8])
{
	unsigned char all[_NSIG / 8];

	memset(all, 0xff, sizeof all);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, old, sizeof all);
}

static void restore_signals(const unsigned char old[_NSIG / 8])
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, old, NULL, (size_t)_NSIG / 8);
}

/* The middle process, until it is gone.  Whoever else has reaped it (ECHILD) did no harm. */
static void run_middle(struct launch *l, unsigned char *stacks)
{
	pid_t middle;

	l->stack = stacks + GUARD + STACK;
	middle = clone(launch_middle, stacks + 2 * (GUARD + STACK), CLONE_VM | CLONE_VFORK | CLONE_FILES, l);
	if (middle < 0) {
		l->failed = LAUNCH_CLONE;
		l->number = errno;
		return;
	}
	while (waitpid(middle, NULL, __WALL) < 0 && errno == EINTR)
		;
}

/*
 * A change of user in memory that is shared marks all of it as not to be dumped or traced; the host did not ask for
 * that.  (launch.c MUST 5 says why taking the mark away harms nobody.)
 */
static void run_unnoticed(struct launch *l, unsigned char *stacks)
{
	int dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);

	run_middle(l, stacks);
	if (dumpable == 1 && prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 1)
		prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
}

static enum authz_result explain(const struct launch *l, struct authz_error *error)
{
	switch (l->failed) {
	case LAUNCH_DONE:
		return AUTHZ_OK;
	case LAUNCH_CLONE:
		return failure_errno(error, AUTHZ_NO_RESOURCES, "clone", l->number);
	case LAUNCH_DESCRIPTORS:
		return failure_errno(error, AUTHZ_NO_RESOURCES, "dup2", l->number);
	case LAUNCH_GROUPS:
	case LAUNCH_USER:
		if (l->number == EINVAL) /* no such id here */
			return AUTHZ_USER_NAMESPACE;
		return failure_errno(error, AUTHZ_NO_RESOURCES,
		                     l->failed == LAUNCH_USER ? "setresuid" : "setresgid, setgroups", l->number);
	case LAUNCH_EXEC:
		break;
	}
	if (l->number == EAGAIN || l->number == ENOMEM || l->number == ENFILE || l->number == EMFILE)
		return failure_errno(error, AUTHZ_NO_RESOURCES, "execve", l->number);
	return failure_errno(error, AUTHZ_HELPER_MISSING, l->path, l->number);
}

static enum authz_result launch(struct launch *l, struct authz_error *error)
{
	unsigned char *stacks = map_stacks();
	unsigned char old[_NSIG / 8];

	if (stacks == NULL)
		return failure_errno(error, AUTHZ_NO_RESOURCES, "mmap", errno);
	block_signals(old);
	run_unnoticed(l, stacks);
	restore_signals(old);
	munmap(stacks, 2 * (GUARD + STACK));
	return explain(l, error);
}

/* Both ends at 3 or above. */
static bool make_channel(int ends[2])
{
	int pair[2], number;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	ends[0] = connect_clear_of_stdio(pair[0]);
	number = errno;
	ends[1] = connect_clear_of_stdio(pair[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return true;
	if (ends[0] >= 0)
		number = errno;
	if (ends[0] >= 0)
		close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	errno = number;
	return false;
}

static enum authz_result start_as(struct child *c, const char *path, const struct helper_ids *who,
                                  struct authz_error *error)
{
	struct launch l = {.path = path, .root = who->root, .uid = who->uid, .gid = who->gid, .pidfd = -1};
	enum authz_result result;
	int ends[2];

	if (!make_channel(ends))
		return failure_errno(error, AUTHZ_NO_RESOURCES, "socketpair", errno);
	l.channel = ends[1];
	result = launch(&l, error);
	close(ends[1]);
	*c = (struct child){.channel = ends[0], .pidfd = l.pidfd};
	if (result == AUTHZ_OK) {
		c->pidfd = connect_clear_of_stdio(l.pidfd);
		if (c->pidfd < 0)
			result = failure_errno(error, AUTHZ_NO_RESOURCES, "pidfd", errno);
	}
	if (result != AUTHZ_OK)
		child_end(c);
	return result;
}

enum authz_result child_start(struct child *c, const char *path, struct authz_error *error)
{
	enum authz_result result;
	struct helper_ids who;
	int saved = errno;

	*c = (struct child){.channel = -1, .pidfd = -1};
	result = helper_ids_of(path, &who, error);
	if (result == AUTHZ_OK)
		result = start_as(c, path, &who, error);
	errno = saved;
	return result;
}

/* The helper is our child only if we are the reaper of our descendants. */
static bool is_ours(int pidfd)
{
	siginfo_t info;

	return waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

static void reap(int pidfd)
{
	siginfo_t info;

	while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | __WALL) < 0 && errno == EINTR)
		;
}

static bool ended(int pidfd, int milliseconds)
{
	struct pollfd on = {.fd = pidfd, .events = POLLIN};
	int n;

	do
		n = poll(&on, 1, milliseconds);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

void child_leave(struct child *c)
{
	int saved = errno;

	if (is_ours(c->pidfd)) {
		(void)ended(c->pidfd, EXIT_WAIT_MS);
		child_end(c);
	} else {
		/* by now this can interrupt nothing but the end itself, if it hangs */
		syscall(SYS_pidfd_send_signal, c->pidfd, SIGKILL, NULL, 0);
		close(c->channel);
		close(c->pidfd);
		*c = (struct child){.channel = -1, .pidfd = -1};
	}
	errno = saved;
}

void child_end(struct child *c)
{
	int saved = errno;

	if (c->channel >= 0)
		close(c->channel);
	if (c->pidfd >= 0) {
		if (!ended(c->pidfd, 0) && syscall(SYS_pidfd_send_signal, c->pidfd, SIGKILL, NULL, 0) == 0)
			ended(c->pidfd, KILL_WAIT_MS);
		reap(c->pidfd);
		close(c->pidfd);
	}
	*c = (struct child){.channel = -1, .pidfd = -1};
	errno = saved;
}
