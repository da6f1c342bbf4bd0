/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: foreign programs run neither as root nor as the helper's user, nor with a group of theirs, nor with shadow's.
 * MUST 2: what was dropped is gone for good: uids, gids, capabilities; no program gains any by what it executes.
 * MUST 3: with a socket of its own it serves whoever started it, as whom it runs, and is neither root nor authz-exit.
 */
#include "drop.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"
#include "harden.h"

#define GROUPS_MAX 1024
#define FORBIDDEN "%s is in a group of root's, in the helper's, or in shadow"

__attribute__((format(printf, 2, 3))) static bool refuse(char why[DROP_WHY_SIZE], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, DROP_WHY_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static bool look_own(struct launcher *l, char why[DROP_WHY_SIZE])
{
	const struct passwd *exits = getpwnam(AUTHZ_EXIT_USER);

	l->user = l->client = geteuid();
	l->group = getegid();
	if (l->user == 0 || getuid() == 0)
		return refuse(why, "--own is not for root");
	if (exits != NULL && exits->pw_uid == l->user)
		return refuse(why, "--own is not for %s", AUTHZ_EXIT_USER);
	return true;
}

bool drop_look(struct launcher *l, bool own, char why[DROP_WHY_SIZE])
{
	const struct passwd *pw;

	*l = (struct launcher){.own = own, .places = -1};
	if (own)
		return look_own(l, why);
	pw = getpwnam(AUTHZ_USER);
	if (pw == NULL)
		return refuse(why, "there is no user %s", AUTHZ_USER);
	l->client = pw->pw_uid;
	pw = getpwnam(AUTHZ_EXIT_USER);
	if (pw == NULL)
		return refuse(why, "there is no user %s", AUTHZ_EXIT_USER);
	l->user = pw->pw_uid;
	l->group = pw->pw_gid;
	if (l->user == 0 || l->user == l->client)
		return refuse(why, "%s has the number of another user", AUTHZ_EXIT_USER);
	if (geteuid() != 0 && geteuid() != l->user)
		return refuse(why, "root starts it, or %s", AUTHZ_EXIT_USER);
	return true;
}

static bool is_forbidden(const struct launcher *l, gid_t gid)
{
	const struct passwd *helper = getpwuid(l->client);
	const struct group *shadow;

	if (gid == 0 || (helper != NULL && helper->pw_gid == gid))
		return true;
	shadow = getgrnam(AUTHZ_SHADOW_GROUP);
	return shadow != NULL && shadow->gr_gid == gid;
}

/* A tester's groups are the tester's own affair. */
static bool has_no_group_of_theirs(const struct launcher *l, char why[DROP_WHY_SIZE])
{
	gid_t groups[GROUPS_MAX];
	int i, count = getgroups(GROUPS_MAX, groups);

	if (l->own)
		return true;
	if (count < 0)
		return refuse(why, "its groups: %s", strerror(errno));
	for (i = 0; i < count; i++)
		if (is_forbidden(l, groups[i]))
			return refuse(why, FORBIDDEN, AUTHZ_EXIT_USER);
	return !is_forbidden(l, l->group) || refuse(why, FORBIDDEN, AUTHZ_EXIT_USER);
}

static bool change(const struct launcher *l)
{
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;

	if (geteuid() == 0 && initgroups(AUTHZ_EXIT_USER, l->group) != 0)
		return false;
	if (setresgid(l->group, l->group, l->group) != 0 || setresuid(l->user, l->user, l->user) != 0)
		return false;
	return getresuid(&real, &effective, &saved) == 0 && real == l->user && effective == l->user && saved == l->user &&
	       getresgid(&real_group, &effective_group, &saved_group) == 0 && real_group == l->group &&
	       effective_group == l->group && saved_group == l->group && setresuid((uid_t)-1, 0, (uid_t)-1) != 0;
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* a kernel without them has none */
	return syscall(SYS_capset, &header, none) == 0;
}

bool drop_now(const struct launcher *l, char why[DROP_WHY_SIZE])
{
	if (!change(l))
		return refuse(why, "it cannot become %s", l->own ? "who started it" : AUTHZ_EXIT_USER);
	if (!drop_capabilities() || !harden_gain())
		return refuse(why, "privileges cannot be dropped");
	return has_no_group_of_theirs(l, why);
}
