/* SPDX-License-Identifier: ISC */
/* Whom the helper is started as. */
#ifndef AUTHZ_CLIENT_HELPER_IDS_H
#define AUTHZ_CLIENT_HELPER_IDS_H

#include <stdbool.h>

#include "authz.h"

struct helper_ids {
	bool root; /* the caller may turn into others */
	uid_t uid;
	gid_t gid;
};

/*
 * The caller's effective ids; for root those of the helper's file, which must not be root's, nor writable by anybody
 * but its owner.  AUTHZ_OK, AUTHZ_HELPER_MISSING, AUTHZ_BAD_INSTALL.
 */
enum authz_result helper_ids_of(const char *path, struct helper_ids *who, struct authz_error *error);

#endif
