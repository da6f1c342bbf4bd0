/* SPDX-License-Identifier: ISC */
/* The plugin of sudo with the real helper, as a child, and exits by the real authz-launch. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "approval_kit.h"
#include "exit_kit.h"
#include "launcher.h"

static struct sudo ran;

static int id(void)
{
	return sudo_id(exit_client(), &ran);
}

static int run(const char *const *info, const char *const *argv)
{
	ran = (struct sudo){.user = sudo_user, .info = info, .argv = argv, .options = sudo_options(exit_client(), NULL)};
	sudo_run(&ran);
	return ran.verdict;
}

static bool logged(const char *part)
{
	return strstr(ran.logged, part) != NULL;
}

static void give(const char *object, const char *user, uint32_t mask)
{
	const struct authz_object command = {"command", object};
	const struct authz_entity of = {.user = user};

	assert_int_equal(authz_authority_set(exit_client(), &command, &of, mask, NULL), AUTHZ_OK);
}

static void nothing_registered(void **state)
{
	static char argument[8000];

	(void)state;
	assert_int_equal(id(), 1);
	memset(argument, 'a', sizeof argument - 1);
	assert_int_equal(run(sudo_as_root, KIT_LIST{"id", argument, NULL}), 1);
	assert_string_equal(ran.logged, "");
}

static void authority(void **state)
{
	static const char *const other[] = {"command=/usr/bin/true", "runas_uid=0", NULL};
	static const char *const edit[] = {"command=/bin/vi", "sudoedit=true", "runas_uid=0", NULL};
	static char longer[80] = "command=/";

	(void)state;
	give("/usr/bin/id", "daemon", 1);
	assert_int_equal(id(), 0);
	assert_string_equal(ran.told, "authz_approval: 2035: Not authorized for access: to /usr/bin/id.\n");
	assert_true(logged("<5> authz_approval: command refused: user=bin as=root command=/usr/bin/id 2035: "));
	give("/usr/bin/id", "bin", 1);
	assert_int_equal(id(), 1);
	assert_int_equal(run(other, KIT_LIST{"true", NULL}), 1);
	assert_int_equal(run(edit, KIT_LIST{"vi", "--", "/etc/x", NULL}), 1);
	give("sudoedit", "daemon", 1);
	assert_int_equal(run(edit, KIT_LIST{"vi", "--", "/etc/x", NULL}), 0);
	memset(longer + strlen(longer), 'l', 60);
	assert_int_equal(run(KIT_LIST{longer, "runas_uid=0", NULL}, KIT_LIST{"x", NULL}), 0);
	assert_true(logged("CPF3C3C"));
}

static void exits(void **state)
{
	(void)state;
	launcher_start();
	exit_add(exit_client(), "AZ_COMMAND", "CMND0100", 10, exit_script("first", "cat >%s; echo '*YES'", in_state("heard")));
	assert_int_equal(id(), 1);
	assert_non_null(strstr(exit_heard(), "\nuser bin\nas root\ncommand /usr/bin/id\narg -u\narg geheim-7\n"));
	exit_add(exit_client(), "AZ_COMMAND", "CMND0100", 20, exit_script("second", "grep -q '^arg -u' && echo '*NO' || echo '*YES'"));
	assert_int_equal(id(), 0);
	assert_string_equal(ran.told, "authz_approval: AZ-DENIED: Exit AZ_COMMAND does not allow it.\n");
	assert_true(logged("AZ_COMMAND CMND0100 20 /") && logged("/second does not allow it."));
	assert_int_equal(run(sudo_as_root, KIT_LIST{"id", NULL}), 1);
	(void)launcher_stop(SIGTERM);
}

static void failing(void **state)
{
	static char argument[8000];

	(void)state;
	launcher_start();
	memset(argument, 'a', sizeof argument - 1);
	exit_add(exit_client(), "AZ_COMMAND", "CMND0100", 10, exit_script("ends", "echo '*YES'; exit 3"));
	assert_int_equal(id(), -1);
	assert_true(logged("<3> authz_approval: command not checked: ") && logged("AZ-EXIT: ") && logged("/ends: "));
	assert_int_equal(run(sudo_as_root, KIT_LIST{"id", argument, NULL}), 0);
	assert_true(logged("CPF3C3C: Value for parameter arguments not valid."));
	exit_script("ends", "exec sleep 1000");
	assert_int_equal(id(), -1);
	assert_true(logged("AZ-EXIT: "));
	(void)launcher_stop(SIGTERM);
	assert_int_equal(id(), -1);
	assert_true(logged("AZ-EXIT: "));
}

static int begin(void **state)
{
	(void)state;
	sudo_load();
	return plugin == NULL ? -1 : state_open(LAUNCHER_FILE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		EXIT_TEST("where nothing is registered commands run, whatever they are", nothing_registered),
		EXIT_TEST("who has no authority on the command does not run it, nor edit where sudoedit is one", authority),
		EXIT_TEST("all exits of AZ_COMMAND must allow a command, and are told of it", exits),
		EXIT_TEST("an exit that fails, hangs or cannot be run is an error, and a command that cannot be told whole is refused", failing),
	};

	return cmocka_run_group_tests_name("approval_real", tests, begin, state_close);
}
