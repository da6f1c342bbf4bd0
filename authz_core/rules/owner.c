/* SPDX-License-Identifier: ISC */
#include "rules/owner.h"

#include <sodium.h>

#include "rules/system_profile.h"

enum authz_result owner_find(struct rules *r, const char *name, bool groups, struct owner *o)
{
	struct host *host = r->host;
	char why[256] = "";
	enum authz_result result;

	if (system_profile_name(&host->config, name))
		return rules_refuse(r, AUTHZ_SYSTEM_PROFILE, name);
	result = host->user_by_name(host->context, name, &o->user);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, result == AUTHZ_USER_NOT_FOUND ? name : "the look-up of a user failed");
	if (system_profile(&host->config, o->user.name, o->user.uid))
		return rules_refuse(r, AUTHZ_SYSTEM_PROFILE, name);
	o->group_count = 0;
	if (groups || host->config.kill_on_group_change)
		result = host->groups(host->context, &o->user, o->gids, &o->group_count);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "the look-up of a user's groups failed");
	result = host->account(host->context, o->user.name, &o->account, why);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, why);
	result = host->clock(host->context, &o->now);
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, "a clock could not be read");
}

enum authz_result owner_stamp(struct rules *r, struct store_txn *authority, const struct owner *o,
                              const struct profile_state *p, unsigned char stamp[STAMP_SIZE])
{
	unsigned char secret[32];
	enum authz_result result = rules_store(r, r->authority, store_secret(authority, secret));

	if (result == AUTHZ_OK)
		account_stamp(stamp, secret, &o->user, &o->account, p, o->gids,
		              r->host->config.kill_on_group_change ? o->group_count : 0);
	sodium_memzero(secret, sizeof secret);
	return result;
}

enum authz_result owner_state(struct rules *r, struct store_txn *authority, const struct owner *o, struct profile_state *p,
                              struct account_state *state, unsigned char stamp[STAMP_SIZE])
{
	enum authz_result result = profile_read(r, authority, o->user.uid, p);

	if (result == AUTHZ_OK)
		result = owner_stamp(r, authority, o, p, stamp);
	if (result == AUTHZ_OK)
		*state = account_state(&r->host->config, &o->account, p, o->now.today);
	return result;
}

void owner_wipe(struct owner *o)
{
	sodium_memzero(&o->account, sizeof o->account);
}
