/* SPDX-License-Identifier: ISC */
/* Exits are registered and removed, and their points made: rules/exit_register.c. */
#include "exits.h"

#include <stdio.h>
#include <string.h>

#include "authz.h"
#include "masters.h"

static exit_rule *const changes[] = {exit_add, exit_remove, exit_point};

static void expect_bad(struct world *w, exit_rule *rule, const struct request *q, const char *parameter)
{
	const uint64_t commits = sequence(w->rules.authority);

	assert_result(exit_do(w, rule, q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, parameter);
	assert_int_equal(sequence(w->rules.authority), commits);
}

/* ---- what is registered */

static void registered(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 10);
	struct exit_program e;

	world_caller(w, "sam");
	q.which = EXIT_INPUT_RECORD;
	q.wait = 500;
	q.has |= HAS(WAIT) | HAS(TEXT);
	snprintf(q.text, sizeof q.text, "asks change control");
	exit_wish_data(&q, "a\0\n\xff", 4);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_true(w->answer.reply.has == 1u << REPLY_NUMBER && w->answer.reply.number == 10);
	e = exit_find(w, 10);
	assert_string_equal(e.path, "/usr/libexec/exit-10");
	assert_string_equal(e.text, "asks change control");
	assert_true(e.input == EXIT_INPUT_RECORD && e.wait_ms == 500 && e.changed_by == UID_SAM && e.changed_at == w->fake.now.wall);
	assert_int_equal(e.data_length, 4);
	assert_memory_equal(e.data, "a\0\n\xff", 4);
	assert_string_equal(exit_numbers(w), "10"); /* its point was made */
}

static void as_much_as_may_be(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish("A1234567890123456789", "AUTH0100", EXIT_NUMBER_MAX);

	memset(q.server, 'p', sizeof q.server - 1);
	q.server[0] = '/';
	memset(q.text, 't', sizeof q.text - 1);
	q.has |= HAS(TEXT) | HAS(WAIT);
	q.wait = EXIT_WAIT_MAX;
	exit_wish_data(&q, "", 0);
	memset(q.data.bytes, 'd', q.data.length = AUTHZ_EXIT_DATA_MAX);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	q.wait = EXIT_WAIT_MIN;
	q.number = 1;
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
}

static void low_and_high(void **state)
{
	static const struct { int64_t asked, got; } rows[] = {
		{EXIT_NUMBER_LOW, 1}, {EXIT_NUMBER_HIGH, EXIT_NUMBER_MAX}, {2, 2}, {EXIT_NUMBER_LOW, 3},
		{EXIT_NUMBER_HIGH, EXIT_NUMBER_MAX - 1}, {EXIT_NUMBER_MAX - 2, EXIT_NUMBER_MAX - 2}, {EXIT_NUMBER_HIGH, EXIT_NUMBER_MAX - 3},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_result(exit_put(w, rows[i].asked), AUTHZ_OK);
		assert_int_equal(w->answer.reply.number, rows[i].got);
	}
	assert_string_equal(exit_numbers(w), "1,2,3,2147483644,2147483645,2147483646,2147483647");
	assert_result(exit_drop(w, 2), AUTHZ_OK);
	assert_result(exit_put(w, EXIT_NUMBER_LOW), AUTHZ_OK);
	assert_int_equal(w->answer.reply.number, 2);
}

static void replaced(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 7);
	struct exit_program e;
	uint64_t commits;

	q.has |= HAS(TEXT) | HAS(WAIT);
	q.wait = 400;
	snprintf(q.text, sizeof q.text, "old");
	exit_wish_data(&q, "old", 3);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	commits = sequence(w->rules.authority);
	q = exit_wish(SITE_POINT, "AUTH0100", 7);
	snprintf(q.server, sizeof q.server, "/new");
	assert_result(exit_do(w, exit_add, &q), AUTHZ_NUMBER_TAKEN);
	assert_string_equal(w->rules.subject, "7");
	assert_int_equal(w->answer.reply.has, 0);
	q.reconfigure = 2; /* is no yes */
	q.has |= HAS(RECONFIGURE);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_NUMBER_TAKEN);
	assert_int_equal(sequence(w->rules.authority), commits);
	assert_string_equal(exit_find(w, 7).path, "/usr/libexec/exit-7");
	q.reconfigure = 1;
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "replaced=yes"));
	e = exit_find(w, 7);
	assert_string_equal(e.path, "/new");
	assert_true(e.text[0] == '\0' && e.wait_ms == 0 && e.data_length == 0);
	assert_string_equal(exit_numbers(w), "7");
	q.number = 8; /* nothing to replace */
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
}

/* ---- who */

static void who(void **state)
{
	static const char *const strangers[] = {"alice", "portal", "ada", "sue"};
	struct world *w = *state;
	const struct request q = exit_wish(SITE_POINT, "AUTH0100", 10), wrong = exit_wish("wrong", "x", -9);
	uint64_t commits;
	size_t i, k;

	fake_host_user(&w->fake, "ada", 1200);
	fake_host_user(&w->fake, "sue", 1201);
	give_special(w, "ada", SPECIAL_ALLOBJ); /* no other right helps */
	give_special(w, "sue", SPECIAL_SUPERVISOR);
	grant(w, "alice", "sam");
	assert_result(exit_put(w, 10), AUTHZ_OK);
	commits = sequence(w->rules.authority);
	for (i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		world_caller(w, strangers[i]);
		for (k = 0; k < sizeof changes / sizeof changes[0]; k++) {
			assert_result(exit_do(w, changes[k], &q), AUTHZ_SPECIAL_REQUIRED);
			assert_string_equal(authz_result_code(AUTHZ_SPECIAL_REQUIRED), "CPF222E");
			assert_non_null(strstr(w->fake.outcome, "point=" SITE_POINT " format=AUTH0100"));
			assert_result(exit_do(w, changes[k], &wrong), AUTHZ_SPECIAL_REQUIRED); /* not even what is wrong with it */
			assert_int_equal(w->answer.reply.has, 0);
		}
	}
	assert_int_equal(sequence(w->rules.authority), commits);
	world_caller(w, "sam"); /* *SECADM */
	assert_result(exit_put(w, 11), AUTHZ_OK);
	assert_result(exit_drop(w, 10), AUTHZ_OK);
	assert_result(exit_set(w, SITE_POINT, 20), AUTHZ_OK);
}

/* Who works in sam's place may do what sam may, and both are on record. */
static void by_a_master(void **state)
{
	struct world *w = *state;

	world_caller(w, "sam");
	w->rules.caller.loginuid = 1100;
	assert_result(exit_put(w, 10), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "actor=sam uid=1004 auid=1100 "));
}

static void takes_right(void *arg, const char *what)
{
	struct world *w = arg;

	if (strcmp(what, "clock") != 0)
		return;
	w->fake.asked = NULL;
	disable(w, "sam");
}

/* Between the question and the lock. */
static void right_taken(void **state)
{
	struct world *w = *state;
	size_t k;

	for (k = 0; k < sizeof changes / sizeof changes[0]; k++) {
		struct request q = exit_wish(SITE_POINT, "AUTH0100", 10);

		world_host(w);
		enable(w, "sam");
		q.reconfigure = 1;
		assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
		world_caller(w, "sam");
		w->fake.asked_arg = w;
		w->fake.asked = takes_right;
		assert_result(exit_do(w, changes[k], &q), AUTHZ_SPECIAL_REQUIRED);
		assert_null(w->fake.asked);
		assert_string_equal(exit_numbers(w), "10");
	}
}

/* ---- room */

static void full(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 3);
	int i;

	for (i = 1; i <= EXIT_PROGRAMS_DEFAULT; i++)
		assert_result(exit_put(w, i), AUTHZ_OK);
	assert_result(exit_put(w, i), AUTHZ_EXITS_FULL);
	assert_result(exit_put(w, EXIT_NUMBER_LOW), AUTHZ_EXITS_FULL);
	assert_result(exit_put(w, EXIT_NUMBER_HIGH), AUTHZ_EXITS_FULL);
	assert_string_equal(w->rules.subject, SITE_POINT " AUTH0100");
	assert_result(exit_put(w, 3), AUTHZ_NUMBER_TAKEN);
	q.reconfigure = 1;
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK); /* one for another */
	assert_result(exit_set(w, SITE_POINT, EXIT_PROGRAMS_DEFAULT - 1), AUTHZ_IN_USE);
	assert_string_equal(w->rules.subject, SITE_POINT " AUTH0100");
	assert_result(exit_set(w, SITE_POINT, EXIT_PROGRAMS_DEFAULT + 1), AUTHZ_OK);
	assert_result(exit_put(w, i), AUTHZ_OK);
	assert_result(exit_put(w, i + 1), AUTHZ_EXITS_FULL);
	assert_string_equal(exit_numbers(w), "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17");
}

static void point_set(void **state)
{
	struct world *w = *state;

	assert_result(exit_set(w, SITE_POINT, 2), AUTHZ_OK); /* beforehand */
	assert_string_equal(exit_numbers(w), "");
	assert_non_null(strstr(w->fake.outcome, "maximum=2 new=yes"));
	assert_result(exit_put(w, 1), AUTHZ_OK);
	assert_result(exit_put(w, 2), AUTHZ_OK);
	assert_result(exit_set(w, SITE_POINT, -1), AUTHZ_OK); /* which says nothing, and changes nothing */
	assert_non_null(strstr(w->fake.outcome, "maximum=2 new=no"));
	assert_result(exit_put(w, 3), AUTHZ_EXITS_FULL);
	assert_result(exit_set(w, "OTHER", -1), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "maximum=16 new=yes"));
	assert_result(exit_set(w, SITE_POINT, 64), AUTHZ_OK);
	assert_result(exit_set(w, SITE_POINT, 2), AUTHZ_OK);
	assert_result(exit_set(w, SITE_POINT, 1), AUTHZ_IN_USE);
}

static void points_full(void **state)
{
	struct world *w = *state;
	char name[EXIT_POINT_SIZE];
	int i;

	for (i = 0; i < EXIT_POINTS_MAX; i++) {
		snprintf(name, sizeof name, "P%d", i);
		assert_result(exit_set(w, name, -1), AUTHZ_OK);
	}
	assert_result(exit_put(w, 1), AUTHZ_EXIT_POINTS_FULL);
	assert_string_equal(w->rules.subject, SITE_POINT " AUTH0100");
	assert_result(exit_set(w, "ONE_MORE", 3), AUTHZ_EXIT_POINTS_FULL);
	assert_result(exit_set(w, "P9", 3), AUTHZ_OK);
	assert_result(exit_set(w, "P9", 0), AUTHZ_OK);
	assert_result(exit_put(w, 1), AUTHZ_OK);
}

/* ---- removing */

static void removed(void **state)
{
	struct world *w = *state;

	assert_result(exit_drop(w, 1), AUTHZ_NO_EXIT_POINT);
	assert_string_equal(w->rules.subject, SITE_POINT " AUTH0100");
	assert_result(exit_drop(w, EXIT_NUMBER_ALL), AUTHZ_NO_EXIT_POINT);
	assert_result(exit_put(w, 1), AUTHZ_OK);
	assert_result(exit_put(w, 5), AUTHZ_OK);
	assert_result(exit_put(w, 9), AUTHZ_OK);
	assert_result(exit_drop(w, 2), AUTHZ_NO_EXIT);
	assert_string_equal(w->rules.subject, SITE_POINT " AUTH0100 2");
	assert_int_equal(w->answer.reply.number, 0);
	assert_result(exit_drop(w, 5), AUTHZ_OK);
	assert_true(w->answer.reply.has == 1u << REPLY_COUNT && w->answer.reply.count == 1);
	assert_string_equal(exit_numbers(w), "1,9");
	assert_result(exit_drop(w, 5), AUTHZ_NO_EXIT);
	assert_result(exit_drop(w, EXIT_NUMBER_ALL), AUTHZ_OK);
	assert_true(w->answer.reply.has == 1u << REPLY_COUNT && w->answer.reply.count == 2);
	assert_string_equal(exit_numbers(w), ""); /* the point stays */
	assert_result(exit_drop(w, EXIT_NUMBER_ALL), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 0);
	assert_int_equal(count_records(w, w->rules.authority, 'X'), 2);
}

static void point_removed(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 1);

	assert_result(exit_set(w, SITE_POINT, 0), AUTHZ_NO_EXIT_POINT);
	assert_result(exit_put(w, 1), AUTHZ_OK);
	assert_result(exit_put(w, 2), AUTHZ_OK);
	snprintf(q.point, sizeof q.point, "OTHER");
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_result(exit_set(w, SITE_POINT, 0), AUTHZ_OK);
	assert_true(w->answer.reply.has == 1u << REPLY_COUNT && w->answer.reply.count == 2);
	assert_string_equal(exit_numbers(w), "none");
	assert_int_equal(count_records(w, w->rules.authority, 'X'), 3); /* the other's */
	assert_result(exit_put(w, 2), AUTHZ_OK);
	assert_string_equal(exit_numbers(w), "2");
}

/* ---- forms */

static void names(void **state)
{
	static const char *const points[] = {"", "qibm", "Qibm", "1A", "_A", ".A", "A B", "A/B", "A\n", "A\x80", "*ALL"},
		*const formats[] = {"", "auth0100", "AUTH 100", "AUTH0200", "AUTH010", "SIGN0100", "CMND0100", "X", "*ALL"};
	struct world *w = *state;
	struct request q;
	size_t i, k;

	for (k = 0; k < sizeof changes / sizeof changes[0]; k++) {
		for (i = 0; i < sizeof points / sizeof points[0]; i++) {
			q = exit_wish(SITE_POINT, "AUTH0100", 1);
			snprintf(q.point, sizeof q.point, "%s", points[i]);
			expect_bad(w, changes[k], &q, "point");
		}
		for (i = 0; i < sizeof formats / sizeof formats[0]; i++) {
			q = exit_wish(SITE_POINT, "AUTH0100", 1);
			snprintf(q.format, sizeof q.format, "%s", formats[i]);
			expect_bad(w, changes[k], &q, "format");
		}
	}
	assert_string_equal(exit_numbers(w), "none");
}

static void own_formats(void **state)
{
	static const struct { const char *point, *format; bool good; } rows[] = {
		{"AZ_SIGNON", "SIGN0100", true}, {"AZ_SIGNON", "AUTH0100", false}, {"AZ_SIGNON", "CMND0100", false},
		{"AZ_COMMAND", "CMND0100", true}, {"AZ_COMMAND", "AUTH0100", false}, {"AZ_COMMAND", "SIGN0100", false},
		{"AZ_SIGNON2", "AUTH0100", true}, {"AZ_SIGNON2", "SIGN0100", false},
	};
	struct world *w = *state;
	struct request q;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		q = exit_wish(rows[i].point, rows[i].format, 1);
		if (rows[i].good)
			assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
		else
			expect_bad(w, exit_add, &q, "format");
	}
	q = exit_wish("AZ_SIGNON", "SIGN0100", 2); /* which is of lines alone */
	q.which = EXIT_INPUT_RECORD;
	expect_bad(w, exit_add, &q, "input");
	q = exit_wish("AZ_COMMAND", "CMND0100", 2);
	q.which = EXIT_INPUT_RECORD;
	expect_bad(w, exit_add, &q, "input");
}

static void shapes(void **state)
{
	static const int64_t numbers[] = {0, EXIT_NUMBER_ALL, -4, (int64_t)EXIT_NUMBER_MAX + 1, INT64_C(1) << 32 | 1, INT64_MIN},
		waits[] = {0, -1, EXIT_WAIT_MIN - 1, EXIT_WAIT_MAX + 1, INT64_C(1) << 32 | 500},
		maxima[] = {-1, EXIT_PROGRAMS_MAX + 1, INT64_C(1) << 32 | 5}, inputs[] = {-1, 2, INT64_C(1) << 32};
	static const char *const programs[] = {"", "/", "bin/exit", "./exit", "/usr/\nexit", "/usr/\x7f", "/\t"},
		*const lines[] = {"a\nb", "\n", "a\r", "a\tb", "\x1b[2J", "\x7f"};
	struct world *w = *state;
	const struct request good = exit_wish(SITE_POINT, "AUTH0100", 1);
	struct request q;
	size_t i;

#define EACH(array) for (i = 0, q = good; i < sizeof array / sizeof array[0]; i++, q = good)
	EACH(numbers) {
		q.number = numbers[i];
		expect_bad(w, exit_add, &q, "number");
	}
	EACH(waits) {
		q.has |= HAS(WAIT);
		q.wait = waits[i];
		expect_bad(w, exit_add, &q, "wait");
	}
	EACH(inputs) {
		q.which = inputs[i];
		expect_bad(w, exit_add, &q, "input");
	}
	EACH(programs) {
		snprintf(q.server, sizeof q.server, "%s", programs[i]);
		expect_bad(w, exit_add, &q, "program");
	}
	EACH(lines) {
		q.has |= HAS(TEXT);
		snprintf(q.text, sizeof q.text, "%s", lines[i]);
		expect_bad(w, exit_add, &q, "text");
		q = good;
		exit_wish_data(&q, lines[i], strlen(lines[i]));
		expect_bad(w, exit_add, &q, "data");
		q.which = EXIT_INPUT_RECORD; /* which has bytes */
		q.reconfigure = 1;
		assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	}
	EACH(maxima) {
		q.has |= HAS(MAXIMUM);
		q.maximum = maxima[i];
		expect_bad(w, exit_point, &q, "maximum");
	}
	exit_wish_data(&q, "a\0b", 3);
	expect_bad(w, exit_add, &q, "data");
	q.which = EXIT_INPUT_RECORD;
	q.data.length = AUTHZ_EXIT_DATA_MAX + 1;
	expect_bad(w, exit_add, &q, "data");
	EACH(numbers) {
		q.number = numbers[i];
		if (q.number != EXIT_NUMBER_ALL)
			expect_bad(w, exit_remove, &q, "number");
	}
	q.number = EXIT_NUMBER_LOW;
	expect_bad(w, exit_remove, &q, "number");
	q.number = EXIT_NUMBER_HIGH;
	expect_bad(w, exit_remove, &q, "number");
}

/* ---- on record */

static void recorded(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", EXIT_NUMBER_LOW);

	world_caller(w, "sam");
	exit_wish_data(&q, "SECRET WORD", 11);
	snprintf(q.server, sizeof q.server, "/usr/libexec/an exit=x");
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=exit.add"));
	assert_non_null(strstr(w->fake.outcome, "actor=sam"));
	assert_non_null(strstr(w->fake.outcome, "type=exit entity=/usr/libexec/an%20exit%3Dx point=" SITE_POINT " format=AUTH0100 "
	                                        "number=1 input=lines wait=0 data=11 replaced=no"));
	assert_null(strstr(w->fake.outcome, "SECRET"));
	assert_null(strstr(w->fake.intent, "SECRET"));
	assert_result(exit_drop(w, 1), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=exit.remove"));
	assert_non_null(strstr(w->fake.intent, "entity=/usr/libexec/an%20exit%3Dx point=" SITE_POINT " format=AUTH0100 number=1 data=11"));
	assert_result(exit_put(w, 4), AUTHZ_OK);
	assert_result(exit_put(w, 8), AUTHZ_OK);
	assert_result(exit_drop(w, EXIT_NUMBER_ALL), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "number=*ALL programs=2 numbers=4,8"));
	assert_result(exit_put(w, 4), AUTHZ_OK);
	assert_result(exit_set(w, SITE_POINT, 0), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=exit.point"));
	assert_non_null(strstr(w->fake.intent, "point=" SITE_POINT " format=AUTH0100 removed=yes programs=1 numbers=4"));
}

/* As many as there may be, with numbers as long as they may be. */
static void recorded_whole(void **state)
{
	struct world *w = *state;
	int64_t i;

	assert_result(exit_set(w, SITE_POINT, EXIT_PROGRAMS_MAX), AUTHZ_OK);
	for (i = 0; i < EXIT_PROGRAMS_MAX; i++)
		assert_result(exit_put(w, EXIT_NUMBER_HIGH), AUTHZ_OK);
	assert_result(exit_drop(w, EXIT_NUMBER_ALL), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "numbers=2147483584,"));
	assert_non_null(strstr(w->fake.outcome, ",2147483647"));
	assert_null(strstr(w->fake.outcome, "truncated"));
}

static void refused_recorded(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 3);

	world_caller(w, "eve");
	assert_result(exit_do(w, exit_remove, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_non_null(strstr(w->fake.outcome, "event=exit.remove phase=done result=CPF222E actor=eve"));
	assert_non_null(strstr(w->fake.outcome, "number=3"));
	world_host(w);
	snprintf(q.point, sizeof q.point, "A number=9");
	expect_bad(w, exit_add, &q, "point");
	assert_null(strstr(w->fake.outcome, "number=9")); /* no word of the caller's own */
}

static void not_recorded(void **state)
{
	struct world *w = *state;
	size_t k;

	assert_result(exit_put(w, 10), AUTHZ_OK);
	w->fake.intent_lost = true;
	for (k = 0; k < sizeof changes / sizeof changes[0]; k++) {
		struct request q = exit_wish(SITE_POINT, "AUTH0100", 10);
		const uint64_t commits = sequence(w->rules.authority);

		q.reconfigure = 1;
		assert_result(exit_do(w, changes[k], &q), AUTHZ_AUDIT_LOST);
		assert_int_equal(sequence(w->rules.authority), commits);
	}
	w->fake.intent_lost = false;
	assert_string_equal(exit_numbers(w), "10");
}

static struct world *looking;
static unsigned questions;

/* The writer lock is free, as another store of the same folder finds. */
static void lock_is_free(void *arg, const char *what)
{
	struct store_options options = {.folder = scratch_path(looking->folder, "store"), .durable = true, .lock_wait_ms = 0,
	                                .hold_ms = 60000, .boot_id = BOOT_ID};
	struct store *s;
	struct store_txn *t;

	(void)arg;
	if (strcmp(what, "intent") == 0 || strcmp(what, "outcome") == 0)
		return;
	questions++;
	assert_result(store_open(&s, &options), AUTHZ_OK);
	assert_result(store_begin(s, true, &t), AUTHZ_OK);
	store_abort(t);
	store_close(s);
}

static void nothing_asked_under_lock(void **state)
{
	struct world *w = *state;
	size_t k;

	looking = w;
	assert_result(exit_put(w, 10), AUTHZ_OK);
	w->fake.asked = lock_is_free;
	for (k = 0; k < sizeof changes / sizeof changes[0]; k++) {
		struct request q = exit_wish(SITE_POINT, "AUTH0100", 10);

		q.reconfigure = 1;
		questions = 0;
		assert_result(exit_do(w, changes[k], &q), AUTHZ_OK);
		assert_true(questions > 0);
	}
	assert_int_equal(w->fake.launch.count, 0);
}

/* ---- damage */

static const char key_point[] = "Xp" SITE_POINT "\0AUTH0100", key_program[] = "Xe" SITE_POINT "\0AUTH0100\0\0\0\0\12";

static void damaged(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 10);

	q.reconfigure = 1;
	assert_result(exit_put(w, 10), AUTHZ_OK);
	assert_result(exit_put(w, 20), AUTHZ_OK);
	record_drop(w, key_program, sizeof key_program - 1);
	assert_result(exit_put(w, 10), AUTHZ_STORE_DAMAGED);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_STORE_DAMAGED);
	assert_result(exit_drop(w, 10), AUTHZ_STORE_DAMAGED);
	assert_result(exit_drop(w, EXIT_NUMBER_ALL), AUTHZ_STORE_DAMAGED);
	assert_result(exit_put(w, 30), AUTHZ_STORE_DAMAGED); /* nor by what has another number */
	assert_result(exit_put(w, EXIT_NUMBER_LOW), AUTHZ_STORE_DAMAGED);
	assert_result(exit_drop(w, 20), AUTHZ_STORE_DAMAGED);
	assert_result(exit_set(w, SITE_POINT, 7), AUTHZ_STORE_DAMAGED);
	assert_string_equal(exit_numbers(w), "10,20"); /* nothing by half */
	assert_result(exit_set(w, SITE_POINT, 0), AUTHZ_OK);
	assert_int_equal(count_records(w, w->rules.authority, 'X'), 1);
	assert_result(exit_put(w, 10), AUTHZ_OK);
	record_drop(w, key_point, sizeof key_point - 1);
	assert_result(exit_put(w, 11), AUTHZ_STORE_DAMAGED);
	assert_result(exit_drop(w, 10), AUTHZ_STORE_DAMAGED);
	assert_result(exit_set(w, SITE_POINT, 3), AUTHZ_STORE_DAMAGED);
	assert_result(exit_set(w, SITE_POINT, 0), AUTHZ_STORE_DAMAGED);
	record_drop(w, "Xl", 2);
	assert_result(exit_put(w, 10), AUTHZ_STORE_DAMAGED); /* a program of no point */
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = exits_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an exit is registered with all that was said of it, and its first program makes the point", registered),
		TEST("each parameter may be as long as it may be", as_much_as_may_be),
		TEST("*LOW and *HIGH take the lowest and the highest number that is free, and say which", low_and_high),
		TEST("a number that is taken is replaced only where that was said, and then whole (exit_register MUST 2)", replaced),
		TEST("the host and *SECADM alone register, and no other right helps (exit_register MUST 1)", who),
		TEST("in a master's session it is on record who is in it", by_a_master),
		TEST("whose right is taken before the lock is had changes nothing (exit_register MUST 1)", right_taken),
		TEST("one program more than the maximum is refused, and so is a maximum below what there is (exit_register MUST 3)", full),
		TEST("a point is made, or its maximum set, beforehand", point_set),
		TEST("there are 64 points, and what has no room is refused (exit_register MUST 3)", points_full),
		TEST("removing a program leaves the point, also without any; *ALL removes all of its programs", removed),
		TEST("a point is removed with its programs, and with no other's", point_removed),
		TEST("names of points and formats are written as they are, and lower case is none (exit_register MUST 4)", names),
		TEST("this host's points have their formats, and these read lines alone (exit_register MUST 4)", own_formats),
		TEST("what is none of a parameter's values is refused by its name (exit_register MUST 4)", shapes),
		TEST("a change is on record with point, format, number, program and length of data (exit_register MUST 5)", recorded),
		TEST("the removal of 64 programs is on record whole (exit_register MUST 5)", recorded_whole),
		TEST("a refusal is on record, without a word of who was refused", refused_recorded),
		TEST("what the audit does not take is not done (exit_register MUST 5)", not_recorded),
		TEST("nothing is asked, and nothing launched, under the lock", nothing_asked_under_lock),
		TEST("what is damaged is not changed, and a point that has lost a program is removed alone (exit_register MUST 6)", damaged),
	};

	return cmocka_run_group_tests_name("exit_register", tests, NULL, NULL);
}
