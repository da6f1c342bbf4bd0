/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: every wait ends at the one deadline, whatever signals come.
 * MUST 2: from a child, only a reply with the end of the stream right behind it is an answer.
 * MUST 3: a helper that dies is noticed at once, also where some other process holds its end of the stream.
 */
#include "config.h"

#include "client/exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "client/deadline.h"

enum event { READY, ENDED, PASSED };

static enum event wait_for(const struct exchange *x, short events)
{
	struct pollfd on[2] = {{.fd = x->channel, .events = events}, {.fd = x->pidfd, .events = POLLIN}};
	int n;

	do
		n = poll(on, 2, deadline_left(x->deadline));
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return PASSED;
	if (on[0].revents == 0)
		poll(on, 1, 0); /* what it wrote just before its end */
	return on[0].revents != 0 ? READY : ENDED;
}

enum authz_result exchange_send(const struct exchange *x, const unsigned char *request, size_t length)
{
	enum event event;
	ssize_t n;

	while (length > 0) {
		n = send(x->channel, request, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0) {
			request += n;
			length -= (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 || errno != EAGAIN)
			return AUTHZ_HELPER_DIED;
		event = wait_for(x, POLLOUT);
		if (event != READY)
			return event == PASSED ? AUTHZ_HELPER_LATE : AUTHZ_HELPER_DIED;
	}
	return AUTHZ_OK;
}

/* Some bytes: AUTHZ_OK with *got 0 at the end of the stream, or of the helper; or AUTHZ_HELPER_LATE. */
static enum authz_result receive_some(const struct exchange *x, unsigned char *to, size_t size, size_t *got)
{
	enum event event;
	ssize_t n;

	*got = 0;
	for (;;) {
		n = recv(x->channel, to, size, MSG_DONTWAIT);
		if (n >= 0) {
			*got = (size_t)n;
			return AUTHZ_OK;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return AUTHZ_OK;
		event = wait_for(x, POLLIN);
		if (event != READY)
			return event == PASSED ? AUTHZ_HELPER_LATE : AUTHZ_OK;
	}
}

/* Up to "need" bytes in the frame. */
static enum authz_result receive_until(const struct exchange *x, unsigned char *frame, size_t need, size_t *length)
{
	enum authz_result result;
	size_t got;

	while (*length < need) {
		result = receive_some(x, frame + *length, need - *length, &got);
		if (result != AUTHZ_OK)
			return result;
		if (got == 0)
			return AUTHZ_HELPER_DIED;
		*length += got;
	}
	return AUTHZ_OK;
}

static bool header_answers(const struct exchange *x, const struct frame_header *h)
{
	return h->magic == FRAME_REPLY_MAGIC && h->version == FRAME_VERSION && h->operation == x->operation &&
	       h->id == x->id && h->length <= FRAME_REPLY_MAX - FRAME_HEADER;
}

static enum authz_result receive_end(const struct exchange *x)
{
	enum authz_result result;
	unsigned char more;
	size_t got;

	if (x->pidfd < 0)
		return AUTHZ_OK;
	result = receive_some(x, &more, 1, &got);
	return result == AUTHZ_OK && got > 0 ? AUTHZ_HELPER_GARBLED : result;
}

enum authz_result exchange_receive(const struct exchange *x, unsigned char frame[FRAME_REPLY_MAX], size_t *length)
{
	enum authz_result result;
	struct frame_header h;

	*length = 0;
	result = receive_until(x, frame, FRAME_HEADER, length);
	if (result != AUTHZ_OK)
		return result;
	frame_read_header(&h, frame);
	if (!header_answers(x, &h))
		return AUTHZ_HELPER_GARBLED;
	result = receive_until(x, frame, FRAME_HEADER + h.length, length);
	return result == AUTHZ_OK ? receive_end(x) : result;
}
