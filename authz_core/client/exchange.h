/* SPDX-License-Identifier: ISC */
/* The bytes of one call: a request out, a whole reply in, before the deadline; and between them what an operation streams. */
#ifndef AUTHZ_CLIENT_EXCHANGE_H
#define AUTHZ_CLIENT_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "client/call.h"

struct exchange {
	int channel;
	int pidfd; /* of the child, which ends the stream after its reply; -1: a service, which need not */
	int64_t deadline; /* each frame of a stream puts it off, by STREAM_SILENCE_MS */
	uint16_t operation; /* what a reply must carry */
	uint64_t id;
	const struct client_stream *stream; /* of an operation that streams, else NULL */
};

/* All of the request.  AUTHZ_OK, AUTHZ_HELPER_DIED, AUTHZ_HELPER_LATE. */
enum authz_result exchange_send(const struct exchange *x, const unsigned char *request, size_t length);

/*
 * All that the stream gives, and its end, after the request of a STREAM_IN.  "buffer" holds one frame at a time.  AUTHZ_OK,
 * also where the helper does not want more: its reply says why; AUTHZ_HELPER_LATE; AUTHZ_INTERNAL if the stream gave up.
 */
enum authz_result exchange_give(struct exchange *x, unsigned char buffer[FRAME_REPLY_MAX]);

/*
 * A whole reply; before it, of a STREAM_OUT, the data frames, each handed on.  AUTHZ_OK; AUTHZ_HELPER_DIED,
 * AUTHZ_HELPER_LATE; AUTHZ_HELPER_GARBLED where the header is already not of this answer, or a child says something after
 * it; AUTHZ_INTERNAL if the stream gave up.  *length is the number of bytes that are in "frame", in any case.
 */
enum authz_result exchange_receive(struct exchange *x, unsigned char frame[FRAME_REPLY_MAX], size_t *length);

#endif
