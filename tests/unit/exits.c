/* SPDX-License-Identifier: ISC */
#include "exits.h"

#include <stdio.h>
#include <string.h>

int exits_setup(void **state)
{
	const int result = world_setup(state);

	if (result == 0)
		world_host(*state);
	return result;
}

struct request exit_wish(const char *point, const char *format, int64_t number)
{
	struct request q = {.number = number};

	assert_true(request_set_string(&q, FIELD_POINT, point) && request_set_string(&q, FIELD_FORMAT, format));
	q.has |= HAS(NUMBER) | HAS(SERVER) | HAS(WHICH);
	snprintf(q.server, sizeof q.server, "/usr/libexec/exit-%lld", (long long)number);
	return q;
}

void exit_wish_data(struct request *q, const void *data, size_t length)
{
	q->has |= HAS(DATA);
	assert_true(length <= sizeof q->data.bytes);
	memcpy(q->data.bytes, data, length);
	q->data.length = length;
}

enum authz_result exit_do(struct world *w, exit_rule *rule, const struct request *q)
{
	enum authz_result result;

	w->rules.subject[0] = '\0';
	answer_init(&w->answer);
	result = rule(&w->rules, q, &w->answer);
	assert_true(result == AUTHZ_OK || w->answer.reply.has == 0);
	return result;
}

enum authz_result exit_put(struct world *w, int64_t number)
{
	const struct request q = exit_wish(SITE_POINT, "AUTH0100", number);

	return exit_do(w, exit_add, &q);
}

enum authz_result exit_drop(struct world *w, int64_t number)
{
	const struct request q = exit_wish(SITE_POINT, "AUTH0100", number);

	return exit_do(w, exit_remove, &q);
}

enum authz_result exit_set(struct world *w, const char *point, int64_t maximum)
{
	struct request q = exit_wish(point, "AUTH0100", 0);

	q.maximum = maximum;
	q.has |= maximum == -1 ? 0 : HAS(MAXIMUM);
	return exit_do(w, exit_point, &q);
}

static bool read_point(struct world *w, struct store_txn *t, struct exit_point *p)
{
	struct exit_name name;
	bool found;

	assert_true(exit_name_make(SITE_POINT, "AUTH0100", &name));
	assert_result(exit_point_read(&w->rules, t, &name, p, &found), AUTHZ_OK);
	return found;
}

const char *exit_numbers(struct world *w)
{
	static char text[EXIT_PROGRAMS_MAX * 11 + 1];
	struct store_txn *t = begin(w->rules.authority, false);
	struct exit_point p;
	size_t i;

	snprintf(text, sizeof text, "%s", read_point(w, t, &p) ? "" : "none");
	store_abort(t);
	for (i = 0; i < p.count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u", i > 0 ? "," : "", p.numbers[i]);
	return text;
}

struct exit_program exit_find(struct world *w, uint32_t number)
{
	struct store_txn *t = begin(w->rules.authority, false);
	struct exit_program e;
	struct exit_point p;
	bool found;

	assert_true(read_point(w, t, &p));
	assert_result(exit_program_read(&w->rules, t, &p, number, &e, &found), AUTHZ_OK);
	assert_true(found);
	store_abort(t);
	return e;
}
