/* SPDX-License-Identifier: ISC */
#include "pump.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/deadline.h"

enum { CLIENT, PROCESS, TO, FROM, COUNT };
enum pumped { PUMPED_MORE, PUMPED_ALL, PUMPED_TOO_MUCH, PUMPED_BROKEN };

static void end_input(struct pump *p)
{
	(void)shutdown(*p->to, SHUT_WR); /* of a server; a pipe ends by being closed */
	close(*p->to);
	*p->to = -1;
}

static bool is_again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Who does not want all of the input is not wrong to. */
static void put(struct pump *p)
{
	ssize_t put = 0;

	if (p->input_length > 0)
		put = write(*p->to, p->input, p->input_length);
	if (put > 0) {
		explicit_bzero(p->input, (size_t)put);
		p->input += put;
		p->input_length -= (size_t)put;
	}
	if (p->input_length == 0 || (put < 0 && !is_again()))
		end_input(p);
}

static enum pumped get(struct pump *p)
{
	ssize_t got = read(*p->from, p->output + p->have, p->output_limit + 1 - p->have);

	if (got < 0)
		return is_again() ? PUMPED_MORE : PUMPED_BROKEN;
	p->have += (size_t)got;
	if (p->have > p->output_limit)
		return PUMPED_TOO_MUCH;
	return got == 0 ? PUMPED_ALL : PUMPED_MORE;
}

/* What is in the pipe when the process has ended was written by it, or by those that it left behind. */
static enum pump_end drain(struct pump *p)
{
	enum pumped pumped;
	size_t had;

	if (*p->from < 0)
		return PUMP_DONE;
	do {
		had = p->have;
		pumped = get(p);
	} while (pumped == PUMPED_MORE && p->have > had);
	return pumped == PUMPED_TOO_MUCH ? PUMP_TOO_MUCH : pumped == PUMPED_BROKEN ? PUMP_BROKEN : PUMP_DONE;
}

/* A process that has closed its output may go on. */
static bool is_end(struct pump *p, enum pumped pumped, enum pump_end *end)
{
	if (pumped == PUMPED_TOO_MUCH || pumped == PUMPED_BROKEN) {
		*end = pumped == PUMPED_TOO_MUCH ? PUMP_TOO_MUCH : PUMP_BROKEN;
		return true;
	}
	if (pumped == PUMPED_ALL) {
		close(*p->from);
		*p->from = -1;
		*end = PUMP_DONE;
		return p->process < 0;
	}
	return false;
}

static bool wait_for(struct pump *p, struct pollfd on[COUNT], int left)
{
	on[CLIENT] = (struct pollfd){.fd = p->client, .events = POLLIN | POLLRDHUP};
	on[PROCESS] = (struct pollfd){.fd = p->process, .events = POLLIN};
	on[TO] = (struct pollfd){.fd = *p->to, .events = POLLOUT};
	on[FROM] = (struct pollfd){.fd = *p->from, .events = POLLIN};
	return poll(on, COUNT, left) > 0;
}

enum pump_end pump_run(struct pump *p)
{
	struct pollfd on[COUNT];
	enum pump_end end;
	int left;

	for (;;) {
		left = deadline_left(p->deadline);
		if (left == 0)
			return PUMP_LATE;
		if (!wait_for(p, on, left))
			continue;
		if (on[CLIENT].revents != 0)
			return PUMP_GONE;
		if (on[TO].revents != 0)
			put(p);
		if (on[FROM].revents != 0 && is_end(p, get(p), &end))
			return end;
		if (on[PROCESS].revents != 0)
			return drain(p);
	}
}
