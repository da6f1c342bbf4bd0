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
#include <unistd.h>
#include <cmocka.h>

#include "dev_log.h"
#include "host/audit_file.h"
#include "host/machine.h"
#include "scratch.h"

static const struct principal portal = {.uid = 1001, .name = "portal", .loginuid = UINT32_MAX};
static const struct audit_event event = {.event = "token.redeem", .caller = &portal, .owner = "alice"};
static char folder[SCRATCH_SIZE];
static struct machine m;

static int setup(void **state)
{
	(void)state;
	scratch_make(folder);
	m = (struct machine){.config = {.audit_file = true, .audit_syslog = true, .audit_max_bytes = 1 << 20}};
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
	m.config = (struct host_config){.audit_file = true, .audit_max_bytes = 1 << 20};
	dev_log_listen(folder, SOCK_DGRAM);
	assert_int_equal(audit_outcome(&m, &event, 0, AUTHZ_OK, ""), AUTHZ_OK);
	assert_false(logged(""));
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
		TEST("on a full disk syslog is enough, and without it the record is lost (audit MUST 1)", full_disk),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
