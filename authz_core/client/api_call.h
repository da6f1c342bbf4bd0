/* SPDX-License-Identifier: ISC */
/* What the calls of authz.h that ask the helper have in common. */
#ifndef AUTHZ_CLIENT_API_CALL_H
#define AUTHZ_CLIENT_API_CALL_H

#include "client/call.h"

/* One call with all that it needs; too large for the stacks of some threads. */
struct api_call {
	struct request request;
	struct reply reply;
	struct authz_error error;
	unsigned char frame[FRAME_REPLY_MAX]; /* but for its header never touched beyond what is received */
};

/* A parameter that is a string, NULL if it is not there. */
struct api_text {
	const char *parameter, *value;
	enum request_field field;
};

/* NULL: no memory; api_end has the result of that. */
struct api_call *api_begin(enum operation operation);
/* Strings into the request.  AUTHZ_OK; AUTHZ_BAD_PARAMETER, about the first that is too long, or for a user NULL. */
enum authz_result api_texts(struct api_call *call, const struct api_text *texts, size_t count);
enum authz_result api_user(struct api_call *call, const char *user);
/* Whom it is asked for; 0: not known. */
void api_actor(struct api_call *call, uid_t actor);
/* The claims of a login program; "session" may be NULL. */
enum authz_result api_session(struct api_call *call, const struct authz_session *session);
enum authz_result api_ask(const struct authz_client *client, struct api_call *call);
bool api_has(const struct api_call *call, enum reply_field field);
/* The result of an answer that lacks a field. */
enum authz_result api_incomplete(struct api_call *call);
/* USER and UID, and MASTER and MASTER_UID, of an answer: whole, and no user's who cannot be; without a master "" and -1. */
enum authz_result api_owner(struct api_call *call, char name[33], uid_t *uid);
enum authz_result api_master(struct api_call *call, char name[33], uid_t *uid);
/* Hand the error over, and leave nothing.  "call" may be NULL. */
enum authz_result api_end(struct api_call *call, enum authz_result result, struct authz_error *error);

#endif
