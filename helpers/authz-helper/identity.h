/* SPDX-License-Identifier: ISC */
/* Who started the helper, what the helper is now, and why it has not the privilege that its file promises. */
#ifndef AUTHZ_HELPER_IDENTITY_H
#define AUTHZ_HELPER_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

#include "host/host.h"

struct identity {
	uid_t caller;     /* real uid at the start: the client made it its effective one; of the service the peer's */
	uid_t self;       /* effective uid at the start: whom the helper works as */
	gid_t group;      /* effective gid at the start: shadow's, in an installed helper */
	bool set_uid;     /* the file has the set-user-ID bit: an installed helper */
	uint32_t loginuid;
	bool audit;        /* the kernel knows loginuids */
	bool login_hidden; /* and that of this peer could not be read */
};

/*
 * Look, before anything is dropped.  "own": the state is in a folder that the caller named, so no privilege is needed.
 * AUTHZ_OK; AUTHZ_BAD_INSTALL (the helper would work as root); where the file's set-user-ID bit did not take effect the
 * reason: AUTHZ_NO_NEW_PRIVS, _NOSUID, _USER_NAMESPACE, _NOT_SETUID; the last also where it is needed and is not there.
 */
enum authz_result identity_look(struct identity *id, bool own);

/* Who asks the service: the peer of a connection, as the kernel noted when it connected. */
void identity_of_peer(struct identity *id, const struct identity *service, uid_t uid, pid_t pid);

/* Uid 0, or the helper's own. */
bool identity_is_host(const struct identity *id);

/* The principal behind it; the name is asked of NSS.  Uid 0 and the helper's own uid are the host. */
void identity_principal(const struct identity *id, struct host *host, struct principal *p);

#endif
