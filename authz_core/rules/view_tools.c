/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a view that is not whole in every record, or does not say what the store does, is never called good.
 * MUST 2: a rebuild that the audit does not take is not done.
 * MUST 3: a store that was loaded gets its view, whatever else of the load failed, or it is said that it has none.
 * MUST 4: a load that is killed behind its commit leaves no view of the store before it, once another request has come.
 */
#include "rules/view_tools.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/cabinet_publish.h"
#include "rules/cabinet_who.h"

#define LOOKS 8 /* at a view that others publish anew all the time */

static void number_row(struct answer *answer, const char *name, uint64_t number)
{
	char text[24];
	const char *const items[] = {name, text};

	snprintf(text, sizeof text, "%" PRIu64, number);
	(void)answer_row(answer, items, 2); /* a few rows always fit */
}

static void rows(struct answer *answer, const struct view_content *c, uint64_t bytes, uint64_t change)
{
	number_row(answer, "groups", c->cabinet_count);
	number_row(answer, "users", c->membership_count);
	number_row(answer, "bytes", bytes);
	number_row(answer, "change", change);
}

/* The file's, as it is found under its name; 0: there is none. */
static uint64_t published_bytes(struct rules *r)
{
	uint64_t bytes;
	struct view v;

	if (r->publisher->open(r->publisher->context, VIEW_PUBLISHED, &v) != VIEW_FOUND)
		return 0;
	bytes = v.size;
	view_close(&v);
	return bytes;
}

/* ---- is it what it should be? */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_gid(const void *a, const void *b)
{
	const gid_t one = *(const gid_t *)a, other = *(const gid_t *)b;

	return (one > other) - (one < other);
}

static void *sorted(const void *entries, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	void *copy = calloc(count + 1, size);

	if (copy == NULL)
		return NULL;
	if (count > 0) {
		memcpy(copy, entries, count * size);
		qsort(copy, count, size, compare);
	}
	return copy;
}

/* The same entries, in whatever order, each once. */
static enum authz_result are_same(const void *one, const void *other, size_t count, size_t size,
                                  int (*compare)(const void *, const void *))
{
	unsigned char *a = sorted(one, count, size, compare), *b = sorted(other, count, size, compare);
	enum authz_result result = a == NULL || b == NULL ? AUTHZ_NO_MEMORY : AUTHZ_OK;
	size_t i;

	for (i = 0; i < count && result == AUTHZ_OK; i++)
		if (compare(a + i * size, b + i * size) != 0)
			result = AUTHZ_VIEW_DAMAGED;
	free(a);
	free(b);
	return result;
}

static enum authz_result names_are(const char *const *one, size_t one_count, const char *const *other, size_t other_count)
{
	return one_count != other_count ? AUTHZ_VIEW_DAMAGED : are_same(one, other, one_count, sizeof *one, by_name);
}

static int cabinet_by_gid(const void *a, const void *b)
{
	return by_gid(&((const struct view_cabinet *)a)->gid, &((const struct view_cabinet *)b)->gid);
}

/* "is" has them in the order of gids. */
static enum authz_result compare_groups(const struct content *is, const struct view_content *should)
{
	enum authz_result result = AUTHZ_OK;
	const struct view_cabinet *c;
	size_t i;

	for (i = 0; i < should->cabinet_count && result == AUTHZ_OK; i++) {
		c = bsearch(&should->cabinets[i], is->cabinets, is->cabinet_count, sizeof *c, cabinet_by_gid);
		if (c == NULL || strcmp(c->name, should->cabinets[i].name) != 0)
			return AUTHZ_VIEW_DAMAGED;
		result = names_are(c->members, c->member_count, should->cabinets[i].members, should->cabinets[i].member_count);
		if (result == AUTHZ_OK)
			result = names_are(c->administrators, c->administrator_count, should->cabinets[i].administrators,
			                   should->cabinets[i].administrator_count);
	}
	return result;
}

static enum authz_result compare_users(const struct view *v, const struct view_content *should)
{
	enum authz_result result = AUTHZ_OK;
	struct view_user u;
	size_t i;

	for (i = 0; i < should->membership_count && result == AUTHZ_OK; i++) {
		if (view_by_user(v, should->memberships[i].user, &u) != VIEW_FOUND || u.count != should->memberships[i].gid_count)
			return AUTHZ_VIEW_DAMAGED;
		result = are_same(u.gids, should->memberships[i].gids, u.count, sizeof *u.gids, by_gid);
	}
	return result;
}

static enum authz_result compare(const struct view *v, const struct view_content *should)
{
	struct content is;
	enum authz_result result = content_read(&is, v);

	if (result != AUTHZ_OK)
		return result;
	if (is.cabinet_count != should->cabinet_count || is.membership_count != should->membership_count)
		result = AUTHZ_VIEW_DAMAGED;
	if (result == AUTHZ_OK)
		result = compare_groups(&is, should);
	if (result == AUTHZ_OK)
		result = compare_users(v, should);
	content_free(&is);
	return result;
}

/* Others than the host get no stream, and a request of theirs has no time for a large one. */
static enum authz_result compare_with_store(struct rules *r, struct store_txn *t, const struct rules_stream *stream,
                                            const struct view *v, struct answer *answer)
{
	struct draft d = {.r = r, .t = t, .all = true, .stream = stream, .most = stream == NULL ? PUBLICATION_LINKS_MAX : 0};
	enum authz_result result = draft_make(&d);

	if (result == AUTHZ_VIEW_DAMAGED && d.most != 0 && d.looked > d.most)
		result = rules_refuse(r, AUTHZ_HOST_ONLY, "");
	else if (result == AUTHZ_OK)
		result = publication_result(r, compare(v, &d.content));
	if (result == AUTHZ_OK)
		rows(answer, &d.content, v->size, view_sequence(v));
	draft_free(&d);
	return result;
}

/* *again: the view is of another number than the store was when the transaction began. */
static enum authz_result look(struct rules *r, const struct rules_stream *stream, struct answer *answer, bool *again)
{
	static const struct view_content nothing = {0};
	struct cabinet_numbers numbers;
	struct store_txn *t;
	struct view v;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	*again = false;
	if (result != AUTHZ_OK)
		return result;
	result = cabinet_numbers_read(r, t, &numbers);
	if (result == AUTHZ_OK && r->publisher->open(r->publisher->context, VIEW_PUBLISHED, &v) == VIEW_FOUND) {
		*again = view_sequence(&v) != numbers.change;
		if (!*again)
			result = compare_with_store(r, t, stream, &v, answer);
		view_close(&v);
	} else if (result == AUTHZ_OK) {
		*again = numbers.change != 0;
		rows(answer, &nothing, 0, 0);
	}
	store_abort(t);
	return result;
}

/* Before the first change there is no view. */
static bool is_of_change(struct rules *r, uint64_t change)
{
	struct view v;
	bool is;

	if (r->publisher->open(r->publisher->context, VIEW_PUBLISHED, &v) != VIEW_FOUND)
		return change == 0;
	is = view_sequence(&v) == change;
	view_close(&v);
	return is;
}

/* Is the view of the store's number?  Under the writer lock nobody is publishing, and what was cut off is finished first. */
static enum authz_result is_in_step(struct rules *r, bool under_lock, bool *is)
{
	struct cabinet_numbers numbers;
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, under_lock, &t);

	*is = false;
	if (result != AUTHZ_OK)
		return result;
	result = cabinet_numbers_read(r, t, &numbers);
	if (result == AUTHZ_OK && under_lock && r->publisher->is_pending(r->publisher->context))
		(void)publication_finish(r, numbers.change);
	*is = result == AUTHZ_OK && is_of_change(r, numbers.change);
	store_abort(t);
	return result;
}

enum authz_result view_tools_check(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                   struct answer *answer)
{
	struct cabinet_actor actor;
	struct store_txn *t;
	bool again = true;
	unsigned i;
	enum authz_result result = cabinet_who(r, request, &actor);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = cabinet_must_supervise(r, t, &actor);
	store_abort(t);
	if (result == AUTHZ_OK && stream != NULL)
		result = rules_stream_open(r, stream, STREAMS_OF_ROOT);
	for (i = 0; i < LOOKS && result == AUTHZ_OK; i++) {
		answer_drop_rows(answer);
		result = look(r, stream, answer, &again);
		if (!again)
			return result;
		result = is_in_step(r, true, &again);
		if (result == AUTHZ_OK && !again)
			return publication_result(r, AUTHZ_VIEW_DAMAGED);
	}
	return result == AUTHZ_OK ? publication_result(r, AUTHZ_STORE_BUSY) : result;
}

/* ---- made anew */

/* The store is as it was, and so is its number: killed at any point, this has done no harm. */
static enum authz_result make(struct rules *r, struct store_txn *t, const struct rules_stream *stream, uint64_t most,
                              struct answer *answer)
{
	struct publication p;
	enum authz_result result = publication_begin(&p, r, t, NULL, stream, most);
	if (result == AUTHZ_OK)
		result = publication_write(&p, p.numbers.change);
	if (result == AUTHZ_OK)
		result = publication_result(r, r->publisher->rename(r->publisher->context));
	if (result == AUTHZ_OK && answer != NULL)
		rows(answer, &p.draft.content, published_bytes(r), p.numbers.change);
	publication_end(&p);
	return result;
}

static enum authz_result make_anew(struct rules *r, const struct rules_stream *stream, uint64_t most, struct answer *answer)
{
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, true, &t);

	if (result != AUTHZ_OK)
		return result;
	result = make(r, t, stream, most, answer);
	store_abort(t);
	return result;
}

static enum authz_result on_record(struct rules *r, const struct rules_stream *stream, uint64_t most, struct answer *answer)
{
	const struct audit_event event = {.event = "view.rebuild", .caller = &r->caller, .owner = "", .maker = "", .token_id = "",
	                                  .service = "", .rhost = "", .tty = "", .detail = ""};
	uint64_t number;
	enum authz_result result = rules_intent(r, &event, &number);

	return result == AUTHZ_OK ? rules_outcome(r, &event, number, make_anew(r, stream, most, answer)) : result;
}

enum authz_result view_tools_rebuild(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                     struct answer *answer)
{
	enum authz_result result = r->caller.is_host ? AUTHZ_OK : rules_refuse(r, AUTHZ_HOST_ONLY, "");

	(void)request;
	if (result == AUTHZ_OK && stream != NULL)
		result = rules_stream_open(r, stream, STREAMS_OF_ROOT);
	return result == AUTHZ_OK ? on_record(r, stream, 0, answer) : result;
}

/* ---- what a crash left */

/*
 * A load was cut off, before its commit or behind it.  The view is made anew by whoever comes next, though not a very large one,
 * and not by every request once more if it cannot be.  The load is on record.
 */
static void heed_note(struct rules *r, struct store_txn *t, uint64_t change)
{
	if (is_of_change(r, change) || make(r, t, NULL, PUBLICATION_LINKS_MAX, NULL) != AUTHZ_OK)
		(void)r->publisher->drop(r->publisher->context);
}

void view_finish(struct rules *r, struct store *s)
{
	struct cabinet_numbers numbers;
	struct store_txn *t;

	if (r->publisher == NULL || !r->publisher->is_pending(r->publisher->context))
		return;
	if (store_begin(s, true, &t) == AUTHZ_OK) {
		/* meanwhile it may be another one, of whoever had the lock: what it is is looked at under the lock alone */
		if (cabinet_numbers_read(r, t, &numbers) == AUTHZ_OK && r->publisher->is_pending(r->publisher->context)) {
			(void)publication_finish(r, numbers.change);
			if (publication_is_noted(r))
				heed_note(r, t, numbers.change);
		}
		store_abort(t);
	}
	r->subject[0] = '\0';
}

/* No cabinet was ever a group here. */
static bool has_none(struct rules *r)
{
	struct cabinet_numbers numbers;
	struct store_txn *t;
	bool none;

	if (published_bytes(r) != 0 || store_begin(r->authority, false, &t) != AUTHZ_OK)
		return false;
	none = cabinet_numbers_read(r, t, &numbers) == AUTHZ_OK && numbers.change == 0;
	store_abort(t);
	return none;
}

/* What is made, and not recorded, is made.  Where there is nothing to be made the note goes. */
static enum authz_result renew(struct rules *r)
{
	enum authz_result result;

	if (has_none(r)) {
		view_finish(r, r->authority);
		return AUTHZ_OK;
	}
	result = on_record(r, NULL, 0, NULL);
	if (result == AUTHZ_OK || result == AUTHZ_AUDIT_CUT)
		return result;
	return rules_refuse(r, AUTHZ_VIEW_NOT_PUBLISHED, r->publisher->path);
}

enum authz_result view_tools_load(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                  struct answer *answer)
{
	char subject[SUBJECT_SIZE];
	bool loaded;
	const enum authz_result result = store_tools_load(r, request, stream, answer, publication_note, &loaded);
	enum authz_result renewed;

	snprintf(subject, sizeof subject, "%s", r->subject);
	if (!loaded) {
		view_finish(r, r->authority); /* which finds whether it was committed all the same */
		return rules_refuse(r, result, subject);
	}
	renewed = renew(r);
	return result == AUTHZ_OK || renewed == AUTHZ_VIEW_NOT_PUBLISHED ? renewed : rules_refuse(r, result, subject);
}

enum authz_result view_start(struct rules *r)
{
	bool is;
	enum authz_result result = is_in_step(r, false, &is);

	if (result == AUTHZ_OK && !is)
		result = is_in_step(r, true, &is);
	if (result != AUTHZ_OK || is)
		return result;
	return on_record(r, NULL, PUBLICATION_LINKS_MAX, NULL) == AUTHZ_OK ? AUTHZ_OK :
	       rules_refuse(r, AUTHZ_VIEW_NOT_PUBLISHED, r->publisher->path);
}
