/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: every wait ends at the deadline, whatever signals come; only a whole frame of a stream puts that off.
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
#include "wire/stream.h"

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

/* One data frame, whose header is in "frame". */
static enum authz_result receive_data(struct exchange *x, unsigned char *frame, size_t body, size_t *length)
{
	enum authz_result result = receive_until(x, frame, FRAME_HEADER + body, length);

	if (result != AUTHZ_OK)
		return result;
	x->deadline = deadline_in(STREAM_SILENCE_MS);
	*length = 0;
	return x->stream->take(x->stream->context, frame + FRAME_HEADER, body) ? AUTHZ_OK : AUTHZ_INTERNAL;
}

static bool is_data(const struct exchange *x, const struct frame_header *h, size_t *body)
{
	return stream_of(x->operation) == STREAM_OUT && stream_accept(h, x->operation, x->id, body);
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

enum authz_result exchange_receive(struct exchange *x, unsigned char frame[FRAME_REPLY_MAX], size_t *length)
{
	enum authz_result result;
	struct frame_header h;
	size_t body;
	bool data;

	*length = 0;
	do {
		result = receive_until(x, frame, FRAME_HEADER, length);
		if (result != AUTHZ_OK)
			return result;
		frame_read_header(&h, frame);
		data = is_data(x, &h, &body);
		if (data)
			result = receive_data(x, frame, body, length);
	} while (data && result == AUTHZ_OK);
	if (result != AUTHZ_OK)
		return result;
	if (!header_answers(x, &h))
		return AUTHZ_HELPER_GARBLED;
	result = receive_until(x, frame, FRAME_HEADER + h.length, length);
	return result == AUTHZ_OK ? receive_end(x) : result;
}

enum authz_result exchange_give(struct exchange *x, unsigned char buffer[FRAME_REPLY_MAX])
{
	enum authz_result result;
	ssize_t n;

	do {
		n = x->stream->give(x->stream->context, buffer + FRAME_HEADER, STREAM_MAX);
		if (n < 0 || n > STREAM_MAX)
			return AUTHZ_INTERNAL;
		x->deadline = deadline_in(STREAM_SILENCE_MS);
		stream_header(buffer, x->operation, x->id, (size_t)n);
		result = exchange_send(x, buffer, FRAME_HEADER + (size_t)n);
	} while (n > 0 && result == AUTHZ_OK);
	/* a helper that has enough answers and goes, and its answer is what counts */
	return result == AUTHZ_HELPER_DIED ? AUTHZ_OK : result;
}
