/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the child is tried only if no service is there, never after a byte was sent.
 * MUST 2: one deadline holds for all of a call.
 * MUST 3: the result is the helper's only if its whole reply was of the protocol; otherwise it is one that grants
 *         nothing.
 * MUST 4: what was sent, and a reply that is refused, is wiped.
 * MUST 5: the thread cannot be cancelled within a call.
 * MUST 6: folders are made only for the helper of the build, never for one that a caller names.
 */
#include "config.h"

#include "client/call.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/child.h"
#include "client/connect.h"
#include "client/deadline.h"
#include "client/exchange.h"
#include "client/failure.h"
#include "client/runtime.h"
#include "wire/stream.h"

#define TIMEOUT_MAX_MS 60000

struct call {
	const char *helper, *socket;
	int64_t deadline;
	struct request *request;
	const struct client_stream *stream;
	struct reply *reply;
	unsigned char *frame; /* FRAME_REPLY_MAX, of the caller */
	struct authz_error *error;
	unsigned char sent[FRAME_REQUEST_MAX];
	size_t length; /* of sent */
};

static enum authz_result configure(struct call *c, const struct authz_client *client)
{
	static const struct authz_client build = {.helper = NULL};
	int timeout;

	if (client == NULL)
		client = &build;
	timeout = client->timeout_ms == 0 ? AUTHZ_TIMEOUT_DEFAULT_MS : client->timeout_ms;
	if (timeout < 1 || timeout > TIMEOUT_MAX_MS)
		return failure(c->error, AUTHZ_BAD_PARAMETER, "timeout_ms");
	c->deadline = deadline_in(timeout);
	c->helper = client->helper == NULL ? AUTHZ_HELPER : client->helper;
	c->socket = client->socket == NULL ? AUTHZ_SOCKET : client->socket;
	if (c->helper[0] != '/')
		return failure(c->error, AUTHZ_BAD_PARAMETER, "helper");
	return AUTHZ_OK;
}

static enum authz_result encode(struct call *c)
{
	ssize_t n;

	do
		n = getrandom(&c->request->id, sizeof c->request->id, 0);
	while (n < 0 && errno == EINTR);
	if (n != sizeof c->request->id)
		return failure_errno(c->error, AUTHZ_NO_RESOURCES, "getrandom", errno);
	c->length = request_encode(c->request, c->sent);
	return c->length > 0 ? AUTHZ_OK : failure(c->error, AUTHZ_INTERNAL, "a value does not fit the request");
}

static enum authz_result accept_reply(struct call *c, size_t length)
{
	const char *reason;

	reason = reply_decode(c->reply, c->frame, length, c->request->operation, c->request->id);
	if (reason != NULL)
		return failure(c->error, AUTHZ_HELPER_GARBLED, reason);
	failure(c->error, AUTHZ_OK, c->reply->subject);
	return (enum authz_result)c->reply->result;
}

static enum authz_result exchange_frames(struct call *c, struct exchange *x)
{
	enum authz_result result;
	size_t length = 0;

	result = exchange_send(x, c->sent, c->length);
	if (result == AUTHZ_OK && c->stream != NULL)
		x->deadline = deadline_in(STREAM_SILENCE_MS);
	if (result == AUTHZ_OK && stream_of(x->operation) == STREAM_IN)
		result = exchange_give(x, c->frame);
	if (result == AUTHZ_OK && x->pidfd >= 0)
		shutdown(x->channel, SHUT_WR);
	if (result == AUTHZ_OK)
		result = exchange_receive(x, c->frame, &length);
	if (result == AUTHZ_OK)
		result = accept_reply(c, length);
	if (!(c->reply->has & UINT64_C(1) << REPLY_RESULT))
		explicit_bzero(c->frame, length);
	return result;
}

static struct exchange exchange_on(const struct call *c, int channel, int pidfd)
{
	return (struct exchange){channel, pidfd, c->deadline, c->request->operation, c->request->id, c->stream};
}

static enum authz_result ask_child(struct call *c)
{
	enum authz_result result;
	struct exchange x;
	struct child child;

	if (geteuid() == 0 && strcmp(c->helper, AUTHZ_HELPER) == 0)
		runtime_make(AUTHZ_RUNDIR, AUTHZ_STATEDIR, AUTHZ_HELPER);
	result = child_start(&child, c->helper, c->error);
	if (result != AUTHZ_OK)
		return result;
	x = exchange_on(c, child.channel, child.pidfd);
	result = exchange_frames(c, &x);
	if (c->reply->has & UINT64_C(1) << REPLY_RESULT)
		child_leave(&child);
	else
		child_end(&child);
	return result;
}

static enum authz_result ask(struct call *c)
{
	enum authz_result result;
	struct exchange x;
	int channel = -1;

	if (c->socket[0] != '\0') {
		result = connect_socket(c->socket, c->deadline, &channel, c->error);
		if (result != AUTHZ_OK)
			return result;
	}
	if (channel < 0)
		return ask_child(c);
	x = exchange_on(c, channel, -1);
	result = exchange_frames(c, &x);
	close(channel);
	return result;
}

static bool stream_fits(uint16_t operation, const struct client_stream *stream)
{
	switch (stream_of(operation)) {
	case STREAM_OUT:
		return stream != NULL && stream->take != NULL;
	case STREAM_IN:
		return stream != NULL && stream->give != NULL;
	default:
		return stream == NULL;
	}
}

enum authz_result client_call_stream(const struct authz_client *client, struct request *request,
                                     const struct client_stream *stream, struct reply *reply,
                                     unsigned char frame[FRAME_REPLY_MAX], struct authz_error *error)
{
	struct call c = {.request = request, .stream = stream, .reply = reply, .frame = frame, .error = error};
	enum authz_result result;
	int state, saved = errno;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	memset(reply, 0, sizeof *reply);
	error->subject[0] = '\0';
	result = configure(&c, client);
	if (result == AUTHZ_OK && !stream_fits(request->operation, stream))
		result = failure(error, AUTHZ_INTERNAL, "a stream that is not the operation's");
	if (result == AUTHZ_OK)
		result = encode(&c);
	if (result == AUTHZ_OK)
		result = ask(&c);
	explicit_bzero(c.sent, c.length);
	pthread_setcancelstate(state, NULL);
	errno = saved;
	return result;
}

enum authz_result client_call(const struct authz_client *client, struct request *request, struct reply *reply,
                              unsigned char frame[FRAME_REPLY_MAX], struct authz_error *error)
{
	return client_call_stream(client, request, NULL, reply, frame, error);
}
