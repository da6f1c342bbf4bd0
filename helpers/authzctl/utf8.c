/* SPDX-License-Identifier: ISC */
#include "utf8.h"

size_t utf8_next(const char *text, uint32_t *point)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *at = (const unsigned char *)text;
	size_t length;

	if (at[0] < 0x80) {
		*point = at[0];
		return at[0] == 0 ? 0 : 1;
	}
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	*point = at[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (at[i] & 0x3fu);
	}
	if (*point < least[length] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return length;
}

bool utf8_is_shown(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0, 0x1f},           {0x7f, 0x9f},         {0x61c, 0x61c},  {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f},    {0xfe00, 0xfe0f},     {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return false;
	return true;
}
