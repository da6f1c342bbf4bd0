/* SPDX-License-Identifier: ISC */
/* A result of the client's own, with its subject. */
#ifndef AUTHZ_CLIENT_FAILURE_H
#define AUTHZ_CLIENT_FAILURE_H

#include "authz.h"

/* The result, with "what" as its subject. */
enum authz_result failure(struct authz_error *error, enum authz_result result, const char *what);
/* The result, with "what: text of number" as its subject. */
enum authz_result failure_errno(struct authz_error *error, enum authz_result result, const char *what, int number);

#endif
