/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is not of its form is refused, never shortened or guessed at.
 * MUST 2: a refused password leaves no bytes behind.
 */
#include "config.h"

#include "compat/chars.h"

#include <string.h>

#define CCSID_EBCDIC 37
#define CCSID_ASCII 367
#define CCSID_UTF8 1208
#define CCSID_HEX 65535
#define EBCDIC_BLANK 0x40

/* CCSID 37's characters in ISO 8859-1, whose numbers are Unicode's; 0: a control character. */
static const unsigned char ccsid37[256] = {
	[0x40] =
	0x20, 0xa0, 0xe2, 0xe4, 0xe0, 0xe1, 0xe3, 0xe5, 0xe7, 0xf1, 0xa2, 0x2e, 0x3c, 0x28, 0x2b, 0x7c, /* 40 */
	0x26, 0xe9, 0xea, 0xeb, 0xe8, 0xed, 0xee, 0xef, 0xec, 0xdf, 0x21, 0x24, 0x2a, 0x29, 0x3b, 0xac, /* 50 */
	0x2d, 0x2f, 0xc2, 0xc4, 0xc0, 0xc1, 0xc3, 0xc5, 0xc7, 0xd1, 0xa6, 0x2c, 0x25, 0x5f, 0x3e, 0x3f, /* 60 */
	0xf8, 0xc9, 0xca, 0xcb, 0xc8, 0xcd, 0xce, 0xcf, 0xcc, 0x60, 0x3a, 0x23, 0x40, 0x27, 0x3d, 0x22, /* 70 */
	0xd8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xab, 0xbb, 0xf0, 0xfd, 0xfe, 0xb1, /* 80 */
	0xb0, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xaa, 0xba, 0xe6, 0xb8, 0xc6, 0xa4, /* 90 */
	0xb5, 0x7e, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0xa1, 0xbf, 0xd0, 0xdd, 0xde, 0xae, /* a0 */
	0x5e, 0xa3, 0xa5, 0xb7, 0xa9, 0xa7, 0xb6, 0xbc, 0xbd, 0xbe, 0x5b, 0x5d, 0xaf, 0xa8, 0xb4, 0xd7, /* b0 */
	0x7b, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xad, 0xf4, 0xf6, 0xf2, 0xf3, 0xf5, /* c0 */
	0x7d, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0xb9, 0xfb, 0xfc, 0xf9, 0xfa, 0xff, /* d0 */
	0x5c, 0xf7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xb2, 0xd4, 0xd6, 0xd2, 0xd3, 0xd5, /* e0 */
	0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xb3, 0xdb, 0xdc, 0xd9, 0xda, 0,    /* f0 */
};

/* No letter or digit of CCSID 37 is below X'80', and no ASCII or Unix name has bytes above. */
bool chars_ccsid37(const char *field, size_t size)
{
	size_t i, blanks = 0;

	for (i = 0; i < size; i++) {
		if ((unsigned char)field[i] >= 0x80)
			return true;
		blanks += field[i] == EBCDIC_BLANK;
	}
	return blanks == size;
}

size_t chars_length(const char *field, size_t size)
{
	const char blank = chars_ccsid37(field, size) ? EBCDIC_BLANK : ' ';

	while (size > 0 && field[size - 1] == blank)
		size--;
	return size;
}

/* As ASCII; what that does not have is 0, as a control character is. */
static char to_ascii(char c, bool from37)
{
	unsigned char u = (unsigned char)c;

	if (from37)
		u = ccsid37[u];
	return u >= ' ' && u <= '~' ? (char)u : '\0';
}

static bool read_text(const char *field, size_t size, char *text, bool from37)
{
	size_t i, length;

	for (i = 0; i < size; i++) {
		text[i] = to_ascii(field[i], from37);
		if (text[i] == '\0')
			return false;
	}
	text[size] = '\0';
	length = strcspn(text, " ");
	if (length == 0 || strspn(text + length, " ") != size - length)
		return false;
	text[length] = '\0';
	return true;
}

bool chars_text(const char *field, size_t size, char *text)
{
	if (field != NULL && read_text(field, size, text, chars_ccsid37(field, size)))
		return true;
	memset(text, 0, size + 1);
	return false;
}

bool chars_field(const char *field, char text[CHARS_FIELD + 1])
{
	return chars_text(field, CHARS_FIELD, text);
}

/* A profile name of there, as a user's name of here. */
static bool fold(char *name)
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.$#@";
	char *c;

	for (c = name; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return name[strspn(name, characters)] == '\0';
}

bool chars_name_of(const char *field, size_t size, char *name)
{
	if (chars_text(field, size, name) && name[0] != '*' && (!chars_ccsid37(field, size) || fold(name)))
		return true;
	memset(name, 0, size + 1);
	return false;
}

bool chars_name(const char *field, char name[CHARS_FIELD + 1])
{
	return chars_name_of(field, CHARS_FIELD, name);
}

enum authz_password chars_special(const char *field)
{
	static const struct {
		const char *text;
		enum authz_password value;
	} values[] = {{"*NOPWD", AUTHZ_NOPWD}, {"*NOPWDCHK", AUTHZ_NOPWDCHK}, {"*NOPWDSTS", AUTHZ_NOPWDSTS}};
	enum authz_password value = (enum authz_password)0;
	char text[CHARS_FIELD + 1];
	size_t i;

	if (chars_field(field, text))
		for (i = 0; i < sizeof values / sizeof *values; i++)
			if (strcmp(text, values[i].text) == 0)
				value = values[i].value;
	explicit_bzero(text, sizeof text); /* it may be a password */
	return value;
}

unsigned char chars_digit(char digit)
{
	unsigned char u = (unsigned char)digit;

	return u >= 0xf0 && u <= 0xf9 ? ccsid37[u] : u;
}

static bool copy(const char *password, size_t length, char secret[CHARS_SECRET])
{
	memcpy(secret, password, length);
	secret[length] = '\0';
	return memchr(password, '\0', length) == NULL;
}

/* To UTF-8, which has two bytes for each character above ASCII. */
static bool convert(const char *password, size_t length, char secret[CHARS_SECRET])
{
	size_t i, used = 0;
	unsigned char u;

	for (i = 0; i < length; i++) {
		u = ccsid37[(unsigned char)password[i]];
		if (u == 0 || used + (u >= 0x80 ? 2 : 1) >= CHARS_SECRET)
			return false;
		if (u >= 0x80)
			secret[used++] = (char)(0xc0 | u >> 6);
		secret[used++] = (char)(u >= 0x80 ? 0x80 | (u & 0x3f) : u);
	}
	secret[used] = '\0';
	return true;
}

static enum chars_fault read_password(const char *password, int length, unsigned ccsid, char secret[CHARS_SECRET])
{
	bool good;

	if (password == NULL)
		return CHARS_BAD_PASSWORD;
	if (length < 1 || length >= CHARS_SECRET)
		return CHARS_BAD_LENGTH;
	switch (ccsid) {
	case CCSID_EBCDIC:
		good = convert(password, (size_t)length, secret);
		break;
	case 0:
	case (unsigned)-1:
	case CCSID_ASCII:
	case CCSID_UTF8:
	case CCSID_HEX:
		good = copy(password, (size_t)length, secret);
		break;
	default:
		return CHARS_BAD_CCSID;
	}
	return good && (length != CHARS_FIELD || chars_special(password) == 0) ? CHARS_GOOD : CHARS_BAD_PASSWORD;
}

enum chars_fault chars_password(const char *password, int length, unsigned ccsid, char secret[CHARS_SECRET])
{
	enum chars_fault fault;

	secret[0] = '\0';
	fault = read_password(password, length, ccsid, secret);
	if (fault != CHARS_GOOD)
		explicit_bzero(secret, CHARS_SECRET);
	return fault;
}
