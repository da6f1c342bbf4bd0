/* SPDX-License-Identifier: ISC */
/* Exit points and programs as the store has them: rules/exit_record.c. */
#include "masters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/exit_record.h"

#define POINT "QIBM_QNS_SDDSTAUTH"

static struct exit_name name_of(const char *point, const char *format)
{
	struct exit_name name;

	assert_true(exit_name_make(point, format, &name));
	return name;
}

static struct exit_point point_of(struct world *w, const char *point, bool expected)
{
	const struct exit_name name = name_of(point, "AUTH0100");
	struct store_txn *t = begin(w->rules.authority, false);
	struct exit_point p;
	bool found;

	assert_result(exit_point_read(&w->rules, t, &name, &p, &found), AUTHZ_OK);
	assert_int_equal(found, expected);
	store_abort(t);
	return p;
}

static struct exit_program program(uint32_t number)
{
	struct exit_program e = {.number = number, .input = EXIT_INPUT_RECORD, .wait_ms = 500, .changed_by = UID_SAM, .changed_at = 7};

	snprintf(e.path, sizeof e.path, "/usr/libexec/exit-%u", number);
	snprintf(e.text, sizeof e.text, "of %u", number);
	return e;
}

static enum authz_result add_program(struct world *w, struct exit_point *p, const struct exit_program *e)
{
	struct store_txn *t = begin(w->rules.authority, true);
	const enum authz_result result = exit_program_put(&w->rules, t, p, e);

	if (result == AUTHZ_OK)
		assert_result(store_commit(t), AUTHZ_OK);
	else
		store_abort(t);
	return result;
}

static enum authz_result add(struct world *w, struct exit_point *p, uint32_t number)
{
	const struct exit_program e = program(number);

	return add_program(w, p, &e);
}

static void drop(struct world *w, struct exit_point *p, uint32_t number, bool expected)
{
	struct store_txn *t = begin(w->rules.authority, true);
	bool found;

	assert_result(exit_program_drop(&w->rules, t, p, number, &found), AUTHZ_OK);
	assert_int_equal(found, expected);
	assert_result(store_commit(t), AUTHZ_OK);
}

static enum authz_result read_program(struct world *w, const struct exit_point *p, uint32_t number, struct exit_program *e,
                                      bool *found)
{
	struct store_txn *t = begin(w->rules.authority, false);
	const enum authz_result result = exit_program_read(&w->rules, t, p, number, e, found);

	store_abort(t);
	return result;
}

static enum authz_result set_maximum(struct world *w, struct exit_point *p, uint32_t maximum)
{
	struct exit_point changed = *p;
	struct store_txn *t = begin(w->rules.authority, true);
	enum authz_result result;

	changed.maximum = maximum;
	result = exit_point_write(&w->rules, t, &changed);
	if (result == AUTHZ_OK)
		assert_result(store_commit(t), AUTHZ_OK);
	else
		store_abort(t);
	*p = result == AUTHZ_OK ? changed : *p;
	return result;
}

static const char *numbers(const struct exit_point *p)
{
	static char text[EXIT_PROGRAMS_MAX * 11 + 1];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < p->count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u", i > 0 ? " " : "", p->numbers[i]);
	return text;
}

static void there_and_back(void **state)
{
	struct world *w = *state;
	struct exit_point p = point_of(w, POINT, false);
	struct exit_program e = program(EXIT_NUMBER_MAX), back;
	bool found;

	assert_int_equal(p.maximum, EXIT_PROGRAMS_DEFAULT);
	memset(e.path, 'p', sizeof e.path - 1); /* as long as each may be */
	e.path[0] = '/';
	memset(e.text, 't', sizeof e.text - 1);
	memset(e.data, 0xff, sizeof e.data);
	e.data_length = sizeof e.data;
	e.wait_ms = EXIT_WAIT_MAX;
	assert_result(add_program(w, &p, &e), AUTHZ_OK);
	p = point_of(w, POINT, true);
	assert_string_equal(numbers(&p), "2147483647");
	assert_result(read_program(w, &p, EXIT_NUMBER_MAX, &back, &found), AUTHZ_OK);
	assert_true(found);
	assert_string_equal(back.path, e.path);
	assert_string_equal(back.text, e.text);
	assert_true(back.number == EXIT_NUMBER_MAX && back.input == EXIT_INPUT_RECORD && back.wait_ms == EXIT_WAIT_MAX);
	assert_true(back.changed_by == UID_SAM && back.changed_at == 7 && back.data_length == sizeof back.data);
	assert_memory_equal(back.data, e.data, sizeof e.data);
	assert_result(read_program(w, &p, 1, &back, &found), AUTHZ_OK);
	assert_false(found);
}

static void in_order(void **state)
{
	static const uint32_t given[] = {500, 2, 70000, 1, EXIT_NUMBER_MAX, 10};
	struct world *w = *state;
	struct exit_point p = point_of(w, POINT, false);
	size_t i;

	for (i = 0; i < sizeof given / sizeof given[0]; i++)
		assert_result(add(w, &p, given[i]), AUTHZ_OK);
	p = point_of(w, POINT, true);
	assert_string_equal(numbers(&p), "1 2 10 500 70000 2147483647");
	drop(w, &p, 10, true);
	drop(w, &p, 10, false);
	drop(w, &p, 1, true);
	drop(w, &p, EXIT_NUMBER_MAX, true);
	p = point_of(w, POINT, true);
	assert_string_equal(numbers(&p), "2 500 70000");
	drop(w, &p, 2, true);
	drop(w, &p, 500, true);
	drop(w, &p, 70000, true);
	p = point_of(w, POINT, true); /* it stays */
	assert_int_equal(p.count, 0);
	assert_result(add(w, &p, 0), AUTHZ_BAD_PARAMETER);
	assert_result(add(w, &p, EXIT_NUMBER_MAX + 1), AUTHZ_BAD_PARAMETER);
}

static void lowest_and_highest(void **state)
{
	struct world *w = *state;
	struct exit_point p = point_of(w, POINT, false);

	assert_int_equal(exit_number_low(&p), 1);
	assert_int_equal(exit_number_high(&p), EXIT_NUMBER_MAX);
	assert_result(add(w, &p, 2), AUTHZ_OK);
	assert_int_equal(exit_number_low(&p), 1);
	assert_result(add(w, &p, 1), AUTHZ_OK);
	assert_int_equal(exit_number_low(&p), 3);
	assert_result(add(w, &p, EXIT_NUMBER_MAX - 1), AUTHZ_OK);
	assert_int_equal(exit_number_high(&p), EXIT_NUMBER_MAX);
	assert_result(add(w, &p, EXIT_NUMBER_MAX), AUTHZ_OK);
	assert_int_equal(exit_number_high(&p), EXIT_NUMBER_MAX - 2);
	assert_int_equal(exit_number_low(&p), 3);
}

static void replaced(void **state)
{
	struct world *w = *state;
	struct exit_point p = point_of(w, POINT, false);
	struct exit_program e = program(5), back;
	bool found;

	memcpy(e.data, "old", 3);
	e.data_length = 3;
	assert_result(add_program(w, &p, &e), AUTHZ_OK);
	e = (struct exit_program){.number = 5, .path = "/new"};
	assert_result(add_program(w, &p, &e), AUTHZ_OK);
	p = point_of(w, POINT, true);
	assert_string_equal(numbers(&p), "5");
	assert_result(read_program(w, &p, 5, &back, &found), AUTHZ_OK);
	assert_string_equal(back.path, "/new");
	assert_true(back.data_length == 0 && back.text[0] == '\0' && back.wait_ms == 0 && back.input == EXIT_INPUT_LINES);
}

static void full(void **state)
{
	struct world *w = *state;
	struct exit_point p = point_of(w, POINT, false);
	uint32_t i;

	for (i = 1; i <= EXIT_PROGRAMS_DEFAULT; i++)
		assert_result(add(w, &p, i), AUTHZ_OK);
	assert_result(add(w, &p, 100), AUTHZ_EXITS_FULL);
	assert_string_equal(w->rules.subject, POINT " AUTH0100");
	assert_result(add(w, &p, 7), AUTHZ_OK); /* in the place of another */
	assert_result(set_maximum(w, &p, EXIT_PROGRAMS_DEFAULT - 1), AUTHZ_IN_USE);
	assert_result(set_maximum(w, &p, EXIT_PROGRAMS_MAX), AUTHZ_OK);
	for (; i <= EXIT_PROGRAMS_MAX; i++)
		assert_result(add(w, &p, i), AUTHZ_OK);
	assert_result(add(w, &p, 100), AUTHZ_EXITS_FULL);
	p = point_of(w, POINT, true);
	assert_int_equal(p.count, EXIT_PROGRAMS_MAX);
	assert_int_equal(p.maximum, EXIT_PROGRAMS_MAX);
}

static void points_full(void **state)
{
	struct world *w = *state;
	struct exit_point p;
	struct store_txn *t;
	char text[EXIT_POINT_SIZE];
	int i;

	for (i = EXIT_POINTS_MAX; i > 0; i--) {
		snprintf(text, sizeof text, "P%d", i);
		p = point_of(w, text, false);
		assert_result(set_maximum(w, &p, 3), AUTHZ_OK);
	}
	p = point_of(w, POINT, false);
	assert_result(add(w, &p, 1), AUTHZ_EXIT_POINTS_FULL);
	assert_string_equal(w->rules.subject, POINT " AUTH0100");
	p = point_of(w, "P7", true);
	assert_int_equal(p.maximum, 3);
	assert_result(add(w, &p, 1), AUTHZ_OK);
	assert_result(add(w, &p, 2), AUTHZ_OK);
	t = begin(w->rules.authority, true);
	assert_result(exit_point_erase(&w->rules, t, &p), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_int_equal(count_records(w, w->rules.authority, 'X'), 1 + EXIT_POINTS_MAX - 1);
	p = point_of(w, POINT, false);
	assert_result(add(w, &p, 1), AUTHZ_OK);
}

/* Two formats of a point are two lists, and so are points of which one's name begins the other's. */
static void apart(void **state)
{
	struct world *w = *state;
	struct exit_point p = point_of(w, "A", false), longer = point_of(w, "AB", false), other;
	const struct exit_name name = name_of("A", "AUTH01");
	struct store_txn *t = begin(w->rules.authority, false);
	bool found;

	assert_result(exit_point_read(&w->rules, t, &name, &other, &found), AUTHZ_OK);
	store_abort(t);
	assert_result(add(w, &p, 1), AUTHZ_OK);
	assert_result(add(w, &longer, 2), AUTHZ_OK);
	assert_result(add(w, &other, 3), AUTHZ_OK);
	p = point_of(w, "A", true);
	assert_string_equal(numbers(&p), "1");
	longer = point_of(w, "AB", true);
	assert_string_equal(numbers(&longer), "2");
}

static void name_forms(void **state)
{
	static const struct { const char *point, *format; bool good; } rows[] = {
		{POINT, "AUTH0100", true},        {"A", "B", true},     {"A2345678901234567890", "A2345678", true}, {"A_.9", "X_.9", true},
		{"A23456789012345678901", "A", false}, {"A", "A23456789", false}, {"", "A", false}, {"A", "", false}, {"a", "A", false},
		{"A", "a", false}, {"1A", "A", false}, {"_A", "A", false}, {"A B", "A", false}, {"A/B", "A", false}, {"A", "A\n", false},
		{"*ALL", "A", false},
	};
	struct exit_name name;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(exit_name_make(rows[i].point, rows[i].format, &name), rows[i].good);
}

static const char key_point[] = "Xp" POINT "\0AUTH0100", key_program[] = "Xe" POINT "\0AUTH0100\0\0\0\0\5";

static enum authz_result read_point(struct world *w)
{
	const struct exit_name name = name_of(POINT, "AUTH0100");
	struct store_txn *t = begin(w->rules.authority, false);
	struct exit_point p;
	bool found;
	const enum authz_result result = exit_point_read(&w->rules, t, &name, &p, &found);

	store_abort(t);
	return result;
}

static void lost_records(void **state)
{
	struct world *w = *state;
	struct exit_point p = point_of(w, POINT, false), none = p;
	struct exit_program e;
	unsigned char list[64], point[64];
	size_t list_length, point_length;
	bool found;

	assert_result(add(w, &p, 5), AUTHZ_OK);
	list_length = record_get(w, "Xl", 2, list, sizeof list);
	point_length = record_get(w, key_point, sizeof key_point - 1, point, sizeof point);
	record_drop(w, "Xl", 2);
	assert_result(read_point(w), AUTHZ_STORE_DAMAGED);
	record_put(w, "Xl", 2, list, list_length);
	assert_result(read_point(w), AUTHZ_OK);
	record_drop(w, key_point, sizeof key_point - 1);
	assert_result(read_point(w), AUTHZ_STORE_DAMAGED);
	record_put(w, key_point, sizeof key_point - 1, point, point_length);
	assert_result(read_program(w, &none, 5, &e, &found), AUTHZ_STORE_DAMAGED); /* there, and not listed */
	assert_result(add(w, &none, 5), AUTHZ_STORE_DAMAGED);
	record_drop(w, key_program, sizeof key_program - 1);
	assert_result(read_program(w, &p, 5, &e, &found), AUTHZ_STORE_DAMAGED);
	assert_result(add(w, &p, 5), AUTHZ_STORE_DAMAGED);
}

#define BYTES(text) {text, sizeof(text) - 1}

static void bad_bytes(void **state)
{
	static const struct { const char *bytes; size_t length; } lists[] = {
		BYTES(""), BYTES("\1\0"), BYTES("\2\0\0"), BYTES("\1\0\0x"), BYTES("\1\0\1\1A"), BYTES("\1\0\1\1a\1F"), BYTES("\1\0\1\0\1F"),
		BYTES("\1\0\2\1B\1F\1A\1F"), BYTES("\1\0\2\1A\1F\1A\1F"), BYTES("\1\0\2\1A\1G\1A\1F"), BYTES("\1\0\x41"),
	}, points[] = {
		BYTES(""), BYTES("\1\x10"), BYTES("\2\x10\0"), BYTES("\1\0\0"), BYTES("\1\x41\0"), BYTES("\1\x10\0x"), BYTES("\1\x10\1\0\0\0"),
		BYTES("\1\x10\1\0\0\0\0"), BYTES("\1\x10\1\x80\0\0\0"), BYTES("\1\1\2\0\0\0\1\0\0\0\2"), BYTES("\1\x10\2\0\0\0\2\0\0\0\2"),
		BYTES("\1\x10\2\0\0\0\2\0\0\0\1"),
	}, programs[] = {
		BYTES(""), BYTES("\1\0\2/p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), /* one byte short */
		BYTES("\2\0\2/p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), BYTES("\1\2\2/p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		BYTES("\1\0\2pp\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), BYTES("\1\0\2/p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0x"),
		BYTES("\1\0\2/p\0\0\0\0\x63\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), BYTES("\1\0\2/p\0\0\0\x75\x31\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		BYTES("\1\0\2/p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\1"),
	};
	struct world *w = *state;
	struct exit_point p = point_of(w, POINT, false);
	struct exit_program e;
	bool found;
	size_t i;

	assert_result(add(w, &p, 5), AUTHZ_OK);
	record_put(w, key_program, sizeof key_program - 1, "\1\0\2/p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24); /* what is whole */
	assert_result(read_program(w, &p, 5, &e, &found), AUTHZ_OK);
	for (i = 0; i < sizeof programs / sizeof programs[0]; i++) {
		record_put(w, key_program, sizeof key_program - 1, programs[i].bytes, programs[i].length);
		assert_result(read_program(w, &p, 5, &e, &found), AUTHZ_STORE_DAMAGED);
	}
	for (i = 0; i < sizeof points / sizeof points[0]; i++) {
		record_put(w, key_point, sizeof key_point - 1, points[i].bytes, points[i].length);
		assert_result(read_point(w), AUTHZ_STORE_DAMAGED);
	}
	for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		record_put(w, "Xl", 2, lists[i].bytes, lists[i].length);
		assert_result(read_point(w), AUTHZ_STORE_DAMAGED);
	}
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = world_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a program comes back as it was registered, with all that it may have", there_and_back),
		TEST("programs stand by their numbers, with any gaps, however they came and went", in_order),
		TEST("*LOW and *HIGH are the lowest and the highest number that is free", lowest_and_highest),
		TEST("of a program that is replaced nothing stays", replaced),
		TEST("a point has as many programs as its maximum says, and no change of it loses one (exit_record MUST 2)", full),
		TEST("there are 64 points, and one that is removed takes its programs along", points_full),
		TEST("points and formats whose names begin alike are apart", apart),
		TEST("names of points and formats are of these characters, and not too long", name_forms),
		TEST("whatever is lost of points and programs is damage (exit_record MUST 1)", lost_records),
		TEST("bytes that are no point and no program are damage (exit_record MUST 1)", bad_bytes),
	};

	return cmocka_run_group_tests_name("exit_record", tests, NULL, NULL);
}
