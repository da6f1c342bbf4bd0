/* SPDX-License-Identifier: ISC */
#include "store/dump_text.h"

#include <string.h>

static const unsigned char first_key[crypto_shorthash_KEYBYTES] = "authz: dump one";
static const char digits[] = "0123456789abcdef";

void dump_begin(struct dump_state *d)
{
	d->lines = 0;
	memcpy(d->key, first_key, sizeof d->key);
	crypto_generichash_init(&d->all, NULL, 0, DUMP_ALL);
}

void dump_sum(struct dump_state *d, struct dump_line *line, char sum[DUMP_SUM + 1])
{
	unsigned char hash[crypto_shorthash_BYTES];
	size_t i;

	d->lines++;
	for (i = 0; i < sizeof line->number; i++)
		line->number[i] = (unsigned char)(d->lines >> (8 * i));
	crypto_shorthash(hash, line->number, sizeof line->number + line->length, d->key);
	sodium_bin2hex(sum, DUMP_SUM + 1, hash, sizeof hash);
}

void dump_take(struct dump_state *d, const struct dump_line *line)
{
	const unsigned char *text = (const unsigned char *)line->text;

	crypto_generichash_update(&d->all, text, line->length);
	if (d->lines == 1)
		crypto_generichash(d->key, sizeof d->key, text, line->length, NULL, 0);
}

void dump_all(struct dump_state *d, char hex[2 * DUMP_ALL + 1])
{
	crypto_generichash_state copy = d->all;
	unsigned char all[DUMP_ALL];

	crypto_generichash_final(&copy, all, sizeof all);
	sodium_bin2hex(hex, 2 * DUMP_ALL + 1, all, sizeof all);
}

static bool plain(unsigned char byte)
{
	return byte > ' ' && byte < 0x7F && byte != '\\';
}

void dump_escape(struct dump_line *line, const unsigned char *bytes, size_t length)
{
	char *to = line->text + line->length;

	for (; length > 0; length--, bytes++) {
		if (plain(*bytes)) {
			*to++ = (char)*bytes;
			continue;
		}
		*to++ = '\\';
		*to++ = 'x';
		*to++ = digits[*bytes >> 4];
		*to++ = digits[*bytes & 15];
	}
	line->length = (size_t)(to - line->text);
}

static int digit(char c)
{
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

static bool unescape_one(const char *text, size_t left, unsigned char *byte)
{
	int high, low;

	if (left < 4 || text[1] != 'x')
		return false;
	high = digit(text[2]);
	low = digit(text[3]);
	if (high < 0 || low < 0)
		return false;
	*byte = (unsigned char)(high << 4 | low);
	return !plain(*byte);
}

bool dump_unescape(const char *text, size_t text_length, unsigned char *bytes, size_t most, size_t *length)
{
	size_t at = 0;

	for (*length = 0; at < text_length; ++*length) {
		if (*length == most)
			return false;
		if (plain((unsigned char)text[at])) {
			bytes[*length] = (unsigned char)text[at++];
		} else if (text[at] == '\\' && unescape_one(text + at, text_length - at, &bytes[*length])) {
			at += 4;
		} else {
			return false;
		}
	}
	return true;
}
