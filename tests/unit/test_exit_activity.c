/* SPDX-License-Identifier: ISC */
/* Activities: rules/exit_activity.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "rules/exit_activity.h"

static const struct exit_activity sound = {.change_request = "CR0815", .sequence = 1, .activity = "ACT01", .type = "*OBJ",
                                           .transport = "*HOST", .verb = "*SNDINS", .global_name = "SITE.PAYROLL", .user = "alice"};

#define SIXTEEN "0123456789abcdef"

static void parameters(void **state)
{
	static const struct { size_t offset; const char *text, *fault; } rows[] = {
		{offsetof(struct exit_activity, change_request), "", "change-request"},
		{offsetof(struct exit_activity, change_request), "A B", "change-request"},
		{offsetof(struct exit_activity, change_request), "~!aZ_.0/x-", NULL},
		{offsetof(struct exit_activity, activity), "", "activity"},
		{offsetof(struct exit_activity, activity), "A\n", "activity"},
		{offsetof(struct exit_activity, activity), "A\x7f", "activity"},
		{offsetof(struct exit_activity, type), "", "type"},
		{offsetof(struct exit_activity, type), "*OBJ\xc3\xa4", "type"},
		{offsetof(struct exit_activity, type), "site", NULL},
		{offsetof(struct exit_activity, transport), "", "transport"},
		{offsetof(struct exit_activity, transport), "*SVDS", NULL},
		{offsetof(struct exit_activity, transport), "*SNADS", NULL},
		{offsetof(struct exit_activity, transport), "*host", "transport"},
		{offsetof(struct exit_activity, transport), "*HOSTS", "transport"},
		{offsetof(struct exit_activity, verb), "", "verb"},
		{offsetof(struct exit_activity, verb), "*SNDIN", "verb"},
		{offsetof(struct exit_activity, verb), "SND", "verb"},
		{offsetof(struct exit_activity, verb), "*SND", NULL},
		{offsetof(struct exit_activity, global_name), "", NULL},
		{offsetof(struct exit_activity, global_name), "A B", "global-name"},
		{offsetof(struct exit_activity, global_name), SIXTEEN SIXTEEN SIXTEEN SIXTEEN, NULL},
		{offsetof(struct exit_activity, user), "", "user"},
		{offsetof(struct exit_activity, user), "al ice", "user"},
	};
	struct exit_activity a;
	const char *fault;
	size_t i;

	(void)state;
	assert_null(exit_activity_fault(&sound));
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		a = sound;
		memcpy((char *)&a + rows[i].offset, rows[i].text, strlen(rows[i].text) + 1);
		fault = exit_activity_fault(&a);
		if (rows[i].fault == NULL)
			assert_null(fault);
		else
			assert_string_equal(fault != NULL ? fault : "nothing", rows[i].fault);
	}
}

static void sequence_numbers(void **state)
{
	static const struct { int64_t number; bool good; } rows[] = {
		{0, true}, {INT32_MAX, true}, {-1, false}, {INT64_C(1) + INT32_MAX, false}, {INT64_MIN, false}, {INT64_C(1) << 32, false},
	};
	struct exit_activity a = sound;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		a.sequence = rows[i].number;
		assert_int_equal(exit_activity_fault(&a) == NULL, rows[i].good);
	}
}

static void all_verbs(void **state)
{
	static const char *const verbs[] = {"*ACC", "*ACT", "*DLT", "*INI", "*INS", "*RMV", "*RTV", "*SND", "*SNDINI", "*SNDINS"};
	struct exit_activity a = sound;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		snprintf(a.verb, sizeof a.verb, "%s", verbs[i]);
		assert_null(exit_activity_fault(&a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"each parameter has its own values, and no byte that ends a field or a line (exit_activity MUST 1)", parameters, NULL, NULL, NULL},
		{"a sequence number is what BINARY(4) holds, from 0", sequence_numbers, NULL, NULL, NULL},
		{"all verbs of the document are verbs", all_verbs, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("exit_activity", tests, NULL, NULL);
}
