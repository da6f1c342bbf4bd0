/* SPDX-License-Identifier: ISC */
/* What is done to every byte of a group, of all lengths: summed, copied and looked at, pointed at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "noise.h"
#include "view/copy.h"
#include "view/format.h"
#include "view/view.h"

#define NAME AUTHZ_GROUP_PREFIX "x"

static uint64_t noise = 4711;

/* ---- sums */

static void fill(unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		bytes[i] = (unsigned char)noise_next(&noise);
}

static uint64_t sum_here(const void *bytes, uint64_t length)
{
	const uint64_t sum = view_sum(bytes, length, 5);

	/* as other processors have it */
	assert_true(view_sum_large(bytes, length, 5) == sum);
	return sum;
}

static void every_change(void **state)
{
	const size_t length = VIEW_ROW * 150;
	unsigned char *bytes = malloc(length);
	uint64_t sum;
	size_t at;
	int change;

	(void)state;
	fill(bytes, length);
	sum = sum_here(bytes, length);
	for (at = 0; at < length; at++)
		for (change = 1; change < 256; change += at < VIEW_ROW * 2 ? 1 : 17) {
			bytes[at] ^= (unsigned char)change;
			assert_true(sum_here(bytes, length) != sum);
			bytes[at] ^= (unsigned char)change;
		}
	free(bytes);
}

/* Words, halves of words and rows that change places, and pieces that are lost or are zeros. */
static void moved(void **state)
{
	static const size_t units[] = {1, 2, 4, 8, 16, VIEW_ROW, VIEW_ROW * 3};
	const size_t length = VIEW_ROW * 40;
	unsigned char bytes[VIEW_ROW * 40], kept[VIEW_ROW * 40], piece[VIEW_ROW * 3];
	size_t round, unit, one, other;
	uint64_t sum;

	(void)state;
	fill(kept, length);
	sum = sum_here(kept, length);
	for (round = 0; round < 20000; round++) {
		unit = units[noise_below(&noise, 7)];
		one = noise_below(&noise, (unsigned)(length / unit)) * unit;
		other = noise_below(&noise, (unsigned)(length / unit)) * unit;
		memcpy(bytes, kept, length);
		memcpy(piece, bytes + one, unit);
		memcpy(bytes + one, bytes + other, unit);
		memcpy(bytes + other, piece, unit);
		assert_true((sum_here(bytes, length) == sum) == (memcmp(bytes, kept, length) == 0));
		memset(bytes + one, 0, unit);
		assert_true((sum_here(bytes, length) == sum) == (memcmp(bytes, kept, length) == 0));
	}
}

static void lengths(void **state)
{
	unsigned char zeros[VIEW_ROW * 8] = {0};
	size_t length;

	(void)state;
	for (length = 0; length < sizeof zeros; length += VIEW_ROW)
		assert_true(sum_here(zeros, length) != sum_here(zeros, length + VIEW_ROW));
}

/* All that one byte of a place can add, in all places that it can have in a word. */
static void place_sums(void **state)
{
	static const uint64_t factors[] = {VIEW_OF_RECORD, VIEW_OF_KEY, VIEW_OF_NUMBER};
	uint64_t change, added;
	unsigned shift, i;

	(void)state;
	for (i = 0; i < 3; i++)
		for (shift = 0; shift < 64; shift += 8)
			for (change = 1; change < 256; change++) {
				added = (change << shift) * factors[i];
				assert_true(added >= UINT64_C(1) << 32 && -added >= UINT64_C(1) << 32);
			}
}

/* ---- text */

/* A group's name, and members' names up to this length; between bytes that must not change. */
static void try_copy(size_t length, size_t at, unsigned char byte)
{
	char *text = malloc(length), *copy = malloc(length + 2);
	bool right;

	memset(text, 'a', length);
	memcpy(text, NAME, sizeof NAME);
	text[length - 1] = '\0';
	if (at < length)
		text[at] = (char)byte;
	right = view_name_fits(text) && view_names_fit(text, length) && text[length - 1] == '\0';
	copy[0] = copy[length + 1] = 'Z';
	assert_int_equal(view_copy(copy + 1, text, length), right);
	assert_memory_equal(copy + 1, text, length);
	assert_true(copy[0] == 'Z' && copy[length + 1] == 'Z');
	free(text);
	free(copy);
}

static void texts(void **state)
{
	size_t length, at;
	unsigned byte;

	(void)state;
	for (length = sizeof NAME; length < 100; length++)
		for (at = sizeof NAME; at <= length; at++)
			for (byte = 0; byte < 256; byte += at % 16 == 3 ? 1 : 13)
				try_copy(length, at, (unsigned char)byte);
	for (length = VIEW_LARGE - 40; length < VIEW_LARGE + 40; length++)
		for (at = sizeof NAME; at <= length; at += 1 + noise_below(&noise, 60))
			for (byte = ','; byte < 128; byte += ':' - ',')
				try_copy(length, at, (unsigned char)byte);
	assert_false(view_copy(NULL, NULL, 0));
}

/* ---- names */

static void try_point(uint32_t count, uint32_t wrong, uint32_t length)
{
	uint32_t *starts = calloc(count + 1, sizeof *starts), i;
	char **names = malloc((count + 1) * sizeof *names), *copy = malloc(length);

	for (i = 0; i < count; i++)
		starts[i] = noise_below(&noise, length);
	assert_true(view_point(names, starts, count, copy, length));
	for (i = 0; i < count; i++)
		assert_ptr_equal(names[i], copy + starts[i]);
	if (wrong < count) {
		static const uint32_t more[] = {0, 1, 0x7fffffff, 0x80000000};

		i = more[noise_below(&noise, 4)];
		starts[wrong] = i < UINT32_MAX - length ? length + i : UINT32_MAX;
		assert_false(view_point(names, starts, count, copy, length));
	}
	free(starts);
	free(names);
	free(copy);
}

static void pointers(void **state)
{
	uint32_t count, wrong;

	(void)state;
	for (count = 0; count < 40; count++)
		for (wrong = 0; wrong <= count; wrong++)
			try_point(count, wrong, 1 + noise_below(&noise, 100));
	for (count = VIEW_LARGE / 4 - 5; count < VIEW_LARGE / 4 + 5; count++)
		for (wrong = 0; wrong <= count; wrong += 1 + noise_below(&noise, 20))
			try_point(count, wrong, 1 + noise_below(&noise, 9000));
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a sum says whether any one byte was changed, on any processor (view MUST 3)", every_change),
		ROW("what changes places in a record, or is zeros, changes its sum", moved),
		ROW("zeros more or less change it, too", lengths),
		ROW("one byte changed in a place changes its sum, wherever and whatever it is (view MUST 3)", place_sums),
		ROW("a text of any length is copied whole, and a bad byte is seen anywhere in it (view MUST 5)", texts),
		ROW("any number of names is pointed at, and one that would begin outside the copy is seen (view MUST 5)", pointers),
	};

	return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
