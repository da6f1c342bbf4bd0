/* SPDX-License-Identifier: ISC */
#include "rules/cabinet_see.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_name.h"

static enum authz_result is_in(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor,
                               const struct cabinet *cabinet, bool *in)
{
	struct cabinet_link link;

	if (actor->entity.kind == 'u')
		return cabinet_user_is_in(r, t, cabinet->name, &actor->entity, actor->uid, in);
	return cabinet_link_find(r, t, RELATION_MEMBER, cabinet->name, &actor->entity, &link, in);
}

enum authz_result cabinet_sees(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor,
                               const struct cabinet *cabinet, bool *sees)
{
	enum authz_result result;

	*sees = false;
	if (strcmp(cabinet->name, CABINET_TEMPLATE) == 0)
		return cabinet_supervises(r, t, actor, sees);
	*sees = cabinet->type == CABINET_PUBLIC || (actor->entity.name[0] != '\0' && strcmp(actor->entity.name, cabinet->name) == 0 &&
	                                            (actor->entity.kind == 'u') == (cabinet->type == CABINET_PRIVATE));
	if (*sees)
		return AUTHZ_OK;
	result = cabinet_administers(r, t, actor, cabinet->name, sees);
	if (result == AUTHZ_OK && !*sees && cabinet->type == CABINET_SHARED && actor->entity.name[0] != '\0')
		result = is_in(r, t, actor, cabinet, sees);
	return result;
}

const char *cabinet_type_text(enum cabinet_type type)
{
	static const char *const texts[CABINET_TYPES] = {"private", "standalone", "shared", "public"};

	return texts[type];
}

const char *cabinet_state_text(const struct cabinet *cabinet)
{
	return cabinet->locked ? "locked" : cabinet->marked ? "marked" : "live";
}

enum authz_result cabinet_member_count(struct rules *r, struct store_txn *t, const char *cabinet, uint64_t *count)
{
	struct cabinet_entity of = {.kind = 'c'};
	uint64_t cabinets = 0;
	enum authz_result result;

	snprintf(of.name, sizeof of.name, "%s", cabinet);
	result = cabinet_link_count(r, t, &of, LIST_USERS, count);
	if (result == AUTHZ_OK)
		result = cabinet_link_count(r, t, &of, LIST_CABINETS, &cabinets);
	*count += cabinets;
	return result;
}
