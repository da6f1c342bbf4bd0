/* SPDX-License-Identifier: ISC */
/* The bytes of one connection of the service: helpers/authz-helper/connection.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "connection.h"
#include "wire/request.h"

static struct connection c;
static int peer;

static int setup(void **state)
{
	int pair[2], least = 1;

	(void)state;
	memset(&c, 0, sizeof c);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return -1;
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
	peer = pair[1];
	connection_init(&c, pair[0]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	connection_close(&c);
	return peer >= 0 ? close(peer) : 0;
}

static size_t a_request(unsigned char frame[FRAME_REQUEST_MAX])
{
	const struct request q = {.id = 1, .operation = OP_PROFILE_SHOW, .has = HAS(USER), .user = "alice"};

	return request_encode(&q, frame);
}

static void pieces(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame), i;

	(void)state;
	assert_int_equal(connection_read(&c), CONNECTION_MORE);
	for (i = 0; i < length; i++) {
		assert_int_equal(connection_read(&c), CONNECTION_MORE);
		assert_int_equal(send(peer, frame + i, 1, 0), 1);
	}
	assert_int_equal(connection_read(&c), CONNECTION_WHOLE);
	assert_int_equal(c.length, length);
	assert_memory_equal(c.request, frame, length);
}

static void more_behind(void **state)
{
	unsigned char frame[2 * FRAME_REQUEST_MAX] = {0};
	size_t length = a_request(frame);

	(void)state;
	assert_int_equal(send(peer, frame, sizeof frame, 0), sizeof frame);
	assert_int_equal(connection_read(&c), CONNECTION_WHOLE);
	assert_int_equal(c.length, length);
	assert_true(c.have <= sizeof c.request);
}

static void no_request(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];

	(void)state;
	(void)a_request(frame);
	frame[18] = 0x10; /* a body of 4,096 bytes and more */
	assert_int_equal(send(peer, frame, FRAME_HEADER, 0), FRAME_HEADER);
	assert_int_equal(connection_read(&c), CONNECTION_OVER);
}

static void gone(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);

	(void)state;
	assert_int_equal(send(peer, frame, length - 1, 0), length - 1);
	close(peer);
	peer = -1;
	assert_int_equal(connection_read(&c), CONNECTION_OVER);
	assert_int_equal(connection_write(&c, frame, length), CONNECTION_OVER); /* and no SIGPIPE */
}

static void slow_reader(void **state)
{
	static unsigned char reply[FRAME_REPLY_MAX], got[FRAME_REPLY_MAX];
	enum connection_step step;
	size_t i, have = 0;

	(void)state;
	for (i = 0; i < sizeof reply; i++)
		reply[i] = (unsigned char)(i * 7);
	step = connection_write(&c, reply, sizeof reply);
	assert_int_equal(step, CONNECTION_MORE);
	while (step == CONNECTION_MORE) {
		have += (size_t)recv(peer, got + have, 100, 0);
		step = connection_write_rest(&c);
	}
	assert_int_equal(step, CONNECTION_WHOLE);
	while (have < sizeof got)
		have += (size_t)recv(peer, got + have, sizeof got - have, 0);
	assert_memory_equal(got, reply, sizeof reply);
}

static void wiped(void **state)
{
	static const unsigned char zeros[FRAME_REQUEST_MAX];
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);

	(void)state;
	assert_int_equal(send(peer, frame, length, 0), length);
	assert_int_equal(connection_read(&c), CONNECTION_WHOLE);
	connection_close(&c);
	assert_memory_equal(c.request, zeros, sizeof c.request);
	assert_int_equal(recv(peer, frame, 1, 0), 0);
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a request that comes byte by byte is whole with its last", pieces),
		TEST("what comes behind a request is not of it (connection MUST 1)", more_behind),
		TEST("a length of more than a request has ends the connection (connection MUST 2)", no_request),
		TEST("a peer that is gone ends the connection, without a signal (connection MUST 4)", gone),
		TEST("a reply that the peer takes slowly arrives whole, and no call waits (connection MUST 4)", slow_reader),
		TEST("a request is wiped when its connection is closed (connection MUST 5)", wiped),
	};

	return cmocka_run_group_tests_name("connection", tests, NULL, NULL);
}
