/* SPDX-License-Identifier: ISC */
/* Who sees a cabinet, and what of it goes into a row. */
#ifndef AUTHZ_RULES_CABINET_SEE_H
#define AUTHZ_RULES_CABINET_SEE_H

#include "rules/cabinet_who.h"

/* A public one everybody; any other: supervisors, its administrators, who is in it, and who owns it or acts as it. */
enum authz_result cabinet_sees(struct rules *r, struct store_txn *t, const struct cabinet_actor *actor,
                               const struct cabinet *cabinet, bool *sees);

const char *cabinet_type_text(enum cabinet_type type);
const char *cabinet_state_text(const struct cabinet *cabinet); /* "live", "marked", "locked" */
/* How many members it has, users and cabinets. */
enum authz_result cabinet_member_count(struct rules *r, struct store_txn *t, const char *cabinet, uint64_t *count);

#endif
