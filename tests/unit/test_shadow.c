/* SPDX-License-Identifier: ISC */
/* What shadow says of an account: host/shadow.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/machine.h"
#include "scratch.h"

static struct machine m;

static int setup(void **state)
{
	(void)state;
	scratch_make(test_folder);
	memset(&m, 0, sizeof m);
	snprintf(m.config.shadow_file, sizeof m.config.shadow_file, "%s/shadow", test_folder);
	return 0;
}

static void entries(void **state)
{
	struct host_account a;
	char why[256] = "";

	(void)state;
	scratch_write(m.config.shadow_file, "root:*:1:0:99999:7:::\n"
	              "alice:$y$j9T$x:19000:0:90:7:14:20000:\n"
	              "bob:!$6$y:0:::::1:\n"
	              "carol::19000::::::\n");
	assert_int_equal(shadow_read(&m, "alice", &a, why), AUTHZ_OK);
	assert_true(a.known);
	assert_string_equal(a.crypt, "$y$j9T$x");
	assert_true(a.last_change == 19000 && a.maximum == 90 && a.inactive == 14 && a.expire == 20000);
	assert_int_equal(shadow_read(&m, "bob", &a, why), AUTHZ_OK);
	assert_string_equal(a.crypt, "!$6$y");
	assert_true(a.last_change == 0 && a.maximum == -1 && a.inactive == -1 && a.expire == 1);
	assert_int_equal(shadow_read(&m, "carol", &a, why), AUTHZ_OK);
	assert_true(a.known);
	assert_string_equal(a.crypt, "");
}

static void no_entry(void **state)
{
	struct host_account a;
	char why[256] = "";

	(void)state;
	scratch_write(m.config.shadow_file, "alice:$y$j9T$x:19000:0:90:7:14:20000:\n");
	assert_int_equal(shadow_read(&m, "alic", &a, why), AUTHZ_OK);
	assert_false(a.known);
	assert_string_equal(a.crypt, "");
	assert_true(a.last_change == -1 && a.maximum == -1 && a.expire == -1 && a.inactive == -1);
	m.config.shadow_file[0] = '\0'; /* the host's own */
	if (eaccess("/etc/shadow", R_OK) == 0) {
		assert_int_equal(shadow_read(&m, "no-such-user-at-all", &a, why), AUTHZ_OK);
		assert_false(a.known);
		assert_int_equal(shadow_read(&m, "root", &a, why), AUTHZ_OK);
		assert_true(a.known);
	}
}

static void unreadable(void **state)
{
	struct host_account a;
	char why[256] = "";

	(void)state;
	assert_int_equal(shadow_read(&m, "alice", &a, why), AUTHZ_NO_SHADOW);
	assert_string_equal(why, "shadow: No such file or directory");
	assert_false(a.known);
}

static int as_stranger(void *arg)
{
	struct host_account a;
	char why[256] = "";

	(void)arg;
	m.config.shadow_file[0] = '\0';
	if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
		return 9;
	if (access("/etc/shadow", F_OK) != 0)
		return 0; /* no shadow on this host: nothing that could not be read */
	if (shadow_read(&m, "daemon", &a, why) != AUTHZ_NO_SHADOW || a.known)
		return 1;
	return strcmp(why, "shadow: Permission denied") == 0 ? 0 : 2;
}

static void not_allowed(void **state)
{
	(void)state;
	assert_int_equal(scratch_process(as_stranger, NULL), 0);
}

static void too_long(void **state)
{
	struct host_account a;
	char why[256] = "", text[12000] = "alice:";

	(void)state;
	memset(text + 6, 'h', HOST_CRYPT_SIZE);
	strcpy(text + 6 + HOST_CRYPT_SIZE, ":1::::::\n");
	scratch_write(m.config.shadow_file, text);
	assert_int_equal(shadow_read(&m, "alice", &a, why), AUTHZ_NO_SHADOW);
	assert_false(a.known);
	memset(text + 6, 'h', 9000); /* longer than any line that is read */
	strcpy(text + 6 + 9000, ":1::::::\nbob:*:1::::::\n");
	scratch_write(m.config.shadow_file, text);
	assert_int_equal(shadow_read(&m, "alice", &a, why), AUTHZ_NO_SHADOW);
	assert_int_equal(shadow_read(&m, "bob", &a, why), AUTHZ_NO_SHADOW);
	assert_false(a.known);
}

#define SECRET_LENGTH 40

/* Not to be found by looking for it: the test holds it only turned round, but where it is looked at. */
static void secret(char *text)
{
	unsigned i;

	for (i = 0; i < SECRET_LENGTH; i++)
		text[i] = (char)('A' + (i * 7 + 3) % 26);
	text[SECRET_LENGTH] = '\0';
}

static bool at_secret(const char *p)
{
	unsigned i;

	for (i = 4; i < SECRET_LENGTH; i++)
		if (p[i] != (char)('A' + (i * 7 + 3) % 26))
			return false;
	return true;
}

static bool searched(const char *line, unsigned long *from, unsigned long *to)
{
	char mode[8], name[256] = "";

	if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", from, to, mode, name) < 3 || mode[0] != 'r' || mode[1] != 'w')
		return false;
	return *to - *from < (64ul << 20) && strstr(name, "[v") == NULL;
}

/* How often it stands in this process's memory. */
static unsigned copies_in_memory(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned long from, to;
	unsigned count = 0;
	char line[512];

	assert_true(maps != NULL && memory >= 0);
	while (fgets(line, sizeof line, maps) != NULL) {
		static char page[65536 + SECRET_LENGTH];
		unsigned long at;

		if (!searched(line, &from, &to))
			continue;
		for (at = from; at < to; at += 65536) {
			ssize_t got = pread(memory, page, sizeof page, (off_t)at);

			for (ssize_t i = 0; i + SECRET_LENGTH < got; i++)
				if (page[i + 4] == 'A' + (4 * 7 + 3) % 26 && !(at + (unsigned long)i >= (unsigned long)page &&
				    at + (unsigned long)i < (unsigned long)page + sizeof page) && at_secret(page + i))
					count++;
		}
		explicit_bzero(page, sizeof page);
	}
	fclose(maps);
	close(memory);
	return count;
}

static int leave_nothing(void *arg)
{
	struct host_account *a = calloc(1, sizeof *a);
	char why[256], line[128] = "alice:";
	unsigned with, without;
	FILE *f;

	(void)arg;
	f = fopen(m.config.shadow_file, "we");
	secret(line + 6);
	setvbuf(f, NULL, _IONBF, 0);
	fprintf(f, "%s", line);
	fprintf(f, ":19000:0:90:7:14:20000:\n");
	fclose(f);
	explicit_bzero(line, sizeof line);
	without = copies_in_memory();
	if (shadow_read(&m, "alice", a, why) != AUTHZ_OK || !a->known || !at_secret(a->crypt))
		return 1;
	with = copies_in_memory();
	explicit_bzero(a->crypt, sizeof a->crypt);
	if (without != 0 || with == 0)
		return 2; /* the search itself does not work */
	return copies_in_memory() == 0 ? 0 : 3;
}

static void wiped(void **state)
{
	(void)state;
	assert_int_equal(scratch_process(leave_nothing, NULL), 0);
}

#define TEST(sentence, function) {sentence, function, setup, scratch_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("fields of shadow come as they are, those that are not there as -1", entries),
		TEST("a user without an entry is unknown (shadow MUST 1)", no_entry),
		TEST("shadow that is not there is an error, not an unknown user (shadow MUST 1)", unreadable),
		TEST("shadow that may not be read is an error, not an unknown user (shadow MUST 1)", not_allowed),
		TEST("a line that is too long is an error, not an unknown user (shadow MUST 1)", too_long),
		TEST("of a crypt field that was read nothing stays in memory (shadow MUST 2)", wiped),
	};

	return cmocka_run_group_tests_name("shadow", tests, NULL, NULL);
}
