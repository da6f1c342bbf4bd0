/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: neither direction branches on, or indexes memory by, a character of the token.
 * MUST 2: one token has one text: other lengths, other characters, and bits that no byte holds are refused.
 * MUST 3: what was refused leaves zeros.
 */
#include "wire/token_text.h"

#include <string.h>

#include "authz.h"

#define PREFIX_LENGTH (sizeof TOKEN_PREFIX - 1)
#define TEXT_LENGTH (AUTHZ_TOKEN_TEXT_SIZE - 1)
#define DIGITS (TEXT_LENGTH - PREFIX_LENGTH)

/* All ones if low <= c <= high, else 0, for values below 2^16. */
static unsigned between(unsigned c, unsigned low, unsigned high)
{
	return (((c - low) | (high - c)) >> 31) - 1;
}

/* 0 to 63 as a character of base64url. */
static char digit(unsigned value)
{
	unsigned c = 0;

	c |= between(value, 0, 25) & ('A' + value);
	c |= between(value, 26, 51) & ('a' + value - 26);
	c |= between(value, 52, 61) & ('0' + value - 52);
	c |= between(value, 62, 62) & '-';
	c |= between(value, 63, 63) & '_';
	return (char)c;
}

/* 0 to 63, or bit 8 set if it is no such character. */
static unsigned undigit(unsigned char character)
{
	unsigned c = character, value = 0, known = 0, mask;

	mask = between(c, 'A', 'Z');
	known |= mask;
	value |= mask & (c - 'A');
	mask = between(c, 'a', 'z');
	known |= mask;
	value |= mask & (c - 'a' + 26);
	mask = between(c, '0', '9');
	known |= mask;
	value |= mask & (c - '0' + 52);
	mask = between(c, '-', '-');
	known |= mask;
	value |= mask & 62;
	mask = between(c, '_', '_');
	known |= mask;
	value |= mask & 63;
	return value | (~known & 0x100);
}

void authz_token_to_text(const unsigned char token[AUTHZ_TOKEN_SIZE], char text[AUTHZ_TOKEN_TEXT_SIZE])
{
	unsigned bits = 0, held = 0;
	char *to = text + PREFIX_LENGTH;
	size_t i;

	memcpy(text, TOKEN_PREFIX, PREFIX_LENGTH);
	for (i = 0; i < AUTHZ_TOKEN_SIZE; i++) {
		bits = (bits << 8 | token[i]) & 0xffff;
		for (held += 8; held >= 6; held -= 6)
			*to++ = digit(bits >> (held - 6) & 63);
	}
	*to++ = digit(bits << (6 - held) & 63);
	*to = '\0';
}

/* The digits into the token: 0, or not 0 where one is wrong or the last one holds more than the token does. */
static unsigned from_digits(unsigned char token[AUTHZ_TOKEN_SIZE], const char *text)
{
	unsigned bits = 0, held = 0, wrong = 0, value;
	size_t i, used = 0;

	for (i = 0; i < DIGITS; i++) {
		value = undigit((unsigned char)text[i]);
		wrong |= value & 0x100;
		bits = (bits << 6 | (value & 63)) & 0xffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			token[used++] = (unsigned char)(bits >> held);
		}
	}
	return wrong | (bits & ((1u << held) - 1));
}

int authz_token_from_text(unsigned char token[AUTHZ_TOKEN_SIZE], const char *text)
{
	memset(token, 0, AUTHZ_TOKEN_SIZE);
	if (text == NULL || strnlen(text, TEXT_LENGTH + 1) != TEXT_LENGTH || !token_text_shaped(text))
		return -1;
	if (from_digits(token, text + PREFIX_LENGTH) == 0)
		return 0;
	explicit_bzero(token, AUTHZ_TOKEN_SIZE);
	return -1;
}

bool token_text_shaped(const char *text)
{
	return strncmp(text, TOKEN_PREFIX, PREFIX_LENGTH) == 0;
}
