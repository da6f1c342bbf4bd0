/* SPDX-License-Identifier: ISC */
/* What keeps the view of cabinets: authzctl view check | rebuild, and what finishes publications that were cut off. */
#ifndef AUTHZ_RULES_VIEW_TOOLS_H
#define AUTHZ_RULES_VIEW_TOOLS_H

#include "rules/context.h"
#include "rules/store_tools.h"

/*
 * Before whatever a request wants: is there a view that was written and has not its name?  One system call where there is
 * none.  "s" is the authority store, for this alone; if its writer lock cannot be had somebody is at it, or will be.
 */
void view_finish(struct rules *r, struct store *s);

/*
 * Is the view whole in every record, of the store's number, and what would be made from the store now?  The host and
 * supervisors.  Rows: groups, users, bytes, change.  AUTHZ_VIEW_DAMAGED.  To the stream, unless NULL: "DONE TOTAL".
 */
enum authz_result view_tools_check(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                   struct answer *answer);
/* Make and publish it anew.  The host alone.  The same rows. */
enum authz_result view_tools_rebuild(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                     struct answer *answer);
/*
 * store_tools_load, and with another store the groups of the host are others: the view is made anew, with a record of its
 * own.  AUTHZ_VIEW_NOT_PUBLISHED: it was loaded.
 */
enum authz_result view_tools_load(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                  struct answer *answer);
/*
 * The same when the service starts, and only if the view is not of the store's number (after a power cut it may be).
 * AUTHZ_VIEW_NOT_PUBLISHED.
 */
enum authz_result view_start(struct rules *r);

#endif
