/* SPDX-License-Identifier: ISC */
/* Who makes the run-time folder, and when.  Root sees it made; everybody else sees that nothing is. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/runtime.h"
#include "scratch.h"

static const char *rundir(void)
{
	return scratch_path("run");
}

static const char *tokens(void)
{
	return scratch_path("run/tokens");
}

static const char *statedir(void)
{
	return scratch_path("lib");
}

static const char *view(void)
{
	return scratch_path("lib/view");
}

static void make(void)
{
	runtime_make(rundir(), statedir(), scratch_path("bad_helper"));
}

static void forget(void)
{
	unlink(tokens());
	rmdir(tokens());
	unlink(rundir());
	rmdir(rundir());
	unlink(view());
	rmdir(view());
	unlink(statedir());
	rmdir(statedir());
}

static bool is_folder(const char *path, uid_t owner, mode_t mode)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == owner && (st.st_mode & 07777) == mode;
}

static bool is_missing(const char *path)
{
	struct stat st;

	return lstat(path, &st) != 0;
}

static void ordinary_user(void **state)
{
	(void)state;
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	assert_int_equal(mkdir(statedir(), 0755), 0);
	make();
	assert_true(is_missing(rundir()));
	assert_true(is_missing(view()));
	rmdir(statedir());
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

static void both_made(void **state)
{
	const int before = open_descriptors();
	mode_t mask = umask(0777);

	(void)state;
	make();
	umask(mask);
	assert_true(is_folder(rundir(), 0, 0755));
	assert_true(is_folder(tokens(), NOBODY, 0700));
	make();
	assert_true(is_folder(tokens(), NOBODY, 0700));
	assert_int_equal(open_descriptors(), before);
	forget();
}

static void half_made(void **state)
{
	(void)state;
	assert_int_equal(mkdir(rundir(), 0755), 0);
	assert_int_equal(mkdir(tokens(), 0755), 0);
	make();
	assert_true(is_folder(tokens(), NOBODY, 0700));
	forget();
}

static void folder_of_others(void **state)
{
	(void)state;
	assert_int_equal(mkdir(rundir(), 0755), 0);
	assert_int_equal(chmod(rundir(), 0777), 0);
	make();
	assert_true(is_missing(tokens()));
	assert_int_equal(chmod(rundir(), 0755), 0);
	assert_int_equal(chown(rundir(), NOBODY, NOBODY), 0);
	make();
	assert_true(is_missing(tokens()));
	forget();
}

static void view_made(void **state)
{
	mode_t mask;

	(void)state;
	make();
	assert_true(is_missing(statedir()));
	mask = umask(0777);
	assert_int_equal(mkdir(statedir(), 0), 0);
	assert_int_equal(chmod(statedir(), 0755), 0);
	make();
	umask(mask);
	assert_true(is_folder(statedir(), 0, 0755));
	assert_true(is_folder(view(), NOBODY, 0755));
	rmdir(view());
	assert_int_equal(chmod(statedir(), 0775), 0);
	make();
	assert_true(is_missing(view()));
	assert_int_equal(chmod(statedir(), 0755), 0);
	assert_int_equal(symlink("/tmp", view()), 0);
	make();
	assert_int_equal(unlink(view()), 0);
	forget();
}

static void links(void **state)
{
	char elsewhere[512];

	(void)state;
	snprintf(elsewhere, sizeof elsewhere, "%s", scratch_path("elsewhere"));
	assert_int_equal(mkdir(elsewhere, 0755), 0);
	assert_int_equal(symlink(elsewhere, rundir()), 0);
	make();
	assert_true(is_missing(tokens()));
	forget();
	assert_int_equal(mkdir(rundir(), 0755), 0);
	assert_int_equal(symlink(elsewhere, tokens()), 0);
	make();
	assert_true(is_folder(elsewhere, 0, 0755));
	forget();
	rmdir(elsewhere);
}

static void bad_install(void **state)
{
	(void)state;
	assert_int_equal(chown(scratch_path("bad_helper"), 0, 0), 0);
	make();
	assert_true(is_missing(rundir()));
	assert_int_equal(chown(scratch_path("bad_helper"), NOBODY, NOBODY), 0);
}

int main(void)
{
	const struct CMUnitTest everybody[] = {
		{"an ordinary user makes nothing (runtime MUST 1)", ordinary_user, NULL, NULL, NULL},
	};
	const struct CMUnitTest for_root[] = {
		{"root makes the folder and its tokens, which are the helper's, whatever the umask", both_made, NULL, NULL, NULL},
		{"root finishes what another root began", half_made, NULL, NULL, NULL},
		{"a folder of others, or that others may write, is left alone (runtime MUST 2)", folder_of_others, NULL, NULL, NULL},
		{"root makes the folder of the view in a state folder that is its own, and no state folder (runtime MUST 2)", view_made,
		 NULL, NULL, NULL},
		{"a link is not followed (runtime MUST 2)", links, NULL, NULL, NULL},
		{"nothing is made for a helper that root would not run (runtime MUST 2)", bad_install, NULL, NULL, NULL},
	};
	int failed = cmocka_run_group_tests_name("runtime", everybody, scratch_setup, scratch_teardown);

	if (geteuid() == 0)
		failed += cmocka_run_group_tests_name("runtime, root", for_root, scratch_setup, scratch_teardown);
	return failed;
}
