/* SPDX-License-Identifier: ISC */
/* Whose subordinate uids they are: helpers/authz-helper/subuid.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "scratch.h"
#include "subuid.h"

static char folder[SCRATCH_SIZE];
static struct subuids s;

static int setup(void **state)
{
	static char ranges[256], users[256];

	(void)state;
	scratch_make(folder);
	snprintf(ranges, sizeof ranges, "%s/subuid", folder);
	snprintf(users, sizeof users, "%s/passwd", folder);
	scratch_write(users, "root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n"
	                     "alice:x:1999:1999::/:/bin/sh\n");
	return subuid_init(&s, ranges, users) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	subuid_free(&s);
	scratch_remove(folder);
	return 0;
}

/* As if the time for a look had come. */
static void look(void)
{
	s.next = INT64_MIN;
	subuid_look(&s);
}

static void with(const char *ranges)
{
	scratch_write(s.path[SUBUID_RANGES], ranges);
	look();
}

#define OWNER(uid, expected) assert_int_equal(subuid_owner(&s, (uid)), (expected))

static void owners(void **state)
{
	(void)state;
	OWNER(100000, 100000);
	with("alice:100000:65536\n1001:165536:65536\nbob:300000:1\n");
	OWNER(99999, 99999);
	OWNER(100000, 1000);
	OWNER(165535, 1000);
	OWNER(165536, 1001);
	OWNER(231071, 1001);
	OWNER(231072, 231072);
	OWNER(300000, 1001);
	OWNER(300001, 300001);
	OWNER(1000, 1000);
}

static void unknown_owners(void **state)
{
	(void)state;
	with("carol:400000:100\nalice:100000:65536\ncarol:200000:100\ndave:500000:100\n");
	OWNER(200099, 200000);
	OWNER(400000, 200000); /* one user, though nobody knows which */
	OWNER(500050, 500000);
	OWNER(100000, 1000);
}

static void of_root(void **state)
{
	(void)state;
	with("root:100000:65536\n0:200000:65536\nroot:1000:2\nalice:300000:10\n");
	OWNER(100000, 100000);
	OWNER(200001, 200001);
	OWNER(1001, 1001); /* as LXD's manual has it: root may be these users in a container */
	OWNER(300000, 1000);
}

static void bad_lines(void **state)
{
	static const char *const bad[] = {"", ":", "::", ":100000:5", "alice", "alice:", "alice:100000", "alice:100000:", "alice::5",
		"alice:100000:0", "alice:-1:5", "alice:100000:-5", "alice: 100000:5", "alice:100000:5 ", "alice:x:5", "alice:100000x:5",
		"alice:4294967295:1", "alice:99999999999999999999:1", "# alice:100000", "\xff\xfe:\x80:\x80"};
	char text[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(text, sizeof text, "%s\nbob:200000:10\n%s", bad[i], bad[i]);
		with(text);
		OWNER(100000, 100000);
		OWNER(200000, 1001);
		OWNER(UINT32_MAX, UINT32_MAX);
	}
	memset(text, 'x', sizeof text - 1);
	snprintf(text + sizeof text - 32, 32, ":100000:5\nbob:200000:10\n");
	with(text);
	OWNER(200000, 1001);
	OWNER(100000, 100000); /* the one who has it is unknown: it begins the range itself */
	OWNER(100001, 100000);
	with("alice:4294967294:4294967295\nbob:0x30d40:012\nalice:400000:2:more\n"); /* as newuidmap reads them */
	OWNER(UINT32_MAX - 1, 1000);
	OWNER(UINT32_MAX, UINT32_MAX);
	OWNER(200009, 1001);
	OWNER(200010, 200010);
	OWNER(400001, 1000);
}

static void write_bytes(const char *path, const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static void any_bytes(void **state)
{
	static const char zeros[] = "alice:100\0:5\nbob:200000:10\n\0\0\0\nalice:300000:5";
	unsigned char noise[8192];
	unsigned round;
	size_t i;

	(void)state;
	write_bytes(s.path[SUBUID_RANGES], zeros, sizeof zeros - 1);
	look();
	OWNER(100, 100);
	OWNER(200000, 1001);
	OWNER(300000, 1000);
	srandom(1);
	for (round = 0; round < 200; round++) {
		for (i = 0; i < sizeof noise; i++)
			noise[i] = (unsigned char)(round % 2 ? ":\n0123456789abx"[random() % 15] : random());
		write_bytes(s.path[round % 4 < 2 ? SUBUID_RANGES : SUBUID_OWNERS], noise, sizeof noise);
		look();
		(void)subuid_owner(&s, (uid_t)random());
	}
}

static void too_many(void **state)
{
	FILE *f = fopen(s.path[SUBUID_RANGES], "we");
	unsigned i;

	(void)state;
	assert_non_null(f);
	for (i = 0; i <= SUBUID_RANGES_MAX; i++)
		fprintf(f, "user%u:%u:65536\n", i, 100000 + i * 65536);
	assert_int_equal(fclose(f), 0);
	look();
	OWNER(100000 + (SUBUID_RANGES_MAX - 1) * 65536 + 7, 100000 + (SUBUID_RANGES_MAX - 1) * 65536);
	OWNER(100000 + SUBUID_RANGES_MAX * 65536u + 7, 100000 + SUBUID_RANGES_MAX * 65536u + 7);
	assert_int_equal(truncate(s.path[SUBUID_RANGES], 1 << 30), 0); /* with a hole, of which nobody reads all */
	look();
	OWNER(100007, 100000);
}

static void no_files(void **state)
{
	(void)state;
	look();
	OWNER(100000, 100000);
	with("alice:100000:10\n");
	OWNER(100000, 1000);
	assert_int_equal(unlink(s.path[SUBUID_RANGES]), 0);
	look();
	OWNER(100000, 100000);
	assert_int_equal(mkfifo(s.path[SUBUID_RANGES], 0600), 0); /* whose opening would never end */
	look();
	OWNER(100000, 100000);
	assert_int_equal(unlink(s.path[SUBUID_RANGES]), 0);
	scratch_folder(s.path[SUBUID_RANGES]);
	look();
	OWNER(100000, 100000);
	assert_int_equal(rmdir(s.path[SUBUID_RANGES]), 0);
	assert_int_equal(unlink(s.path[SUBUID_OWNERS]), 0);
	with("alice:100000:10\n1001:200000:10\n");
	OWNER(100003, 100000);
	OWNER(200003, 1001);
	with("");
	OWNER(100003, 100003);
}

static void once_in_a_while(void **state)
{
	(void)state;
	with("alice:100000:10\n");
	scratch_write(s.path[SUBUID_RANGES], "bob:100000:10\n");
	subuid_look(&s); /* too soon */
	OWNER(100000, 1000);
	look();
	OWNER(100000, 1001);
	scratch_write(s.path[SUBUID_OWNERS], "bob:x:2000:2000::/:/bin/sh\n");
	look();
	OWNER(100000, 2000);
	s.looking = true; /* another thread is at it */
	scratch_write(s.path[SUBUID_RANGES], "alice:100000:10\n");
	look();
	OWNER(100000, 2000);
	s.looking = false;
	look();
	OWNER(100000, 100000); /* alice is in that file no more */
	poll(NULL, 0, SUBUID_LOOK_MS + 50);
	scratch_write(s.path[SUBUID_RANGES], "77:100000:10\n");
	subuid_look(&s); /* its time has come by itself */
	OWNER(100000, 77);
}

static void look_without_descriptors(void)
{
	const int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct rlimit was, none;

	assert_true(lowest >= 0);
	close(lowest);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = (struct rlimit){.rlim_cur = (rlim_t)lowest, .rlim_max = was.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	look();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
}

static void not_this_time(void **state)
{
	(void)state;
	with("alice:100000:10\n");
	scratch_write(s.path[SUBUID_RANGES], "bob:100000:10\n");
	poll(NULL, 0, 2100); /* so that it is not read anew for having changed just now */
	look_without_descriptors();
	OWNER(100000, 1000);
	look();
	OWNER(100000, 1001);
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a uid in a range of subuid(5) is its owner's, who has a name or a number", owners),
		TEST("an owner whom the file of users does not know is one user with all ranges", unknown_owners),
		TEST("root's ranges, those of containers, make no one user of many (subuid MUST 3)", of_root),
		TEST("a bad line is passed over, and those around it count (subuid MUST 1)", bad_lines),
		TEST("no bytes in the files do any harm (subuid MUST 1)", any_bytes),
		TEST("of a file that is too long the beginning counts (subuid MUST 1)", too_many),
		TEST("files that are missing or no files are no ranges (subuid MUST 2)", no_files),
		TEST("a file that cannot be read this time changes nothing, and is read the next (subuid MUST 2)", not_this_time),
		TEST("the files are looked at once a second, by one thread, and read when they have changed", once_in_a_while),
	};

	return cmocka_run_group_tests_name("subuid", tests, NULL, NULL);
}
