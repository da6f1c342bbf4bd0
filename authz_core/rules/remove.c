/* SPDX-License-Identifier: ISC */
/* Remove a token (QsyRemovePrfTkn).  Holding it is the authority, so removing one that is not there is no error. */
#include <string.h>

#include "rules/quota.h"
#include "rules/token.h"
#include "rules/token_record.h"

static enum authz_result delete_record(struct rules *r, struct store_txn *t, const unsigned char key[TOKEN_KEY_SIZE],
                                       bool *found, struct token_record *record)
{
	unsigned char bytes[TOKEN_RECORD_MAX];
	size_t length;
	enum authz_result result = store_get(t, key, TOKEN_KEY_SIZE, bytes, sizeof bytes, &length, found);

	if (result == AUTHZ_OK && *found && !token_record_unpack(record, bytes, length))
		result = AUTHZ_STORE_DAMAGED;
	if (result != AUTHZ_OK || !*found)
		return rules_store(r, r->tokens, result);
	result = quota_removed(r, t, record);
	return result == AUTHZ_OK ? rules_store(r, r->tokens, store_delete(t, key, TOKEN_KEY_SIZE)) : result;
}

/* Is there anything to remove?  Whoever guesses takes no writer lock. */
static enum authz_result look(struct rules *r, const unsigned char key[TOKEN_KEY_SIZE], bool *found)
{
	unsigned char bytes[TOKEN_RECORD_MAX];
	struct store_txn *t;
	size_t length;
	enum authz_result result = rules_begin(r, r->tokens, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = store_get(t, key, TOKEN_KEY_SIZE, bytes, sizeof bytes, &length, found);
	store_abort(t);
	return rules_store(r, r->tokens, result);
}

enum authz_result token_remove(struct rules *r, const struct request *request)
{
	unsigned char key[TOKEN_KEY_SIZE];
	char id[TOKEN_ID_SIZE];
	struct token_record record = {.owner_name = ""};
	struct audit_event event = {.event = "token.remove", .caller = &r->caller, .owner = record.owner_name, .maker = "",
	                            .token_id = id, AUDIT_CLAIMS(request), .detail = ""};
	struct store_txn *t = NULL;
	enum authz_result result;
	bool found = false;

	token_key(request->token, key);
	token_id(key, id);
	result = look(r, key, &found);
	if (result == AUTHZ_OK && !found)
		return AUTHZ_OK;
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->tokens, true, &t);
	if (result == AUTHZ_OK)
		result = delete_record(r, t, key, &found, &record);
	if (result == AUTHZ_OK && found)
		return rules_commit(r, r->tokens, t, &event);
	store_abort(t);
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refused(r, &event, result);
}
