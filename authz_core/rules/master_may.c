/* SPDX-License-Identifier: ISC */
/*
 * May this master enter this owner now?
 *
 * MUST 1: *SECADM is told, the host, and of themselves the master and the owner; anybody else learns nothing, not of names
 *         either.
 */
#include "authz.h"
#include "rules/master.h"
#include "rules/master_pair.h"
#include "rules/profile_record.h"

static bool is_one_of_them(const struct rules *r, const struct master_pair *p)
{
	return (p->owner_known && p->owner.uid == r->caller.uid) || (p->master_known && p->master.uid == r->caller.uid);
}

static enum authz_result look(struct rules *r, const struct master_pair *p, struct master_entry *by, enum authz_result *verdict)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	*verdict = master_pair_look(r, t, p, by);
	store_abort(t);
	if (*verdict == AUTHZ_OK || *verdict == p->owner_result || master_is_refusal(*verdict))
		return AUTHZ_OK;
	return *verdict;
}

enum authz_result master_may(struct rules *r, const struct request *request, struct answer *answer)
{
	struct master_pair p;
	struct master_entry by;
	enum authz_result verdict, result = master_pair_ask(r, request->user, request->master, &p);
	const char *items[2];

	if (result == AUTHZ_OK && !is_one_of_them(r, &p))
		result = profile_require(r, SPECIAL_SECADM);
	if (result == AUTHZ_OK)
		result = look(r, &p, &by, &verdict);
	if (result != AUTHZ_OK)
		return result;
	items[0] = verdict == AUTHZ_OK ? "may" : authz_result_code(verdict);
	items[1] = verdict == AUTHZ_OK ? by.owners : r->subject;
	return answer_row(answer, items, 2) ? AUTHZ_OK : rules_refuse(r, AUTHZ_INTERNAL, "row");
}
