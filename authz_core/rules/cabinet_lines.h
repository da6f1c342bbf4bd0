/* SPDX-License-Identifier: ISC */
/*
 * The input of a bulk load: lines of "cabinet,member,flag,profile,special", the last ones of which may be left out.
 *
 * Flag D takes the member away, with profile and special blank; nothing adds it.  An empty line, or one of a single period,
 * ends the input.  Blanks around a field, and a carriage return, count for nothing.
 */
#ifndef AUTHZ_RULES_CABINET_LINES_H
#define AUTHZ_RULES_CABINET_LINES_H

#include "rules/cabinet_member.h"
#include "rules/store_tools.h"

#define CABINET_LINES_HOST_BYTES (64u << 20)
#define CABINET_LINES_HOST_MAX 200000u
#define CABINET_LINES_USER_BYTES (4u << 20)
#define CABINET_LINES_USER_MAX 10000u /* so that the writer lock is held for a moment only */

struct cabinet_line {
	uint32_t number; /* from 1 */
	bool drop;
	enum cabinet_profile_type type;
	const char *cabinet, *member, *special; /* in the text */
	const struct cabinet_named *who, *from; /* whom member and special name; of cabinet_lines_ask */
	enum authz_result result; /* AUTHZ_OK: not refused yet */
	const char *subject;      /* of the result; in the text, or constant */
};

struct cabinet_lines {
	char *text;
	size_t length;
	struct cabinet_line *line;
	size_t count;
	struct cabinet_named *named; /* everybody who is named, once */
	size_t named_count;
	unsigned char sum[16]; /* of the text */
};

/*
 * All of the stream.  AUTHZ_BAD_PARAMETER: more than there may be; AUTHZ_LOAD_REFUSED: it broke off; AUTHZ_NO_MEMORY.
 * Free it in any case.
 */
enum authz_result cabinet_lines_read(struct rules *r, const struct rules_stream *stream, struct cabinet_lines *out);
/* Ask the host about each name, once; no lock is held.  Then lines that say the same pair again are refused. */
enum authz_result cabinet_lines_ask(struct rules *r, struct cabinet_lines *l);
void cabinet_lines_free(struct cabinet_lines *l);

#endif
