/* SPDX-License-Identifier: ISC */
/*
 * The five steps of a transaction (doc/STORE).
 *
 * MUST 1: the twin that "current" names is never written.
 * MUST 2: a spare twin is written to only after the journal is gone, and trusted only if the journal vouches for it, a kept
 *         one (keep.h) not less.
 * MUST 3: "current" is switched only after the spare is whole, closed and, in a durable store, on the disk.
 * MUST 4: whatever fails leaves "current" as it was, and no file that takes room for nothing.
 */
#ifndef AUTHZ_STORE_COMMIT_H
#define AUTHZ_STORE_COMMIT_H

#include "store/internal.h"
#include "store/twin.h"

/* Make the changes of a write transaction happen.  Without changes, and unless the store is empty, nothing is done. */
enum authz_result commit_run(struct store_txn *t);

/*
 * Make a write transaction that replaces all there is happen.  "fill" gets a twin that holds nothing yet, and the header as
 * it will be but for the number of records and the secret, which it sets; it puts the records in.
 */
typedef enum authz_result commit_fill(void *context, struct twin *spare, struct header *h);
enum authz_result commit_whole(struct store_txn *t, commit_fill *fill, void *context);

#endif
