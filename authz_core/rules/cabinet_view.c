/* SPDX-License-Identifier: ISC */
#include "rules/cabinet_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "rules/cabinet_publish.h"
#include "rules/view_tools.h"

/* ---- what was touched */

struct cabinet_touched *cabinet_touched_new(void)
{
	return calloc(1, sizeof(struct cabinet_touched));
}

void cabinet_touched_free(struct cabinet_touched *touched)
{
	if (touched == NULL)
		return;
	free(touched->users);
	free(touched->nested);
	free(touched->cabinets);
	free(touched);
}

void cabinet_touch(struct cabinet_touched *touched, const char *cabinet)
{
	if (touched == NULL)
		return;
	if (!draft_room(&touched->cabinets, &touched->cabinet_room, touched->cabinet_count, NAME_SIZE)) {
		touched->no_memory = true;
		return;
	}
	snprintf(touched->cabinets[touched->cabinet_count++], NAME_SIZE, "%s", cabinet);
}

static void keep_link(struct cabinet_touched *touched, struct touched_link **links, size_t *room, size_t *count,
                      const struct cabinet_link *link)
{
	struct touched_link *kept;

	if (!draft_room(links, room, *count, sizeof **links)) {
		touched->no_memory = true;
		return;
	}
	kept = &(*links)[(*count)++];
	kept->relation = link->relation;
	kept->member = link->member;
	snprintf(kept->cabinet, sizeof kept->cabinet, "%s", link->cabinet);
}

void cabinet_touch_link(struct cabinet_touched *touched, const struct cabinet_link *link)
{
	if (touched == NULL || link->relation == RELATION_GUEST)
		return;
	if (link->member.kind == 'u')
		keep_link(touched, &touched->users, &touched->user_room, &touched->user_count, link);
	else
		keep_link(touched, &touched->nested, &touched->nested_room, &touched->nested_count, link);
}

/* ---- the commit */

static enum authz_result next_change(struct publication *p)
{
	struct rules *r = p->draft.r;
	const uint64_t last = p->numbers.change;

	while (p->numbers.change == last || p->numbers.change == 0)
		r->host->random(r->host->context, &p->numbers.change, sizeof p->numbers.change);
	return cabinet_numbers_write(r, p->draft.t, &p->numbers);
}

/*
 * Ends the transaction, after the rename: who had the lock between the two would finish this view himself, and write his
 * own, which would be renamed here, before its commit.
 * Whether a commit that failed happened after all only the store knows: what was written is finished as what a crash left.
 */
static enum authz_result commit_and_rename(struct rules *r, struct store_txn *t)
{
	char subject[SUBJECT_SIZE];
	enum authz_result result = rules_store(r, r->authority, store_commit_hold(t));

	if (result == AUTHZ_OK && r->publisher->rename(r->publisher->context) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_VIEW_NOT_PUBLISHED, r->publisher->path);
	store_abort(t);
	if (result != AUTHZ_OK && result != AUTHZ_VIEW_NOT_PUBLISHED) {
		snprintf(subject, sizeof subject, "%s", r->subject);
		view_finish(r, r->authority);
		return rules_refuse(r, result, subject);
	}
	return result;
}

static enum authz_result publish(struct rules *r, struct store_txn *t, const struct cabinet_touched *touched)
{
	struct publication p;
	enum authz_result result = publication_begin(&p, r, t, touched, NULL, PUBLICATION_LINKS_MAX);

	if (result == AUTHZ_OK)
		result = next_change(&p);
	if (result == AUTHZ_OK)
		result = publication_write(&p, p.numbers.change);
	publication_end(&p);
	if (result == AUTHZ_OK)
		return commit_and_rename(r, t);
	store_abort(t);
	return result;
}

/* For rules that publish nothing: whoever publishes later sees that the view is of another number. */
static enum authz_result commit_alone(struct rules *r, struct store_txn *t)
{
	struct publication p = {.draft = {.r = r, .t = t}};
	enum authz_result result = cabinet_numbers_read(r, t, &p.numbers);

	if (result == AUTHZ_OK)
		result = next_change(&p);
	if (result == AUTHZ_OK)
		return rules_store(r, r->authority, store_commit(t));
	store_abort(t);
	return result;
}

enum authz_result cabinet_commit(struct rules *r, struct store_txn *t, struct cabinet_touched *touched,
                                 const struct audit_event *event)
{
	uint64_t number;
	enum authz_result result = touched == NULL || touched->no_memory ? rules_refuse(r, AUTHZ_NO_MEMORY, "") :
	                                                                   rules_intent(r, event, &number);

	if (result == AUTHZ_OK)
		result = rules_outcome(r, event, number, r->publisher == NULL ? commit_alone(r, t) : publish(r, t, touched));
	else
		store_abort(t);
	cabinet_touched_free(touched);
	return result;
}
