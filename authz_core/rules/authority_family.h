/* SPDX-License-Identifier: ISC */
/*
 * Generic profiles by the text before their first wildcard.
 *
 * Records of the authority store: Ai type \0 text, each listed in a shard (rules/authority_shard.h).
 *
 * MUST 1: one that is lost is damage.
 */
#ifndef AUTHZ_RULES_AUTHORITY_FAMILY_H
#define AUTHZ_RULES_AUTHORITY_FAMILY_H

#include "rules/context.h"

/* In a write transaction.  *first, *last: it is the only one of its text.  AUTHZ_PROFILES_FULL. */
enum authz_result authority_family_add(struct rules *r, struct store_txn *t, const char *type, const char *profile, bool *first);
enum authz_result authority_family_remove(struct rules *r, struct store_txn *t, const char *type, const char *profile, bool *last);

/* Those whose text is the first "length" bytes of this one. */
enum authz_result authority_family_each(struct rules *r, struct store_txn *t, const char *type, const char *text, size_t length,
                                        void (*each)(void *context, const char *profile), void *context);

#endif
