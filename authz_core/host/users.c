/* SPDX-License-Identifier: ISC */
/*
 * Users and groups, by NSS.
 *
 * MUST 1: who a user is is asked anew each time; uid 0 alone is known for a second.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/machine.h"
#include "store/holder.h"

#define AUTHZ_SUBGID_FILE "/etc/subgid"
#define ROOT_KNOWN_MS 1000
#define BUFFER_FIRST 4096
#define BUFFER_MAX (16u << 20) /* a group of some hundred thousand members */

/* One look-up with a buffer that grows: a call of NSS, told apart by "kind", behind one form. */
struct query {
	enum { USER_BY_NAME, USER_BY_UID, GROUP_BY_NAME, GROUP_BY_GID } kind;
	const char *name;
	id_t id;
	struct passwd passwd;
	struct group group;
	bool found;
};

static int ask(struct query *q, char *buffer, size_t size)
{
	struct passwd *pw = NULL;
	struct group *gr = NULL;
	int error = EINVAL;

	switch (q->kind) {
	case USER_BY_NAME:
		error = getpwnam_r(q->name, &q->passwd, buffer, size, &pw);
		break;
	case USER_BY_UID:
		error = getpwuid_r((uid_t)q->id, &q->passwd, buffer, size, &pw);
		break;
	case GROUP_BY_NAME:
		error = getgrnam_r(q->name, &q->group, buffer, size, &gr);
		break;
	case GROUP_BY_GID:
		error = getgrgid_r((gid_t)q->id, &q->group, buffer, size, &gr);
		break;
	}
	q->found = pw != NULL || gr != NULL;
	return error;
}

/* The numbers that POSIX allows for "there is no such entry", as against "it could not be asked". */
static bool means_not_found(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH;
}

/* AUTHZ_OK: asked, and *buffer (to be freed) holds what was found, if q->found. */
static enum authz_result look_up(struct query *q, char **buffer)
{
	size_t size;
	int error;

	for (size = BUFFER_FIRST; size <= BUFFER_MAX; size *= 2) {
		*buffer = malloc(size);
		if (*buffer == NULL)
			return AUTHZ_NO_MEMORY;
		error = ask(q, *buffer, size);
		if (q->found || means_not_found(error))
			return AUTHZ_OK;
		free(*buffer);
		*buffer = NULL;
		if (error != ERANGE && error != EINTR)
			return AUTHZ_INTERNAL;
	}
	return AUTHZ_INTERNAL;
}

static enum authz_result find_user(struct query *q, struct host_user *out)
{
	char *buffer = NULL;
	enum authz_result result = look_up(q, &buffer);

	memset(out, 0, sizeof *out);
	if (result == AUTHZ_OK && (!q->found || strlen(q->passwd.pw_name) >= sizeof out->name))
		result = AUTHZ_USER_NOT_FOUND;
	if (result == AUTHZ_OK) {
		snprintf(out->name, sizeof out->name, "%s", q->passwd.pw_name);
		out->uid = q->passwd.pw_uid;
		out->gid = q->passwd.pw_gid;
	}
	free(buffer);
	return result;
}

enum authz_result users_by_name(void *context, const char *name, struct host_user *out)
{
	struct query q = {.kind = USER_BY_NAME, .name = name};

	(void)context;
	return find_user(&q, out);
}

static bool root_is_known(const struct machine *m, uint64_t now)
{
	return m->root.known && now < m->root.until;
}

/*
 * All logins are asked for by root, and many tokens made: for a second its name is not asked again.  No rule depends
 * on it; it stands in the audit, beside the uid.
 */
enum authz_result users_by_uid(void *context, uid_t uid, struct host_user *out)
{
	struct query q = {.kind = USER_BY_UID, .id = uid};
	struct machine *m = uid == 0 ? context : NULL;
	const uint64_t now = m != NULL ? holder_now_ms(CLOCK_MONOTONIC) : 0;
	enum authz_result result;

	if (m != NULL && root_is_known(m, now)) {
		*out = m->root.user;
		return AUTHZ_OK;
	}
	result = find_user(&q, out);
	if (m != NULL)
		m->root = (struct machine_root){.known = result == AUTHZ_OK, .until = now + ROOT_KNOWN_MS, .user = *out};
	return result;
}

enum authz_result users_group_by_name(void *context, const char *name, gid_t *out)
{
	struct query q = {.kind = GROUP_BY_NAME, .name = name};
	char *buffer = NULL;
	enum authz_result result = look_up(&q, &buffer);

	(void)context;
	if (result == AUTHZ_OK && !q.found)
		result = AUTHZ_UNKNOWN_ENTITY;
	if (result == AUTHZ_OK)
		*out = q.group.gr_gid;
	free(buffer);
	return result;
}

enum authz_result users_group_name(void *context, gid_t gid, char out[NAME_SIZE])
{
	struct query q = {.kind = GROUP_BY_GID, .id = gid};
	char *buffer = NULL;
	enum authz_result result = look_up(&q, &buffer);

	(void)context;
	out[0] = '\0';
	if (result == AUTHZ_OK && q.found && strlen(q.group.gr_name) < NAME_SIZE)
		snprintf(out, NAME_SIZE, "%s", q.group.gr_name);
	free(buffer);
	return result;
}

enum authz_result users_gid_free(void *context, gid_t gid, gid_t *next)
{
	struct query q = {.kind = GROUP_BY_GID, .id = gid};
	char *buffer = NULL;
	gid_t last;
	bool known;
	enum authz_result result;

	(void)context;
	*next = gid;
	if (subgid_range(AUTHZ_SUBGID_FILE, gid, &last, &known)) {
		*next = last + 1;
		return AUTHZ_OK;
	}
	if (!known)
		return AUTHZ_INTERNAL;
	result = look_up(&q, &buffer);
	free(buffer);
	if (result == AUTHZ_OK && q.found)
		*next = gid + 1;
	return result;
}

enum authz_result users_groups(void *context, const struct host_user *user, gid_t gids[HOST_GROUPS_MAX], size_t *count)
{
	int number = HOST_GROUPS_MAX;

	(void)context;
	if (getgrouplist(user->name, user->gid, gids, &number) < 0)
		return AUTHZ_INTERNAL;
	*count = (size_t)number;
	return AUTHZ_OK;
}
