/* SPDX-License-Identifier: ISC */
/* The NSS module as a file: what it gives to and wants of the processes of the host. */
#include "module_file.h"

#include <dlfcn.h>

#define MODULE tree_build("nss_cabinet/.libs/libnss_cabinet.so.2")

static void gives_its_calls(void **state)
{
	(void)state;
	module_gives(MODULE, "_nss_cabinet_endgrent\n_nss_cabinet_endsgent\n_nss_cabinet_getgrent_r\n_nss_cabinet_getgrgid_r\n"
	                     "_nss_cabinet_getgrnam_r\n_nss_cabinet_getsgent_r\n_nss_cabinet_getsgnam_r\n"
	                     "_nss_cabinet_initgroups_dyn\n_nss_cabinet_setgrent\n_nss_cabinet_setsgent\n");
}

static void wants_libc(void **state)
{
	(void)state;
	module_wants(MODULE, "libc.so.6\n");
}

static void is_found_by_its_name(void **state)
{
	(void)state;
	assert_string_equal(module_output("readelf -d", MODULE, "| sed -n 's/.*(SONAME).*\\[\\(.*\\)\\]$/\\1/p'"),
	                    "libnss_cabinet.so.2\n");
	assert_non_null(dlopen(MODULE, RTLD_NOW | RTLD_LOCAL));
}

/* Nothing that changes its host or waits, no question to NSS, to a service or to the environment. */
static void calls_nothing_of_the_host(void **state)
{
	static const char *const others[] = {
		"syslog", "__syslog_chk", "socket", "connect", "write", "pwrite", "pwrite64", "ftruncate", "rename", "unlink", "getpwnam_r", "getgrnam",
		"getgrnam_r", "getgrgid", "initgroups", "getgrouplist", "pthread_mutex_lock", "pthread_rwlock_rdlock", "pthread_once",
		"pthread_atfork", "pthread_key_create", "__tls_get_addr", "malloc", "free", "nanosleep", "poll", NULL,
	};

	(void)state;
	module_leaves_host_alone(MODULE, others);
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
