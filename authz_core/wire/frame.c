/* SPDX-License-Identifier: ISC */
#include "wire/frame.h"

#include <string.h>

static void put_be(unsigned char *to, uint64_t value, unsigned bytes)
{
	while (bytes-- > 0) {
		to[bytes] = (unsigned char)value;
		value >>= 8;
	}
}

static uint64_t get_be(const unsigned char *from, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | *from++;
	return value;
}

static unsigned char *reserve(struct frame_writer *w, size_t length)
{
	unsigned char *at;

	if (w->full || length > w->size - w->used) {
		w->full = true;
		return NULL;
	}
	at = w->data + w->used;
	w->used += length;
	return at;
}

void frame_begin(struct frame_writer *w, void *buffer, size_t size, uint32_t magic, uint16_t operation, uint64_t id)
{
	unsigned char *at;

	*w = (struct frame_writer){.data = buffer, .size = size};
	at = reserve(w, FRAME_HEADER);
	if (at == NULL)
		return;
	put_be(at, magic, 4);
	put_be(at + 4, FRAME_VERSION, 2);
	put_be(at + 6, operation, 2);
	put_be(at + 8, id, 8);
	put_be(at + 16, 0, 4);
}

void frame_put(struct frame_writer *w, uint16_t tag, const void *bytes, size_t length)
{
	unsigned char *at;

	if (length > UINT16_MAX) {
		w->full = true;
		return;
	}
	at = reserve(w, 4 + length);
	if (at == NULL)
		return;
	put_be(at, tag, 2);
	put_be(at + 2, length, 2);
	if (length > 0)
		memcpy(at + 4, bytes, length);
}

void frame_put_number(struct frame_writer *w, uint16_t tag, int64_t value)
{
	unsigned char bytes[8];

	put_be(bytes, (uint64_t)value, sizeof bytes);
	frame_put(w, tag, bytes, sizeof bytes);
}

void frame_set_length(unsigned char header[FRAME_HEADER], size_t length)
{
	put_be(header + 16, length, 4);
}

size_t frame_finish(struct frame_writer *w)
{
	if (w->full || w->used < FRAME_HEADER)
		return 0;
	frame_set_length(w->data, w->used - FRAME_HEADER);
	return w->used;
}

void frame_read_header(struct frame_header *h, const unsigned char *bytes)
{
	h->magic = (uint32_t)get_be(bytes, 4);
	h->version = (uint16_t)get_be(bytes + 4, 2);
	h->operation = (uint16_t)get_be(bytes + 6, 2);
	h->id = get_be(bytes + 8, 8);
	h->length = (uint32_t)get_be(bytes + 16, 4);
}

int frame_next(struct frame_reader *r, struct frame_field *f)
{
	if (r->left == 0)
		return 0;
	if (r->left < 4)
		return -1;
	f->tag = (uint16_t)get_be(r->data, 2);
	f->length = (uint16_t)get_be(r->data + 2, 2);
	if (f->length > r->left - 4)
		return -1;
	f->bytes = r->data + 4;
	r->data += 4 + (size_t)f->length;
	r->left -= 4 + (size_t)f->length;
	return 1;
}

bool frame_number(const struct frame_field *f, int64_t *value)
{
	if (f->length != 8)
		return false;
	*value = (int64_t)get_be(f->bytes, 8);
	return true;
}

bool frame_string(const struct frame_field *f, char *to, size_t size)
{
	if (f->length >= size || memchr(f->bytes, '\0', f->length) != NULL)
		return false;
	memcpy(to, f->bytes, f->length);
	to[f->length] = '\0';
	return true;
}

void frame_put_item(struct frame_writer *w, const char *text)
{
	size_t length = strlen(text);
	unsigned char *at;

	if (length > UINT16_MAX) {
		w->full = true;
		return;
	}
	at = reserve(w, 2 + length);
	if (at == NULL)
		return;
	put_be(at, length, 2);
	memcpy(at + 2, text, length);
}

bool frame_next_item(struct frame_reader *r, char *to, size_t size)
{
	struct frame_field item;

	if (r->left < 2)
		return false;
	item = (struct frame_field){.length = (uint16_t)get_be(r->data, 2), .bytes = r->data + 2};
	if (item.length > r->left - 2 || !frame_string(&item, to, size))
		return false;
	r->data += 2 + (size_t)item.length;
	r->left -= 2 + (size_t)item.length;
	return true;
}
