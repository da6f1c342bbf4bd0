/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a change whose intent cannot be recorded is not made.
 * MUST 2: the intent is recorded before the commit, the outcome before the reply, under one number.
 * MUST 3: what was typed for a user and is none goes back to who said it, but into no record: it may be a password, typed
 *         at the wrong prompt.
 */
#include "rules/context.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum authz_result rules_refuse(struct rules *r, enum authz_result result, const char *subject)
{
	snprintf(r->subject, sizeof r->subject, "%s", subject);
	return result;
}

uid_t rules_counted(const struct rules *r)
{
	return r->caller.is_host || r->caller.name[0] != '\0' ? r->caller.uid : (uid_t)-1;
}

void answer_init(struct answer *a)
{
	memset(&a->reply, 0, sizeof a->reply);
	a->rows = (struct frame_writer){.data = a->bytes, .size = sizeof a->bytes};
}

bool answer_row(struct answer *a, const char *const items[], size_t count)
{
	unsigned char bytes[ANSWER_ROW_MAX];
	struct frame_writer row = {.data = bytes, .size = sizeof bytes}, before = a->rows;
	size_t i;

	for (i = 0; i < count; i++)
		frame_put_item(&row, items[i]);
	if (row.full)
		return false;
	frame_put(&a->rows, REPLY_ENTRY_TAG, bytes, row.used);
	if (!a->rows.full)
		return true;
	a->rows = before;
	return false;
}

void answer_drop_rows(struct answer *a)
{
	sodium_memzero(a->bytes, a->rows.used);
	a->rows.used = 0;
}

enum authz_result rules_store(struct rules *r, struct store *s, enum authz_result result)
{
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, store_subject(s));
}

enum authz_result rules_begin(struct rules *r, struct store *s, bool write, struct store_txn **out)
{
	return rules_store(r, s, store_begin(s, write, out));
}

enum authz_result rules_intent(struct rules *r, const struct audit_event *event, uint64_t *number)
{
	enum authz_result result = r->host->audit_intent(r->host->context, event, number);

	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, event->event);
}

enum authz_result rules_outcome(struct rules *r, const struct audit_event *event, uint64_t number, enum authz_result result)
{
	enum authz_result recorded = r->host->audit_outcome(r->host->context, event, number, result, r->subject);

	return result == AUTHZ_OK && recorded != AUTHZ_OK ? rules_refuse(r, AUTHZ_AUDIT_CUT, event->event) : result;
}

enum authz_result rules_commit(struct rules *r, struct store *s, struct store_txn *t, const struct audit_event *event)
{
	uint64_t number;
	enum authz_result result = rules_intent(r, event, &number);

	if (result == AUTHZ_OK)
		return rules_outcome(r, event, number, rules_store(r, s, store_commit(t)));
	store_abort(t);
	return result;
}

enum authz_result rules_refused(struct rules *r, const struct audit_event *event, enum authz_result result)
{
	(void)r->host->audit_outcome(r->host->context, event, 0, result, r->subject);
	return result;
}

enum authz_result rules_refused_unsaid(struct rules *r, const struct audit_event *event, enum authz_result result)
{
	char said[SUBJECT_SIZE];

	memcpy(said, r->subject, sizeof said);
	r->subject[0] = '\0';
	(void)rules_refused(r, event, result);
	return rules_refuse(r, result, said);
}

enum authz_result rules_refused_unknown(struct rules *r, const struct audit_event *event, enum authz_result result)
{
	struct audit_event nobody = *event;
	const bool named = strcmp(r->subject, event->owner) == 0;

	nobody.owner = "?";
	return named ? rules_refused_unsaid(r, &nobody, result) : rules_refused(r, &nobody, result);
}
