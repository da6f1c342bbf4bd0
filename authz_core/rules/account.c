/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a locked password, a passed expiry date and passed inactivity each disable an account; so does authz.
 * MUST 2: a stamp changes with the uid, the crypt field, the last change, the expiry date and each disabling.
 */
#include "rules/account.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "rules/pack.h"

/* What useradd and passwd write for "there is no password", as against "!" before a hash: "locked". */
static bool no_password(const char *crypt)
{
	static const char *const forms[] = {"*", "!", "!!", "!*"};
	size_t i;

	for (i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strcmp(crypt, forms[i]) == 0)
			return true;
	return false;
}

static bool password_expired(const struct host_account *a, int today)
{
	if (a->last_change == 0)
		return true; /* must be changed at the next login */
	return a->last_change > 0 && a->maximum >= 0 && today > a->last_change + a->maximum;
}

static bool shadow_disables(const struct host_config *config, const struct host_account *a, int today)
{
	if (a->crypt[0] == '\0')
		return !config->empty_password_allowed;
	if (a->crypt[0] == '!' && !no_password(a->crypt))
		return true;
	if (a->expire >= 0 && today >= a->expire)
		return true;
	return a->inactive >= 0 && a->last_change > 0 && a->maximum >= 0 &&
	       today > a->last_change + a->maximum + a->inactive;
}

struct account_state account_state(const struct host_config *config, const struct host_account *a,
                                   const struct profile_state *p, int today)
{
	struct account_state state = {.disabled = p->disabled, .disabled_by_authz = p->disabled};

	if (!a->known) {
		state.password = PASSWORD_UNKNOWN;
		return state;
	}
	if (shadow_disables(config, a, today))
		state.disabled = true;
	if (no_password(a->crypt))
		state.password = PASSWORD_NONE;
	else
		state.password = password_expired(a, today) ? PASSWORD_HAS_EXPIRED : PASSWORD_SET;
	return state;
}

static int by_gid(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return x < y ? -1 : x > y;
}

static void add_groups(crypto_generichash_state *hash, const gid_t *gids, size_t count)
{
	gid_t sorted[HOST_GROUPS_MAX];

	if (count == 0)
		return;
	memcpy(sorted, gids, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_gid);
	crypto_generichash_update(hash, (const unsigned char *)sorted, count * sizeof *sorted);
}

void account_stamp(unsigned char stamp[STAMP_SIZE], const unsigned char secret[32], const struct host_user *user,
                   const struct host_account *a, const struct profile_state *p, const gid_t *gids, size_t count)
{
	crypto_generichash_state hash;
	unsigned char fixed[32];
	struct pack pack = {.at = fixed, .size = sizeof fixed};

	pack_number(&pack, user->uid, 4);
	pack_number(&pack, a->known, 1);
	pack_number(&pack, (uint64_t)a->last_change, 8);
	pack_number(&pack, (uint64_t)a->expire, 8);
	pack_number(&pack, p->disable_count, 4);
	pack_number(&pack, strlen(a->crypt), 4);
	crypto_generichash_init(&hash, secret, 32, STAMP_SIZE);
	crypto_generichash_update(&hash, fixed, pack.used);
	crypto_generichash_update(&hash, (const unsigned char *)a->crypt, strlen(a->crypt));
	add_groups(&hash, gids, count);
	crypto_generichash_final(&hash, stamp, STAMP_SIZE);
	sodium_memzero(&hash, sizeof hash);
}
