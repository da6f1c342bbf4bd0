/* SPDX-License-Identifier: ISC */
/* One message to the system's log: host/system_log.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "dev_log.h"
#include "host/system_log.h"
#include "scratch.h"

static int teardown(void **state)
{
	dev_log_close();
	return scratch_teardown(state);
}

static void nobody_listens(void **state)
{
	(void)state;
	dev_log_none(test_folder);
	assert_false(system_log_send(NULL, LOG_INFO, "seq=1"));
}

/* "<86>Nov 21 07:00:00 authz-helper[42]: seq=1" */
static void expect_message(const char *text, int severity, const char *end)
{
	char time_text[32], start[16], tail[128];
	time_t now = time(NULL);
	struct tm tm;

	assert_non_null(localtime_r(&now, &tm));
	strftime(time_text, sizeof time_text, "%b %e %H:", &tm);
	snprintf(start, sizeof start, "<%d>", LOG_AUTHPRIV | severity);
	snprintf(tail, sizeof tail, " authz-helper[%d]: %s", (int)getpid(), end);
	assert_memory_equal(text, start, strlen(start));
	assert_memory_equal(text + strlen(start), time_text, strlen(time_text));
	assert_string_equal(text + strlen(start) + 15, tail);
}

static void datagrams(void **state)
{
	char text[4096];

	(void)state;
	dev_log_listen(test_folder, SOCK_DGRAM);
	assert_true(system_log_send(NULL, LOG_INFO, "seq=1 event=x"));
	assert_true(system_log_send(NULL, LOG_NOTICE, "%s%n"));
	assert_true(dev_log_read(text, sizeof text) > 0);
	expect_message(text, LOG_INFO, "seq=1 event=x");
	assert_true(dev_log_read(text, sizeof text) > 0);
	expect_message(text, LOG_NOTICE, "%s%n");
}

static void streams(void **state)
{
	char text[4096];
	int length;

	(void)state;
	dev_log_listen(test_folder, SOCK_STREAM);
	assert_true(system_log_send(NULL, LOG_INFO, "seq=1"));
	length = dev_log_read(text, sizeof text);
	assert_int_equal(length, strlen(text) + 1);
	expect_message(text, LOG_INFO, "seq=1");
}

static void kept(int type)
{
	struct system_log log = {.connected = false};
	char text[4096];
	int fd, length;

	dev_log_listen(test_folder, type);
	assert_true(system_log_send(&log, LOG_INFO, "seq=1"));
	fd = log.fd;
	assert_true(log.connected && system_log_send(&log, LOG_INFO, "seq=2"));
	assert_int_equal(log.fd, fd);
	dev_log_listen(test_folder, type);
	assert_true(system_log_send(&log, LOG_INFO, "seq=3"));
	length = dev_log_read(text, sizeof text);
	assert_int_equal(length, strlen(text) + (type == SOCK_STREAM));
	expect_message(text, LOG_INFO, "seq=3");
	dev_log_none(test_folder);
	assert_false(system_log_send(&log, LOG_INFO, "seq=4"));
	assert_false(log.connected);
	dev_log_listen(test_folder, type == SOCK_DGRAM ? SOCK_STREAM : SOCK_DGRAM);
	assert_true(system_log_send(&log, LOG_INFO, "seq=5"));
	system_log_close(&log);
}

/* As where the init system has the socket of a log that was stopped, and another log takes the path. */
static void taken_over(void **state)
{
	struct system_log log = {.connected = false};
	char text[4096];

	(void)state;
	dev_log_listen(test_folder, SOCK_DGRAM);
	assert_true(system_log_send(&log, LOG_INFO, "seq=1"));
	dev_log_hold();
	dev_log_listen(test_folder, SOCK_DGRAM);
	assert_true(system_log_send(&log, LOG_INFO, "seq=2"));
	assert_true(dev_log_read(text, sizeof text) > 0);
	expect_message(text, LOG_INFO, "seq=2");
	system_log_close(&log);
}

static void kept_datagrams(void **state)
{
	(void)state;
	kept(SOCK_DGRAM);
}

static void kept_stream(void **state)
{
	(void)state;
	kept(SOCK_STREAM);
}

static void never_waits(void **state)
{
	unsigned sent = 0;

	(void)state;
	dev_log_listen(test_folder, SOCK_DGRAM);
	alarm(10);
	while (sent < 100000 && system_log_send(NULL, LOG_INFO, "seq=1"))
		sent++;
	alarm(0);
	assert_true(sent < 100000); /* the queue was full, and that was said */
}

static void too_long(void **state)
{
	static char text[4000];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	dev_log_listen(test_folder, SOCK_DGRAM);
	assert_false(system_log_send(NULL, LOG_INFO, text));
	assert_int_equal(dev_log_read(text, sizeof text), -1);
}

#define TEST(sentence, function) {sentence, function, scratch_setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("where nobody listens the message is not taken, and that is said", nobody_listens),
		TEST("a message has facility authpriv, time, name and process", datagrams),
		TEST("over a stream a message ends with a NUL", streams),
		TEST("a log whose path another has taken gets nothing more, though it still listens", taken_over),
		TEST("a connection is kept, and a log that was started anew is found again", kept_datagrams),
		TEST("so is one that takes a stream", kept_stream),
		TEST("a log that does not read is not waited for", never_waits),
		TEST("a message is not cut", too_long),
	};

	return cmocka_run_group_tests_name("system_log", tests, NULL, NULL);
}
