/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/frame.h"

static const unsigned char whole[] = {
	0x41, 0x5a, 0x72, 0x51, 0, 1, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 17, /* header */
	0, 10, 0, 1, 'a',                                                         /* field 10 */
	0, 12, 0, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,              /* field 12: -2 */
};

static size_t write_whole(unsigned char *buffer, size_t size)
{
	struct frame_writer w;

	frame_begin(&w, buffer, size, FRAME_REQUEST_MAGIC, 12, 0x0102030405060708);
	frame_put(&w, 10, "a", 1);
	frame_put_number(&w, 12, -2);
	return frame_finish(&w);
}

static void frame_has_its_bytes(void **state)
{
	unsigned char buffer[sizeof whole];

	(void)state;
	assert_int_equal(write_whole(buffer, sizeof buffer), sizeof whole);
	assert_memory_equal(buffer, whole, sizeof whole);
}

static void no_room(void **state)
{
	unsigned char buffer[sizeof whole + 1];
	size_t size;

	(void)state;
	for (size = 0; size < sizeof whole; size++) {
		memset(buffer, 0x77, sizeof buffer);
		assert_int_equal(write_whole(buffer, size), 0);
		assert_int_equal(buffer[size], 0x77);
	}
}

static void long_field(void **state)
{
	static unsigned char buffer[70000], bytes[65536];
	struct frame_writer w;

	(void)state;
	frame_begin(&w, buffer, sizeof buffer, FRAME_REPLY_MAGIC, 1, 1);
	frame_put(&w, 1, bytes, 65535);
	assert_false(w.full);
	frame_begin(&w, buffer, sizeof buffer, FRAME_REPLY_MAGIC, 1, 1);
	frame_put(&w, 1, bytes, 65536);
	assert_int_equal(frame_finish(&w), 0);
}

static void header_is_read(void **state)
{
	struct frame_header h;

	(void)state;
	frame_read_header(&h, whole);
	assert_int_equal(h.magic, FRAME_REQUEST_MAGIC);
	assert_int_equal(h.version, 1);
	assert_int_equal(h.operation, 12);
	assert_true(h.id == 0x0102030405060708);
	assert_int_equal(h.length, 17);
}

static void fields_are_read(void **state)
{
	struct frame_reader r = {whole + FRAME_HEADER, 17};
	struct frame_field f;
	int64_t number;

	(void)state;
	assert_int_equal(frame_next(&r, &f), 1);
	assert_int_equal(f.tag, 10);
	assert_int_equal(f.length, 1);
	assert_int_equal(*f.bytes, 'a');
	assert_false(frame_number(&f, &number));
	assert_int_equal(frame_next(&r, &f), 1);
	assert_true(frame_number(&f, &number));
	assert_true(number == -2);
	assert_int_equal(frame_next(&r, &f), 0);
}

static void body_cut(void **state)
{
	struct frame_reader r;
	struct frame_field f;
	size_t length;
	int more;

	(void)state;
	for (length = 1; length < 17; length++) {
		r = (struct frame_reader){whole + FRAME_HEADER, length};
		do
			more = frame_next(&r, &f);
		while (more > 0);
		assert_int_equal(more, length == 5 ? 0 : -1);
	}
}

static void strings(void **state)
{
	struct frame_field f = {.length = 3, .bytes = (const unsigned char *)"abc"};
	char to[4] = "zzz";

	(void)state;
	assert_false(frame_string(&f, to, 3));
	assert_string_equal(to, "zzz");
	assert_true(frame_string(&f, to, 4));
	assert_string_equal(to, "abc");
	f.bytes = (const unsigned char *)"a\0c";
	assert_false(frame_string(&f, to, 4));
	f.length = 0;
	assert_true(frame_string(&f, to, 1));
	assert_string_equal(to, "");
	assert_false(frame_string(&f, to, 0));
}

static void items(void **state)
{
	unsigned char buffer[9];
	struct frame_writer w = {.data = buffer, .size = sizeof buffer};
	struct frame_reader r;
	char to[8];

	(void)state;
	frame_put_item(&w, "abc");
	frame_put_item(&w, "de");
	assert_false(w.full);
	frame_put_item(&w, "");
	assert_true(w.full);
	r = (struct frame_reader){buffer, w.used};
	assert_true(frame_next_item(&r, to, sizeof to));
	assert_string_equal(to, "abc");
	assert_false(frame_next_item(&r, to, 2));
	assert_true(frame_next_item(&r, to, 3));
	assert_string_equal(to, "de");
	assert_false(frame_next_item(&r, to, sizeof to));
	r = (struct frame_reader){buffer, 4};
	assert_false(frame_next_item(&r, to, sizeof to));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a frame is, byte for byte, what doc/PROTOCOL says", frame_has_its_bytes, NULL, NULL, NULL},
		{"a frame that does not fit its buffer is none, and nothing is written behind the buffer", no_room, NULL, NULL, NULL},
		{"a field of 65536 bytes is none", long_field, NULL, NULL, NULL},
		{"a header is read back", header_is_read, NULL, NULL, NULL},
		{"fields and numbers are read back", fields_are_read, NULL, NULL, NULL},
		{"a body that is cut anywhere but between fields is noticed", body_cut, NULL, NULL, NULL},
		{"a string that is too long, or has a NUL in it, is refused", strings, NULL, NULL, NULL},
		{"items of an entry are read back, and end where the entry does", items, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
