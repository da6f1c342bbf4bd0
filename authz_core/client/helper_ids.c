/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: root never runs a helper as root.
 * MUST 2: root runs no file that others than its owner could have written.
 */
#include "config.h"

#include "client/helper_ids.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/failure.h"

enum authz_result helper_ids_of(const char *path, struct helper_ids *who, struct authz_error *error)
{
	struct stat st;

	*who = (struct helper_ids){.root = geteuid() == 0, .uid = geteuid(), .gid = getegid()};
	if (!who->root)
		return AUTHZ_OK;
	if (stat(path, &st) != 0)
		return failure_errno(error, AUTHZ_HELPER_MISSING, path, errno);
	if (!S_ISREG(st.st_mode) || st.st_uid == 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return failure(error, AUTHZ_BAD_INSTALL, path);
	who->uid = st.st_uid;
	who->gid = st.st_gid;
	return AUTHZ_OK;
}
