/* SPDX-License-Identifier: ISC */
/* The helper as a service, behind a socket. */
#ifndef AUTHZ_CLIENT_CONNECT_H
#define AUTHZ_CLIENT_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "authz.h"

/*
 * Connect to the socket at "path".  AUTHZ_OK with *channel set, or with *channel -1 if no service is there (and the
 * child may be tried); anything else is the result of the call.
 */
enum authz_result connect_socket(const char *path, int64_t deadline, int *channel, struct authz_error *error);

/* Move a descriptor out of the way of 0 to 2, which a host may have closed.  -1 if that fails; it is closed then. */
int connect_clear_of_stdio(int descriptor);

#endif
