/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is refused beforehand is not carried out, and what is no request neither.
 * MUST 2: of request and reply nothing stays behind in memory.
 * MUST 3: nobody but the host is streamed with, which may wait, while others could make it wait; but for CABINET_LOAD and
 *         EXIT_CHECK, whose stream is a brief one where others ask.
 */
#include "handle.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "wire/reply.h"
#include "wire/request.h"

static void refuse(struct answer *answer, enum authz_result result, const char *subject)
{
	answer->reply.result = result;
	answer->reply.has = 1u << REPLY_SUBJECT;
	snprintf(answer->reply.subject, sizeof answer->reply.subject, "%s", subject);
}

static size_t encode(struct handler *h)
{
	struct frame_writer w;

	reply_begin(&w, h->reply, h->request.operation, h->request.id, &h->answer.reply);
	if (!w.full && h->answer.rows.used <= w.size - w.used) {
		memcpy(w.data + w.used, h->answer.rows.data, h->answer.rows.used);
		w.used += h->answer.rows.used;
	}
	h->replied = w.used;
	return frame_finish(&w);
}

/* MUST 3: what others ask without a stream is refused by the rules before they would use it. */
static bool has_stream(const struct request *q, const struct identity *id)
{
	const bool anybody = q->operation == OP_CABINET_LOAD || q->operation == OP_EXIT_CHECK;

	return stream_of(q->operation) != STREAM_NONE && (identity_is_host(id) || anybody);
}

static void carry_out(struct handler *h, const struct identity *id, const struct carrier *carrier)
{
	struct rules_stream port;

	if (!has_stream(&h->request, id)) {
		dispatch(&h->desk, id, &h->request, NULL, &h->answer);
		return;
	}
	stream_begin(&h->stream, &h->request, carrier, !identity_is_host(id));
	port = stream_port(&h->stream);
	dispatch(&h->desk, id, &h->request, &port, &h->answer);
	(void)stream_end(&h->stream); /* if nobody is there any more, the reply goes nowhere too */
}

size_t handle(struct handler *h, const struct identity *id, const struct refusal *refusal, const struct carrier *carrier,
              const unsigned char *frame, size_t length)
{
	const char *fault = request_decode(&h->request, frame, length);

	answer_init(&h->answer);
	if (refusal->result != AUTHZ_OK)
		refuse(&h->answer, refusal->result, refusal->subject);
	else if (fault != NULL)
		refuse(&h->answer, AUTHZ_BAD_REQUEST, fault);
	else
		carry_out(h, id, carrier);
	return encode(h);
}

/* What was written, and no more: most replies are short, and the room for them is not. */
void handle_forget(struct handler *h)
{
	sodium_memzero(&h->request, sizeof h->request);
	sodium_memzero(&h->answer.reply, sizeof h->answer.reply);
	answer_drop_rows(&h->answer);
	sodium_memzero(h->reply, h->replied);
}
