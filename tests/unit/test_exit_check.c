/* SPDX-License-Identifier: ISC */
/* Who may ask about an activity, and of what: rules/exit_check.c, rules/exit_audit.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_play.h"
#include "rules/exit_audit.h"

#define LONG_USER "a-name-of-eleven"

static void expect_refused(struct exit_play *play, const struct request *q, const char *text, enum authz_result expected,
                           const char *subject)
{
	const unsigned outcomes = play->w->fake.outcomes;

	assert_result(exit_play_check(play, q, text), expected);
	assert_string_equal(play->w->rules.subject, subject);
	assert_int_equal(play->runs, 0);
	assert_int_equal(play->w->answer.rows.used, 0);
	assert_int_equal(play->w->fake.outcomes, outcomes + 1);
	assert_non_null(strstr(play->w->fake.outcome, "event=exit.check"));
}

/* ---- parameters */

static const char good[] = "CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0" "SITE.PAYROLL.2";

static void parameters(void **state)
{
#define DATA(text) text, sizeof text
	static const struct { const char *bytes; size_t length; const char *fault; } rows[] = {
		{DATA("12345678901\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "change-request"},
		{DATA("\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "change-request"},
		{DATA("C R\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "change-request"},
		{DATA("C\n\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "change-request"},
		{DATA("CR0815\0" "\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "sequence"},
		{DATA("CR0815\0" "-1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "sequence"},
		{DATA("CR0815\0" "+1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "sequence"},
		{DATA("CR0815\0" " 1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "sequence"},
		{DATA("CR0815\0" "1x\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "sequence"},
		{DATA("CR0815\0" "2147483648\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "sequence"},
		{DATA("CR0815\0" "99999999999999999999\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "sequence"},
		{DATA("CR0815\0" "1\0" "ACT45678901\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "activity"},
		{DATA("CR0815\0" "1\0" "\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"), "activity"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "\0" "*HOST\0" "*SNDINS\0"), "type"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*host\0" "*SNDINS\0"), "transport"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOSTS\0" "*SNDINS\0"), "transport"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*EXPLODE\0"), "verb"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS"), "global-name"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0" "a b"), "global-name"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0" "g\0" "more"), "global-name"},
		{DATA("CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0"
		      "12345678901234567890123456789012345678901234567890123456789012345"), "global-name"},
	};
#undef DATA
	struct world *w = *state;
	struct request q = exit_request("alice");
	struct exit_play play;
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exit_data(&q, rows[i].bytes, rows[i].length);
		expect_refused(&play, &q, "db1\n", AUTHZ_BAD_PARAMETER, rows[i].fault);
		assert_int_equal(play.opened, 0);
	}
	for (i = 0; i < sizeof good; i++) { /* nothing that ends too early is anything */
		exit_data(&q, good, i);
		assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_BAD_PARAMETER);
		assert_int_equal(play.opened + play.runs, 0);
	}
	exit_data(&q, good, sizeof good);
	assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_OK);
	assert_int_equal(play.runs, 1);
	exit_play_end(&play);
}

static void names(void **state)
{
	static const struct { const char *point, *format, *fault; } rows[] = {
		{"", AUTH, "point"}, {"lower", AUTH, "point"}, {"1A", AUTH, "point"}, {"A B", AUTH, "point"},
		{SDDST, "", "format"}, {SDDST, "AUTH0200", "format"}, {SDDST, "auth0100", "format"}, {SDDST, "SIGN0100", "format"},
		{EXIT_POINT_SIGNON, AUTH, "format"}, {EXIT_POINT_COMMAND, AUTH, "format"},
		{EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON, "format"}, {EXIT_POINT_COMMAND, EXIT_FORMAT_COMMAND, "format"},
	};
	struct world *w = *state;
	struct request q = exit_request("alice");
	struct exit_play play;
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(q.point, sizeof q.point, "%s", rows[i].point);
		snprintf(q.format, sizeof q.format, "%s", rows[i].format);
		expect_refused(&play, &q, "db1\n", AUTHZ_BAD_PARAMETER, rows[i].fault);
		assert_int_equal(play.opened, 0);
	}
	snprintf(q.point, sizeof q.point, "SITE.POINT_1");
	snprintf(q.format, sizeof q.format, AUTH);
	assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_OK);
	exit_play_end(&play);
}

/* ---- who */

static void who_may(void **state)
{
	static const struct { const char *caller, *user; enum authz_result expected; } rows[] = {
		{"alice", "alice", AUTHZ_OK}, {"portal", "alice", AUTHZ_OK}, {"sam", "alice", AUTHZ_OK}, {"eve", "eve", AUTHZ_OK},
		{"eve", "alice", AUTHZ_USE_REQUIRED}, {"alice", "portal", AUTHZ_USE_REQUIRED}, {"portal", "bob", AUTHZ_USE_REQUIRED},
		{"eve", "root", AUTHZ_USE_REQUIRED}, {"eve", "nosuch", AUTHZ_USER_NOT_FOUND},
	};
	struct world *w = *state;
	struct exit_play play;
	struct request q;
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		world_caller(w, rows[i].caller);
		q = exit_request(rows[i].user);
		if (rows[i].expected == AUTHZ_OK) {
			assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_OK);
			assert_int_equal(play.runs, 1);
			assert_int_equal(play.waits, HOST_WAITS_USERS_ACTIVITY); /* it leaves room for the host's */
			continue;
		}
		expect_refused(&play, &q, "db1\n", rows[i].expected, rows[i].user);
		assert_int_equal(play.opened, 0); /* and nothing is read */
	}
	assert_null(strstr(w->fake.outcome, "nosuch")); /* what was typed for a user and is none */
	world_host(w);
	q = exit_request("bob");
	assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_OK);
	assert_int_equal(play.waits, HOST_WAITS_ACTIVITY);
	exit_play_end(&play);
}

/* A stranger is told no more of a point that is there, damaged or full of programs than of one that is not. */
static void strangers(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = exit_request("alice");

	exit_play_begin(&play, w, NULL, 0);
	world_caller(w, "eve");
	expect_refused(&play, &q, "db1\n", AUTHZ_USE_REQUIRED, "alice");
	exit_play_lines(w, SDDST, AUTH, 1);
	expect_refused(&play, &q, "db1\n", AUTHZ_USE_REQUIRED, "alice");
	exit_play_lose(w, "Xl", SDDST, AUTH, 0);
	expect_refused(&play, &q, "db1\n", AUTHZ_USE_REQUIRED, "alice");
	exit_play_end(&play);
}

static void own_form(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = exit_request("ALICE");

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	world_caller(w, "alice");
	assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\nuser alice\n"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice"));
	q = exit_request("");
	expect_refused(&play, &q, "db1\n", AUTHZ_BAD_PARAMETER, "user");
	exit_play_end(&play);
}

static void out_of_reach(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = exit_request("alice");

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	w->fake.user_result = AUTHZ_INTERNAL;
	expect_refused(&play, &q, "db1\n", AUTHZ_INTERNAL, "the look-up of a user failed");
	w->fake.user_result = AUTHZ_OK;
	world_caller(w, "portal");
	w->fake.groups_result = AUTHZ_INTERNAL; /* never fewer groups */
	expect_refused(&play, &q, "db1\n", AUTHZ_INTERNAL, "the look-up of groups failed");
	w->fake.groups_result = AUTHZ_OK;
	play.full = true;
	expect_refused(&play, &q, "db1\n", AUTHZ_TOO_MANY, "users, who ask exits");
	exit_play_end(&play);
}

/* ---- destinations */

static void destinations(void **state)
{
	static const struct { const char *text, *subject; } rows[] = {
		{"", "destinations (none)"}, {"\n", "destination 1"}, {"db1\n\n", "destination 2"},
		{"db1", "destinations (the last has no newline)"},
		{"db1\ndb2", "destinations (the last has no newline)"}, {"db1\r\n", "destination 1"}, {" db1\n", "destination 1"},
		{"db1\nDB1\n", "destination db1 (twice)"}, {"db1\ndb2\ndb1.\n", "destination db1 (twice)"},
		{"db 1\n", "destination 1"}, {"gr\xc3\xbcn\n", "destination 1"}, {"a..b\n", "destination 1"}, {"-a\n", "destination 1"},
		{"12345678901234567890123456789012345678901234567890123456789012.456\n", "destination 1"},
		{"12345678901234567890123456789012345678901234567890123456789012.456789\n", "destination 1"},
	};
	struct world *w = *state;
	struct exit_play play;
	const struct request q = exit_request("alice");
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (play.piece = 0; play.piece < 3; play.piece++)
			expect_refused(&play, &q, rows[i].text, AUTHZ_BAD_PARAMETER, rows[i].subject);
	}
	play.piece = 0;
	play.text = "db1\0\ndb2\n";
	play.text_length = 9;
	expect_refused(&play, &q, NULL, AUTHZ_BAD_PARAMETER, "destination 1");
	play.broken = true;
	expect_refused(&play, &q, "db1\n", AUTHZ_BAD_PARAMETER, "destinations (the input broke off)");
	play.endless = true;
	expect_refused(&play, &q, "db1\n", AUTHZ_BAD_PARAMETER, "destination 2");
	assert_true(play.text_read < 16384); /* not for ever */
	exit_play_end(&play);
}

static void canonical(void **state)
{
	static const char longest[] = "12345678901234567890123456789012345678901234567890123456789012.4.\n";
	struct world *w = *state;
	struct exit_play play;
	const struct request q = exit_request("alice");

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	assert_result(exit_play_check(&play, &q, longest), AUTHZ_OK);
	assert_result(exit_play_check(&play, &q, "DB2.Example.ORG.\ndb1\n"), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\ndestination db2.example.org\ndestination db1\n"));
	exit_play_end(&play);
}

static void too_many(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request q = exit_request("alice");
	char *text = malloc(200000 * 8 + 1), *at = text;
	size_t i;

	assert_non_null(text);
	for (i = 0; i < 200000; i++)
		at += sprintf(at, "h%06zu\n", i);
	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	expect_refused(&play, &q, text, AUTHZ_BAD_PARAMETER, "destinations (more than 10000)");
	assert_true(play.text_read < 10001 * 8 + 4096);
	text[10001 * 8] = '\0';
	expect_refused(&play, &q, text, AUTHZ_BAD_PARAMETER, "destinations (more than 10000)");
	text[10000 * 8] = '\0';
	assert_result(exit_play_check(&play, &q, text), AUTHZ_OK);
	assert_int_equal(strlen(exit_play_answer(&play)), 10001);
	exit_play_end(&play);
	free(text);
}

/* ---- a record and a long name */

static void long_user(void **state)
{
	struct world *w = *state;
	struct exit_program e = exit_program_of(7);
	struct exit_play play;
	struct request q = exit_request(LONG_USER);

	fake_host_user(&w->fake, LONG_USER, 2000);
	fake_host_user(&w->fake, "tenletters", 2001);
	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\nuser " LONG_USER "\n")); /* lines have the whole name */
	e.input = EXIT_INPUT_RECORD;
	exit_play_put(w, SDDST, AUTH, &e);
	expect_refused(&play, &q, "db1\n", AUTHZ_BAD_PARAMETER, "user (more than 10 bytes are in no record)");
	q = exit_request("tenletters");
	assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_OK);
	assert_int_equal(play.runs, 2);
	assert_memory_equal(play.input + 158, "tenletters", 10);
	exit_play_end(&play);
}

/* ---- on record */

static void on_record(void **state)
{
	static const struct exit_said said[] = {
		{.path = "/exit/3", .bytes = "*YES\n*NO\n*YES\n"}, {.path = "/exit/5", .bytes = "*NO\n*NO\n*YES\n"},
	};
	struct world *w = *state;
	struct exit_play play;
	struct request q = exit_request("alice");
	static const char data[] = "C=%1\0" "7\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0";

	exit_play_begin(&play, w, said, 2);
	world_caller(w, "portal");
	exit_data(&q, data, sizeof data);
	assert_result(exit_play_check(&play, &q, "a\nb\nc\n"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "event=exit.check phase=done result=OK actor=portal uid=1001 owner=alice "
	                                        "point=QIBM_QNS_SDDSTAUTH format=AUTH0100 change-request=C%3D%251 sequence=7 "
	                                        "activity=ACT01 destinations=3 no=0"));
	exit_play_lines(w, SDDST, AUTH, 3);
	exit_play_lines(w, SDDST, AUTH, 5);
	assert_result(exit_play_check(&play, &q, "a\nb\nc\n"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, " destinations=3 no=2 number=3"));
	assert_null(strstr(w->fake.outcome, "claimed"));
	play.said_count = 0;
	w->fake.launch.program = NULL;
	w->fake.launch.result = AUTHZ_LAUNCH_FAILED;
	assert_result(exit_play_check(&play, &q, "a\nb\nc\n"), AUTHZ_EXIT_FAILED);
	assert_non_null(strstr(w->fake.outcome, "result=AZ-EXIT"));
	assert_non_null(strstr(w->fake.outcome, "destinations=3 subject=QIBM_QNS_SDDSTAUTH%20AUTH0100%203%20/exit/3:%20late"));
	exit_play_end(&play);
}

static void lost_record(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request q = exit_request("alice");

	exit_play_begin(&play, w, NULL, 0);
	w->fake.outcome_lost = true;
	assert_result(exit_play_check(&play, &q, "a\n"), AUTHZ_AUDIT_LOST);
	assert_int_equal(w->answer.rows.used, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	assert_result(exit_play_check(&play, &q, "a\n"), AUTHZ_AUDIT_LOST);
	assert_int_equal(w->answer.rows.used, 0);
	exit_play_end(&play);
}

static void words(void **state)
{
	char text[64] = "", small[16] = "a=1";

	(void)state;
	exit_audit_add(text, sizeof text, "one", "a b\n=%\x1b\xff\"x");
	exit_audit_add(text, sizeof text, "none", "");
	exit_audit_add_number(text, sizeof text, "two", UINT64_MAX);
	assert_string_equal(text, "one=a%20b%0A%3D%25%1B%FF\"x two=18446744073709551615");
	exit_audit_add(small, sizeof small, "word", "1234567");
	assert_string_equal(small, "a=1"); /* whole, or not at all */
	exit_audit_add(small, sizeof small, "word", "      ");
	assert_string_equal(small, "a=1");
	exit_audit_add(small, sizeof small, "a-long-key-that", "x");
	assert_string_equal(small, "a=1");
	exit_audit_add(small, sizeof small, "word", "123");
	exit_audit_add(small, sizeof small, "word", "123");
	assert_string_equal(small, "a=1 word=123");
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = world_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each parameter that is missing, too long, or none of its values is refused by name, before all else", parameters),
		TEST("a point that is no name, another format, and the points of this host are refused", names),
		TEST("who may not ask is refused before anything is read (exit_check MUST 1)", who_may),
		TEST("a stranger learns nothing of what is registered", strangers),
		TEST("programs are told the user's own name", own_form),
		TEST("what cannot be found out, and too many streams, refuse", out_of_reach),
		TEST("what is no destination, or there twice, is refused, also in pieces (exit_check MUST 3)", destinations),
		TEST("destinations are told in their canonical form, in their order", canonical),
		TEST("one destination too many ends the reading (exit_check MUST 2)", too_many),
		TEST("a user of more than ten bytes is in no record, and then nobody is asked", long_user),
		TEST("who asked, what, of how many, and who said no are on record", on_record),
		TEST("without its record there is no answer (exit_audit MUST 1)", lost_record),
		TEST("what who asks says ends no word of the record (exit_audit MUST 2)", words),
	};

	return cmocka_run_group_tests_name("exit_check", tests, NULL, NULL);
}
