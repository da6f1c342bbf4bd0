/* SPDX-License-Identifier: ISC */
/* The calls of authz.h on authorities. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "client/api_call.h"
#include "client/failure.h"

#define ITEM_SIZE 64
enum { TYPE, PROFILE, KIND, ENTITY, MASK, STATE, MAKER, MADE, ITEMS };

/* Names that have to be there; of an entity, which may be NULL, exactly one. */
static enum authz_result set_names(struct api_call *call, const struct authz_object *object, const struct authz_entity *entity)
{
	const struct api_text texts[] = {
		{"object type", object->type, FIELD_OBJECT_TYPE},
		{"object", object->name, FIELD_OBJECT},
		{"principal", entity == NULL ? NULL : entity->user, FIELD_PRINCIPAL},
		{"group", entity == NULL ? NULL : entity->group, FIELD_GROUP},
	};
	size_t i;

	for (i = 0; i < 2; i++)
		if (texts[i].value == NULL || texts[i].value[0] == '\0')
			return failure(&call->error, AUTHZ_BAD_PARAMETER, texts[i].parameter);
	if (entity != NULL && (entity->user == NULL) == (entity->group == NULL))
		return failure(&call->error, AUTHZ_BAD_PARAMETER, "entity");
	return api_texts(call, texts, 4);
}

static struct api_call *begin(enum operation operation, const struct authz_object *object, const struct authz_entity *entity,
                              enum authz_result *result)
{
	struct api_call *call = api_begin(operation);

	*result = call == NULL ? AUTHZ_NO_MEMORY : set_names(call, object, entity);
	return call;
}

/* Check, and set. */
static enum authz_result with_mask(const struct authz_client *client, enum operation operation, const struct authz_object *object,
                                   const struct authz_entity *entity, uint32_t mask, struct authz_error *error)
{
	enum authz_result result;
	struct api_call *call = begin(operation, object, entity, &result);

	if (result == AUTHZ_OK) {
		call->request.mask = mask;
		call->request.has |= HAS(MASK);
		result = api_ask(client, call);
	}
	return api_end(call, result, error);
}

enum authz_result authz_authority_check(const struct authz_client *client, const struct authz_object *object,
                                        const struct authz_entity *entity, uint32_t mask, struct authz_error *error)
{
	return with_mask(client, OP_AUTHORITY_CHECK, object, entity, mask, error);
}

enum authz_result authz_authority_set(const struct authz_client *client, const struct authz_object *object,
                                      const struct authz_entity *entity, uint32_t mask, struct authz_error *error)
{
	return with_mask(client, OP_AUTHORITY_SET, object, entity, mask, error);
}

static enum authz_result take_mask(struct api_call *call, uint32_t *mask)
{
	if (!api_has(call, REPLY_MASK))
		return api_incomplete(call);
	if (call->reply.mask < 0 || call->reply.mask > UINT32_MAX)
		return failure(&call->error, AUTHZ_HELPER_GARBLED, "the mask is none");
	*mask = (uint32_t)call->reply.mask;
	return AUTHZ_OK;
}

static enum authz_result ask_mask(const struct authz_client *client, enum operation operation, const struct authz_object *object,
                                  const struct authz_entity *entity, uint32_t *mask, struct authz_error *error)
{
	enum authz_result result;
	struct api_call *call = begin(operation, object, entity, &result);

	*mask = 0;
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_mask(call, mask);
	return api_end(call, result, error);
}

enum authz_result authz_authority_get(const struct authz_client *client, const struct authz_object *object,
                                      const struct authz_entity *entity, uint32_t *mask, struct authz_error *error)
{
	return ask_mask(client, OP_AUTHORITY_GET, object, entity, mask, error);
}

enum authz_result authz_authority_explicit(const struct authz_client *client, const struct authz_object *object,
                                           const struct authz_entity *entity, uint32_t *mask, struct authz_error *error)
{
	return ask_mask(client, OP_AUTHORITY_EXPLICIT, object, entity, mask, error);
}

enum authz_result authz_authority_copy(const struct authz_client *client, const struct authz_object *from, const char *to,
                                       struct authz_error *error)
{
	const struct authz_object target = {from->type, to};
	const struct api_text reference = {"reference object", from->name, FIELD_REFERENCE};
	enum authz_result result;
	struct api_call *call = begin(OP_AUTHORITY_COPY, &target, NULL, &result);

	if (result == AUTHZ_OK && (from->name == NULL || from->name[0] == '\0'))
		result = failure(&call->error, AUTHZ_BAD_PARAMETER, reference.parameter);
	if (result == AUTHZ_OK)
		result = api_texts(call, &reference, 1);
	return api_end(call, result == AUTHZ_OK ? api_ask(client, call) : result, error);
}

/* One part; *left: there are more. */
static enum authz_result delete_some(const struct authz_client *client, const struct authz_object *object, bool *left,
                                     struct authz_error *error)
{
	enum authz_result result;
	struct api_call *call = begin(OP_AUTHORITY_DELETE, object, NULL, &result);

	*left = false;
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK && !(api_has(call, REPLY_COUNT) && api_has(call, REPLY_TOTAL)))
		result = api_incomplete(call);
	if (result == AUTHZ_OK && call->reply.total > 0) {
		*left = true;
		if (call->reply.count <= 0)
			result = failure(&call->error, AUTHZ_HELPER_GARBLED, "nothing is deleted");
	}
	return api_end(call, result, error);
}

enum authz_result authz_authority_delete(const struct authz_client *client, const struct authz_object *object,
                                         struct authz_error *error)
{
	enum authz_result result;
	bool left;

	do
		result = delete_some(client, object, &left, error);
	while (result == AUTHZ_OK && left);
	return result;
}

/* ---- list */

static bool take_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoimax(text, &end, 10);
	return end != text && *end == '\0' && errno == 0 && *number >= least && *number <= most;
}

static bool take_text(const char *text, char *to, size_t size)
{
	if (strlen(text) >= size)
		return false;
	strcpy(to, text);
	return true;
}

static bool take_record(char items[ITEMS][ITEM_SIZE], struct authz_authority *out)
{
	int64_t mask, maker;

	if ((items[KIND][0] != 'p' && items[KIND][0] != 'g') || items[KIND][1] != '\0' || items[ENTITY][0] == '\0')
		return false;
	if (!take_number(items[MASK], 1, UINT32_MAX, &mask) || !take_number(items[MAKER], 0, UINT32_MAX, &maker) ||
	    !take_number(items[MADE], INT64_MIN, INT64_MAX, &out->made))
		return false;
	out->kind = items[KIND][0];
	out->mask = (uint32_t)mask;
	out->maker = (uid_t)maker;
	out->gone = items[STATE][0] != '\0';
	return take_text(items[ENTITY], out->entity, sizeof out->entity);
}

static bool take_row(struct frame_reader *row, struct authz_authority *out)
{
	char items[ITEMS][ITEM_SIZE];
	size_t i;

	*out = (struct authz_authority){.maker = (uid_t)-1};
	for (i = 0; i < ITEMS; i++)
		if (!frame_next_item(row, items[i], ITEM_SIZE))
			return false;
	return items[TYPE][0] != '\0' && take_text(items[TYPE], out->type, sizeof out->type) && items[PROFILE][0] != '\0' &&
	       take_text(items[PROFILE], out->profile, sizeof out->profile) && (items[KIND][0] == '\0' || take_record(items, out));
}

/* All rows are looked at before the first is shown. */
static enum authz_result give_rows(struct api_call *call, void (*each)(void *, const struct authz_authority *), void *context)
{
	struct reply again = call->reply;
	struct authz_authority a;
	struct frame_reader row;

	while (reply_next_entry(&again, &row))
		if (!take_row(&row, &a))
			return failure(&call->error, AUTHZ_HELPER_GARBLED, "a row is not of the list");
	while (reply_next_entry(&call->reply, &row))
		if (take_row(&row, &a))
			each(context, &a);
	return AUTHZ_OK;
}

static enum authz_result set_filter(struct api_call *call, const struct authz_authority_filter *filter)
{
	const struct api_text texts[] = {
		{"object type", filter->type, FIELD_OBJECT_TYPE},
		{"object", filter->name, FIELD_OBJECT},
		{"principal", filter->user, FIELD_PRINCIPAL},
		{"group", filter->group, FIELD_GROUP},
	};

	call->request.which = filter->by;
	call->request.has |= HAS(WHICH);
	call->request.limit = filter->limit;
	call->request.has |= filter->limit > 0 ? HAS(LIMIT) : 0;
	return api_texts(call, texts, 4);
}

static enum authz_result set_cursor(struct api_call *call, const struct authz_cursor *cursor)
{
	if (cursor->length > sizeof cursor->bytes)
		return failure(&call->error, AUTHZ_BAD_PARAMETER, "cursor");
	if (cursor->length == 0)
		return AUTHZ_OK;
	memcpy(call->request.cursor.bytes, cursor->bytes, cursor->length);
	call->request.cursor.length = cursor->length;
	call->request.has |= HAS(CURSOR);
	return AUTHZ_OK;
}

enum authz_result authz_authority_list(const struct authz_client *client, const struct authz_authority_filter *filter,
                                       struct authz_cursor *cursor,
                                       void (*each)(void *context, const struct authz_authority *record), void *context,
                                       struct authz_error *error)
{
	struct api_call *call = api_begin(OP_AUTHORITY_LIST);
	enum authz_result result = call == NULL ? AUTHZ_NO_MEMORY : set_cursor(call, cursor);

	if (result == AUTHZ_OK && filter != NULL)
		result = set_filter(call, filter);
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = give_rows(call, each, context);
	memset(cursor, 0, sizeof *cursor);
	if (result == AUTHZ_OK && api_has(call, REPLY_CURSOR)) {
		memcpy(cursor->bytes, call->reply.cursor.bytes, call->reply.cursor.length);
		cursor->length = call->reply.cursor.length;
	}
	return api_end(call, result, error);
}
