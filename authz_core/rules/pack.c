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

void pack_string(struct pack *p, const char *text)
{
	size_t length = strlen(text);

	if (length > UINT8_MAX) {
		p->bad = true;
		return;
	}
	pack_number(p, length, 1);
	pack_bytes(p, text, length);
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

void unpack_string(struct unpack *u, char *to, size_t size)
{
	size_t length = (size_t)unpack_number(u, 1);

	if (length >= size) {
		u->bad = true;
		length = 0;
	}
	unpack_bytes(u, to, length);
	to[length] = '\0';
}

bool unpack_done(const struct unpack *u)
{
	return !u->bad && u->left == 0;
}
