/* SPDX-License-Identifier: ISC */
/*
 * What every rule works with: the machine, the two stores, and who asks.
 *
 * Lock order: authority, then tokens.
 */
#ifndef AUTHZ_RULES_CONTEXT_H
#define AUTHZ_RULES_CONTEXT_H

#include "host/host.h"
#include "store/store.h"
#include "view/publisher.h"
#include "wire/reply.h"
#include "wire/request.h"

struct rules {
	struct host *host;
	struct store *authority; /* durable: profiles, authorities, last-used dates */
	struct store *tokens;    /* gone at reboot */
	struct view_publisher *publisher; /* of what cabinets are as groups; NULL: they are none */
	struct principal caller;
	char subject[SUBJECT_SIZE]; /* what the sentence of the result is about */
};

/*
 * Whose tries and whose quota it is: the caller's; callers who are no users of this host have theirs together, as one user
 * may be any of tens of thousands of subordinate uids.
 */
uid_t rules_counted(const struct rules *r);

/* What goes back: the fields of the reply, and the rows of a list, each a field REPLY_ENTRY_TAG. */
struct answer {
	struct reply reply;
	struct frame_writer rows;
	unsigned char bytes[FRAME_REPLY_MAX - 4096];
};

#define ANSWER_ROW_MAX 5120 /* the items of a row, each with its length */

void answer_init(struct answer *a);
/* Append a row.  false, and nothing appended, when there is no room: the list goes on in the next reply. */
bool answer_row(struct answer *a, const char *const items[], size_t count);
/* There are none, and nothing is left of those that there were. */
void answer_drop_rows(struct answer *a);

/* What a request says of its session, for a record of the audit. */
#define AUDIT_CLAIMS(q) .service = (q)->service, .rhost = (q)->rhost, .tty = (q)->tty, .behalf = (q)->actor

/* Set the subject and hand back the result: "return rules_refuse(r, AUTHZ_DISABLED, name);" */
enum authz_result rules_refuse(struct rules *r, enum authz_result result, const char *subject);

/* Begin a transaction of one of the two stores; the subject is the store's own when it fails. */
enum authz_result rules_begin(struct rules *r, struct store *s, bool write, struct store_txn **out);
/* Hand back a result that a call of the store gave, with its subject. */
enum authz_result rules_store(struct rules *r, struct store *s, enum authz_result result);

/*
 * Audit a change and make it happen: the intent is recorded, the transaction committed, the outcome recorded.  Ends the
 * transaction in any case.  AUTHZ_AUDIT_LOST: nothing was changed; AUTHZ_AUDIT_CUT: it was, and only that is not recorded.
 */
enum authz_result rules_commit(struct rules *r, struct store *s, struct store_txn *t, const struct audit_event *event);
/* The two records of it, for whoever has more than one transaction to commit between them. */
enum authz_result rules_intent(struct rules *r, const struct audit_event *event, uint64_t *number);
enum authz_result rules_outcome(struct rules *r, const struct audit_event *event, uint64_t number, enum authz_result result);
/* Audit a refusal: one record, after the fact.  Returns what it was given. */
enum authz_result rules_refused(struct rules *r, const struct audit_event *event, enum authz_result result);
/* The same, but the subject, which was typed for a user and is none, goes back and not into the record. */
enum authz_result rules_refused_unsaid(struct rules *r, const struct audit_event *event, enum authz_result result);
/* The same where the event's owner is no user. */
enum authz_result rules_refused_unknown(struct rules *r, const struct audit_event *event, enum authz_result result);

#endif
