/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the helper never works as uid 0.
 * MUST 2: where its set-user-ID bit did not take effect, or is not there, it says why, and does nothing else.
 * MUST 3: only uid 0 and the helper's own uid are the host.
 * MUST 4: a peer whose login user cannot be read, for it is gone, say, is not taken for one that nobody has logged in.
 */
#include "identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, text, size - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static bool in_user_namespace(void)
{
	char map[256];
	unsigned long inside, outside, count;

	if (!read_file("/proc/self/uid_map", map, sizeof map))
		return false;
	return sscanf(map, "%lu %lu %lu", &inside, &outside, &count) != 3 || inside != 0 || outside != 0 || count < UINT32_MAX;
}

static enum authz_result why_unprivileged(void)
{
	struct statvfs fs;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return AUTHZ_NO_NEW_PRIVS;
	if (statvfs(SELF, &fs) == 0 && (fs.f_flag & ST_NOSUID))
		return AUTHZ_NOSUID;
	return in_user_namespace() ? AUTHZ_USER_NAMESPACE : AUTHZ_NOT_SETUID;
}

/* false: there is no such process, it is hidden, or the kernel has no audit. */
static bool read_loginuid(const char *path, uint32_t *uid)
{
	char text[16];
	const bool done = read_file(path, text, sizeof text);

	*uid = done ? (uint32_t)strtoul(text, NULL, 10) : UINT32_MAX;
	return done;
}

enum authz_result identity_look(struct identity *id, bool own)
{
	struct stat st;

	*id = (struct identity){.caller = getuid(), .self = geteuid(), .group = getegid()};
	id->audit = read_loginuid("/proc/self/loginuid", &id->loginuid);
	if (stat(SELF, &st) != 0)
		return AUTHZ_BAD_INSTALL;
	id->set_uid = st.st_mode & S_ISUID;
	if (id->set_uid && st.st_uid != 0 && id->self != st.st_uid)
		return why_unprivileged();
	/* the places of the build are the file's owner's: without the bit anybody else would blame the stores */
	if (!id->set_uid && !own && id->self != 0 && id->self != st.st_uid)
		return AUTHZ_NOT_SETUID;
	return id->self == 0 || (id->set_uid && st.st_uid == 0) ? AUTHZ_BAD_INSTALL : AUTHZ_OK;
}

/*
 * The process may be gone by now while another holds its connection: then it is not known whose session that is.  It may be
 * another by now, too.  So a loginuid is a trace: for the audit, and for the master's name on a token (rules/token_mark.h),
 * which takes and never gives.
 */
void identity_of_peer(struct identity *id, const struct identity *service, uid_t uid, pid_t pid)
{
	char path[40];

	snprintf(path, sizeof path, "/proc/%ld/loginuid", (long)pid);
	*id = *service;
	id->caller = uid;
	id->login_hidden = !read_loginuid(path, &id->loginuid) && service->audit;
}

bool identity_is_host(const struct identity *id)
{
	return id->caller == 0 || id->caller == id->self;
}

void identity_principal(const struct identity *id, struct host *host, struct principal *p)
{
	struct host_user user;

	*p = (struct principal){.uid = id->caller, .loginuid = id->loginuid, .login_hidden = id->login_hidden};
	p->is_host = identity_is_host(id);
	/* An installed helper's own uid is root's client, which turned into it on the way. */
	if (p->is_host && id->set_uid)
		p->uid = 0;
	if (host->user_by_uid(host->context, p->uid, &user) == AUTHZ_OK)
		memcpy(p->name, user.name, sizeof p->name);
}
