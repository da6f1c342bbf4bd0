/* SPDX-License-Identifier: ISC */
/*
 * Is what is at a path the site's own?  helpers/authz-launch/trusted_path.c.  What only root can make, such as links of its
 * own, is in tests/host/test_launch.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "scratch.h"
#include "trusted_path.h"

static char why[TRUSTED_WHY_SIZE];

/* As for a launcher of the tester's own: what is hers is as root's. */
static enum trusted mine(const char *path)
{
	const struct launcher l = {.own = true, .user = geteuid()};

	return trusted_path(&l, path, why);
}

/* As installed. */
static enum trusted sites(const char *path)
{
	const struct launcher l = {.user = 1};

	return trusted_path(&l, path, why);
}

static const char *program(const char *folder, const char *name, mode_t mode)
{
	const char *path = scratch_path(folder, name);

	scratch_write(path, "#!/bin/sh\n");
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void of_the_system(void **state)
{
	(void)state;
	assert_int_equal(sites("/bin/sh"), TRUSTED_PROGRAM); /* by one link or two */
	assert_int_equal(sites("//usr/./bin/../bin/env"), TRUSTED_PROGRAM);
	assert_string_equal(why, "");
}

static void of_nobody_else(void **state)
{
	const char *path = program(test_folder, "mine", 0755);
	char folder[SCRATCH_SIZE + 32];

	(void)state;
	assert_int_equal(mine(path), TRUSTED_PROGRAM);
	assert_int_equal(sites(path), TRUSTED_NOT);
	assert_non_null(strstr(why, "its folder /"));
	assert_true(strstr(why, "is not root's") != NULL || strstr(why, "is writable by others") != NULL);
	/* a sticky folder is root's, and still anybody's */
	if (strncmp(test_folder, "/tmp/", 5) == 0)
		assert_string_equal(why, "its folder /tmp is writable by others");
	snprintf(folder, sizeof folder, "%s/folder", test_folder);
	scratch_folder(folder);
	path = program(folder, "mine", 0755);
	assert_int_equal(mine(path), TRUSTED_PROGRAM);
	assert_int_equal(chmod(folder, 0775), 0);
	assert_int_equal(mine(path), TRUSTED_NOT);
	assert_non_null(strstr(why, "/folder is writable by others"));
	assert_int_equal(chmod(folder, 0757), 0);
	assert_int_equal(mine(path), TRUSTED_NOT);
}

static void writable(void **state)
{
	(void)state;
	assert_int_equal(mine(program(test_folder, "group", 0775)), TRUSTED_NOT);
	assert_string_equal(why, "is writable by others");
	assert_int_equal(mine(program(test_folder, "others", 0757)), TRUSTED_NOT);
	assert_int_equal(mine(program(test_folder, "nobody", 0555)), TRUSTED_PROGRAM);
}

static void links(void **state)
{
	char folder[SCRATCH_SIZE + 32], path[SCRATCH_SIZE + 32];

	(void)state;
	snprintf(folder, sizeof folder, "%s/open", test_folder);
	scratch_folder(folder);
	program(folder, "program", 0755);
	assert_int_equal(symlink("open/program", scratch_path(test_folder, "link")), 0);
	assert_int_equal(mine(scratch_path(test_folder, "link")), TRUSTED_PROGRAM);
	/* what a link leads through counts as well */
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(mine(scratch_path(test_folder, "link")), TRUSTED_NOT);
	assert_non_null(strstr(why, "/open is writable by others"));
	snprintf(path, sizeof path, "%s/turn", test_folder);
	assert_int_equal(symlink(path, path), 0);
	assert_int_equal(mine(path), TRUSTED_NOT);
	assert_string_equal(why, "is reached by too many or too long links");
	assert_int_equal(symlink("/bin/sh", scratch_path(test_folder, "absolute")), 0);
	assert_int_equal(mine(scratch_path(test_folder, "absolute")), TRUSTED_PROGRAM);
}

static void sockets(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = scratch_path(test_folder, "socket");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(mine(path), TRUSTED_SOCKET);
	assert_int_equal(sites(path), TRUSTED_NOT); /* its folder */
	close(fd);
}

static void neither(void **state)
{
	char name[2 * TRUSTED_WHY_SIZE];

	(void)state;
	assert_int_equal(mine(test_folder), TRUSTED_NOT);
	assert_string_equal(why, "is neither a program nor a socket");
	assert_int_equal(mine("/"), TRUSTED_NOT);
	assert_int_equal(mkfifo(scratch_path(test_folder, "fifo"), 0600), 0);
	assert_int_equal(mine(scratch_path(test_folder, "fifo")), TRUSTED_NOT); /* nor does it wait */
	assert_string_equal(why, "is neither a program nor a socket");
	assert_int_equal(mine("/dev/null"), TRUSTED_NOT);
	assert_int_equal(mine("/bin/sh/x"), TRUSTED_NOT);
	assert_string_equal(why, "Not a directory");
	assert_int_equal(mine(scratch_path(test_folder, "absent")), TRUSTED_NOT);
	assert_string_equal(why, "No such file or directory");
	assert_int_equal(mine("bin/sh"), TRUSTED_NOT);
	assert_int_equal(mine(""), TRUSTED_NOT);
	memset(name, 'x', sizeof name - 1);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	assert_int_equal(mine(name), TRUSTED_NOT);
	assert_string_equal(why, "File name too long");
}

#define TEST(sentence, function) {sentence, function, scratch_setup, scratch_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a program of the system's may be run, by whatever links of root's it is reached", of_the_system),
		TEST("a folder on the way that is not root's, or that others may write to, sticky or not, is refused by its name (trusted_path MUST 1)",
		     of_nobody_else),
		TEST("a program that others may write to is refused (trusted_path MUST 2)", writable),
		TEST("what a link leads through is looked at as well (trusted_path MUST 1)", links),
		TEST("a socket is taken whatever its mode, where its folder is root's (trusted_path MUST 3)", sockets),
		TEST("a folder, a FIFO, a device, nothing, and what is no absolute path are refused", neither),
	};

	return cmocka_run_group_tests_name("trusted_path", tests, NULL, NULL);
}
