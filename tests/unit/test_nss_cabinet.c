/* SPDX-License-Identifier: ISC */
/* The calls of the NSS module, compiled for a view in the working folder. */
#include "view_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CABINET_SERVICE here
#define CABINET_FOLDER "."
#include "../../nss_cabinet/nss_cabinet.h"
#include "noise.h"
#include "scratch.h"
#include "view/format.h"

#define OTHER_ERRNO 4711 /* that nothing sets */

static uint64_t noise = 99;
static struct world world;
static int folder;

static int setup(void **state)
{
	scratch_setup(state);
	folder = open(test_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return chdir(test_folder);
}

static void publish(void)
{
	assert_int_equal(publish_write(folder, &world.content), AUTHZ_OK);
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	assert_int_equal(publish_rename(folder), AUTHZ_OK);
}

/* The mapping of this process must not outlive the test's folder: a view that is marked. */
static int teardown(void **state)
{
	struct group g;
	char buffer[64];
	int code;

	publish_mark(folder);
	close(folder);
	scratch_teardown(state);
	_nss_here_getgrgid_r(AUTHZ_GID_LOW, &g, buffer, sizeof buffer, &code);
	return chdir("/");
}

static void make(unsigned cabinets, unsigned users)
{
	world_make(&world, &noise, cabinets, users);
	publish();
}

static bool same_names(char *const *got, const char *const *wanted, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (wanted[i] == NULL || got[i] == NULL || strcmp(got[i], wanted[i]) != 0)
			return false;
	return got[count] == NULL;
}

static size_t listed_count(size_t i)
{
	size_t n = 0;

	while (world.listed[i][n] != NULL)
		n++;
	return n;
}

static bool is_group(size_t i, const struct group *g)
{
	return strcmp(g->gr_name, world.cabinets[i].name) == 0 && g->gr_gid == world.cabinets[i].gid &&
	       strcmp(g->gr_passwd, "x") == 0 && same_names(g->gr_mem, world.listed[i], listed_count(i));
}

static bool is_gshadow(size_t i, const struct sgrp *g)
{
	const struct view_cabinet *c = &world.cabinets[i];

	return strcmp(g->sg_namp, c->name) == 0 && strcmp(g->sg_passwd, "!") == 0 &&
	       same_names(g->sg_mem, world.listed[i], listed_count(i)) &&
	       same_names(g->sg_adm, c->administrators, c->administrator_count);
}

static size_t cabinet_of(gid_t gid)
{
	size_t i;

	for (i = 0; i < world.content.cabinet_count && world.cabinets[i].gid != gid;)
		i++;
	return i;
}

/* A buffer of exactly so many bytes: what is written beyond them is seen by the sanitizer, and by whom it belongs to. */
static char *buffer_of(size_t length)
{
	char *buffer = malloc(length + 1);

	buffer[length] = 'Z';
	return buffer;
}

/* ---- right answers */

static void all_calls(void **state)
{
	char buffer[8192];
	struct group g;
	struct sgrp s;
	size_t i;
	int code = 0;

	(void)state;
	make(50, 30);
	for (i = 0; i < world.content.cabinet_count; i++) {
		assert_int_equal(_nss_here_getgrnam_r(world.cabinets[i].name, &g, buffer, sizeof buffer, &code), NSS_STATUS_SUCCESS);
		assert_true(is_group(i, &g));
		assert_int_equal(_nss_here_getgrgid_r(world.cabinets[i].gid, &g, buffer, sizeof buffer, &code), NSS_STATUS_SUCCESS);
		assert_true(is_group(i, &g));
		assert_int_equal(_nss_here_getsgnam_r(world.cabinets[i].name, &s, buffer, sizeof buffer, &code), NSS_STATUS_SUCCESS);
		assert_true(is_gshadow(i, &s));
	}
	assert_int_equal(_nss_here_getgrnam_r(AUTHZ_GROUP_PREFIX "none", &g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(code, ENOENT);
}

static void sweeps(void **state)
{
	char buffer[8192];
	struct group g;
	struct sgrp s;
	size_t groups = 0, shadows = 0;
	gid_t last = 0;
	int code, round;

	(void)state;
	make(50, 30);
	for (round = 0; round < 2; round++) {
		assert_int_equal(_nss_here_setgrent(0), NSS_STATUS_SUCCESS);
		for (last = 0; _nss_here_getgrent_r(&g, buffer, sizeof buffer, &code) == NSS_STATUS_SUCCESS; groups++) {
			assert_true(g.gr_gid > last && is_group(cabinet_of(g.gr_gid), &g));
			last = g.gr_gid;
			if (groups % 2 == 0 && _nss_here_getsgent_r(&s, buffer, sizeof buffer, &code) == NSS_STATUS_SUCCESS)
				shadows++;
		}
		assert_int_equal(code, ENOENT);
		_nss_here_endgrent();
		_nss_here_endsgent();
	}
	assert_int_equal(groups, 100);
	assert_int_equal(shadows, 50);
}

static void next_cabinet_in_later_view(void **state)
{
	char buffer[8192], seen[50] = {0};
	struct group g;
	size_t groups;
	int code;

	(void)state;
	make(50, 30);
	_nss_here_setgrent(0);
	for (groups = 0; _nss_here_getgrent_r(&g, buffer, sizeof buffer, &code) == NSS_STATUS_SUCCESS; groups++) {
		assert_int_equal(seen[cabinet_of(g.gr_gid)]++, 0);
		/* one cabinet of those that had their turn goes, and places move */
		world.content.sequence++;
		if (groups % 7 == 6) {
			const size_t i = cabinet_of(g.gr_gid), last = --world.content.cabinet_count;

			world.cabinets[i] = world.cabinets[last];
			memcpy(world.listed[i], world.listed[last], sizeof world.listed[i]);
			seen[i] = seen[last];
		}
		publish();
	}
	assert_int_equal(groups, 50);
	_nss_here_endgrent();
}

static void errno_stays(void **state)
{
	char buffer[8192];
	long start = 0, size = 0;
	gid_t *gids = NULL;
	struct group g;
	struct sgrp s;

	(void)state;
	make(5, 30);
	errno = OTHER_ERRNO;
	/* errnop is errno, as libc calls it */
	assert_int_equal(_nss_here_getgrnam_r(world.cabinets[0].name, &g, buffer, sizeof buffer, &errno), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_here_getgrgid_r(world.cabinets[0].gid, &g, buffer, sizeof buffer, &errno), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_here_getsgnam_r(world.cabinets[0].name, &s, buffer, sizeof buffer, &errno), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_here_setgrent(0), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_here_getgrent_r(&g, buffer, sizeof buffer, &errno), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_here_endgrent(), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_here_initgroups_dyn(world.memberships[0].user, 100, &start, &size, &gids, -1, &errno),
	                 NSS_STATUS_SUCCESS);
	assert_int_equal(errno, OTHER_ERRNO);
	assert_int_equal(_nss_here_getgrnam_r(world.cabinets[0].name, &g, buffer, 3, &errno), NSS_STATUS_TRYAGAIN);
	assert_int_equal(errno, ERANGE);
	free(gids);
}

/* ---- buffers */

enum call { BY_NAME, BY_GID, SWEEP, SHADOW, SHADOW_SWEEP, CALLS };

static enum nss_status call(enum call which, size_t i, void *out, char *buffer, size_t length, int *code)
{
	switch (which) {
	case BY_NAME:
		return _nss_here_getgrnam_r(world.cabinets[i].name, out, buffer, length, code);
	case BY_GID:
		return _nss_here_getgrgid_r(world.cabinets[i].gid, out, buffer, length, code);
	case SWEEP:
		return _nss_here_getgrent_r(out, buffer, length, code);
	case SHADOW:
		return _nss_here_getsgnam_r(world.cabinets[i].name, out, buffer, length, code);
	default:
		return _nss_here_getsgent_r(out, buffer, length, code);
	}
}

/* All that is answered lies in the buffer; pointers where the machine wants them. */
static bool is_aligned(const void *at)
{
	return (uintptr_t)at % sizeof(char *) == 0;
}

static bool lies_in(const char *buffer, size_t length, const void *at)
{
	return (const char *)at >= buffer && (const char *)at < buffer + length;
}

static void grow_until_it_fits(enum call which, size_t i, size_t offset)
{
	union {
		struct group g;
		struct sgrp s;
	} out;
	enum nss_status status = NSS_STATUS_TRYAGAIN;
	size_t length;
	char *buffer;
	int code;

	for (length = 0; status == NSS_STATUS_TRYAGAIN; length++) {
		buffer = buffer_of(offset + length);
		code = 0;
		status = call(which, i, &out, buffer + offset, length, &code);
		assert_int_equal(buffer[offset + length], 'Z');
		assert_int_equal(code, status == NSS_STATUS_TRYAGAIN ? ERANGE : 0);
		if (status == NSS_STATUS_SUCCESS && which < SHADOW)
			assert_true(is_group(i, &out.g) && is_aligned(out.g.gr_mem) && lies_in(buffer, offset + length, out.g.gr_mem) &&
			            lies_in(buffer, offset + length, out.g.gr_passwd) && lies_in(buffer, offset + length, out.g.gr_name));
		if (status == NSS_STATUS_SUCCESS && which >= SHADOW)
			assert_true(is_gshadow(i, &out.s) && is_aligned(out.s.sg_adm) && is_aligned(out.s.sg_mem) &&
			            lies_in(buffer, offset + length, out.s.sg_adm) &&
			            lies_in(buffer, offset + length, out.s.sg_passwd));
		free(buffer);
	}
	assert_int_equal(status, NSS_STATUS_SUCCESS);
}

static void small_buffers(void **state)
{
	enum call which;
	size_t offset, i;
	gid_t gid;

	(void)state;
	make(12, 10);
	for (offset = 0; offset < 8; offset++)
		for (which = 0; which < CALLS; which++) {
			_nss_here_setgrent(0);
			_nss_here_setsgent(0);
			for (gid = AUTHZ_GID_LOW; gid < AUTHZ_GID_LOW + 36; gid++)
				if ((i = cabinet_of(gid)) < world.content.cabinet_count)
					grow_until_it_fits(which, i, offset);
		}
}

/* ---- initgroups */

static void limits(void **state)
{
	const struct view_membership *m;
	long start, size, limit, there;
	gid_t *gids;
	size_t u;
	int code;

	(void)state;
	make(60, 8);
	for (u = 0; u < world.content.membership_count; u++)
		for (there = 0; there < 3; there++)
			for (limit = -1; limit < 70; limit++) {
				m = &world.memberships[u];
				size = start = there;
				gids = malloc(((size_t)size + (size == 0)) * sizeof *gids);
				for (long i = 0; i < there; i++)
					gids[i] = (gid_t)i;
				assert_int_equal(_nss_here_initgroups_dyn(m->user, 5, &start, &size, &gids, limit, &code), NSS_STATUS_SUCCESS);
				if (limit > there && (size_t)(limit - there) < m->gid_count)
					assert_int_equal(start, limit);
				else if (limit > 0 && limit <= there)
					assert_int_equal(start, there);
				else
					assert_int_equal(start, there + (long)m->gid_count);
				assert_true(size >= start && memcmp(gids + there, m->gids, (size_t)(start - there) * sizeof *gids) == 0);
				free(gids);
			}
}

static void not_twice(void **state)
{
	const struct view_membership *m;
	long start = 2, size = 2, i;
	gid_t *gids;
	int code;

	(void)state;
	make(60, 3);
	m = &world.memberships[0];
	assert_true(m->gid_count > 3);
	gids = malloc(2 * sizeof *gids);
	gids[0] = m->gids[1];
	gids[1] = 5;
	assert_int_equal(_nss_here_initgroups_dyn(m->user, m->gids[0], &start, &size, &gids, 0, &code), NSS_STATUS_SUCCESS);
	assert_int_equal(start, (long)m->gid_count);
	for (i = 1; i < start; i++)
		assert_true(gids[i] != m->gids[0] && gids[i] != m->gids[1]);
	assert_int_equal(_nss_here_initgroups_dyn("nobody-of-them", 1, &start, &size, &gids, 0, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(start, (long)m->gid_count);
	free(gids);
}

/* A view that the writer would not make: a user is given nothing but gids of cabinets, and no such group is there. */
static void forged(void **state)
{
	static const char *const eve[] = {"eve"};
	static const struct view_cabinet c[] = {{"shadow", 42, eve, 1, eve, 1, VIEW_LIST_ALL},
	                                        {AUTHZ_GROUP_PREFIX "root", 0, eve, 1, eve, 1, VIEW_LIST_ALL}};
	static const gid_t claimed[] = {0, 42, AUTHZ_GID_LOW - 1, AUTHZ_GID_LOW, AUTHZ_GID_HIGH + 1};
	const struct view_membership m = {"eve", claimed, 5};
	struct view_content content = {1, c, 2, &m, 1, NULL};
	struct view_image image;
	long start = 0, size = 0;
	gid_t *gids = NULL;
	struct group g;
	struct sgrp s;
	char buffer[512];
	int code, fd = open(VIEW_NAME, O_WRONLY | O_CREAT | O_EXCL, 0644);

	(void)state;
	assert_int_equal(view_image_make(&image, &content), AUTHZ_OK);
	assert_int_equal(write(fd, image.bytes, image.size), image.size);
	close(fd);
	free(image.bytes);
	assert_int_equal(_nss_here_initgroups_dyn("eve", 5, &start, &size, &gids, -1, &code), NSS_STATUS_SUCCESS);
	assert_int_equal(start, 1);
	assert_int_equal(gids[0], AUTHZ_GID_LOW);
	free(gids);
	assert_int_equal(_nss_here_getgrnam_r("shadow", &g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_here_getgrnam_r(AUTHZ_GROUP_PREFIX "root", &g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_here_getsgnam_r(AUTHZ_GROUP_PREFIX "root", &s, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_here_getgrgid_r(0, &g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_here_getgrgid_r(42, &g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	_nss_here_setgrent(0);
	_nss_here_setsgent(0);
	assert_int_equal(_nss_here_getgrent_r(&g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_here_getsgent_r(&s, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
}

/* ---- the view is not there, or not well */

/* What each call comes to; -3: not all to the same. */
static int status_of_all(int *code)
{
	char buffer[512];
	long start = 0, size = 0;
	gid_t *gids = NULL;
	struct group g;
	struct sgrp s;
	int status = _nss_here_getgrnam_r(AUTHZ_GROUP_PREFIX "x", &g, buffer, sizeof buffer, code);

	_nss_here_setgrent(0);
	_nss_here_setsgent(0);
	if (status != (int)_nss_here_getgrgid_r(AUTHZ_GID_LOW, &g, buffer, sizeof buffer, code) ||
	    status != (int)_nss_here_getgrent_r(&g, buffer, sizeof buffer, code) ||
	    status != (int)_nss_here_getsgnam_r(AUTHZ_GROUP_PREFIX "x", &s, buffer, sizeof buffer, code) ||
	    status != (int)_nss_here_getsgent_r(&s, buffer, sizeof buffer, code) ||
	    status != (int)_nss_here_initgroups_dyn("ann", 5, &start, &size, &gids, -1, code) || start != 0)
		status = -3;
	free(gids);
	return status;
}

/* Other services' names and gids are none of the view's matter, damaged or not. */
static void expect_others_untouched(void)
{
	char buffer[512];
	struct group g;
	int code;

	if (sizeof AUTHZ_GROUP_PREFIX > 1)
		assert_int_equal(_nss_here_getgrnam_r("root", &g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_here_getgrgid_r(0, &g, buffer, sizeof buffer, &code), NSS_STATUS_NOTFOUND);
}

static void absent(void **state)
{
	int code;

	(void)state;
	assert_int_equal(status_of_all(&code), NSS_STATUS_NOTFOUND);
	assert_int_equal(code, ENOENT);
}

static void damaged(void **state)
{
	char *bytes;
	size_t size, at;
	int fd, code;

	(void)state;
	make(3, 3);
	bytes = scratch_read(VIEW_NAME, &size);
	publish_mark(folder);
	for (at = 0; at < size; at += at < 300 ? 1 : 13) {
		unlink(VIEW_NAME);
		fd = open(VIEW_NAME, O_WRONLY | O_CREAT | O_EXCL, 0644);
		assert_int_equal(write(fd, bytes, at), at);
		close(fd);
		assert_int_equal(status_of_all(&code), NSS_STATUS_UNAVAIL);
		assert_int_equal(code, EBADMSG);
		expect_others_untouched();
	}
	unlink(VIEW_NAME);
	assert_int_equal(symlink("/etc/group", VIEW_NAME), 0);
	assert_int_equal(status_of_all(&code), NSS_STATUS_UNAVAIL);
	unlink(VIEW_NAME);
	free(bytes);
	/* and it is well again as soon as there is one */
	make(3, 3);
	assert_int_equal(status_of_all(&code) == NSS_STATUS_UNAVAIL, 0);
}

/* Each byte flipped, on the disk, and all calls: what they say is right, or UNAVAIL. */
static void flipped(void **state)
{
	char buffer[4096], *bytes;
	size_t size, at, i;
	struct group g;
	long start, room;
	gid_t *gids = NULL;
	int fd, code, status;

	(void)state;
	make(20, 6);
	bytes = scratch_read(VIEW_NAME, &size);
	for (at = 0; at < size; at++) {
		bytes[at] ^= 0x10;
		publish_mark(folder);
		fd = open("new", O_WRONLY | O_CREAT | O_EXCL, 0644);
		assert_int_equal(write(fd, bytes, size), size);
		close(fd);
		assert_int_equal(rename("new", VIEW_NAME), 0);
		bytes[at] ^= 0x10;
		for (i = 0; i < world.content.cabinet_count; i++) {
			status = _nss_here_getgrnam_r(world.cabinets[i].name, &g, buffer, sizeof buffer, &code);
			assert_true(status == NSS_STATUS_UNAVAIL || (status == NSS_STATUS_SUCCESS && is_group(i, &g)));
			status = _nss_here_getgrgid_r(world.cabinets[i].gid, &g, buffer, sizeof buffer, &code);
			assert_true(status == NSS_STATUS_UNAVAIL || (status == NSS_STATUS_SUCCESS && is_group(i, &g)));
		}
		_nss_here_setgrent(0);
		while ((status = _nss_here_getgrent_r(&g, buffer, sizeof buffer, &code)) == NSS_STATUS_SUCCESS)
			assert_true(is_group(cabinet_of(g.gr_gid), &g));
		for (i = 0; i < world.content.membership_count; i++) {
			start = room = 0;
			status = _nss_here_initgroups_dyn(world.memberships[i].user, 5, &start, &room, &gids, -1, &code);
			assert_true(status == NSS_STATUS_UNAVAIL ? start == 0 : start == (long)world.memberships[i].gid_count &&
			            memcmp(gids, world.memberships[i].gids, (size_t)start * sizeof *gids) == 0);
			free(gids);
			gids = NULL;
		}
		expect_others_untouched();
	}
	free(bytes);
}

/* ---- descriptors */

static int without_descriptors(void *arg)
{
	const bool mapped = arg != NULL;
	const struct rlimit none = {0, 0};
	int code, status;

	if (mapped && status_of_all(&code) == NSS_STATUS_UNAVAIL)
		return 1;
	/* marked, and still the current one */
	publish_mark(folder);
	setrlimit(RLIMIT_NOFILE, &none);
	status = status_of_all(&code);
	return mapped ? status == NSS_STATUS_UNAVAIL : status != NSS_STATUS_UNAVAIL || code != EMFILE;
}

static void no_descriptors(void **state)
{
	(void)state;
	make(5, 5);
	assert_int_equal(scratch_process(without_descriptors, test_folder), 0);
	publish();
	assert_int_equal(scratch_process(without_descriptors, NULL), 0);
}

/* ---- publication, as a process that has the old view mapped sees it */

static bool sees(const char *name)
{
	char buffer[512];
	struct group g;
	int code;

	return _nss_here_getgrnam_r(name, &g, buffer, sizeof buffer, &code) == NSS_STATUS_SUCCESS;
}

static void publish_one(const char *name, unsigned steps)
{
	const struct view_cabinet c = {name, AUTHZ_GID_LOW, NULL, 0, NULL, 0, VIEW_LIST_ALL};
	struct view_content content = {1, &c, 1, NULL, 0, NULL};

	if (steps > 0)
		assert_int_equal(publish_write(folder, &content), AUTHZ_OK);
	if (steps > 1)
		assert_int_equal(publish_mark(folder), AUTHZ_OK);
	if (steps > 2)
		assert_int_equal(publish_rename(folder), AUTHZ_OK);
}

static void between_steps(void **state)
{
	unsigned steps;

	(void)state;
	for (steps = 0; steps <= 3; steps++) {
		publish_one(AUTHZ_GROUP_PREFIX "old", 3);
		assert_true(sees(AUTHZ_GROUP_PREFIX "old"));
		publish_one(AUTHZ_GROUP_PREFIX "new", steps);
		/* twice: it asks again, and stays with what it found */
		for (int again = 0; again < 2; again++) {
			assert_int_equal(sees(AUTHZ_GROUP_PREFIX "old"), steps < 3);
			assert_int_equal(sees(AUTHZ_GROUP_PREFIX "new"), steps == 3);
		}
		/* the next one finishes what was left */
		publish_one(AUTHZ_GROUP_PREFIX "next", 3);
		assert_true(sees(AUTHZ_GROUP_PREFIX "next") && !sees(AUTHZ_GROUP_PREFIX "old") && !sees(AUTHZ_GROUP_PREFIX "new"));
	}
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, setup, teardown, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("groups by name and gid, and their gshadow, are answered as the model says", all_calls),
		ROW("sweeps of group and gshadow go over all, in order, and do not disturb each other", sweeps),
		ROW("a sweep that goes on in later views meets what is there all the time once", next_cabinet_in_later_view),
		ROW("errno is as it was after success, and told where errnop is errno itself (nss_cabinet MUST 4)", errno_stays),
		ROW("a buffer from 0 up by one is ERANGE, then the same entry, all of it in the buffer, in all calls (nss_cabinet MUST 2)",
		    small_buffers),
		ROW("limit caps the groups of a user, whatever is there already (nss_cabinet MUST 3)", limits),
		ROW("a user's primary group, and what is there already, is not added (nss_cabinet MUST 3)", not_twice),
		ROW("a forged view makes nobody a member of anything but cabinets, by no call (view MUST 2)", forged),
		ROW("no view is no groups (nss_cabinet MUST 1)", absent),
		ROW("a view that is cut, empty or a link is UNAVAIL, other groups are untouched, and the next view is taken "
		    "(nss_cabinet MUST 1)", damaged),
		ROW("with each byte flipped all calls say what is right, or UNAVAIL (nss_cabinet MUST 1)", flipped),
		ROW("without descriptors a mapped view that is still the current one answers, and none is EMFILE (mapping MUST 4)",
		    no_descriptors),
		ROW("between each two steps of a publication the right view answers (publish MUST 2, publish MUST 3, mapping MUST 1)",
		    between_steps),
	};

	return cmocka_run_group_tests_name("nss cabinet", tests, NULL, NULL);
}
