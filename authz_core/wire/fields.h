/* SPDX-License-Identifier: ISC */
/*
 * What the two encoders and the two decoders share: a row for each field of a message, and how one field goes between
 * a member of the message and a frame.  Private to this folder.
 *
 * MUST 1: a value that does not fit its member exactly is refused, never shortened.
 * MUST 2: a field that is there twice is refused.
 */
#ifndef AUTHZ_WIRE_FIELDS_H
#define AUTHZ_WIRE_FIELDS_H

#include <stddef.h>
#include <string.h>

#include "wire/frame.h"

enum field_kind { FIELD_KIND_STRING, FIELD_KIND_BYTES, FIELD_KIND_NUMBER, FIELD_KIND_BLOB };

struct field_spec {
	uint16_t tag;
	enum field_kind kind;
	size_t offset, size; /* of the member */
};

/* A row of such a table, from a row of the table of the message's header. */
#define FIELD_SPEC(type, tag, kind, member) \
	{tag, FIELD_KIND_##kind, offsetof(struct type, member), sizeof((struct type *)NULL)->member},

/* A BLOB member is a struct of bytes and, last and aligned, their number. */
#define FIELD_BLOB_ROOM(spec) ((spec)->size - sizeof(size_t))

static inline size_t field_blob_length(const struct field_spec *spec, const unsigned char *member)
{
	size_t length;

	memcpy(&length, member + FIELD_BLOB_ROOM(spec), sizeof length);
	return length;
}

static inline bool field_take_blob(const struct field_spec *spec, unsigned char *member, const struct frame_field *f)
{
	size_t length = f->length;

	if (length > FIELD_BLOB_ROOM(spec))
		return false;
	memcpy(member, f->bytes, length);
	memcpy(member + FIELD_BLOB_ROOM(spec), &length, sizeof length);
	return true;
}

/* From a frame into the message: false if the field has not the size, or the form, that its kind demands. */
static inline bool field_take(const struct field_spec *spec, void *message, const struct frame_field *f)
{
	unsigned char *member = (unsigned char *)message + spec->offset;
	int64_t number;

	switch (spec->kind) {
	case FIELD_KIND_STRING:
		return frame_string(f, (char *)member, spec->size);
	case FIELD_KIND_BYTES:
		if (f->length != spec->size)
			return false;
		memcpy(member, f->bytes, spec->size);
		return true;
	case FIELD_KIND_NUMBER:
		if (!frame_number(f, &number))
			return false;
		memcpy(member, &number, sizeof number);
		return true;
	case FIELD_KIND_BLOB:
		return field_take_blob(spec, member, f);
	}
	return false;
}

/* From the message into a frame.  What does not fit makes the frame "full". */
static inline void field_put(const struct field_spec *spec, const void *message, struct frame_writer *w)
{
	const unsigned char *member = (const unsigned char *)message + spec->offset;
	size_t length = spec->size;
	int64_t number;

	switch (spec->kind) {
	case FIELD_KIND_NUMBER:
		memcpy(&number, member, sizeof number);
		frame_put_number(w, spec->tag, number);
		return;
	case FIELD_KIND_STRING:
		length = strnlen((const char *)member, spec->size);
		if (length == spec->size)
			w->full = true;
		break;
	case FIELD_KIND_BLOB:
		length = field_blob_length(spec, member);
		if (length > FIELD_BLOB_ROOM(spec))
			w->full = true;
		break;
	case FIELD_KIND_BYTES:
		break;
	}
	if (!w->full)
		frame_put(w, spec->tag, member, length);
}

/* The row of a tag, or count. */
static inline size_t field_find(const struct field_spec *specs, size_t count, uint16_t tag)
{
	size_t i = 0;

	while (i < count && specs[i].tag != tag)
		i++;
	return i;
}

/* One field into the message: NULL, or what is wrong with it. */
static inline const char *field_accept(const struct field_spec *specs, size_t count, uint64_t *has, void *message,
                                       const struct frame_field *f)
{
	size_t i = field_find(specs, count, f->tag);

	if (i == count)
		return "a field is not known";
	if (*has & UINT64_C(1) << i)
		return "a field is there twice";
	if (!field_take(&specs[i], message, f))
		return "a field has the wrong size or form";
	*has |= UINT64_C(1) << i;
	return NULL;
}

static inline void field_put_all(const struct field_spec *specs, size_t count, uint64_t has, const void *message,
                                 struct frame_writer *w)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (has & UINT64_C(1) << i)
			field_put(&specs[i], message, w);
}

#endif
