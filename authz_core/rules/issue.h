/* SPDX-License-Identifier: ISC */
/*
 * A new token on its way into the store, and out to whoever asked for it: what generating and regenerating have in common.
 *
 * The rule fills record with what it decided; issue_prepare adds owner, times and boot.
 */
#ifndef AUTHZ_RULES_ISSUE_H
#define AUTHZ_RULES_ISSUE_H

#include "rules/owner.h"
#include "rules/token_record.h"

struct issue {
	struct rules *r;
	const struct request *request;
	const struct owner *owner;
	struct token_record record;
	const char *maker_name; /* whose quota it is */
	/* Asked under the lock of the tokens, before anything is written: does what was decided still hold?  May be NULL. */
	enum authz_result (*still)(void *context, struct store_txn *tokens);
	void *context;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	char id[TOKEN_ID_SIZE];
	bool no_room; /* in the file system of the tokens */
};

/* Do the days of last use, of the owner and of its groups, stand as they are?  In a transaction of the authority store. */
enum authz_result issue_days_stand(struct rules *r, struct store_txn *authority, const struct owner *o, bool *stand);

/* The owner's, the clocks' and the boot's part of the record; the token is drawn. */
void issue_prepare(struct issue *i);
/* CPF3C3C, CPF4AAB, CPF4AAD: type, time-out and bindings that were asked for, by their shape alone. */
enum authz_result issue_check_wishes(struct rules *r, const struct request *q);
/* Type, time-out and the bindings that the request names; the others stay as they are. */
void issue_wish(struct token_record *t, const struct request *q);

/*
 * The time-out to the end of the chain, by the clock that comes to it first, in whole seconds.  AUTHZ_CHAIN_END: there is
 * none left.
 */
enum authz_result issue_fit_chain(struct issue *i);

/*
 * Store it: the days of last use if they do not stand, quota, the token, each with its record in the audit.  event->token_id
 * is i->id.  AUTHZ_OK: the token is in the store.
 */
enum authz_result issue_store(struct issue *i, bool days_stand, const struct audit_event *event);

void issue_answer(const struct issue *i, struct answer *a);
void issue_wipe(struct issue *i);

#endif
