/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the answer is there within the time that the request says, whatever the program does, or leaves behind.
 * MUST 2: output is answered only if the program ended with status 0 within its time, or the server closed: all of it.
 * MUST 3: the input is wiped when it was written, the output when it was answered.
 * MUST 4: of one path no more than PATH_RUNS_MAX run at once; the next hears at once that it is busy.  Of them, and of all
 *         runs, an activity leaves some to what a prompt waits for, a user's activity some more to the host's.
 * MUST 5: what is left of the program is killed, in its group or out of it.
 * MUST 6: a client that goes away, or says more than a request, ends the run.
 */
#include "one_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "client/deadline.h"
#include "note.h"
#include "program.h"
#include "pump.h"
#include "sweep.h"
#include "trusted_path.h"

#define REQUEST_MS 2000 /* for a client to say its request */
#define ANSWER_MS 2000  /* and to take its answer */
#define SWEEP_MS 2000
#define SPARE_S 2       /* a process that hangs all the same is ended so much later */
#define PATH_PLACES 4096

struct run {
	const struct launcher *launcher;
	int client;
	struct launcher_request request;
	char path[LAUNCHER_PATH_MAX + 1];
	unsigned char *input, *output;
	int64_t deadline;
	struct launcher_answer answer;
	char text[TRUSTED_WHY_SIZE];
};

/* ---- the connection */

static bool wait_for(const struct run *r, short events, int64_t deadline)
{
	struct pollfd on = {.fd = r->client, .events = events};
	int left;

	do {
		left = deadline_left(deadline);
		if (left == 0)
			return false;
	} while (poll(&on, 1, left) <= 0);
	return true;
}

static bool receive(struct run *r, void *to, size_t length)
{
	ssize_t got;

	while (length > 0) {
		if (!wait_for(r, POLLIN, r->deadline))
			return false;
		got = recv(r->client, to, length, 0);
		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (got > 0) {
			to = (char *)to + got;
			length -= (size_t)got;
		}
	}
	return true;
}

static bool send_all(struct run *r, const void *from, size_t length)
{
	const int64_t deadline = deadline_in(ANSWER_MS);
	ssize_t put;

	while (length > 0) {
		if (!wait_for(r, POLLOUT, deadline))
			return false;
		put = send(r->client, from, length, MSG_NOSIGNAL);
		if (put < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (put > 0) {
			from = (const char *)from + put;
			length -= (size_t)put;
		}
	}
	return true;
}

static void answer(struct run *r)
{
	const void *with = r->answer.end == LAUNCHER_EXITED ? (const void *)r->output : r->text;
	unsigned char header[LAUNCHER_ANSWER_SIZE];

	launcher_put_answer(header, &r->answer);
	if (send_all(r, header, sizeof header) && r->answer.length > 0)
		(void)send_all(r, with, r->answer.length);
	close(r->client);
}

static void says(struct run *r, enum launcher_end end, uint32_t number)
{
	r->answer = (struct launcher_answer){.end = end, .number = number};
}

static bool fails(struct run *r, enum launcher_end end, const char *text)
{
	if (text != r->text)
		snprintf(r->text, sizeof r->text, "%s", text);
	says(r, end, 0);
	r->answer.length = (uint32_t)strlen(r->text);
	return false;
}

/* ---- the request */

static bool take_request(struct run *r)
{
	unsigned char header[LAUNCHER_REQUEST_SIZE];

	r->deadline = deadline_in(REQUEST_MS);
	if (!receive(r, header, sizeof header))
		return fails(r, LAUNCHER_REFUSED, "the request is not whole");
	if (!launcher_take_request(header, &r->request))
		return fails(r, LAUNCHER_REFUSED, "this is no request that authz-launch knows");
	r->input = malloc(r->request.input_length + 1);
	r->output = malloc(r->request.output_limit + 1);
	if (r->input == NULL || r->output == NULL)
		return fails(r, LAUNCHER_FAILED, "could not be started: out of memory");
	if (!receive(r, r->path, r->request.path_length) || !receive(r, r->input, r->request.input_length))
		return fails(r, LAUNCHER_REFUSED, "the request is not whole");
	if (strlen(r->path) != r->request.path_length)
		return fails(r, LAUNCHER_REFUSED, "the path has a NUL");
	return true;
}

static unsigned place_of(const char *path)
{
	uint32_t hash = 2166136261u; /* FNV-1a: paths that share a place share its turns, and no more */

	for (; *path != '\0'; path++)
		hash = (hash ^ (unsigned char)*path) * 16777619u;
	return hash % PATH_PLACES;
}

/* A lock on one of these bytes; the kernel drops it with this process. */
static bool lock_one(const struct run *r, unsigned from, unsigned to)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

	for (; from < to; from++) {
		lock.l_start = (off_t)from;
		if (fcntl(r->launcher->places, F_SETLK, &lock) == 0)
			return true;
	}
	return false;
}

/* MUST 4: the first places are for those before it. */
static bool take_place(struct run *r)
{
	const unsigned of_path = place_of(r->path) * PATH_RUNS_MAX, of_all = PATH_PLACES * PATH_RUNS_MAX;
	const unsigned waits = r->request.waits;

	if (lock_one(r, of_path + waits, of_path + PATH_RUNS_MAX) &&
	    lock_one(r, of_all + waits * RUNS_LEFT, of_all + RUNS_MAX))
		return true;
	says(r, LAUNCHER_BUSY, 0);
	return false;
}

_Static_assert(LAUNCHER_WAITS_MAX < PATH_RUNS_MAX && LAUNCHER_WAITS_MAX * RUNS_LEFT < RUNS_MAX, "all kinds have places");

/* ---- the run */

static enum pump_end pump(struct run *r, int process, int *to, int *from)
{
	struct pump p = {.client = r->client, .process = process, .to = to, .from = from, .input = r->input,
	                 .input_length = r->request.input_length, .output = r->output,
	                 .output_limit = r->request.output_limit, .deadline = r->deadline};
	const enum pump_end end = pump_run(&p);

	explicit_bzero(r->input, r->request.input_length);
	r->answer.length = (uint32_t)p.have;
	return end;
}

/* Sets the answer of all ends but PUMP_DONE. */
static void judge(struct run *r, enum pump_end end)
{
	if (end == PUMP_LATE)
		says(r, LAUNCHER_LATE, 0);
	else if (end == PUMP_TOO_MUCH)
		says(r, LAUNCHER_TOO_MUCH, 0);
	else if (end == PUMP_GONE)
		fails(r, LAUNCHER_REFUSED, "more than a request was said");
	else if (end == PUMP_BROKEN) {
		fails(r, LAUNCHER_FAILED, strerror(errno));
		r->answer.number = 1; /* it has read of the input, perhaps */
	}
}

static void judge_status(struct run *r, int status, int failed, size_t have)
{
	char text[TRUSTED_WHY_SIZE];

	if (failed != 0) {
		snprintf(text, sizeof text, "cannot be executed: %s", strerror(failed));
		fails(r, LAUNCHER_FAILED, text);
	} else if (WIFSIGNALED(status)) {
		says(r, LAUNCHER_KILLED, (uint32_t)WTERMSIG(status));
	} else {
		says(r, LAUNCHER_EXITED, (uint32_t)WEXITSTATUS(status));
		r->answer.length = WEXITSTATUS(status) == 0 ? (uint32_t)have : 0;
	}
}

static void run_program(struct run *r)
{
	char text[TRUSTED_WHY_SIZE];
	struct program p;
	enum pump_end end;
	size_t have;
	int status;

	if (!program_start(&p, r->launcher, r->path, r->request.wait_ms)) {
		snprintf(text, sizeof text, "could not be started: %s", strerror(errno));
		fails(r, LAUNCHER_FAILED, text);
		return;
	}
	end = pump(r, p.process, &p.input, &p.output);
	have = r->answer.length;
	judge(r, end);
	/* before its number is free for another */
	(void)kill(-p.pid, SIGKILL);
	(void)kill(p.pid, SIGKILL);
	status = end == PUMP_DONE ? program_bury(&p) : 0;
	if (end == PUMP_DONE)
		judge_status(r, status, program_failed(&p), have);
	program_close(&p);
}

/* A server whose queue is full makes connect wait: until the deadline at most. */
static bool reach_server(struct run *r, int fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const int left = deadline_left(r->deadline);
	const struct timeval most = {.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 + 1};

	if (strlen(r->path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address.sun_path, r->path, strlen(r->path));
	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) == 0 &&
	       connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static void ask_server(struct run *r)
{
	char text[TRUSTED_WHY_SIZE];
	int to = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), from = -1;
	enum pump_end end;

	if (to >= 0 && reach_server(r, to))
		from = fcntl(to, F_DUPFD_CLOEXEC, 0);
	if (from >= 0) {
		end = pump(r, -1, &to, &from);
		if (end == PUMP_DONE)
			r->answer.end = LAUNCHER_EXITED;
		else
			judge(r, end);
	} else if (errno == EAGAIN) {
		says(r, LAUNCHER_LATE, 0);
	} else {
		snprintf(text, sizeof text, "cannot be connected to: %s", strerror(errno));
		fails(r, LAUNCHER_FAILED, text);
	}
	if (to >= 0)
		close(to);
	if (from >= 0)
		close(from);
}

static void run(struct run *r)
{
	const time_t all = (time_t)(r->request.wait_ms + ANSWER_MS + SWEEP_MS) / 1000 + SPARE_S;
	const struct itimerval most = {.it_value = {.tv_sec = all}};

	r->deadline = deadline_in((int)r->request.wait_ms);
	(void)setitimer(ITIMER_REAL, &most, NULL);
	switch (trusted_path(r->launcher, r->path, r->text)) {
	case TRUSTED_NOT:
		fails(r, LAUNCHER_FAILED, r->text);
		break;
	case TRUSTED_PROGRAM:
		run_program(r);
		break;
	case TRUSTED_SOCKET:
		ask_server(r);
		break;
	}
}

static void forget(struct run *r)
{
	if (r->input != NULL)
		explicit_bzero(r->input, r->request.input_length);
	if (r->output != NULL)
		explicit_bzero(r->output, r->request.output_limit + 1);
	free(r->input);
	free(r->output);
}

void one_run(const struct launcher *l, int client)
{
	struct run r = {.launcher = l, .client = client};

	if (take_request(&r) && take_place(&r))
		run(&r);
	answer(&r);
	forget(&r);
	if (!sweep_all(deadline_in(SWEEP_MS)))
		note(l, LOG_WARNING, "%s: processes that it left behind do not end", r.path);
}

void one_run_busy(int client)
{
	const struct launcher_answer busy = {.end = LAUNCHER_BUSY};
	unsigned char header[LAUNCHER_ANSWER_SIZE];

	launcher_put_answer(header, &busy);
	(void)!send(client, header, sizeof header, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(client);
}
