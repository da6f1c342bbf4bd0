/* SPDX-License-Identifier: ISC */
/*
 * The service publishes, and the NSS module answers, as the C library loads it: built as service "cabinettest", with the view
 * in the working folder, which is the service's.
 */
#include "service.h"

#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <gshadow.h>
#include <nss.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "view/publish.h"
#include "view/view.h"

static void *module;

static int nss_service_setup(void **state)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/tests/module/.libs/libnss_cabinettest.so.2", getenv("AUTHZ_BUILD"));
	if (service_setup_alone(state) != 0 || chdir(in_state("view")) != 0)
		return -1;
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	return module == NULL || __nss_configure_lookup("group", "cabinettest") != 0 ||
	       __nss_configure_lookup("gshadow", "cabinettest") != 0;
}

/* The C library keeps the module, and that what it has mapped, until it is marked. */
static void mark(void)
{
	const int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	close(folder);
}

static int nss_service_teardown(void **state)
{
	mark();
	dlclose(module);
	return chdir("/") != 0 || service_teardown(state) != 0;
}

/* ---- what is asked */

static struct request about(enum operation operation, const char *cabinet)
{
	struct request q = {.operation = (uint16_t)operation};

	assert_true(request_set_string(&q, FIELD_CABINET, cabinet));
	return q;
}

static enum authz_result create(enum carrier carrier, const char *cabinet)
{
	struct request q = about(OP_CABINET_CREATE, cabinet);
	struct reply reply;

	q.has |= HAS(CABINET_TYPE);
	q.cabinet_type = CABINET_SHARED;
	return ask_service(carrier, &q, &reply);
}

static enum authz_result administer(const char *cabinet, enum cabinet_which which)
{
	struct request q = about(OP_CABINET_ADMIN, cabinet);
	struct reply reply;

	assert_true(request_set_string(&q, FIELD_MEMBER, owner));
	q.has |= HAS(WHICH);
	q.which = which;
	return ask_service(SOCKET, &q, &reply);
}

static enum authz_result lock_it(const char *cabinet)
{
	struct request q = about(OP_CABINET_DELETE, cabinet);
	struct reply reply;

	q.has |= HAS(LOCK);
	q.lock = 1;
	return ask_service(SOCKET, &q, &reply);
}

static enum authz_result simple(enum carrier carrier, enum operation operation)
{
	struct request q = {.operation = (uint16_t)operation};
	struct reply reply;

	return ask_service(carrier, &q, &reply);
}

/* ---- what is answered */

static bool is_group(const char *cabinet)
{
	char name[64], buffer[4096];
	struct group g, *found = NULL;

	snprintf(name, sizeof name, "%s%s", AUTHZ_GROUP_PREFIX, cabinet);
	return getgrnam_r(name, &g, buffer, sizeof buffer, &found) == 0 && found != NULL && strcmp(g.gr_name, name) == 0;
}

static unsigned administrators_of(const char *cabinet)
{
	char name[64], buffer[4096];
	struct sgrp g, *found = NULL;
	unsigned count = 0;

	snprintf(name, sizeof name, "%s%s", AUTHZ_GROUP_PREFIX, cabinet);
	assert_int_equal(getsgnam_r(name, &g, buffer, sizeof buffer, &found), 0);
	while (found->sg_adm[count] != NULL)
		assert_string_equal(found->sg_adm[count++], owner);
	return count;
}

static bool is_marked(void)
{
	struct stat st;
	struct view v;
	bool marked;

	assert_int_equal(view_open(&v, ".", &st), VIEW_FOUND);
	marked = view_is_marked(&v);
	view_close(&v);
	return marked;
}

static void at_once(void **state)
{
	char name[16];
	unsigned i;

	(void)state;
	start();
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "c%u", i);
		assert_false(is_group(name));
		expect(create(i % 4 == 0 ? CHILD : SOCKET, name), AUTHZ_OK);
		assert_true(is_group(name));
		assert_false(is_marked());
		expect(administer(name, CABINET_PLUS), AUTHZ_OK);
		assert_int_equal(administrators_of(name), 1);
		if (i % 2 == 0) {
			expect(administer(name, CABINET_MINUS), AUTHZ_OK);
			assert_int_equal(administrators_of(name), 0);
		} else {
			expect(lock_it(name), AUTHZ_OK);
			assert_false(is_group(name));
		}
	}
	expect(simple(SOCKET, OP_VIEW_CHECK), AUTHZ_OK);
	expect(simple(CHILD, OP_VIEW_CHECK), AUTHZ_OK);
	unharmed();
}

/* Its socket is there a little before it is ready; nobody asks it anything. */
static bool becomes_group(const char *cabinet)
{
	unsigned i;

	for (i = 0; i < 1000 && !is_group(cabinet); i++)
		usleep(10000);
	return is_group(cabinet);
}

static void killed_between(void **state)
{
	(void)state;
	start_with("publish", NULL, -1);
	expect(create(SOCKET, "sales"), AUTHZ_HELPER_DIED);
	assert_int_equal(WTERMSIG(ended()), SIGKILL);
	assert_int_equal(access("group.new", F_OK), 0);
	assert_false(is_group("sales"));
	/* any request whatever */
	expect(simple(CHILD, OP_CABINET_LIST), AUTHZ_OK);
	assert_true(is_group("sales"));
	assert_int_not_equal(access("group.new", F_OK), 0);
	/* a service that starts needs none */
	start_with("publish", NULL, -1);
	expect(create(SOCKET, "stock"), AUTHZ_HELPER_DIED);
	(void)ended();
	assert_false(is_group("stock"));
	start();
	assert_true(becomes_group("stock") && !is_marked());
	expect(simple(SOCKET, OP_VIEW_CHECK), AUTHZ_OK);
}

static void killed_before(void **state)
{
	(void)state;
	start();
	expect(create(SOCKET, "sales"), AUTHZ_OK);
	assert_int_equal(stop_by(SIGTERM), 0);
	start_with("commit", NULL, -1);
	expect(create(SOCKET, "stock"), AUTHZ_HELPER_DIED);
	(void)ended();
	assert_true(is_group("sales") && !is_group("stock"));
	start();
	assert_true(is_group("sales") && !is_group("stock"));
	expect(create(SOCKET, "stock"), AUTHZ_OK);
	assert_true(is_group("sales") && is_group("stock") && !is_marked());
	expect(simple(SOCKET, OP_VIEW_CHECK), AUTHZ_OK);
}

static void anytime(void **state)
{
	unsigned round, i;
	char name[16];
	pid_t pid;

	(void)state;
	for (round = 0; round < 12; round++) {
		start();
		pid = fork();
		if (pid == 0) {
			for (i = 0; i < 1000; i++) {
				snprintf(name, sizeof name, "r%uc%u", round, i);
				if (create(SOCKET, name) != AUTHZ_OK || !is_group(name))
					_exit(is_group(name) ? 1 : 0);
			}
			_exit(0);
		}
		usleep(20000 + 7000 * round);
		(void)stop_by(SIGKILL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		expect(simple(CHILD, OP_VIEW_CHECK), AUTHZ_OK);
		assert_int_not_equal(access("group.new", F_OK), 0);
	}
}

static void take_away(void)
{
	mark();
	assert_int_equal(unlink("group"), 0);
}

static void by_hand(void **state)
{
	(void)state;
	start();
	expect(create(SOCKET, "sales"), AUTHZ_OK);
	take_away();
	expect(simple(SOCKET, OP_VIEW_CHECK), AUTHZ_VIEW_DAMAGED);
	expect(simple(CHILD, OP_VIEW_REBUILD), AUTHZ_OK);
	expect(simple(SOCKET, OP_VIEW_CHECK), AUTHZ_OK);
	take_away();
	expect(simple(SOCKET, OP_VIEW_REBUILD), AUTHZ_OK);
	assert_true(is_group("sales"));
	take_away();
	assert_int_equal(stop_by(SIGTERM), 0);
	start();
	expect(simple(SOCKET, OP_VIEW_CHECK), AUTHZ_OK);
	assert_int_equal(rename("../view", "../away"), 0);
	expect(create(SOCKET, "stock"), AUTHZ_VIEW_DAMAGED);
	assert_int_equal(rename("../away", "../view"), 0);
	expect(create(SOCKET, "stock"), AUTHZ_OK);
	assert_true(is_group("stock"));
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, nss_service_setup, nss_service_teardown, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("what is answered is what the next look-up of another process sees, and nothing stays marked", at_once),
		ROW("a service killed between commit and rename has changed the groups: the next request, or its own next start, shows it",
		    killed_between),
		ROW("a service killed before its commit has changed no group", killed_before),
		ROW("killed at any time, the view is that of the store with the next request", anytime),
		ROW("a view that is gone is made anew by a rebuild or by the service's next start; without its folder nothing is changed",
		    by_hand),
	};

	return cmocka_run_group_tests_name("nss_service", tests, service_open, state_close);
}
