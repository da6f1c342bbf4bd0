/* SPDX-License-Identifier: ISC */
/* The documents' characters: CHAR(10), ASCII or CCSID 37, and passwords in some CCSID. */
#ifndef AUTHZ_COMPAT_CHARS_H
#define AUTHZ_COMPAT_CHARS_H

#include <stdbool.h>
#include <stddef.h>

#include "authz.h"

#define CHARS_FIELD 10
#define CHARS_SECRET 513 /* a password of at most 512 bytes, and a NUL */

/* A CHAR(10) as a string.  False, and an empty one: NULL, empty, text behind a blank, a byte that is no character. */
bool chars_field(const char *field, char text[CHARS_FIELD + 1]);
/* The same for a user's name: in lower case if it was in CCSID 37. */
bool chars_name(const char *field, char name[CHARS_FIELD + 1]);
/* Both of a field of another size; "text" and "name" have room for that and a NUL. */
bool chars_text(const char *field, size_t size, char *text);
bool chars_name_of(const char *field, size_t size, char *name);
/* Is a field in CCSID 37?  How long is it without the blanks at its end? */
bool chars_ccsid37(const char *field, size_t size);
size_t chars_length(const char *field, size_t size);
/* *NOPWD, *NOPWDCHK, *NOPWDSTS; 0 if the CHAR(10) is none of them. */
enum authz_password chars_special(const char *field);
/* A digit of either, as ASCII has it; other bytes as they are. */
unsigned char chars_digit(char digit);

enum chars_fault { CHARS_GOOD, CHARS_BAD_PASSWORD, CHARS_BAD_LENGTH, CHARS_BAD_CCSID };
/* A password as a string; an empty one unless CHARS_GOOD. */
enum chars_fault chars_password(const char *password, int length, unsigned ccsid, char secret[CHARS_SECRET]);

#endif
