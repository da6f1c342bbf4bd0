/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: all checks are looked at each time; the first that fails, in the order of doc/MASTERS, is the answer.
 * MUST 2: a user, a master or a cabinet with another number than when it was given or defined is another one.
 * MUST 3: nobody is a master of itself.
 */
#include "rules/master_set.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_record.h"
#include "rules/cabinet_who.h"
#include "rules/master_pattern.h"
#include "rules/master_record.h"
#include "rules/profile_record.h"

struct look {
	struct rules *r;
	struct store_txn *t;
	const struct host_user *owner;
	int64_t now;
	struct master_entry by;
	bool is_in, in_time; /* an entry holds the owner; one that is not over does */
};

/* The first that is not over says by which it was. */
static void take(struct look *l, const char *owners, int64_t until)
{
	const bool in_time = until == 0 || until > l->now;

	if (!l->is_in || (in_time && !l->in_time)) {
		snprintf(l->by.owners, sizeof l->by.owners, "%s", owners);
		l->by.until = until;
	}
	l->is_in = true;
	l->in_time = l->in_time || in_time;
}

static enum authz_result look_at_cabinet(struct look *l, const struct master_wide_entry *e, bool *in)
{
	const char *name = master_owners_cabinet(e->owners);
	struct cabinet_entity user = {.kind = 'u'};
	struct cabinet c;
	enum authz_result result = cabinet_read(l->r, l->t, name, &c, in);

	if (result != AUTHZ_OK || !*in || c.isn != e->isn) {
		*in = false;
		return result;
	}
	memcpy(user.name, l->owner->name, sizeof user.name);
	return cabinet_user_is_in(l->r, l->t, name, &user, l->owner->uid, in);
}

static enum authz_result look_at_wide(struct look *l, const struct master_wide_entry *e)
{
	enum authz_result result = AUTHZ_OK;
	bool in = false;

	switch (master_owners_form(e->owners)) {
	case MASTER_OWNERS_ALL:
		in = true;
		break;
	case MASTER_OWNERS_PATTERN:
		in = master_pattern_matches(e->owners, l->owner->name);
		break;
	case MASTER_OWNERS_CABINET:
		result = look_at_cabinet(l, e, &in);
		break;
	case MASTER_OWNERS_USER:
	case MASTER_OWNERS_NONE:
		return rules_store(l->r, l->r->authority, AUTHZ_STORE_DAMAGED);
	}
	if (result == AUTHZ_OK && in)
		take(l, e->owners, e->until);
	return result;
}

/* Every entry, though one was found. */
static enum authz_result look_at_set(struct look *l, const char *master, const struct master_wide *wide)
{
	struct master_user u;
	bool found;
	size_t i;
	enum authz_result result = master_user_read(l->r, l->t, master, l->owner->name, &u, &found);

	if (result == AUTHZ_OK && found && u.uid == l->owner->uid)
		take(l, u.name, u.until);
	for (i = 0; i < wide->count && result == AUTHZ_OK; i++)
		result = look_at_wide(l, &wide->entries[i]);
	return result;
}

static enum authz_result answer(struct look *l, const struct host_user *master, bool is_master,
                                const struct profile_state *masters, const struct profile_state *owners)
{
	const char *owner = l->owner->name;

	if (!is_master)
		return rules_refuse(l->r, AUTHZ_NO_MASTER, master->name);
	if (!l->is_in || master->uid == l->owner->uid || strcmp(master->name, owner) == 0)
		return rules_refuse(l->r, AUTHZ_NOT_IN_SET, owner);
	if (!l->in_time)
		return rules_refuse(l->r, AUTHZ_GRANT_OVER, owner);
	if (owners->masters_forbidden && l->r->host->config.owners_may_forbid)
		return rules_refuse(l->r, AUTHZ_OWNER_FORBIDS, owner);
	if (owners->disabled)
		return rules_refuse(l->r, AUTHZ_DISABLED, owner);
	return masters->disabled ? rules_refuse(l->r, AUTHZ_DISABLED, master->name) : AUTHZ_OK;
}

bool master_is_refusal(enum authz_result result)
{
	return result == AUTHZ_NO_MASTER || result == AUTHZ_NOT_IN_SET || result == AUTHZ_GRANT_OVER ||
	       result == AUTHZ_OWNER_FORBIDS || result == AUTHZ_DISABLED;
}

enum authz_result master_may_enter(struct rules *r, struct store_txn *t, const struct host_user *master,
                                   const struct host_user *owner, int64_t now, struct master_entry *by)
{
	struct look l = {.r = r, .t = t, .owner = owner, .now = now};
	struct profile_state masters, owners;
	struct master_wide wide;
	struct master m;
	bool found;
	enum authz_result result = master_read(r, t, master->name, &m, &wide, &found);

	if (result == AUTHZ_OK)
		result = look_at_set(&l, master->name, &wide);
	if (result == AUTHZ_OK)
		result = profile_read(r, t, owner->uid, &owners);
	if (result == AUTHZ_OK)
		result = profile_read(r, t, master->uid, &masters);
	if (result == AUTHZ_OK)
		result = answer(&l, master, found && m.uid == master->uid, &masters, &owners);
	if (by != NULL)
		*by = l.by;
	return result;
}
