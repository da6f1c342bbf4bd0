/* SPDX-License-Identifier: ISC */
#include "wire/stream.h"

#include "wire/request.h"

enum stream_direction stream_of(uint16_t operation)
{
	switch (operation) {
	case OP_STORE_CHECK:
	case OP_STORE_DUMP:
	case OP_VIEW_CHECK:
	case OP_VIEW_REBUILD:
		return STREAM_OUT;
	case OP_STORE_LOAD:
	case OP_CABINET_LOAD:
	case OP_EXIT_CHECK:
		return STREAM_IN;
	default:
		return STREAM_NONE;
	}
}

void stream_header(unsigned char header[FRAME_HEADER], uint16_t operation, uint64_t id, size_t length)
{
	struct frame_writer w;

	frame_begin(&w, header, FRAME_HEADER, FRAME_DATA_MAGIC, operation, id);
	frame_set_length(header, length);
}

bool stream_accept(const struct frame_header *h, uint16_t operation, uint64_t id, size_t *length)
{
	*length = h->length;
	return h->magic == FRAME_DATA_MAGIC && h->version == FRAME_VERSION && h->operation == operation && h->id == id &&
	       h->length <= STREAM_MAX;
}
