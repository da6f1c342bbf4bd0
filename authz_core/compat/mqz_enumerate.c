/* SPDX-License-Identifier: ISC */
/*
 * MQZ_ENUMERATE_AUTHORITY_DATA.  The place in the list is in the component data.
 *
 * MUST 1: a call that cannot say what went wrong does nothing.
 * MUST 2: component data that is not of an enumeration is not gone on with, nor is what was begun before a start that failed.
 */
#include "config.h"

#include <string.h>

#include "compat/client.h"
#include "compat/mqz_form.h"

#define STARTED 0x5a454e55u

/* What the component data is. */
struct place {
	uint32_t started;
	struct authz_cursor cursor; /* of the next record, so that what was given may go meanwhile */
	uint32_t ended, by;
	char kind; /* 'p', 'g', or 0 */
	char type[AUTHZ_OBJECT_TYPE_SIZE], name[AUTHZ_OBJECT_SIZE], entity[AUTHZ_NAME_SIZE];
};
_Static_assert(sizeof(struct place) <= MQZ_COMPONENT_DATA_LENGTH, "a place fits");

/* ---- the filter */

static bool read_entity(struct place *p, const MQZAD *filter)
{
	const MQZED *entity = filter->EntityDataPtr;

	if (entity == NULL)
		return true;
	if (entity->EntityNamePtr == NULL || (filter->EntityType != MQZAET_PRINCIPAL && filter->EntityType != MQZAET_GROUP))
		return false;
	if (strnlen(entity->EntityNamePtr, sizeof p->entity) == sizeof p->entity)
		return false;
	p->kind = filter->EntityType == MQZAET_GROUP ? 'g' : 'p';
	return mqz_text(entity->EntityNamePtr, sizeof p->entity - 1, p->entity);
}

static bool read_options(struct place *p, const MQZAD *filter)
{
	const MQLONG options = filter->Version >= MQZAD_VERSION_2 ? filter->Options : MQAUTHOPT_NAME_EXPLICIT;
	const MQLONG name = options & (MQAUTHOPT_NAME_EXPLICIT | MQAUTHOPT_NAME_ALL_MATCHING | MQAUTHOPT_NAME_AS_WILDCARD);

	if ((options & ~(name | MQAUTHOPT_ENTITY_EXPLICIT | MQAUTHOPT_EXCLUDE_TEMP)) != 0)
		return false;
	if (name != 0 && (name & (name - 1)) != 0)
		return false;
	p->by = name == MQAUTHOPT_NAME_ALL_MATCHING  ? AUTHZ_NAME_MATCHING
	        : name == MQAUTHOPT_NAME_AS_WILDCARD ? AUTHZ_NAME_PATTERN
	                                             : AUTHZ_NAME_EXPLICIT;
	return true;
}

static bool read_filter(struct place *p, const MQZAD *filter)
{
	const char *type;

	*p = (struct place){.started = 0};
	if (filter == NULL)
		return true;
	if (memcmp(filter->StrucId, MQZAD_STRUC_ID, sizeof filter->StrucId) != 0)
		return false;
	if (filter->ObjectType != MQOT_ALL) {
		type = mqz_type(filter->ObjectType);
		if (type == NULL)
			return false;
		strcpy(p->type, type);
	}
	return mqz_text(filter->ProfileName, MQZ_OBJECT, p->name) && read_entity(p, filter) && read_options(p, filter);
}

/* ---- one record */

struct turn {
	bool found;
	struct authz_authority record;
};

/* The types that have numbers; and a profile without records has none to be shown. */
static bool is_shown(const struct authz_authority *a)
{
	return a->kind != 0 && mqz_number(a->type) != 0;
}

static void take(void *context, const struct authz_authority *a)
{
	struct turn *t = context;

	t->found = is_shown(a);
	t->record = *a;
}

static const char *or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static enum authz_result ask(struct place *p, struct turn *t)
{
	const struct authz_authority_filter filter = {.type = or_null(p->type), .name = or_null(p->name),
	                                              .user = p->kind == 'p' ? p->entity : NULL,
	                                              .group = p->kind == 'g' ? p->entity : NULL,
	                                              .by = p->by, .limit = 1};
	struct authz_error error;
	enum authz_result result = authz_authority_list(compat_client(), &filter, &p->cursor, take, t, &error);

	p->ended = p->cursor.length == 0;
	return result;
}

static enum authz_result next_record(struct place *p, struct turn *t)
{
	enum authz_result result = AUTHZ_OK;

	t->found = false;
	while (result == AUTHZ_OK && !t->found && !p->ended)
		result = ask(p, t);
	return result;
}

/* The record, and behind it its entity, and behind that the name.  The length is said though there is no room for it. */
static bool write_record(const struct authz_authority *a, MQZAD *buffer, MQLONG size, MQLONG *length)
{
	char *at = (char *)buffer;
	MQZED entity = {.Version = MQZED_VERSION_2};
	MQZAD data = {.Version = MQZAD_VERSION_2};
	const size_t name = strlen(a->entity) + 1, all = sizeof data + sizeof entity + name;

	*length = (MQLONG)all;
	if (size < 0 || (size_t)size < all || !mqz_field(data.ProfileName, MQZ_OBJECT, a->profile))
		return false;
	memcpy(data.StrucId, MQZAD_STRUC_ID, sizeof data.StrucId);
	memcpy(entity.StrucId, MQZED_STRUC_ID, sizeof entity.StrucId);
	data.ObjectType = mqz_number(a->type);
	data.Authority = (MQLONG)a->mask;
	data.EntityType = a->kind == 'g' ? MQZAET_GROUP : MQZAET_PRINCIPAL;
	data.EntityDataPtr = (MQZED *)(void *)(at + sizeof data);
	entity.EntityNamePtr = at + sizeof data + sizeof entity;
	memcpy(at, &data, sizeof data);
	memcpy(at + sizeof data, &entity, sizeof entity);
	memcpy(at + sizeof data + sizeof entity, a->entity, name);
	return true;
}

static bool is_place(const struct place *p)
{
	return p->started == STARTED && p->cursor.length <= sizeof p->cursor.bytes &&
	       memchr(p->type, '\0', sizeof p->type) != NULL && memchr(p->name, '\0', sizeof p->name) != NULL &&
	       memchr(p->entity, '\0', sizeof p->entity) != NULL;
}

/* A start that fails leaves no place: what was begun before is not gone on with in its stead. */
static bool find_place(bool start, const MQZAD *filter, struct place *p)
{
	if (!start)
		return is_place(p);
	if (!read_filter(p, filter))
		return false;
	p->started = STARTED;
	return true;
}

/* The reason.  The place moves on with what was given alone. */
static MQLONG enumerate(struct place *p, MQZAD *buffer, MQLONG size, MQLONG *length, enum authz_result *result)
{
	struct place next = *p;
	struct turn t;

	*result = next_record(&next, &t);
	if (*result != AUTHZ_OK)
		return MQRC_SERVICE_ERROR;
	if (t.found && !write_record(&t.record, buffer, size, length))
		return MQRC_BUFFER_LENGTH_ERROR;
	*p = next;
	return t.found ? MQRC_NONE : MQRC_NO_DATA_AVAILABLE;
}

void MQZ_ENUMERATE_AUTHORITY_DATA(const MQCHAR *pQMgrName, MQLONG StartEnumeration, const MQZAD *pFilter,
                                  MQLONG AuthorityBufferLength, MQZAD *pAuthorityBuffer, MQLONG *pAuthorityDataLength,
                                  MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode, MQLONG *pReason)
{
	enum authz_result result = AUTHZ_OK;
	struct place place;
	MQLONG reason = MQRC_SERVICE_ERROR;

	(void)pQMgrName;
	if (pAuthorityDataLength != NULL)
		*pAuthorityDataLength = 0;
	mqz_fail(MQRC_SERVICE_ERROR, pContinuation, pCompCode, pReason);
	if (pContinuation == NULL || pCompCode == NULL || pReason == NULL || pAuthorityBuffer == NULL ||
	    pAuthorityDataLength == NULL || pComponentData == NULL ||
	    (StartEnumeration != MQZSE_START && StartEnumeration != MQZSE_CONTINUE))
		return;
	memcpy(&place, pComponentData, sizeof place);
	if (find_place(StartEnumeration == MQZSE_START, pFilter, &place))
		reason = enumerate(&place, pAuthorityBuffer, AuthorityBufferLength, pAuthorityDataLength, &result);
	memcpy(pComponentData, &place, sizeof place);
	if (result != AUTHZ_OK)
		mqz_end(result, pContinuation, pCompCode, pReason);
	else
		mqz_fail(reason, pContinuation, pCompCode, pReason);
}
