/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: nobody becomes root, or the uid that stands for "none".
 * MUST 2: groups, then gid, then uid, each real, effective and saved; then root cannot be had again, or it is not done.
 * MUST 3: what fails leaves the process as it was, or is called half.
 * MUST 4: where capabilities would survive the change of uid, nothing is begun.  Those to inherit do, and may be PAM's gift
 *         to the user: whether there are any is told.
 */
#include "config.h"

#include "become/become.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRY_MAX (1u << 20) /* bytes of a passwd entry */
#define GROUPS_MAX 65536     /* of Linux */

struct ids {
	uid_t u[3];
	gid_t g[3];
	gid_t *groups;
	int count;
};

static bool copy_account(struct become *b, const struct passwd *p)
{
	b->user = strdup(p->pw_name);
	b->home = strdup(p->pw_dir);
	b->shell = strdup(p->pw_shell);
	b->uid = p->pw_uid;
	b->gid = p->pw_gid;
	return b->user != NULL && b->home != NULL && b->shell != NULL;
}

static enum authz_result find_account(struct become *b, const char *user)
{
	struct passwd entry, *found = NULL;
	size_t size = 4096;
	char *text = NULL, *more;
	int error = ERANGE;
	enum authz_result result = AUTHZ_NO_MEMORY;

	while (error == ERANGE && size <= ENTRY_MAX && (more = realloc(text, size)) != NULL) {
		text = more;
		error = getpwnam_r(user, &entry, text, size, &found);
		size *= 2;
	}
	/* a name is compared to the letter, which not all sources of users do */
	if (error == 0)
		result = found == NULL || strcmp(found->pw_name, user) != 0 ? AUTHZ_USER_NOT_FOUND
		         : copy_account(b, found) ? AUTHZ_OK : AUTHZ_NO_MEMORY;
	free(text);
	return result;
}

static enum authz_result find_groups(struct become *b)
{
	int room = 64, count;
	gid_t *more;

	do {
		count = room;
		more = realloc(b->groups, (size_t)room * sizeof *more);
		if (more == NULL)
			return AUTHZ_NO_MEMORY;
		b->groups = more;
		if (getgrouplist(b->user, b->gid, b->groups, &count) >= 0) {
			b->count = count;
			return AUTHZ_OK;
		}
		room = count > room ? count : room * 2;
	} while (room <= GROUPS_MAX);
	return AUTHZ_NO_MEMORY;
}

enum authz_result become_look_up(struct become *b, const char *user, struct authz_error *error)
{
	enum authz_result result;

	*b = (struct become){.uid = (uid_t)-1, .gid = (gid_t)-1};
	(void)snprintf(error->subject, sizeof error->subject, "%s", user);
	result = find_account(b, user);
	if (result == AUTHZ_OK && (b->uid == 0 || b->uid == (uid_t)-1 || b->gid == (gid_t)-1))
		result = AUTHZ_SYSTEM_PROFILE;
	return result == AUTHZ_OK ? find_groups(b) : result;
}

void become_free(struct become *b)
{
	free(b->user);
	free(b->home);
	free(b->shell);
	free(b->groups);
	*b = (struct become){.uid = (uid_t)-1};
}

static bool has_capabilities(void)
{
	const uint32_t needed = UINT32_C(1) << CAP_SETUID | UINT32_C(1) << CAP_SETGID;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & needed) == needed;
}

bool become_inherits(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint32_t inheritable = 0;

	if (syscall(SYS_capget, &header, data) != 0)
		return true;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		inheritable |= data[i].inheritable;
	return inheritable != 0;
}

bool become_possible(void)
{
	const int bits = prctl(PR_GET_SECUREBITS);

	return geteuid() == 0 && has_capabilities() && bits >= 0 &&
	       ((unsigned)bits & (SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP | SECBIT_NOROOT)) == 0;
}

static bool remember(struct ids *old)
{
	old->count = getgroups(0, NULL);
	old->groups = old->count < 0 ? NULL : calloc((size_t)old->count + 1, sizeof *old->groups);
	return old->groups != NULL && getgroups(old->count, old->groups) == old->count &&
	       getresuid(&old->u[0], &old->u[1], &old->u[2]) == 0 && getresgid(&old->g[0], &old->g[1], &old->g[2]) == 0;
}

/* A process that could have root again is not the user. */
static bool is_done(const struct become *b)
{
	struct ids now;

	return getresuid(&now.u[0], &now.u[1], &now.u[2]) == 0 && getresgid(&now.g[0], &now.g[1], &now.g[2]) == 0 &&
	       now.u[0] == b->uid && now.u[1] == b->uid && now.u[2] == b->uid && now.g[0] == b->gid && now.g[1] == b->gid &&
	       now.g[2] == b->gid && setresuid((uid_t)-1, 0, (uid_t)-1) != 0 && setresuid(0, (uid_t)-1, (uid_t)-1) != 0 &&
	       setgroups(0, NULL) != 0;
}

static enum become_outcome change(const struct become *b, const struct ids *old)
{
	bool back = true;

	if (setgroups((size_t)b->count, b->groups) != 0)
		return BECOME_NOT;
	if (setresgid(b->gid, b->gid, b->gid) == 0) {
		if (setresuid(b->uid, b->uid, b->uid) == 0)
			return is_done(b) ? BECOME_DONE : BECOME_HALF;
		back = setresgid(old->g[0], old->g[1], old->g[2]) == 0;
	}
	return setgroups((size_t)old->count, old->groups) == 0 && back ? BECOME_NOT : BECOME_HALF;
}

enum become_outcome become_user(const struct become *b)
{
	struct ids old = {.count = 0};
	enum become_outcome outcome = BECOME_NOT;

	if (b->uid != 0 && b->uid != (uid_t)-1 && b->gid != (gid_t)-1 && remember(&old))
		outcome = change(b, &old);
	free(old.groups);
	return outcome;
}
