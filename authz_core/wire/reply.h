/* SPDX-License-Identifier: ISC */
/*
 * Replies: what the helper answers (doc/PROTOCOL).
 *
 * The helper holds the writer alone, the client reply_decode alone.
 */
#ifndef AUTHZ_WIRE_REPLY_H
#define AUTHZ_WIRE_REPLY_H

#include <stdint.h>

#include "result.h"
#include "wire/frame.h"
#include "wire/request.h"

#define SUBJECT_SIZE 257 /* what "&1" stands for */

/* R(NAME, tag, kind, member) */
/* clang-format off */
#define REPLY_FIELDS(R) \
	R(RESULT,  1, NUMBER, result) \
	R(SUBJECT, 2, STRING, subject) \
	R(TOKEN,  10, BYTES,  token) \
	R(USER,   11, STRING, user)    /* name that the token stands for */ \
	R(UID,    12, NUMBER, uid) \
	R(SECONDS,13, NUMBER, seconds) /* that the token lives */ \
	R(TOKEN_ID,14, STRING, token_id) /* for logs: never usable as a token */ \
	R(COUNT,  15, NUMBER, count)   /* tokens that were removed */ \
	R(TOTAL,  16, NUMBER, total)   /* tokens that there are still */ \
	R(OVERRIDDEN,17,NUMBER,overridden) /* bits of what was overridden when the token was made: 1 disabled, 2 expired */ \
	R(ISN,    18, NUMBER, isn)     /* of a cabinet that was made, or a membership */ \
	R(GID,    19, NUMBER, gid)     /* of a shared cabinet that was made */ \
	R(MASTER, 20, STRING, master)  /* who enters in the place of USER */ \
	R(MASTER_UID,21,NUMBER,master_uid) \
	R(MASK,   30, NUMBER, mask)    /* bits of an authority */ \
	R(NUMBER, 31, NUMBER, number)  /* of an exit program that was registered */ \
	R(CURSOR, 40, BLOB,   cursor)  /* there is more; ask again with it */
/* clang-format on */
#define REPLY_ENTRY_TAG 41 /* a row of a list: items; may be there any number of times */

enum reply_field {
#define R(name, tag, kind, member) REPLY_##name,
	REPLY_FIELDS(R)
#undef R
	REPLY_FIELD_COUNT
};

struct reply {
	uint64_t has; /* bit of enum reply_field */
	int64_t result; /* enum authz_result */
	char subject[SUBJECT_SIZE];
	unsigned char token[TOKEN_SIZE];
	char user[NAME_SIZE];
	int64_t uid;
	int64_t seconds, count, total, overridden, isn, gid, master_uid, mask, number;
	char master[NAME_SIZE];
	char token_id[17];
	struct { unsigned char bytes[CURSOR_SIZE]; size_t length; } cursor;
	struct frame_reader body; /* of a decoded reply: where the entries are; points into the frame */
};

/* Helper side: the fields of "reply" that are in has, and RESULT always.  Entries are appended after it by reply_entry. */
void reply_begin(struct frame_writer *w, unsigned char frame[FRAME_REPLY_MAX], uint16_t operation, uint64_t id,
                 const struct reply *reply);

/* Helper side: is there room for an entry of "length" bytes, and put it. */
bool reply_entry(struct frame_writer *w, const struct frame_writer *items);

/*
 * Client side.  Decode a whole frame; NULL if every byte is of this protocol, answers request id and operation, and
 * carries a result that is in the table.  Otherwise what is wrong.  "frame" must live as long as entries are read.
 */
const char *reply_decode(struct reply *reply, const unsigned char *frame, size_t length, uint16_t operation, uint64_t id);

/* The next row of a list: true, with its items to be read by frame_next_item. */
bool reply_next_entry(struct reply *reply, struct frame_reader *items);

#endif
