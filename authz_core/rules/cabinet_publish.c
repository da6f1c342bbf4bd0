/* SPDX-License-Identifier: ISC */
#include "rules/cabinet_publish.h"

#include <stdlib.h>
#include <string.h>

enum authz_result publication_result(struct rules *r, enum authz_result result)
{
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, result, r->publisher->path);
}

/* MUST 3: is this a whole view of that number?  If so, *v and *content are to be given back. */
static enum authz_result take(struct rules *r, enum view_which which, uint64_t change, struct view *v, struct content *content)
{
	const enum view_answer answer = r->publisher->open(r->publisher->context, which, v);
	enum authz_result result = AUTHZ_VIEW_DAMAGED;

	if (answer != VIEW_FOUND) {
		*v = (struct view){0};
		/* what cannot be looked at now, for want of memory or of descriptors, may be as good as any */
		return answer == VIEW_FAILED ? publication_result(r, AUTHZ_STORE_IO) : AUTHZ_VIEW_DAMAGED;
	}
	if (view_sequence(v) == change)
		result = content_read(content, v);
	if (result != AUTHZ_OK) {
		view_close(v);
		*v = (struct view){0};
	}
	return publication_result(r, result);
}

void publication_note(struct rules *r)
{
	struct view_content nothing = {.sequence = 0};

	(void)r->publisher->write(r->publisher->context, &nothing);
}

bool publication_is_noted(struct rules *r)
{
	bool is;
	struct view v;

	if (r->publisher->open(r->publisher->context, VIEW_PENDING, &v) != VIEW_FOUND)
		return false;
	is = view_sequence(&v) == 0;
	view_close(&v);
	return is;
}

enum authz_result publication_finish(struct rules *r, uint64_t change)
{
	const struct view_publisher *p = r->publisher;
	struct content content;
	struct view v;
	enum authz_result result;

	if (publication_is_noted(r))
		return AUTHZ_OK;
	result = take(r, VIEW_PENDING, change, &v, &content);
	if (result == AUTHZ_VIEW_DAMAGED)
		return publication_result(r, p->drop(p->context));
	if (result != AUTHZ_OK)
		return result;
	content_free(&content);
	view_close(&v);
	result = p->mark(p->context);
	return publication_result(r, result == AUTHZ_OK ? p->rename(p->context) : result);
}

static enum authz_result open_last(struct publication *p)
{
	struct draft *d = &p->draft;
	enum authz_result result;

	d->all = d->touched == NULL;
	/* nothing was ever published, so there was nothing to publish */
	if (d->all || p->numbers.change == 0)
		return AUTHZ_OK;
	result = take(d->r, VIEW_PUBLISHED, p->numbers.change, &d->base, &d->last);
	if (result != AUTHZ_VIEW_DAMAGED && result != AUTHZ_STORE_IO)
		return result;
	d->all = true;
	return AUTHZ_OK;
}

enum authz_result publication_begin(struct publication *p, struct rules *r, struct store_txn *t,
                                    const struct cabinet_touched *touched, const struct rules_stream *stream, uint64_t most)
{
	enum authz_result result;

	*p = (struct publication){.draft = {.r = r, .t = t, .touched = touched, .stream = stream}};
	result = cabinet_numbers_read(r, t, &p->numbers);
	if (result == AUTHZ_OK && r->publisher->is_pending(r->publisher->context))
		result = publication_finish(r, p->numbers.change);
	if (result == AUTHZ_OK)
		result = open_last(p);
	p->draft.most = p->draft.all ? most : 0;
	return result == AUTHZ_OK ? draft_make(&p->draft) : result;
}

enum authz_result publication_write(struct publication *p, uint64_t sequence)
{
	struct rules *r = p->draft.r;
	struct view_publisher *to = r->publisher;
	enum authz_result result;

	p->draft.content.sequence = sequence;
	result = to->write(to->context, &p->draft.content);
	if (result != AUTHZ_OK)
		return p->draft.content.wrong != NULL ? rules_refuse(r, result, p->draft.content.wrong) :
		                                        publication_result(r, result);
	result = to->mark(to->context);
	if (result != AUTHZ_OK)
		(void)to->drop(to->context);
	return publication_result(r, result);
}

void publication_end(struct publication *p)
{
	draft_free(&p->draft);
	content_free(&p->draft.last);
	if (p->draft.base.bytes != NULL)
		view_close(&p->draft.base);
}
