/* SPDX-License-Identifier: ISC */
/* authz_token_remove_all: the one call of authz.h that asks more than once. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "authz.h"
#include "client/call.h"
#include "client/failure.h"

struct removal {
	struct request request;
	struct reply reply;
	struct authz_error error;
	uint64_t removed;
	unsigned char frame[FRAME_REPLY_MAX];
};

static enum authz_result ask_page(const struct authz_client *client, struct removal *m)
{
	const uint64_t wanted = UINT64_C(1) << REPLY_COUNT | UINT64_C(1) << REPLY_TOTAL;
	enum authz_result result = client_call(client, &m->request, &m->reply, m->frame, &m->error);

	if (result == AUTHZ_OK && ((m->reply.has & wanted) != wanted || m->reply.count < 0 || m->reply.total < 0))
		return failure(&m->error, AUTHZ_HELPER_GARBLED, "a field is missing");
	m->removed += result == AUTHZ_OK ? (uint64_t)m->reply.count : 0;
	return result;
}

/* The next page's place; false at the end. */
static bool go_on(struct removal *m)
{
	if ((m->reply.has & UINT64_C(1) << REPLY_CURSOR) == 0 || m->reply.cursor.length == 0)
		return false;
	memcpy(m->request.cursor.bytes, m->reply.cursor.bytes, m->reply.cursor.length);
	m->request.cursor.length = m->reply.cursor.length;
	m->request.has |= HAS(CURSOR);
	return true;
}

static enum authz_result remove_pages(const struct authz_client *client, struct removal *m,
                                      int (*progress)(void *context, uint64_t removed, uint64_t left), void *context)
{
	enum authz_result result;

	do {
		result = ask_page(client, m);
		if (result != AUTHZ_OK)
			return result;
		if (progress != NULL && progress(context, m->removed, (uint64_t)m->reply.total) != 0)
			return AUTHZ_OK;
	} while (go_on(m));
	return AUTHZ_OK;
}

enum authz_result authz_token_remove_all(const struct authz_client *client, const char *user,
                                         int (*progress)(void *context, uint64_t removed, uint64_t left), void *context,
                                         struct authz_error *error)
{
	struct removal *m = calloc(1, sizeof *m);
	enum authz_result result;

	if (error != NULL)
		memset(error, 0, sizeof *error);
	if (m == NULL)
		return AUTHZ_NO_MEMORY;
	m->request.operation = OP_TOKEN_REMOVE_ALL;
	if (user != NULL && !request_set_string(&m->request, FIELD_USER, user))
		result = failure(&m->error, AUTHZ_BAD_PARAMETER, "user");
	else
		result = remove_pages(client, m, progress, context);
	if (error != NULL)
		*error = m->error;
	free(m);
	return result;
}
