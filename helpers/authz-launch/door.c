/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: only root's processes and the helper's are served, as the kernel says of who connected.
 * MUST 2: no more than RUNS_MAX runs at once; who comes then hears at once that it is busy.
 * MUST 3: what a run leaves behind whose own process was killed is killed, too; so is all when it is asked to stop.
 * MUST 4: whose limits were lowered, which every program of the same user may do to it, ends, to be started anew.
 */
#include "door.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "client/deadline.h"
#include "note.h"
#include "one_run.h"
#include "sweep.h"

#define STOP_MS 2000
#define PAUSE_MS 100 /* without descriptors or processes: until there are some again */

struct door {
	struct launcher *launcher;
	int listener, signals;
	pid_t runs[RUNS_MAX]; /* 0: free */
	rlim_t limits[RLIM_NLIMITS];
};

static bool is_run(const void *door, pid_t pid)
{
	const struct door *d = door;
	unsigned i;

	for (i = 0; i < RUNS_MAX; i++)
		if (d->runs[i] == pid)
			return true;
	return false;
}

static pid_t *find(struct door *d, pid_t pid)
{
	unsigned i;

	for (i = 0; i < RUNS_MAX; i++)
		if (d->runs[i] == pid)
			return &d->runs[i];
	return NULL;
}

/* Of what was handed on to us by the death of a run: only that is no run. */
static void bury(struct door *d)
{
	pid_t pid, *run;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		if ((run = find(d, pid)) != NULL)
			*run = 0;
	(void)sweep_children(is_run, d);
}

static bool is_client(const struct door *d, int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
		return false;
	if (peer.uid == d->launcher->client || (peer.uid == 0 && !d->launcher->own))
		return true;
	note(d->launcher, LOG_WARNING, "user %lu has connected, and is not served", (unsigned long)peer.uid);
	return false;
}

__attribute__((noreturn)) static void be_run(struct door *d, int client)
{
	sigset_t none;

	close(d->listener);
	close(d->signals);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* it is told when the door is closed, and what it leaves behind comes to it */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0)
		one_run(d->launcher, client);
	_exit(0);
}

static void let_in(struct door *d, int client)
{
	pid_t *run = find(d, 0);
	pid_t pid = -1;

	if (run != NULL)
		pid = fork();
	if (pid == 0)
		be_run(d, client);
	if (pid > 0) {
		*run = pid;
		close(client);
	} else {
		one_run_busy(client);
	}
}

static void accept_one(struct door *d)
{
	const int client = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (client < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			(void)poll(NULL, 0, PAUSE_MS);
		return;
	}
	bury(d);
	if (is_client(d, client))
		let_in(d, client);
	else
		close(client);
}

static void read_limits(rlim_t limits[RLIM_NLIMITS])
{
	struct rlimit limit;
	int i;

	for (i = 0; i < RLIM_NLIMITS; i++)
		limits[i] = getrlimit(i, &limit) == 0 ? limit.rlim_cur : 0;
}

/* prlimit(2) asks for the same user alone: with none of its descriptors or processes left it would refuse all for good. */
static bool is_as_it_began(const struct door *d)
{
	rlim_t limits[RLIM_NLIMITS];
	int i;

	read_limits(limits);
	for (i = 0; i < RLIM_NLIMITS; i++)
		if (limits[i] < d->limits[i])
			return false;
	return true;
}

/* false: it is asked to stop. */
static bool hear(struct door *d)
{
	struct signalfd_siginfo signal;

	while (read(d->signals, &signal, sizeof signal) == sizeof signal)
		if (signal.ssi_signo != SIGCHLD)
			return false;
	bury(d);
	return true;
}

static bool begin(struct door *d)
{
	sigset_t set;

	read_limits(d->limits);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return false;
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	d->launcher->places = memfd_create("places", MFD_CLOEXEC);
	return d->signals >= 0 && d->launcher->places >= 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

bool door_keep(struct launcher *l, int listener, void (*ready)(const void *arg), const void *arg)
{
	struct door d = {.launcher = l, .listener = listener, .signals = -1};
	struct pollfd on[2];
	bool open = true, whole = true;

	if (!begin(&d))
		return false;
	ready(arg);
	while (open && whole) {
		on[0] = (struct pollfd){.fd = d.signals, .events = POLLIN};
		on[1] = (struct pollfd){.fd = listener, .events = POLLIN};
		if (poll(on, 2, -1) <= 0)
			continue;
		whole = is_as_it_began(&d);
		if (on[1].revents != 0 && whole)
			accept_one(&d);
		if (on[0].revents != 0)
			open = hear(&d);
	}
	close(listener); /* whoever waits in it is told now */
	if (!sweep_all(deadline_in(STOP_MS)))
		note(l, LOG_WARNING, "there are programs that do not end");
	if (!whole)
		errno = ECANCELED;
	return whole;
}
