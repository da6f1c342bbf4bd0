/* SPDX-License-Identifier: ISC */
/* Exits that take their time, asked by the real helper and authz-launch: whom they keep waiting, and whom they do not. */
#include "config.h"

#include "launcher.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/call.h"
#include "service.h"
#include "wire/stream.h"

#define SLOW "SLOW_POINT"
#define FAST "FAST_POINT"
#define ID 77

static int open_group(void **state)
{
	(void)state;
	return service_open_with(LAUNCHER_FILE);
}

static int teardown(void **state)
{
	if (launcher > 0)
		(void)launcher_stop(SIGKILL);
	launcher = 0;
	return service_teardown(state);
}

/* ---- exits */

static void register_exit(const char *point, const char *path, int64_t wait_ms)
{
	struct request q = {.operation = OP_EXIT_ADD, .has = HAS(NUMBER) | HAS(WHICH) | HAS(WAIT), .number = 10, .wait = wait_ms};
	struct reply reply;

	assert_true(request_set_string(&q, FIELD_POINT, point) && request_set_string(&q, FIELD_FORMAT, "AUTH0100") &&
	            request_set_string(&q, FIELD_SERVER, path));
	expect(ask_service(CHILD, &q, &reply), AUTHZ_OK);
	assert_int_equal(reply.number, 10);
}

/* One that answers when the file "gate" is gone, and one that does so at once; both note that they were asked. */
static int setup(void **state)
{
	if (service_setup_alone(state) != 0)
		return -1;
	launcher_start();
	write_file(in_state("gate"), "");
	write_script(in_state("slow"), "echo >>%s/asked; while [ -e %s/gate ]; do sleep 0.05; done; echo '*YES'", state_folder,
	             state_folder);
	write_script(in_state("fast"), "echo '*YES'");
	write_script(in_state("late"), "sleep 7; echo '*YES'");
	register_exit(SLOW, in_state("slow"), 25000);
	register_exit(FAST, in_state("fast"), 5000);
	register_exit("LATE_POINT", in_state("late"), 20000);
	return 0;
}

static void await(const char *name)
{
	const char *path = in_state(name);
	int i;

	for (i = 0; i < 1000 && access(path, F_OK) != 0; i++)
		poll(NULL, 0, 10);
	assert_int_equal(access(path, F_OK), 0);
}

/* ---- askings */

static struct request asking(const char *point)
{
	static const char activity[] = "CR1\0" "1\0" "ACT1\0" "*OBJ\0" "*HOST\0" "*SND\0";
	struct request q = {.operation = OP_EXIT_CHECK, .id = ID, .has = HAS(DATA)};

	assert_true(request_set_string(&q, FIELD_POINT, point) && request_set_string(&q, FIELD_FORMAT, "AUTH0100") &&
	            request_set_string(&q, FIELD_USER, owner));
	memcpy(q.data.bytes, activity, q.data.length = sizeof activity); /* with an empty global name */
	return q;
}

static void send_frame(int fd, const char *text)
{
	unsigned char header[FRAME_HEADER];

	stream_header(header, OP_EXIT_CHECK, ID, strlen(text));
	send_bytes(fd, header, sizeof header);
	send_bytes(fd, text, strlen(text));
}

/* All but the end of its destinations. */
static int begin_asking(const char *point)
{
	const struct request q = asking(point);
	unsigned char frame[FRAME_REQUEST_MAX];
	const size_t length = request_encode(&q, frame);
	int fd = connect_service();

	assert_true(length > 0);
	send_bytes(fd, frame, length);
	send_frame(fd, "host1\n");
	return fd;
}

/* The result, and the answers where it is good. */
static enum authz_result end_of(int fd, char answers[64])
{
	static unsigned char frame[FRAME_REPLY_MAX];
	const size_t length = receive_all(fd, frame, sizeof frame);
	struct frame_reader row;
	struct reply reply;

	close(fd);
	answers[0] = '\0';
	assert_null(reply_decode(&reply, frame, length, OP_EXIT_CHECK, ID));
	while (reply_next_entry(&reply, &row))
		(void)frame_next_item(&row, answers, 64); /* the last row */
	return (enum authz_result)reply.result;
}

static void is_yes(int fd)
{
	char answers[64];

	expect(end_of(fd, answers), AUTHZ_OK);
	assert_string_equal(answers, "0");
}

static enum authz_result dump(void)
{
	struct request q = {.operation = OP_STORE_DUMP};
	struct reply reply;

	assert_true(request_set_string(&q, FIELD_STORE, "authority"));
	return ask_service(SOCKET, &q, &reply);
}

/* ---- tests */

static void place_is_free(void **state)
{
	char answers[64];
	int slow, other;

	(void)state;
	start();
	slow = begin_asking(SLOW);
	poll(NULL, 0, 200);
	other = begin_asking(FAST);
	expect(end_of(other, answers), AUTHZ_TOO_MANY); /* while the destinations of the first come */
	expect(dump(), AUTHZ_OK);                       /* which is no asking */
	send_frame(slow, "");
	await("asked");
	expect(dump(), AUTHZ_OK);
	other = begin_asking(FAST);
	send_frame(other, "");
	is_yes(other);
	unharmed();
	unlink(in_state("gate"));
	is_yes(slow);
	unharmed();
}

static void changed_meanwhile(void **state)
{
	struct request q = {.operation = OP_EXIT_REMOVE, .has = HAS(NUMBER), .number = EXIT_NUMBER_ALL};
	struct reply reply;
	int slow;

	(void)state;
	start();
	slow = begin_asking(SLOW);
	send_frame(slow, "");
	await("asked");
	assert_true(request_set_string(&q, FIELD_POINT, SLOW) && request_set_string(&q, FIELD_FORMAT, "AUTH0100"));
	expect(ask_service(SOCKET, &q, &reply), AUTHZ_OK); /* no lock is held */
	assert_int_equal(reply.count, 1);
	unlink(in_state("asked"));
	unlink(in_state("gate"));
	is_yes(slow);
	slow = begin_asking(SLOW);
	send_frame(slow, "");
	is_yes(slow);
	assert_int_not_equal(access(in_state("asked"), F_OK), 0); /* there is nobody to ask any more */
}

static void gone_meanwhile(void **state)
{
	int slow;

	(void)state;
	start();
	slow = begin_asking(SLOW);
	send_frame(slow, "");
	await("asked");
	close(slow);
	unharmed();
	unlink(in_state("gate"));
	unharmed();
	slow = begin_asking(SLOW);
	send_frame(slow, "");
	is_yes(slow);
}

/* Seats are few, so most of them are refused; whoever is not has an answer, and nobody is kept waiting by them. */
static void many_at_once(void **state)
{
	char answers[64];
	int fds[20], i, yes = 0, left = 0;
	enum authz_result result;

	(void)state;
	start();
	for (i = 0; i < 20; i++) {
		fds[i] = begin_asking(SLOW);
		send_frame(fds[i], "");
		poll(NULL, 0, 20);
	}
	await("asked");
	unharmed();
	expect(dump(), AUTHZ_OK);
	unlink(in_state("gate"));
	for (i = 0; i < 20; i++) {
		result = end_of(fds[i], answers);
		yes += result == AUTHZ_OK && strcmp(answers, "0") == 0;
		left += result == AUTHZ_EXIT_FAILED || result == AUTHZ_TOO_MANY;
	}
	assert_true(yes > 0);
	assert_int_equal(yes + left, 20);
	unharmed();
}

/* The lowest that is free, which is noted as a file of its name; 2: there is no room. */
static int take_lowest(int number, const unsigned char *unused)
{
	struct request q = {.operation = OP_EXIT_ADD, .has = HAS(NUMBER) | HAS(WHICH), .number = EXIT_NUMBER_LOW};
	struct reply reply;
	char name[32];
	enum authz_result result;

	(void)unused;
	(void)request_set_string(&q, FIELD_POINT, "NEW_POINT");
	(void)request_set_string(&q, FIELD_FORMAT, "AUTH0100");
	(void)request_set_string(&q, FIELD_SERVER, "/exit");
	result = ask_service(number % 2 == 0 ? SOCKET : CHILD, &q, &reply);
	if (result != AUTHZ_OK)
		return result == AUTHZ_EXITS_FULL ? 2 : 1;
	snprintf(name, sizeof name, "number.%d", (int)reply.number);
	return symlink("taken", in_state(name)); /* fails where it is there */
}

static void each_its_own(void **state)
{
	char name[32];
	int i;

	(void)state;
	start();
	assert_int_equal(crowd(24, take_lowest, NULL), 16);
	for (i = 1; i <= 16; i++) {
		snprintf(name, sizeof name, "number.%d", i);
		assert_int_equal(unlink(in_state(name)), 0);
	}
	unharmed();
}

static ssize_t give_host(void *context, unsigned char *bytes, size_t size)
{
	bool *given = context;

	if (*given || size < 6)
		return 0;
	*given = true;
	memcpy(bytes, "host1\n", 6);
	return 6;
}

/* Longer than a child lives that has nothing to wait for, and than a client waits for one. */
static void child_lives(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	bool given = false;
	const struct client_stream stream = {.context = &given, .give = give_host};
	const char *child = beside_state("child");
	const struct authz_client client = {.helper = child, .socket = "", .timeout_ms = 5000};
	struct request q = asking("LATE_POINT");
	struct authz_error error;
	struct frame_reader row;
	struct reply reply;
	char text[64];

	(void)state;
	expect(client_call_stream(&client, &q, &stream, &reply, frame, &error), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &row));
	assert_true(reply_next_entry(&reply, &row) && frame_next_item(&row, text, sizeof text));
	assert_string_equal(text, "0");
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("while an exit has not answered, another asking has the place of the one that asked it (stream MUST 4)",
		     place_is_free),
		TEST("what is registered is changed while it is asked, and counts for the next asking", changed_meanwhile),
		TEST("who goes away while an exit is asked harms nothing", gone_meanwhile),
		TEST("many askings of an exit that hangs keep nobody else waiting", many_at_once),
		TEST("of many who register at once each has a number of its own, up to the maximum", each_its_own),
		TEST("a child lives as long as the exits that it asks", child_lives),
	};

	return cmocka_run_group_tests_name("serve, exit", tests, open_group, state_close);
}
