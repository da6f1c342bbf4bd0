/* SPDX-License-Identifier: ISC */
/* An audit record as a line: host/audit_line.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "host/audit_line.h"

static const struct principal portal = {.uid = 1001, .name = "portal", .loginuid = UINT32_MAX};
static const struct principal host = {.uid = 0, .name = "root", .is_host = true, .loginuid = 1000};

static void whole_line(void **state)
{
	const struct audit_event e = {.event = "token.generate", .caller = &portal, .owner = "alice", .maker = "portal",
	                              .token_id = "0123456789abcdef", .detail = "type=1 timeout=3600"};
	char line[AUDIT_LINE_SIZE];

	(void)state;
	audit_line(line, &e, 7, "done", AUTHZ_DISABLED, "alice");
	assert_string_equal(line, "seq=7 event=token.generate phase=done result=CPF22E3 actor=portal uid=1001 owner=alice "
	                    "maker=portal token=0123456789abcdef type=1 timeout=3600 subject=alice");
	audit_line(line, &e, 8, "intent", AUTHZ_OK, "");
	assert_string_equal(line, "seq=8 event=token.generate phase=intent actor=portal uid=1001 owner=alice "
	                    "maker=portal token=0123456789abcdef type=1 timeout=3600");
}

static void master(void **state)
{
	const struct audit_event e = {.event = "master.enter", .caller = &host, .owner = "alice", .master = "helga",
	                              .service = "dovecot", .object_type = "master", .entity = "al?c*", .detail = ""};
	char line[AUDIT_LINE_SIZE];

	(void)state;
	audit_line(line, &e, 7, "done", AUTHZ_OK, "");
	assert_string_equal(line, "seq=7 event=master.enter phase=done result=OK actor=root uid=0 auid=1000 owner=alice master=helga "
	                    "service=dovecot type=master entity=al%3Fc*");
}

static void claims(void **state)
{
	struct audit_event e = {.event = "token.redeem", .caller = &host, .owner = "alice", .service = "sshd",
	                        .rhost = "2001:db8::1", .tty = "ssh"};
	char line[AUDIT_LINE_SIZE];

	(void)state;
	audit_line(line, &e, 1, "done", AUTHZ_OK, "");
	assert_string_equal(line, "seq=1 event=token.redeem phase=done result=OK actor=root uid=0 auid=1000 owner=alice "
	                    "service=sshd rhost=2001:db8::1 tty=ssh");
	e.caller = &portal;
	audit_line(line, &e, 1, "done", AUTHZ_OK, "");
	assert_non_null(strstr(line, " tty=ssh claimed=yes"));
	e.service = e.rhost = e.tty = "";
	audit_line(line, &e, 1, "done", AUTHZ_OK, "");
	assert_null(strstr(line, "claimed"));
}

/* No byte but the plain ones, one space between two words, and each word once. */
static void expect_sound(const char *line, unsigned words)
{
	static const char *const keys[] = {"seq", "event", "phase", "result", "actor", "uid", "owner", "maker", "token",
	                                   "service", "rhost", "tty", "claimed", "type", "entity", "subject"};
	char copy[AUDIT_LINE_SIZE], *word, *rest = copy;
	unsigned seen = 0, count = 0;
	size_t i;

	assert_int_equal(strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/@+*-%= "),
	                 strlen(line));
	assert_null(strstr(line, "  "));
	strcpy(copy, line);
	while ((word = strsep(&rest, " ")) != NULL) {
		char *value = strchr(word, '=');

		assert_non_null(value);
		assert_null(strchr(value + 1, '='));
		*value = '\0';
		for (i = 0; i < sizeof keys / sizeof keys[0] && strcmp(word, keys[i]) != 0; i++)
			;
		assert_true(i < sizeof keys / sizeof keys[0]);
		assert_false(seen & 1u << i);
		seen |= 1u << i;
		count++;
	}
	assert_int_equal(count, words);
}

static void forged(void **state)
{
	static const char *const lies[] = {
		"x result=OK", "x\nseq=9 event=token.redeem result=OK", "x\rresult=OK", "x\tresult=OK", "=", " ", "\n", "%0A",
		"x\x1b[2Jy", "\xff\xfe", "a\x7f", "\"a b\"", "x\xc2\xa0result=OK", "\xe2\x80\xa8",
	};
	char line[AUDIT_LINE_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		const char *lie = lies[i];
		struct principal liar = {.uid = 1001, .loginuid = UINT32_MAX};
		const struct audit_event e = {.event = "token.redeem", .caller = &liar, .owner = lie, .maker = lie, .token_id = lie,
		                              .service = lie, .rhost = lie, .tty = lie, .object_type = lie, .entity = lie};

		snprintf(liar.name, sizeof liar.name, "%s", lie);
		audit_line(line, &e, 1, "done", AUTHZ_DISABLED, lie);
		expect_sound(line, 16);
	}
}

static void told_apart(void **state)
{
	struct audit_event e = {.event = "e", .caller = &portal, .owner = "a%20b"};
	char one[AUDIT_LINE_SIZE], two[AUDIT_LINE_SIZE];

	(void)state;
	audit_line(one, &e, 1, "done", AUTHZ_OK, "");
	e.owner = "a b";
	audit_line(two, &e, 1, "done", AUTHZ_OK, "");
	assert_non_null(strstr(one, "owner=a%2520b"));
	assert_non_null(strstr(two, "owner=a%20b"));
}

static void too_much(void **state)
{
	char service[64], rhost[256], tty[64], subject[257], detail[400], line[AUDIT_LINE_SIZE + 8];
	struct audit_event e = {.event = "token.redeem", .caller = &portal, .owner = "alice", .service = service,
	                        .rhost = rhost, .tty = tty, .detail = detail};
	size_t fill;

	(void)state;
	memset(service, '\n', 63), memset(rhost, '\n', 255), memset(tty, '\n', 63), memset(subject, '\n', 256);
	service[63] = rhost[255] = tty[63] = subject[256] = '\0';
	for (fill = 0; fill < sizeof detail; fill++) {
		memset(detail, 'd', fill);
		detail[fill] = '\0';
		memset(line, 'Z', sizeof line);
		audit_line(line, &e, 1, "done", AUTHZ_DISABLED, subject);
		assert_true(strlen(line) < AUDIT_LINE_SIZE);
		assert_memory_equal(line + AUDIT_LINE_SIZE, "ZZZZZZZZ", 8);
		assert_true(strlen(line) + AUDIT_LINE_SUPPRESSED_SIZE <= AUDIT_LINE_SIZE);
		/* each word is there whole, or the line says that one is not */
		if (strstr(line, " subject=") == NULL || (fill > 0 && strstr(line, detail) == NULL))
			assert_string_equal(line + strlen(line) - strlen(" truncated=yes"), " truncated=yes");
		else
			assert_null(strstr(line, "truncated"));
	}
}

static void overlong_value(void **state)
{
	char rhost[300];
	struct audit_event e = {.event = "e", .caller = &portal, .rhost = rhost};
	char line[AUDIT_LINE_SIZE];

	(void)state;
	memset(rhost, 'r', 257);
	rhost[257] = '\0';
	audit_line(line, &e, 1, "done", AUTHZ_OK, "");
	assert_null(strstr(line, "rhost="));
	assert_non_null(strstr(line, " truncated=yes"));
}

static void no_name(void **state)
{
	const struct principal nameless = {.uid = 4242, .loginuid = 77};
	const struct audit_event e = {.event = "e", .caller = &nameless};
	char line[AUDIT_LINE_SIZE];

	(void)state;
	audit_line(line, &e, 1, "done", AUTHZ_OK, NULL);
	assert_string_equal(line, "seq=1 event=e phase=done result=OK actor=%3F uid=4242 auid=77");
}

static void suppressed(void **state)
{
	const struct audit_event e = {.event = "e", .caller = &portal};
	char line[AUDIT_LINE_SIZE];

	(void)state;
	audit_line(line, &e, 1, "done", AUTHZ_DISABLED, "");
	audit_line_suppressed(line, 0);
	assert_null(strstr(line, "suppressed"));
	audit_line_suppressed(line, UINT32_MAX);
	assert_non_null(strstr(line, " uid=1001 suppressed=4294967295"));
	assert_true(strlen(" suppressed=4294967295") < AUDIT_LINE_SUPPRESSED_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a record is one line of key=value words", whole_line, NULL, NULL, NULL},
		{"who enters stands beside whom", master, NULL, NULL, NULL},
		{"what anybody but the host says of a session is marked as claimed", claims, NULL, NULL, NULL},
		{"a forged space, = or newline makes no word and no line (audit_line MUST 1)", forged, NULL, NULL, NULL},
		{"an escaped value cannot be taken for another one (audit_line MUST 1)", told_apart, NULL, NULL, NULL},
		{"words that do not fit are left out whole, and the line says so", too_much, NULL, NULL, NULL},
		{"so is a value that is longer than any", overlong_value, NULL, NULL, NULL},
		{"there is room for how many were suppressed before a record", suppressed, NULL, NULL, NULL},
		{"a caller whose uid has no name is named by it", no_name, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("audit_line", tests, NULL, NULL);
}
