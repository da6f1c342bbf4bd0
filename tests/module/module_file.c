/* SPDX-License-Identifier: ISC */
#include "module_file.h"

#include <stdio.h>
#include <string.h>

const char *module_output(const char *tool, const char *module, const char *filter)
{
	static char text[65536];
	char command[8192];
	FILE *f;

	snprintf(command, sizeof command, "%s %s %s", tool, module, filter);
	f = popen(command, "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	assert_int_equal(pclose(f), 0);
	return text;
}

void module_gives(const char *module, const char *names)
{
	assert_string_equal(module_output("nm -D --defined-only", module, "| awk '{ print $3 }' | LC_ALL=C sort"), names);
}

/* A sanitizer's own library is none of the module's. */
void module_wants(const char *module, const char *libraries)
{
	assert_string_equal(module_output("readelf -d", module, "| sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]$/\\1/p' | "
	                                  "grep -v -e '^lib[a-z]*san\\.' -e '^ld-linux' -e '^libgcc_s' | LC_ALL=C sort"),
	                    libraries);
}

static void expect_none(const char *names, const char *const *forbidden)
{
	char line[64];

	for (; *forbidden != NULL; forbidden++) {
		snprintf(line, sizeof line, "=%s\n", *forbidden);
		if (strstr(names, line) != NULL)
			fail_msg("%s", *forbidden);
	}
}

void module_leaves_host_alone(const char *module, const char *const *others)
{
	static const char *const forbidden[] = {
		"getenv", "secure_getenv", "setenv", "putenv", "system", "popen", "fork", "vfork", "signal", "sigaction",
		"alarm", "setitimer", "setuid", "seteuid", "setresuid", "setgid", "umask", "chdir", "openlog",
		"exit", "abort", "__assert_fail", "atexit", "pthread_create",
		"printf", "__printf_chk", "strtok", "getpwnam", "getpwuid", NULL,
	};
	const char *names = module_output("nm -D --undefined-only", module, "| awk '{ sub(/@.*/, \"\", $2); print \"=\" $2 }'");

	expect_none(names, forbidden);
	expect_none(names, others);
}
