/* SPDX-License-Identifier: ISC */
/*
 * The helper's end of a stream (wire/stream.h), for the operations that have one: they get a struct rules_stream and know
 * nothing of frames.  Waits for the other end as long as the descriptors do.
 */
#ifndef AUTHZ_HELPER_STREAM_H
#define AUTHZ_HELPER_STREAM_H

#include "rules/store_tools.h"
#include "wire/request.h"
#include "wire/stream.h"

/* What a stream goes over. */
struct carrier {
	int in, out;
	const unsigned char *ahead; /* what was read of it together with the request */
	size_t ahead_length;
	bool (*begin)(void *context); /* there will be a stream, so reads and writes may wait; false: there can be none now */
	void (*alive)(void *context, unsigned ms); /* there is something to do for so long yet; may be NULL */
	void (*over)(void *context, unsigned ms); /* nothing is read or written but the reply, in so long; may be NULL */
	void *context;
};

struct stream {
	struct carrier carrier;
	uint16_t operation;
	uint64_t id;
	bool brief;          /* of a user */
	uint64_t ends;       /* monotonic, milliseconds: whoever is slower is taken for gone */
	bool gone;           /* not opened; or the other end is, or broke the protocol */
	size_t left;         /* of the data frame that is being read */
	bool ended;          /* the empty frame was read */
	size_t used;         /* of bytes, which wait to be sent */
	unsigned char bytes[FRAME_REPLY_MAX];
};

#define STREAM_LIFE_MS 600000 /* of all of it, the host's */
#define STREAM_BRIEF_MS 30000 /* of all of it, a user's */
#define STREAM_BRIEF_SILENCE_MS 5000 /* within it */

/* Nothing waits, and nothing is said, before the port's open(). */
void stream_begin(struct stream *s, const struct request *request, const struct carrier *carrier, bool brief);
struct rules_stream stream_port(struct stream *s);
/* Send what still waits.  false: the other end is gone.  Wipes the buffer. */
bool stream_end(struct stream *s);

#endif
