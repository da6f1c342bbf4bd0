/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: only root makes anything.
 * MUST 2: "tokens" and "view" are given to the helper only inside a folder of root that nobody else may write, and only if
 *         they are root's own folders and no links.
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

/* The folder that the helper's own is in; -1 if it is not as root makes it. */
static int open_parent(const char *path, bool make)
{
	bool made = make && mkdir(path, 0755) == 0;
	int parent = open_folder(AT_FDCWD, path);
	struct stat st;

	if (parent < 0)
		return -1;
	if (made)
		fchmod(parent, 0755); /* the umask is the host's */
	if (fstat(parent, &st) == 0 && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return parent;
	close(parent);
	return -1;
}

static void give(int parent, const char *name, mode_t mode, const struct helper_ids *owner)
{
	int folder;
	struct stat st;

	mkdirat(parent, name, 0700);
	folder = open_folder(parent, name);
	if (folder < 0)
		return;
	if (fstat(folder, &st) == 0 && st.st_uid == 0 && fchmod(folder, mode) == 0 &&
	    fchown(folder, owner->uid, owner->gid) != 0)
		unlinkat(parent, name, AT_REMOVEDIR); /* the helper will say that it is missing */
	close(folder);
}

/* The one look that a call costs where all is well. */
static bool is_there(const char *parent, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", parent, name);
	return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid != 0;
}

static void make(const char *parent, bool make_parent, const char *name, mode_t mode, const char *helper)
{
	struct authz_error error = {""};
	struct helper_ids owner;
	int folder;

	if (is_there(parent, name) || helper_ids_of(helper, &owner, &error) != AUTHZ_OK || !owner.root)
		return;
	folder = open_parent(parent, make_parent);
	if (folder < 0)
		return;
	give(folder, name, mode, &owner);
	close(folder);
}

void runtime_make(const char *rundir, const char *statedir, const char *helper)
{
	make(rundir, true, "tokens", 0700, helper);
	/* everybody reads views; without a state folder there is no store that one could be of */
	make(statedir, false, "view", 0755, helper);
}
