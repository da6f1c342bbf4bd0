/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compat/chars.h"

/* In CCSID 37, by the document's code page chart. */
#define E_NOPWD "\x5c\xd5\xd6\xd7\xe6\xc4\x40\x40\x40\x40"
#define E_NOPWDCHK "\x5c\xd5\xd6\xd7\xe6\xc4\xc3\xc8\xd2\x40"
#define E_NOPWDSTS "\x5c\xd5\xd6\xd7\xe6\xc4\xe2\xe3\xe2\x40"
#define E_ALICE_UPPER "\xc1\xd3\xc9\xc3\xc5\x40\x40\x40\x40\x40"
#define E_ALICE_LOWER "\x81\x93\x89\x83\x85\x40\x40\x40\x40\x40"

static void names(const char *field, const char *expected)
{
	char name[CHARS_FIELD + 1];

	memset(name, 'x', sizeof name);
	assert_true(chars_name(field, name));
	assert_string_equal(name, expected);
}

static void no_name(const char *field)
{
	static const char zeros[CHARS_FIELD + 1];
	char name[CHARS_FIELD + 1];

	memset(name, 'x', sizeof name);
	assert_false(chars_name(field, name));
	assert_memory_equal(name, zeros, sizeof name);
}

static void ascii_names(void **state)
{
	(void)state;
	names("alice     ", "alice");
	names("a         ", "a");
	names("tenletters", "tenletters");
	names("Alice     ", "Alice");
	names("a_b-c.d$  ", "a_b-c.d$");
	names("a@b       ", "a@b");
}

static void ccsid37_names(void **state)
{
	(void)state;
	names(E_ALICE_UPPER, "alice");
	names(E_ALICE_LOWER, "alice");
	names("\xd8\xe2\xc5\xc3\xd6\xc6\xd9\xf0\xf1\xf9", "qsecofr019");
	names("\x81\x6d\x60\x4b\x5b\x7b\x7c\xa9\x40\x40", "a_-.$#@z");
}

static void refused_names(void **state)
{
	static const char *const refused[] = {
		"          ",                                 /* nothing */
		"\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40", /* nothing in CCSID 37 */
		" alice    ", "al ice    ", "alice    x",
		"alice\0    ", "alice\0xxxx", "\0\0\0\0\0\0\0\0\0\0", /* a string of C */
		"ali\tce    ", "alice\n    ", "alice\x7f    ",
		"*ALL      ", "*PRFTKN   ", "*NOPWD    ", "*         ",
		E_NOPWD,
		"\xc1\xd3\xc9\xc3\xc5     ",                 /* blanks of the other */
		"alice\x40\x40\x40\x40\xc1",                 /* a mixture */
		"\x40\xc1\xd3\xc9\xc3\xc5\x40\x40\x40\x40", "\xc1\xd3\x40\xc9\xc3\xc5\x40\x40\x40\x40",
		"\xc1\xd3\xc9\xc3\xc5\x61\x40\x40\x40\x40",  /* a slash */
		"\xc1\xd3\xc9\xc3\xc5\x7a\x40\x40\x40\x40",  /* a colon */
		"\xc1\xd3\xc9\xc3\xc5\x51\x40\x40\x40\x40",  /* e with an acute accent */
		"\xc1\xd3\xc9\xc3\xc5\xff\x40\x40\x40\x40", "\xc1\xd3\xc9\xc3\xc5\x05\x40\x40\x40\x40",
		"\xc3\xa9lise    ",                          /* UTF-8 */
	};
	size_t i;

	(void)state;
	no_name(NULL);
	for (i = 0; i < sizeof refused / sizeof *refused; i++)
		no_name(refused[i]);
}

/* Any byte in any place: what is read is a name that reads back as itself. */
static void any_byte(void **state)
{
	char field[CHARS_FIELD], name[CHARS_FIELD + 1], again[CHARS_FIELD + 1];
	unsigned place, byte, good = 0;

	(void)state;
	for (place = 0; place < CHARS_FIELD; place++)
		for (byte = 0; byte < 256; byte++) {
			memcpy(field, "aaaaaaaaaa", sizeof field);
			field[place] = (char)byte;
			if (!chars_name(field, name))
				continue;
			good++;
			assert_true(byte >= ' ' && byte <= '~' && strlen(name) <= CHARS_FIELD);
			memset(field, ' ', sizeof field);
			memcpy(field, name, strlen(name));
			assert_true(chars_name(field, again));
			assert_string_equal(name, again);
		}
	/* 94 characters without the blank; no "*" in front; a blank at the end alone */
	assert_int_equal(good, 94 * 10 - 1 + 1);
}

static void special_values(void **state)
{
	static const char *const none[] = {"*NOPWDXXX ", "*NOPWD   x", " *NOPWD   ", "*nopwd    ", "NOPWD     ", "          ",
	                                   "*NOPWD\0\0\0\0", "\x5c\x95\x96\x97\xa6\x84\x40\x40\x40\x40",
	                                   "\x5c\xd5\xd6\xd7\xe6\xc4    "};
	size_t i;

	(void)state;
	assert_int_equal(chars_special("*NOPWD    "), AUTHZ_NOPWD);
	assert_int_equal(chars_special("*NOPWDCHK "), AUTHZ_NOPWDCHK);
	assert_int_equal(chars_special("*NOPWDSTS "), AUTHZ_NOPWDSTS);
	assert_int_equal(chars_special(E_NOPWD), AUTHZ_NOPWD);
	assert_int_equal(chars_special(E_NOPWDCHK), AUTHZ_NOPWDCHK);
	assert_int_equal(chars_special(E_NOPWDSTS), AUTHZ_NOPWDSTS);
	assert_int_equal(chars_special(NULL), 0);
	for (i = 0; i < sizeof none / sizeof *none; i++)
		assert_int_equal(chars_special(none[i]), 0);
}

static void digits(void **state)
{
	unsigned byte;

	(void)state;
	for (byte = 0; byte < 256; byte++)
		assert_int_equal(chars_digit((char)byte), byte >= 0xf0 && byte <= 0xf9 ? '0' + byte - 0xf0 : byte);
}

/* ---- passwords */

static void converts(const char *from, const char *to)
{
	char secret[CHARS_SECRET];

	assert_int_equal(chars_password(from, (int)strlen(from), 37, secret), CHARS_GOOD);
	assert_string_equal(secret, to);
}

static void known_conversions(void **state)
{
	(void)state;
	converts("\xa2\x85\x83\x99\x85\xa3", "secret");
	converts("\xe2\x85\x83\x99\x85\xa3\x5a\xf1\xf2\xf3", "Secret!123");
	converts("\x40\x4b\x4c\x4d\x4e\x50\x5c\x5d\x5e\x60\x61\x6b\x6c\x6d\x6e\x6f", " .<(+&*);-/,%_>?");
	converts("\x7a\x7d\x7e\x7f\x5b\x7b\x7c\xe0\xc0\xd0\xa1\x79\x4f\xba\xbb\xb0", ":'=\"$#@\\{}~`|[]^");
	converts("\x4a\x5f\xb1\x51\x59\xdc", "\xc2\xa2\xc2\xac\xc2\xa3\xc3\xa9\xc3\x9f\xc3\xbc"); /* cent not pound e-acute sz ue */
}

/* Every printable character of ISO 8859-1 once, and no control character. */
static void whole_table(void **state)
{
	unsigned byte, character, seen[256] = {0}, count = 0;
	char secret[CHARS_SECRET], in;

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		in = (char)byte;
		if (chars_password(&in, 1, 37, secret) != CHARS_GOOD)
			continue;
		character = (unsigned char)secret[0];
		if (character >= 0x80)
			character = (character & 3) << 6 | ((unsigned char)secret[1] & 0x3f);
		assert_int_equal(strlen(secret), character < 0x80 ? 1 : 2);
		assert_true((character >= 0x20 && character <= 0x7e) || (character >= 0xa0 && character <= 0xff));
		assert_int_equal(seen[character]++, 0);
		count++;
	}
	assert_int_equal(count, 95 + 96);
}

static void as_they_are(void **state)
{
	static const unsigned ccsids[] = {0, 367, 1208, 65535, (unsigned)-1};
	static const char password[] = "p\xc3\xa4ss word\x01\xff";
	char secret[CHARS_SECRET];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof ccsids / sizeof *ccsids; i++) {
		memset(secret, 'x', sizeof secret);
		assert_int_equal(chars_password(password, sizeof password - 1, ccsids[i], secret), CHARS_GOOD);
		assert_string_equal(secret, password);
		assert_int_equal(chars_password(password, 3, ccsids[i], secret), CHARS_GOOD);
		assert_string_equal(secret, "p\xc3\xa4");
	}
}

static void refuses(const char *password, int length, unsigned ccsid, enum chars_fault fault)
{
	static const char zeros[CHARS_SECRET];
	char secret[CHARS_SECRET];

	memset(secret, 'x', sizeof secret);
	assert_int_equal(chars_password(password, length, ccsid, secret), fault);
	assert_memory_equal(secret, zeros, sizeof zeros);
}

static void refused_passwords(void **state)
{
	char large[600];
	unsigned i;

	(void)state;
	memset(large, 'a', sizeof large);
	refuses(NULL, 6, 0, CHARS_BAD_PASSWORD);
	refuses("secret", 0, 0, CHARS_BAD_LENGTH);
	refuses("secret", -1, 0, CHARS_BAD_LENGTH);
	refuses("secret", INT32_MIN, 0, CHARS_BAD_LENGTH);
	refuses(large, 513, 0, CHARS_BAD_LENGTH);
	refuses(large, INT32_MAX, 37, CHARS_BAD_LENGTH);
	for (i = 1; i < 70000; i++)
		if (i != 37 && i != 367 && i != 1208 && i != 65535)
			refuses("secret", 6, i, CHARS_BAD_CCSID);
	refuses("secret", 7, 1208, CHARS_BAD_PASSWORD); /* with its NUL */
	refuses("se\0ret", 6, 65535, CHARS_BAD_PASSWORD);
	refuses("\xa2\x85\x05\x99\x85\xa3", 6, 37, CHARS_BAD_PASSWORD);
	refuses("\xa2\x85\xff\x99\x85\xa3", 6, 37, CHARS_BAD_PASSWORD);
	refuses("*NOPWD    ", 10, 0, CHARS_BAD_PASSWORD);
	refuses("*NOPWDCHK ", 10, 1208, CHARS_BAD_PASSWORD);
	refuses(E_NOPWDSTS, 10, 37, CHARS_BAD_PASSWORD);
}

/* 512 bytes of UTF-8, and no more. */
static void long_passwords(void **state)
{
	char password[512], secret[CHARS_SECRET];

	(void)state;
	memset(password, 'a', sizeof password);
	assert_int_equal(chars_password(password, 512, 1208, secret), CHARS_GOOD);
	assert_int_equal(strlen(secret), 512);
	memset(password, '\x81', sizeof password); /* a */
	assert_int_equal(chars_password(password, 512, 37, secret), CHARS_GOOD);
	assert_int_equal(strlen(secret), 512);
	memset(password, '\x51', 256); /* e acute: two bytes */
	assert_int_equal(chars_password(password, 256, 37, secret), CHARS_GOOD);
	assert_int_equal(strlen(secret), 512);
	refuses(password, 257, 37, CHARS_BAD_PASSWORD);
	password[0] = '\x81';
	assert_int_equal(chars_password(password, 256, 37, secret), CHARS_GOOD);
	assert_int_equal(strlen(secret), 511);
	refuses("\x51", 0, 37, CHARS_BAD_LENGTH);
}

/* Con-nect's A8. */
static void other_sizes(void **state)
{
	char name[9];

	(void)state;
	assert_true(chars_name_of("sales   x", 8, name));
	assert_string_equal(name, "sales");
	assert_true(chars_name_of("eightlen", 8, name));
	assert_string_equal(name, "eightlen");
	assert_true(chars_name_of("\xe2\xc1\xd3\xc5\xe2\x40\x40\x40", 8, name));
	assert_string_equal(name, "sales");
	assert_false(chars_name_of("sa les  ", 8, name));
	assert_string_equal(name, "");
	assert_false(chars_name_of("        ", 8, name));
	assert_int_equal(chars_length("        ", 8), 0);
	assert_int_equal(chars_length("\x40\x40\x40\x40\x40\x40\x40\x40", 8), 0);
	assert_int_equal(chars_length("pw @    ", 8), 4);
	assert_int_equal(chars_length("\x97\x40\x97\x40\x40\x40\x40\x40", 8), 3);
	assert_int_equal(chars_length("12345678", 8), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a name in ASCII is taken as it is", ascii_names, NULL, NULL, NULL},
		{"a name in CCSID 37 is folded to lower case", ccsid37_names, NULL, NULL, NULL},
		{"empty names, text behind a blank, bad bytes and mixtures are refused (chars MUST 1)", refused_names, NULL, NULL, NULL},
		{"with any byte in any place a name is refused or reads back as itself", any_byte, NULL, NULL, NULL},
		{"special values are known in ASCII and in CCSID 37, exactly", special_values, NULL, NULL, NULL},
		{"a digit of CCSID 37 is one of ASCII; no other byte changes", digits, NULL, NULL, NULL},
		{"a password in CCSID 37 becomes UTF-8", known_conversions, NULL, NULL, NULL},
		{"CCSID 37 has each printable character of ISO 8859-1 once, and no other", whole_table, NULL, NULL, NULL},
		{"a password in CCSID 0, 65535, 367, 1208 or -1 is taken as it is", as_they_are, NULL, NULL, NULL},
		{"a bad password, length or CCSID is named and leaves zeros (chars MUST 2)", refused_passwords, NULL, NULL, NULL},
		{"fields of other sizes have the same forms, and blanks of their own kind at the end", other_sizes, NULL, NULL, NULL},
		{"a password has at most 512 bytes, also as UTF-8", long_passwords, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("chars", tests, NULL, NULL);
}
