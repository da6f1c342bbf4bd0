/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a wrong password counts, also of a user who does not exist; past the limit none is looked at.
 */
#include "rules/password.h"

#include <sodium.h>
#include <string.h>

#include "rules/account.h"
#include "rules/tries.h"

#define UNKNOWN_USERS 1024 /* names that nobody has share so many counts: their number is bounded, as that of users is */

/* A stranger's name in the place of a user: the number is no user's. */
static void stand_in(const char *name, struct host_user *user)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, (const unsigned char *)name, strlen(name), NULL, 0);
	*user = (struct host_user){.uid = (uid_t)-2 - (((unsigned)hash[0] << 8 | hash[1]) % UNKNOWN_USERS)};
	memcpy(user->name, name, strnlen(name, sizeof user->name - 1));
}

enum authz_result password_check(struct rules *r, const struct request *request, const struct owner *owner, bool may_use)
{
	const struct profile_state untouched = {.disabled = false};
	struct host_user user;
	struct host_clock now;
	bool matches = false, none;
	enum authz_result result = r->host->clock(r->host->context, &now);

	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "a clock could not be read");
	stand_in(request->user, &user);
	if (owner != NULL)
		user = owner->user;
	result = tries_take(r, &user, &now);
	if (result == AUTHZ_OK)
		result = r->host->password(r->host->context, owner != NULL ? owner->account.crypt : "", request->secret, &matches);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, user.name);
	if (owner != NULL && matches)
		return AUTHZ_OK;
	none = owner != NULL && account_state(&r->host->config, &owner->account, &untouched, now.today).password == PASSWORD_NONE;
	return rules_refuse(r, none && may_use ? AUTHZ_NO_PASSWORD : AUTHZ_PASSWORD_WRONG, user.name);
}
