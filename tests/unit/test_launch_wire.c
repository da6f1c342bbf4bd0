/* SPDX-License-Identifier: ISC */
/* What the helper and authz-launch say to each other: host/launch_wire.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "host/launch_wire.h"

static const struct launcher_request most = {.path_length = LAUNCHER_PATH_MAX, .wait_ms = LAUNCHER_WAIT_MAX,
                                             .input_length = LAUNCHER_INPUT_MAX, .output_limit = LAUNCHER_OUTPUT_MAX,
                                             .waits = LAUNCHER_WAITS_MAX};

static void requests(void **state)
{
	/* doc/LAUNCH has these bytes */
	static const unsigned char expected[LAUNCHER_REQUEST_SIZE] = {'a', 'z', 'L', 2, 0, 0, 0, 255, 0, 0, 0xea, 0x60, 0, 0x10, 0, 0,
	                                                              0, 1, 0, 0, 0, 0, 0, 2};
	unsigned char bytes[LAUNCHER_REQUEST_SIZE];
	struct launcher_request r;

	(void)state;
	launcher_put_request(bytes, &most);
	assert_memory_equal(bytes, expected, sizeof bytes);
	assert_true(launcher_take_request(bytes, &r));
	assert_memory_equal(&r, &most, sizeof r);
}

static bool survives(struct launcher_request r)
{
	unsigned char bytes[LAUNCHER_REQUEST_SIZE];

	launcher_put_request(bytes, &r);
	return launcher_take_request(bytes, &r);
}

static void no_requests(void **state)
{
	const struct launcher_request least = {.path_length = 1, .wait_ms = 1};
	unsigned char bytes[LAUNCHER_REQUEST_SIZE];
	struct launcher_request r;
	unsigned i;

	(void)state;
	assert_true(survives(least));
	for (i = 0; i < 4; i++) {
		launcher_put_request(bytes, &most);
		bytes[i] ^= 1;
		assert_false(launcher_take_request(bytes, &r));
	}
	r = most, r.path_length++;
	assert_false(survives(r));
	r = most, r.path_length = 0;
	assert_false(survives(r));
	r = most, r.wait_ms++;
	assert_false(survives(r));
	r = most, r.wait_ms = 0;
	assert_false(survives(r));
	r = most, r.input_length++;
	assert_false(survives(r));
	r = most, r.output_limit++;
	assert_false(survives(r));
	r = most, r.output_limit = UINT32_MAX;
	assert_false(survives(r));
	r = most, r.waits++;
	assert_false(survives(r));
}

static bool answers(uint32_t end, uint32_t number, uint32_t length)
{
	const struct launcher_answer a = {.end = (enum launcher_end)end, .number = number, .length = length};
	unsigned char bytes[LAUNCHER_ANSWER_SIZE];
	struct launcher_answer back;

	launcher_put_answer(bytes, &a);
	if (!launcher_take_answer(bytes, &back))
		return false;
	assert_int_equal(back.end, end);
	assert_int_equal(back.number, number);
	assert_int_equal(back.length, length);
	bytes[3] ^= 1;
	assert_false(launcher_take_answer(bytes, &back));
	return true;
}

static void all_answers(void **state)
{
	(void)state;
	assert_true(answers(LAUNCHER_EXITED, 0, LAUNCHER_OUTPUT_MAX));
	assert_false(answers(LAUNCHER_EXITED, 0, LAUNCHER_OUTPUT_MAX + 1));
	assert_true(answers(LAUNCHER_EXITED, 255, 0));
	assert_false(answers(LAUNCHER_EXITED, 1, 1));
	assert_true(answers(LAUNCHER_KILLED, 9, 0));
	assert_false(answers(LAUNCHER_KILLED, 9, 1));
	assert_true(answers(LAUNCHER_LATE, 0, 0));
	assert_false(answers(LAUNCHER_LATE, 0, 1));
	assert_true(answers(LAUNCHER_BUSY, 0, 0));
	assert_true(answers(LAUNCHER_TOO_MUCH, 0, 0));
	assert_true(answers(LAUNCHER_FAILED, 0, LAUNCHER_TEXT_MAX));
	assert_false(answers(LAUNCHER_FAILED, 0, LAUNCHER_TEXT_MAX + 1));
	assert_true(answers(LAUNCHER_REFUSED, 0, 0));
	assert_false(answers(0, 0, 0));
	assert_false(answers(LAUNCHER_REFUSED + 1, 0, 0));
}

#define TEST(sentence, function) {sentence, function, NULL, NULL, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a request goes through as it is, in the bytes of doc/LAUNCH", requests),
		TEST("a request with another beginning, or a number beyond its limits, is none (launch_wire MUST 1)",
		                          no_requests),
		TEST("of answers only one with status 0 has output, and only a fault a text (launch_wire MUST 1)",
		                          all_answers),
	};

	return cmocka_run_group_tests_name("launch_wire", tests, NULL, NULL);
}
