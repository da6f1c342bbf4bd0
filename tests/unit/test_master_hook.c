/* SPDX-License-Identifier: ISC */
/* The program that is told of entries: rules/master_hook.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
	struct world *w;

	if (masters_setup(state) != 0)
		return -1;
	w = *state;
	host_gives(w, "helga", "alice", 0);
	snprintf(w->fake.host.config.master_hook, sizeof w->fake.host.config.master_hook, "/usr/lib/told");
	return 0;
}

static void told(void **state)
{
	struct world *w = *state;
	char expected[256];

	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_int_equal(w->fake.launch.count, 1);
	assert_string_equal(w->fake.launch.path, "/usr/lib/told");
	assert_int_equal(w->fake.launch.wait_ms, 2000);
	snprintf(expected, sizeof expected, "authz-master-entry 1\nowner alice\nmaster helga\nservice dovecot\nrhost 192.0.2.7\ntime %lld\n",
	         (long long)now_of(w));
	assert_string_equal(w->fake.launch.input, expected);
	assert_non_null(strstr(w->fake.outcome, "event=master.enter"));
	assert_result(enter(w, "bob", "helga"), AUTHZ_NOT_IN_SET); /* of a refusal nobody is told */
	assert_int_equal(w->fake.launch.count, 1);
}

static struct store *own;

static enum authz_result look_at_store(void *arg, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	struct world *w = arg;
	struct store_txn *t;

	(void)what, (void)why;
	assert_int_equal(history_of(w, "alice").count, 1); /* it is committed */
	assert_result(store_begin(own, true, &t), AUTHZ_OK); /* and nobody holds the lock */
	store_abort(t);
	return AUTHZ_OK;
}

static void outside(void **state)
{
	struct world *w = *state;
	const struct store_options options = {.folder = scratch_path(w->folder, "store"), .durable = true, .lock_wait_ms = 100,
	                                      .hold_ms = 4000, .boot_id = BOOT_ID};

	assert_result(store_open(&own, &options), AUTHZ_OK);
	w->fake.launch.program = look_at_store;
	w->fake.launch.program_arg = w;
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_int_equal(w->fake.launch.count, 1);
	store_close(own);
}

static void fails(void **state)
{
	struct world *w = *state;

	w->fake.launch.result = AUTHZ_LAUNCH_FAILED;
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_string_equal(w->answer.reply.master, "helga");
	assert_non_null(strstr(w->fake.outcome, "event=master.hook phase=done result=AZ-LAUNCH"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice master=helga"));
	assert_non_null(strstr(w->fake.outcome, "subject=/usr/lib/told:%20late"));
	w->fake.outcome_lost = true;
	assert_result(enter(w, "alice", "helga"), AUTHZ_AUDIT_CUT); /* of the entry itself */
}

static void slow_host(void *arg, const char *what)
{
	struct world *w = arg;

	if (strcmp(what, "user") == 0)
		fake_host_pass(&w->fake, 1);
}

static void late(void **state)
{
	struct world *w = *state;

	w->fake.asked = slow_host;
	w->fake.asked_arg = w;
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK); /* two questions of a second each */
	assert_int_equal(w->fake.launch.wait_ms, 1500);
	w->fake.host.config.launch_wait_ms = 300;
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_int_equal(w->fake.launch.wait_ms, 300);
	w->fake.asked = NULL;
}

static void very_slow_host(void *arg, const char *what)
{
	struct world *w = arg;

	if (strcmp(what, "user") == 0)
		fake_host_pass(&w->fake, 1.75);
}

static void no_time(void **state)
{
	struct world *w = *state;

	w->fake.asked = very_slow_host;
	w->fake.asked_arg = w;
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_int_equal(w->fake.launch.count, 0);
	assert_non_null(strstr(w->fake.outcome, "event=master.hook phase=done result=AZ-LAUNCH"));
	w->fake.asked = NULL;
}

static void one_line(void **state)
{
	struct world *w = *state;
	struct request q = about_entry("alice", "helga");

	snprintf(q.rhost, sizeof q.rhost, "a\nowner root\r\x7f\x01");
	assert_result(enter_with(w, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.launch.input, "\nrhost a?owner root???\ntime "));
	memset(q.service, 's', sizeof q.service - 1);
	memset(q.rhost, 'r', sizeof q.rhost - 1);
	memset(q.tty, 't', sizeof q.tty - 1);
	assert_result(enter_with(w, &q), AUTHZ_OK);
	assert_int_equal(w->fake.launch.input[w->fake.launch.input_length - 1], '\n');
	assert_non_null(strstr(w->fake.launch.input, "\ntime "));
	assert_non_null(strstr(w->fake.launch.input, q.rhost));
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the program is told owner, master, service, remote host and time of an entry", told),
		TEST("it is run after the commit and outside any transaction", outside),
		TEST("a program that fails refuses nobody, and is on record (master_hook MUST 1)", fails),
		TEST("it has the time that is left of the helper's life, and no more than launch_wait (master_hook MUST 2)", late),
		TEST("it is not run where no time is left (master_hook MUST 2)", no_time),
		TEST("no claim of a session ends a line (master_hook MUST 3)", one_line),
	};

	return cmocka_run_group_tests_name("master_hook", tests, NULL, NULL);
}
