/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harden.h"
#include "store/holder.h"
#include "stream.h"

#define ID 0x1122334455667788u

/* A stream with its other end at hand. */
struct end {
	struct stream stream;
	struct rules_stream port;
	int ours, other;
};

static struct end e;
static int signs; /* of life */
static unsigned life, over; /* over: what a stream that proceeded said it still takes */
static const unsigned char *ahead;
static size_t ahead_length;

static bool begun(void *context)
{
	(void)context;
	return true;
}

static void count_signs(void *context, unsigned ms)
{
	(void)context;
	signs++;
	life = ms;
}

static void give_place(void *context, unsigned ms)
{
	(void)context;
	over = ms;
}

static int begin_as(void **state, uint16_t operation, bool brief)
{
	const struct request request = {.operation = operation, .id = ID};
	struct carrier carrier = {.begin = begun, .alive = count_signs, .over = give_place, .ahead = ahead, .ahead_length = ahead_length};
	int pair[2], size = 1 << 20;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	carrier.in = carrier.out = e.ours = pair[0];
	stream_begin(&e.stream, &request, &carrier, brief);
	e.port = stream_port(&e.stream);
	e.other = pair[1];
	if (!e.port.open(e.port.context))
		return -1;
	signs = 0;
	over = 0;
	return 0;
}

static int begin(void **state, uint16_t operation)
{
	return begin_as(state, operation, false);
}

static int begin_brief(void **state)
{
	return begin_as(state, OP_CABINET_LOAD, true);
}

static int begin_load(void **state)
{
	return begin(state, OP_STORE_LOAD);
}

static unsigned char early[FRAME_HEADER + 6];

/* Five bytes of six were read with the request already. */
static int begin_ahead(void **state)
{
	int result;

	stream_header(early, OP_STORE_LOAD, ID, 6);
	memcpy(early + FRAME_HEADER, "abcdef", 6);
	ahead = early;
	ahead_length = FRAME_HEADER + 5;
	result = begin(state, OP_STORE_LOAD);
	ahead_length = 0;
	return result;
}

static int begin_dump(void **state)
{
	return begin(state, OP_STORE_DUMP);
}

static int finish(void **state)
{
	(void)state;
	close(e.ours);
	if (e.other >= 0)
		close(e.other);
	return 0;
}

static void say(uint16_t operation, uint64_t id, const void *bytes, size_t announced, size_t length)
{
	unsigned char header[FRAME_HEADER];

	stream_header(header, operation, id, announced);
	assert_int_equal(write(e.other, header, sizeof header), sizeof header);
	assert_int_equal(write(e.other, bytes, length), length);
}

static void hang_up(void)
{
	close(e.other);
	e.other = -1;
}

static void read_whole(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_LOAD, ID, "abcdef", 6, 6);
	say(OP_STORE_LOAD, ID, "gh", 2, 2);
	say(OP_STORE_LOAD, ID, "", 0, 0);
	assert_int_equal(e.port.get(e.port.context, text, 4), 4);
	assert_int_equal(e.port.get(e.port.context, text + 4, 10), 2);
	assert_int_equal(e.port.get(e.port.context, text + 6, 10), 2);
	assert_memory_equal(text, "abcdefgh", 8);
	assert_int_equal(e.port.get(e.port.context, text, 4), 0);
	assert_int_equal(e.port.get(e.port.context, text, 4), 0);
	assert_int_equal(signs, 3);
}

static void read_early(void **state)
{
	char text[16];

	(void)state;
	assert_int_equal(write(e.other, "f", 1), 1);
	say(OP_STORE_LOAD, ID, "", 0, 0);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 6);
	assert_memory_equal(text, "abcdef", 6);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 0);
}

static void read_broken(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_LOAD, ID, "abc", 3, 3);
	hang_up();
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 3);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
}

static void read_broken_within(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_LOAD, ID, "abc", 4, 3);
	hang_up();
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
}

static void read_foreign(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_LOAD, ID + 1, "abc", 3, 3);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
}

static void read_foreign_operation(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_DUMP, ID, "abc", 3, 3);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
}

static void read_too_long(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_LOAD, ID, "abc", STREAM_MAX + 1, 3);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
}

static void read_request_again(void **state)
{
	unsigned char frame[FRAME_HEADER];
	struct frame_writer w;
	char text[16];

	(void)state;
	frame_begin(&w, frame, sizeof frame, FRAME_REQUEST_MAGIC, OP_STORE_LOAD, ID);
	assert_int_equal(write(e.other, frame, frame_finish(&w)), FRAME_HEADER);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
}

/* Everything that was put, in frames of this stream. */
static size_t hear(unsigned char *to, size_t size, size_t *frames)
{
	unsigned char header[FRAME_HEADER];
	struct frame_header h;
	size_t have = 0, length;

	shutdown(e.ours, SHUT_WR);
	for (*frames = 0; recv(e.other, header, sizeof header, MSG_WAITALL) == FRAME_HEADER; ++*frames) {
		frame_read_header(&h, header);
		assert_true(stream_accept(&h, OP_STORE_DUMP, ID, &length) && length > 0 && length <= size - have);
		assert_int_equal(recv(e.other, to + have, length, MSG_WAITALL), length);
		have += length;
	}
	return have;
}

static void put_whole(void **state)
{
	static unsigned char sent[200000], got[sizeof sent + 1];
	size_t i, some, frames;

	(void)state;
	for (i = 0; i < sizeof sent; i++)
		sent[i] = (unsigned char)(i * 13 + i / 256);
	for (i = 0; i < sizeof sent; i += some) {
		some = i % 977 + 1 < sizeof sent - i ? i % 977 + 1 : sizeof sent - i;
		assert_true(e.port.put(e.port.context, sent + i, some));
	}
	assert_true(stream_end(&e.stream));
	assert_int_equal(hear(got, sizeof got, &frames), sizeof sent);
	assert_memory_equal(got, sent, sizeof sent);
	assert_int_equal(frames, (sizeof sent + STREAM_MAX - 1) / STREAM_MAX);
	assert_int_equal(signs, frames);
}

static void put_nothing(void **state)
{
	unsigned char got[1];
	size_t frames;

	(void)state;
	assert_true(stream_end(&e.stream));
	assert_int_equal(hear(got, sizeof got, &frames), 0);
	assert_int_equal(frames, 0);
}

static void put_flushed(void **state)
{
	unsigned char got[16];
	size_t frames;

	(void)state;
	assert_true(e.port.put(e.port.context, "1 2", 3) && e.port.flush(e.port.context));
	assert_true(e.port.put(e.port.context, "2 2", 3) && e.port.flush(e.port.context));
	assert_int_equal(hear(got, sizeof got, &frames), 6);
	assert_int_equal(frames, 2);
}

static void put_to_nobody(void **state)
{
	(void)state;
	hang_up();
	assert_true(e.port.put(e.port.context, "abc", 3));
	assert_false(e.port.flush(e.port.context));
	assert_false(e.port.put(e.port.context, "abc", 3));
	assert_false(stream_end(&e.stream));
}

/* Each sign of life is one of a stream that has been going on for too long. */
static void put_too_long(void **state)
{
	(void)state;
	assert_true(e.port.put(e.port.context, "abc", 3) && e.port.flush(e.port.context));
	e.stream.ends = 0;
	assert_true(e.port.put(e.port.context, "abc", 3));
	assert_false(e.port.flush(e.port.context));
	assert_false(stream_end(&e.stream));
	assert_int_equal(signs, 1);
}

static void read_for_too_long(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_LOAD, ID, "abc", 3, 3);
	say(OP_STORE_LOAD, ID, "def", 3, 3);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 3);
	e.stream.ends = 0;
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
}

/* A frame that is whole but for its last byte, which comes too late. */
static void trickled_within(void **state)
{
	char text[16];

	(void)state;
	say(OP_STORE_LOAD, ID, "abcdef", 6, 6);
	assert_int_equal(e.port.get(e.port.context, text, 3), 3);
	e.stream.ends = 0;
	assert_int_equal(e.port.get(e.port.context, text, 3), -1);
}

static void brief(void **state)
{
	char text[16];
	uint64_t ends = e.stream.ends;

	(void)state;
	assert_true(ends <= holder_now_ms(CLOCK_MONOTONIC) + STREAM_BRIEF_MS);
	say(OP_CABINET_LOAD, ID, "abc", 3, 3);
	say(OP_CABINET_LOAD, ID, "", 0, 0);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 3);
	assert_int_equal(e.stream.ends, ends);
	assert_true(life > HELPER_LIFE_MS && life <= STREAM_BRIEF_MS + HELPER_LIFE_MS);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 0);
	assert_int_equal(life, HELPER_LIFE_MS); /* for what is to be done now, which may need a lock */
}

static int begin_check(void **state)
{
	return begin_as(state, OP_EXIT_CHECK, true);
}

static void proceeded(void **state)
{
	char text[16];

	(void)state;
	say(OP_EXIT_CHECK, ID, "a\n", 2, 2);
	say(OP_EXIT_CHECK, ID, "", 0, 0);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 2);
	e.port.proceed(e.port.context, 30000); /* not before its end was read */
	assert_true(over == 0 && life <= STREAM_BRIEF_MS + HELPER_LIFE_MS);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 0);
	assert_int_equal(life, HELPER_LIFE_MS);
	e.port.proceed(e.port.context, 30000);
	assert_int_equal(over, 30000);
	assert_int_equal(life, 30000 + HELPER_LIFE_MS);
	e.stream.ends = 0; /* what it has still to do is not of the stream's time */
	assert_true(stream_end(&e.stream));
}

static void proceeded_broken(void **state)
{
	char text[16];

	(void)state;
	say(OP_EXIT_CHECK, ID, "a\n", 2, 2);
	hang_up();
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), 2);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
	life = 0;
	e.port.proceed(e.port.context, 30000);
	assert_true(over == 0 && life == 0);
}

static bool never(void *context)
{
	(void)context;
	return false;
}

static void not_opened(void **state)
{
	const struct request request = {.operation = OP_STORE_LOAD, .id = ID};
	const struct carrier carrier = {.in = e.ours, .out = e.ours, .begin = never};
	char text[16];

	(void)state;
	stream_begin(&e.stream, &request, &carrier, false);
	say(OP_STORE_LOAD, ID, "abc", 3, 3);
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
	assert_false(e.port.open(e.port.context));
	assert_int_equal(e.port.get(e.port.context, text, sizeof text), -1);
	assert_int_equal(recv(e.ours, text, sizeof text, MSG_DONTWAIT), sizeof text); /* it is all there still */
}

static void wiped(void **state)
{
	static const unsigned char nothing[sizeof e.stream.bytes];

	(void)state;
	assert_true(e.port.put(e.port.context, "a secret", 8));
	assert_true(stream_end(&e.stream));
	assert_memory_equal(e.stream.bytes, nothing, sizeof nothing);
}

#define LOAD(says, test) {.name = says, .test_func = test, .setup_func = begin_load, .teardown_func = finish}
#define DUMP(says, test) {.name = says, .test_func = test, .setup_func = begin_dump, .teardown_func = finish}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOAD("a stream is read whole and in order, whatever the frames, and its end is the empty frame", read_whole),
		{.name = "what was read together with the request is the beginning of the stream", .test_func = read_early,
		 .setup_func = begin_ahead, .teardown_func = finish},
		LOAD("a stream that ends without its empty frame broke off (stream MUST 1)", read_broken),
		LOAD("a stream that ends within a frame broke off (stream MUST 1)", read_broken_within),
		LOAD("a frame of another request is none of the stream (stream MUST 2)", read_foreign),
		LOAD("a frame of another operation is none of the stream (stream MUST 2)", read_foreign_operation),
		LOAD("a frame longer than any may be is none of the stream (stream MUST 2)", read_too_long),
		LOAD("a second request is none of the stream (stream MUST 2)", read_request_again),
		DUMP("what is put comes whole and in order, in frames as full as they may be", put_whole),
		DUMP("nothing put is no frame", put_nothing),
		DUMP("what is flushed goes out at once", put_flushed),
		DUMP("a reader who is gone is noticed", put_to_nobody),
		LOAD("a stream that trickles in past its time is over (stream MUST 3)", read_for_too_long),
		LOAD("so is one that trickles in within a frame (stream MUST 3)", trickled_within),
		DUMP("so is one that trickles out (stream MUST 3)", put_too_long),
		{.name = "a user's stream has its time from the beginning on, whatever comes (stream MUST 3)", .test_func = brief,
		 .setup_func = begin_brief, .teardown_func = finish},
		{.name = "a stream that was read to its end gives its place away, and lives as long as the reply takes (stream MUST 4)",
		 .test_func = proceeded, .setup_func = begin_check, .teardown_func = finish},
		{.name = "a stream that broke off gives no place away by itself (stream MUST 4)", .test_func = proceeded_broken,
		 .setup_func = begin_check, .teardown_func = finish},
		LOAD("nothing is read of a stream that was not opened, or could not be", not_opened),
		DUMP("what was sent is wiped", wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
