/* SPDX-License-Identifier: ISC */
/* Who may stream, and how many at once: helpers/authz-helper/table.c.  The rest of it is seen through a running service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/deadline.h"
#include "table.h"

#define RUNS_MS 30000

static struct table table;

static struct slot *connect_as(uid_t uid, bool is_host)
{
	const struct peer_id id = {.uid = uid, .share = uid, .pid = 1, .is_host = is_host};
	struct slot *s;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	close(pair[1]);
	s = table_add(&table, pair[0], &id);
	assert_non_null(s);
	return s;
}

static int setup(void **state)
{
	(void)state;
	return table_init(&table, 64, epoll_create1(EPOLL_CLOEXEC), -1, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) ? 0 : -1;
}

static void two_kinds(void **state)
{
	struct slot *host = connect_as(0, true), *host2 = connect_as(0, true), *user = connect_as(1001, false),
	            *user2 = connect_as(1002, false);

	(void)state;
	assert_true(table_stream(&table, user, false));
	assert_false(table_stream(&table, user2, false)); /* whoever it is */
	assert_true(table_stream(&table, host, false));
	assert_false(table_stream(&table, host2, false));
	table_stream_over(&table, user);
	assert_true(table_stream(&table, user2, false));
	assert_false(table_stream(&table, host2, false));
	table_remove(&table, host);
	assert_true(table_stream(&table, host2, false));
	assert_false(table_stream(&table, user, false));
	table_remove(&table, user2); /* one that went away without an end is counted no more */
	assert_true(table_stream(&table, user, false));
	table_stream_over(&table, user);
	table_remove(&table, user);
	table_remove(&table, host2);
	assert_int_equal(table.streams[false][false] + table.streams[true][false], 0);
}

static void asking(void **state)
{
	struct slot *dump = connect_as(0, true), *host = connect_as(0, true), *host2 = connect_as(0, true),
	            *load = connect_as(1001, false), *user = connect_as(1001, false), *again = connect_as(1001, false),
	            *user2 = connect_as(1002, false), *user3 = connect_as(1003, false);

	(void)state;
	assert_true(table_stream(&table, user, true));
	assert_false(table_stream(&table, again, true)); /* one user does not take both places */
	assert_true(table_stream(&table, user2, true));
	assert_false(table_stream(&table, user3, true));
	assert_true(table_stream(&table, load, false)); /* those who ask keep nobody from loading, */
	assert_true(table_stream(&table, dump, false));
	assert_true(table_stream(&table, host, true)); /* nor root, whose dump does not keep root from asking */
	assert_false(table_stream(&table, host2, true));
	table_remove(&table, user);
	assert_true(table_stream(&table, again, true));
	table_proceed(&table, user2, RUNS_MS);
	assert_true(table_stream(&table, user3, true));
	table_proceed(&table, again, RUNS_MS);
	table_proceed(&table, user3, RUNS_MS);
	table_remove(&table, host);
	assert_int_equal(table.streams[false][true] + table.streams[true][true], 0);
	assert_int_equal(table.streams[false][false] + table.streams[true][false], 2);
}

/* So many are stuck that long from now. */
static unsigned stuck_in(int ms)
{
	unsigned stuck;

	(void)table_expire(&table, deadline_in(ms), &stuck);
	return stuck;
}

static void proceeds(void **state)
{
	struct slot *user = connect_as(1001, false), *user2 = connect_as(1002, false), *other = connect_as(1003, false);
	uint64_t woken = 0;

	(void)state;
	assert_true(table_start(&table, user) && table_start(&table, user2) && table_start(&table, other));
	assert_true(table_stream(&table, user, false));
	assert_int_equal(stuck_in(STUCK_MS - 1000), 0);
	assert_int_equal(stuck_in(STUCK_MS + 1000), 2); /* but no stream ever */
	assert_int_equal(stuck_in(3600000), 2);
	while (read(table.wake, &woken, sizeof woken) > 0)
		woken = 0;
	table.looks = INT64_MAX;
	table_proceed(&table, user, RUNS_MS);
	assert_int_equal(read(table.wake, &woken, sizeof woken), sizeof woken); /* whoever looks has to look again */
	assert_true(table_stream(&table, user2, false));
	assert_false(table_stream(&table, other, false));
	assert_int_equal(stuck_in(RUNS_MS + STUCK_MS - 1000), 1); /* other */
	assert_int_equal(stuck_in(RUNS_MS + STUCK_MS + 1000), 2);
	table_stream_over(&table, user); /* with its reply: it is not counted twice */
	assert_false(table_stream(&table, other, false));
	table_remove(&table, user);
	table_remove(&table, user2);
	assert_int_equal(table.streams[false][false], 0);
}

static int teardown(void **state)
{
	(void)state;
	close(table.epoll);
	close(table.wake);
	free(table.slots);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"one stream of the host's and one of users' there are at once, and neither waits for the other", two_kinds, setup,
		 teardown, NULL},
		{"one user who asks exits keeps no other from it, and whoever does keeps nobody from another stream", asking, setup,
		 teardown, NULL},
		{"a stream that was read to its end gives its place away, and is stuck when it runs longer than it said", proceeds, setup,
		 teardown, NULL},
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
