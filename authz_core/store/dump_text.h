/* SPDX-License-Identifier: ISC */
/*
 * The lines of a store's text form (doc/STORE).  A line is its text, a space, 16 hex digits and a newline.  The digits are
 * a SipHash-2-4 of the line's number and its text: of the first line with a constant key, of the others with a key that is
 * made of the first line.  So no line counts at another place, nor in another dump.
 */
#ifndef AUTHZ_STORE_DUMP_TEXT_H
#define AUTHZ_STORE_DUMP_TEXT_H

#include <sodium.h>

#include "store/record.h"

#define DUMP_MAGIC "authz-store"
#define DUMP_VERSION "1"
#define DUMP_AUTHORITY "authority"
#define DUMP_TOKENS "tokens"
#define DUMP_SUM 16 /* hex digits at the end of a line */
#define DUMP_ALL 32 /* bytes of BLAKE2b in the last line */
/* Each byte as four characters, two spaces, checksum, newline. */
#define DUMP_LINE_MAX (4 * (STORE_KEY_MAX + STORE_VALUE_MAX) + 2 + DUMP_SUM + 1)

/* A line; "number" stands before it for the checksum. */
struct dump_line {
	unsigned char number[8];
	char text[DUMP_LINE_MAX + 1];
	size_t length; /* of the text */
};

/* What is known of the lines before. */
struct dump_state {
	uint64_t lines;
	unsigned char key[crypto_shorthash_KEYBYTES];
	crypto_generichash_state all;
};

void dump_begin(struct dump_state *d);
/* Count the line and find its checksum, as hex digits and a NUL. */
void dump_sum(struct dump_state *d, struct dump_line *line, char sum[DUMP_SUM + 1]);
/* The line, with its checksum and newline, is in order: it counts for those behind it. */
void dump_take(struct dump_state *d, const struct dump_line *line);
void dump_all(struct dump_state *d, char hex[2 * DUMP_ALL + 1]);

/* Add bytes: printable ASCII as it is, anything else, space and backslash as \xNN. */
void dump_escape(struct dump_line *line, const unsigned char *bytes, size_t length);
/* The other way; only what dump_escape writes.  False: it is not that, or more than "most" bytes. */
bool dump_unescape(const char *text, size_t text_length, unsigned char *bytes, size_t most, size_t *length);

#endif
