/* SPDX-License-Identifier: ISC */
/*
 * The client's end of a stream, by the socket.  The other end is a process of this test, which speaks as a helper would,
 * and as none should.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/call.h"
#include "scratch.h"
#include "wire/stream.h"

#define TEXT_SIZE 300000

/* What the other end does after it has the request. */
struct peer {
	int fd;
	uint16_t operation;
	uint64_t id;
};

static void receive_all(int fd, void *to, size_t length)
{
	if (length > 0 && recv(fd, to, length, MSG_WAITALL) != (ssize_t)length)
		_exit(3);
}

static void send_all(int fd, const void *from, size_t length)
{
	if (send(fd, from, length, MSG_NOSIGNAL) != (ssize_t)length)
		_exit(4);
}

static void take_request(struct peer *p)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request r;
	size_t length;

	receive_all(p->fd, frame, FRAME_HEADER);
	length = request_frame_length(frame);
	receive_all(p->fd, frame + FRAME_HEADER, length - FRAME_HEADER);
	if (request_decode(&r, frame, length) != NULL)
		_exit(5);
	p->operation = r.operation;
	p->id = r.id;
}

static void send_data(const struct peer *p, uint64_t id, const void *bytes, size_t announced, size_t length)
{
	unsigned char header[FRAME_HEADER];

	stream_header(header, p->operation, id, announced);
	send_all(p->fd, header, sizeof header);
	send_all(p->fd, bytes, length);
}

static void send_reply(const struct peer *p, enum authz_result result)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply reply = {.result = result, .has = 1u << REPLY_SUBJECT, .subject = "line 7"};
	struct frame_writer w;

	reply_begin(&w, frame, p->operation, p->id, &reply);
	send_all(p->fd, frame, frame_finish(&w));
}

static const unsigned char *pattern(void)
{
	static unsigned char bytes[TEXT_SIZE];
	size_t i;

	for (i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	return bytes;
}

static void say_all(struct peer *p)
{
	const unsigned char *bytes = pattern();
	size_t at, some;

	for (at = 0; at < TEXT_SIZE; at += some) {
		some = TEXT_SIZE - at < 12345 ? TEXT_SIZE - at : 12345;
		send_data(p, p->id, bytes + at, some, some);
	}
	send_data(p, p->id, bytes, 0, 0); /* an empty one is none the less a frame */
	send_reply(p, AUTHZ_OK);
}

static void say_other_id(struct peer *p)
{
	send_data(p, p->id ^ 1, "abc", 3, 3);
	send_reply(p, AUTHZ_OK);
}

static void say_too_much(struct peer *p)
{
	send_data(p, p->id, pattern(), STREAM_MAX + 1, STREAM_MAX);
	send_reply(p, AUTHZ_OK);
}

static void say_half(struct peer *p)
{
	send_data(p, p->id, "abc", 4, 3);
}

static void say_no_reply(struct peer *p)
{
	send_data(p, p->id, "abc", 3, 3);
}

static void say_refused(struct peer *p)
{
	send_data(p, p->id, "abc", 3, 3);
	send_reply(p, AUTHZ_STORE_DAMAGED);
}

/* All of a stream from the client: is it the pattern, in frames, and an empty one? */
static void hear_all(struct peer *p)
{
	static unsigned char bytes[STREAM_MAX], header[FRAME_HEADER];
	struct frame_header h;
	size_t at = 0, length;

	do {
		receive_all(p->fd, header, sizeof header);
		frame_read_header(&h, header);
		if (!stream_accept(&h, p->operation, p->id, &length) || length > TEXT_SIZE - at)
			_exit(6);
		receive_all(p->fd, bytes, length);
		if (memcmp(bytes, pattern() + at, length) != 0)
			_exit(7);
		at += length;
	} while (length > 0);
	send_reply(p, at == TEXT_SIZE ? AUTHZ_OK : AUTHZ_INTERNAL);
}

/* A line is wrong: it answers at once, and reads no more. */
static void hear_some(struct peer *p)
{
	unsigned char bytes[1000];

	receive_all(p->fd, bytes, sizeof bytes);
	send_reply(p, AUTHZ_STORE_DAMAGED);
}

/* Ends with status 9 if the client went away without the empty frame. */
static void hear_the_end(struct peer *p)
{
	static unsigned char bytes[STREAM_MAX], header[FRAME_HEADER];
	struct frame_header h;

	while (recv(p->fd, header, sizeof header, MSG_WAITALL) == sizeof header) {
		frame_read_header(&h, header);
		if (h.length == 0)
			_exit(8);
		receive_all(p->fd, bytes, h.length);
	}
	_exit(9);
}

/* ---- a call */

struct talk {
	unsigned char got[TEXT_SIZE];
	size_t length, gives, fail_at; /* fail_at: give up there; 0: never */
	struct reply reply;
	struct authz_error error;
	unsigned char frame[FRAME_REPLY_MAX];
	int status; /* of the other end */
};

static struct talk talk;

static bool take(void *context, const unsigned char *bytes, size_t length)
{
	struct talk *t = context;

	if (length > TEXT_SIZE - t->length)
		return false;
	memcpy(t->got + t->length, bytes, length);
	t->length += length;
	return t->fail_at == 0 || t->length < t->fail_at;
}

static ssize_t give(void *context, unsigned char *bytes, size_t size)
{
	struct talk *t = context;
	size_t some = size < 54321 ? size : 54321;

	if (t->fail_at > 0 && t->length >= t->fail_at)
		return -1;
	if (some > TEXT_SIZE - t->length)
		some = TEXT_SIZE - t->length;
	memcpy(bytes, pattern() + t->length, some);
	t->length += some;
	return (ssize_t)some;
}

static int listen_at(struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path, sizeof address->sun_path, "%s", scratch_path("socket"));
	unlink(address->sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof *address), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

static enum authz_result ask(enum operation operation, void (*speak)(struct peer *), size_t fail_at)
{
	const struct client_stream stream = {.context = &talk, .take = take, .give = give};
	struct request request = {.operation = (uint16_t)operation};
	struct sockaddr_un address;
	int listening = listen_at(&address);
	const struct authz_client client = {.socket = address.sun_path, .helper = "/nowhere"};
	enum authz_result result;
	struct peer p;
	pid_t pid;

	memset(&talk, 0, sizeof talk);
	talk.fail_at = fail_at;
	request_set_string(&request, FIELD_STORE, "authority");
	pid = fork();
	if (pid == 0) {
		alarm(30);
		p.fd = accept(listening, NULL, NULL);
		take_request(&p);
		speak(&p);
		_exit(0);
	}
	close(listening);
	result = client_call_stream(&client, &request, &stream, &talk.reply, talk.frame, &talk.error);
	assert_int_equal(waitpid(pid, &talk.status, 0), pid);
	unlink(address.sun_path);
	return result;
}

/* ---- the tests */

static void dump_whole(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_DUMP, say_all, 0), AUTHZ_OK);
	assert_int_equal(talk.length, TEXT_SIZE);
	assert_memory_equal(talk.got, pattern(), TEXT_SIZE);
	assert_int_equal(talk.status, 0);
}

static void dump_wrong(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_DUMP, say_other_id, 0), AUTHZ_HELPER_GARBLED);
	assert_int_equal(talk.length, 0);
	assert_int_equal(ask(OP_STORE_DUMP, say_too_much, 0), AUTHZ_HELPER_GARBLED);
	assert_int_equal(talk.length, 0);
}

static void dump_ends(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_DUMP, say_half, 0), AUTHZ_HELPER_DIED);
	assert_int_equal(talk.length, 0);
	assert_int_equal(ask(OP_STORE_DUMP, say_no_reply, 0), AUTHZ_HELPER_DIED);
}

static void dump_refused(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_DUMP, say_refused, 0), AUTHZ_STORE_DAMAGED);
	assert_string_equal(talk.error.subject, "line 7");
}

static void dump_given_up(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_DUMP, say_all, 20000), AUTHZ_INTERNAL);
}

static void not_streamed(void **state)
{
	const struct client_stream stream = {.context = &talk, .take = take, .give = give};
	struct request request = {.operation = OP_STORE_STATS};

	(void)state;
	request_set_string(&request, FIELD_STORE, "authority");
	assert_int_equal(client_call_stream(NULL, &request, &stream, &talk.reply, talk.frame, &talk.error), AUTHZ_INTERNAL);
	request.operation = OP_STORE_DUMP;
	assert_int_equal(client_call(NULL, &request, &talk.reply, talk.frame, &talk.error), AUTHZ_INTERNAL);
}

static void data_unasked(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_LOAD, say_refused, 0), AUTHZ_HELPER_GARBLED);
}

static void load_whole(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_LOAD, hear_all, 0), AUTHZ_OK);
	assert_int_equal(talk.status, 0);
}

static void load_refused(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_LOAD, hear_some, 0), AUTHZ_STORE_DAMAGED);
	assert_string_equal(talk.error.subject, "line 7");
}

static void load_given_up(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_STORE_LOAD, hear_the_end, 100000), AUTHZ_INTERNAL);
	assert_int_equal(WEXITSTATUS(talk.status), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{.name = "a stream from the helper is handed on whole and in order, and its reply ends it", .test_func = dump_whole},
		{.name = "data of another request, and data longer than a frame may be, is garbled and not handed on", .test_func = dump_wrong},
		{.name = "a helper that ends within a frame of data, or before its reply, has died", .test_func = dump_ends},
		{.name = "a refusal after some data is the result, with its subject", .test_func = dump_refused},
		{.name = "whoever cannot take more ends the call", .test_func = dump_given_up},
		{.name = "only operations that stream have a stream, and they have one always", .test_func = not_streamed},
		{.name = "data from a helper that was to read is garbled", .test_func = data_unasked},
		{.name = "a stream to the helper comes whole and in order, with an empty frame at its end", .test_func = load_whole},
		{.name = "a helper that wants no more is heard, whatever was not sent yet", .test_func = load_refused},
		{.name = "who gives up sends no end, so the helper knows that it has not all", .test_func = load_given_up},
	};
	int failed;

	scratch_make();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	scratch_remove();
	return failed;
}
