/* SPDX-License-Identifier: ISC */
/*
 * One call of the helper: a request out, its reply back, by whichever carrier works (DESIGN 3.1).
 */
#ifndef AUTHZ_CLIENT_CALL_H
#define AUTHZ_CLIENT_CALL_H

#include "authz.h"
#include "wire/reply.h"
#include "wire/request.h"

/*
 * Ask.  Sets request->id.  "frame" holds the reply while its entries are read.  The result is the reply's own, or what
 * was met on the way; subject is always terminated.  "reply" is all zeros unless a reply was decoded.
 */
enum authz_result client_call(const struct authz_client *client, struct request *request, struct reply *reply,
                              unsigned char frame[FRAME_REPLY_MAX], struct authz_error *error);

#endif
