/* SPDX-License-Identifier: ISC */
/*
 * Twins that a reader was still at when their place was needed.  Each is put away under one of a few names, where the writers
 * after it find it: one that nobody reads any more is removed, and where there is no room for a transaction all are cut to
 * nothing, because a reader may be frozen for ever, and what has no name can be freed by nobody else.
 *
 * MUST 1: no more than HELD_MOST twins keep their room for readers, and none of them where a transaction needs it.
 * MUST 2: a reader whose twin was cut answers with an error, and with none that speaks of damage.
 */
#ifndef AUTHZ_STORE_HELD_H
#define AUTHZ_STORE_HELD_H

#include "store/internal.h"

#define HELD_MOST 4

/* All but held_result: under the writers' lock.  "turn" is any number that each transaction counts on. */

/*
 * The file "name" is of no use any more: its room is free, or it is put away, and the name is free.  An error: it is
 * there, for it cannot be known whether somebody reads it.
 */
enum authz_result held_put_away(struct store *s, const char *name, uint64_t turn);
/* Remove one of those that were put away, if there is one at this turn and nobody reads it. */
void held_look(struct store *s, uint64_t turn);
/* Cut all of them, whoever reads.  false: there were none. */
bool held_cut(struct store *s);

/* What a read of the current twin came to: AUTHZ_STORE_BUSY for AUTHZ_STORE_DAMAGED where the twin was cut meanwhile. */
enum authz_result held_result(const struct store_txn *t, enum authz_result result);

#endif
