/* SPDX-License-Identifier: ISC */
#include "wire/reply.h"

#include "wire/fields.h"

static const struct field_spec specs[] = {
#define R(name, tag, kind, member) FIELD_SPEC(reply, tag, kind, member)
	REPLY_FIELDS(R)
#undef R
};

void reply_begin(struct frame_writer *w, unsigned char frame[FRAME_REPLY_MAX], uint16_t operation, uint64_t id,
                 const struct reply *reply)
{
	frame_begin(w, frame, FRAME_REPLY_MAX, FRAME_REPLY_MAGIC, operation, id);
	field_put_all(specs, REPLY_FIELD_COUNT, reply->has | UINT64_C(1) << REPLY_RESULT, reply, w);
}

bool reply_entry(struct frame_writer *w, const struct frame_writer *items)
{
	if (w->full || items->full || items->used > UINT16_MAX || items->used + 4 > w->size - w->used)
		return false;
	frame_put(w, REPLY_ENTRY_TAG, items->data, items->used);
	return true;
}
