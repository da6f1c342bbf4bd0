/* SPDX-License-Identifier: ISC */
/* The helper itself, as a process: bytes that come slowly, twice, cut, or as garbage. */
#include "config.h"

#include "helper_run.h"

#include <string.h>

static void slow_pieces(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	expect_result(request_how(&(struct how){.piece_us = 2000, .keep_open = true}, &q, &reply), AUTHZ_OK);
	redeems(reply.token, AUTHZ_OK);
}

static void answered_once(void **state)
{
	unsigned char frames[2 * FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	static struct outcome out;
	struct request q;
	struct reply reply;
	size_t length;

	(void)state;
	make_token('1', token);
	q = ask_redeem(token);
	length = request_encode(&q, frames);
	memcpy(frames + length, frames, length);
	run_helper(&(struct how){.keep_open = true}, frames, 2 * length, &out); /* it ends though more could come */
	assert_int_equal(out.status, 0);
	assert_null(reply_decode(&reply, out.bytes, out.length, q.operation, q.id)); /* one reply, not a byte more */
	expect_result(reply.result, AUTHZ_OK);
}

static void garbage(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX + 64], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame), i;
	static struct outcome out;

	(void)state;
	make_token('2', token);
	for (i = 0; i < length; i += 1 + i / 12) { /* cut short */
		run_helper(&(struct how){.argv = NULL}, frame, i, &out);
		nothing_came(&out, 4);
	}
	for (i = 0; i < 6; i++) { /* another magic or version */
		frame[i] ^= 0x20;
		run_helper(&(struct how){.argv = NULL}, frame, length, &out);
		nothing_came(&out, 4);
		frame[i] ^= 0x20;
	}
	for (i = 16; i < 19; i++) { /* longer than any request */
		frame[i] = 0xff;
		run_helper(&(struct how){.argv = NULL}, frame, sizeof frame, &out);
		nothing_came(&out, 4);
		frame[i] = 0;
	}
	memset(frame, 0xa5, sizeof frame);
	run_helper(&(struct how){.argv = NULL}, frame, sizeof frame, &out);
	nothing_came(&out, 4);
	helper_unharmed(token);
}

static bool is_operation(unsigned number)
{
#define O(name, op, required, optional) if (number == op) return true;
	OPERATIONS(O)
#undef O
	return false;
}

static void no_operations(void **state)
{
	static const unsigned far[] = {100, 255, 256, 266, 1000, 32768, 65535};
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;
	struct reply reply;
	unsigned i, number;

	(void)state;
	for (i = 0; i < 50 + sizeof far / sizeof far[0]; i++) {
		number = i < 50 ? i : far[i - 50];
		if (is_operation(number))
			continue;
		frame[6] = (unsigned char)(number >> 8);
		frame[7] = (unsigned char)number;
		run_helper(&(struct how){.argv = NULL}, frame, length, &out);
		assert_int_equal(out.status, 0);
		assert_null(reply_decode(&reply, out.bytes, out.length, (uint16_t)number, q.id));
		expect_result(reply.result, AUTHZ_BAD_REQUEST);
		assert_true(reply.subject[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HELPER_TEST("a request in slow pieces is answered", slow_pieces),
		HELPER_TEST("a second request is not answered, nor waited for (main MUST 2)", answered_once),
		HELPER_TEST("garbage, a cut request and one that is too long get no answer, and harm nothing", garbage),
		HELPER_TEST("each number that is no operation is AZ-REQUEST", no_operations),
	};

	return cmocka_run_group_tests_name("helper, bytes", tests, helper_open, state_close);
}
