/* SPDX-License-Identifier: ISC */
/* Users and groups by NSS, as this host knows them: host/users.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <grp.h>
#include <pwd.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/machine.h"
#include "store/holder.h"

static void each_user(void **state)
{
	struct host_user by_name, by_uid;
	struct passwd *pw;
	char name[NAME_SIZE];
	unsigned seen = 0;

	(void)state;
	setpwent();
	while ((pw = getpwent()) != NULL && seen < 20) {
		if (strlen(pw->pw_name) >= sizeof name)
			continue;
		strcpy(name, pw->pw_name);
		assert_int_equal(users_by_name(NULL, name, &by_name), AUTHZ_OK);
		assert_string_equal(by_name.name, name);
		assert_int_equal(users_by_uid(NULL, by_name.uid, &by_uid), AUTHZ_OK);
		assert_int_equal(by_uid.uid, by_name.uid);
		seen++;
	}
	endpwent();
	assert_true(seen > 0);
}

static void root(void **state)
{
	struct host_user u;

	(void)state;
	assert_int_equal(users_by_name(NULL, "root", &u), AUTHZ_OK);
	assert_true(u.uid == 0 && u.gid == 0);
	assert_int_equal(users_by_uid(NULL, 0, &u), AUTHZ_OK);
	assert_int_equal(u.uid, 0);
}

static void known_for_a_second(void **state)
{
	static struct machine m;
	struct host_user u;
	const struct passwd *other;

	(void)state;
	assert_int_equal(users_by_uid(&m, 0, &u), AUTHZ_OK);
	assert_string_equal(u.name, "root");
	assert_in_range(m.root.until, holder_now_ms(CLOCK_MONOTONIC), holder_now_ms(CLOCK_MONOTONIC) + 1000);
	strcpy(m.root.user.name, "as it was");
	assert_int_equal(users_by_uid(&m, 0, &u), AUTHZ_OK);
	assert_string_equal(u.name, "as it was");
	m.root.until = holder_now_ms(CLOCK_MONOTONIC);
	assert_int_equal(users_by_uid(&m, 0, &u), AUTHZ_OK);
	assert_string_equal(u.name, "root");
	setpwent();
	while ((other = getpwent()) != NULL && other->pw_uid == 0)
		;
	assert_non_null(other);
	assert_int_equal(users_by_uid(&m, other->pw_uid, &u), AUTHZ_OK);
	assert_int_equal(u.uid, other->pw_uid);
	assert_true(m.root.known && m.root.user.uid == 0);
	endpwent();
}

static void nobody_of_that_name(void **state)
{
	static const char *const names[] = {"no-such-user-at-all", "", "root:x", "root\nroot", "..", "a-name-of-more-than-32-bytes-is-none"};
	struct host_user u;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		memset(&u, 1, sizeof u);
		assert_int_equal(users_by_name(NULL, names[i], &u), AUTHZ_USER_NOT_FOUND);
		assert_string_equal(u.name, "");
	}
	assert_int_equal(users_by_uid(NULL, 3999999999u, &u), AUTHZ_USER_NOT_FOUND);
	assert_int_equal(users_by_uid(NULL, (uid_t)-1, &u), AUTHZ_USER_NOT_FOUND);
}

static void groups_by_name(void **state)
{
	char name[NAME_SIZE];
	gid_t gid = 77;

	(void)state;
	assert_int_equal(users_group_by_name(NULL, "root", &gid), AUTHZ_OK);
	assert_int_equal(gid, 0);
	assert_int_equal(users_group_name(NULL, 0, name), AUTHZ_OK);
	assert_string_equal(name, "root");
	assert_int_equal(users_group_by_name(NULL, "no-such-group-at-all", &gid), AUTHZ_UNKNOWN_ENTITY);
	memset(name, 'x', sizeof name);
	assert_int_equal(users_group_name(NULL, 3999999999u, name), AUTHZ_OK);
	assert_string_equal(name, "");
}

static void free_gids(void **state)
{
	gid_t next, gid = 0;

	(void)state;
	assert_int_equal(users_gid_free(NULL, 0, &next), AUTHZ_OK); /* root's */
	assert_int_equal(next, 1);
	for (gid = 3999999000u; getgrgid(gid) != NULL; gid++)
		continue;
	assert_int_equal(users_gid_free(NULL, gid, &next), AUTHZ_OK);
	assert_int_equal(next, gid);
}

static void groups_of_a_user(void **state)
{
	static gid_t gids[HOST_GROUPS_MAX], expected[HOST_GROUPS_MAX];
	struct passwd *pw;
	struct host_user u;
	int number = HOST_GROUPS_MAX;
	size_t count;

	(void)state;
	pw = getpwuid(geteuid());
	if (pw == NULL)
		pw = getpwnam("root");
	assert_non_null(pw);
	assert_int_equal(users_by_name(NULL, pw->pw_name, &u), AUTHZ_OK);
	assert_true(getgrouplist(u.name, u.gid, expected, &number) > 0);
	assert_int_equal(users_groups(NULL, &u, gids, &count), AUTHZ_OK);
	assert_int_equal(count, number);
	assert_int_equal(gids[0], u.gid);
	assert_memory_equal(gids, expected, count * sizeof gids[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"each user of this host is found by name and by uid", each_user, NULL, NULL, NULL},
		{"root is uid 0", root, NULL, NULL, NULL},
		{"root alone is known for a second, and then asked about again (users MUST 1)", known_for_a_second, NULL, NULL, NULL},
		{"a name or uid that nobody has is not found, and leaves an emptied user", nobody_of_that_name, NULL, NULL, NULL},
		{"groups are found by name and by gid", groups_by_name, NULL, NULL, NULL},
		{"a gid that a group has is not free, one that nobody has is", free_gids, NULL, NULL, NULL},
		{"a user's groups are those of getgrouplist, the primary one first", groups_of_a_user, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("users", tests, NULL, NULL);
}
