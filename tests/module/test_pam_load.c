/* SPDX-License-Identifier: ISC */
/* The module as a file: opened by a program that is not linked with libpam, and what it gives to and wants of others. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pam_tree.h"

#define MODULE tree_build("pam_prftkn/.libs/pam_prftkn.so")

static const char *const entry_points[] = {
	"pam_sm_acct_mgmt", "pam_sm_authenticate", "pam_sm_chauthtok",
	"pam_sm_close_session", "pam_sm_open_session", "pam_sm_setcred",
};

/* Of "tool MODULE filter". */
static const char *output_of(const char *tool, const char *filter)
{
	static char text[65536];
	char command[8192];
	FILE *f;

	snprintf(command, sizeof command, "%s %s %s", tool, MODULE, filter);
	f = popen(command, "re");

	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	assert_int_equal(pclose(f), 0);
	return text;
}

static void opens_alone(void **state)
{
	void *module;

	(void)state;
	assert_null(dlsym(RTLD_DEFAULT, "pam_get_item"));
	module = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		fail_msg("%s", dlerror());
	for (size_t i = 0; i < sizeof entry_points / sizeof *entry_points; i++)
		assert_non_null(dlsym(module, entry_points[i]));
	assert_int_equal(dlclose(module), 0);
}

static void gives_six_names(void **state)
{
	char expected[512] = "";

	(void)state;
	for (size_t i = 0; i < sizeof entry_points / sizeof *entry_points; i++) {
		strcat(expected, entry_points[i]);
		strcat(expected, "\n");
	}
	assert_string_equal(output_of("nm -D --defined-only", "| awk '{ print $3 }' | LC_ALL=C sort"), expected);
}

/* A sanitizer's own library is none of the module's. */
static void wants_two_libraries(void **state)
{
	(void)state;
	assert_string_equal(output_of("readelf -d", "| sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]$/\\1/p' | "
	                              "grep -v -e '^lib[a-z]*san\\.' -e '^ld-linux' -e '^libgcc_s' | LC_ALL=C sort"),
	                    "libc.so.6\nlibpam.so.0\n");
}

/* Nothing by which a module could change the process of its host, or be changed by its environment. */
static void calls_nothing_of_the_host(void **state)
{
	static const char *const forbidden[] = {
		"getenv", "secure_getenv", "setenv", "putenv", "system", "popen", "fork", "vfork", "signal", "sigaction",
		"alarm", "setitimer", "setuid", "seteuid", "setresuid", "setgid", "umask", "chdir", "openlog", "syslog",
		"__syslog_chk", "exit", "abort", "__assert_fail", "atexit", "pthread_create",
		"printf", "__printf_chk", "strtok", "getpwnam", "getpwuid",
	};
	char line[64];
	const char *names = output_of("nm -D --undefined-only", "| awk '{ sub(/@.*/, \"\", $2); print \"=\" $2 }'");

	(void)state;
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		snprintf(line, sizeof line, "=%s\n", forbidden[i]);
		if (strstr(names, line) != NULL)
			fail_msg("%s", forbidden[i]);
	}
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("the module opens in a program that is not linked with libpam", opens_alone),
		ROW("the module gives its six entry points and no other name", gives_six_names),
		ROW("the module wants libc and libpam and no other library", wants_two_libraries),
		ROW("the module calls nothing that changes its host, nor asks its environment (pam_prftkn MUST 3)",
		    calls_nothing_of_the_host),
	};

	return cmocka_run_group_tests_name("pam load", tests, NULL, NULL);
}
