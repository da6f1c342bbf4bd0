/* SPDX-License-Identifier: ISC */
/* authz-helper --serve: peers that are silent, too many, gone, or send anything but one request. */
#include "config.h"

#include "service.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/stream.h"

static void half_frames(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame), i;
	int fd;

	(void)state;
	for (i = 0; i < length; i++) {
		fd = connect_service();
		send_bytes(fd, frame, i);
		shutdown(fd, SHUT_WR);
		not_answered(fd);
	}
	fd = connect_service();
	for (i = 0; i < length; i++)
		send_bytes(fd, frame + i, 1);
	expect(answered(fd), AUTHZ_OK);
	unharmed();
}

static void garbage(void **state)
{
	unsigned char bytes[8192];
	size_t i;
	int fd;

	(void)state;
	memset(bytes, 0xa5, sizeof bytes);
	for (i = FRAME_HEADER; i <= sizeof bytes; i *= 2) {
		fd = connect_service();
		send_bytes(fd, bytes, i);
		not_answered(fd);
	}
	(void)a_request(bytes);
	for (i = 16; i < 19; i++) { /* longer than any request */
		fd = connect_service();
		bytes[i] = 0xff;
		send_bytes(fd, bytes, sizeof bytes);
		not_answered(fd);
		bytes[i] = 0;
	}
	unharmed();
}

static void silence(void **state)
{
	int fds[CROWD], i;
	unsigned char token[TOKEN_SIZE], byte;

	(void)state;
	expect(generate(SOCKET, AUTHZ_MULTIPLE_USE, token), AUTHZ_OK);
	for (i = 0; i < CROWD; i++) {
		fds[i] = connect_service();
		send_bytes(fds[i], "AZrQ", (size_t)i % 4);
	}
	expect(redeem_within(SOCKET, token, 2000), AUTHZ_OK); /* less than the life of the silent ones */
	for (i = 0; i < CROWD; i++) {
		assert_int_equal(recv(fds[i], &byte, 1, 0), 0); /* the service ends them, each at its deadline */
		close(fds[i]);
	}
	unharmed();
}

static void flood(void **state)
{
	static int fds[900];
	struct rlimit files;
	int i;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	for (i = 0; i < 900; i++)
		fds[i] = connect_service();
	assert_int_equal(crowd(1, make_and_use, NULL), 1); /* another process of the host is not kept out */
	for (i = 0; i < 900; i++)
		close(fds[i]);
	unharmed();
}

static void too_many(void **state)
{
	static unsigned char frame[FRAME_REQUEST_MAX], bytes[FRAME_REPLY_MAX];
	size_t length = a_request(frame), got;
	struct reply reply = {.result = -1};
	static int fds[300];
	int i;

	(void)state;
	for (i = 0; i < 300; i++)
		fds[i] = connect_service();
	/* the last are closed at once, those before them are told, those before these would be carried out */
	for (i = 299; i >= 0 && reply.result < 0; i--) {
		send_bytes(fds[i], frame, length);
		got = receive_all(fds[i], bytes, sizeof bytes);
		if (got > 0)
			assert_null(reply_decode(&reply, bytes, got, OP_TOKEN_GENERATE, 7));
		else
			reply.result = -1;
	}
	expect((enum authz_result)reply.result, AUTHZ_TOO_MANY);
	assert_non_null(strstr(reply.subject, "process "));
	for (i = 0; i < 300; i++)
		close(fds[i]);
	unharmed();
}

static void never_reads(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = {.id = 7, .operation = OP_AUDIT_READ};
	size_t length = request_encode(&q, frame);
	int fds[CROWD], i, least = 1;

	(void)state;
	assert_int_equal(crowd(16, make_and_use, NULL), 16); /* something to list */
	for (i = 0; i < CROWD; i++) {
		fds[i] = connect_service();
		setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
		send_bytes(fds[i], frame, length);
	}
	unharmed();
	for (i = 0; i < CROWD; i++)
		close(fds[i]);
	unharmed();
}

static void vanishing(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	int i, fd;

	(void)state;
	for (i = 0; i < 200; i++) {
		fd = connect_service();
		send_bytes(fd, frame, i % 2 ? length : length / 2);
		close(fd);
	}
	unharmed();
}

static void descriptors(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	struct iovec part = {.iov_base = frame, .iov_len = length};
	union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = {.bytes = {0}};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	int fd = connect_service(), pipes[2];
	char byte;

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), &pipes[1], sizeof(int));
	assert_int_equal(sendmsg(fd, &message, 0), length);
	expect(answered(fd), AUTHZ_OK);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 0); /* nobody has the other end any more */
	close(pipes[0]);
	unharmed();
}

static void directions(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	int fd = connect_service();

	(void)state;
	send_bytes(fd, frame, length);
	shutdown(fd, SHUT_WR);
	expect(answered(fd), AUTHZ_OK);
	fd = connect_service();
	shutdown(fd, SHUT_RD);
	send_bytes(fd, frame, length);
	unharmed();
	close(fd);
	fd = connect_service();
	shutdown(fd, SHUT_RDWR);
	unharmed();
	close(fd);
}

static void one_each(void **state)
{
	unsigned char frames[2 * FRAME_REQUEST_MAX];
	size_t length = a_request(frames);
	int fd = connect_service();

	(void)state;
	memcpy(frames + length, frames, length);
	send_bytes(fd, frames, 2 * length);
	expect(answered(fd), AUTHZ_OK);
	unharmed();
}

/* A dump that is asked for and not read: its thread waits. */
static int ask_dump(uint64_t id)
{
	struct request q = {.operation = OP_STORE_DUMP, .id = id};
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length;
	int fd = connect_service();

	request_set_string(&q, FIELD_STORE, "authority");
	length = request_encode(&q, frame);
	assert_int_equal(send(fd, frame, length, 0), length);
	return fd;
}

/* The result at the end of what comes; data before it is passed over. */
static enum authz_result end_of(int fd, uint64_t id)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct frame_header h;
	struct reply reply;

	do {
		assert_int_equal(recv(fd, frame, FRAME_HEADER, MSG_WAITALL), FRAME_HEADER);
		frame_read_header(&h, frame);
		assert_true(h.length <= sizeof frame - FRAME_HEADER);
		if (h.length > 0)
			assert_int_equal(recv(fd, frame + FRAME_HEADER, h.length, MSG_WAITALL), h.length);
	} while (h.magic == FRAME_DATA_MAGIC);
	assert_null(reply_decode(&reply, frame, FRAME_HEADER + h.length, OP_STORE_DUMP, id));
	return (enum authz_result)reply.result;
}

/* A load that has its first byte, holds the store's lock, and sends no more. */
static int ask_load(uint64_t id)
{
	struct request q = {.operation = OP_STORE_LOAD, .id = id};
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length;
	int fd = connect_service();

	request_set_string(&q, FIELD_STORE, "authority");
	length = request_encode(&q, frame);
	stream_header(frame + length, OP_STORE_LOAD, id, 5);
	memcpy(frame + length + FRAME_HEADER, "authz", 5);
	length += FRAME_HEADER + 5;
	assert_int_equal(send(fd, frame, length, 0), length);
	return fd;
}

static void one_stream(void **state)
{
	int load, dumps[20], i;

	(void)state;
	unharmed(); /* with this the day of last use is written, for which others would wait */
	load = ask_load(1);
	poll(NULL, 0, 100);
	for (i = 0; i < 20; i++)
		dumps[i] = ask_dump(100 + (uint64_t)i);
	for (i = 0; i < 20; i++)
		expect(end_of(dumps[i], 100 + (uint64_t)i), AUTHZ_TOO_MANY);
	unharmed();
	close(load);
	poll(NULL, 0, 100);
	for (i = 0; i < 20; i++)
		close(dumps[i]);
	for (i = 0; i < 20; i++) { /* one behind the other, as fast as it goes */
		dumps[i] = ask_dump(7);
		expect(end_of(dumps[i], 7), AUTHZ_OK);
	}
	for (i = 0; i < 20; i++)
		close(dumps[i]);
	unharmed();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED("a request cut anywhere gets no answer; one in single bytes is answered (worker MUST 2)", half_frames),
		SERVED("garbage and a length of more than there can be get no answer (connection MUST 2)", garbage),
		SERVED("64 silent connections do not delay the 65th, and end at their deadline (table MUST 2)", silence),
		SERVED("a flood of connections of one process keeps out no other (peers MUST 3)", flood),
		SERVED("whose connections are too many is told so", too_many),
		SERVED("peers that never read their replies delay nobody (connection MUST 4)", never_reads),
		SERVED("peers that vanish harm nothing (connection MUST 4)", vanishing),
		SERVED("a descriptor that comes along with a request is closed (connection MUST 3)", descriptors),
		SERVED("a peer may shut down either direction", directions),
		SERVED("a second request on one connection is not answered (connection MUST 1)", one_each),
		SERVED("one stream at a time has a thread: further ones are told so, and logins go on (peers MUST 1)", one_stream),
	};

	return cmocka_run_group_tests_name("serve, peers", tests, service_open, state_close);
}
