/* SPDX-License-Identifier: ISC */
/* The documents' calls against the real helper. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "compat_kit.h"

#define DEFAULT (&(int){-1})
#define SINGLE "1"
#define MULTIPLE "2"
#define REGENERABLE "3"

typedef unsigned char token_t[AUTHZ_TOKEN_SIZE];

static void is_valid(const token_t token, int least, int most)
{
	int seconds = -1;

	QsyGetPrfTknTimeOut(&seconds, token, kit_error());
	kit_succeeded();
	if (seconds < least || seconds > most)
		fail_msg("%d seconds", seconds);
}

static void is_unknown(const token_t token)
{
	int seconds = -1;

	QsyGetPrfTknTimeOut(&seconds, token, kit_error());
	kit_failed("CPF2274", NULL, 0);
	assert_int_equal(seconds, 0);
}

/* ---- generate */

static void generates(const char *user, const char *password)
{
	token_t token = {0};

	QsyGenPrfTkn(token, user, password, &(int){60}, SINGLE, kit_error());
	kit_succeeded();
	is_valid(token, 55, 60);
}

static void refuses(const char *user, const char *password, const char *id)
{
	token_t token;

	memset(token, 'x', sizeof token);
	QsyGenPrfTkn(token, user, password, DEFAULT, SINGLE, kit_error());
	kit_failed_user(id, user);
	assert_true(kit_is_zero(token, sizeof token));
}

static void special_values(void **state)
{
	(void)state;
	generates(OWNER, NOPWD);
	generates(OWNER, NOPWDCHK);
	generates(OWNER, NOPWDSTS);
	generates(NO_PASSWORD, NOPWD);
	refuses(EXPIRED, NOPWD, "CPF22E4");
	generates(EXPIRED, NOPWDSTS);
	generates(EXPIRED, NOPWDCHK);
	refuses(LOCKED, NOPWD, "CPF22E3");
	refuses(LOCKED, NOPWDSTS, "CPF22E3");
	generates(LOCKED, NOPWDCHK);
	refuses(UNKNOWN, NOPWD, "CPF2204");
	refuses(SYSTEM, NOPWDCHK, "CPF4AB8");
}

static void in_ccsid37(void **state)
{
	static const char daemon37[] = "\xc4\xc1\xc5\xd4\xd6\xd5\x40\x40\x40\x40", nopwd37[] = "\x5c\xd5\xd6\xd7\xe6\xc4\x40\x40\x40\x40";
	static const char games37[] = "\x87\x81\x94\x85\xa2\x40\x40\x40\x40\x40";
	token_t token;

	(void)state;
	generates(daemon37, nopwd37);
	QsyGenPrfTkn(token, daemon37, nopwd37, DEFAULT, "\xf2", kit_error());
	kit_succeeded();
	QsyGenPrfTkn(token, games37, nopwd37, DEFAULT, "\xf2", kit_error());
	kit_failed_user("CPF22E3", LOCKED);
}

static void times(void **state)
{
	static const int good[] = {-1, 1, 3600}, bad[] = {0, -2, 3601, INT32_MAX, INT32_MIN};
	token_t token;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		QsyGenPrfTkn(token, OWNER, NOPWD, &good[i], MULTIPLE, kit_error());
		kit_succeeded();
		is_valid(token, good[i] == 1 ? 0 : 3595, good[i] == 1 ? 1 : 3600);
	}
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		QsyGenPrfTkn(token, OWNER, NOPWD, &bad[i], MULTIPLE, kit_error());
		kit_failed("CPF4AAB", NULL, 0);
		assert_true(kit_is_zero(token, sizeof token));
	}
}

static void types(void **state)
{
	static const char bad[] = {'0', '4', '\0', ' ', 'a', '\x01', '\x03', '\xf0', '\xf4', '\xff'};
	token_t token;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad; i++) {
		memset(token, 'x', sizeof token);
		QsyGenPrfTkn(token, OWNER, NOPWD, DEFAULT, &bad[i], kit_error());
		kit_failed("CPF4AAD", NULL, 0);
		assert_true(kit_is_zero(token, sizeof token));
	}
}

static void by_password(void **state)
{
	static const char utf8[] = "Geh\xc3\xa4use!7 and more";
	token_t token;

	(void)state;
	QsyGenPrfTknE(token, OWNER, utf8, 10, 1208, 60, '1', kit_error());
	kit_succeeded();
	is_valid(token, 55, 60);
	QsyGenPrfTknE(token, OWNER, utf8, 10, 0, -1, '3', kit_error());
	kit_succeeded();
	QsyGenPrfTknE(token, OWNER, PASSWORD_37, 9, 37, 60, '\xf1', kit_error());
	kit_succeeded();
	is_valid(token, 55, 60);
	QsyGenPrfTknE(token, OWNER, utf8, 9, 1208, 60, '1', kit_error());
	kit_failed_user("CPF22E2", OWNER);
	assert_true(kit_is_zero(token, sizeof token));
	QsyGenPrfTknE(token, OWNER, PASSWORD_37, 9, 65535, 60, '1', kit_error());
	kit_failed_user("CPF22E2", OWNER);
	QsyGenPrfTknE(token, UNKNOWN, utf8, 10, 1208, 60, '1', kit_error());
	kit_failed_user("CPF22E2", UNKNOWN);
	QsyGenPrfTknE(token, NO_PASSWORD, utf8, 10, 1208, 60, '1', kit_error());
	kit_failed_user("CPF22E5", NO_PASSWORD);
	QsyGenPrfTknE(token, OWNER, utf8, 10, 1208, 3601, '1', kit_error());
	kit_failed("CPF4AAB", NULL, 0);
	QsyGenPrfTknE(token, OWNER, utf8, 10, 1208, 60, '4', kit_error());
	kit_failed("CPF4AAD", NULL, 0);
}

static void too_many_tries(void **state)
{
	token_t token;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		QsyGenPrfTknE(token, OTHER, "wrong", 5, 0, 60, '1', kit_error());
		kit_failed_user("CPF22E2", OTHER);
	}
}

/* ---- regenerate */

static void regenerates(void **state)
{
	static const char *const kinds[] = {SINGLE, MULTIPLE, REGENERABLE};
	token_t from, token;
	size_t i;

	(void)state;
	kit_token('3', from);
	for (i = 0; i < 3; i++) {
		QsyGenPrfTknFromPrfTkn(token, from, &(int){30}, kinds[i], kit_error());
		kit_succeeded();
		assert_memory_not_equal(token, from, sizeof token);
		is_valid(token, 25, 30);
		is_valid(from, 500, 600);
	}
	memcpy(token, from, sizeof token);
	QsyGenPrfTknFromPrfTkn(token, token, DEFAULT, REGENERABLE, kit_error());
	kit_succeeded();
	assert_memory_not_equal(token, from, sizeof token);
	is_valid(token, 3500, 3600);
}

static void does_not_regenerate(const token_t from, const int *timeout, const char *type, const char *id)
{
	token_t token;

	memset(token, 'x', sizeof token);
	QsyGenPrfTknFromPrfTkn(token, from, timeout, type, kit_error());
	kit_failed(id, NULL, 0);
	assert_true(kit_is_zero(token, sizeof token));
}

static void no_regenerating(void **state)
{
	static const token_t unknown = {1};
	token_t from;

	(void)state;
	does_not_regenerate(unknown, DEFAULT, REGENERABLE, "CPF2274");
	kit_token('1', from);
	does_not_regenerate(from, DEFAULT, SINGLE, "CPF2274");
	kit_token('2', from);
	does_not_regenerate(from, DEFAULT, SINGLE, "CPF2274");
	kit_token('3', from);
	does_not_regenerate(from, &(int){0}, SINGLE, "CPF4AAB");
	does_not_regenerate(from, DEFAULT, "4", "CPF4AAD");
	QsyInvalidatePrfTkn(from, kit_error());
	does_not_regenerate(from, DEFAULT, REGENERABLE, "CPF2274");
}

/* ---- held tokens */

static void invalidates(void **state)
{
	static const token_t unknown = {2};
	token_t token;
	int same = 7;

	(void)state;
	kit_token('2', token);
	QsyInvalidatePrfTkn(token, kit_error());
	kit_succeeded();
	is_valid(token, 0, 0);
	QsyChkPrfTknUser(&same, token, kit_error());
	kit_failed("CPF2274", NULL, 0);
	assert_int_equal(same, 0);
	QsyRemovePrfTkn(token, kit_error());
	kit_succeeded();
	is_unknown(token);
	QsyInvalidatePrfTkn(token, kit_error());
	kit_failed("CPF2274", NULL, 0);
	QsyInvalidatePrfTkn(unknown, kit_error());
	kit_failed("CPF2274", NULL, 0);
}

static void other_user(void **state)
{
	static const token_t unknown = {3};
	token_t token;
	int same = 7;

	(void)state;
	kit_token('1', token);
	QsyChkPrfTknUser(&same, token, kit_error());
	kit_succeeded();
	assert_int_equal(same, 0);
	is_valid(token, 590, 600);
	same = 7;
	QsyChkPrfTknUser(&same, unknown, kit_error());
	kit_failed("CPF2274", NULL, 0);
	assert_int_equal(same, 0);
}

/* ---- remove */

static void removes_one(void **state)
{
	static const token_t unknown = {4};
	token_t token, stays;

	(void)state;
	kit_token('2', token);
	kit_token('2', stays);
	QsyRemovePrfTkn(token, kit_error());
	kit_succeeded();
	is_unknown(token);
	is_valid(stays, 590, 600);
	QsyRemovePrfTkn(token, kit_error());
	kit_succeeded();
	QsyRemovePrfTkn(unknown, kit_error());
	kit_succeeded();
}

static void two_users(token_t token, token_t of_other)
{
	kit_token('2', token);
	QsyGenPrfTkn(of_other, OTHER, NOPWD, DEFAULT, MULTIPLE, kit_error());
	kit_succeeded();
}

static void removes_all(void **state)
{
	token_t token, of_other;

	(void)state;
	two_users(token, of_other);
	QsyRemoveAllPrfTknsForUser(OWNER, kit_error());
	kit_succeeded();
	is_unknown(token);
	is_valid(of_other, 3500, 3600);
	QsyRemoveAllPrfTknsForUser(UNKNOWN, kit_error());
	kit_failed_user("CPF2204", UNKNOWN);
	is_valid(of_other, 3500, 3600);
	kit_token('2', token);
	QsyRemoveAllPrfTkns(kit_error());
	kit_succeeded();
	is_unknown(token);
	is_unknown(of_other);
}

/* ---- the original program model */

static void opm_generate(void **state)
{
	token_t token, made;
	int seconds = 0, same = 7;

	(void)state;
	QSYGENPT(token, OWNER, NOPWD, &(int){60}, REGENERABLE, kit_error());
	kit_succeeded();
	QSYGETPT(&seconds, token, kit_error());
	kit_succeeded();
	assert_in_range(seconds, 55, 60);
	QSYCHKTU(&same, token, kit_error());
	kit_succeeded();
	assert_int_equal(same, 0);
	QSYGENFT(made, token, &(int){60}, MULTIPLE, kit_error());
	kit_succeeded();
	QSYINVPT(made, kit_error());
	kit_succeeded();
	is_valid(made, 0, 0);
	QSYGENPT(token, OWNER, PASSWORD_37, &(int){60}, SINGLE, kit_error(), &(int){9}, &(int){37});
	kit_succeeded();
	is_valid(token, 55, 60);
	QSYGENPT(token, OWNER, "wrong", &(int){60}, SINGLE, kit_error(), &(int){5}, &(int){-1});
	kit_failed_user("CPF22E2", OWNER);
}

static void opm_remove(void **state)
{
	token_t token, of_other;

	(void)state;
	two_users(token, of_other);
	QSYRMVPT("*PRFTKN   ", kit_error(), token);
	kit_succeeded();
	is_unknown(token);
	is_valid(of_other, 3500, 3600);
	QSYRMVPT("*PRFTKN   ", kit_error());
	kit_failed_number("CPF3C36", 2);
	QSYRMVPT("*PRFTKNS  ", kit_error());
	kit_failed_number("CPF3C3C", 1);
	kit_token('2', token);
	QSYRMVPT(OTHER, kit_error(), token);
	kit_succeeded();
	is_unknown(of_other);
	is_valid(token, 590, 600);
	QSYRMVPT("\x5c\xc1\xd3\xd3\x40\x40\x40\x40\x40\x40", kit_error()); /* *ALL */
	kit_succeeded();
	is_unknown(token);
}

/* A word that is nearly *ALL removes nothing. */
static void nearly_all(void **state)
{
	static const char *const words[] = {"*all      ", "*ALLL     ", "ALL       ", " *ALL     ", "*ALL     x", "          ",
	                                    "*ALL\0     ", "*         ", "\x5c\x81\x93\x93\x40\x40\x40\x40\x40\x40"};
	token_t token;
	size_t i;

	(void)state;
	kit_token('2', token);
	for (i = 0; i < sizeof words / sizeof *words; i++) {
		QSYRMVPT(words[i], kit_error());
		kit_refused();
		QsyRemoveAllPrfTknsForUser(words[i], kit_error());
		kit_refused();
	}
	QsyRemoveAllPrfTknsForUser("*ALL      ", kit_error());
	kit_failed_number("CPF3C3C", 1);
	QSYRMVPT(NULL, kit_error());
	kit_failed_number("CPF3C3C", 1);
	is_valid(token, 590, 600);
}

#define REAL(sentence, test) {sentence, test, kit_real, NULL, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REAL("*NOPWD, *NOPWDCHK and *NOPWDSTS do what the document says of expired, disabled and system profiles", special_values),
		REAL("names, special values and types can be in CCSID 37; an exception has the name in ASCII", in_ccsid37),
		REAL("a time-out is -1 or 1 to 3600, else CPF4AAB", times),
		REAL("a type is 1, 2 or 3, else CPF4AAD", types),
		REAL("a password makes a token, in CCSID 37 too; a wrong one is CPF22E2, none is CPF22E5", by_password),
		REAL("too many wrong passwords are CPF22E2", too_many_tries),
		REAL("a regenerable token makes tokens of each type, also in its own place, and stays", regenerates),
		REAL("others make none: CPF2274", no_regenerating),
		REAL("an invalidated token has 0 seconds and can only be removed", invalidates),
		REAL("a token for somebody else is 0, and is not spent by asking", other_user),
		REAL("removing takes one token, and one that is not there is no error", removes_one),
		REAL("removing all takes a user's tokens, or everybody's", removes_all),
		REAL("the calls of the original program model make and look at tokens", opm_generate),
		REAL("QSYRMVPT removes one token, a user's, or all", opm_remove),
		REAL("a word that is nearly *ALL removes nothing (remove_tokens MUST 1)", nearly_all),
	};

	return cmocka_run_group_tests_name("compat", tests, kit_make, state_close);
}
