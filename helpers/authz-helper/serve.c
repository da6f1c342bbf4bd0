/* SPDX-License-Identifier: ISC */
/*
 * The first thread: it makes everything ready, then keeps the time, hears signals, and tells the service manager that all
 * is well.  It never does what may wait; so what hangs is found out even if all the others hang.
 *
 * MUST 1: nothing of root's is left before a thread is started or a byte read.
 * MUST 2: asked to stop, it answers the requests that it has, within bounds.
 * MUST 3: a request that never ends ends the service, and so gives its place to a new one or to the child; the other
 *         requests are answered as when it is asked to stop.
 * MUST 4: a service that cannot serve as it should says why and ends.
 */
#include "config.h"

#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <syslog.h>
#include <unistd.h>

#include "authz.h"
#include "client/deadline.h"
#include "client/runtime.h"
#include "filter.h"
#include "harden.h"
#include "host/system_log.h"
#include "listen.h"
#include "notify.h"
#include "status.h"
#include "worker.h"

#define GRACE_MS 100   /* when stopping: for connections and requests that are on their way */
#define STOP_MS 4000   /* and for those that are being carried out */
#define DESCRIPTORS_OF_WORK 256 /* not for connections: what threads have open while they carry out requests */
#define NS_PER_MS INT64_C(1000000)

struct clock {
	struct service *service;
	struct listener *listener;
	const struct notify *notify;
	int signals, wake;
	int64_t watchdog, grace, stop; /* when; INT64_MAX never */
	int status;
};

__attribute__((format(printf, 3, 4))) static void say(const struct place *place, int severity, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	dprintf(STDERR_FILENO, "authz-helper: %s\n", text);
	if (!place->own)
		(void)system_log_send(NULL, severity, text);
}

/* ---- the time */

static int64_t now(void)
{
	return deadline_in(0);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void begin_to_stop(struct clock *c)
{
	if (c->stop != INT64_MAX)
		return;
	notify_say(c->notify, "STOPPING=1");
	c->grace = deadline_in(GRACE_MS);
	c->stop = deadline_in(STOP_MS);
	listener_unlink(c->listener);
	table_stop(&c->service->table, c->grace);
}

/* A thread may be about to accept: the number of the socket stays taken. */
static void stop_listening(struct clock *c)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)epoll_ctl(c->service->table.epoll, EPOLL_CTL_DEL, c->listener->fd, NULL);
	if (null >= 0 && dup3(null, c->listener->fd, O_CLOEXEC) >= 0)
		close(null);
	c->grace = INT64_MAX;
}

static void keep_watchdog(struct clock *c)
{
	if (c->notify->watchdog_ms == 0 || now() < c->watchdog)
		return;
	notify_say(c->notify, "WATCHDOG=1");
	c->watchdog = now() + c->notify->watchdog_ms * NS_PER_MS;
}

static void hear(struct clock *c, int64_t until)
{
	struct pollfd on[2] = {{.fd = c->signals, .events = POLLIN}, {.fd = c->wake, .events = POLLIN}};
	struct signalfd_siginfo signal;
	uint64_t count;

	if (poll(on, 2, until == INT64_MAX ? -1 : deadline_left(until)) <= 0)
		return;
	if (on[0].revents != 0 && read(c->signals, &signal, sizeof signal) == sizeof signal)
		begin_to_stop(c);
	if (on[1].revents != 0)
		(void)!read(c->wake, &count, sizeof count);
}

/* MUST 3: its thread cannot be ended alone, for it may hold a lock. */
static void give_up(struct clock *c)
{
	say(c->service->place, LOG_ERR, "a request has not ended for %d s; the service ends", STUCK_MS / 1000);
	c->status = STATUS_INTERNAL;
	begin_to_stop(c);
}

static int keep_time(struct clock *c)
{
	struct table *t = &c->service->table;
	unsigned stuck, left;
	int64_t next;

	for (;;) {
		if (c->grace <= now())
			stop_listening(c);
		left = table_open(t); /* before those that are stuck are counted: one of them may end just now */
		next = table_expire(t, now(), &stuck);
		if (stuck > 0 && c->stop == INT64_MAX)
			give_up(c);
		if (c->stop <= now() || (c->stop != INT64_MAX && c->grace == INT64_MAX && left == stuck))
			return c->status;
		keep_watchdog(c);
		hear(c, sooner(sooner(next, c->watchdog), sooner(c->grace, c->stop)));
	}
}

/* ---- ready */

static unsigned room(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < DESCRIPTORS_OF_WORK + PEERS_LEAST)
		return 0;
	return limit.rlim_cur - DESCRIPTORS_OF_WORK < PEERS_MAX ? (unsigned)limit.rlim_cur - DESCRIPTORS_OF_WORK : PEERS_MAX;
}

static bool listen_on(int epoll, int listener)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = TABLE_LISTENER};

	return epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0;
}

/* Blocked in all threads: they come to the clock alone. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	return sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
}

static bool begin_service(struct service *service, int epoll, int listener, int wake)
{
	if (!subuid_init(&service->subuids, SUBUID_FILE, SUBUID_USERS) ||
	    !table_init(&service->table, room(), epoll, listener, wake))
		return false;
	subuid_look(&service->subuids);
	return workers_start(service) && filter_load(FILTER_SERVICE);
}

/* What a power cut left of a publication is finished before anybody asks; and if it cannot be, all else is served. */
static void look_at_view(const struct service *service)
{
	static struct desk desk; /* not on a stack that a caller may have limited */
	char subject[SUBJECT_SIZE];
	enum authz_result result;

	desk_init(&desk, service->place, service->identity->self, NULL);
	result = desk_start(&desk, service->identity->self, subject);
	if (result != AUTHZ_OK)
		say(service->place, LOG_WARNING, "the view of cabinets was not looked at: %s %s", authz_result_code(result), subject);
}

static int serve_at(const struct place *place, const struct identity *id, struct listener *l, const struct notify *notify)
{
	static struct service service; /* threads have it as long as there is a process */
	struct clock c = {.service = &service, .listener = l, .notify = notify, .grace = INT64_MAX, .stop = INT64_MAX,
	                  .status = STATUS_DONE};
	int epoll = epoll_create1(EPOLL_CLOEXEC), status;

	service.place = place;
	service.identity = id;
	c.watchdog = notify->watchdog_ms == 0 ? INT64_MAX : now();
	c.signals = open_signals();
	c.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c.signals < 0 || c.wake < 0 || room() == 0 || !begin_service(&service, epoll, l->fd, c.wake)) {
		say(place, LOG_ERR, "the service cannot start: no descriptors, memory or threads");
		return STATUS_INTERNAL;
	}
	look_at_view(&service);
	if (!listen_on(epoll, l->fd)) {
		say(place, LOG_ERR, "the service cannot start: its socket cannot be waited for");
		return STATUS_INTERNAL;
	}
	say(place, LOG_INFO, "serving at %s", l->path != NULL ? l->path : "the socket handed over");
	notify_say(notify, "READY=1");
	status = keep_time(&c);
	say(place, LOG_INFO, "the service has ended");
	return status;
}

/*
 * AUTHZ_RUNDIR is root's: there an installed helper that root started is root for the next lines.  Its real user is root, so
 * this gains nothing that its caller lacks; harden_identity ends it.
 */
static bool become_root(void)
{
	return setresuid((uid_t)-1, 0, (uid_t)-1) == 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0 && setgroups(0, NULL) == 0;
}

static bool make_listener(const struct place *place, const struct identity *id, struct listener *l, char why[LISTEN_WHY_SIZE])
{
	static const struct listen_file for_all = {.mode = 0666, .owner = LISTEN_MINE};

	if (id->caller == 0 && !become_root()) {
		snprintf(why, LISTEN_WHY_SIZE, "the caller's groups cannot be dropped: %s", strerror(errno));
		return false;
	}
	if (l->fd >= 0)
		return true;
	if (id->caller == 0)
		runtime_make(AUTHZ_RUNDIR, AUTHZ_STATEDIR, AUTHZ_HELPER);
	return listener_make(l, place->socket, &for_all, why);
}

int serve(const struct place *place, const struct identity *id, enum authz_result fit)
{
	char why[LISTEN_WHY_SIZE] = "";
	struct listener l;
	struct notify notify;
	bool adopted = listener_adopt(&l, why);

	notify_init(&notify);
	if (fit != AUTHZ_OK || !harden_process(HARDEN_SERVICE, l.fd >= 0 ? (unsigned)l.fd + 1 : STDERR_FILENO + 1)) {
		say(place, LOG_ERR, "the service cannot start: its set-user-ID bit does not hold, or it was not installed right");
		return STATUS_INTERNAL;
	}
	if (!adopted || !make_listener(place, id, &l, why)) {
		say(place, LOG_ERR, "%s", why);
		return STATUS_UNREACHABLE;
	}
	if (!harden_identity(id) || !harden_capabilities() || sodium_init() < 0 || !harden_gain()) {
		say(place, LOG_ERR, "the service cannot start: privileges cannot be dropped");
		return STATUS_INTERNAL;
	}
	return serve_at(place, id, &l, &notify);
}
