/* SPDX-License-Identifier: ISC */
/* The calls of authz.h that show cabinets. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/api_cabinet.h"
#include "client/failure.h"

#define ITEM_SIZE 640

/* Which items of a row are what a row of authz.h has; a row of fewer items is none. */
struct form {
	size_t count, isn, name, profile, type, through, security, marks;
};
static const struct form member_form = {.count = 8, .isn = 0, .type = 1, .name = 2, .profile = 3, .through = 5, .security = 6,
                                        .marks = 7};
static const struct form where_form = {.count = 7, .name = 0, .type = 1, .isn = 2, .through = 3, .profile = 4, .security = 5,
                                       .marks = 6};

#define ITEMS_MAX 8

static bool take_number(const char *text, uint32_t most, uint32_t *number)
{
	uint64_t n = 0;

	if (*text == '\0' || strlen(text) > 10 || strspn(text, "0123456789") != strlen(text))
		return false;
	for (; *text != '\0'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	*number = (uint32_t)n;
	return n <= most;
}

static bool take_profile(const char *text, enum authz_profile_type *profile)
{
	static const char *const words[] = {"shared", "private", "special"};
	size_t i;

	for (i = 0; i < 3; i++)
		if (strcmp(text, words[i]) == 0) {
			*profile = (enum authz_profile_type)(i + 1);
			return true;
		}
	return false;
}

/* Both are there of a special profile, and else neither. */
static bool take_special(const char *security, const char *marks, struct authz_membership *m)
{
	if (m->profile != AUTHZ_PROFILE_SPECIAL)
		return *security == '\0' && *marks == '\0';
	return take_number(security, 9999, &m->special.security) && take_number(marks, CABINET_MARK_ALL, &m->special.marks);
}

static bool take_name(const char *text, char name[AUTHZ_NAME_SIZE])
{
	if (strlen(text) >= AUTHZ_NAME_SIZE)
		return false;
	strcpy(name, text);
	return true;
}

/* What is in a list is a user, whose private cabinet it is, or a shared cabinet. */
static bool take_row(struct frame_reader *row, const struct form *form, struct authz_membership *out)
{
	char items[ITEMS_MAX][ITEM_SIZE];
	size_t i;

	*out = (struct authz_membership){.isn = 0};
	for (i = 0; i < form->count; i++)
		if (!frame_next_item(row, items[i], ITEM_SIZE))
			return false;
	out->type = strcmp(items[form->type], "user") == 0 || strcmp(items[form->type], "P") == 0 ? AUTHZ_CABINET_PRIVATE
	                                                                                         : AUTHZ_CABINET_SHARED;
	return take_number(items[form->isn], 99999999, &out->isn) && take_name(items[form->name], out->name) &&
	       out->name[0] != '\0' && take_profile(items[form->profile], &out->profile) &&
	       take_special(items[form->security], items[form->marks], out) && take_name(items[form->through], out->through);
}

static enum authz_result garbled(struct api_call *call)
{
	return failure(&call->error, AUTHZ_HELPER_GARBLED, "a row is not of the list");
}

/* All rows are looked at before the first is shown. */
static enum authz_result give_rows(struct api_call *call, const struct form *form,
                                   void (*each)(void *, const struct authz_membership *), void *context)
{
	struct reply again = call->reply;
	struct authz_membership m;
	struct frame_reader row;

	while (reply_next_entry(&again, &row))
		if (!take_row(&row, form, &m))
			return garbled(call);
	while (reply_next_entry(&call->reply, &row))
		if (take_row(&row, form, &m))
			each(context, &m);
	return AUTHZ_OK;
}

/* One page, and where the next begins. */
static enum authz_result ask_page(const struct authz_client *client, struct api_call *call, const struct form *form,
                                  struct authz_cursor *cursor, void (*each)(void *, const struct authz_membership *),
                                  void *context)
{
	enum authz_result result;

	if (cursor->length > sizeof cursor->bytes)
		return failure(&call->error, AUTHZ_BAD_PARAMETER, "cursor");
	if (cursor->length > 0) {
		memcpy(call->request.cursor.bytes, cursor->bytes, cursor->length);
		call->request.cursor.length = cursor->length;
		call->request.has |= HAS(CURSOR);
	}
	result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = give_rows(call, form, each, context);
	memset(cursor, 0, sizeof *cursor);
	if (result == AUTHZ_OK && api_has(call, REPLY_CURSOR)) {
		memcpy(cursor->bytes, call->reply.cursor.bytes, call->reply.cursor.length);
		cursor->length = call->reply.cursor.length;
	}
	return result;
}

/* A cabinet by its name or its number: exactly one of them. */
static struct api_call *begin(enum operation operation, const struct authz_acting *acting, const char *cabinet, uint32_t isn,
                              enum authz_result *result)
{
	const struct api_text name = {"cabinet", cabinet, FIELD_CABINET};
	struct api_call *call = api_cabinet_begin(operation, acting, &name, cabinet != NULL || isn == 0, result);

	if (*result != AUTHZ_OK || isn == 0)
		return call;
	call->request.isn = isn;
	call->request.has |= HAS(ISN);
	return call;
}

enum authz_result authz_cabinet_members(const struct authz_client *client, const struct authz_acting *acting,
                                        const char *cabinet, uint32_t isn, struct authz_cursor *cursor,
                                        void (*each)(void *context, const struct authz_membership *member), void *context,
                                        struct authz_error *error)
{
	enum authz_result result;
	struct api_call *call = begin(OP_CABINET_MEMBERS, acting, cabinet, isn, &result);

	if (result == AUTHZ_OK) {
		call->request.which = CABINET_DIRECT;
		call->request.has |= HAS(WHICH);
		result = ask_page(client, call, &member_form, cursor, each, context);
	}
	return api_end(call, result, error);
}

enum authz_result authz_cabinet_where(const struct authz_client *client, const struct authz_acting *acting, const char *user,
                                      struct authz_cursor *cursor,
                                      void (*each)(void *context, const struct authz_membership *in), void *context,
                                      struct authz_error *error)
{
	const struct api_text name = {"user", user, FIELD_USER};
	enum authz_result result;
	struct api_call *call = api_cabinet_begin(OP_CABINET_WHERE, acting, &name, user != NULL, &result);

	if (result == AUTHZ_OK)
		result = ask_page(client, call, &where_form, cursor, each, context);
	return api_end(call, result, error);
}

/* A row of name and value: false if it is one of those that are looked for, and is not of its form. */
static bool take_value(const char *name, const char *value, struct authz_cabinet_profile *profile,
                       enum authz_profile_type *type, unsigned *found)
{
	uint32_t number;

	if (strcmp(name, "profile") == 0) {
		*found |= 1;
		return take_profile(value, type);
	}
	if (strcmp(name, "security") == 0) {
		*found |= 2;
		return take_number(value, 9999, &profile->security);
	}
	if (strcmp(name, "marks") == 0) {
		*found |= 4;
		if (!take_number(value, CABINET_MARK_ALL, &number))
			return false;
		profile->marks = number;
	}
	return true;
}

static enum authz_result take_values(struct api_call *call, struct authz_cabinet_profile *profile,
                                     enum authz_profile_type *type)
{
	char name[ITEM_SIZE], value[ITEM_SIZE];
	struct frame_reader row;
	unsigned found = 0;

	while (reply_next_entry(&call->reply, &row))
		if (!frame_next_item(&row, name, sizeof name) || !frame_next_item(&row, value, sizeof value) ||
		    !take_value(name, value, profile, type, &found))
			return garbled(call);
	return found == 7 ? AUTHZ_OK : api_incomplete(call);
}

enum authz_result authz_cabinet_profile(const struct authz_client *client, const struct authz_acting *acting,
                                        const char *cabinet, uint32_t isn, const char *member,
                                        struct authz_cabinet_profile *profile, enum authz_profile_type *type,
                                        struct authz_error *error)
{
	const struct api_text name = {"member", member, FIELD_MEMBER};
	struct authz_cabinet_profile p = {0};
	enum authz_profile_type t = AUTHZ_PROFILE_SHARED;
	enum authz_result result;
	struct api_call *call = begin(OP_CABINET_PROFILE, acting, cabinet, isn, &result);

	*profile = p;
	*type = (enum authz_profile_type)0;
	if (result == AUTHZ_OK)
		result = member == NULL || *member == '\0' ? failure(&call->error, AUTHZ_BAD_PARAMETER, "member") : api_texts(call, &name, 1);
	if (result == AUTHZ_OK)
		result = api_ask(client, call);
	if (result == AUTHZ_OK)
		result = take_values(call, &p, &t);
	if (result == AUTHZ_OK) {
		*profile = p;
		*type = t;
	}
	return api_end(call, result, error);
}
