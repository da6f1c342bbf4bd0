/* SPDX-License-Identifier: ISC */
/* The audit: its file, syslog, and both failing: host/audit.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "dev_log.h"
#include "host/audit_file.h"
#include "host/machine.h"
#include "host/origin.h"
#include "scratch.h"

static const struct principal portal = {.uid = 1001, .name = "portal", .loginuid = UINT32_MAX};
static const struct audit_event event = {.event = "token.redeem", .caller = &portal, .owner = "alice"};
static char folder[SCRATCH_SIZE];
static struct machine m;

static int setup(void **state)
{
	(void)state;
	scratch_make(folder);
	m = (struct machine){.hold_ms = 4000, .config = {.audit_file = true, .audit_syslog = true, .audit_max_bytes = 1 << 20,
	                                                 .audit_keep = 4}};
	snprintf(m.audit_folder, sizeof m.audit_folder, "%s/audit", folder);
	scratch_folder(m.audit_folder);
	dev_log_listen(folder, SOCK_DGRAM);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dev_log_close();
	scratch_remove(folder);
	return 0;
}

static void expect_file(const char *lines)
{
	char *text = scratch_read(scratch_path(m.audit_folder, AUDIT_FILE), NULL), *line, *rest = text, all[4096] = "";

	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s\n", line + AUDIT_STAMP_SIZE);
	assert_string_equal(all, lines);
	free(text);
}

static bool logged(const char *end)
{
	char text[4096];

	if (dev_log_read(text, sizeof text) <= 0)
		return false;
	assert_non_null(strstr(text, "authz-helper["));
	if (strcmp(strstr(text, "]: ") + 3, end) != 0)
		fail_msg("%s", text);
	return true;
}

static void both(void **state)
{
	uint64_t number;

	(void)state;
	assert_int_equal(audit_intent(&m, &event, &number), AUTHZ_OK);
	assert_int_equal(number, 1);
	assert_int_equal(audit_outcome(&m, &event, number, AUTHZ_OK, ""), AUTHZ_OK);
	assert_int_equal(audit_outcome(&m, &event, 0, AUTHZ_TOKEN_SPENT, ""), AUTHZ_OK);
	expect_file("seq=1 event=token.redeem phase=intent actor=portal uid=1001 owner=alice\n"
	            "seq=1 event=token.redeem phase=done result=OK actor=portal uid=1001 owner=alice\n"
	            "seq=2 event=token.redeem phase=done result=AZ-SPENT actor=portal uid=1001 owner=alice\n");
	assert_true(logged("seq=1 event=token.redeem phase=done result=OK actor=portal uid=1001 owner=alice"));
	assert_true(logged("seq=2 event=token.redeem phase=done result=AZ-SPENT actor=portal uid=1001 owner=alice"));
	assert_false(logged(""));
}

static void file_alone(void **state)
{
	uint64_t number;

	(void)state;
	dev_log_none(folder);
	assert_int_equal(audit_intent(&m, &event, &number), AUTHZ_OK);
	assert_int_equal(audit_outcome(&m, &event, number, AUTHZ_OK, ""), AUTHZ_OK);
}

static void syslog_alone(void **state)
{
	uint64_t number;

	(void)state;
	scratch_remove(m.audit_folder);
	assert_int_equal(audit_intent(&m, &event, &number), AUTHZ_OK);
	assert_int_equal(audit_outcome(&m, &event, number, AUTHZ_OK, ""), AUTHZ_OK);
	assert_true(logged("seq=0 event=token.redeem phase=intent actor=portal uid=1001 owner=alice"));
	assert_true(logged("seq=0 event=token.redeem phase=done result=OK actor=portal uid=1001 owner=alice"));
}

static void neither(void **state)
{
	uint64_t number = 77;

	(void)state;
	scratch_remove(m.audit_folder);
	dev_log_none(folder);
	assert_int_equal(audit_intent(&m, &event, &number), AUTHZ_AUDIT_LOST);
	assert_int_equal(audit_outcome(&m, &event, 0, AUTHZ_OK, ""), AUTHZ_AUDIT_LOST);
}

static void switched_off(void **state)
{
	uint64_t number;

	(void)state;
	m.config.audit_file = false;
	assert_int_equal(audit_outcome(&m, &event, 0, AUTHZ_OK, ""), AUTHZ_OK);
	assert_int_not_equal(access(scratch_path(m.audit_folder, AUDIT_FILE), F_OK), 0);
	dev_log_none(folder);
	assert_int_equal(audit_intent(&m, &event, &number), AUTHZ_AUDIT_LOST);
	m.config = (struct host_config){.audit_file = true, .audit_max_bytes = 1 << 20, .audit_keep = 4};
	dev_log_listen(folder, SOCK_DGRAM);
	assert_int_equal(audit_outcome(&m, &event, 0, AUTHZ_OK, ""), AUTHZ_OK);
	assert_false(logged(""));
}

static unsigned count_lines(const char *with)
{
	char *text = scratch_read(scratch_path(m.audit_folder, AUDIT_FILE), NULL), *line, *rest = text;
	unsigned count = 0;

	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		count += strstr(line, with) != NULL;
	free(text);
	return count;
}

/* So many outcomes, in one minute of the clock: near its end the next one is waited for.  How many syslog heard of. */
static unsigned outcomes(const struct audit_event *e, unsigned count, enum authz_result result)
{
	unsigned heard = 0;
	char text[4096];

	while (time(NULL) % 60 >= 57)
		usleep(100000);
	while (count-- > 0) {
		assert_int_equal(audit_outcome(&m, e, 0, result, ""), AUTHZ_OK);
		heard += dev_log_read(text, sizeof text) > 0;
	}
	return heard;
}

static void flood(void **state)
{
	static const struct principal other = {.uid = 1002, .name = "other", .loginuid = UINT32_MAX};
	const struct audit_event others = {.event = "token.redeem", .caller = &other, .owner = "alice"};

	(void)state;
	assert_int_equal(outcomes(&event, REFUSALS_OF_CALLER + 30, AUTHZ_TOKEN_SPENT), REFUSALS_OF_CALLER);
	assert_int_equal(count_lines(" result=AZ-SPENT actor=portal "), REFUSALS_OF_CALLER);
	outcomes(&others, 1, AUTHZ_TOKEN_SPENT);
	assert_int_equal(count_lines(" result=AZ-SPENT actor=other uid=1002 owner=alice"), 1);
	assert_int_equal(count_lines("suppressed"), 0);
	outcomes(&event, 2, AUTHZ_OK);
	assert_int_equal(count_lines(" result=OK actor=portal uid=1001 owner=alice suppressed=30"), 1);
	assert_int_equal(count_lines("suppressed"), 1);
}

static const struct principal root = {.uid = 0, .name = "root", .is_host = true, .loginuid = UINT32_MAX};

/* Somebody hammers sshd from one address, at as many names as there are. */
static void relayed_flood(void **state)
{
	struct audit_event e = {.event = "token.redeem", .caller = &root, .owner = "alice", .service = "sshd",
	                        .rhost = "192.0.2.1", .tty = "ssh"};
	struct audit_event other = e, success = e;

	(void)state;
	m.config.audit_syslog = false;
	other.rhost = "192.0.2.2";
	other.owner = "bob";
	outcomes(&e, 200, AUTHZ_TOKEN_SPENT);
	assert_int_equal(count_lines(" rhost=192.0.2.1 "), REFUSALS_OF_ORIGIN + REFUSALS_OF_USER);
	e.owner = "carol";
	outcomes(&e, 200, AUTHZ_TOKEN_SPENT);
	assert_int_equal(count_lines(" owner=carol "), REFUSALS_OF_USER);
	outcomes(&other, 5, AUTHZ_TOKEN_SPENT);
	assert_int_equal(count_lines(" rhost=192.0.2.2 "), 5);
	assert_int_equal(count_lines(" suppressed=130"), 1); /* with the first of carol's */
	outcomes(&success, 2, AUTHZ_OK);
	assert_int_equal(count_lines(" result=OK actor=root uid=0 owner=alice service=sshd rhost=192.0.2.1 tty=ssh suppressed=190"), 1);
	assert_int_equal(count_lines("suppressed"), 2);
}

static void never_suppressed(void **state)
{
	const struct audit_event own = {.event = "token.generate", .caller = &root, .owner = "alice"};
	const struct audit_event logins = {.event = "token.redeem", .caller = &root, .owner = "alice", .service = "sshd",
	                                   .rhost = "192.0.2.1"};
	uint64_t number;
	unsigned i;

	(void)state;
	m.config.audit_syslog = false;
	outcomes(&own, 100, AUTHZ_DISABLED);
	assert_int_equal(count_lines(" result=CPF22E3 actor=root "), 100);
	outcomes(&logins, 100, AUTHZ_OK);
	outcomes(&event, 100, AUTHZ_OK);
	assert_int_equal(count_lines(" result=OK actor=portal "), 100);
	assert_int_equal(count_lines(" result=OK actor=root "), 100);
	for (i = 0; i < 100; i++) {
		assert_int_equal(audit_intent(&m, &event, &number), AUTHZ_OK);
		assert_int_equal(audit_outcome(&m, &event, number, AUTHZ_STORE_IO, ""), AUTHZ_OK);
	}
	assert_int_equal(count_lines(" phase=intent "), 100);
	assert_int_equal(count_lines(" phase=done "), 400);
	assert_int_equal(count_lines("suppressed"), 0);
}

static void no_refusals_file(void **state)
{
	(void)state;
	m.config.audit_syslog = false;
	scratch_folder(scratch_path(m.audit_folder, REFUSALS_FILE));
	outcomes(&event, REFUSALS_OF_CALLER + 30, AUTHZ_TOKEN_SPENT);
	assert_int_equal(count_lines(" result=AZ-SPENT actor=portal "), REFUSALS_OF_CALLER + 30);
}

static void claims(void **state)
{
	struct audit_event e = {.event = "token.redeem", .caller = &portal, .service = "sshd", .rhost = "192.0.2.1", .tty = "ssh"};

	(void)state;
	assert_int_equal(audit_outcome(&m, &e, 0, AUTHZ_TOKEN_SPENT, ""), AUTHZ_OK);
	assert_int_equal(audit_outcome(&m, &e, 0, AUTHZ_OK, ""), AUTHZ_OK);
	e.caller = &root;
	assert_int_equal(audit_outcome(&m, &e, 0, AUTHZ_TOKEN_SPENT, ""), AUTHZ_OK);
	expect_file("seq=1 event=token.redeem phase=done result=AZ-SPENT actor=portal uid=1001\n"
	            "seq=2 event=token.redeem phase=done result=OK actor=portal uid=1001 service=sshd rhost=192.0.2.1 tty=ssh "
	            "claimed=yes\n"
	            "seq=3 event=token.redeem phase=done result=AZ-SPENT actor=root uid=0 service=sshd rhost=192.0.2.1 tty=ssh\n");
}

static int on_full_disk(void *arg)
{
	const struct rlimit none = {0, 0};
	uint64_t number;

	(void)arg;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	if (audit_intent(&m, &event, &number) != AUTHZ_OK)
		return 1; /* syslog takes it */
	dev_log_none(folder);
	system_log_close(&m.log); /* the process that this one was forked from still listens */
	return audit_intent(&m, &event, &number) == AUTHZ_AUDIT_LOST ? 0 : 2;
}

static void full_disk(void **state)
{
	(void)state;
	assert_int_equal(scratch_process(on_full_disk, NULL), 0);
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("intent and outcome have one number, and syslog hears of the outcome", both),
		TEST("without syslog the file is enough", file_alone),
		TEST("without the file syslog is enough, and hears of the intent too", syslog_alone),
		TEST("what neither takes is lost, and that is said (audit MUST 1)", neither),
		TEST("what is switched off takes nothing (audit MUST 1)", switched_off),
		TEST("of a caller's refusals 20 a minute are written, and how many were not is told (audit MUST 2)", flood),
		TEST("of the refusals that the host relays from one origin 60 a minute are written, 10 more for each user meant, and "
		     "how many were not is told (audit MUST 2)", relayed_flood),
		TEST("the host's own records, successes, and failures of what was begun are all written (audit MUST 3)",
		     never_suppressed),
		TEST("where refusals cannot be counted they are all written", no_refusals_file),
		TEST("a refusal has none of its caller's claims, unless that is the host (audit MUST 4)", claims),
		TEST("on a full disk syslog is enough, and without it the record is lost (audit MUST 1)", full_disk),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
