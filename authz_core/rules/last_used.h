/* SPDX-License-Identifier: ISC */
/*
 * When a user and each of its groups were last used, to the second: the fine half of a date that the authority store keeps
 * by days (profile_record.h).
 *
 * Records of the token store, gone at the next boot with it: L u uid, L g gid.  They are no tokens: the sweep leaves them
 * alone, no quota counts them.  There are at most as many as users with tokens and groups of those.
 */
#ifndef AUTHZ_RULES_LAST_USED_H
#define AUTHZ_RULES_LAST_USED_H

#include "rules/owner.h"

/* Seconds since 1970; 0: not since the host was started.  kind 'u' or 'g'. */
enum authz_result last_used_read(struct rules *r, struct store_txn *t, char kind, uint32_t id, int64_t *second);
/* In the write transaction of a token: the owner and the groups that were asked for, as far as the second has changed. */
enum authz_result last_used_write(struct rules *r, struct store_txn *t, const struct owner *o);

#endif
