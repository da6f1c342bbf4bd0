/* SPDX-License-Identifier: ISC */
/*
 * The helper as a child of the calling process, which notices nothing of it (DESIGN 3.1, "Client side").
 */
#ifndef AUTHZ_CLIENT_CHILD_H
#define AUTHZ_CLIENT_CHILD_H

#include "authz.h"

struct child {
	int channel; /* our end of the socket pair: request out, reply in */
	int pidfd;
};

/*
 * Start the helper at "path" with one end of a socket pair as descriptors 0 and 1.  AUTHZ_OK; AUTHZ_HELPER_MISSING (with
 * path and errno's text as subject), AUTHZ_BAD_INSTALL (root calls, and the helper is root's own), AUTHZ_NO_RESOURCES.
 */
enum authz_result child_start(struct child *c, const char *path, struct authz_error *error);

/*
 * Close, after a whole reply and the end of the stream behind it: the helper has nothing more to do but to end, and that
 * takes as long as a tenth of the call.  It is waited for only where it became our child; elsewhere its parent reaps it.
 */
void child_leave(struct child *c);

/* Close; kill the helper if it is still there and may be killed; reap it if it became our child. */
void child_end(struct child *c);

#endif
