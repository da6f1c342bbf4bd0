/* SPDX-License-Identifier: ISC */
#include "cabinets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request about_cabinet(const char *cabinet, const char *member)
{
	struct request q = {.id = 1};

	if (cabinet != NULL)
		assert_true(request_set_string(&q, FIELD_CABINET, cabinet));
	if (member != NULL)
		assert_true(request_set_string(&q, FIELD_MEMBER, member));
	return q;
}

void act_as(struct request *q, const char *cabinet, const char *secret)
{
	assert_true(request_set_string(q, FIELD_AS, cabinet));
	if (secret != NULL)
		assert_true(request_set_string(q, FIELD_SECRET, secret));
}

static void begin_call(struct world *w)
{
	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
}

enum authz_result make_cabinet(struct world *w, const char *name, enum cabinet_type type)
{
	struct request q = about_cabinet(name, NULL);

	q.cabinet_type = type;
	begin_call(w);
	return cabinet_create(&w->rules, &q, &w->answer);
}

enum authz_result administrator(struct world *w, const char *cabinet, const char *member, enum cabinet_which which)
{
	struct request q = about_cabinet(cabinet, member);

	q.which = which;
	begin_call(w);
	return cabinet_admin(&w->rules, &q);
}

enum authz_result new_password(struct world *w, const char *cabinet, const char *password)
{
	struct request q = about_cabinet(cabinet, NULL);

	assert_true(request_set_string(&q, FIELD_NEW_SECRET, password));
	begin_call(w);
	return cabinet_password(&w->rules, &q);
}

enum authz_result mark(struct world *w, const char *cabinet, int from, bool lock)
{
	struct request q = about_cabinet(cabinet, NULL);

	q.has |= HAS(FROM) | HAS(LOCK);
	q.from = from;
	q.lock = lock;
	begin_call(w);
	return cabinet_delete(&w->rules, &q);
}

enum authz_result unmark(struct world *w, const char *cabinet)
{
	struct request q = about_cabinet(cabinet, NULL);

	begin_call(w);
	return cabinet_undelete(&w->rules, &q);
}

static bool next_page(struct world *w, struct request *q)
{
	const struct reply *reply = &w->answer.reply;

	if (!(reply->has & 1u << REPLY_CURSOR) || reply->cursor.length == 0)
		return false;
	memcpy(&q->cursor, &reply->cursor, sizeof q->cursor);
	return true;
}

enum authz_result purge(struct world *w, int64_t *gone)
{
	struct request q = {.id = 1};
	enum authz_result result;

	*gone = 0;
	do {
		begin_call(w);
		result = cabinet_purge(&w->rules, &q, &w->answer);
		*gone += w->answer.reply.count;
	} while (result == AUTHZ_OK && next_page(w, &q));
	return result;
}

enum authz_result show(struct world *w, const struct request *q)
{
	begin_call(w);
	return cabinet_show(&w->rules, q, &w->answer);
}

/* The items of the next row; false behind the last. */
static bool next_row(struct frame_reader *rows, char items[8][256], size_t *count)
{
	struct frame_field field;
	struct frame_reader row;

	if (frame_next(rows, &field) != 1)
		return false;
	row = (struct frame_reader){.data = field.bytes, .left = field.length};
	for (*count = 0; *count < 8 && frame_next_item(&row, items[*count], 256); ++*count)
		continue;
	return true;
}

const char *shown(struct world *w, const char *name)
{
	struct frame_reader rows = {.data = w->answer.bytes, .left = w->answer.rows.used};
	static char items[8][256];
	size_t count;

	while (next_row(&rows, items, &count))
		if (count == 2 && strcmp(items[0], name) == 0)
			return items[1];
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

const char *listed(struct world *w, struct request q)
{
	static char text[4096], names[100][256];
	char items[8][256];
	size_t count, found = 0, i;

	do {
		struct frame_reader rows = {.data = NULL};

		begin_call(w);
		assert_result(cabinet_list(&w->rules, &q, &w->answer), AUTHZ_OK);
		rows = (struct frame_reader){.data = w->answer.bytes, .left = w->answer.rows.used};
		while (next_row(&rows, items, &count) && found < 100)
			memcpy(names[found++], items[0], 256);
	} while (next_page(w, &q));
	qsort(names, found, sizeof names[0], by_name);
	text[0] = '\0';
	for (i = 0; i < found; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? " " : "", names[i]);
	return text;
}

/* ---- as the host */

void host_makes(struct world *w, const char *name, enum cabinet_type type)
{
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(make_cabinet(w, name, type), AUTHZ_OK);
	w->rules.caller = before;
}

void host_adds_administrator(struct world *w, const char *cabinet, const char *member)
{
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(administrator(w, cabinet, member, CABINET_PLUS), AUTHZ_OK);
	w->rules.caller = before;
}

void host_authorizes(struct world *w, const char *owner, const char *guest)
{
	const struct principal before = w->rules.caller;
	struct request q = about_cabinet(owner, guest);

	q.has |= HAS(SECURITY) | HAS(MARKS);
	q.security = 9999;
	q.marks = CABINET_MARK_ALL;
	world_host(w);
	begin_call(w);
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_OK);
	w->rules.caller = before;
}

void host_sets_password(struct world *w, const char *cabinet, const char *password)
{
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(new_password(w, cabinet, password), AUTHZ_OK);
	w->rules.caller = before;
}

void join(struct world *w, const char *cabinet, char kind, const char *member)
{
	struct store_txn *t = begin(w->rules.authority, true);
	const struct fake_user *user = fake_host_find(&w->fake, member);
	struct cabinet_link l = {.relation = RELATION_MEMBER, .member = {.kind = kind}, .profile_type = 1,
	                         .uid = kind == 'u' && user != NULL ? user->user.uid : (uid_t)-1};

	snprintf(l.cabinet, sizeof l.cabinet, "%s", cabinet);
	snprintf(l.member.name, sizeof l.member.name, "%s", member);
	assert_result(cabinet_link_add(&w->rules, t, &l), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static struct cabinet look(struct world *w, const char *name, bool *found)
{
	struct store_txn *t = begin(w->rules.authority, false);
	struct cabinet c;

	assert_result(cabinet_read(&w->rules, t, name, &c, found), AUTHZ_OK);
	store_abort(t);
	return c;
}

struct cabinet cabinet_of(struct world *w, const char *name)
{
	bool found;
	struct cabinet c = look(w, name, &found);

	assert_true(found);
	return c;
}

bool there_is(struct world *w, const char *name)
{
	bool found;

	(void)look(w, name, &found);
	return found;
}
