/* SPDX-License-Identifier: ISC */
/* The module as a file: opened by a program that is not linked with libpam, and what it gives to and wants of others. */
#include "module_file.h"

#include <dlfcn.h>
#include <string.h>

#define MODULE tree_build("pam_prftkn/.libs/pam_prftkn.so")

static const char *const entry_points[] = {
	"pam_sm_acct_mgmt", "pam_sm_authenticate", "pam_sm_chauthtok",
	"pam_sm_close_session", "pam_sm_open_session", "pam_sm_setcred",
};

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
	module_gives(MODULE, expected);
}

static void wants_two_libraries(void **state)
{
	(void)state;
	module_wants(MODULE, "libc.so.6\nlibpam.so.0\n");
}

/* Nothing by which a module could change the process of its host, or be changed by its environment. */
static void calls_nothing_of_the_host(void **state)
{
	(void)state;
	module_leaves_host_alone(MODULE, (const char *const[]){"syslog", "__syslog_chk", NULL});
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
