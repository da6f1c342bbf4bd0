/* SPDX-License-Identifier: ISC */
/* The environment of the command: helpers/authz-run/environment.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "environment.h"

static const char *value_of(const struct environment *e, const char *name)
{
	const size_t length = strlen(name);
	const char *found = NULL;

	for (size_t i = 0; i < e->count; i++)
		if (strncmp(e->list[i], name, length) == 0 && e->list[i][length] == '=') {
			assert_null(found);
			found = e->list[i] + length + 1;
		}
	assert_null(e->list[e->count]);
	return found;
}

static void from_nothing(void **state)
{
	char *from[] = {(char[]){"A=1"}, (char[]){"TERM=xterm-256color"}, (char[]){"PATH=/evil"}, (char[]){"LD_PRELOAD=x"},
	                (char[]){"noequals"}, (char[]){"=x"}, NULL};
	struct environment e = {.list = NULL};

	(void)state;
	assert_true(environment_begin(&e, from, NULL));
	assert_int_equal(e.count, 2);
	assert_string_equal(value_of(&e, "PATH"), ENVIRONMENT_PATH);
	assert_string_equal(value_of(&e, "TERM"), "xterm-256color");
	environment_free(&e);
	assert_true(environment_begin(&e, NULL, "A"));
	assert_int_equal(e.count, 1);
	environment_free(&e);
}

static void terminals(void **state)
{
	static const char *const wrong[] = {"TERM=", "TERM=../../x", "TERM=a b", "TERM=a\n", "TERM=a%n"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct environment e = {.list = NULL};
		char text[32];

		strcpy(text, wrong[i]);
		assert_true(environment_begin(&e, (char *[]){text, NULL}, NULL));
		assert_null(value_of(&e, "TERM"));
		environment_free(&e);
	}
}

static void kept(void **state)
{
	char *from[] = {(char[]){"A=1=2"}, (char[]){"AB=x"}, (char[]){"B= y "}, (char[]){"A=second"}, (char[]){"C="},
	                (char[]){"F=() { evil; }"}, NULL};
	struct environment e = {.list = NULL};

	(void)state;
	assert_true(environment_begin(&e, from, "A,B,C,F,D"));
	assert_string_equal(value_of(&e, "A"), "1=2");
	assert_string_equal(value_of(&e, "B"), " y ");
	assert_string_equal(value_of(&e, "C"), "");
	assert_null(value_of(&e, "AB"));
	assert_null(value_of(&e, "D"));
	assert_null(value_of(&e, "F"));
	environment_free(&e);
}

static void names(void **state)
{
	static const char *const good[] = {"A", "A,B", "LANG,LC_ALL", "a1_", "LDX", "ENVX", "PATHS", "TERM", "http_proxy"};
	static const char *const bad[] = {"LD_PRELOAD", "LD_", "LD_AUDIT", "BASH_ENV", "BASH_FUNC_x", "GLIBC_TUNABLES",
	                                  "MALLOC_TRACE", "IFS", "ENV", "PATH", "HOME", "SHELL", "USER", "LOGNAME", "PYTHONSTARTUP",
	                                  "PERL5LIB", "PERL5OPT", "RUBYOPT", "NODE_OPTIONS", "LOCPATH", "TMPDIR", "AUTHZ_TOKEN_FILE",
	                                  "JDK_JAVA_OPTIONS", "LUA_INIT_5_4", "PHPRC", "AWKLIBPATH", "LESSOPEN", "OPENSSL_CONF",
	                                  "A=B", "1A", "A B", "A-B", "A\n", "*"};
	static const char *const lists[] = {"", ",", "A,", ",A", "A,,B"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (environment_refused(good[i]) != NULL)
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char list[64];

		snprintf(list, sizeof list, "A,%s", bad[i]);
		if (environment_refused(bad[i]) == NULL || environment_refused(list) == NULL)
			fail_msg("%s", bad[i]);
	}
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (environment_refused(lists[i]) == NULL)
			fail_msg("%s", lists[i]);
	assert_string_equal(environment_refused("A,LD_X"), "LD_X");
}

static void of_pam(void **state)
{
	char *list[] = {(char[]){"PATH=/opt"}, (char[]){"USER=root"}, (char[]){"HOME=/root"}, (char[]){"LANG=C"}, (char[]){"bad"}, NULL};
	struct environment e = {.list = NULL};
	char name[16];

	(void)state;
	assert_true(environment_begin(&e, NULL, NULL));
	assert_true(environment_add(&e, list));
	assert_true(environment_add(&e, NULL));
	assert_true(environment_identity(&e, "alice", "/home/alice", "/bin/sh"));
	assert_string_equal(value_of(&e, "PATH"), "/opt");
	assert_string_equal(value_of(&e, "LANG"), "C");
	assert_string_equal(value_of(&e, "USER"), "alice");
	assert_string_equal(value_of(&e, "LOGNAME"), "alice");
	assert_string_equal(value_of(&e, "HOME"), "/home/alice");
	assert_string_equal(value_of(&e, "SHELL"), "/bin/sh");
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "N%d", i % 100);
		assert_true(environment_set(&e, name, "x"));
	}
	assert_int_equal(e.count, 106);
	environment_free(&e);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("of the caller's variables TERM alone is kept (environment MUST 1)", from_nothing),
		ROW("a TERM that is no name of a terminal is not (environment MUST 1)", terminals),
		ROW("what is named is kept as it is, but no function of bash's (environment MUST 1, environment MUST 2)", kept),
		ROW("variables of loaders, shells, libc and interpreters, and who the user is, cannot be named (environment MUST 2)",
		    names),
		ROW("PAM sets what it likes but who the user is (environment MUST 3)", of_pam),
	};

	return cmocka_run_group_tests_name("run environment", tests, NULL, NULL);
}
