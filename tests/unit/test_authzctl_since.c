/* SPDX-License-Identifier: ISC */
/* Moments as people write them: helpers/authzctl/since.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "../../helpers/authzctl/since.c"

#define NOW 1795244400 /* 2026-11-21 07:00:00 UTC */

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void expect(const char *text, int64_t wanted)
{
	int64_t seconds;

	if (!since_parse(text, NOW, &seconds))
		fail_msg("\"%s\" is not taken", text);
	if (seconds != wanted)
		fail_msg("\"%s\" is %lld, not %lld", text, (long long)seconds, (long long)wanted);
}

static void dates(void **state)
{
	(void)state;
	zone("UTC0");
	expect("2026-11-21", NOW - 7 * 3600);
	expect("2026-11-21 07:00", NOW);
	expect("2026-11-21T07:00", NOW);
	expect("2026-11-21 07:00:30", NOW + 30);
	expect("1970-01-01", 0);
	expect("2028-02-29", 1835395200);
	expect("2000-02-29", 951782400);
}

static void local_time(void **state)
{
	(void)state;
	zone("XST-2");
	expect("2026-11-21 09:00", NOW);
	zone("XST5XDT,M3.2.0,M11.1.0");
	expect("2026-07-01 00:00", 1782878400);
	expect("2026-11-21 02:00", NOW);
}

static void distances(void **state)
{
	(void)state;
	expect("0s", NOW);
	expect("30s", NOW - 30);
	expect("10m", NOW - 600);
	expect("2h", NOW - 7200);
	expect("7d", NOW - 7 * 86400);
	expect("99999999999d", 0);
	expect("+0s", NOW);
	expect("+90s", NOW + 90);
	expect("+8h", NOW + 8 * 3600);
	expect("+30d", NOW + 30 * 86400);
	expect("+99999999999d", NOW + INT64_C(99999999999) * 86400);
	expect("@1795244400", NOW);
	expect("@0", 0);
}

static void others(void **state)
{
	static const char *const wrong[] = {
		"",           " ",           "now",        "10",          "m",          "10x",        "10m ",       " 10m",
		"-10m",       "++10m",       "+",          "+10",         "+ 10m",      "+2026-11-21", "+@1",         "1.5h",       "@",           "@-1",        "@1x",        "@123456789012", "999999999999s",
		"2026-11",    "2026-13-01",  "2026-00-01", "2026-02-29",  "1900-02-29", "2026-11-31", "2026-11-00", "26-11-21",
		"2026-1-1",   "2026-11-21 ", "2026-11-21 7:00", "2026-11-21 24:00", "2026-11-21 07:60", "2026-11-21 07:00:60",
		"2026-11-21 07", "2026-11-21  07:00", "2026-11-21 07:00:", "2026-11-21 07:00:00Z", "1969-12-31", "2026/11/21",
	};
	int64_t seconds;

	(void)state;
	zone("UTC0");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (since_parse(wrong[i], NOW, &seconds))
			fail_msg("\"%s\" is taken", wrong[i]);
}

static void days(void **state)
{
	static const char *const wrong[] = {"", "2026-11-31", "2026-11-21 07:00", "2026-11-21 ", "10d", "@0", "1969-12-31", "today"};
	int64_t day;

	(void)state;
	zone("Pacific/Auckland");
	assert_true(since_day("1970-01-01", &day));
	assert_int_equal(day, 0);
	assert_true(since_day("2026-11-21", &day));
	assert_int_equal(day, 20778);
	assert_true(since_day("2028-02-29", &day));
	assert_int_equal(day, 21243);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (since_day(wrong[i], &day))
			fail_msg("\"%s\" is taken", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a date, with or without a time of day, is that moment", dates, NULL, NULL, NULL},
		{"dates are in local time, summer time included", local_time, NULL, NULL, NULL},
		{"a number and a unit is so long before now, with + after it, @ and a number is seconds since 1970", distances, NULL, NULL, NULL},
		{"days that there are not, and all other forms, are refused", others, NULL, NULL, NULL},
		{"a day is a number of days since 1970, wherever it is asked", days, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
