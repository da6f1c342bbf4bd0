/* SPDX-License-Identifier: ISC */
/*
 * The state of an account, from what shadow says, what authz itself says, and the day (DESIGN 3.3, "Account state").
 */
#ifndef AUTHZ_RULES_ACCOUNT_H
#define AUTHZ_RULES_ACCOUNT_H

#include "host/host.h"
#include "rules/profile_record.h"
#include "rules/token_record.h"

enum password_state { PASSWORD_SET, PASSWORD_NONE, PASSWORD_HAS_EXPIRED, PASSWORD_UNKNOWN };

struct account_state {
	bool disabled, disabled_by_authz;
	enum password_state password;
};

struct account_state account_state(const struct host_config *config, const struct host_account *a,
                                   const struct profile_state *p, int today);

/*
 * The stamp of an account: a keyed hash of what must not change while a token lives.  Dates that pass by themselves are
 * not in it; they are worked out at each use.
 */
void account_stamp(unsigned char stamp[STAMP_SIZE], const unsigned char secret[32], const struct host_user *user,
                   const struct host_account *a, const struct profile_state *p, const gid_t *gids, size_t count);

#endif
