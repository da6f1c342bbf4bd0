/* SPDX-License-Identifier: ISC */
/* Which owners are meant: rules/master_pattern.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rules/master_pattern.h"
#include "wire/request.h"

static void table(void **state)
{
	static const struct { const char *pattern, *name; bool matches; } rows[] = {
		{"alice", "alice", true}, {"alice", "alic", false}, {"alice", "alicex", false}, {"alice", "Alice", false},
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a", true}, {"**", "abc", true}, {"?", "", false},
		{"?", "a", true}, {"?", "ab", false}, {"??", "ab", true}, {"dev-*", "dev-", true}, {"dev-*", "dev-1", true},
		{"dev-*", "dev", false}, {"dev-*", "xdev-1", false}, {"*-dev", "a-dev", true}, {"*-dev", "-dev", true},
		{"*-dev", "a-devx", false}, {"a*b*c", "abc", true}, {"a*b*c", "aXbYc", true}, {"a*b*c", "aXbY", false},
		{"a*b*c", "abcbc", true}, {"a*b*c", "acb", false}, {"*a*", "bab", true}, {"*a*", "bbb", false},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"?*", "a", true}, {"?*", "", false}, {"*?", "ab", true},
		{"*ab", "aab", true}, {"*ab?", "aabab", false}, {"*ab?", "aababc", true}, {"a*", "*", false}, {"\\*", "*", false},
		{"[a-z]", "b", false}, {"[a-z]", "[a-z]", true}, {"*\xc3\xa9", "caf\xc3\xa9", true}, {"???\?\?", "caf\xc3\xa9", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (master_pattern_matches(rows[i].pattern, rows[i].name) != rows[i].matches)
			fail_msg("\"%s\" and \"%s\"", rows[i].pattern, rows[i].name);
}

/* The definition, without a thought of time. */
static bool means(const char *pattern, const char *name)
{
	if (*pattern == '*')
		return means(pattern + 1, name) || (*name != '\0' && means(pattern, name + 1));
	if (*name == '\0' || *pattern == '\0')
		return *name == *pattern;
	return (*pattern == '?' || *pattern == *name) && means(pattern + 1, name + 1);
}

static void like_the_definition(void **state)
{
	static const char letters[] = "aab*?", names[] = "aab";
	char pattern[9], name[9];
	unsigned i, k, hits = 0;

	(void)state;
	srand(7);
	for (i = 0; i < 200000; i++) {
		memset(pattern, 0, sizeof pattern);
		memset(name, 0, sizeof name);
		for (k = (unsigned)rand() % sizeof pattern; k > 0; k--)
			pattern[k - 1] = letters[rand() % 5];
		for (k = (unsigned)rand() % sizeof name; k > 0; k--)
			name[k - 1] = names[rand() % 3];
		hits += means(pattern, name);
		if (master_pattern_matches(pattern, name) != means(pattern, name))
			fail_msg("\"%s\" and \"%s\"", pattern, name);
	}
	assert_true(hits > 10000);
}

/* What takes a matcher that tries everything longer than the world is old. */
static void no_time(void **state)
{
	char pattern[OWNERS_SIZE] = "", name[NAME_SIZE];
	unsigned i;

	(void)state;
	for (i = 0; i < OWNERS_SIZE - 2; i += 2)
		strcat(pattern, "*a");
	pattern[OWNERS_SIZE - 2] = 'b';
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	for (i = 0; i < 10000; i++)
		assert_false(master_pattern_matches(pattern, name));
}

static void forms(void **state)
{
	static const struct { const char *owners; enum master_owners form; } rows[] = {
		{"*ALL", MASTER_OWNERS_ALL}, {"*all", MASTER_OWNERS_PATTERN}, {"*", MASTER_OWNERS_PATTERN}, {"a?", MASTER_OWNERS_PATTERN},
		{"alice", MASTER_OWNERS_USER}, {"al-ice.2", MASTER_OWNERS_USER}, {"cabinet:sales", MASTER_OWNERS_CABINET},
		{"cabinet", MASTER_OWNERS_USER}, {"cabinet:", MASTER_OWNERS_NONE}, {"cabinet:s*", MASTER_OWNERS_NONE},
		{"cabinet:SALES", MASTER_OWNERS_NONE}, {"cabinet:-a", MASTER_OWNERS_NONE}, {"Cabinet:sales", MASTER_OWNERS_NONE},
		{"", MASTER_OWNERS_NONE}, {" ", MASTER_OWNERS_NONE}, {"a b", MASTER_OWNERS_NONE}, {"a\tb", MASTER_OWNERS_NONE},
		{"a\n", MASTER_OWNERS_NONE}, {"a:*", MASTER_OWNERS_NONE}, {"a,b", MASTER_OWNERS_NONE}, {"../a", MASTER_OWNERS_NONE},
		{"-a*", MASTER_OWNERS_NONE}, {"\x7f*", MASTER_OWNERS_NONE},
		{"user-of-exactly-thirty-two-bytes", MASTER_OWNERS_USER}, {"user-of-exactly-thirty-two-bytes1", MASTER_OWNERS_NONE},
		{"user-of-exactly-thirty-two-bytes1*", MASTER_OWNERS_PATTERN},
		{"pattern-of-48-bytes-pattern-of-48-bytes-pattern*", MASTER_OWNERS_PATTERN},
		{"pattern-of-49-bytes-pattern-of-49-bytes-pattern-*", MASTER_OWNERS_NONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (master_owners_form(rows[i].owners) != rows[i].form)
			fail_msg("\"%s\" is %d", rows[i].owners, (int)master_owners_form(rows[i].owners));
	assert_string_equal(master_owners_cabinet("cabinet:sales"), "sales");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a pattern is matched as the table says", table, NULL, NULL, NULL},
		{"patterns and names of random letters are matched as the definition has it", like_the_definition, NULL, NULL, NULL},
		{"a pattern of many '*' takes no longer than its length times the name's (master_pattern MUST 1)", no_time, NULL, NULL, NULL},
		{"what is no user, cabinet or pattern is no set of owners (master_pattern MUST 2)", forms, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("master_pattern", tests, NULL, NULL);
}
