/* SPDX-License-Identifier: ISC */
/*
 * The calls of authz.h about masters and mailboxes that login programs need.
 *
 * MUST 1: AUTHZ_OK is returned only with an owner, and of authz_master_enter with a master who is another; an answer
 *         that lacks them is not of the protocol, and without AUTHZ_OK the entry is nobody's.
 * MUST 2: no copy of a password stays behind.
 */
#include "config.h"

#include "authz.h"
#include "client/api_call.h"
#include "client/failure.h"

static const struct authz_entry nobody = {.owner_uid = (uid_t)-1, .master_uid = (uid_t)-1};

/* One's own master is none. */
static enum authz_result take_entry(struct api_call *call, struct authz_entry *entry)
{
	enum authz_result result = api_owner(call, entry->owner, &entry->owner_uid);

	if (result == AUTHZ_OK)
		result = api_master(call, entry->master, &entry->master_uid);
	if (result == AUTHZ_OK && entry->master_uid == entry->owner_uid) {
		entry->master[0] = '\0';
		entry->master_uid = (uid_t)-1;
	}
	if (result == AUTHZ_OK && call->request.operation == OP_MASTER_ENTER && entry->master_uid == (uid_t)-1)
		result = api_incomplete(call);
	return result;
}

static enum authz_result finish(const struct authz_client *client, struct api_call *call, enum authz_result result,
                                struct authz_entry *entry, struct authz_error *error)
{
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_entry(call, entry);
	if (result != AUTHZ_OK)
		*entry = nobody;
	return api_end(call, result, error);
}

static enum authz_result set_needed(struct api_call *call, const char *parameter, const char *value, enum request_field field)
{
	const struct api_text text = {parameter, value, field};

	return value == NULL ? failure(&call->error, AUTHZ_BAD_PARAMETER, parameter) : api_texts(call, &text, 1);
}

enum authz_result authz_master_enter(const struct authz_client *client, const char *owner, const char *master, int verified,
                                     const struct authz_session *session, struct authz_entry *entry,
                                     struct authz_error *error)
{
	struct api_call *call = api_begin(OP_MASTER_ENTER);
	enum authz_result result;

	*entry = nobody;
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	call->request.verified = verified != 0;
	call->request.has |= HAS(VERIFIED);
	result = api_user(call, owner);
	if (result == AUTHZ_OK)
		result = set_needed(call, "master", master, FIELD_MASTER);
	if (result == AUTHZ_OK)
		result = api_session(call, session);
	call->request.has &= ~HAS(REAUTH); /* nobody proves himself again by it */
	return finish(client, call, result, entry, error);
}

enum authz_result authz_mailbox_bind(const struct authz_client *client, const char *owner, const char *password,
                                     const struct authz_session *session, struct authz_entry *entry,
                                     struct authz_error *error)
{
	struct api_call *call = api_begin(OP_MAILBOX_BIND);
	enum authz_result result;

	*entry = nobody;
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = api_user(call, owner);
	if (result == AUTHZ_OK)
		result = set_needed(call, "password", password, FIELD_SECRET);
	if (result == AUTHZ_OK)
		result = api_session(call, session);
	call->request.has &= ~HAS(REAUTH);
	return finish(client, call, result, entry, error);
}

enum authz_result authz_mailbox_register(const struct authz_client *client, const char *owner, const char *old_password,
                                         const char *new_password, const struct authz_session *session,
                                         struct authz_error *error)
{
	struct api_call *call = api_begin(OP_MAILBOX_REGISTER);
	enum authz_result result;

	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = api_user(call, owner);
	if (result == AUTHZ_OK)
		result = set_needed(call, "old_password", old_password, FIELD_SECRET);
	if (result == AUTHZ_OK)
		result = set_needed(call, "new_password", new_password, FIELD_NEW_SECRET);
	if (result == AUTHZ_OK)
		result = api_session(call, session);
	call->request.has &= ~HAS(REAUTH);
	return api_end(call, result == AUTHZ_OK ? api_ask(client, call) : result, error);
}
