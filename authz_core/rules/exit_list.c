/* SPDX-License-Identifier: ISC */
/*
 * List exit points and their programs, a page at a time.
 *
 * MUST 1: the host and *SECADM alone.
 * MUST 2: what is there from the first page to the last is listed once, whatever comes and goes meanwhile.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/exit.h"
#include "rules/exit_name.h"
#include "rules/profile_record.h"

/* A point's own row, where it has no programs, is number 0. */
struct place {
	struct exit_name name;
	uint32_t number;
};

struct listing {
	struct rules *r;
	const struct request *request;
	struct answer *answer;
	struct place last; /* that was listed */
	bool begun;        /* there is one */
	bool full;         /* the rest is for another page */
	bool matched;      /* there was a point that is asked for */
};

/* ---- the cursor: "POINT FORMAT NUMBER" of what was listed last */

static void write_cursor(struct listing *l)
{
	struct reply *reply = &l->answer->reply;

	reply->has |= 1u << REPLY_CURSOR;
	reply->cursor.length = (size_t)snprintf((char *)reply->cursor.bytes, sizeof reply->cursor.bytes, "%s %s %" PRIu32,
	                                        l->last.name.point, l->last.name.format, l->last.number);
}

static bool parse_cursor(struct listing *l)
{
	char text[CURSOR_SIZE + 1] = "", point[EXIT_POINT_SIZE], format[EXIT_FORMAT_SIZE];
	int end = 0;

	memcpy(text, l->request->cursor.bytes, l->request->cursor.length);
	return sscanf(text, "%20s %8s %10" SCNu32 "%n", point, format, &l->last.number, &end) == 3 &&
	       (size_t)end == l->request->cursor.length && l->last.number <= EXIT_NUMBER_MAX &&
	       exit_name_make(point, format, &l->last.name);
}

/* ---- rows */

/* Is it behind what was listed last? */
static bool is_behind(const struct listing *l, const struct exit_name *name, uint32_t number)
{
	int order = l->begun ? strcmp(name->point, l->last.name.point) : 1;

	if (order == 0)
		order = strcmp(name->format, l->last.name.format);
	return order > 0 || (order == 0 && number > l->last.number);
}

static void note(struct listing *l, const struct exit_name *name, uint32_t number, bool listed)
{
	l->full = !listed;
	if (!listed)
		return;
	l->last = (struct place){*name, number};
	l->begun = true;
}

static void list_empty(struct listing *l, const struct exit_point *p)
{
	char maximum[12];
	const char *const items[] = {p->name.point, p->name.format, "", maximum};

	if (!is_behind(l, &p->name, 0))
		return;
	snprintf(maximum, sizeof maximum, "%" PRIu32, p->maximum);
	note(l, &p->name, 0, answer_row(l->answer, items, sizeof items / sizeof items[0]));
}

static void hexadecimal(const unsigned char *bytes, size_t length, char text[2 * AUTHZ_EXIT_DATA_MAX + 1])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < length; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * length] = '\0';
}

static void list_program(struct listing *l, const struct exit_name *name, const struct exit_program *e)
{
	char number[12], wait[12], length[12], data[2 * sizeof e->data + 1], uid[12], at[24];
	const char *const items[] = {name->point, name->format, number, e->path, e->input == EXIT_INPUT_RECORD ? "record" : "lines",
	                             wait, e->text, length, data, uid, at};

	snprintf(number, sizeof number, "%" PRIu32, e->number);
	snprintf(wait, sizeof wait, "%" PRIu32, e->wait_ms);
	snprintf(length, sizeof length, "%zu", e->data_length);
	snprintf(uid, sizeof uid, "%lu", (unsigned long)e->changed_by);
	snprintf(at, sizeof at, "%" PRId64, e->changed_at / 1000000);
	hexadecimal(e->data, e->data_length, data);
	note(l, name, e->number, answer_row(l->answer, items, sizeof items / sizeof items[0]));
}

static enum authz_result list_point(struct listing *l, struct store_txn *t, const struct exit_name *name)
{
	struct exit_point p;
	struct exit_program e;
	bool found;
	size_t i;
	enum authz_result result = exit_point_read(l->r, t, name, &p, &found);

	if (result == AUTHZ_OK && p.count == 0)
		list_empty(l, &p);
	for (i = 0; result == AUTHZ_OK && !l->full && i < p.count; i++) {
		if (!is_behind(l, name, p.numbers[i]))
			continue;
		result = exit_program_read(l->r, t, &p, p.numbers[i], &e, &found);
		if (result == AUTHZ_OK)
			list_program(l, name, &e);
	}
	return result;
}

/* ---- pages */

static bool is_asked(const struct listing *l, const struct exit_name *name)
{
	const struct request *q = l->request;

	return (!(q->has & HAS(POINT)) || strcmp(q->point, name->point) == 0) &&
	       (!(q->has & HAS(FORMAT)) || strcmp(q->format, name->format) == 0);
}

/* MUST 2: what goes on is decided by name and number, and not by how many there were. */
static enum authz_result list(struct listing *l, struct store_txn *t)
{
	struct exit_names names;
	size_t i;
	enum authz_result result = exit_names_read(l->r, t, &names);

	for (i = 0; result == AUTHZ_OK && !l->full && i < names.count; i++) {
		if (!is_asked(l, &names.names[i]))
			continue;
		l->matched = true;
		if (is_behind(l, &names.names[i], EXIT_NUMBER_MAX))
			result = list_point(l, t, &names.names[i]);
	}
	if (result == AUTHZ_OK && l->full && l->answer->rows.used == 0)
		return rules_refuse(l->r, AUTHZ_INTERNAL, "row");
	if (result == AUTHZ_OK && l->full)
		write_cursor(l);
	return result;
}

static enum authz_result shape(struct listing *l)
{
	const struct request *q = l->request;
	struct exit_name name;

	if ((q->has & HAS(FORMAT)) && !(q->has & HAS(POINT)))
		return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "point");
	if (q->has & HAS(FORMAT))
		return exit_name_read(l->r, q->point, q->format, &name);
	if ((q->has & HAS(POINT)) && !exit_point_is_name(q->point))
		return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "point");
	return AUTHZ_OK;
}

/* Which point is not there; of one that went between two pages the list is at its end. */
static enum authz_result miss(struct listing *l)
{
	char text[EXIT_POINT_SIZE + EXIT_FORMAT_SIZE];
	const struct request *q = l->request;

	if (l->matched || !(q->has & HAS(POINT)) || (q->has & HAS(CURSOR)))
		return AUTHZ_OK;
	snprintf(text, sizeof text, "%s%s%s", q->point, q->format[0] != '\0' ? " " : "", q->format);
	return rules_refuse(l->r, AUTHZ_NO_EXIT_POINT, text);
}

enum authz_result exit_list(struct rules *r, const struct request *request, struct answer *answer)
{
	struct listing l = {.r = r, .request = request, .answer = answer, .begun = (request->has & HAS(CURSOR)) != 0};
	struct store_txn *t;
	enum authz_result result = profile_require(r, SPECIAL_SECADM);

	if (result == AUTHZ_OK)
		result = shape(&l);
	if (result == AUTHZ_OK && l.begun && !parse_cursor(&l))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "cursor");
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = list(&l, t);
	store_abort(t);
	return result == AUTHZ_OK ? miss(&l) : result;
}
