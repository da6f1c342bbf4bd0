/* SPDX-License-Identifier: ISC */
/* authz-helper --serve: the helper as a service behind a socket. */
#ifndef AUTHZ_HELPER_SERVE_H
#define AUTHZ_HELPER_SERVE_H

#include "identity.h"
#include "place.h"

/*
 * Serve until SIGTERM or SIGINT, in the foreground; the exit status.  "fit" is what identity_look said.  Where root started
 * an installed helper, the socket is made as root; then everything of root is dropped for good, before anything is read.
 */
int serve(const struct place *place, const struct identity *id, enum authz_result fit);

#endif
