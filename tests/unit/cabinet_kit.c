/* SPDX-License-Identifier: ISC */
#include "cabinet_kit.h"

#include <stdio.h>
#include <string.h>

static char text[4u << 20];

static void begin_as_host(struct world *w, struct principal *before)
{
	*before = w->rules.caller;
	world_host(w);
	answer_init(&w->answer);
}

static void change(struct world *w, const struct request *q, enum authz_result (*rule)(struct rules *, const struct request *))
{
	struct principal before;

	begin_as_host(w, &before);
	assert_result(rule(&w->rules, q), AUTHZ_OK);
	w->rules.caller = before;
}

void give_profile(struct world *w, const char *cabinet, int security, int marks)
{
	struct request q = about_member(cabinet, "", -1, "");

	q.has |= HAS(SECURITY) | HAS(MARKS);
	q.security = security;
	q.marks = marks;
	change(w, &q, cabinet_alter);
}

void make_member(struct world *w, const char *cabinet, const char *member)
{
	struct principal before;

	begin_as_host(w, &before);
	assert_result(add_member(w, cabinet, member), AUTHZ_OK);
	w->rules.caller = before;
}

void lock_cabinet(struct world *w, const char *cabinet)
{
	struct request q = about_member(cabinet, "", -1, "");

	q.has |= HAS(LOCK) | HAS(FROM);
	q.lock = 1;
	q.from = w->fake.now.today + 30;
	change(w, &q, cabinet_delete);
}

void unlock_cabinet(struct world *w, const char *cabinet)
{
	const struct request q = about_member(cabinet, "", -1, "");

	change(w, &q, cabinet_undelete);
}

struct request about_member(const char *cabinet, const char *member, int profile_type, const char *special)
{
	struct request q = {.id = 1};

	if (cabinet[0] != '\0')
		assert_true(request_set_string(&q, FIELD_CABINET, cabinet));
	if (member[0] != '\0')
		assert_true(request_set_string(&q, FIELD_MEMBER, member));
	if (special[0] != '\0')
		assert_true(request_set_string(&q, FIELD_SPECIAL, special));
	if (profile_type != -1) {
		q.has |= HAS(PROFILE_TYPE);
		q.profile_type = profile_type;
	}
	return q;
}

enum authz_result ask_add(struct world *w, const struct request *q)
{
	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
	return cabinet_add(&w->rules, q, &w->answer);
}

enum authz_result add_member(struct world *w, const char *cabinet, const char *member)
{
	const struct request q = about_member(cabinet, member, -1, "");

	return ask_add(w, &q);
}

enum authz_result set_member(struct world *w, const char *cabinet, const char *member, int profile_type, const char *special)
{
	const struct request q = about_member(cabinet, member, profile_type, special);

	return cabinet_set(&w->rules, &q);
}

enum authz_result remove_member(struct world *w, const char *cabinet, const char *member)
{
	const struct request q = about_member(cabinet, member, -1, "");

	return cabinet_remove(&w->rules, &q);
}

bool find_member(struct world *w, const char *cabinet, char kind, const char *member, struct cabinet_link *link)
{
	struct cabinet_entity entity = {.kind = kind};
	struct store_txn *t = begin(w->rules.authority, false);
	bool found;

	snprintf(entity.name, sizeof entity.name, "%s", member);
	assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, cabinet, &entity, link, &found), AUTHZ_OK);
	store_abort(t);
	return found;
}

const char *all_rows(struct world *w, enum authz_result (*list)(struct rules *, const struct request *, struct answer *),
                     struct request q, unsigned *pages)
{
	unsigned count = 0;

	text[0] = '\0';
	do {
		assert_true(++count < 10000);
		answer_init(&w->answer);
		assert_result(list(&w->rules, &q, &w->answer), AUTHZ_OK);
		answered_behind(w, text, sizeof text);
		q.has |= HAS(CURSOR);
		memcpy(&q.cursor, &w->answer.reply.cursor, sizeof q.cursor);
	} while (w->answer.reply.has & 1u << REPLY_CURSOR);
	if (pages != NULL)
		*pages = count;
	return text;
}
