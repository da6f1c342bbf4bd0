/* SPDX-License-Identifier: ISC */
/*
 * Data frames: what goes between a request and its reply where an operation has more to say than fits a frame.
 *
 * A stream is data frames of at most STREAM_MAX bytes each, with the operation and id of the request.  From the helper
 * (STREAM_OUT) its reply ends it; from the client (STREAM_IN) an empty data frame does.
 */
#ifndef AUTHZ_WIRE_STREAM_H
#define AUTHZ_WIRE_STREAM_H

#include "wire/frame.h"

#define FRAME_DATA_MAGIC 0x415a7244u /* "AZrD" */
#define STREAM_MAX (FRAME_REPLY_MAX - FRAME_HEADER)
#define STREAM_SILENCE_MS 60000 /* the longest wait for the next frame of a stream, and for its reply */

enum stream_direction { STREAM_NONE, STREAM_OUT, STREAM_IN };

enum stream_direction stream_of(uint16_t operation);

/* The header of a data frame with "length" bytes behind it. */
void stream_header(unsigned char header[FRAME_HEADER], uint16_t operation, uint64_t id, size_t length);
/* Is this the header of a data frame of that operation and id?  If so, *length is what comes behind it. */
bool stream_accept(const struct frame_header *h, uint16_t operation, uint64_t id, size_t *length);

#endif
