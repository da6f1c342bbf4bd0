/* SPDX-License-Identifier: ISC */
/*
 * The helper's only parser of what a caller sends, run before anything is known of the caller.
 *
 * MUST 1: magic, version, operation and body length are checked before a byte of the body is looked at.
 * MUST 2: a field that the operation does not take is refused, as is a request that lacks one that it needs.
 * MUST 3: nothing outside the frame is read, nothing outside the request is written, for any bytes (fields.h).
 */
#include "wire/request.h"

#include "wire/fields.h"

static const struct field_spec specs[] = {
#define F(name, tag, kind, member) FIELD_SPEC(request, tag, kind, member)
	REQUEST_FIELDS(F)
#undef F
};

struct operation_spec {
	uint16_t number;
	uint64_t required, optional;
};

static const struct operation_spec operations[] = {
#define O(name, number, required, optional) {number, required, optional},
	OPERATIONS(O)
#undef O
};

static const struct operation_spec *find_operation(uint16_t number)
{
	size_t i;

	for (i = 0; i < sizeof operations / sizeof *operations; i++)
		if (operations[i].number == number)
			return &operations[i];
	return NULL;
}

static const char *decode_body(struct request *r, const struct operation_spec *operation, struct frame_reader body)
{
	const char *reason;
	struct frame_field f;
	int more;

	while ((more = frame_next(&body, &f)) > 0) {
		reason = field_accept(specs, REQUEST_FIELD_COUNT, &r->has, r, &f);
		if (reason != NULL)
			return reason;
	}
	if (more < 0)
		return "the body ends within a field";
	if (r->has & ~(operation->required | operation->optional))
		return "a field does not belong to the operation";
	if (operation->required & ~r->has)
		return "a field is missing";
	return NULL;
}

const char *request_decode(struct request *r, const unsigned char *frame, size_t length)
{
	const struct operation_spec *operation;
	struct frame_header h;

	memset(r, 0, sizeof *r);
	if (length < FRAME_HEADER)
		return "the header is not whole";
	frame_read_header(&h, frame);
	if (h.magic != FRAME_REQUEST_MAGIC)
		return "it is no request";
	r->id = h.id;
	r->operation = h.operation;
	if (h.version != FRAME_VERSION)
		return "the version is another";
	operation = find_operation(h.operation);
	if (operation == NULL)
		return "the operation is not known";
	if (length > FRAME_REQUEST_MAX || h.length != length - FRAME_HEADER)
		return "the length is wrong";
	return decode_body(r, operation, (struct frame_reader){frame + FRAME_HEADER, h.length});
}

size_t request_frame_length(const unsigned char header[FRAME_HEADER])
{
	struct frame_header h;

	frame_read_header(&h, header);
	if (h.magic != FRAME_REQUEST_MAGIC || h.version != FRAME_VERSION)
		return 0;
	if (h.length > FRAME_REQUEST_MAX - FRAME_HEADER)
		return 0;
	return FRAME_HEADER + h.length;
}
