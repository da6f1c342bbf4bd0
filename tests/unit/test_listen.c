/* SPDX-License-Identifier: ISC */
/* The socket of the service: helpers/authz-helper/listen.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "listen.h"
#include "scratch.h"

static char why[LISTEN_WHY_SIZE];
static const struct listen_file for_all = {.mode = 0666, .owner = LISTEN_MINE};

static void made(void **state)
{
	const char *path = scratch_path(test_folder, "socket");
	struct listener l;
	struct stat st;

	(void)state;
	assert_false(listener_is_there(path));
	assert_true(listener_make(&l, path, &for_all, why));
	assert_true(listener_is_there(path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0666);
	assert_int_equal(accept(l.fd, NULL, NULL) >= 0, 1); /* the look just now, and a call that does not wait */
	assert_int_equal(accept(l.fd, NULL, NULL), -1);
	listener_close(&l);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_false(listener_is_there(path));
}

static void for_one(void **state)
{
	const struct listen_file file = {.mode = 0600, .owner = geteuid()};
	const char *path = scratch_path(test_folder, "socket");
	struct listener l;
	struct stat st;

	(void)state;
	assert_true(listener_make(&l, path, &file, why));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0600);
	assert_int_equal(st.st_uid, geteuid());
	listener_close(&l);
	if (geteuid() != 0) {
		assert_false(listener_make(&l, path, &(struct listen_file){.mode = 0600, .owner = 0}, why));
		assert_int_not_equal(access(path, F_OK), 0); /* what could not be given away is not there */
	}
}

static void somebody_else(void **state)
{
	const char *path = scratch_path(test_folder, "socket");
	struct listener l, other;

	(void)state;
	assert_true(listener_make(&l, path, &for_all, why));
	assert_false(listener_make(&other, path, &for_all, why));
	assert_non_null(strstr(why, "another service"));
	/* also where it has no lock of ours */
	close(l.lock);
	l.lock = -1;
	assert_false(listener_make(&other, path, &for_all, why));
	assert_non_null(strstr(why, "another service"));
	assert_true(listener_is_there(path));
	listener_close(&l);
}

static void left_behind(void **state)
{
	const char *path = scratch_path(test_folder, "socket");
	struct listener l;

	(void)state;
	assert_true(listener_make(&l, path, &for_all, why));
	close(l.fd);
	close(l.lock);
	assert_int_equal(access(path, F_OK), 0);
	assert_false(listener_is_there(path));
	assert_true(listener_make(&l, path, &for_all, why));
	listener_close(&l);
}

static void no_socket(void **state)
{
	const char *path = scratch_path(test_folder, "socket"), *target = scratch_path(test_folder, "target");
	struct listener l;

	(void)state;
	scratch_write(path, "mine");
	assert_false(listener_make(&l, path, &for_all, why));
	assert_non_null(strstr(why, "no socket"));
	assert_int_equal(unlink(path), 0);
	scratch_write(target, "mine");
	assert_int_equal(symlink(target, path), 0);
	assert_false(listener_make(&l, path, &for_all, why));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(listener_make(&l, path, &for_all, why));
	assert_int_equal(access(target, F_OK), 0);
	assert_int_equal(access(path, F_OK), 0);
}

static void bad_place(void **state)
{
	char name[200];
	struct listener l;

	(void)state;
	assert_false(listener_make(&l, "/nowhere/at/all", &for_all, why));
	assert_true(why[0] != '\0');
	memset(name, 'x', sizeof name - 1);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	assert_false(listener_make(&l, name, &for_all, why));
	assert_true(listener_is_there(name)); /* what cannot be told is not "nobody" */
}

/* Descriptor 3 is that; adopted, refused (-1), or none (0). */
static int adopt(int fd, const char *count, bool mine)
{
	struct listener l;
	char pid[32];

	snprintf(pid, sizeof pid, "%ld", (long)getpid() + !mine);
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", count, 1);
	if (fd != 3)
		dup2(fd, 3);
	if (!listener_adopt(&l, why))
		return -1;
	return l.fd == 3 && (fcntl(3, F_GETFL) & O_NONBLOCK) && (fcntl(3, F_GETFD) & FD_CLOEXEC) ? 1 : l.fd == -1 ? 0 : 2;
}

static int handed_over(void *unused)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listening = socket(AF_UNIX, SOCK_STREAM, 0), datagrams = socket(AF_UNIX, SOCK_DGRAM, 0);
	int idle = socket(AF_UNIX, SOCK_STREAM, 0), network = socket(AF_INET, SOCK_STREAM, 0);

	(void)unused;
	listening = fcntl(listening, F_DUPFD, 20);
	idle = fcntl(idle, F_DUPFD, 20);
	datagrams = fcntl(datagrams, F_DUPFD, 20);
	if (bind(listening, (struct sockaddr *)&address, sizeof(sa_family_t)) != 0 || listen(listening, 1) != 0)
		return 1;
	if (adopt(listening, "1", true) != 1 || adopt(listening, "1", false) != 0)
		return 2;
	if (adopt(listening, "2", true) != -1 || adopt(listening, "", true) != -1)
		return 3;
	if (adopt(idle, "1", true) != -1 || adopt(datagrams, "1", true) != -1)
		return 4;
	if (network >= 0 && adopt(network, "1", true) != -1)
		return 5;
	return adopt(open("/dev/null", O_RDONLY), "1", true) == -1 ? 0 : 6;
}

static void handed(void **state)
{
	(void)state;
	assert_int_equal(scratch_process(handed_over, NULL), 0);
}

#define TEST(sentence, function) {sentence, function, scratch_setup, scratch_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the socket is for everybody, does not wait, and is removed at the end", made),
		TEST("or for one user alone, with that mode and owner before anybody can connect", for_one),
		TEST("where another service listens nothing is taken away (listen MUST 1)", somebody_else),
		TEST("the socket of a service that was killed is replaced", left_behind),
		TEST("a file, link or folder in its place is left alone (listen MUST 2)", no_socket),
		TEST("a place that cannot be is refused with the reason", bad_place),
		TEST("one listening stream socket of AF_UNIX is adopted, and nothing else (listen MUST 3)", handed),
	};

	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
