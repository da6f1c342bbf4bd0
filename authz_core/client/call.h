/* SPDX-License-Identifier: ISC */
/*
 * One call of the helper: a request out, its reply back, by whichever carrier works (DESIGN 3.1).
 */
#ifndef AUTHZ_CLIENT_CALL_H
#define AUTHZ_CLIENT_CALL_H

#include <stdbool.h>
#include <sys/types.h>

#include "authz.h"
#include "wire/reply.h"
#include "wire/request.h"

/* What an operation that streams (wire/stream.h) brings and takes.  The one that it does not do may be NULL. */
struct client_stream {
	void *context;
	bool (*take)(void *context, const unsigned char *bytes, size_t length); /* false gives up */
	ssize_t (*give)(void *context, unsigned char *bytes, size_t size);      /* how many; 0 at the end, -1 gives up */
};

/*
 * Ask.  Sets request->id.  "frame" holds the reply while its entries are read.  The result is the reply's own, or what
 * was met on the way; subject is always terminated.  "reply" is all zeros unless a reply was decoded.
 */
enum authz_result client_call(const struct authz_client *client, struct request *request, struct reply *reply,
                              unsigned char frame[FRAME_REPLY_MAX], struct authz_error *error);

/*
 * The same for an operation that streams.  The deadline holds until the request is out; from there each frame has
 * STREAM_SILENCE_MS.  AUTHZ_INTERNAL also if the stream gave up: the helper then did nothing, or its work is lost.
 */
enum authz_result client_call_stream(const struct authz_client *client, struct request *request,
                                     const struct client_stream *stream, struct reply *reply,
                                     unsigned char frame[FRAME_REPLY_MAX], struct authz_error *error);

#endif
