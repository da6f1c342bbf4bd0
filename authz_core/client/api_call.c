/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "client/api_call.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client/failure.h"

#define CALL_CLEAN (offsetof(struct api_call, frame) + FRAME_HEADER)

struct api_call *api_begin(enum operation operation)
{
	struct api_call *call = malloc(sizeof *call);

	if (call == NULL)
		return NULL;
	memset(call, 0, CALL_CLEAN);
	call->request.operation = (uint16_t)operation;
	return call;
}

enum authz_result api_ask(const struct authz_client *client, struct api_call *call)
{
	return client_call(client, &call->request, &call->reply, call->frame, &call->error);
}

/* What the call wrote: of the frame, as much as its header says; what was none, client_call has wiped. */
static void forget(struct api_call *call)
{
	struct frame_header h;

	frame_read_header(&h, call->frame);
	explicit_bzero(call, h.length < sizeof call->frame - FRAME_HEADER ? CALL_CLEAN + h.length : sizeof *call);
	free(call);
}

enum authz_result api_end(struct api_call *call, enum authz_result result, struct authz_error *error)
{
	if (error != NULL)
		memset(error, 0, sizeof *error);
	if (call == NULL)
		return AUTHZ_NO_MEMORY;
	if (error != NULL)
		*error = call->error;
	forget(call);
	return result;
}

enum authz_result api_texts(struct api_call *call, const struct api_text *texts, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!request_set_string(&call->request, texts[i].field, texts[i].value))
			return failure(&call->error, AUTHZ_BAD_PARAMETER, texts[i].parameter);
	return AUTHZ_OK;
}

enum authz_result api_user(struct api_call *call, const char *user)
{
	const struct api_text text = {"user", user, FIELD_USER};

	return user == NULL ? failure(&call->error, AUTHZ_BAD_PARAMETER, "user") : api_texts(call, &text, 1);
}

bool api_has(const struct api_call *call, enum reply_field field)
{
	return (call->reply.has & UINT64_C(1) << field) != 0;
}

enum authz_result api_incomplete(struct api_call *call)
{
	return failure(&call->error, AUTHZ_HELPER_GARBLED, "a field is missing");
}

void api_actor(struct api_call *call, uid_t actor)
{
	if (actor == 0)
		return;
	call->request.actor = actor;
	call->request.has |= HAS(ACTOR);
}

enum authz_result api_session(struct api_call *call, const struct authz_session *session)
{
	if (session == NULL)
		return AUTHZ_OK;
	if (session->reauth != 0) {
		call->request.reauth = 1;
		call->request.has |= HAS(REAUTH);
	}
	api_actor(call, session->actor);
	return api_texts(call,
	                 (const struct api_text[]){
				 {"service", session->service, FIELD_SERVICE},
				 {"rhost", session->rhost, FIELD_RHOST},
				 {"tty", session->tty, FIELD_TTY},
			 },
	                 3);
}

/* Root's uid, and the one that stands for "none", is nobody's whom an answer may name. */
static enum authz_result take_user(struct api_call *call, const char *from, int64_t number, char name[33], uid_t *uid)
{
	if (from[0] == '\0' || number <= 0 || number >= (int64_t)UINT32_MAX)
		return failure(&call->error, AUTHZ_HELPER_GARBLED, "the user's number is none");
	memcpy(name, from, 33);
	*uid = (uid_t)number;
	return AUTHZ_OK;
}

enum authz_result api_owner(struct api_call *call, char name[33], uid_t *uid)
{
	if (!api_has(call, REPLY_USER) || !api_has(call, REPLY_UID))
		return api_incomplete(call);
	return take_user(call, call->reply.user, call->reply.uid, name, uid);
}

enum authz_result api_master(struct api_call *call, char name[33], uid_t *uid)
{
	name[0] = '\0';
	*uid = (uid_t)-1;
	if (api_has(call, REPLY_MASTER) != api_has(call, REPLY_MASTER_UID))
		return api_incomplete(call);
	if (!api_has(call, REPLY_MASTER))
		return AUTHZ_OK;
	return take_user(call, call->reply.master, call->reply.master_uid, name, uid);
}
