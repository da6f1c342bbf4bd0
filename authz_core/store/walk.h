/* SPDX-License-Identifier: ISC */
/* What looks at many records, and at the store's own. */
#ifndef AUTHZ_STORE_WALK_H
#define AUTHZ_STORE_WALK_H

#include "store/internal.h"

#define WALK_TELL 4096 /* records between two reports */

/* Report, if there is somebody to report to and it is time again.  False: stop. */
bool walk_tell(const struct store_progress *p, uint64_t done, uint64_t total);
/* A walk of the current twin met this at that byte. */
enum authz_result walk_damaged(struct store_txn *t, enum authz_result result, int64_t at);

#endif
