/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: only root makes anything.
 * MUST 2: "tokens" is given to the helper only inside a folder of root that nobody else may write, and only if it is
 *         root's own folder and no link.
 */
#include "config.h"

#include "client/runtime.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/connect.h"
#include "client/helper_ids.h"

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int open_folder(int at, const char *name)
{
	return connect_clear_of_stdio(openat(at, name, OPEN_FOLDER));
}

/* The run-time folder, made if need be; -1 if it is not as root makes it. */
static int open_rundir(const char *path)
{
	bool made = mkdir(path, 0755) == 0;
	int rundir = open_folder(AT_FDCWD, path);
	struct stat st;

	if (rundir < 0)
		return -1;
	if (made)
		fchmod(rundir, 0755); /* the umask is the host's */
	if (fstat(rundir, &st) == 0 && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return rundir;
	close(rundir);
	return -1;
}

static void give_tokens(int rundir, const struct helper_ids *owner)
{
	int tokens;
	struct stat st;

	mkdirat(rundir, "tokens", 0700);
	tokens = open_folder(rundir, "tokens");
	if (tokens < 0)
		return;
	if (fstat(tokens, &st) == 0 && st.st_uid == 0 && fchmod(tokens, 0700) == 0 &&
	    fchown(tokens, owner->uid, owner->gid) != 0)
		unlinkat(rundir, "tokens", AT_REMOVEDIR); /* the helper will say that it is missing */
	close(tokens);
}

/* The one look that a call costs where all is well. */
static bool is_there(const char *rundir)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, "%s/tokens", rundir);
	return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid != 0;
}

void runtime_make(const char *rundir, const char *helper)
{
	struct authz_error error = {""};
	struct helper_ids owner;
	int folder;

	if (is_there(rundir) || helper_ids_of(helper, &owner, &error) != AUTHZ_OK || !owner.root)
		return;
	folder = open_rundir(rundir);
	if (folder < 0)
		return;
	give_tokens(folder, &owner);
	close(folder);
}
