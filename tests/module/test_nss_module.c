/* SPDX-License-Identifier: ISC */
/* The NSS module as the C library and its programs use it, and what their processes notice of it. */
#include "nss_kit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What "getent -s cabinettest ..." prints, the module found as any library. */
static const char *getent(const char *arguments)
{
	/* a module with a sanitizer in it wants the sanitizer to be there first */
#ifdef AUTHZ_SANITIZERS
	const char *const before =
		"LD_PRELOAD=\"$(sed -n 's|.* \\(/.*/lib[at]san[.].*\\)|\\1|p' /proc/$PPID/maps | head -n 1)\" "
		"ASAN_OPTIONS=detect_leaks=0";
#else
	const char *const before = "";
#endif
	static char text[4096];
	char command[8192];
	FILE *f;

	snprintf(command, sizeof command, "%s LD_LIBRARY_PATH='%s/tests/module/.libs' getent -s cabinettest %s", before,
	         getenv("AUTHZ_BUILD"), arguments);
	f = popen(command, "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	pclose(f);
	return text;
}

static void programs(void **state)
{
	const char *line;
	char expected[256];
	int count = 0;

	(void)state;
	snprintf(expected, sizeof expected, "%s:x:%u:s1,%s\n", NSS_CLOCK, AUTHZ_GID_LOW, NSS_USER);
	assert_string_equal(getent("group " NSS_CLOCK), expected);
	snprintf(expected, sizeof expected, "%s:!:b1:s1,%s\n", NSS_CLOCK, NSS_USER);
	assert_string_equal(getent("gshadow " NSS_CLOCK), expected);
	snprintf(expected, sizeof expected, "%s%*s%u %u\n", NSS_USER, 22 - (int)strlen(NSS_USER), "", AUTHZ_GID_LOW,
	         AUTHZ_GID_LOW + 2);
	assert_string_equal(getent("initgroups " NSS_USER), expected);
	for (line = getent("group"); *line != '\0'; line = strchr(line, '\n') + 1)
		count++;
	assert_int_equal(count, NSS_GROUPS);
	assert_string_equal(getent("group root 0 " AUTHZ_GROUP_PREFIX "none"), "");
}

/* Group by group beside the host's own: they are there, and as they were. */
static void merged(void **state)
{
	static const char *const lines[] = {"files cabinettest", "files [SUCCESS=merge] cabinettest", "cabinettest files",
	                                    "cabinettest [SUCCESS=merge] files"};
	const struct group *g;
	size_t i, step;
	int fd;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof *lines; i++) {
		assert_int_equal(__nss_configure_lookup("group", lines[i]), 0);
		/* with a view, with a damaged one, with none */
		for (step = 0; step < 3; step++) {
			nss_publish(2);
			assert_int_equal(nss_by_name(), 2);
			nss_mark();
			if (step > 0)
				unlink("group");
			fd = step == 1 ? open("group", O_WRONLY | O_CREAT | O_CLOEXEC, 0644) : -1;
			if (fd >= 0)
				close(fd);
			g = getgrgid(0);
			assert_non_null(g);
			assert_string_equal(g->gr_name, "root");
			g = getgrnam("root");
			assert_non_null(g);
			assert_int_equal(g->gr_gid, 0);
			assert_int_equal(nss_by_name(), step == 0 ? 2 : -1);
		}
	}
}

static void no_descriptor(void **state)
{
	const unsigned before = nss_descriptors();

	(void)state;
	for (long n = 2; n < 50; n++) {
		nss_publish(n);
		assert_int_equal(nss_by_name(), n);
		assert_int_equal(nss_by_sweep(), n);
		assert_int_equal(nss_descriptors(), before);
	}
	assert_int_equal(nss_mappings("/group"), 1);
}

/* The host closes what it does not know, and others get those numbers. */
static int closing_host(void)
{
	int i, fd[64];

	if (nss_by_name() != 1)
		return 1;
	for (fd[0] = 3; fd[0] < 1024; fd[0]++)
		close(fd[0]);
	if (nss_by_name() != 1 || nss_by_sweep() != 1)
		return 2;
	for (i = 0; i < 64; i++)
		fd[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nss_by_gid() != 1 || nss_by_user() != 1)
		return 3;
	for (i = 0; i < 64; i++)
		if (fcntl(fd[i], F_GETFD) < 0)
			return 4;
	return 0;
}

static int host_without_descriptors(void)
{
	const struct rlimit none = {0, 0};

	/* nothing is mapped yet */
	if (setrlimit(RLIMIT_NOFILE, &none) != 0 || nss_by_name() != -1 || errno != EMFILE)
		return 1;
	return nss_by_user() == -1 ? 0 : 2;
}

static int status_of(int (*host)(void))
{
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(host());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void closed_descriptors(void **state)
{
	(void)state;
	assert_int_equal(status_of(closing_host), 0);
}

static void descriptors_at_limit(void **state)
{
	(void)state;
	assert_int_equal(status_of(host_without_descriptors), 0);
}

/* A copy, which the C library does not hold. */
static void closed_module(void **state)
{
	enum nss_status (*call)(gid_t, struct group *, char *, size_t, int *);
	struct group g;
	char buffer[1024], command[8192];
	void *copy;
	int code;

	(void)state;
	snprintf(command, sizeof command, "cp '%s' ./copy.so", nss_module());
	assert_int_equal(system(command), 0);
	assert_int_equal(nss_mappings("/group"), 0);
	/* another file: the soname alone would lead to the one that is loaded */
	copy = dlopen("./copy.so", RTLD_NOW | RTLD_LOCAL);
	if (copy == NULL)
		fail_msg("%s", dlerror());
	*(void **)&call = dlsym(copy, "_nss_cabinettest_getgrgid_r");
	assert_int_equal(call(AUTHZ_GID_LOW, &g, buffer, sizeof buffer, &code), NSS_STATUS_SUCCESS);
	assert_int_equal(nss_mappings("/group"), 1);
	nss_publish(2);
	assert_int_equal(call(AUTHZ_GID_LOW, &g, buffer, sizeof buffer, &code), NSS_STATUS_SUCCESS);
	assert_int_equal(nss_mappings("/group"), 1);
	assert_int_equal(dlclose(copy), 0);
	assert_int_equal(nss_mappings("/group"), 0);
	assert_int_equal(nss_mappings("copy.so"), 0);
	unlink("copy.so");
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, nss_setup, nss_teardown, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("dlclose leaves no mapping of view or module (mapping MUST 3)", closed_module),
		ROW("where no descriptor is left and nothing is mapped yet, look-ups fail with EMFILE and groups of users are none "
		    "(nss_cabinet MUST 1)", descriptors_at_limit),
		ROW("getent shows groups, gshadow and the groups of a user, and nothing else", programs),
		ROW("local groups are as they were, before or behind, merged or not, with a view, a damaged one or none "
		    "(nss_cabinet MUST 1)", merged),
		ROW("no descriptor stays open, and one mapping (nss_cabinet MUST 5)", no_descriptor),
		ROW("a host that closes all descriptors, and uses their numbers, is answered (nss_cabinet MUST 5)", closed_descriptors),
	};

	return cmocka_run_group_tests_name("nss module", tests, NULL, NULL);
}
