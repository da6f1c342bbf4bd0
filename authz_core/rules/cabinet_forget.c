/* SPDX-License-Identifier: ISC */
/*
 * A user is gone: whoever gets the name next is in no cabinet by it, has no mailbox, manages no group of them, and is neither a
 * master nor in the set of one.
 *
 * MUST 1: the host alone.
 * MUST 2: of a user who was forgotten no membership is left, no administration, no authorization by or of anybody, no private
 *         cabinet, no mailbox, no group of mailboxes whose manager or master it is, and what master_forget.h says.
 */
#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"
#include "rules/cabinet_change.h"
#include "rules/cabinet_name.h"
#include "rules/mailbox_record.h"
#include "rules/master_forget.h"

struct forgetting {
	struct cabinet_change change; /* the first */
	unsigned links, sets;
};

static enum authz_result shape(struct cabinet_change *c)
{
	if (!c->r->caller.is_host)
		return rules_refuse(c->r, AUTHZ_HOST_ONLY, "");
	return cabinet_member_name_fits(c->request->user) ? AUTHZ_OK : rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "user");
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	(void)t;
	c->event.owner = c->request->user;
	return c->actor.is_host ? AUTHZ_OK : rules_refuse(c->r, AUTHZ_HOST_ONLY, "");
}

static enum authz_result empty_list(struct cabinet_change *c, struct store_txn *t, const struct cabinet_entity *user,
                                    enum cabinet_list list)
{
	struct forgetting *f = (struct forgetting *)c;
	struct cabinet_link link;
	enum authz_result result = cabinet_link_first(c->r, t, user, list, &link);

	while (result == AUTHZ_OK && link.isn != 0) {
		f->links += link.relation != RELATION_GUEST || link.profile_type != 0;
		cabinet_touch_link(c->touched, &link);
		result = cabinet_link_remove(c->r, t, &link);
		if (result == AUTHZ_OK)
			result = cabinet_link_first(c->r, t, user, list, &link);
	}
	return result;
}

/* Its password would open it to the next one of that name. */
static enum authz_result erase_private(struct cabinet_change *c, struct store_txn *t, const struct cabinet_entity *user)
{
	struct cabinet cabinet;
	bool found;
	enum authz_result result = cabinet_read(c->r, t, user->name, &cabinet, &found);

	return result == AUTHZ_OK && found && cabinet.type == CABINET_PRIVATE ? cabinet_erase(c->r, t, &cabinet) : result;
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	struct forgetting *f = (struct forgetting *)c;
	struct cabinet_entity user = {.kind = 'u'};
	enum authz_result result = AUTHZ_OK;
	int list;

	memcpy(user.name, c->request->user, sizeof user.name);
	for (list = 0; list < CABINET_LISTS && result == AUTHZ_OK; list++)
		result = empty_list(c, t, &user, (enum cabinet_list)list);
	if (result == AUTHZ_OK)
		result = erase_private(c, t, &user);
	if (result == AUTHZ_OK) /* a password server of the site's is not told: doc/MASTERS */
		result = mailbox_erase(c->r, t, user.name);
	if (result == AUTHZ_OK)
		result = box_groups_forget(c->r, t, user.name);
	if (result == AUTHZ_OK)
		result = master_forget(c->r, t, user.name, &f->sets);
	snprintf(c->detail, sizeof c->detail, "links=%u sets=%u", f->links, f->sets);
	return result;
}

enum authz_result cabinet_forget(struct rules *r, const struct request *request, struct answer *answer)
{
	static const struct cabinet_steps steps = {shape, decide, NULL, apply};
	struct forgetting f = {.change = {.r = r, .request = request, .event = {.event = "cabinet.forget"}}};
	enum authz_result result = cabinet_change_run(&f.change, &steps);

	if (result != AUTHZ_OK)
		return result;
	answer->reply.has |= 1u << REPLY_COUNT;
	answer->reply.count = f.links;
	return AUTHZ_OK;
}
