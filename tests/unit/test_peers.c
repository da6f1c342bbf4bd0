/* SPDX-License-Identifier: ISC */
/* Who has how much of the service: helpers/authz-helper/peers.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peers.h"

#define TOTAL 400

static struct peers p;

static int setup(void **state)
{
	(void)state;
	peers_init(&p, TOTAL);
	return 0;
}

static enum admission admit(uid_t uid, pid_t pid, unsigned *peer)
{
	const struct peer_id id = {.uid = uid, .share = uid, .pid = pid, .is_host = uid == 0};

	return peers_admit(&p, &id, peer);
}

static void one_user(void **state)
{
	unsigned peer = 0, other, i;

	(void)state;
	for (i = 0; i < PEER_CONNECTIONS; i++)
		assert_int_equal(admit(1000, (pid_t)i, &peer), ADMITTED); /* whatever process it is */
	for (i = 0; i < PEER_REFUSED; i++)
		assert_int_equal(admit(1000, 1, &peer), ADMITTED_TO_REFUSE);
	assert_int_equal(admit(1000, 1, &other), ADMITTED_NOT);
	assert_int_equal(p.open, PEER_CONNECTIONS + PEER_REFUSED);
	assert_int_equal(admit(1001, 1, &other), ADMITTED);
	assert_int_not_equal(other, peer);
	peers_leave(&p, peer, true);
	assert_int_equal(admit(1000, 1, &peer), ADMITTED);
}

/* The kernel says many uids; who made them is one. */
static void subordinates(void **state)
{
	struct peer_id id = {.share = 1000};
	unsigned peer, first, i;

	(void)state;
	assert_int_equal(admit(1000, 1, &first), ADMITTED);
	for (i = 1; i < PEER_CONNECTIONS; i++) {
		id.uid = (uid_t)(100000 + i);
		assert_int_equal(peers_admit(&p, &id, &peer), ADMITTED);
		assert_int_equal(peer, first);
	}
	id.uid++;
	assert_int_equal(peers_admit(&p, &id, &peer), ADMITTED_TO_REFUSE);
	assert_true(peers_start(&p, first) && peers_start(&p, peer));
	assert_false(peers_start(&p, peer));
	/* the host is never one of them, whoever owns its uid */
	id = (struct peer_id){.uid = 1000, .share = 1000, .pid = 1, .is_host = true};
	assert_int_equal(peers_admit(&p, &id, &peer), ADMITTED);
	assert_int_not_equal(peer, first);
}

static void all_users(void **state)
{
	unsigned peer, i, users = 0;

	(void)state;
	for (i = 0; i < 2 * TOTAL; i++)
		users += admit((uid_t)(1000 + i / 8), 1, &peer) == ADMITTED;
	assert_int_equal(users, TOTAL / 4 * 3);
	for (i = 0; i < TOTAL / 4; i++)
		assert_int_equal(admit(0, (pid_t)(100 + i), &peer), ADMITTED);
	assert_int_equal(p.open, TOTAL);
}

static void processes_of_the_host(void **state)
{
	unsigned peer, other, i;

	(void)state;
	for (i = 0; i < TOTAL / 4; i++)
		assert_int_equal(admit(0, 1, &peer), ADMITTED);
	assert_int_equal(admit(0, 1, &peer), ADMITTED_TO_REFUSE);
	assert_int_equal(admit(0, 2, &other), ADMITTED);
	assert_int_not_equal(other, peer);
}

static void running(void **state)
{
	unsigned peer[10], host, i, more;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_int_equal(admit((uid_t)(1000 + i / 2), 1, &peer[i]), ADMITTED);
	assert_true(peers_start(&p, peer[0]) && peers_start(&p, peer[0]));
	assert_false(peers_start(&p, peer[0])); /* of one user two */
	for (i = 2; i < 8; i++)
		assert_true(peers_start(&p, peer[i]));
	assert_false(peers_start(&p, peer[8])); /* of all eight */
	assert_int_equal(admit(0, 1, &host), ADMITTED);
	for (more = 0; more < 20; more++)
		assert_true(peers_start(&p, host));
}

static void in_turn(void **state)
{
	struct peer_wait greedy[4], modest, late;
	unsigned a, b, i;

	(void)state;
	for (i = 0; i < 6; i++)
		assert_int_equal(admit(1000, 1, &a), ADMITTED);
	assert_int_equal(admit(1001, 1, &b), ADMITTED);
	assert_true(peers_start(&p, a) && peers_start(&p, a) && peers_start(&p, b) && peers_start(&p, b));
	for (i = 0; i < 4; i++)
		peers_queue(&p, a, &greedy[i]);
	peers_queue(&p, b, &modest);
	peers_queue(&p, b, &late);
	assert_ptr_equal(peers_finish(&p, b), &modest); /* the first user's two places are taken */
	assert_ptr_equal(peers_finish(&p, a), &greedy[0]);
	peers_unqueue(&p, a, &greedy[1]);
	peers_unqueue(&p, a, &greedy[1]); /* which does not wait any more */
	assert_ptr_equal(peers_finish(&p, a), &greedy[2]);
	peers_unqueue(&p, a, &greedy[3]);
	assert_null(peers_finish(&p, a));
	peers_queue(&p, a, &greedy[1]);
	assert_ptr_equal(peers_finish(&p, b), &late);
	assert_ptr_equal(peers_finish(&p, a), &greedy[1]);
	assert_null(peers_finish(&p, a));
	assert_null(peers_finish(&p, b));
	assert_null(peers_finish(&p, b));
	assert_int_equal(p.running, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"of one user's connections so many are served, so many more refused, and the rest closed (peers MUST 2)", one_user, setup, NULL, NULL},
		{"a user with subordinate uids has one user's share with all of them (peers MUST 2)", subordinates, setup, NULL, NULL},
		{"a quarter of the connections is the host's, whoever else comes (peers MUST 1)", all_users, setup, NULL, NULL},
		{"each process of the host counts for itself (peers MUST 3)", processes_of_the_host, setup, NULL, NULL},
		{"two requests of one user run at once, eight of all, of the host any number (peers MUST 1, peers MUST 2)", running, setup, NULL, NULL},
		{"whoever waits is served in turn, and not whose places are taken (peers MUST 2)", in_turn, setup, NULL, NULL},
	};

	return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
