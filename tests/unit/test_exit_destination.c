/* SPDX-License-Identifier: ISC */
/* Destinations of an activity: wire/exit_destination.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "wire/exit_destination.h"

#define SIXTEEN "0123456789abcdef"
#define DESTINATIONS 10000

static void transports(void **state)
{
	static const char *const none[] = {"", "*host", "*HOSTS", "*SVD", "HOST", " *HOST"};
	size_t i;

	(void)state;
	assert_true(exit_transport_known("*HOST") && !exit_transport_has_nodes("*HOST"));
	assert_true(exit_transport_known("*SVDS") && exit_transport_has_nodes("*SVDS"));
	assert_true(exit_transport_known("*SNADS") && exit_transport_has_nodes("*SNADS"));
	for (i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(exit_transport_known(none[i]));
}

/* NULL: it is no destination. */
static void expect(const char *transport, const char *text, const char *canonical)
{
	struct exit_destination d;
	const bool good = exit_destination_canonical(transport, text, &d);

	if (good != (canonical != NULL))
		fail_msg("%s '%s' is taken: %d", transport, text, good);
	if (canonical != NULL)
		assert_string_equal(d.text, canonical);
}

static void hosts(void **state)
{
	static const char *const rows[][2] = {
		{"db1.example.org", "db1.example.org"}, {"DB1.Example.ORG", "db1.example.org"}, {"db1.", "db1"}, {"a", "a"}, {"_x.9-9", "_x.9-9"},
		{SIXTEEN SIXTEEN SIXTEEN "0123456789abcde", SIXTEEN SIXTEEN SIXTEEN "0123456789abcde"},
		{SIXTEEN SIXTEEN "." SIXTEEN "0123456789abcde", SIXTEEN SIXTEEN "." SIXTEEN "0123456789abcde"},
		{SIXTEEN SIXTEEN "." SIXTEEN "0123456789abcde.", SIXTEEN SIXTEEN "." SIXTEEN "0123456789abcde"},
		{SIXTEEN SIXTEEN SIXTEEN SIXTEEN, NULL}, {SIXTEEN SIXTEEN "." SIXTEEN SIXTEEN, NULL},
		{"", NULL}, {".", NULL}, {"..", NULL}, {"a..", NULL}, {".a", NULL}, {"a..b", NULL}, {"-a", NULL}, {"a-", NULL}, {"a.-b", NULL},
		{"a-.b", NULL}, {"a b", NULL}, {" a", NULL}, {"a\n", NULL}, {"a/b", NULL}, {"*ALL", NULL}, {"caf\xc3\xa9", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect("*HOST", rows[i][0], rows[i][1]);
}

static void nodes(void **state)
{
	static const char *const rows[][2] = {
		{"SITENET.NODE1", "SITENET.NODE1"}, {"sitenet.node1", "SITENET.NODE1"}, {"A.B", "A.B"}, {"ABCDEFGH.@#$45678", "ABCDEFGH.@#$45678"},
		{"ABCDEFGHI.A", NULL}, {"A.ABCDEFGHI", NULL}, {"A", NULL}, {".A", NULL}, {"A.", NULL}, {"A.B.", NULL}, {"A.B.C", NULL}, {"1A.B", NULL},
		{"A.1B", NULL}, {"A-.B", NULL}, {"A .B", NULL}, {"", NULL}, {".", NULL}, {"A.B\n", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		expect("*SVDS", rows[i][0], rows[i][1]);
		expect("*SNADS", rows[i][0], rows[i][1]);
	}
}

static void twice(void **state)
{
	static struct exit_destination all[DESTINATIONS];
	static const struct exit_destination *sorted[DESTINATIONS];
	size_t i;

	(void)state;
	for (i = 0; i < DESTINATIONS; i++)
		snprintf(all[i].text, sizeof all[i].text, "h%zu", (i * 7919) % DESTINATIONS);
	assert_null(exit_destinations_twice(all, DESTINATIONS, sorted));
	all[DESTINATIONS - 1] = all[0];
	assert_string_equal(exit_destinations_twice(all, DESTINATIONS, sorted)->text, all[0].text);
	assert_null(exit_destinations_twice(all, 1, sorted));
	assert_null(exit_destinations_twice(all, 0, sorted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a transport type is one of three words, in which destinations are hosts or nodes", transports, NULL, NULL, NULL},
		{"a host is a destination in one form alone (exit_destination MUST 1)", hosts, NULL, NULL, NULL},
		{"a node is a destination in one form alone (exit_destination MUST 1)", nodes, NULL, NULL, NULL},
		{"of ten thousand destinations the one that is there twice is found", twice, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("exit_destination", tests, NULL, NULL);
}
