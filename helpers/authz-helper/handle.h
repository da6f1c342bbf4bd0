/* SPDX-License-Identifier: ISC */
/* The frame of a request to the frame of its reply: the same for the child and for each thread of the service. */
#ifndef AUTHZ_HELPER_HANDLE_H
#define AUTHZ_HELPER_HANDLE_H

#include "dispatch.h"
#include "stream.h"

struct handler {
	struct desk desk;
	struct request request;
	struct answer answer;
	struct stream stream; /* of an operation that has one */
	unsigned char reply[FRAME_REPLY_MAX]; /* the last reply, until handle_forget */
	size_t replied;                       /* bytes of it that were written */
};

/* AUTHZ_OK: carry it out.  Else every whole request gets this for an answer. */
struct refusal {
	enum authz_result result;
	const char *subject;
};

/*
 * "carrier" is for the operations that stream.
 * "frame" holds a whole frame, as its header says.  The length of the reply; 0 where none can be made.
 * handle_forget() wipes what was asked and answered.
 */
size_t handle(struct handler *h, const struct identity *id, const struct refusal *refusal, const struct carrier *carrier,
              const unsigned char *frame, size_t length);
void handle_forget(struct handler *h);

#endif
