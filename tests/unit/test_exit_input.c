/* SPDX-License-Identifier: ISC */
/* What exits read and write: rules/exit_input.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rules/exit_input.h"

static const struct exit_name point = {.point = "QIBM_QNS_SDDSTAUTH", .format = "AUTH0100"};

static struct exit_activity activity_to(const char *transport)
{
	struct exit_activity a = {.change_request = "CR0815", .sequence = 258, .activity = "ACT01", .type = "*OBJ", .verb = "*SNDINS",
	                          .global_name = "SITE.PAYROLL.2", .user = "alice"};

	snprintf(a.transport, sizeof a.transport, "%s", transport);
	return a;
}

static struct exit_program program_with(const char *data)
{
	struct exit_program e = {.number = 70000, .data_length = strlen(data)};

	memcpy(e.data, data, e.data_length);
	return e;
}

static const struct exit_destination two_hosts[] = {{"db1.example.org"}, {"db2.example.org"}}, two_nodes[] = {{"SITENET.NODE1"}, {"ABCDEFGH.B"}};
static const struct exit_destinations hosts = {two_hosts, 2}, nodes = {two_nodes, 2};

/* ---- lines */

static size_t lines_of(const struct exit_activity *a, const struct exit_program *e, const struct exit_destinations *to, char *out,
                       size_t size)
{
	struct exit_line lines[EXIT_ACTIVITY_LINES];
	char sequence[EXIT_SEQUENCE_SIZE];

	exit_activity_lines(a, sequence, lines);
	return exit_input_lines(&point, e, lines, EXIT_ACTIVITY_LINES, to, out, size);
}

static void as_documented(void **state)
{
	static const char expected[] = "authz-exit 1\npoint QIBM_QNS_SDDSTAUTH\nformat AUTH0100\nnumber 70000\ndata of production\n"
	                               "change-request CR0815\nsequence 258\nactivity ACT01\ntype *OBJ\ntransport *HOST\nverb *SNDINS\n"
	                               "global-name SITE.PAYROLL.2\nuser alice\ndestinations 2\ndestination db1.example.org\n"
	                               "destination db2.example.org\n";
	const struct exit_activity a = activity_to("*HOST");
	const struct exit_program e = program_with("of production");
	char out[1024];
	size_t length = lines_of(&a, &e, &hosts, out, sizeof out);

	(void)state;
	assert_int_equal(length, sizeof expected - 1);
	assert_memory_equal(out, expected, length);
	for (length = 0; length < sizeof expected - 1; length++) /* nothing is cut */
		assert_int_equal(lines_of(&a, &e, &hosts, out, length), 0);
	assert_int_equal(lines_of(&a, &e, &hosts, out, length), sizeof expected - 1);
}

static void left_out(void **state)
{
	struct exit_activity a = activity_to("*HOST");
	const struct exit_program e = program_with("");
	char out[1024];
	size_t length;

	(void)state;
	a.global_name[0] = '\0';
	length = lines_of(&a, &e, &hosts, out, sizeof out - 1);
	out[length] = '\0';
	assert_true(length > 0 && strstr(out, "data") == NULL && strstr(out, "global-name") == NULL);
}

static void one_line_each(void **state)
{
	static const struct { const char *bytes; size_t length; bool good; } rows[] = {
		{"a\nuser root", 11, false}, {"a\r", 2, false}, {"a\0b", 3, false}, {"\n", 1, false}, {"\x7f", 1, false}, {"\t", 1, false},
		{" a  b ", 6, true}, {"gr\xc3\xbcn", 5, true},
	};
	const struct exit_line bad = {"from", "192.0.2.7\nuser root"}, none = {"from", NULL};
	struct exit_program e = program_with("");
	char out[1024];
	size_t i;

	(void)state;
	assert_int_equal(exit_input_lines(&point, &e, &bad, 1, &hosts, out, sizeof out), 0);
	assert_true(exit_input_lines(&point, &e, &none, 1, &hosts, out, sizeof out) > 0);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		memcpy(e.data, rows[i].bytes, rows[i].length);
		e.data_length = rows[i].length;
		assert_int_equal(exit_input_lines(&point, &e, NULL, 0, &hosts, out, sizeof out) > 0, rows[i].good);
	}
}

/* ---- the record */

static void byte_by_byte(void **state)
{
	static const char fixed[] =
		"AUTH0100" "\0\0\0\xd4" "\0\1\x11\x70" "\0\0\0\xa8" "\0\0\0\4" "\0\0\0\x14" "\0\0\0\0"
		"CR0815    " "\0\0\1\2" "ACT01     " "*OBJ      " "*SVDS     " "*SNDINS   "
		"SITE.PAYROLL.2                                                  "
		"\0\0\0\xac" "\0\0\0\2" "alice     "
		"data"
		"SITENET NODE1       " "ABCDEFGHB           ";
	const struct exit_activity a = activity_to("*SVDS");
	const struct exit_program e = program_with("data");
	unsigned char out[512];
	size_t size;

	(void)state;
	assert_int_equal(sizeof fixed - 1, 168 + 4 + 40);
	assert_int_equal(exit_input_record(&e, &a, &nodes, out, sizeof out), sizeof fixed - 1);
	assert_memory_equal(out, fixed, sizeof fixed - 1);
	for (size = 0; size < sizeof fixed - 1; size++)
		assert_int_equal(exit_input_record(&e, &a, &nodes, out, size), 0);
	assert_int_equal(exit_input_record(&e, &a, &nodes, out, size), sizeof fixed - 1);
}

static void of_hosts(void **state)
{
	const struct exit_activity a = activity_to("*HOST");
	struct exit_program e = program_with("");
	struct exit_destination widest;
	const struct exit_destinations one = {&widest, 1};
	static unsigned char out[4096];
	const struct authz_exit_auth0100 *q = (const void *)out;

	(void)state;
	memset(&widest, 0, sizeof widest);
	memset(widest.text, 'h', sizeof widest.text - 1);
	memset(e.data, 0, sizeof e.data); /* program data are any bytes */
	e.data_length = sizeof e.data;
	assert_int_equal(exit_input_record(&e, &a, &one, out, sizeof out), 168 + AUTHZ_EXIT_DATA_MAX + 64);
	assert_int_equal(authz_exit_number(q->length), 168 + AUTHZ_EXIT_DATA_MAX + 64);
	assert_int_equal(authz_exit_number(q->destination_length), 64);
	assert_int_equal(authz_exit_number(q->destinations_offset), 168 + AUTHZ_EXIT_DATA_MAX);
	assert_memory_equal(out + authz_exit_number(q->destinations_offset), widest.text, 64);
}

static void offsets(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct authz_exit_auth0100), 168);
	assert_int_equal(sizeof(struct authz_exit_node), 20);
	assert_int_equal(sizeof(struct authz_exit_host), 64);
	assert_int_equal(offsetof(struct authz_exit_auth0100, change_request), 32);
	assert_int_equal(offsetof(struct authz_exit_auth0100, sequence), 42);
	assert_int_equal(offsetof(struct authz_exit_auth0100, global_name), 86);
	assert_int_equal(offsetof(struct authz_exit_auth0100, destinations_offset), 150);
	assert_int_equal(offsetof(struct authz_exit_auth0100, user), 158);
}

static void long_users(void **state)
{
	struct exit_activity a = activity_to("*SVDS");
	const struct exit_program e = program_with("");
	char lines[1024];
	unsigned char record[512];

	(void)state;
	memcpy(a.user, "abcdefghij", 11);
	assert_true(exit_input_record(&e, &a, &nodes, record, sizeof record) > 0);
	memcpy(a.user, "abcdefghijk", 12);
	assert_int_equal(exit_input_record(&e, &a, &nodes, record, sizeof record), 0);
	assert_true(lines_of(&a, &e, &nodes, lines, sizeof lines) > 0);
}

static void ten_thousand(void **state)
{
	struct exit_destination *all = calloc(AUTHZ_EXIT_DESTINATIONS_MAX, sizeof *all);
	const struct exit_destinations to = {all, AUTHZ_EXIT_DESTINATIONS_MAX};
	const struct exit_activity a = activity_to("*HOST");
	struct exit_program e = program_with("");
	unsigned char *out = malloc(EXIT_INPUT_MAX);
	size_t i;

	(void)state;
	assert_true(all != NULL && out != NULL);
	for (i = 0; i < to.count; i++)
		memset(all[i].text, 'h', sizeof all[i].text - 1);
	memset(e.data, 'd', sizeof e.data);
	e.data_length = sizeof e.data;
	assert_int_equal(exit_input_record(&e, &a, &to, out, EXIT_INPUT_MAX), 168 + 2048 + 640000);
	assert_true(lines_of(&a, &e, &to, (char *)out, EXIT_INPUT_MAX) > 770000);
	assert_true(EXIT_INPUT_MAX <= 1048576); /* what authz-launch takes (doc/LAUNCH) */
	free(all);
	free(out);
}

/* ---- answers: "yes" is what each is, as 'Y' and 'n'; NULL: they are none */

#define OUT(text) text, sizeof(text) - 1

static void answers(void **state)
{
	static const struct { enum exit_input form; const char *output; size_t length; size_t count; const char *yes; } rows[] = {
		{EXIT_INPUT_LINES, OUT("*YES\n"), 1, "Y"}, {EXIT_INPUT_LINES, OUT("*NO\n"), 1, "n"},
		{EXIT_INPUT_LINES, OUT("*YES\n*NO\n*YES\n"), 3, "YnY"}, {EXIT_INPUT_LINES, OUT("*NO\n*YES\n*YES\n"), 3, "nYY"},
		{EXIT_INPUT_LINES, OUT("\n*YES\n"), 2, "nY"}, {EXIT_INPUT_LINES, OUT("*yes\n"), 1, "n"}, {EXIT_INPUT_LINES, OUT("YES\n"), 1, "n"},
		{EXIT_INPUT_LINES, OUT(" *YES\n"), 1, "n"}, {EXIT_INPUT_LINES, OUT("*YES \n"), 1, "n"}, {EXIT_INPUT_LINES, OUT("*YES\r\n"), 1, "n"},
		{EXIT_INPUT_LINES, OUT("*YES\0\n"), 1, "n"}, {EXIT_INPUT_LINES, OUT("*YE\n"), 1, "n"}, {EXIT_INPUT_LINES, OUT("*YES*YES\n"), 1, "n"},
		{EXIT_INPUT_LINES, OUT(""), 1, NULL}, {EXIT_INPUT_LINES, OUT("*YES"), 1, NULL}, {EXIT_INPUT_LINES, OUT("*YES\n*YES"), 2, NULL},
		{EXIT_INPUT_LINES, OUT("*YES\n*YES"), 1, NULL}, {EXIT_INPUT_LINES, OUT("*YES\n*YES\n"), 1, NULL},
		{EXIT_INPUT_LINES, OUT("*YES\n\n"), 1, NULL}, {EXIT_INPUT_LINES, OUT("*YES\n"), 2, NULL}, {EXIT_INPUT_LINES, OUT("*YES\n "), 1, NULL},
		{EXIT_INPUT_LINES, OUT("*YES*NO "), 2, NULL},
		{EXIT_INPUT_RECORD, OUT("*YES"), 1, "Y"}, {EXIT_INPUT_RECORD, OUT("*NO "), 1, "n"}, {EXIT_INPUT_RECORD, OUT("*YES*NO *YES"), 3, "YnY"},
		{EXIT_INPUT_RECORD, OUT("*yes*YES"), 2, "nY"}, {EXIT_INPUT_RECORD, OUT("YES "), 1, "n"}, {EXIT_INPUT_RECORD, OUT("\0\0\0\0"), 1, "n"},
		{EXIT_INPUT_RECORD, OUT("    *YES"), 2, "nY"}, {EXIT_INPUT_RECORD, OUT(" *YES*YE"), 2, "nn"},
		{EXIT_INPUT_RECORD, OUT(""), 1, NULL}, {EXIT_INPUT_RECORD, OUT("*YE"), 1, NULL}, {EXIT_INPUT_RECORD, OUT("*YES\n"), 1, NULL},
		{EXIT_INPUT_RECORD, OUT("*YES*YES"), 1, NULL}, {EXIT_INPUT_RECORD, OUT("*YES"), 2, NULL}, {EXIT_INPUT_RECORD, OUT("*YES*NO"), 2, NULL},
	};
	bool yes[4];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		memset(yes, 1, sizeof yes);
		if (exit_output_read(rows[i].form, rows[i].output, rows[i].length, yes, rows[i].count) != (rows[i].yes != NULL))
			fail_msg("row %zu, '%s'", i, rows[i].output);
		for (j = 0; j < rows[i].count; j++)
			if (yes[j] != (rows[i].yes != NULL && rows[i].yes[j] == 'Y'))
				fail_msg("row %zu, '%s', destination %zu", i, rows[i].output, j);
		assert_true(yes[rows[i].count]); /* nothing is written behind them */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the lines are those of the document, and nothing of them is cut", as_documented, NULL, NULL, NULL},
		{"a line without a value is left out", left_out, NULL, NULL, NULL},
		{"no value ends its line (exit_input MUST 1)", one_line_each, NULL, NULL, NULL},
		{"the record is, byte by byte, the document's", byte_by_byte, NULL, NULL, NULL},
		{"hosts and program data have their places in the record", of_hosts, NULL, NULL, NULL},
		{"the parameters are where doc/EXITS says", offsets, NULL, NULL, NULL},
		{"a user whose name is longer than CHAR(10) is in lines alone (exit_input MUST 1)", long_users, NULL, NULL, NULL},
		{"ten thousand destinations fit either form", ten_thousand, NULL, NULL, NULL},
		{"exactly *YES is yes, and a wrong count no answer (exit_input MUST 2) (exit_input MUST 3)", answers, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("exit_input", tests, NULL, NULL);
}
