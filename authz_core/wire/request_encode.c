/* SPDX-License-Identifier: ISC */
#include "wire/request.h"

#include "wire/fields.h"

static const struct field_spec specs[] = {
#define F(name, tag, kind, member) FIELD_SPEC(request, tag, kind, member)
	REQUEST_FIELDS(F)
#undef F
};

size_t request_encode(const struct request *r, unsigned char frame[FRAME_REQUEST_MAX])
{
	struct frame_writer w;

	frame_begin(&w, frame, FRAME_REQUEST_MAX, FRAME_REQUEST_MAGIC, r->operation, r->id);
	field_put_all(specs, REQUEST_FIELD_COUNT, r->has, r, &w);
	return frame_finish(&w);
}

bool request_set_string(struct request *r, enum request_field field, const char *value)
{
	const struct field_spec *spec = &specs[field];
	size_t length;

	if (value == NULL)
		return true;
	length = strnlen(value, spec->size);
	if (spec->kind != FIELD_KIND_STRING || length == spec->size)
		return false;
	memcpy((char *)r + spec->offset, value, length + 1);
	r->has |= UINT64_C(1) << field;
	return true;
}
