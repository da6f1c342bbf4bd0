/* SPDX-License-Identifier: ISC */
/* Where a refusal comes from: host/origin.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "audit_locked.h"
#include "host/origin.h"

static const struct principal unset = {.uid = 0, .name = "root", .is_host = true, .loginuid = UINT32_MAX};
static const struct principal eves = {.uid = 0, .name = "root", .is_host = true, .loginuid = 1005};
static struct audit_event login(const struct principal *caller, const char *service, const char *rhost, const char *tty)
{
	return (struct audit_event){.event = "token.redeem", .caller = caller, .owner = "alice", .service = service,
	                            .rhost = rhost, .tty = tty};
}

static uint32_t origin(struct audit_event e)
{
	struct refusals_bucket b[REFUSALS_BUCKETS_MAX];

	assert_int_equal(origin_buckets(&audit_locked, &e, b), 2);
	assert_int_equal(b[0].kind, REFUSALS_ORIGIN);
	assert_int_equal(b[0].a_minute, REFUSALS_OF_ORIGIN);
	assert_true(b[0].slot < REFUSALS_SLOTS);
	return b[0].slot;
}

/* Two slots may be one by chance, so the key is made anew until they are not: once in a thousand. */
static void apart(struct audit_event one, struct audit_event other)
{
	int tries = 5;

	while (tries-- > 0 && origin(one) == origin(other)) {
		assert_int_equal(unlinkat(audit_locked.at.fd, REFUSALS_FILE, 0), 0);
		audit_locked_again();
	}
	assert_true(tries >= 0);
}

static void by_remote_host(void **state)
{
	const struct audit_event e = login(&unset, "sshd", "192.0.2.1", "ssh");
	struct audit_event other = e;

	(void)state;
	other.owner = "bob";
	other.token_id = "0123456789abcdef";
	other.tty = "pts/3";
	assert_int_equal(origin(e), origin(other)); /* no name that is tried makes another origin */
	apart(e, login(&unset, "sshd", "192.0.2.2", "ssh"));
	apart(e, login(&unset, "login", "192.0.2.1", "ssh"));
	apart(e, login(&eves, "sshd", "192.0.2.1", "ssh"));
}

static void networks(void **state)
{
	(void)state;
	assert_int_equal(origin(login(&unset, "sshd", "2001:db8:1:2::1", "")), origin(login(&unset, "sshd", "2001:db8:1:2:ffff::9", "")));
	assert_int_equal(origin(login(&unset, "sshd", "fe80::1%eth0", "")), origin(login(&unset, "sshd", "fe80::2%eth1", "")));
	apart(login(&unset, "sshd", "2001:db8:1:2::1", ""), login(&unset, "sshd", "2001:db8:1:3::1", ""));
	apart(login(&unset, "sshd", "::ffff:192.0.2.1", ""), login(&unset, "sshd", "::ffff:192.0.2.2", ""));
	apart(login(&unset, "sshd", "host.example", ""), login(&unset, "sshd", "other.example", ""));
}

static void by_session(void **state)
{
	(void)state;
	/* who is logged in is known, and has as many terminals as she likes */
	assert_int_equal(origin(login(&eves, "su", "", "pts/1")), origin(login(&eves, "su", "", "pts/2")));
	apart(login(&eves, "su", "", "pts/1"), login(&unset, "su", "", "pts/1"));
	apart(login(&unset, "login", "", "tty1"), login(&unset, "login", "", "tty2"));
	apart(login(&unset, "login", NULL, "tty1"), login(&unset, "login", NULL, NULL));
}

static void users(void **state)
{
	struct audit_event e = login(&unset, "dovecot", "192.0.2.9", "");
	struct refusals_bucket alice[REFUSALS_BUCKETS_MAX], bob[REFUSALS_BUCKETS_MAX];
	int tries = 5;

	(void)state;
	do {
		(void)unlinkat(audit_locked.at.fd, REFUSALS_FILE, 0);
		audit_locked_again();
		e.owner = "alice";
		assert_int_equal(origin_buckets(&audit_locked, &e, alice), 2);
		e.owner = "bob";
		assert_int_equal(origin_buckets(&audit_locked, &e, bob), 2);
	} while (alice[1].slot == bob[1].slot && --tries > 0);
	assert_true(tries > 0);
	assert_int_equal(alice[0].slot, bob[0].slot);
	assert_int_equal(alice[1].kind, REFUSALS_USER);
	assert_int_equal(alice[1].a_minute, REFUSALS_OF_USER);
}

static void spread(void **state)
{
	static unsigned char used[REFUSALS_SLOTS];
	unsigned count = 0, i;
	char rhost[32];

	(void)state;
	memset(used, 0, sizeof used);
	for (i = 0; i < 4096; i++) {
		snprintf(rhost, sizeof rhost, "10.1.%u.%u", i / 256, i % 256);
		used[origin(login(&unset, "sshd", rhost, "ssh"))] = 1;
	}
	for (i = 0; i < REFUSALS_SLOTS; i++)
		count += used[i];
	assert_true(count > REFUSALS_SLOTS * 9 / 10);
}

static void none(void **state)
{
	static const struct principal portal = {.uid = 1001 + REFUSALS_SLOTS, .name = "portal", .loginuid = 7};
	static const struct principal nameless[] = {{.uid = 100000}, {.uid = 165535}};
	struct audit_event e = login(&unset, "", NULL, "pts/1");
	struct refusals_bucket b[REFUSALS_BUCKETS_MAX];
	uint32_t slot;

	(void)state;
	assert_int_equal(origin_buckets(&audit_locked, &e, b), 0); /* root's own authzctl */
	e = login(&portal, "sshd", "192.0.2.1", "ssh"); /* claims, which count for nothing */
	assert_int_equal(origin_buckets(&audit_locked, &e, b), 1);
	assert_int_equal(b[0].kind, REFUSALS_CALLER);
	assert_int_equal(b[0].a_minute, REFUSALS_OF_CALLER);
	e = login(&nameless[0], "", NULL, "");
	assert_int_equal(origin_buckets(&audit_locked, &e, b), 1);
	slot = b[0].slot;
	e = login(&nameless[1], "", NULL, "");
	assert_int_equal(origin_buckets(&audit_locked, &e, b), 1);
	assert_int_equal(b[0].slot, slot);
	assert_int_equal(unlinkat(audit_locked.at.fd, REFUSALS_FILE, 0), 0);
	assert_int_equal(symlinkat("elsewhere", audit_locked.at.fd, REFUSALS_FILE), 0);
	audit_locked_again();
	e = login(&unset, "sshd", "192.0.2.1", "ssh");
	assert_int_equal(origin_buckets(&audit_locked, &e, b), 0);
}

#define TEST(sentence, function) {sentence, function, audit_locked_setup, audit_locked_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("logins from one remote host and service are one origin, whatever name and terminal", by_remote_host),
		TEST("the addresses of one IPv6 network of 64 bits are one origin, IPv4 ones are each their own", networks),
		TEST("without a remote host the session's login uid is the origin, and without that the terminal", by_session),
		TEST("each user meant has a bucket beside that of the origin", users),
		TEST("many origins spread over the slots", spread),
		TEST("the host's own requests have no bucket, other callers one by uid, those without a name one together, and without a file there is none", none),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
