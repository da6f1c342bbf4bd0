/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: an authorization is of the two users who were there when it was made, not of others who have their names now.
 */
#include "rules/cabinet_guest.h"

#include <stdio.h>
#include <string.h>

static enum authz_result is_other(struct rules *r, const char *name, bool *other)
{
	struct store_txn *t;
	struct cabinet c;
	bool found;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = cabinet_read(r, t, name, &c, &found);
	store_abort(t);
	*other = result == AUTHZ_OK && found && c.type != CABINET_PRIVATE;
	return result;
}

enum authz_result cabinet_private_ask(struct rules *r, const struct request *request, struct cabinet_named *owner)
{
	bool other = true;
	enum authz_result result = AUTHZ_OK;

	memset(owner, 0, sizeof *owner);
	if ((request->has & (HAS(CABINET) | HAS(ISN))) == HAS(CABINET))
		result = is_other(r, request->cabinet, &other);
	return result == AUTHZ_OK && !other ? cabinet_member_ask(r, request->cabinet, owner) : result;
}

enum authz_result cabinet_is_private(struct rules *r, struct store_txn *t, const struct cabinet_named *owner, bool *is,
                                     bool *locked)
{
	struct cabinet c;
	bool found;
	enum authz_result result = AUTHZ_OK;

	*is = *locked = false;
	if (owner->is_user)
		result = cabinet_read(r, t, owner->name, &c, &found);
	if (result != AUTHZ_OK || !owner->is_user)
		return result;
	*is = !found || c.type == CABINET_PRIVATE;
	*locked = *is && found && c.locked;
	return AUTHZ_OK;
}

enum authz_result cabinet_guest_link(struct rules *r, struct store_txn *t, const char *owner, const char *guest,
                                     struct cabinet_link *link, bool *found)
{
	struct cabinet_entity entity = {.kind = 'u'};

	snprintf(entity.name, sizeof entity.name, "%s", guest);
	return cabinet_link_find(r, t, RELATION_GUEST, owner, &entity, link, found);
}

bool cabinet_guest_is_live(const struct cabinet_link *link, uid_t owner)
{
	return link->profile_type != 0 && link->owner == owner;
}

/* MUST 1 */
enum authz_result cabinet_guest_find(struct rules *r, struct store_txn *t, const struct cabinet_named *owner,
                                     const struct cabinet_named *guest, struct cabinet_link *link)
{
	bool found;
	enum authz_result result = cabinet_guest_link(r, t, owner->name, guest->name, link, &found);

	if (result != AUTHZ_OK)
		return result;
	found = found && guest->is_user && link->uid == guest->uid && cabinet_guest_is_live(link, owner->uid);
	return found ? AUTHZ_OK : rules_refuse(r, AUTHZ_NOT_A_MEMBER, guest->name);
}
