/* SPDX-License-Identifier: ISC */
#include "nss_kit.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder_path[256];
static int folder = -1;
static void *module;

const char *nss_module(void)
{
	static char path[4096];

	snprintf(path, sizeof path, "%s/tests/module/.libs/libnss_cabinettest.so.2", getenv("AUTHZ_BUILD"));
	return path;
}

void *nss_call(const char *name)
{
	char symbol[64];

	snprintf(symbol, sizeof symbol, "_nss_cabinettest_%s", name);
	return dlsym(module, symbol);
}

/* In memory, where there is such a folder: ten thousand publications are as many writes to the disk. */
static int make_folder(void)
{
	const char *below = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR");

	snprintf(folder_path, sizeof folder_path, "%s/authz-nss.XXXXXX", below);
	if (mkdtemp(folder_path) == NULL || chdir(folder_path) != 0)
		return -1;
	folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder < 0 ? -1 : 0;
}

int nss_setup(void **state)
{
	(void)state;
	if (make_folder() != 0)
		return -1;
	nss_publish(1);
	/* the C library finds it by its soname, as it is loaded already */
	module = dlopen(nss_module(), RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		fail_msg("%s", dlerror());
	return __nss_configure_lookup("group", "cabinettest") != 0 || __nss_configure_lookup("gshadow", "cabinettest") != 0 ||
	       __nss_configure_lookup("initgroups", "cabinettest") != 0;
}

int nss_teardown(void **state)
{
	(void)state;
	/* the next test has another folder: what is mapped of this one is marked */
	nss_mark();
	unlink("group");
	unlink("group.new");
	unlink(VIEW_CHANGED_NAME);
	nss_by_call();
	close(folder);
	return rmdir(folder_path) != 0 || chdir("/") != 0 || dlclose(module) != 0;
}

void nss_publish(long n)
{
	static const char *const others[] = {NSS_USER, "ben", "cem"};
	char second[32], boss[32], names[NSS_GROUPS][32];
	const char *const members[] = {second, NSS_USER}, *const administrators[] = {boss};
	const gid_t gids[] = {AUTHZ_GID_LOW, AUTHZ_GID_LOW + 1 + (gid_t)n};
	struct view_cabinet c[NSS_GROUPS] = {{NSS_CLOCK, AUTHZ_GID_LOW, members, 2, administrators, 1, VIEW_LIST_ALL}};
	const struct view_membership of = {NSS_USER, gids, 2};
	struct view_content content = {(uint64_t)n, c, NSS_GROUPS, &of, 1, NULL};
	int i;

	snprintf(second, sizeof second, "s%ld", n);
	snprintf(boss, sizeof boss, "b%ld", n);
	for (i = 1; i < NSS_GROUPS; i++) {
		snprintf(names[i], sizeof names[i], "%sother%d", AUTHZ_GROUP_PREFIX, i);
		c[i] = (struct view_cabinet){names[i], AUTHZ_GID_LOW + 10 * (gid_t)i, others, 3, NULL, 0, VIEW_LIST_ALL};
	}
	assert_int_equal(publish_write(folder, &content), AUTHZ_OK);
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	assert_int_equal(publish_rename(folder), AUTHZ_OK);
}

void nss_mark(void)
{
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
}

/* ---- questions */

long nss_clock_of(const struct group *g)
{
	if (strcmp(g->gr_name, NSS_CLOCK) != 0 || g->gr_gid != AUTHZ_GID_LOW || g->gr_mem[0] == NULL || g->gr_mem[0][0] != 's' ||
	    g->gr_mem[1] == NULL || strcmp(g->gr_mem[1], NSS_USER) != 0 || g->gr_mem[2] != NULL)
		return -2;
	return atol(g->gr_mem[0] + 1);
}

static long answered(int error, const struct group *found)
{
	if (error != 0 || found == NULL) {
		errno = error;
		return -1;
	}
	return nss_clock_of(found);
}

long nss_by_name(void)
{
	struct group g, *found = NULL;
	char buffer[1024];
	const int error = getgrnam_r(NSS_CLOCK, &g, buffer, sizeof buffer, &found);

	return answered(error, found);
}

long nss_by_gid(void)
{
	struct group g, *found = NULL;
	char buffer[1024];
	const int error = getgrgid_r(AUTHZ_GID_LOW, &g, buffer, sizeof buffer, &found);

	return answered(error, found);
}

long nss_by_user(void)
{
	gid_t gids[8];
	int count = 8;

	if (getgrouplist(NSS_USER, 5, gids, &count) < 0)
		return -2;
	if (count != 3)
		return -1;
	return gids[0] == 5 && gids[1] == AUTHZ_GID_LOW ? (long)(gids[2] - gids[1]) - 1 : -2;
}

long nss_by_gshadow(void)
{
	struct sgrp g, *found = NULL;
	char buffer[1024];
	const int error = getsgnam_r(NSS_CLOCK, &g, buffer, sizeof buffer, &found);

	if (error != 0 || found == NULL) {
		errno = error;
		return -1;
	}
	return g.sg_mem[0] != NULL && g.sg_adm[0] != NULL && g.sg_adm[1] == NULL &&
	               strcmp(g.sg_mem[0] + 1, g.sg_adm[0] + 1) == 0 ? atol(g.sg_adm[0] + 1) : -2;
}

/* The cursor is the process's: where several sweep, each sees some of the groups. */
long nss_by_sweep(void)
{
	struct group g, *found;
	char buffer[1024];
	long clock = 0;
	int error;

	setgrent();
	while ((error = getgrent_r(&g, buffer, sizeof buffer, &found)) == 0)
		if (strcmp(found->gr_name, NSS_CLOCK) == 0)
			clock = nss_clock_of(found);
		else if (strncmp(found->gr_name, AUTHZ_GROUP_PREFIX "other", strlen(AUTHZ_GROUP_PREFIX "other")) != 0)
			return -2;
	if (error != ENOENT) {
		errno = error;
		return -1;
	}
	endgrent();
	return clock;
}

long nss_by_call(void)
{
	enum nss_status (*call)(const char *, struct group *, char *, size_t, int *);
	struct group g;
	char buffer[1024];
	int error = 0;

	*(void **)&call = nss_call("getgrnam_r");
	return call(NSS_CLOCK, &g, buffer, sizeof buffer, &error) == NSS_STATUS_SUCCESS ? nss_clock_of(&g) : answered(error, NULL);
}

/* ---- what the process has */

unsigned nss_mappings(const char *what)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[4096];
	unsigned count = 0;

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		count += strstr(line, what) != NULL;
	fclose(f);
	return count;
}

unsigned nss_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		count++;
	closedir(d);
	return count;
}
