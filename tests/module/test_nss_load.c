/* SPDX-License-Identifier: ISC */
/* The NSS module as a file: what it gives to and wants of the processes of the host. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pam_tree.h"

#define MODULE tree_build("nss_cabinet/.libs/libnss_cabinet.so.2")

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

static void gives_its_calls(void **state)
{
	(void)state;
	assert_string_equal(output_of("nm -D --defined-only", "| awk '{ print $3 }' | LC_ALL=C sort | tr '\\n' ' '"),
	                    "_nss_cabinet_endgrent _nss_cabinet_endsgent _nss_cabinet_getgrent_r _nss_cabinet_getgrgid_r "
	                    "_nss_cabinet_getgrnam_r _nss_cabinet_getsgent_r _nss_cabinet_getsgnam_r _nss_cabinet_initgroups_dyn "
	                    "_nss_cabinet_setgrent _nss_cabinet_setsgent ");
}

/* A sanitizer's own library is none of the module's. */
static void wants_libc(void **state)
{
	(void)state;
	assert_string_equal(output_of("readelf -d", "| sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]$/\\1/p' | "
	                              "grep -v -e '^lib[a-z]*san\\.' -e '^ld-linux' -e '^libgcc_s'"), "libc.so.6\n");
}

static void is_found_by_its_name(void **state)
{
	(void)state;
	assert_string_equal(output_of("readelf -d", "| sed -n 's/.*(SONAME).*\\[\\(.*\\)\\]$/\\1/p'"), "libnss_cabinet.so.2\n");
	assert_non_null(dlopen(MODULE, RTLD_NOW | RTLD_LOCAL));
}

/* Nothing that changes its host or waits, no question to NSS, to a service or to the environment. */
static void calls_nothing_of_the_host(void **state)
{
	static const char *const forbidden[] = {
		"getenv", "secure_getenv", "setenv", "putenv", "system", "popen", "fork", "vfork", "signal", "sigaction", "alarm",
		"setuid", "umask", "chdir", "openlog", "syslog", "__syslog_chk", "exit", "abort", "__assert_fail", "atexit", "socket",
		"connect", "write", "pwrite", "pwrite64", "ftruncate", "rename", "unlink", "getpwnam", "getpwnam_r", "getpwuid",
		"getgrnam", "getgrnam_r", "getgrgid", "initgroups", "getgrouplist", "pthread_create", "pthread_mutex_lock",
		"pthread_rwlock_rdlock", "pthread_once", "pthread_atfork", "pthread_key_create", "__tls_get_addr", "malloc", "free",
		"printf", "__printf_chk", "nanosleep", "poll",
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
		ROW("the NSS module gives the calls of group, initgroups and gshadow and no other name", gives_its_calls),
		ROW("the NSS module wants libc and no other library", wants_libc),
		ROW("the NSS module has the name that the C library looks for, and opens", is_found_by_its_name),
		ROW("the NSS module locks nothing, writes nothing, asks neither NSS, a service nor its environment (nss_cabinet MUST 5)",
		    calls_nothing_of_the_host),
	};

	return cmocka_run_group_tests_name("nss load", tests, NULL, NULL);
}
