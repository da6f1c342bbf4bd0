/* SPDX-License-Identifier: ISC */
/* Generic profiles: rules/authority_profile.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rules/authority_profile.h"

/* ---- the published table */

static void published(void **state)
{
	static const struct {
		const char *profile, *name;
		bool matches;
	} rows[] = {
		{"ABC.?EF", "ABC.DEF", true}, {"ABC.?EF", "ABC.CEF", true}, {"ABC.?EF", "ABC.BEF", true}, {"ABC.?EF", "ABC.EF", false},
		{"AB.?D", "AB.CD", true}, {"AB.?D", "AB.ED", true}, {"AB.?D", "AB.FD", true}, {"AB.?D", "AB.D", false},
		{"AB.?D", "AB.CCD", false},
		{"ABC.*.JKL", "ABC.DEF.JKL", true}, {"ABC.*.JKL", "ABC.GHI.JKL", true}, {"ABC.*.JKL", "ABC.JKL", false},
		{"ABC.*.JKL", "ABC.DEF.GHI.JKL", false},
		{"ABC.DE*.JKL", "ABC.DE.JKL", true}, {"ABC.DE*.JKL", "ABC.DEF.JKL", true}, {"ABC.DE*.JKL", "ABC.DEGH.JKL", true},
		{"ABC.DE*.JKL", "ABC.DE.GH.JKL", false},
		{"**", "ABC", true}, {"**", "ABC.DEF.GHI", true},
		{"**.ABC", "ABC", true}, {"**.ABC", "D.ABC", true}, {"**.ABC", "D.E.ABC", true}, {"**.ABC", "DABC", false},
		{"**.ABC", "ABC.D", false},
		{"ABC.**", "ABC", true}, {"ABC.**", "ABC.D", true}, {"ABC.**", "ABC.D.E", true}, {"ABC.**", "ABCD", false},
		{"ABC.**.XYZ", "ABC.XYZ", true}, {"ABC.**.XYZ", "ABC.D.XYZ", true}, {"ABC.**.XYZ", "ABC.D.E.XYZ", true},
		{"ABC.**.XYZ", "ABC.DXYZ", false}, {"ABC.**.XYZ", "ABC.XYZ.D", false}, {"ABC.**.XYZ", "ABCXYZ", false},
		{"AB.C*", "AB.CD", true}, {"AB.*", "AB.CD", true}, {"AB.*", "AB", false}, {"AB.*", "AB.C.D", false},
		{"*", "ABC", true}, {"*", "A.B", false}, {"?", ".", false}, {"A*", "A.", false}, {"A.*", "A.", true},
		{"*A*B*", "xxAyyBzz", true}, {"*A*B*", "xxByyAzz", false}, {"a", "A", false}, {"ABC", "ABC", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (authority_profile_matches(rows[i].profile, rows[i].name) != rows[i].matches)
			fail_msg("%s and %s", rows[i].profile, rows[i].name);
}

/* Each counts before the next one; all match AB.CD. */
static void precedence(void **state)
{
	static const char *const order[] = {
		"AB.CD", "AB.C?", "AB.C?*", "AB.C*D", "AB.C*", "AB.?D", "AB.??", "AB.?*", "AB.*D", "AB.*", "AB.**.CD", "AB.**", "A?.CD",
		"A*.CD", "A*.C*", "A*.**", "?B.CD", "?*.CD", "*B.CD", "*.CD", "*.C*", "*.*", "*.**", "**.CD", "**.C*", "**.*", "**",
	};
	const size_t count = sizeof order / sizeof order[0];
	size_t i, j;

	(void)state;
	for (i = 0; i < count; i++) {
		assert_true(authority_profile_matches(order[i], "AB.CD"));
		for (j = 0; j < count; j++) {
			const int c = authority_profile_compare(order[i], order[j]);

			if (i == j ? c != 0 : (c < 0) != (i < j))
				fail_msg("%s and %s: %d", order[i], order[j], c);
		}
	}
}

static void validity(void **state)
{
	static const char *const good[] = {"a", "*", "?", "**", "a.**", "**.a", "a.**.b", "a*b*c", "*.*", "??", "a b", "\xc3\xa4",
	                                   "123456789012345678901234567890123456789012345678"};
	static const char *const bad[] = {"", "a**", "**a", "a.**b", "***", "**.**", "a.**.**", "a.***.b", "**.a.**", "a\nb", "a\x7f",
	                                  " ", " a", "a ", "a.** ", " *",
	                                  "1234567890123456789012345678901234567890123456789"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(authority_profile_is_valid(good[i]));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(authority_profile_is_valid(bad[i]));
}

/* ---- against a slow model */

/* One qualifier against one qualifier, each "length" bytes. */
static bool model_qualifier(const char *p, size_t p_length, const char *n, size_t n_length)
{
	size_t i;

	if (p_length == 0)
		return n_length == 0;
	if (*p == '*') {
		for (i = 0; i <= n_length; i++)
			if (model_qualifier(p + 1, p_length - 1, n + i, n_length - i))
				return true;
		return false;
	}
	return n_length > 0 && (*p == '?' || *p == *n) && model_qualifier(p + 1, p_length - 1, n + 1, n_length - 1);
}

/* Lists of qualifiers; NULL: the list is empty. */
static bool model(const char *p, const char *n)
{
	const size_t p_length = p == NULL ? 0 : strcspn(p, "."), n_length = n == NULL ? 0 : strcspn(n, ".");
	const char *p_rest = p == NULL || p[p_length] == '\0' ? NULL : p + p_length + 1;
	const char *n_rest = n == NULL || n[n_length] == '\0' ? NULL : n + n_length + 1;

	if (p == NULL)
		return n == NULL;
	if (p_length == 2 && p[0] == '*' && p[1] == '*')
		return model(p_rest, n) || (n != NULL && model(p, n_rest));
	return n != NULL && model_qualifier(p, p_length, n, n_length) && model(p_rest, n_rest);
}

static void make_text(char *text, const char *alphabet, size_t longest)
{
	const size_t length = 1 + (size_t)rand() % longest;
	size_t i;

	for (i = 0; i < length; i++)
		text[i] = alphabet[(size_t)rand() % strlen(alphabet)];
	text[length] = '\0';
}

static void make_profile(char *text)
{
	do
		make_text(text, "ab..**?", 9);
	while (!authority_profile_is_valid(text));
}

static void as_the_model(void **state)
{
	char profile[16], name[16];
	unsigned i, both = 0;

	(void)state;
	srand(1);
	for (i = 0; i < 300000; i++) {
		make_profile(profile);
		make_text(name, "aab.", 7);
		if (authority_profile_matches(profile, name) != model(profile, name))
			fail_msg("%s and %s", profile, name);
		both += model(profile, name);
	}
	assert_in_range(both, 10000, 290000);
}

static void literal_holds(void **state)
{
	char profile[16], name[16];
	size_t length;
	unsigned i, seen = 0;

	(void)state;
	srand(2);
	for (i = 0; i < 200000; i++) {
		make_profile(profile);
		make_text(name, "aab.", 7);
		if (!authority_profile_is_generic(profile) || !authority_profile_matches(profile, name))
			continue;
		length = authority_profile_literal(profile);
		if (strncmp(profile, name, length) != 0)
			fail_msg("%s and %s", profile, name);
		seen += length > 1;
	}
	assert_true(seen > 100);
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void an_order(void **state)
{
	char a[16], b[16], c[16];
	unsigned i;

	(void)state;
	srand(3);
	for (i = 0; i < 300000; i++) {
		make_profile(a);
		make_profile(b);
		make_profile(c);
		if (sign(authority_profile_compare(a, b)) != -sign(authority_profile_compare(b, a)) ||
		    (authority_profile_compare(a, b) == 0) != (strcmp(a, b) == 0))
			fail_msg("%s and %s", a, b);
		if (authority_profile_compare(a, b) < 0 && authority_profile_compare(b, c) < 0 && authority_profile_compare(a, c) >= 0)
			fail_msg("a circle: %s, %s, %s", a, b, c);
	}
}

static void never_long(void **state)
{
	(void)state;
	assert_false(authority_profile_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
	                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	assert_false(authority_profile_matches("**.*a*.*a*.*a*.*a*.*a*.*a*.*a*.*a*.*a*.*a*.*a*.b",
	                                       "aaa.aaa.aaa.aaa.aaa.aaa.aaa.aaa.aaa.aaa.aaa.aaaa"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"M4: what ? * ** match, as the published examples have it", published, NULL, NULL, NULL},
		{"M4: of those that match the most specific counts (authority_profile MUST 1)", precedence, NULL, NULL, NULL},
		{"a profile has 1 to 48 bytes, and ** as a whole qualifier, once", validity, NULL, NULL, NULL},
		{"any profile matches what a slow model says", as_the_model, NULL, NULL, NULL},
		{"what a profile matches begins with its text before the first wildcard", literal_holds, NULL, NULL, NULL},
		{"the order of profiles has no circle, and no two are alike (authority_profile MUST 1)", an_order, NULL, NULL, NULL},
		{"a profile of many wildcards is no work (authority_profile MUST 2)", never_long, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("authority_profile", tests, NULL, NULL);
}
