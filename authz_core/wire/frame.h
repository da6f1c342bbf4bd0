/* SPDX-License-Identifier: ISC */
/*
 * Frames: the outer form of every request and reply (doc/PROTOCOL).
 *
 *	magic 4 | version 2 | operation 2 | request id 8 | body length 4 | body
 *
 * The body is a run of fields, each: tag 2 | length 2 | bytes.  All numbers are big-endian; a number field is 8 bytes.
 * Requests and replies have different magics, so neither decoder takes the other's frames.
 */
#ifndef AUTHZ_WIRE_FRAME_H
#define AUTHZ_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_REQUEST_MAGIC 0x415a7251u /* "AZrQ" */
#define FRAME_REPLY_MAGIC   0x415a7250u /* "AZrP" */
#define FRAME_VERSION 1
#define FRAME_HEADER 20
#define FRAME_REQUEST_MAX 4096  /* header and body of a request */
#define FRAME_REPLY_MAX 65536   /* header and body of a reply */

struct frame_header {
	uint32_t magic;
	uint16_t version;
	uint16_t operation;
	uint64_t id;
	uint32_t length; /* of the body */
};

/* A buffer being written.  Once something did not fit, "full" is set and nothing more is written. */
struct frame_writer {
	unsigned char *data;
	size_t size, used;
	bool full;
};

/* A buffer being read. */
struct frame_reader {
	const unsigned char *data;
	size_t left;
};

struct frame_field {
	uint16_t tag;
	uint16_t length;
	const unsigned char *bytes; /* in the reader's buffer */
};

/* The header of a frame with operation and id; the length is filled in by frame_finish. */
void frame_begin(struct frame_writer *w, void *buffer, size_t size, uint32_t magic, uint16_t operation, uint64_t id);
void frame_put(struct frame_writer *w, uint16_t tag, const void *bytes, size_t length);
void frame_put_number(struct frame_writer *w, uint16_t tag, int64_t value);
/* The whole length of the frame, or 0 if something did not fit. */
size_t frame_finish(struct frame_writer *w);
/* The length of the body, which frame_finish does for a frame that is in one piece. */
void frame_set_length(unsigned char header[FRAME_HEADER], size_t length);

/* Read the FRAME_HEADER bytes at "bytes".  No check is made here: the decoders compare each member. */
void frame_read_header(struct frame_header *h, const unsigned char *bytes);
/* The next field: 1, 0 at the end, -1 if what is left is not a field. */
int frame_next(struct frame_reader *r, struct frame_field *f);
/* The number in a field: false unless it is exactly 8 bytes long. */
bool frame_number(const struct frame_field *f, int64_t *value);
/* Copy a field as a string of at most size - 1 bytes: false if it is too long or holds a NUL. */
bool frame_string(const struct frame_field *f, char *to, size_t size);

/* A string inside an entry field: length 2 | bytes.  Used for lists in replies. */
void frame_put_item(struct frame_writer *w, const char *text);
bool frame_next_item(struct frame_reader *r, char *to, size_t size);

#endif
