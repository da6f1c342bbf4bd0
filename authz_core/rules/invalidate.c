/* SPDX-License-Identifier: ISC */
/*
 * Invalidate a token (QsyInvalidatePrfTkn).  Holding it is the authority.
 *
 * MUST 1: from the answer on it is good for nothing but to be removed; its place stays taken.
 */
#include "rules/presented.h"
#include "rules/token.h"

static enum authz_result mark(struct presented *h, struct store_txn *t)
{
	unsigned char bytes[TOKEN_RECORD_MAX];
	enum authz_result result = presented_read(h, t);

	if (result != AUTHZ_OK)
		return result;
	h->record.state = TOKEN_INVALID;
	return rules_store(h->r, h->r->tokens, store_put(t, h->key, sizeof h->key, bytes, token_record_pack(&h->record, bytes)));
}

enum authz_result token_invalidate(struct rules *r, const struct request *request)
{
	struct presented h;
	struct audit_event event = {.event = "token.invalidate", .caller = &r->caller, .owner = h.record.owner_name,
	                            .maker = h.maker.name, .token_id = h.id, AUDIT_CLAIMS(request), .detail = ""};
	struct store_txn *t = NULL;
	enum authz_result result;

	presented_init(&h, r, request);
	result = presented_look(&h); /* whoever guesses takes no writer lock */
	presented_find_maker(&h);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->tokens, true, &t);
	if (result == AUTHZ_OK)
		result = mark(&h, t);
	if (result == AUTHZ_OK)
		return rules_commit(r, r->tokens, t, &event);
	store_abort(t);
	return rules_refused(r, &event, result);
}
