/* SPDX-License-Identifier: ISC */
/*
 * The steps of a publication (doc/VIEW), for what changes cabinets and for what makes the view anew.
 *
 * MUST 1: a new view gets the name only if the store is where it is: what a crash left is published if it is whole and of
 *         the store's number, and else it goes.
 * MUST 2: one add looks at a number of records of the store that does not depend on how many memberships there are.
 * MUST 3: what the last view says is taken over only if that is whole, and of the store's number.
 */
#ifndef AUTHZ_RULES_CABINET_PUBLISH_H
#define AUTHZ_RULES_CABINET_PUBLISH_H

#include "rules/cabinet_draft.h"

/* Links that a request looks at which has a second or two: where all has to be made of more than that, a rebuild has to do it. */
#define PUBLICATION_LINKS_MAX 25000

struct publication {
	struct draft draft;
	struct cabinet_numbers numbers; /* the store's, with the number of the view that it is at */
};

/*
 * In a write transaction, with rules that have a publisher: finish what a crash left, and make the next view in memory, of
 * what was touched, or of all if "touched" is NULL.  End with publication_end in any case.
 * AUTHZ_VIEW_DAMAGED: all had to be made, and has more links than "most" (0: any number).
 */
enum authz_result publication_begin(struct publication *p, struct rules *r, struct store_txn *t,
                                    const struct cabinet_touched *touched, const struct rules_stream *stream, uint64_t most);
/* Write it, and mark the last one.  After a failure nothing is left. */
enum authz_result publication_write(struct publication *p, uint64_t sequence);
void publication_end(struct publication *p);

/* Hand back a result of the publisher, with the view as its subject. */
enum authz_result publication_result(struct rules *r, enum authz_result result);
/* In a write transaction: what a crash left is published, or goes, but for a note.  MUST 1 */
enum authz_result publication_finish(struct rules *r, uint64_t change);

/*
 * A note that the view may soon be another store's: a new view of no groups and no change, which any next request finds.  It
 * stays until another new view takes its place, or it is dropped.  What cannot be noted is not.
 */
void publication_note(struct rules *r);
bool publication_is_noted(struct rules *r);

#endif
