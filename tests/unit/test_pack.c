/* SPDX-License-Identifier: ISC */
/* Records as bytes: rules/pack.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules/pack.h"

static void there_and_back(void **state)
{
	unsigned char bytes[64];
	struct pack p = {.at = bytes, .size = sizeof bytes};
	struct unpack u = {.at = bytes};
	char text[8];
	unsigned char raw[3];

	(void)state;
	pack_number(&p, 0x01, 1);
	pack_number(&p, 0xfffe, 2);
	pack_number(&p, 0x80000001u, 4);
	pack_number(&p, UINT64_MAX, 8);
	pack_string(&p, "alice");
	pack_string(&p, "");
	pack_bytes(&p, "xyz", 3);
	assert_false(p.bad);
	assert_int_equal(p.used, 1 + 2 + 4 + 8 + 6 + 1 + 3);
	u.left = p.used;
	assert_int_equal(unpack_number(&u, 1), 1);
	assert_int_equal(unpack_number(&u, 2), 0xfffe);
	assert_int_equal(unpack_number(&u, 4), 0x80000001u);
	assert_true(unpack_number(&u, 8) == UINT64_MAX);
	unpack_string(&u, text, sizeof text);
	assert_string_equal(text, "alice");
	unpack_string(&u, text, sizeof text);
	assert_string_equal(text, "");
	assert_false(unpack_done(&u));
	unpack_bytes(&u, raw, 3);
	assert_memory_equal(raw, "xyz", 3);
	assert_true(unpack_done(&u));
}

static void big_endian(void **state)
{
	unsigned char bytes[4];
	struct pack p = {.at = bytes, .size = sizeof bytes};

	(void)state;
	pack_number(&p, 0x01020304, 4);
	assert_memory_equal(bytes, "\1\2\3\4", 4);
}

static void too_little_room(void **state)
{
	unsigned char bytes[9];
	size_t size;

	(void)state;
	for (size = 0; size < 8; size++) {
		struct pack p = {.at = bytes, .size = size};

		memset(bytes, 0xee, sizeof bytes);
		pack_string(&p, "1234567");
		assert_true(p.bad);
		assert_true(p.used <= size);
		assert_int_equal(bytes[size], 0xee);
		pack_number(&p, 1, 1); /* what still would fit is not written behind a hole */
		assert_true(p.bad);
		assert_int_equal(bytes[size], 0xee);
	}
}

static void long_string(void **state)
{
	unsigned char bytes[300];
	char text[257];
	struct pack p = {.at = bytes, .size = sizeof bytes};

	(void)state;
	memset(text, 'a', 256);
	text[256] = '\0';
	pack_string(&p, text);
	assert_true(p.bad);
	assert_int_equal(p.used, 0);
	p.bad = false;
	text[255] = '\0';
	pack_string(&p, text);
	assert_false(p.bad);
	assert_int_equal(p.used, 256);
}

static void two_bytes_of_length(void **state)
{
	static char text[65537], there[65537];
	static unsigned char bytes[70000];
	struct pack p = {.at = bytes, .size = sizeof bytes};
	struct unpack u = {.at = bytes}, again;

	(void)state;
	memset(text, 'a', 65536);
	pack_long_string(&p, text);
	assert_true(p.bad);
	assert_int_equal(p.used, 0);
	p.bad = false;
	text[65535] = '\0';
	pack_long_string(&p, text);
	assert_false(p.bad);
	assert_int_equal(p.used, 65537);
	u.left = p.used;
	again = u;
	unpack_long_string(&u, there, 65536);
	assert_true(unpack_done(&u));
	assert_string_equal(there, text);
	unpack_long_string(&again, there, 65535);
	assert_true(again.bad);
	assert_string_equal(there, "");
}

static void runs_short(void **state)
{
	const unsigned char bytes[] = {5, 'a', 'b'};
	struct unpack u = {.at = bytes, .left = sizeof bytes};
	char text[8] = "before";
	unsigned char raw[4] = {1, 1, 1, 1};

	(void)state;
	unpack_string(&u, text, sizeof text);
	assert_true(u.bad);
	assert_string_equal(text, "");
	unpack_bytes(&u, raw, sizeof raw);
	assert_memory_equal(raw, "\0\0\0\0", 4);
	assert_int_equal(unpack_number(&u, 8), 0);
	assert_false(unpack_done(&u));
}

static void string_too_long_for_its_place(void **state)
{
	const unsigned char bytes[] = {4, 'a', 'b', 'c', 'd'};
	struct unpack u = {.at = bytes, .left = sizeof bytes};
	char text[5];

	(void)state;
	unpack_string(&u, text, 4);
	assert_true(u.bad);
	assert_string_equal(text, "");
	u = (struct unpack){.at = bytes, .left = sizeof bytes};
	unpack_string(&u, text, 5);
	assert_string_equal(text, "abcd");
	assert_true(unpack_done(&u));
}

static void left_over(void **state)
{
	struct unpack u = {.at = (const unsigned char *)"ab", .left = 2};

	(void)state;
	assert_int_equal(unpack_number(&u, 1), 'a');
	assert_false(unpack_done(&u));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"what was packed comes out again", there_and_back, NULL, NULL, NULL},
		{"numbers are big-endian", big_endian, NULL, NULL, NULL},
		{"a writer that overflows writes nothing more and says so", too_little_room, NULL, NULL, NULL},
		{"a string of 255 bytes fits, one of 256 does not", long_string, NULL, NULL, NULL},
		{"a long string of 65535 bytes fits, one of 65536 does not, nor one that is longer than its place", two_bytes_of_length, NULL,
		 NULL, NULL},
		{"a reader that runs short gives zeros and says so", runs_short, NULL, NULL, NULL},
		{"a string longer than its place is refused, not cut", string_too_long_for_its_place, NULL, NULL, NULL},
		{"bytes left over are noticed", left_over, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
