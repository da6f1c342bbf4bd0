/* SPDX-License-Identifier: ISC */
/* What may go to a terminal: helpers/authzctl/utf8.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../helpers/authzctl/utf8.c"

/* UTF-8 by the book, for points up to 10ffff. */
static size_t encode(uint32_t point, char text[5])
{
	static const unsigned char lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
	const size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	for (size_t i = length; i-- > 1; point >>= 6)
		text[i] = (char)(0x80 | (point & 0x3f));
	text[0] = (char)(length == 1 ? point : lead[length] | point);
	text[length] = '\0';
	return length;
}

static void every_point(void **state)
{
	char text[5];
	uint32_t point, got = 0;

	(void)state;
	for (point = 1; point <= 0x10ffff; point++) {
		const size_t length = encode(point, text);
		const size_t wanted = point >= 0xd800 && point <= 0xdfff ? 0 : length;

		if (utf8_next(text, &got) != wanted || (wanted > 0 && got != point))
			fail_msg("point %x", point);
		text[length - 1] = '\0';
		if (length > 1 && utf8_next(text, &got) != 0)
			fail_msg("point %x, a byte too few", point);
	}
}

static void wrong_bytes(void **state)
{
	static const char *const wrong[] = {"",         "\x80",         "\xbf",         "\xc0\x80",         "\xc1\xbf",
	                                    "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
	                                    "\xf5\x80\x80\x80", "\xff",     "\xc3(",        "\xe2\x82("};
	uint32_t point;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (utf8_next(wrong[i], &point) != 0)
			fail_msg("row %zu", i);
}

static void hidden_points(void **state)
{
	(void)state;
	for (uint32_t point = 0; point < 0xa0; point++)
		if (utf8_is_shown(point) != (point >= 0x20 && point < 0x7f))
			fail_msg("point %x", point);
	for (uint32_t point = 0x202a; point <= 0x202e; point++)
		assert_false(utf8_is_shown(point));
	for (uint32_t point = 0x2066; point <= 0x2069; point++)
		assert_false(utf8_is_shown(point));
	assert_false(utf8_is_shown(0xfeff));
	assert_true(utf8_is_shown(0xe9));
	assert_true(utf8_is_shown(0x4e2d));
	assert_true(utf8_is_shown(0x1f600));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every character is read as itself, surrogates and cut ones are none", every_point, NULL, NULL, NULL},
		{"longer forms than needed and stray bytes are no characters", wrong_bytes, NULL, NULL, NULL},
		{"controls and what turns the direction of writing round are not shown", hidden_points, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
