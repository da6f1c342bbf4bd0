/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: only root, or authz-exit, is asked: what the kernel says of who listens, before a byte is sent.
 * MUST 2: all but a program that ended with status 0, its output whole, is AUTHZ_LAUNCH_FAILED, without output.
 * MUST 3: no call takes longer than its time and FOREIGN_GRACE_MS, whatever authz-launch does.
 * MUST 4: no more than FOREIGN_SEATS_MAX threads wait at once, of them FOREIGN_PATH_SEATS_MAX for one path.  Of each an
 *         activity leaves one to what a prompt waits for, a user's activity one more to the host's.  The next is told
 *         so at once.
 * MUST 5: what may have been read is not said to be unread.
 */
#include "host/foreign.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/deadline.h"
#include "config.h"
#include "host/launch_wire.h"
#include "host/machine.h"

#define PATH_SHOWN 128 /* of a path, so that the cause fits behind it */
#define CAUSE_SHOWN (HOST_SUBJECT_SIZE - PATH_SHOWN - 4)

_Static_assert(HOST_WAITS - 1 == LAUNCHER_WAITS_MAX, "authz-launch knows all kinds of waiting");

struct call {
	struct machine *machine;
	struct host_launch *what;
	char *why;
	int fd;
	int64_t deadline;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct call *c, const char *format, ...)
{
	char cause[HOST_SUBJECT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(cause, sizeof cause, format, arguments);
	va_end(arguments);
	snprintf(c->why, HOST_SUBJECT_SIZE, "%.*s: %.*s", PATH_SHOWN, c->what->path, CAUSE_SHOWN, cause);
	return false;
}

static bool out_of_reach(struct call *c, const char *cause)
{
	return fail(c, "authz-launch is out of reach at %.100s: %s", c->machine->foreign.socket, cause);
}

/* ---- who it is */

static bool begin(struct call *c)
{
	const struct host_launch *w = c->what;

	if (w->path[0] != '/')
		return fail(c, "no absolute path");
	if (strlen(w->path) > LAUNCHER_PATH_MAX)
		return fail(c, "the path is too long");
	if (w->input_length > LAUNCHER_INPUT_MAX)
		return fail(c, "too much input");
	if (w->wait_ms < 1 || w->wait_ms > LAUNCHER_WAIT_MAX)
		return fail(c, "it has no time");
	return true;
}

static bool reach(struct call *c)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = c->machine->foreign.socket;

	if (strlen(path) >= sizeof address.sun_path)
		return out_of_reach(c, strerror(ENAMETOOLONG));
	memcpy(address.sun_path, path, strlen(path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return out_of_reach(c, strerror(errno));
	if (connect(c->fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return true;
	return errno == EAGAIN ? fail(c, "authz-launch is busy") : out_of_reach(c, strerror(errno));
}

/* Of a socket that systemd made it is root's; else that of who listens. */
static bool is_launcher(struct call *c)
{
	struct host_user user;
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
		return out_of_reach(c, strerror(errno));
	if (peer.uid == 0 || (c->machine->foreign.own && peer.uid == geteuid()))
		return true;
	if (!c->machine->foreign.own && users_by_name(c->machine, AUTHZ_EXIT_USER, &user) == AUTHZ_OK && user.uid == peer.uid)
		return true;
	return out_of_reach(c, "it is another user's");
}

/* ---- bytes */

static bool wait_for(struct call *c, short events)
{
	struct pollfd on = {.fd = c->fd, .events = events};
	int left;

	do {
		left = deadline_left(c->deadline);
		if (left == 0)
			return fail(c, "late, and so is authz-launch");
	} while (poll(&on, 1, left) <= 0);
	return true;
}

/* One that does not want all of it has answered already. */
static bool send_all(struct call *c, const void *bytes, size_t length, bool *wanted)
{
	const char *from = bytes;
	ssize_t put;

	while (length > 0 && *wanted) {
		if (!wait_for(c, POLLOUT))
			return false;
		put = send(c->fd, from, length, MSG_NOSIGNAL);
		if (put >= 0) {
			from += put;
			length -= (size_t)put;
		} else if (errno == EPIPE || errno == ECONNRESET) {
			*wanted = false;
		} else if (errno != EINTR && errno != EAGAIN) {
			return out_of_reach(c, strerror(errno));
		}
	}
	return true;
}

static bool ask(struct call *c)
{
	const struct host_launch *w = c->what;
	const struct launcher_request request = {
		.path_length = (uint32_t)strlen(w->path), .wait_ms = w->wait_ms, .input_length = (uint32_t)w->input_length,
		.output_limit = (uint32_t)(w->output_size < LAUNCHER_OUTPUT_MAX ? w->output_size : LAUNCHER_OUTPUT_MAX),
		.waits = (uint32_t)w->waits};
	unsigned char header[LAUNCHER_REQUEST_SIZE];
	bool wanted = true;

	launcher_put_request(header, &request);
	c->what->heard = true; /* until authz-launch says that it is not so */
	return send_all(c, header, sizeof header, &wanted) && send_all(c, w->path, request.path_length, &wanted) &&
	       send_all(c, w->input, w->input_length, &wanted);
}

/* So many; fewer are there only where it ended before. */
static bool receive(struct call *c, void *to, size_t length, size_t *have)
{
	ssize_t got = 1;

	for (*have = 0; *have < length && got != 0;) {
		if (!wait_for(c, POLLIN))
			return false;
		got = recv(c->fd, (char *)to + *have, length - *have, 0);
		if (got > 0)
			*have += (size_t)got;
		else if (got < 0 && errno == ECONNRESET)
			got = 0; /* it did not want all that was sent */
		else if (got < 0 && errno != EINTR && errno != EAGAIN)
			return out_of_reach(c, strerror(errno));
	}
	return true;
}

static bool receive_exactly(struct call *c, void *to, size_t length)
{
	size_t have;

	return receive(c, to, length, &have) && (have == length || fail(c, "authz-launch broke off"));
}

static bool receive_end(struct call *c)
{
	size_t have;
	char more;

	return receive(c, &more, 1, &have) && (have == 0 || fail(c, "authz-launch said more than an answer"));
}

/* ---- its answer */

static bool receive_text(struct call *c, size_t length)
{
	char text[LAUNCHER_TEXT_MAX + 1];
	size_t i;

	if (!receive_exactly(c, text, length))
		return false;
	text[length] = '\0';
	for (i = 0; i < length; i++)
		if (!isprint((unsigned char)text[i]))
			text[i] = '?';
	return fail(c, "%s", text);
}

static bool receive_output(struct call *c, size_t length)
{
	if (length > c->what->output_size)
		return fail(c, "too much output");
	if (!receive_exactly(c, c->what->output, length) || !receive_end(c))
		return false;
	c->what->output_length = length;
	return true;
}

static bool hear(struct call *c)
{
	unsigned char header[LAUNCHER_ANSWER_SIZE];
	struct launcher_answer a;

	if (!receive_exactly(c, header, sizeof header))
		return false;
	if (!launcher_take_answer(header, &a))
		return fail(c, "authz-launch does not answer as it should");
	switch (a.end) {
	case LAUNCHER_EXITED:
		return a.number == 0 ? receive_output(c, a.length) : fail(c, "ended with status %lu", (unsigned long)a.number);
	case LAUNCHER_KILLED:
		return fail(c, "was ended by signal %lu", (unsigned long)a.number);
	case LAUNCHER_LATE:
		return fail(c, "late");
	case LAUNCHER_BUSY:
		c->what->heard = false;
		return fail(c, "authz-launch is busy");
	case LAUNCHER_TOO_MUCH:
		return fail(c, "too much output");
	case LAUNCHER_FAILED:
		c->what->heard = a.number != 0;
		return receive_text(c, a.length);
	case LAUNCHER_REFUSED:
		return receive_text(c, a.length);
	}
	return false;
}

/* ---- seats */

/* FNV-1a, and no 0: paths that share it share their seats, and no more. */
static unsigned hash_of(const char *path)
{
	uint32_t hash = 2166136261u;

	for (; *path != '\0'; path++)
		hash = (hash ^ (unsigned char)*path) * 16777619u;
	return hash != 0 ? hash : 1;
}

/* Whoever holds one of "taken" finds a place: they are as many. */
static unsigned sit_down(struct foreign_seats *seats, unsigned hash)
{
	unsigned i, free, same = 0;

	for (i = 0, free = 0; !atomic_compare_exchange_strong(&seats->path[i], &free, hash); free = 0)
		i = (i + 1) % FOREIGN_SEATS_MAX;
	for (i = 0; i < FOREIGN_SEATS_MAX; i++)
		same += atomic_load(&seats->path[i]) == hash;
	return same;
}

/* Any of those that wait for the same: they are alike. */
static void stand_up(struct foreign_seats *seats, unsigned hash)
{
	unsigned i, mine;

	for (i = 0, mine = hash; !atomic_compare_exchange_strong(&seats->path[i], &mine, 0u); mine = hash)
		i = (i + 1) % FOREIGN_SEATS_MAX;
}

/* A place among all that may wait so long: those of "waits", and of what leaves room for it. */
static bool count_in(struct foreign_seats *seats, unsigned waits)
{
	if (atomic_fetch_add(&seats->taken[waits], 1) < FOREIGN_SEATS_MAX - waits)
		return true;
	atomic_fetch_sub(&seats->taken[waits], 1);
	return false;
}

static void count_out(struct foreign_seats *seats, unsigned from, unsigned to)
{
	for (; from <= to; from++)
		atomic_fetch_sub(&seats->taken[from], 1);
}

/* Of its path, too, each leaves a seat: one program, or server, may be asked about all that there is. */
const char *foreign_take_seat(struct foreign_seats *seats, const struct host_launch *what)
{
	unsigned waits, hash;

	if (seats == NULL)
		return NULL;
	for (waits = what->waits + 1u; waits-- > 0;)
		if (!count_in(seats, waits)) {
			count_out(seats, waits + 1, what->waits);
			return waits > 0 ? "busy with other activities" : "too many foreign programs are waited for";
		}
	hash = hash_of(what->path);
	if (sit_down(seats, hash) <= FOREIGN_PATH_SEATS_MAX - what->waits)
		return NULL;
	stand_up(seats, hash);
	count_out(seats, 0, what->waits);
	return "too many wait for it";
}

void foreign_leave_seat(struct foreign_seats *seats, const struct host_launch *what)
{
	if (seats == NULL)
		return;
	stand_up(seats, hash_of(what->path));
	count_out(seats, 0, what->waits);
}

/* ---- */

static bool take_seat(struct call *c)
{
	const char *refusal = foreign_take_seat(c->machine->foreign.seats, c->what);

	return refusal == NULL || fail(c, "%s", refusal);
}

enum authz_result foreign_run(void *context, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	struct call c = {.machine = context, .what = what, .why = why, .fd = -1,
	                 .deadline = deadline_in((int)what->wait_ms + FOREIGN_GRACE_MS)};
	bool done;

	what->output_length = 0;
	what->heard = false;
	why[0] = '\0';
	if (!begin(&c) || !take_seat(&c))
		return AUTHZ_LAUNCH_FAILED;
	done = reach(&c) && is_launcher(&c) && ask(&c) && hear(&c);
	if (c.fd >= 0)
		close(c.fd);
	foreign_leave_seat(c.machine->foreign.seats, what);
	if (!done)
		sodium_memzero(what->output, what->output_size);
	return done ? AUTHZ_OK : AUTHZ_LAUNCH_FAILED;
}
