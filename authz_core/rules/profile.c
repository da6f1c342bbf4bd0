/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: only *SECADM changes a profile, or looks at another's.
 * MUST 2: nobody hands on a special authority that it has not itself.
 * MUST 3: tokens that were made before a profile was disabled stay dead when it is enabled again.
 */
#include "rules/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rules/last_used.h"
#include "rules/owner.h"
#include "rules/system_profile.h"
#include "rules/tries.h"

struct profile_change {
	struct rules *r;
	const struct request *request;
	struct host_user user;
	struct profile_state state;
	uint32_t caller_special;
};

static enum authz_result set_enabled(struct profile_change *c)
{
	c->state.disabled = false;
	return AUTHZ_OK;
}

static enum authz_result set_disabled(struct profile_change *c)
{
	c->state.disabled = true;
	c->state.disable_count++;
	return AUTHZ_OK;
}

static enum authz_result set_special(struct profile_change *c)
{
	int64_t add = c->request->mask_add, drop = c->request->mask_drop;

	if (((add | drop) & ~(int64_t)SPECIAL_ALL) != 0 || (add | drop) == 0 || (add & drop) != 0)
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "special authority");
	c->state.special = (c->state.special | (uint32_t)add) & ~(uint32_t)drop;
	return profile_require_of(c->r, c->caller_special, (uint32_t)(add | drop));
}

static enum authz_result find(struct profile_change *c)
{
	struct rules *r = c->r;
	enum authz_result result;

	if (c->request->user[0] == '\0')
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "user profile name");
	result = r->host->user_by_name(r->host->context, c->request->user, &c->user);
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, c->request->user);
}

static enum authz_result apply(struct profile_change *c, struct store_txn *t, enum authz_result (*set)(struct profile_change *))
{
	struct rules *r = c->r;
	struct host_clock now;
	enum authz_result result = profile_caller_special(r, t, &c->caller_special);

	if (result == AUTHZ_OK)
		result = profile_require_of(r, c->caller_special, SPECIAL_SECADM);
	if (result == AUTHZ_OK)
		result = profile_read(r, t, c->user.uid, &c->state);
	if (result == AUTHZ_OK)
		result = set(c);
	if (result == AUTHZ_OK)
		result = r->host->clock(r->host->context, &now);
	if (result != AUTHZ_OK)
		return result;
	c->state.changed_by = r->caller.uid;
	c->state.changed_at = now.wall;
	return profile_write(r, t, c->user.uid, &c->state);
}

static enum authz_result change(struct rules *r, const struct request *request, const char *name,
                                enum authz_result (*set)(struct profile_change *))
{
	char detail[64];
	struct audit_event event = {.event = name, .caller = &r->caller, .owner = request->user, .detail = detail};
	struct profile_change c = {.r = r, .request = request};
	struct store_txn *t = NULL;
	enum authz_result result = find(&c);

	snprintf(detail, sizeof detail, "add=%llx drop=%llx", (unsigned long long)request->mask_add,
	         (unsigned long long)request->mask_drop);
	if (result == AUTHZ_OK)
		result = profile_require(r, SPECIAL_SECADM);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = apply(&c, t, set);
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, &event);
	store_abort(t);
	return rules_refused(r, &event, result);
}

enum authz_result profile_enable(struct rules *r, const struct request *request)
{
	return change(r, request, "profile.enable", set_enabled);
}

enum authz_result profile_disable(struct rules *r, const struct request *request)
{
	return change(r, request, "profile.disable", set_disabled);
}

enum authz_result profile_special(struct rules *r, const struct request *request)
{
	return change(r, request, "profile.special", set_special);
}

static void day_text(int day, char text[16])
{
	time_t seconds = (time_t)day * 86400;
	struct tm tm;

	text[0] = '\0';
	if (day > 0 && gmtime_r(&seconds, &tm) != NULL)
		strftime(text, 16, "%Y-%m-%d", &tm);
}

static const char *specials_text(uint32_t special)
{
	static const char *const texts[] = {"", "allobj", "secadm", "allobj secadm", "supervisor", "allobj supervisor",
	                                    "secadm supervisor", "allobj secadm supervisor"};

	return texts[special & SPECIAL_ALL];
}

/* What the store of tokens knows of a user, if it is within reach. */
struct use {
	bool known;
	int64_t second;           /* of last use; 0: none */
	uint64_t wrong_passwords; /* since a token was made */
};

static enum authz_result show(struct rules *r, const struct host_user *user, const struct account_state *a,
                              const struct profile_state *p, int day, const struct use *use, struct answer *answer)
{
	static const char *const passwords[] = {"set", "none", "expired", "unknown"};
	bool unknown = !a->disabled && a->password == PASSWORD_UNKNOWN;
	char uid[16], date[16], at[24] = "", wrong[24] = "";
	const char *items[] = {
		user->name, uid, a->disabled ? "disabled" : unknown ? "unknown" : "enabled", passwords[a->password],
		specials_text(p->special), date, a->disabled_by_authz ? "authz" : a->disabled ? "shadow" : "",
		system_profile(&r->host->config, user->name, user->uid) ? "yes" : "no",
		at, wrong,
	};

	snprintf(uid, sizeof uid, "%u", (unsigned)user->uid);
	day_text(day, date);
	if (use->second > 0)
		snprintf(at, sizeof at, "%" PRId64, use->second);
	if (use->known)
		snprintf(wrong, sizeof wrong, "%" PRIu64, use->wrong_passwords);
	return answer_row(answer, items, sizeof items / sizeof items[0]) ? AUTHZ_OK : rules_refuse(r, AUTHZ_INTERNAL, "row");
}

static enum authz_result ask_host(struct rules *r, const char *name, struct owner *o)
{
	char why[256] = "";
	enum authz_result result = r->host->user_by_name(r->host->context, name, &o->user);

	if (result != AUTHZ_OK)
		return rules_refuse(r, result, name);
	result = r->host->account(r->host->context, o->user.name, &o->account, why);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, why);
	return r->host->clock(r->host->context, &o->now);
}

static enum authz_result find_use(struct rules *r, uid_t uid, struct use *use)
{
	struct store_txn *t;
	enum authz_result result;

	*use = (struct use){.known = r->tokens != NULL};
	if (!use->known)
		return AUTHZ_OK;
	result = rules_begin(r, r->tokens, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = last_used_read(r, t, 'u', uid, &use->second);
	if (result == AUTHZ_OK)
		result = tries_count(r, t, uid, &use->wrong_passwords);
	store_abort(t);
	return result;
}

enum authz_result profile_show(struct rules *r, const struct request *request, struct answer *answer)
{
	struct owner o = {.user = {.name = ""}};
	struct account_state a;
	struct profile_state p;
	struct store_txn *t;
	struct use use;
	int day = 0;
	/* whether the caller may look is asked before whether the user exists */
	enum authz_result result = strcmp(request->user, r->caller.name) == 0 ? AUTHZ_OK : profile_require(r, SPECIAL_SECADM);

	if (result == AUTHZ_OK)
		result = ask_host(r, request->user, &o);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = profile_read(r, t, o.user.uid, &p);
	if (result == AUTHZ_OK)
		result = profile_last_used(r, t, 'u', o.user.uid, &day);
	store_abort(t);
	if (result == AUTHZ_OK)
		result = find_use(r, o.user.uid, &use);
	if (result != AUTHZ_OK)
		return result;
	a = account_state(&r->host->config, &o.account, &p, o.now.today);
	owner_wipe(&o);
	return show(r, &o.user, &a, &p, day, &use, answer);
}
