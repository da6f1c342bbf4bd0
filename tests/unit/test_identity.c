/* SPDX-License-Identifier: ISC */
/*
 * Who started the helper, and as whom it would work: helpers/authz-helper/identity.c.
 *
 * What the kernel would say of a set-user-ID program is said here by calls of the same names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <cmocka.h>

#include "fake_host.h"
#include "identity.h"
#include "scratch.h"

static struct {
	uid_t caller, self;
	mode_t mode;
	uid_t owner;
	unsigned long flags;
} kernel;

uid_t getuid(void)
{
	return kernel.caller;
}

uid_t geteuid(void)
{
	return kernel.self;
}

int stat(const char *path, struct stat *st)
{
	if (strcmp(path, "/proc/self/exe") != 0)
		return fstatat(AT_FDCWD, path, st, 0);
	memset(st, 0, sizeof *st);
	st->st_mode = S_IFREG | kernel.mode;
	st->st_uid = kernel.owner;
	return 0;
}

int statvfs(const char *path, struct statvfs *fs)
{
	(void)path;
	memset(fs, 0, sizeof *fs);
	fs->f_flag = kernel.flags;
	return 0;
}

static enum authz_result look(uid_t caller, uid_t self, mode_t mode, uid_t owner, struct identity *id)
{
	kernel.caller = caller;
	kernel.self = self;
	kernel.mode = mode;
	kernel.owner = owner;
	return identity_look(id, false);
}

static void never_root(void **state)
{
	struct identity id;

	(void)state;
	assert_int_equal(look(0, 0, 0755, 0, &id), AUTHZ_BAD_INSTALL);       /* root starts it without the bit */
	assert_int_equal(look(1000, 0, 04755, 0, &id), AUTHZ_BAD_INSTALL);   /* root's with the bit */
	assert_int_equal(look(1000, 1000, 04755, 0, &id), AUTHZ_BAD_INSTALL);
	assert_int_equal(look(1000, 0, 0755, 1000, &id), AUTHZ_BAD_INSTALL);
	assert_int_equal(look(0, 0, 0755, 99, &id), AUTHZ_BAD_INSTALL);
}

static void installed(void **state)
{
	struct identity id;

	(void)state;
	assert_int_equal(look(1000, 99, 06511, 99, &id), AUTHZ_OK);
	assert_true(id.caller == 1000 && id.self == 99 && id.set_uid);
	assert_int_equal(look(0, 99, 06511, 99, &id), AUTHZ_OK);
	assert_int_equal(look(1000, 1000, 0755, 1000, &id), AUTHZ_OK); /* of a build: no privilege at all */
	assert_false(id.set_uid);
	assert_int_equal(look(99, 99, 0511, 99, &id), AUTHZ_OK); /* root's client turned into its owner */
}

/* Whoever built it, root say: with a state of one's own nothing more is needed than one has. */
static void bit_not_there(void **state)
{
	struct identity id;

	(void)state;
	assert_int_equal(look(1000, 1000, 0511, 99, &id), AUTHZ_NOT_SETUID);
	assert_int_equal(look(1000, 1000, 02511, 99, &id), AUTHZ_NOT_SETUID);
	assert_int_equal(look(1000, 1000, 0755, 0, &id), AUTHZ_NOT_SETUID);
	assert_int_equal(identity_look(&id, true), AUTHZ_OK);
	assert_int_equal(look(0, 0, 0511, 99, &id), AUTHZ_BAD_INSTALL);
	assert_int_equal(identity_look(&id, true), AUTHZ_BAD_INSTALL);
}

static int without_new_privileges(void *arg)
{
	struct identity id;

	(void)arg;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return 1;
	return look(1000, 1000, 06511, 99, &id) == AUTHZ_NO_NEW_PRIVS ? 0 : 2;
}

static void bit_without_effect(void **state)
{
	struct identity id;
	enum authz_result result;

	(void)state;
	kernel.flags = ST_NOSUID;
	assert_int_equal(look(1000, 1000, 06511, 99, &id), AUTHZ_NOSUID);
	kernel.flags = 0;
	result = look(1000, 1000, 06511, 99, &id);
	assert_true(result == AUTHZ_NOT_SETUID || result == AUTHZ_USER_NAMESPACE); /* where these tests run in one */
	assert_int_equal(scratch_process(without_new_privileges, NULL), 0);
}

static void who_is_the_host(void **state)
{
	static const struct { uid_t caller, self; bool set_uid, is_host; uid_t uid; const char *name; } rows[] = {
		{0, 99, true, true, 0, "root"},          /* a root program that did not turn into the helper's user */
		{99, 99, true, true, 0, "root"},         /* one that did */
		{1000, 99, true, false, 1000, "portal"},
		{1, 99, true, false, 1, ""},
		{98, 99, true, false, 98, ""},
		{1000, 1000, false, true, 1000, "portal"}, /* without privilege: whoever started it */
		{1000, 1001, false, false, 1000, "portal"},
	};
	static struct fake_host f;
	struct principal p;
	size_t i;

	(void)state;
	fake_host_init(&f);
	fake_host_user(&f, "root", 0);
	fake_host_user(&f, "portal", 1000);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct identity id = {.caller = rows[i].caller, .self = rows[i].self, .set_uid = rows[i].set_uid, .loginuid = 7};

		identity_principal(&id, &f.host, &p);
		assert_int_equal(p.is_host, rows[i].is_host);
		assert_int_equal(p.uid, rows[i].uid);
		assert_string_equal(p.name, rows[i].name);
		assert_int_equal(p.loginuid, 7);
	}
}

static void who_is_a_peer(void **state)
{
	const struct identity service = {.caller = 0, .self = 99, .group = 42, .set_uid = true, .loginuid = 7};
	struct identity id;

	(void)state;
	identity_of_peer(&id, &service, 1000, getpid());
	assert_true(id.caller == 1000 && id.self == 99 && id.group == 42 && id.set_uid);
	assert_false(identity_is_host(&id)); /* though root started the service */
	identity_of_peer(&id, &service, 1000, -1);
	assert_int_equal(id.loginuid, UINT32_MAX); /* the service's own is nobody else's */
	identity_of_peer(&id, &service, 0, 0);
	assert_true(identity_is_host(&id));
	identity_of_peer(&id, &service, 99, 1);
	assert_true(identity_is_host(&id));
}

static void login_hidden(void **state)
{
	const struct identity service = {.self = 99, .set_uid = true, .loginuid = UINT32_MAX, .audit = true},
	                      without = {.self = 99, .set_uid = true, .loginuid = UINT32_MAX};
	static struct fake_host f;
	struct principal p;
	struct identity id;

	(void)state;
	fake_host_init(&f);
	identity_of_peer(&id, &service, 1000, -1);
	identity_principal(&id, &f.host, &p);
	assert_true(p.login_hidden);
	assert_int_equal(p.loginuid, UINT32_MAX);
	identity_of_peer(&id, &without, 1000, -1); /* a kernel without audit */
	assert_false(id.login_hidden);
	assert_int_equal(look(1000, 99, 06511, 99, &id), AUTHZ_OK);
	assert_int_equal(id.audit, access("/proc/self/loginuid", R_OK) == 0);
	assert_false(id.login_hidden);
	identity_of_peer(&id, &id, 1000, getpid());
	assert_false(id.login_hidden);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the helper never works as uid 0, whoever starts it (identity MUST 1)", never_root, NULL, NULL, NULL},
		{"an installed helper works as its owner, one of a build as whoever starts it", installed, NULL, NULL, NULL},
		{"a set-user-ID bit without effect has its reason (identity MUST 2)", bit_without_effect, NULL, NULL, NULL},
		{"without the bit it works for its owner, or with a state of the caller's, alone (identity MUST 2)", bit_not_there, NULL, NULL, NULL},
		{"uid 0 and the helper's own uid are the host, nobody else is (identity MUST 3)", who_is_the_host, NULL, NULL, NULL},
		{"a peer of the service is who connected, whoever started it (identity MUST 3)", who_is_a_peer, NULL, NULL, NULL},
		{"a peer that is gone is none that nobody has logged in (identity MUST 4)", login_hidden, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
