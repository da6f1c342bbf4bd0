/* SPDX-License-Identifier: ISC */
#include "rules/pack.h"

#include <string.h>

void pack_bytes(struct pack *p, const void *from, size_t length)
{
	if (p->bad || length > p->size - p->used) {
		p->bad = true;
		return;
	}
	if (length > 0)
		memcpy(p->at + p->used, from, length);
	p->used += length;
}

void pack_number(struct pack *p, uint64_t value, unsigned bytes)
{
	unsigned char number[8];
	unsigned i;

	for (i = bytes; i-- > 0; value >>= 8)
		number[i] = (unsigned char)value;
	pack_bytes(p, number, bytes);
}

static void pack_text(struct pack *p, const char *text, unsigned bytes, size_t most)
{
	const size_t length = strlen(text);

	if (length > most) {
		p->bad = true;
		return;
	}
	pack_number(p, length, bytes);
	pack_bytes(p, text, length);
}

void pack_string(struct pack *p, const char *text)
{
	pack_text(p, text, 1, UINT8_MAX);
}

void pack_long_string(struct pack *p, const char *text)
{
	pack_text(p, text, 2, UINT16_MAX);
}

void unpack_bytes(struct unpack *u, void *to, size_t length)
{
	if (u->bad || length > u->left) {
		u->bad = true;
		memset(to, 0, length);
		return;
	}
	memcpy(to, u->at, length);
	u->at += length;
	u->left -= length;
}

uint64_t unpack_number(struct unpack *u, unsigned bytes)
{
	unsigned char number[8];
	uint64_t value = 0;
	unsigned i;

	unpack_bytes(u, number, bytes);
	for (i = 0; i < bytes; i++)
		value = value << 8 | number[i];
	return value;
}

static void unpack_text(struct unpack *u, char *to, size_t size, unsigned bytes)
{
	size_t length = (size_t)unpack_number(u, bytes);

	if (length >= size) {
		u->bad = true;
		length = 0;
	}
	unpack_bytes(u, to, length);
	to[length] = '\0';
}

void unpack_string(struct unpack *u, char *to, size_t size)
{
	unpack_text(u, to, size, 1);
}

void unpack_long_string(struct unpack *u, char *to, size_t size)
{
	unpack_text(u, to, size, 2);
}

bool unpack_done(const struct unpack *u)
{
	return !u->bad && u->left == 0;
}
