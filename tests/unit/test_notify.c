/* SPDX-License-Identifier: ISC */
/* What a service manager is told: helpers/authz-helper/notify.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "notify.h"
#include "scratch.h"

static void hears(const char *name, bool abstract)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + !abstract);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct notify n;
	char text[32] = "";

	snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
	if (abstract)
		address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	notify_init(&n);
	unsetenv("NOTIFY_SOCKET");
	notify_say(&n, "READY=1");
	assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), 7);
	assert_string_equal(text, "READY=1");
	close(fd);
	notify_say(&n, "STOPPING=1"); /* to nobody */
}

static void both_kinds(void **state)
{
	char folder[SCRATCH_SIZE], name[64];

	(void)state;
	scratch_make(folder);
	hears(scratch_path(folder, "manager"), false);
	scratch_remove(folder);
	snprintf(name, sizeof name, "@authz-test-%ld", (long)getpid());
	hears(name, true);
}

static void nobody(void **state)
{
	static const char *const names[] = {"", "/", "relative", "vsock:2:1"};
	struct notify n;
	char name[200];
	size_t i;

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	notify_init(&n);
	assert_int_equal(n.length, 0);
	notify_say(&n, "READY=1");
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		notify_init(&n);
		assert_int_equal(n.length, 0);
	}
	memset(name, '/', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	notify_init(&n);
	assert_int_equal(n.length, 0);
}

static int64_t watchdog(const char *microseconds, const char *pid)
{
	struct notify n;

	setenv("NOTIFY_SOCKET", "@somebody", 1);
	setenv("WATCHDOG_USEC", microseconds, 1);
	unsetenv("WATCHDOG_PID");
	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
	notify_init(&n);
	return n.watchdog_ms;
}

static void watchdogs(void **state)
{
	char pid[32];

	(void)state;
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	assert_int_equal(watchdog("10000000", NULL), 5000);
	assert_int_equal(watchdog("10000000", pid), 5000);
	assert_int_equal(watchdog("10000000", "1"), 0);
	assert_int_equal(watchdog("often", NULL), 0);
	assert_int_equal(watchdog("-5", NULL), 0);
	assert_int_equal(watchdog("", NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a manager hears, at a path or an abstract name; one that is gone harms nothing", both_kinds, NULL, NULL, NULL},
		{"without a manager, or with a name that is none, nothing is said", nobody, NULL, NULL, NULL},
		{"a watchdog is fed twice in its time, if it is this process's", watchdogs, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
