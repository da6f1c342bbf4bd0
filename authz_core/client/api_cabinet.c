/* SPDX-License-Identifier: ISC */
/* The calls of authz.h that change cabinets. */
#include "config.h"

#include "client/api_cabinet.h"

#include "client/failure.h"

/* Adding has a code of its own for what is not of its form. */
static enum authz_result bad(struct api_call *call, const char *parameter)
{
	return failure(&call->error, call->request.operation == OP_CABINET_ADD ? AUTHZ_PARAMETER_LIST : AUTHZ_BAD_PARAMETER,
	               parameter);
}

static enum authz_result set_names(struct api_call *call, const struct api_text *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (names[i].value == NULL || names[i].value[0] == '\0' ||
		    !request_set_string(&call->request, names[i].field, names[i].value))
			return bad(call, names[i].parameter);
	return AUTHZ_OK;
}

static enum authz_result set_acting(struct api_call *call, const struct authz_acting *acting)
{
	const struct api_text texts[] = {
		{"as", acting == NULL ? NULL : acting->cabinet, FIELD_AS},
		{"password", acting == NULL ? NULL : acting->password, FIELD_SECRET},
	};

	return api_texts(call, texts, 2);
}

struct api_call *api_cabinet_begin(enum operation operation, const struct authz_acting *acting, const struct api_text *names,
                                   size_t count, enum authz_result *result)
{
	struct api_call *call = api_begin(operation);

	*result = AUTHZ_NO_MEMORY;
	if (call == NULL)
		return NULL;
	*result = set_names(call, names, count);
	if (*result == AUTHZ_OK)
		*result = set_acting(call, acting);
	return call;
}

static enum authz_result take_isn(struct api_call *call, uint32_t *isn)
{
	if (!api_has(call, REPLY_ISN))
		return api_incomplete(call);
	if (call->reply.isn < 1 || call->reply.isn > 99999999)
		return failure(&call->error, AUTHZ_HELPER_GARBLED, "the ISN is none");
	if (isn != NULL)
		*isn = (uint32_t)call->reply.isn;
	return AUTHZ_OK;
}

static enum authz_result set_cabinet(struct api_call *call, const struct authz_cabinet *cabinet)
{
	const struct api_text texts[] = {{"text", cabinet->text, FIELD_TEXT}, {"password", cabinet->password, FIELD_NEW_SECRET}};

	call->request.cabinet_type = cabinet->type;
	call->request.has |= HAS(CABINET_TYPE);
	if (cabinet->gid != (gid_t)-1) {
		call->request.gid = cabinet->gid;
		call->request.has |= HAS(GID);
	}
	return api_texts(call, texts, 2);
}

enum authz_result authz_cabinet_create(const struct authz_client *client, const struct authz_acting *acting,
                                       const struct authz_cabinet *cabinet, uint32_t *isn, struct authz_error *error)
{
	const struct api_text name = {"cabinet", cabinet->name, FIELD_CABINET};
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(OP_CABINET_CREATE, acting, &name, 1, &result);

	if (isn != NULL)
		*isn = 0;
	if (result == AUTHZ_OK)
		result = set_cabinet(call, cabinet);
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_isn(call, isn);
	return api_end(call, result, error);
}

enum authz_result authz_cabinet_set_profile(const struct authz_client *client, const struct authz_acting *acting,
                                            const char *cabinet, const struct authz_cabinet_profile *profile,
                                            struct authz_error *error)
{
	const struct api_text name = {"cabinet", cabinet, FIELD_CABINET};
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(OP_CABINET_ALTER, acting, &name, 1, &result);

	if (result == AUTHZ_OK) {
		call->request.security = profile->security;
		call->request.marks = profile->marks;
		call->request.has |= HAS(SECURITY) | HAS(MARKS);
		result = api_ask(client, call);
	}
	return api_end(call, result, error);
}

enum authz_result authz_cabinet_delete(const struct authz_client *client, const struct authz_acting *acting,
                                       const char *cabinet, int from, int lock, struct authz_error *error)
{
	const struct api_text name = {"cabinet", cabinet, FIELD_CABINET};
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(OP_CABINET_DELETE, acting, &name, 1, &result);

	if (result == AUTHZ_OK) {
		call->request.lock = lock != 0;
		call->request.from = from;
		call->request.has |= HAS(LOCK) | (from == -1 ? 0 : HAS(FROM));
		result = api_ask(client, call);
	}
	return api_end(call, result, error);
}

enum authz_result authz_cabinet_undelete(const struct authz_client *client, const struct authz_acting *acting,
                                         const char *cabinet, struct authz_error *error)
{
	const struct api_text name = {"cabinet", cabinet, FIELD_CABINET};
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(OP_CABINET_UNDELETE, acting, &name, 1, &result);

	return api_end(call, result == AUTHZ_OK ? api_ask(client, call) : result, error);
}

/* Add, and change. */
static enum authz_result put_member(const struct authz_client *client, enum operation operation,
                                    const struct authz_acting *acting, const struct authz_cabinet_member *member,
                                    uint32_t *isn, struct authz_error *error)
{
	const struct api_text names[] = {
		{"cabinet", member->cabinet, FIELD_CABINET},
		{"member", member->member, FIELD_MEMBER},
		{"special", member->special, FIELD_SPECIAL},
	};
	const bool special = member->profile == AUTHZ_PROFILE_SPECIAL;
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(operation, acting, names, special ? 3 : 2, &result);

	if (result == AUTHZ_OK) {
		call->request.profile_type = member->profile;
		call->request.has |= HAS(PROFILE_TYPE);
		result = api_ask(client, call);
	}
	if (result == AUTHZ_OK && operation == OP_CABINET_ADD)
		result = take_isn(call, isn);
	return api_end(call, result, error);
}

enum authz_result authz_cabinet_add(const struct authz_client *client, const struct authz_acting *acting,
                                    const struct authz_cabinet_member *member, uint32_t *isn, struct authz_error *error)
{
	if (isn != NULL)
		*isn = 0;
	return put_member(client, OP_CABINET_ADD, acting, member, isn, error);
}

enum authz_result authz_cabinet_set(const struct authz_client *client, const struct authz_acting *acting,
                                    const struct authz_cabinet_member *member, struct authz_error *error)
{
	return put_member(client, OP_CABINET_SET, acting, member, NULL, error);
}

enum authz_result authz_cabinet_remove(const struct authz_client *client, const struct authz_acting *acting,
                                       const char *cabinet, const char *member, struct authz_error *error)
{
	const struct api_text names[] = {{"cabinet", cabinet, FIELD_CABINET}, {"member", member, FIELD_MEMBER}};
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(OP_CABINET_REMOVE, acting, names, 2, &result);

	return api_end(call, result == AUTHZ_OK ? api_ask(client, call) : result, error);
}

/* "profile" NULL: no more. */
static enum authz_result put_guest(const struct authz_client *client, enum operation operation,
                                   const struct authz_acting *acting, const char *cabinet, const char *user,
                                   const struct authz_cabinet_profile *profile, struct authz_error *error)
{
	const struct api_text names[] = {{"user", user, FIELD_MEMBER}, {"cabinet", cabinet, FIELD_CABINET}};
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(operation, acting, names, cabinet != NULL ? 2 : 1, &result);

	if (result == AUTHZ_OK && profile != NULL) {
		call->request.security = profile->security;
		call->request.marks = profile->marks;
		call->request.has |= HAS(SECURITY) | HAS(MARKS);
	}
	return api_end(call, result == AUTHZ_OK ? api_ask(client, call) : result, error);
}

enum authz_result authz_cabinet_authorize(const struct authz_client *client, const struct authz_acting *acting,
                                          const char *cabinet, const char *user, const struct authz_cabinet_profile *profile,
                                          struct authz_error *error)
{
	return put_guest(client, OP_CABINET_AUTHORIZE, acting, cabinet, user, profile, error);
}

enum authz_result authz_cabinet_withdraw(const struct authz_client *client, const struct authz_acting *acting,
                                         const char *cabinet, const char *user, struct authz_error *error)
{
	return put_guest(client, OP_CABINET_WITHDRAW, acting, cabinet, user, NULL, error);
}
