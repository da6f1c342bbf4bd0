/* SPDX-License-Identifier: ISC */
/*
 * Owners are given to a master, or taken from it.
 *
 * MUST 1: what is given is bound to what it is now: a user to the uid, a cabinet to its ISN.
 * MUST 2: neither a system profile nor the master itself is given to it.
 * MUST 3: a master whose name is another user's now, or nobody's, is given nothing.
 * MUST 4: what is taken is taken by name, whether or not there is still such a user or cabinet.
 */
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_record.h"
#include "rules/master.h"
#include "rules/master_change.h"
#include "rules/master_pair.h"
#include "rules/system_profile.h"

#define UNTIL_MAX INT64_C(253402300799) /* the end of the year 9999 */

static enum authz_result ask_owners(struct master_change *c)
{
	const char *owners = c->request->owners;

	c->form = master_owners_form(owners);
	if (c->form == MASTER_OWNERS_NONE)
		return rules_refuse(c->r, AUTHZ_BAD_OWNERS, owners);
	return c->form == MASTER_OWNERS_USER ? master_ask_user(c->r, owners, &c->owner, &c->owner_known) : AUTHZ_OK;
}

static enum authz_result ask_given(struct master_change *c)
{
	struct rules *r = c->r;
	enum authz_result result = ask_owners(c);

	if (result != AUTHZ_OK || c->form != MASTER_OWNERS_USER)
		return result;
	if (!c->owner_known)
		return rules_refuse(r, AUTHZ_USER_NOT_FOUND, c->request->owners);
	if (system_profile(&r->host->config, c->owner.name, c->owner.uid))
		return rules_refuse(r, AUTHZ_SYSTEM_PROFILE, c->owner.name);
	return c->is_user && c->owner.uid == c->user.uid ? rules_refuse(r, AUTHZ_BAD_OWNERS, c->owner.name) : AUTHZ_OK;
}

/* Seconds; 0: for good. */
static enum authz_result find_until(const struct master_change *c, int64_t *until)
{
	*until = c->request->has & HAS(UNTIL) ? c->request->until : 0;
	if ((c->request->has & HAS(UNTIL)) && (*until <= c->now.wall / 1000000 || *until > UNTIL_MAX))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "until");
	return AUTHZ_OK;
}

static struct master_wide_entry *find_entry(struct master_change *c)
{
	size_t i;

	for (i = 0; i < c->wide.count; i++)
		if (strcmp(c->wide.entries[i].owners, c->request->owners) == 0)
			return &c->wide.entries[i];
	return NULL;
}

static enum authz_result find_cabinet(struct master_change *c, struct store_txn *t, uint32_t *isn)
{
	const char *name = master_owners_cabinet(c->request->owners);
	struct cabinet cabinet;
	bool found;
	enum authz_result result = cabinet_read(c->r, t, name, &cabinet, &found);

	*isn = cabinet.isn;
	if (result == AUTHZ_OK && (!found || cabinet.type != CABINET_SHARED))
		return rules_refuse(c->r, AUTHZ_NO_CABINET, name);
	return result;
}

static enum authz_result give_wide(struct master_change *c, struct store_txn *t, int64_t until)
{
	struct master_wide_entry *e = find_entry(c);
	uint32_t isn = 0;
	char full[NAME_SIZE + 48];
	enum authz_result result = c->form == MASTER_OWNERS_CABINET ? find_cabinet(c, t, &isn) : AUTHZ_OK;

	if (result != AUTHZ_OK)
		return result;
	if (e == NULL && c->wide.count == MASTER_WIDE_MAX) {
		snprintf(full, sizeof full, "cabinets and patterns of the set of %s", c->master.name);
		return rules_refuse(c->r, AUTHZ_MASTERS_FULL, full);
	}
	if (e == NULL)
		e = &c->wide.entries[c->wide.count++];
	*e = (struct master_wide_entry){.isn = isn, .until = until};
	snprintf(e->owners, sizeof e->owners, "%s", c->request->owners);
	return master_wide_write(c->r, t, &c->master, &c->wide);
}

static enum authz_result give(struct master_change *c, struct store_txn *t)
{
	struct master_user u = {.uid = c->owner.uid};
	enum authz_result result = find_until(c, &u.until);

	if (result != AUTHZ_OK)
		return result;
	if (!c->found || !c->is_user || c->master.uid != c->user.uid)
		return rules_refuse(c->r, AUTHZ_NO_MASTER, c->user.name);
	if (c->form != MASTER_OWNERS_USER)
		return give_wide(c, t, u.until);
	memcpy(u.name, c->owner.name, sizeof u.name);
	return master_user_put(c->r, t, &c->master, &u);
}

static enum authz_result take_wide(struct master_change *c, struct store_txn *t)
{
	struct master_wide_entry *e = find_entry(c);

	if (e == NULL)
		return rules_refuse(c->r, AUTHZ_NOT_GRANTED, c->request->owners);
	memmove(e, e + 1, (size_t)(c->wide.entries + --c->wide.count - e) * sizeof *e);
	return master_wide_write(c->r, t, &c->master, &c->wide);
}

static enum authz_result take(struct master_change *c, struct store_txn *t)
{
	bool found;
	enum authz_result result;

	if (!c->found)
		return rules_refuse(c->r, AUTHZ_NO_MASTER, c->user.name);
	if (c->form != MASTER_OWNERS_USER)
		return take_wide(c, t);
	result = master_user_drop(c->r, t, &c->master, c->owner.name, &found);
	return result == AUTHZ_OK && !found ? rules_refuse(c->r, AUTHZ_NOT_GRANTED, c->owner.name) : result;
}

enum authz_result master_grant(struct rules *r, const struct request *request)
{
	static const struct master_steps steps = {"master.grant", ask_given, give};

	return master_change_run(r, request, &steps);
}

enum authz_result master_revoke(struct rules *r, const struct request *request)
{
	static const struct master_steps steps = {"master.revoke", ask_owners, take};

	return master_change_run(r, request, &steps);
}
