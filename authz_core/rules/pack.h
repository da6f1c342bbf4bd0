/* SPDX-License-Identifier: ISC */
/*
 * Records as bytes: big-endian numbers, and strings with one or two bytes of length.
 *
 * A writer that overflows, a reader that runs short, and a string that does not fit set "bad" and go on harmlessly;
 * the caller looks at it once, at the end.
 */
#ifndef AUTHZ_RULES_PACK_H
#define AUTHZ_RULES_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pack {
	unsigned char *at;
	size_t used, size;
	bool bad;
};

struct unpack {
	const unsigned char *at;
	size_t left;
	bool bad;
};

void pack_number(struct pack *p, uint64_t value, unsigned bytes);
void pack_bytes(struct pack *p, const void *from, size_t length);
void pack_string(struct pack *p, const char *text);
void pack_long_string(struct pack *p, const char *text); /* two bytes of length */

uint64_t unpack_number(struct unpack *u, unsigned bytes);
void unpack_bytes(struct unpack *u, void *to, size_t length);
void unpack_string(struct unpack *u, char *to, size_t size);
void unpack_long_string(struct unpack *u, char *to, size_t size);
/* Nothing was missing and nothing is left. */
bool unpack_done(const struct unpack *u);

#endif
