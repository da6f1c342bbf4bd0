/* SPDX-License-Identifier: ISC */
/*
 * What a change of cabinets changes in the view, and the commit that publishes it (doc/VIEW).
 *
 * A rule says while it works what it touched; it need not know what follows from that for cabinets above or for
 * administrators.
 *
 * MUST 1: a change that was answered AUTHZ_OK is what every later look-up of a group sees.
 * MUST 2: a change that was not committed is never seen.
 */
#ifndef AUTHZ_RULES_CABINET_VIEW_H
#define AUTHZ_RULES_CABINET_VIEW_H

#include "rules/cabinet_link.h"

struct cabinet_touched; /* in memory; whatever runs out is found by cabinet_commit */

/* NULL: no memory; the calls below allow that. */
struct cabinet_touched *cabinet_touched_new(void);
void cabinet_touched_free(struct cabinet_touched *touched);

/* All of it: it is new, gone, locked, unlocked, or listed otherwise. */
void cabinet_touch(struct cabinet_touched *touched, const char *cabinet);
/* A link was added or removed; a cabinet as member stands for all its users.  Of guests the groups show nothing. */
void cabinet_touch_link(struct cabinet_touched *touched, const struct cabinet_link *link);

/*
 * In the place of rules_commit, for changes that the view shows: publishes and commits, ends the transaction, and frees
 * "touched", in any case.  AUTHZ_VIEW_NOT_PUBLISHED: it was committed, and will be published by the next request.
 */
enum authz_result cabinet_commit(struct rules *r, struct store_txn *t, struct cabinet_touched *touched,
                                 const struct audit_event *event);

#endif
