/* SPDX-License-Identifier: ISC */
/*
 * The helper's end of authz-launch: host/foreign.c, with one in authz-launch's place that says what the test wants.  With the
 * real one it is in tests/module/test_launch.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "config.h"
#include "host/foreign.h"
#include "host/launch_wire.h"
#include "host/machine.h"
#include "scratch.h"

#define PATH "/site/program"
#define WAIT_MS 300

static struct machine machine;
static char why[HOST_SUBJECT_SIZE], output[64];
static pid_t other;

/* ---- in authz-launch's place */

static int listen_here(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%.100s", machine.foreign.socket);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* It answers one: so much of these bytes, having read "reads" bytes; then it closes, or waits. */
static void stand_in(const void *bytes, size_t length, size_t reads, bool waits)
{
	int listener = listen_here(), fd;
	char byte;

	other = fork();
	assert_true(other >= 0);
	if (other > 0) {
		close(listener);
		return;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = accept(listener, NULL, NULL);
	while (reads > 0 && read(fd, &byte, 1) == 1)
		reads--;
	(void)!send(fd, bytes, length, MSG_NOSIGNAL);
	if (waits)
		pause();
	close(fd);
	_exit(0);
}

static void answer(enum launcher_end end, uint32_t number, const char *with, size_t stated)
{
	const struct launcher_answer a = {.end = end, .number = number, .length = (uint32_t)stated};
	unsigned char bytes[LAUNCHER_ANSWER_SIZE + 256];

	launcher_put_answer(bytes, &a);
	memcpy(bytes + LAUNCHER_ANSWER_SIZE, with, strlen(with));
	stand_in(bytes, LAUNCHER_ANSWER_SIZE + strlen(with), LAUNCHER_REQUEST_SIZE, false);
}

/* ---- the call */

static size_t got;
static bool heard;

static enum authz_result call_with(const char *path, const char *input, size_t length)
{
	struct host_launch what = {.path = path, .input = input, .input_length = length, .wait_ms = WAIT_MS, .output = output,
	                           .output_size = sizeof output};
	enum authz_result result;

	memset(output, 'x', sizeof output);
	result = foreign_run(&machine, &what, why);
	got = what.output_length;
	heard = what.heard;
	if (other > 0) {
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
	}
	other = 0;
	(void)unlink(machine.foreign.socket);
	return result;
}

static enum authz_result call(void)
{
	return call_with(PATH, "question", 8);
}

static void fails(const char *cause)
{
	char expected[HOST_SUBJECT_SIZE];
	size_t i;

	snprintf(expected, sizeof expected, PATH ": %s", cause);
	assert_int_equal(call(), AUTHZ_LAUNCH_FAILED);
	assert_string_equal(why, expected);
	assert_int_equal(got, 0);
	for (i = 0; i < sizeof output; i++)
		assert_int_equal(output[i], 0);
}

static int setup(void **state)
{
	const int result = scratch_setup(state);

	memset(&machine, 0, sizeof machine);
	machine.foreign.own = true;
	snprintf(machine.foreign.socket, sizeof machine.foreign.socket, "%s", scratch_path(test_folder, "s"));
	return result;
}

/* ---- tests */

static void succeeds(void **state)
{
	(void)state;
	answer(LAUNCHER_EXITED, 0, "ok\n", 3);
	assert_int_equal(call(), AUTHZ_OK);
	assert_string_equal(why, "");
	assert_int_equal(got, 3);
	assert_memory_equal(output, "ok\n", 3);
	answer(LAUNCHER_EXITED, 0, "", 0);
	assert_int_equal(call(), AUTHZ_OK);
	assert_int_equal(got, 0);
}

static void causes(void **state)
{
	(void)state;
	answer(LAUNCHER_EXITED, 3, "", 0);
	fails("ended with status 3");
	answer(LAUNCHER_KILLED, 11, "", 0);
	fails("was ended by signal 11");
	answer(LAUNCHER_LATE, 0, "", 0);
	fails("late");
	answer(LAUNCHER_BUSY, 0, "", 0);
	fails("authz-launch is busy");
	answer(LAUNCHER_TOO_MUCH, 0, "", 0);
	fails("too much output");
	answer(LAUNCHER_FAILED, 0, "is writable\nby \x1bothers", 22);
	fails("is writable?by ?others");
}

static void not_whole(void **state)
{
	static const char more[100] = "0123456789012345678901234567890123456789012345678901234567890123456789";

	(void)state;
	answer(LAUNCHER_EXITED, 0, "ok", 3);
	fails("authz-launch broke off");
	answer(LAUNCHER_EXITED, 0, "ok\n.", 3);
	fails("authz-launch said more than an answer");
	answer(LAUNCHER_EXITED, 0, more, strlen(more));
	fails("too much output");
	answer(LAUNCHER_EXITED, 1, "ok\n", 3);
	fails("authz-launch does not answer as it should");
	answer((enum launcher_end)99, 0, "", 0);
	fails("authz-launch does not answer as it should");
	stand_in("garbage that is long enough", 27, 0, false);
	fails("authz-launch does not answer as it should");
	stand_in("", 0, 0, false);
	fails("authz-launch broke off");
	stand_in("azl", 3, 0, false);
	fails("authz-launch broke off");
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void hangs(void **state)
{
	double began = seconds();
	char *large = calloc(1, LAUNCHER_INPUT_MAX);

	(void)state;
	assert_non_null(large);
	stand_in("", 0, 0, true);
	fails("late, and so is authz-launch");
	stand_in("azl", 3, 0, true);
	fails("late, and so is authz-launch");
	/* nor does it hang where its words are not read */
	stand_in("", 0, 0, true);
	assert_int_equal(call_with(PATH, large, LAUNCHER_INPUT_MAX), AUTHZ_LAUNCH_FAILED);
	free(large);
	assert_true(seconds() - began < 20); /* it ends: the deadline's own exactness is not looked at */
}

static void out_of_reach(void **state)
{
	char expected[HOST_SUBJECT_SIZE];

	(void)state;
	snprintf(expected, sizeof expected, "authz-launch is out of reach at %.100s: No such file or directory", machine.foreign.socket);
	fails(expected);
	close(listen_here());
	snprintf(expected, sizeof expected, "authz-launch is out of reach at %.100s: Connection refused", machine.foreign.socket);
	fails(expected);
}

static void somebody_else(void **state)
{
	char expected[HOST_SUBJECT_SIZE];
	unsigned char bytes[LAUNCHER_ANSWER_SIZE];

	(void)state;
	if (geteuid() == 0)
		return; /* root is believed; this ring is an ordinary user's */
	launcher_put_answer(bytes, &(struct launcher_answer){.end = LAUNCHER_EXITED});
	stand_in(bytes, sizeof bytes, 0, false);
	machine.foreign.own = false;
	snprintf(expected, sizeof expected, "authz-launch is out of reach at %.100s: it is another user's", machine.foreign.socket);
	fails(expected);
}

/* Of a wrong password that is what counts. */
static void unread(void **state)
{
	static const struct {
		enum launcher_end end;
		uint32_t number;
		bool heard;
	} ends[] = {{LAUNCHER_EXITED, 0, true}, {LAUNCHER_EXITED, 1, true},  {LAUNCHER_KILLED, 9, true},  {LAUNCHER_LATE, 0, true},
	            {LAUNCHER_BUSY, 0, false},  {LAUNCHER_TOO_MUCH, 0, true}, {LAUNCHER_FAILED, 0, false}, {LAUNCHER_FAILED, 1, true}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		answer(ends[i].end, ends[i].number, "", 0);
		(void)call();
		assert_int_equal(heard, ends[i].heard);
	}
	stand_in("", 0, LAUNCHER_REQUEST_SIZE, false);
	(void)call();
	assert_true(heard);
	(void)call(); /* nobody is there */
	assert_false(heard);
}

/* One that hangs is not all that is waited for. */
static void seats_of_one(void **state)
{
	struct foreign_seats taken = {.taken = {0}};
	const struct host_launch what = {.path = PATH};
	unsigned i;

	(void)state;
	machine.foreign.seats = &taken;
	for (i = 0; i < FOREIGN_PATH_SEATS_MAX; i++)
		assert_null(foreign_take_seat(&taken, &what));
	assert_string_equal(foreign_take_seat(&taken, &what), "too many wait for it");
	assert_int_equal(call(), AUTHZ_LAUNCH_FAILED);
	assert_string_equal(why, PATH ": too many wait for it");
	answer(LAUNCHER_EXITED, 0, "ok\n", 3);
	assert_int_equal(call_with("/another", "question", 8), AUTHZ_OK);
	foreign_leave_seat(&taken, &what);
	answer(LAUNCHER_EXITED, 0, "ok\n", 3);
	assert_int_equal(call(), AUTHZ_OK);
}

/* Whoever comes first, each leaves a seat to those before it, and who is refused takes nothing with him. */
static void seats_of_each(void **state)
{
	static const char *const refusals[] = {"too many foreign programs are waited for", "busy with other activities",
	                                       "busy with other activities"};
	static const char *const paths[] = {"/a", "/b", "/c", "/d"};
	struct foreign_seats taken = {.taken = {0}};
	struct host_launch what[FOREIGN_SEATS_MAX];
	unsigned waits, i, count = 0;

	(void)state;
	for (waits = HOST_WAITS; waits-- > 0;) {
		for (; count < FOREIGN_SEATS_MAX - waits; count++) {
			what[count] = (struct host_launch){.path = paths[count], .waits = waits};
			assert_null(foreign_take_seat(&taken, &what[count]));
		}
		for (i = 0; i < 3; i++) {
			const struct host_launch more = {.path = "/e", .waits = waits};
			const char *refusal = foreign_take_seat(&taken, &more);

			assert_non_null(refusal);
			assert_string_equal(refusal, refusals[waits]);
		}
	}
	for (i = 0; i < count; i++)
		foreign_leave_seat(&taken, &what[i]);
	assert_int_equal(taken.taken[0] + taken.taken[1] + taken.taken[2], 0);
}

/* One server may be the exit of sign-ons and of activities. */
static void seats_of_each_at_path(void **state)
{
	struct foreign_seats taken = {.taken = {0}};
	unsigned waits, i;

	(void)state;
	for (waits = HOST_WAITS; waits-- > 0;) {
		const struct host_launch what = {.path = PATH, .waits = waits};

		assert_null(foreign_take_seat(&taken, &what));
		for (i = 0; i < 3; i++) {
			const char *refusal = foreign_take_seat(&taken, &what);

			assert_non_null(refusal);
			assert_string_equal(refusal, "too many wait for it");
		}
	}
	for (i = 0; i < HOST_WAITS; i++)
		foreign_leave_seat(&taken, &(struct host_launch){.path = PATH, .waits = i});
	assert_int_equal(taken.taken[0] + taken.taken[1] + taken.taken[2], 0);
}

static void seats(void **state)
{
	struct foreign_seats taken = {.taken = {FOREIGN_SEATS_MAX - 1}};

	(void)state;
	machine.foreign.seats = &taken;
	answer(LAUNCHER_EXITED, 0, "ok\n", 3);
	assert_int_equal(call(), AUTHZ_OK);
	assert_int_equal(taken.taken[0], FOREIGN_SEATS_MAX - 1);
	answer(LAUNCHER_EXITED, 7, "", 0);
	fails("ended with status 7");
	assert_int_equal(taken.taken[0], FOREIGN_SEATS_MAX - 1); /* also where it fails */
	taken.taken[0] = FOREIGN_SEATS_MAX;
	assert_int_equal(call(), AUTHZ_LAUNCH_FAILED);
	assert_string_equal(why, PATH ": too many foreign programs are waited for");
	assert_int_equal(taken.taken[0], FOREIGN_SEATS_MAX);
}

static void limits(void **state)
{
	char name[LAUNCHER_PATH_MAX + 2], *large = calloc(1, LAUNCHER_INPUT_MAX + 1);

	(void)state;
	assert_int_equal(call_with("site/program", "", 0), AUTHZ_LAUNCH_FAILED);
	assert_string_equal(why, "site/program: no absolute path");
	memset(name, '/', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_int_equal(call_with(name, "", 0), AUTHZ_LAUNCH_FAILED);
	assert_non_null(strstr(why, "the path is too long"));
	assert_non_null(large);
	assert_int_equal(call_with(PATH, large, LAUNCHER_INPUT_MAX + 1), AUTHZ_LAUNCH_FAILED);
	assert_string_equal(why, PATH ": too much input");
	free(large);
}

/* It says so without having read all of the request. */
static void busy_early(void **state)
{
	char *large = calloc(1, LAUNCHER_INPUT_MAX);
	unsigned char bytes[LAUNCHER_ANSWER_SIZE];

	(void)state;
	assert_non_null(large);
	launcher_put_answer(bytes, &(struct launcher_answer){.end = LAUNCHER_BUSY});
	stand_in(bytes, sizeof bytes, 0, false);
	assert_int_equal(call_with(PATH, large, LAUNCHER_INPUT_MAX), AUTHZ_LAUNCH_FAILED);
	assert_string_equal(why, PATH ": authz-launch is busy");
	free(large);
}

#define TEST(sentence, function) {sentence, function, setup, scratch_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("of a program that ended with status 0 the whole output is handed back", succeeds),
		TEST("every other end is AUTHZ_LAUNCH_FAILED, without output, and names path and cause (foreign MUST 2)", causes),
		TEST("so is an answer that is cut, has more, or is none (foreign MUST 2)", not_whole),
		TEST("an authz-launch that hangs is not waited for (foreign MUST 3)", hangs),
		TEST("one that is not there is named with its socket and why", out_of_reach),
		TEST("one that another user has started is asked nothing (foreign MUST 1)", somebody_else),
		TEST("of a service's threads four wait at once, and the next hears that they are too many (foreign MUST 4)", seats),
		TEST("users' activities leave a seat to the host's, and these one to who signs on (foreign MUST 4)", seats_of_each),
		TEST("also where all of it is asked of one program (foreign MUST 4)", seats_of_each_at_path),
		TEST("of one path three wait, and another has its seat still (foreign MUST 4)", seats_of_one),
		TEST("what it may have read is said, also where it did not answer (foreign MUST 5)", unread),
		TEST("what authz-launch would refuse is not sent", limits),
		TEST("its word that it is busy is heard before all was sent", busy_early),
	};

	return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
