/* SPDX-License-Identifier: ISC */
/*
 * Profiles of authorities: the name of one object, or a generic one (doc/AUTHORITY).
 *
 *	?    one character of a qualifier
 *	*    any run of them, none too; alone: one whole qualifier
 *	**   alone, and once: any number of whole qualifiers, none too
 *
 * Qualifiers are what periods part.
 *
 * MUST 1: of two profiles that differ one counts before the other, and the order has no circle.
 * MUST 2: no profile makes a comparison long: the work is at most the product of both lengths.
 */
#ifndef AUTHZ_RULES_AUTHORITY_PROFILE_H
#define AUTHZ_RULES_AUTHORITY_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * At most 48 bytes, at least one, no control character, no blank at either end, since a field of blanks (mqz(3)) cannot say it; "**"
 * only as a whole qualifier, and once.
 */
bool authority_profile_is_valid(const char *profile);
/* Has it a '?' or a '*'? */
bool authority_profile_is_generic(const char *profile);
/*
 * How long the text is that every name begins with that a valid generic profile matches: up to the first '?' or '*', without the
 * period before a "**", which may stand for nothing.
 */
size_t authority_profile_literal(const char *profile);
/* Both valid; the name is taken by its letters. */
bool authority_profile_matches(const char *profile, const char *name);
/*
 * Less than 0: "a" counts before "b".  Where they differ first from the left: a character before '?', before the end, before '*',
 * before "**" with the period before it; of two characters a period last, else the lesser.  A name counts before a generic profile.
 */
int authority_profile_compare(const char *a, const char *b);

#endif
