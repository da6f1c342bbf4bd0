/* SPDX-License-Identifier: ISC */
/*
 * The calls of authz.h that ask the helper.
 *
 * MUST 1: AUTHZ_OK is returned only with all that it promises; an answer that lacks it is not of the protocol.
 * MUST 2: without AUTHZ_OK the token is zeros and the identity nobody's.
 * MUST 3: no copy of a token stays behind.
 */
#include "config.h"

#include <string.h>

#include "authz.h"
#include "client/api_call.h"

static const struct authz_identity nobody = {.uid = (uid_t)-1, .master_uid = (uid_t)-1};

static void set_token(struct api_call *call, const unsigned char token[AUTHZ_TOKEN_SIZE])
{
	memcpy(call->request.token, token, AUTHZ_TOKEN_SIZE);
	call->request.has |= HAS(TOKEN);
}

/* Kind, time-out and bindings. */
static enum authz_result set_wishes(struct api_call *call, const struct authz_token_request *r)
{
	const struct api_text texts[] = {
		{"bind_service", r->bind_service, FIELD_BIND_SERVICE},
		{"bind_rhost", r->bind_rhost, FIELD_BIND_RHOST},
		{"bind_tty", r->bind_tty, FIELD_BIND_TTY},
	};

	call->request.timeout = r->timeout;
	call->request.type = r->type;
	call->request.has |= HAS(TIMEOUT) | HAS(TYPE);
	if (r->bind_uid != (uid_t)-1) {
		call->request.bind_uid = r->bind_uid;
		call->request.has |= HAS(BIND_UID);
	}
	return api_texts(call, texts, sizeof texts / sizeof *texts);
}

static enum authz_result set_generate(struct api_call *call, const struct authz_token_request *r)
{
	const struct api_text texts[] = {{"password", r->secret, FIELD_SECRET}, {"master", r->master, FIELD_MASTER}};
	enum authz_result result = api_user(call, r->user);

	call->request.password = r->password;
	call->request.has |= HAS(PASSWORD);
	api_actor(call, r->actor);
	if (result == AUTHZ_OK)
		result = set_wishes(call, r);
	return result == AUTHZ_OK ? api_texts(call, texts, 2) : result;
}

enum authz_result authz_token_generate(const struct authz_client *client, const struct authz_token_request *request,
                                       unsigned char token[AUTHZ_TOKEN_SIZE], struct authz_error *error)
{
	struct api_call *call = api_begin(OP_TOKEN_GENERATE);
	enum authz_result result;

	memset(token, 0, AUTHZ_TOKEN_SIZE);
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = set_generate(call, request);
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK && !api_has(call, REPLY_TOKEN))
		result = api_incomplete(call);
	if (result == AUTHZ_OK)
		memcpy(token, call->reply.token, AUTHZ_TOKEN_SIZE);
	return api_end(call, result, error);
}

static enum authz_result take_identity(struct api_call *call, struct authz_identity *identity)
{
	enum authz_result result = api_owner(call, identity->user, &identity->uid);

	if (result == AUTHZ_OK)
		result = api_master(call, identity->master, &identity->master_uid);
	if (result == AUTHZ_OK)
		identity->overridden = (unsigned)call->reply.overridden;
	return result;
}

enum authz_result authz_token_redeem(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                     const char *user, const struct authz_session *session,
                                     struct authz_identity *identity, struct authz_error *error)
{
	struct api_call *call = api_begin(OP_TOKEN_REDEEM);
	enum authz_result result;

	*identity = nobody;
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	set_token(call, token);
	result = api_user(call, user);
	if (result == AUTHZ_OK)
		result = api_session(call, session);
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_identity(call, identity);
	if (result != AUTHZ_OK)
		*identity = nobody;
	return api_end(call, result, error);
}

enum authz_result authz_token_remove(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                     struct authz_error *error)
{
	struct api_call *call = api_begin(OP_TOKEN_REMOVE);

	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	set_token(call, token);
	return api_end(call, api_ask(client, call), error);
}

/* The common part of the calls that have nothing but a token. */
static struct api_call *begin_with(enum operation operation, const unsigned char token[AUTHZ_TOKEN_SIZE])
{
	struct api_call *call = api_begin(operation);

	if (call != NULL)
		set_token(call, token);
	return call;
}

static enum authz_result take_token(struct api_call *call, unsigned char token[AUTHZ_TOKEN_SIZE], int *seconds)
{
	if (!api_has(call, REPLY_TOKEN) || !api_has(call, REPLY_SECONDS))
		return api_incomplete(call);
	memcpy(token, call->reply.token, AUTHZ_TOKEN_SIZE);
	if (seconds != NULL)
		*seconds = (int)call->reply.seconds;
	return AUTHZ_OK;
}

enum authz_result authz_token_regenerate(const struct authz_client *client, const unsigned char from[AUTHZ_TOKEN_SIZE],
                                         const struct authz_token_request *request,
                                         unsigned char token[AUTHZ_TOKEN_SIZE], int *seconds, struct authz_error *error)
{
	struct api_call *call = begin_with(OP_TOKEN_REGENERATE, from); /* the two may be the same */
	enum authz_result result;

	memset(token, 0, AUTHZ_TOKEN_SIZE);
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = set_wishes(call, request);
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_token(call, token, seconds);
	return api_end(call, result, error);
}

static enum authz_result take_state(struct api_call *call, struct authz_token_state *state)
{
	struct authz_identity identity = {.uid = (uid_t)-1};
	enum authz_result result;

	if (!api_has(call, REPLY_SECONDS) || call->reply.seconds < 0 || call->reply.seconds > 3600)
		return api_incomplete(call);
	if (call->reply.seconds == 0)
		return AUTHZ_OK;
	result = take_identity(call, &identity);
	if (result != AUTHZ_OK)
		return result;
	state->seconds = (int)call->reply.seconds;
	state->uid = identity.uid;
	memcpy(state->user, identity.user, sizeof state->user);
	return AUTHZ_OK;
}

enum authz_result authz_token_inspect(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                      struct authz_token_state *state, struct authz_error *error)
{
	struct api_call *call = begin_with(OP_TOKEN_INSPECT, token);
	enum authz_result result;

	*state = (struct authz_token_state){.uid = (uid_t)-1};
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_state(call, state);
	return api_end(call, result, error);
}

enum authz_result authz_token_user(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                   const struct authz_session *session, struct authz_identity *identity,
                                   struct authz_error *error)
{
	struct api_call *call = begin_with(OP_TOKEN_USER, token);
	enum authz_result result;

	*identity = nobody;
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = api_session(call, session);
	call->request.has &= ~HAS(REAUTH); /* is asked when it is redeemed */
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_identity(call, identity);
	if (result != AUTHZ_OK)
		*identity = nobody;
	return api_end(call, result, error);
}

enum authz_result authz_token_invalidate(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                         struct authz_error *error)
{
	struct api_call *call = begin_with(OP_TOKEN_INVALIDATE, token);

	return call == NULL ? api_end(NULL, AUTHZ_NO_MEMORY, error) : api_end(call, api_ask(client, call), error);
}
