/* SPDX-License-Identifier: ISC */
/*
 * The words of authorities: types of objects, bits, keywords, and which type takes what (doc/AUTHORITY).
 *
 * Bits and keywords are the published ones (MQZAO_…, setmqaut), but for "use" and "objmgt", which are the first two of our own
 * types, and these have no others.  Both sides of the protocol hold this.
 */
#ifndef AUTHZ_WIRE_AUTHORITY_WORD_H
#define AUTHZ_WIRE_AUTHORITY_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTHORITY_USE    0x1u /* of profile, service, command, host */
#define AUTHORITY_OBJMGT 0x2u /* of profile */
#define TYPE_PROFILE "profile"

#define AUTHORITY_WORDS_SIZE 256 /* room for all words of a mask */

/* The types, 0, 1, 2, …; NULL: there are no more. */
const char *authority_type_at(size_t number);
/* The type that a word means: its name, or what setmqaut calls it too ("q", "prcs", "nl", "chl").  NULL: none. */
const char *authority_type_named(const char *word);
/* All bits that a type takes; 0: there is no such type. */
uint32_t authority_takes(const char *type);
/*
 * The bits of a keyword for this type: "get"; or "allmqi", "alladm", "all", those of it that the type takes; or "none", no bit.
 * false: there is no such keyword, or the type does not take it.
 */
bool authority_bits(const char *type, const char *word, uint32_t *bits);
/* The keyword of one bit; NULL: the type has none. */
const char *authority_word(const char *type, uint32_t bit);
/* The keywords of a mask, a blank between them; "none" if it is 0. */
void authority_words(const char *type, uint32_t mask, char text[AUTHORITY_WORDS_SIZE]);

#endif
