/* SPDX-License-Identifier: ISC */
/*
 * The client's only parser of what a helper answers: run inside login programs.
 *
 * MUST 1: only an answer to this request, of this operation, in this version, is an answer.
 * MUST 2: a result that is not in the table is no result.
 * MUST 3: nothing outside the frame is read, nothing outside the reply is written, for any bytes (fields.h).
 * MUST 4: a reply that is refused leaves nothing of itself in the caller's struct.
 */
#include "wire/reply.h"

#include "wire/fields.h"

static const struct field_spec specs[] = {
#define R(name, tag, kind, member) FIELD_SPEC(reply, tag, kind, member)
	REPLY_FIELDS(R)
#undef R
};

static bool result_known(int64_t result)
{
	switch (result) {
#define X(name, number, code, pam, exit, sentence) case number:
		AUTHZ_RESULTS(X)
#undef X
		return true;
	default:
		return false;
	}
}

/* Are the bytes of an entry whole items to the end?  Their contents are the reader's business. */
static bool items_whole(const struct frame_field *entry)
{
	size_t at = 0, item;

	while (entry->length - at >= 2) {
		item = (size_t)entry->bytes[at] << 8 | entry->bytes[at + 1];
		at += 2;
		if (item > entry->length - at)
			return false;
		at += item;
	}
	return at == entry->length;
}

static const char *decode_entries(struct frame_reader body)
{
	struct frame_field f;
	int more;

	while ((more = frame_next(&body, &f)) > 0) {
		if (f.tag != REPLY_ENTRY_TAG)
			return "a field stands after the entries";
		if (!items_whole(&f))
			return "an entry ends within an item";
	}
	return more < 0 ? "the body ends within a field" : NULL;
}

static const char *decode_body(struct reply *reply)
{
	struct frame_reader rest = reply->body;
	const char *reason;
	struct frame_field f;
	int more;

	while ((more = frame_next(&rest, &f)) > 0 && f.tag != REPLY_ENTRY_TAG) {
		reason = field_accept(specs, REPLY_FIELD_COUNT, &reply->has, reply, &f);
		if (reason != NULL)
			return reason;
		reply->body = rest;
	}
	if (more < 0)
		return "the body ends within a field";
	if (!(reply->has & UINT64_C(1) << REPLY_RESULT))
		return "there is no result";
	if (!result_known(reply->result))
		return "the result is not known";
	return decode_entries(reply->body);
}

static const char *decode_frame(struct reply *reply, const unsigned char *frame, size_t length, uint16_t operation,
                                uint64_t id)
{
	struct frame_header h;

	if (length < FRAME_HEADER)
		return "the header is not whole";
	frame_read_header(&h, frame);
	if (h.magic != FRAME_REPLY_MAGIC)
		return "it is no reply";
	if (h.version != FRAME_VERSION)
		return "the version is another";
	if (h.operation != operation)
		return "it answers another operation";
	if (h.id != id)
		return "it answers another request";
	if (length > FRAME_REPLY_MAX || h.length != length - FRAME_HEADER)
		return "the length is wrong";
	reply->body = (struct frame_reader){frame + FRAME_HEADER, h.length};
	return decode_body(reply);
}

const char *reply_decode(struct reply *reply, const unsigned char *frame, size_t length, uint16_t operation,
                         uint64_t id)
{
	const char *reason;

	memset(reply, 0, sizeof *reply);
	reason = decode_frame(reply, frame, length, operation, id);
	if (reason != NULL)
		explicit_bzero(reply, sizeof *reply);
	return reason;
}

bool reply_next_entry(struct reply *reply, struct frame_reader *items)
{
	struct frame_field f;

	if (frame_next(&reply->body, &f) != 1 || f.tag != REPLY_ENTRY_TAG)
		return false;
	*items = (struct frame_reader){f.bytes, f.length};
	return true;
}
