/* SPDX-License-Identifier: ISC */
/* The helper as a child of hosts that have signals, children, timers and masks of their own. */
#include "config.h"

#include "child_host.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t caught, stolen, foreign_runs;
static pid_t host_pid;

static void count_signal(int number)
{
	(void)number;
	caught++;
	foreign_runs += syscall(SYS_getpid) != host_pid;
}

static void reap_all(int number)
{
	int saved = errno;

	(void)number;
	caught++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		stolen++;
	errno = saved;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

	host_pid = getpid();
	HOST(sigaction(number, &action, NULL) == 0);
}

static void is_handled(int number, void (*handler)(int))
{
	struct sigaction action;

	HOST(sigaction(number, NULL, &action) == 0 && action.sa_handler == handler && action.sa_flags & SA_RESTART);
}

static void host_ignores_sigchld(void)
{
	struct sigaction action;

	signal(SIGCHLD, SIG_IGN);
	HOST(child_ask("good") == AUTHZ_OK);
	HOST(child_ask("crash") == AUTHZ_HELPER_DIED);
	HOST(child_redeem("hang", 100, NULL) == AUTHZ_HELPER_LATE);
	HOST(!any_child());
	HOST(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
}

static void host_reaps_all(void)
{
	int until[2], i;
	pid_t own;
	char none;

	HOST(pipe(until) == 0);
	handle(SIGCHLD, reap_all);
	own = fork();
	if (own == 0) {
		close(until[1]);
		(void)!read(until[0], &none, 1); /* lives until the calls are over, however long they take */
		_exit(0);
	}
	close(until[0]);
	for (i = 0; i < 50; i++)
		HOST(child_ask(i % 2 == 0 ? "good" : "cut_3") == (i % 2 == 0 ? AUTHZ_OK : AUTHZ_HELPER_DIED));
	HOST(caught == 0 && stolen == 0);
	close(until[1]);
	while (stolen == 0)
		child_pause_ms(10);
	HOST(caught == 1 && stolen == 1 && !any_child());
	is_handled(SIGCHLD, reap_all);
}

static void host_counts_sigchld(void)
{
	handle(SIGCHLD, count_signal);
	HOST(child_ask("good") == AUTHZ_OK);
	HOST(child_ask("crash") == AUTHZ_HELPER_DIED);
	HOST(child_ask("fail") == AUTHZ_OK);
	HOST(child_ask("missing") == AUTHZ_HELPER_MISSING);
	HOST(child_redeem("hang", 100, NULL) == AUTHZ_HELPER_LATE);
	child_pause_ms(50);
	HOST(caught == 0);
	is_handled(SIGCHLD, count_signal);
}

static void host_waits_for_its_own(void)
{
	int status;
	pid_t own = fork();

	if (own == 0)
		_exit(7);
	HOST(child_ask("good") == AUTHZ_OK);
	HOST(waitpid(own, &status, 0) == own && WIFEXITED(status) && WEXITSTATUS(status) == 7);
	own = fork();
	if (own == 0)
		_exit(8);
	HOST(waitpid(-1, &status, 0) == own && WEXITSTATUS(status) == 8);
	HOST(child_ask("good") == AUTHZ_OK && !any_child());
}

static void host_is_subreaper(void)
{
	HOST(prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) == 0);
	HOST(child_ask("good") == AUTHZ_OK && !any_child());
	HOST(child_ask("kill_9") == AUTHZ_HELPER_DIED && !any_child());
	HOST(child_redeem("hang", 100, NULL) == AUTHZ_HELPER_LATE && !any_child());
	HOST(child_ask("missing") == AUTHZ_HELPER_MISSING && !any_child());
	handle(SIGCHLD, reap_all);
	HOST(child_ask("good") == AUTHZ_OK && !any_child());
	signal(SIGCHLD, SIG_IGN);
	HOST(child_ask("good") == AUTHZ_OK && !any_child());
}

/* A process id namespace; for an ordinary user in a user namespace.  False where this machine forbids it. */
static bool new_pid_namespace(void)
{
	char map[64];
	long gid = (long)getegid(); /* afterwards it reads as nobody's until it is mapped */

	if (geteuid() == 0)
		return unshare(CLONE_NEWPID) == 0;
	snprintf(map, sizeof map, "%ld %ld 1", (long)geteuid(), (long)geteuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
		return false;
	child_write("/proc/self/uid_map", map);
	child_write("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%ld %ld 1", gid, gid);
	child_write("/proc/self/gid_map", map);
	return true;
}

static void host_is_pid_1(void)
{
	int status;
	pid_t first;

	if (!new_pid_namespace()) {
		host_is_subreaper(); /* the same for the kernel */
		return;
	}
	first = fork();
	if (first == 0) {
		HOST(getpid() == 1);
		host_is_subreaper();
		_exit(0);
	}
	HOST(waitpid(first, &status, 0) == first && status == 0);
}

static void host_has_timers(void)
{
	const struct itimerval every = {{0, 5000}, {0, 5000}};
	struct itimerval timer;
	struct authz_error error;

	handle(SIGALRM, count_signal);
	HOST(setitimer(ITIMER_REAL, &every, NULL) == 0);
	HOST(child_ask("slow") == AUTHZ_OK);
	HOST(caught > 5);
	HOST(child_redeem("report", 0, &error) == AUTHZ_OK && strstr(error.subject, "timer=0 ") != NULL);
	HOST(child_redeem("hang", 200, NULL) == AUTHZ_HELPER_LATE);
	HOST(getitimer(ITIMER_REAL, &timer) == 0 && timer.it_interval.tv_usec == 5000);
	HOST(foreign_runs == 0);
}

static void host_has_masks(void)
{
	struct authz_error error;
	sigset_t mask, after;
	int s;

	sigfillset(&mask);
	HOST(sigprocmask(SIG_SETMASK, &mask, NULL) == 0 && sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	handle(SIGUSR1, count_signal);
	HOST(child_redeem("report", 0, &error) == AUTHZ_OK);
	HOST(strstr(error.subject, "blocked=0 ignored=0 ") != NULL);
	HOST(sigprocmask(SIG_BLOCK, NULL, &after) == 0);
	for (s = 1; s < _NSIG; s++)
		HOST(sigismember(&mask, s) == sigismember(&after, s));
	is_handled(SIGUSR1, count_signal);
}

static void host_is_pelted(void)
{
	const struct timespec breath = {.tv_nsec = 1000};
	enum authz_result result;
	pid_t pelter;
	int i;

	HOST(setpgid(0, 0) == 0);
	handle(SIGUSR1, count_signal);
	pelter = fork();
	if (pelter == 0) {
		signal(SIGUSR1, SIG_IGN);
		for (i = 0;; i = (i + 1) % 16) {
			kill(0, SIGUSR1);
			if (i == 0) /* a sender faster than the handler would let the host do nothing else, ever */
				nanosleep(&breath, NULL);
		}
	}
	while (caught == 0)
		child_pause_ms(1);
	for (i = 0; i < 200; i++) { /* the group's signal ends a helper that has not left the group: no harm */
		result = child_redeem("good", 2000, NULL);
		HOST(result == AUTHZ_OK || result == AUTHZ_HELPER_DIED);
	}
	kill(pelter, SIGKILL);
	HOST(waitpid(pelter, NULL, 0) == pelter);
	HOST(foreign_runs == 0 && !any_child());
}

static const struct CMUnitTest everybody[] = {
	IN_HOST("a host that ignores SIGCHLD is answered, and ignores it still (child MUST 1)", host_ignores_sigchld),
	IN_HOST("a host that reaps everything in its handler gets its own child alone (child MUST 3)", host_reaps_all),
	IN_HOST("a host that handles SIGCHLD sees none, and its handler stays (child MUST 1)", host_counts_sigchld),
	IN_HOST("a host's wait for its own child gets its own child (child MUST 3)", host_waits_for_its_own),
	IN_HOST("a host that is the reaper of its descendants is left no zombie (child MUST 2)", host_is_subreaper),
	IN_HOST("a host that is pid 1 is left no zombie (child MUST 2)", host_is_pid_1),
	IN_HOST("a host with a running timer is answered, and the timer runs on (child MUST 1, exchange MUST 1)", host_has_timers),
	IN_HOST("a host with all signals blocked has them blocked after, and the helper has none (child MUST 1, launch MUST 1)",
	        host_has_masks),
	IN_HOST("no handler of a host under fire of signals runs in another process (launch MUST 1)", host_is_pelted),
};

int main(void)
{
	return child_main("child, signals", everybody, sizeof everybody / sizeof everybody[0], NULL, 0);
}
