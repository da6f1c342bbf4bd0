/* SPDX-License-Identifier: ISC */
/* Con-nect's calls: what they ask, what they make of answers, and what they refuse themselves. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compat_kit.h"
#include "compat/z_who.h"
#include "z_cabinet.h"

#define SALES "sales   "
#define BLANK "        "
#define SALES_37 "\xe2\xc1\xd3\xc5\xe2\x40\x40\x40"

static int code;
static int32_t isn;

static void add(const char *cabinet, const char *password, const char *shared, const char *member, const char *type,
                const char *special)
{
	code = -1;
	isn = 4711;
	Z_ADD17A(&code, cabinet, password, shared, member, type, special, &isn);
	if (code != 0)
		assert_int_equal(isn, 0);
}

/* ---- what is asked */

static void asks_add(void **state)
{
	(void)state;
	kit_fake("result 0\nisn 17\n");
	add("boss    ", "secret  ", SALES, "daemon  ", "3", "other   ");
	assert_int_equal(code, 0);
	assert_int_equal(isn, 17);
	kit_was_asked("operation 70", "cabinet sales", "member daemon", "special other", "as boss", "secret secret",
	              "profile_type 3", NULL);
	add(BLANK, BLANK, SALES_37, "daemon  ", NULL, NULL);
	assert_int_equal(code, 0);
	kit_was_asked("cabinet sales", "profile_type 1", NULL);
}

static void blank_profile_types(void **state)
{
	static const char *const types[] = {" ", "0", "4", "x", "\x40", "\0"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof types / sizeof *types; i++) {
		kit_fake("result 0\nisn 1\n");
		add(NULL, NULL, SALES, "daemon  ", types[i], "not/a/na");
		assert_int_equal(code, 0);
		kit_was_asked("profile_type 1", NULL);
	}
	kit_fake("result 0\nisn 1\n");
	add(NULL, NULL, SALES, "daemon  ", "\xf2", NULL);
	kit_was_asked("profile_type 2", NULL);
}

static void asks_others(void **state)
{
	struct z_profile profile;

	(void)state;
	kit_fake("result 0\nisn 99999999\ngid 2100000000\n");
	Z_ADD05(&code, NULL, NULL, SALES, "2", "pass wor", &isn);
	assert_int_equal(code, 0);
	assert_int_equal(isn, 99999999);
	kit_was_asked("operation 60", "cabinet sales", "cabinet_type 2", "new_secret pass wor", NULL);
	memset(&profile, ' ', sizeof profile);
	profile.Security_read = '9';
	profile.Security_print = '1';
	profile.Reply = 'X';
	profile.Display_other_items = '1';
	kit_fake("result 0\n");
	Z_MOD05F(&code, NULL, NULL, SALES, &profile);
	assert_int_equal(code, 0);
	kit_was_asked("operation 61", "security 9001", "marks 66", NULL);
	kit_fake("result 0\n");
	Z_MOD17(&code, "boss    ", "secret  ", "daemon  ", &profile);
	assert_int_equal(code, 0);
	kit_was_asked("operation 78", "member daemon", "as boss", "secret secret", "security 9001", "marks 66", NULL);
	kit_fake("result 0\n");
	Z_ERA05(&code, NULL, NULL, SALES, "20261121", NULL);
	assert_int_equal(code, 0);
	kit_was_asked("operation 64", "lock 0", "from 20778", NULL);
	kit_fake("result 0\n");
	Z_ERA05A(&code, NULL, NULL, SALES, BLANK, " ");
	kit_was_asked("operation 64", "lock 1", NULL);
	kit_fake("result 0\n");
	Z_ERA05A(&code, NULL, NULL, SALES, NULL, "X");
	kit_was_asked("operation 65", NULL);
}

/* ---- what is not */

static void not_asked(int expected)
{
	assert_int_equal(code, expected);
	assert_false(kit_asked());
}

static void bad_parameters(void **state)
{
	static const char *const bad[] = {NULL, BLANK, "sa les  ", "\0sales  ", "*sales  ", "sales\x01  "};
	struct z_profile profile;
	size_t i;

	(void)state;
	kit_fake("result 0\nisn 1\n");
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		add(NULL, NULL, bad[i], "daemon  ", "1", NULL);
		not_asked(92);
		add(NULL, NULL, SALES, bad[i], "1", NULL);
		not_asked(92);
		add(NULL, NULL, SALES, "daemon  ", "3", bad[i]);
		not_asked(92);
		Z_ERA05(&code, NULL, NULL, bad[i], NULL, NULL);
		not_asked(92);
		Z_ADD05(&code, NULL, NULL, bad[i], "2", NULL, NULL);
		not_asked(92);
		if (i >= 2) {
			add(bad[i], "secret  ", SALES, "daemon  ", "1", NULL);
			not_asked(2);
		}
	}
	add(BLANK, "secret  ", SALES, "daemon  ", "1", NULL);
	not_asked(2);
	Z_ADD05(&code, NULL, NULL, SALES, "4", NULL, NULL);
	not_asked(92);
	Z_ERA05(&code, NULL, NULL, SALES, "20260229", NULL);
	not_asked(92);
	Z_ERA05(&code, NULL, NULL, SALES, "2026112", NULL);
	not_asked(92);
	Z_MOD05F(&code, NULL, NULL, SALES, NULL);
	not_asked(92);
	memset(&profile, ' ', sizeof profile);
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		Z_MOD17(&code, NULL, NULL, bad[i], &profile);
		not_asked(92);
	}
	Z_MOD17(&code, NULL, NULL, "daemon  ", NULL);
	not_asked(92);
	profile.Security_copy = 'x';
	Z_MOD05F(&code, NULL, NULL, SALES, &profile);
	not_asked(92);
	Z_MOD17(&code, NULL, NULL, "daemon  ", &profile);
	not_asked(92);
}

static void no_return_code(void **state)
{
	struct z_position position = {{0}};
	struct z_membership where[Z_ROWS];
	struct z_member rows[Z_ROWS];
	struct z_profile profile;
	int count = 5;
	char type = 'x';

	(void)state;
	kit_fake("result 0\nisn 1\n");
	isn = 5;
	Z_ADD17A(NULL, NULL, NULL, SALES, "daemon  ", "1", NULL, &isn);
	assert_int_equal(isn, 0);
	Z_ADD05(NULL, NULL, NULL, SALES, "2", NULL, NULL);
	Z_MOD05F(NULL, NULL, NULL, SALES, NULL);
	Z_MOD17(NULL, NULL, NULL, "daemon  ", &profile);
	Z_ERA05(NULL, NULL, NULL, SALES, NULL, NULL);
	Z_ERA05A(NULL, NULL, NULL, SALES, NULL, NULL);
	Z_DIS17C(NULL, NULL, NULL, SALES, NULL, &position, rows, &count);
	assert_int_equal(count, 0);
	Z_MEMSHP(NULL, NULL, NULL, &position, where, &count);
	Z_DIS17F(NULL, NULL, NULL, SALES, NULL, "daemon  ", &type, &profile);
	assert_int_equal(type, ' ');
	assert_false(kit_asked());
}

/* ---- lists */

static void page(char *text, int first, int last, const char *cursor)
{
	int at = sprintf(text, "result 0\n"), i;

	for (i = first; i <= last; i++)
		at += sprintf(text + at, "row %d|%s|name%d|%s||||\n", i, i % 2 ? "user" : "cabinet", i, i % 3 ? "shared" : "private");
	if (cursor != NULL)
		sprintf(text + at, "cursor %s\n", cursor);
}

static void make_list(void)
{
	char text[8192];

	page(text, 1, 45, "two");
	kit_fake(text);
	page(text, 46, 50, "three");
	kit_answer("answer.two", text);
	page(text, 51, 70, NULL);
	kit_answer("answer.three", text);
}

static void pages(void **state)
{
	struct z_position position = {{0}};
	struct z_member rows[Z_ROWS];
	char name[16];
	int count, all = 0, calls = 0;

	(void)state;
	make_list();
	for (;; calls++) {
		Z_DIS17C(&code, NULL, NULL, SALES, NULL, &position, rows, &count);
		if (code != 0)
			break;
		assert_in_range(count, 1, Z_ROWS);
		for (int i = 0; i < count; i++) {
			all++;
			assert_int_equal(rows[i].Member_ISN, all);
			sprintf(name, "name%-4d", all);
			assert_memory_equal(rows[i].Member, name, 8);
			assert_int_equal(rows[i].Cabinet_type, all % 2 ? '0' : '2');
			assert_int_equal(rows[i].Profile_type, all % 3 ? '1' : '2');
		}
	}
	assert_int_equal(code, 77);
	assert_int_equal(count, 0);
	assert_int_equal(all, 70);
	assert_int_equal(calls, 4);
	Z_DIS17C(&code, NULL, NULL, SALES, NULL, &position, rows, &count);
	assert_int_equal(code, 77);
}

static void empty_list(void **state)
{
	struct z_position position = {{0}};
	struct z_membership rows[Z_ROWS];
	int count = 5;

	(void)state;
	kit_fake("result 0\n");
	Z_MEMSHP(&code, "daemon  ", "pw      ", &position, rows, &count);
	assert_int_equal(code, 77);
	assert_int_equal(count, 0);
	kit_was_asked("operation 74", "as daemon", "secret pw", NULL);
}

static void where(void **state)
{
	struct z_position position = {{0}};
	struct z_membership rows[Z_ROWS];
	int count;

	(void)state;
	kit_fake("result 0\nrow sales|S|7||private||\nrow a-name-of-more-than-8|S|8|sales|shared||\nrow daemon|P|9||special|7100|3\n");
	Z_MEMSHP(&code, NULL, NULL, &position, rows, &count);
	assert_int_equal(code, 0);
	assert_int_equal(count, 3);
	assert_memory_equal(rows[0].Cabinet, "sales   S2", 10);
	assert_int_equal(rows[0].Member_ISN, 7);
	assert_memory_equal(rows[1].Cabinet, BLANK "S1", 10);
	assert_int_equal(rows[1].Member_ISN, 8);
	assert_memory_equal(rows[2].Cabinet, "daemon  P3", 10);
	assert_int_equal(rows[2].Member_ISN, 9);
}

static void bad_rows(void **state)
{
	static const char *const bad[] = {
		"row sales|S|7\n", "row sales|S|x||shared||\n", "row |S|7||shared||\n", "row sales|S|100000000||shared||\n",
		"row sales|S|7||other||\n", "row sales|S||shared|||\n",
		"row a-name-that-is-longer-than-any-name-there-is|S|7||shared||\n", "row sales|S|7||shared\n",
		"row sales|S|7||shared|7100|3\n", "row bin|P|7||special||\n", "row bin|P|7||special|10000|3\n",
		"row bin|P|7||special|7100|512\n",
	};
	struct z_membership rows[Z_ROWS];
	char text[256];
	size_t i;
	int count;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct z_position position = {{0}};

		sprintf(text, "result 0\nrow good|S|1||shared||\n%s", bad[i]);
		kit_fake(text);
		Z_MEMSHP(&code, NULL, NULL, &position, rows, &count);
		assert_int_equal(code, 59);
		assert_int_equal(count, 0);
	}
}

/* A name or an ISN; the helper says what it makes of both. */
static void by_isn(void **state)
{
	struct z_position position = {{0}};
	struct z_member rows[Z_ROWS];
	const int32_t seven = 7, none = 0, less = -1;
	int count;

	(void)state;
	kit_fake("result 0\n");
	Z_DIS17C(&code, NULL, NULL, BLANK, &seven, &position, rows, &count);
	kit_was_asked("operation 73", "isn 7", "which 0", NULL);
	kit_fake("result 114\n");
	position = (struct z_position){{0}};
	Z_DIS17C(&code, NULL, NULL, SALES, &seven, &position, rows, &count);
	assert_int_equal(code, 8);
	kit_was_asked("cabinet sales", "isn 7", NULL);
	kit_fake("result 0\n");
	Z_DIS17C(&code, NULL, NULL, BLANK, &none, &position, rows, &count);
	not_asked(92);
	Z_DIS17C(&code, NULL, NULL, BLANK, &less, &position, rows, &count);
	not_asked(92);
	Z_DIS17C(&code, NULL, NULL, SALES, NULL, NULL, rows, &count);
	not_asked(92);
}

static void profile(void **state)
{
	struct z_profile p, expected;
	char type;

	(void)state;
	kit_fake("result 0\nrow profile|special\nrow isn|4\nrow security|0123\nrow marks|273\n");
	Z_DIS17F(&code, NULL, NULL, SALES, NULL, "daemon  ", &type, &p);
	assert_int_equal(code, 0);
	assert_int_equal(type, '3');
	memset(&expected, ' ', sizeof expected);
	memcpy(&expected, "0123", 4);
	expected.Read_mail = expected.Display_calendar = expected.Erase_other_items = 'X';
	assert_memory_equal(&p, &expected, sizeof p);
	assert_int_equal(sizeof p, 55);
	kit_fake("result 0\nrow profile|special\nrow security|0123\n");
	Z_DIS17F(&code, NULL, NULL, SALES, NULL, "daemon  ", &type, &p);
	assert_int_equal(code, 59);
	memset(&expected, ' ', sizeof expected);
	assert_memory_equal(&p, &expected, sizeof p);
	assert_int_equal(type, ' ');
}

/* ---- answers */

static void answers(void **state)
{
	static const struct {
		int result, code;
	} some[] = {{100, 2}, {101, 3}, {102, 15}, {103, 32}, {105, 90}, {106, 91}, {107, 92}, {108, 93}, {109, 95}, {110, 97},
	            {111, 98}, {112, 99}, {125, 55}, {77, 58}, {85, 58}, {71, 59}, {3, 59}, {50, 3}};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof some / sizeof *some; i++) {
		sprintf(text, "result %d\nisn 5\n", some[i].result);
		kit_fake(text);
		add(NULL, NULL, SALES, "daemon  ", "1", NULL);
		assert_int_equal(code, some[i].code);
	}
	kit_fake("result 0\n");
	add(NULL, NULL, SALES, "daemon  ", "1", NULL);
	assert_int_equal(code, 59);
	kit_fake("result 0\nisn 100000000\n");
	add(NULL, NULL, SALES, "daemon  ", "1", NULL);
	assert_int_equal(code, 59);
	kit_fake("do crash\n");
	add(NULL, NULL, SALES, "daemon  ", "1", NULL);
	assert_int_equal(code, 58);
	kit_none();
	add(NULL, NULL, SALES, "daemon  ", "1", NULL);
	assert_int_equal(code, 59);
}

/* ---- the real helper, of which whoever tests is the host */

static void make(const char *cabinet, const char *type)
{
	Z_ADD05(&code, NULL, NULL, cabinet, type, NULL, &isn);
	assert_int_equal(code, 0);
	assert_in_range(isn, 1, 99999999);
}

/* The seed's own list, each code by what it stands for. */
static void really_adds(void **state)
{
	int32_t first;

	(void)state;
	make("parent  ", "2");
	make("child   ", "2");
	make("other   ", "2");
	make("public  ", "3");
	Z_ADD05(&code, NULL, NULL, "parent  ", "2", NULL, &isn);
	assert_int_equal(code, 56);
	add(NULL, NULL, "parent  ", "daemon  ", "1", NULL);
	assert_int_equal(code, 0);
	first = isn;
	add(NULL, NULL, "parent  ", "child   ", "2", NULL);
	assert_int_equal(code, 0);
	assert_true(isn > first);
	add(NULL, NULL, "parent  ", "daemon  ", "1", NULL);
	assert_int_equal(code, 95);
	add(NULL, NULL, "parent  ", "parent  ", "1", NULL);
	assert_int_equal(code, 97);
	add(NULL, NULL, "other   ", "parent  ", "1", NULL);
	assert_int_equal(code, 90);
	add(NULL, NULL, "child   ", "other   ", "1", NULL);
	assert_int_equal(code, 91);
	add(NULL, NULL, "nothing ", "daemon  ", "1", NULL);
	assert_int_equal(code, 98);
	add(NULL, NULL, "other   ", "no-such ", "1", NULL);
	assert_int_equal(code, 32);
	add(NULL, NULL, "other   ", "public  ", "1", NULL);
	assert_int_equal(code, 93);
	add(NULL, NULL, "other   ", "daemon  ", "3", "nothing ");
	assert_int_equal(code, 99);
	add("nothing ", "pw      ", "other   ", "daemon  ", "1", NULL);
	assert_int_equal(code, 2);
}

static void really_shows(void **state)
{
	struct z_position position = {{0}};
	struct z_member rows[Z_ROWS];
	struct z_membership where[Z_ROWS];
	struct z_profile p;
	int32_t cabinet;
	int count;
	char type;

	(void)state;
	make("shown   ", "2");
	cabinet = isn;
	memset(&p, ' ', sizeof p);
	p.Security_modify = '7';
	p.Forward = 'X';
	Z_MOD05F(&code, NULL, NULL, "shown   ", &p);
	assert_int_equal(code, 0);
	add(NULL, NULL, "shown   ", "bin     ", "3", "shown   ");
	assert_int_equal(code, 0);
	Z_DIS17C(&code, NULL, NULL, NULL, &cabinet, &position, rows, &count);
	assert_int_equal(code, 0);
	assert_int_equal(count, 1);
	assert_memory_equal(rows[0].Member, "bin     03", 10);
	assert_int_equal(rows[0].Member_ISN, isn);
	Z_DIS17C(&code, NULL, NULL, NULL, &cabinet, &position, rows, &count);
	assert_int_equal(code, 77);
	memset(&p, ' ', sizeof p);
	Z_MOD05F(&code, NULL, NULL, "shown   ", &p);
	assert_int_equal(code, 0);
	Z_DIS17F(&code, NULL, NULL, "shown   ", NULL, "bin     ", &type, &p);
	assert_int_equal(code, 0);
	assert_int_equal(type, '3');
	assert_memory_equal(&p, "0700", 4);
	assert_int_equal(p.Forward, 'X');
	assert_int_equal(p.Reply, ' ');
	position = (struct z_position){{0}};
	Z_MEMSHP(&code, "bin     ", NULL, &position, where, &count);
	assert_int_equal(code, 0);
	assert_memory_equal(where[0].Cabinet, "shown   S3", 10);
	Z_DIS17F(&code, NULL, NULL, "shown   ", NULL, "mail    ", &type, &p);
	assert_int_equal(code, 53);
	Z_DIS17C(&code, NULL, NULL, "shown   ", &cabinet, &(struct z_position){{0}}, rows, &count);
	assert_int_equal(code, 8);
	cabinet = 99999999;
	Z_DIS17C(&code, NULL, NULL, NULL, &cabinet, &(struct z_position){{0}}, rows, &count);
	assert_int_equal(code, 4);
}

static void really_authorizes(void **state)
{
	struct z_position position = {{0}};
	struct z_membership where[Z_ROWS];
	struct z_profile p;
	int count;
	char type;

	(void)state;
	memset(&p, ' ', sizeof p);
	p.Security_read = '7';
	p.Reply = 'X';
	Z_MOD17(&code, "games   ", NULL, "mail    ", &p);
	assert_int_equal(code, 0);
	Z_MEMSHP(&code, "mail    ", NULL, &position, where, &count);
	assert_int_equal(code, 0);
	assert_int_equal(count, 1);
	assert_memory_equal(where[0].Cabinet, "games   P3", 10);
	Z_DIS17F(&code, NULL, NULL, "games   ", NULL, "mail    ", &type, &p);
	assert_int_equal(code, 0);
	assert_int_equal(type, '3');
	assert_memory_equal(&p, "7000", 4);
	assert_int_equal(p.Reply, 'X');
	memset(&p, ' ', sizeof p);
	Z_MOD17(&code, "games   ", NULL, "mail    ", &p); /* what is left out is deleted */
	Z_DIS17F(&code, NULL, NULL, "games   ", NULL, "mail    ", &type, &p);
	assert_memory_equal(&p, "0000 ", 5);
	Z_MOD17(&code, "games   ", NULL, "no-such ", &p);
	assert_int_equal(code, 32);
	Z_MOD17(&code, "games   ", NULL, "games   ", &p);
	assert_int_equal(code, 97);
	Z_MOD17(&code, "nothing ", NULL, "mail    ", &p);
	assert_int_equal(code, 2);
}

/* Marked and locked are two: Z-ERA05 marks, Z-ERA05A locks too. */
static void really_erases(void **state)
{
	struct z_profile p;

	(void)state;
	make("erased  ", "2");
	Z_ERA05(&code, NULL, NULL, "erased  ", NULL, "X");
	assert_int_equal(code, 92);
	Z_ERA05(&code, NULL, NULL, "nothing ", NULL, NULL);
	assert_int_equal(code, 90);
	Z_ERA05(&code, "nothing ", "pw      ", "nothing ", NULL, NULL);
	assert_int_equal(code, 2);
	Z_MOD05F(&code, NULL, NULL, "nothing ", memset(&p, ' ', sizeof p));
	assert_int_equal(code, 53);
	Z_ERA05(&code, NULL, NULL, "erased  ", "20991231", NULL);
	assert_int_equal(code, 0);
	add(NULL, NULL, "erased  ", "bin     ", "1", NULL);
	assert_int_equal(code, 0);
	Z_ERA05A(&code, NULL, NULL, "erased  ", NULL, NULL);
	assert_int_equal(code, 0);
	add(NULL, NULL, "erased  ", "mail    ", "1", NULL);
	assert_int_equal(code, 55);
	Z_ERA05A(&code, NULL, NULL, "erased  ", NULL, "X");
	assert_int_equal(code, 0);
	add(NULL, NULL, "erased  ", "mail    ", "1", NULL);
	assert_int_equal(code, 0);
}

static void forgets(void **state)
{
	static const unsigned char zeros[sizeof(struct z_who)];
	struct z_who who;

	(void)state;
	assert_int_equal(z_who(&who, "boss    ", "secret  "), 0);
	assert_string_equal(who.password, "secret");
	z_forget(&who);
	assert_memory_equal(&who, zeros, sizeof who);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"Z-ADD17A asks for what its parameters say, in ASCII and in CCSID 37", asks_add, NULL, NULL, NULL},
		{"a profile type that is blank, invalid or not there is 1, and the special profile not looked at", blank_profile_types, NULL, NULL, NULL},
		{"Z-ADD05, Z-MOD05F, Z-ERA05 and Z-ERA05A ask for what their parameters say", asks_others, NULL, NULL, NULL},
		{"what is not of its form is 92, a cabinet to act as 02, and nobody is asked (z_change MUST 2)", bad_parameters, NULL, NULL, NULL},
		{"without a return code nothing is done (z_change MUST 1, z_list MUST 1)", no_return_code, NULL, NULL, NULL},
		{"members come twenty a call, whatever the pages of the helper are, and then 77", pages, NULL, NULL, NULL},
		{"an empty list is 77 at once", empty_list, NULL, NULL, NULL},
		{"Z-MEMSHP says where the user may go; a name that does not fit is blank", where, NULL, NULL, NULL},
		{"a list with a row that is none has no rows (z_list MUST 2)", bad_rows, NULL, NULL, NULL},
		{"a cabinet is named by its name or its ISN, not both, not neither", by_isn, NULL, NULL, NULL},
		{"Z-DIS17F has the profile as A55, and blanks without all of it", profile, NULL, NULL, NULL},
		{"each answer is its code of two digits", answers, NULL, NULL, NULL},
		{"Z-ADD05 makes cabinets, and Z-ADD17A has each of the document's codes", really_adds, kit_real, NULL, NULL},
		{"what was made is shown by Z-DIS17C, Z-DIS17F and Z-MEMSHP, and Z-MOD05F deletes what is left out", really_shows, kit_real, NULL, NULL},
		{"Z-MOD17 authorizes to a private cabinet, which Z-MEMSHP and Z-DIS17F show", really_authorizes, kit_real, NULL, NULL},
		{"Z-ERA05 marks, Z-ERA05A locks too, and the reset flag takes it back", really_erases, kit_real, NULL, NULL},
		{"no copy of a password stays behind (z_who MUST 1)", forgets, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("z_cabinet", tests, kit_make, state_close);
}
