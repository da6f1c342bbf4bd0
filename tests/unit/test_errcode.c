/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compat/errcode.h"
#include "qusec.h"

#define ROOM 80
#define UNTOUCHED 0xee

/* A structure at an odd address, with a margin behind it. */
struct place {
	unsigned char odd, bytes[ROOM];
};

/* An int of it. */
static int number_at(const struct place *p, size_t at)
{
	int value;

	memcpy(&value, p->bytes + at, sizeof value);
	return value;
}

static void put(struct place *p, size_t at, int value)
{
	memcpy(p->bytes + at, &value, sizeof value);
}

static bool opened(struct errcode *e, struct place *p, int first, int second)
{
	memset(p, UNTOUCHED, sizeof *p);
	put(p, 0, first);
	put(p, 4, second);
	return errcode_open(e, p->bytes);
}

static void layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(Qus_EC_t), 16);
	assert_int_equal(offsetof(Qus_EC_t, Exception_Id), 8);
	assert_int_equal(sizeof(Qus_ERRC0200_t), 32);
	assert_int_equal(offsetof(Qus_ERRC0200_t, Exception_Id), 12);
	assert_int_equal(offsetof(Qus_ERRC0200_t, CCSID), 20);
}

static void no_room(void **state)
{
	static const int small[] = {0, 1, 4, 7, -2, -8, INT32_MIN};
	struct errcode e;
	struct place p;
	size_t i, at;

	(void)state;
	assert_false(errcode_open(&e, NULL));
	for (i = 0; i < sizeof small / sizeof *small; i++) {
		assert_false(opened(&e, &p, small[i], 1000));
		for (at = 8; at < ROOM; at++)
			assert_int_equal(p.bytes[at], UNTOUCHED);
		assert_false(opened(&e, &p, -1, small[i]));
	}
	assert_false(opened(&e, &p, -1, 11));
	assert_false(opened(&e, &p, -1, -1));
	assert_true(opened(&e, &p, 8, 0));
	assert_true(opened(&e, &p, -1, 12));
}

static void success(void **state)
{
	struct errcode e;
	struct place p, expected;
	int size;

	(void)state;
	for (size = 8; size < ROOM; size++) {
		assert_true(opened(&e, &p, size, 4711));
		expected = p;
		put(&expected, 4, 0);
		errcode_clear(&e);
		assert_memory_equal(&p, &expected, sizeof p);
	}
	for (size = 12; size < ROOM; size++) {
		assert_true(opened(&e, &p, -1, size));
		expected = p;
		put(&expected, 8, 0);
		errcode_clear(&e);
		assert_memory_equal(&p, &expected, sizeof p);
	}
}

/* The whole answer, of which a structure of "size" bytes has the beginning. */
static void whole_answer(struct place *whole, bool keyed, int size, const void *data, size_t length)
{
	const size_t head = keyed ? 32 : 16, id = keyed ? 12 : 8;

	memset(whole, 0, sizeof *whole);
	put(whole, 0, keyed ? -1 : size);
	if (keyed) {
		put(whole, 4, size);
		put(whole, 20, 1208);
		put(whole, 24, 32);
		put(whole, 28, (int)length);
	}
	put(whole, id - 4, (int)(head + length));
	memcpy(whole->bytes + id, "CPF22E3", 7);
	if (length > 0)
		memcpy(whole->bytes + head, data, length);
}

static void fits(bool keyed, int size, const void *data, size_t length)
{
	const size_t all = (keyed ? 32 : 16) + length, fit = (size_t)size < all ? (size_t)size : all;
	struct place p, whole;
	struct errcode e;
	size_t i;

	assert_true(keyed ? opened(&e, &p, -1, size) : opened(&e, &p, size, 4711));
	errcode_set(&e, "CPF22E3", data, length);
	whole_answer(&whole, keyed, size, data, length);
	assert_memory_equal(p.bytes, whole.bytes, fit);
	for (i = fit; i < ROOM; i++)
		assert_int_equal(p.bytes[i], UNTOUCHED);
	assert_int_equal(p.odd, UNTOUCHED);
}

static void failure(void **state)
{
	static const char data[] = "alice     01234567890123";
	int size;

	(void)state;
	for (size = 8; size <= ROOM; size++) {
		fits(false, size, data, 10);
		fits(false, size, data, 4);
		fits(false, size, data, ERRCODE_DATA_MAX);
		fits(false, size, NULL, 0);
	}
	for (size = 12; size <= ROOM; size++) {
		fits(true, size, data, 10);
		fits(true, size, data, ERRCODE_DATA_MAX);
		fits(true, size, NULL, 0);
	}
}

static void by_the_document(void **state)
{
	struct {
		Qus_EC_t ec;
		char data[10];
	} error = {.ec = {.Bytes_Provided = 26}};
	struct errcode e;

	(void)state;
	assert_true(errcode_open(&e, &error));
	errcode_set(&e, "CPF2204", "alice     ", 10);
	assert_int_equal(error.ec.Bytes_Provided, 26);
	assert_int_equal(error.ec.Bytes_Available, 26);
	assert_memory_equal(error.ec.Exception_Id, "CPF2204", 7);
	assert_int_equal(error.ec.Reserved, 0);
	assert_memory_equal(error.data, "alice     ", 10);
}

/* More than there ever is (the document's limit is 32783): nothing of it is touched. */
static void huge(void **state)
{
	struct place p;
	struct errcode e;

	(void)state;
	assert_true(opened(&e, &p, INT32_MAX, 0));
	errcode_set(&e, "CPF22E3", "alice     ", 10);
	assert_int_equal(number_at(&p, 4), 26);
	assert_int_equal(p.bytes[26], UNTOUCHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"both formats are laid out as the document has them", layout, NULL, NULL, NULL},
		{"bytes provided 0, negative or too few, or no structure, is no place for an answer", no_room, NULL, NULL, NULL},
		{"success is bytes available 0, and nothing else is written", success, NULL, NULL, NULL},
		{"a failure is cut to the bytes provided, and bytes available says the whole (errcode MUST 1)", failure, NULL, NULL, NULL},
		{"a program of the document finds id and data where it looks", by_the_document, NULL, NULL, NULL},
		{"more room than there is to say is no error", huge, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("errcode", tests, NULL, NULL);
}
