/* SPDX-License-Identifier: ISC */
/*
 * Exits are registered and removed, and their points made, set and removed.
 *
 * MUST 1: the host and *SECADM alone, and that is asked before anything is said of a point, and again under the lock.
 * MUST 2: a number that is taken has another program only if that was said, and then whole: nothing of the old one's stays.
 * MUST 3: no exit goes unasked because of another, or of a maximum: what has no room is refused, as is a maximum below what is
 *         registered.
 * MUST 4: what is none of a parameter's values is refused: it is neither cut nor made upper, nor is another taken for it.
 * MUST 5: each change is on record with point, format, number and program; of the data its length alone.
 * MUST 6: of a point that has lost a program, or has a damaged one, nothing is changed; it goes as a whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/exit.h"
#include "rules/exit_input.h"
#include "rules/exit_name.h"
#include "rules/profile_record.h"

struct change {
	struct rules *r;
	const struct request *request;
	struct host_clock now;
	struct exit_point point; /* its name, and from begin() on what the store has of it */
	bool there;
	struct exit_program program; /* that is registered or removed */
	bool replaced;
	size_t gone; /* programs that were removed */
	char numbers[EXIT_PROGRAMS_MAX * sizeof "2147483647,"];
};

/* One of the three operations. */
struct steps {
	const char *event;
	/* MUST 4: what can be said of the request alone; point and format are right. */
	enum authz_result (*shape)(struct change *c);
	/* In a write transaction, when the point was read. */
	enum authz_result (*apply)(struct change *c, struct store_txn *t);
	void (*describe)(const struct change *c, char *text, size_t size);
};

static enum authz_result bad(struct change *c, const char *parameter)
{
	return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, parameter);
}

/* "POINT FORMAT NUMBER", or without the number. */
static enum authz_result refuse(struct change *c, enum authz_result result, uint32_t number)
{
	const struct exit_name *name = &c->point.name;
	char text[EXIT_POINT_SIZE + EXIT_FORMAT_SIZE + 12];

	if (number > 0)
		snprintf(text, sizeof text, "%s %s %u", name->point, name->format, (unsigned)number);
	else
		snprintf(text, sizeof text, "%s %s", name->point, name->format);
	return rules_refuse(c->r, result, text);
}

/* ---- the way of each */

static enum authz_result ask(struct change *c, const struct steps *steps)
{
	struct rules *r = c->r;
	enum authz_result result = profile_require(r, SPECIAL_SECADM);

	if (result == AUTHZ_OK)
		result = exit_name_read(r, c->request->point, c->request->format, &c->point.name);
	if (result == AUTHZ_OK)
		result = steps->shape(c);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &c->now) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	return result;
}

static bool is_removed(const struct change *c)
{
	return (c->request->has & HAS(MAXIMUM)) && c->request->maximum == 0;
}

/* MUST 6.  Until then whoever would ask there is refused. */
static enum authz_result read_point(struct change *c, struct store_txn *t)
{
	const struct exit_name name = c->point.name;
	struct exit_program e;
	bool found;
	size_t i;
	enum authz_result result = exit_point_read(c->r, t, &name, &c->point, &c->there);

	for (i = 0; result == AUTHZ_OK && !is_removed(c) && i < c->point.count; i++)
		result = exit_program_read(c->r, t, &c->point, c->point.numbers[i], &e, &found);
	return result;
}

/* It was asked before the lock was waited for. */
static enum authz_result begin(struct change *c, struct store_txn **t)
{
	struct rules *r = c->r;
	uint32_t special;
	enum authz_result result = rules_begin(r, r->authority, true, t);

	if (result == AUTHZ_OK)
		result = profile_caller_special(r, *t, &special);
	if (result == AUTHZ_OK)
		result = profile_require_of(r, special, SPECIAL_SECADM);
	return result == AUTHZ_OK ? read_point(c, *t) : result;
}

/* MUST 5.  The path is the entity, whose bytes cannot end a word; all else is numbers, and names of points. */
static enum authz_result run(struct change *c, const struct steps *steps)
{
	struct rules *r = c->r;
	char detail[256 + sizeof c->numbers] = "";
	const struct audit_event event = {.event = steps->event, .caller = &r->caller, .object_type = "exit",
	                                  .entity = c->program.path, .detail = detail};
	struct store_txn *t = NULL;
	enum authz_result result;

	(void)exit_name_make(c->request->point, c->request->format, &c->point.name); /* it is on record whoever named it */
	result = ask(c, steps);
	if (result == AUTHZ_OK)
		result = begin(c, &t);
	if (result == AUTHZ_OK)
		result = steps->apply(c, t);
	if (c->point.name.point[0] != '\0') {
		snprintf(detail, sizeof detail, "point=%s format=%s ", c->point.name.point, c->point.name.format);
		steps->describe(c, detail + strlen(detail), sizeof detail - strlen(detail));
	}
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, &event);
	store_abort(t);
	return rules_refused(r, &event, result);
}

static enum authz_result run_counted(struct change *c, struct answer *answer, const struct steps *steps)
{
	const enum authz_result result = run(c, steps);

	if (result != AUTHZ_OK)
		return result;
	answer->reply.has |= 1u << REPLY_COUNT;
	answer->reply.count = (int64_t)c->gone;
	return AUTHZ_OK;
}

/* ---- add */

static bool is_path(const char *text)
{
	return text[0] == '/' && text[1] != '\0' && exit_is_line(text, strlen(text));
}

static bool number_is_good(int64_t number)
{
	return number >= 1 && number <= EXIT_NUMBER_MAX;
}

static enum authz_result input_shape(struct change *c)
{
	const struct request *q = c->request;

	if (q->which != EXIT_INPUT_LINES && (q->which != EXIT_INPUT_RECORD || !exit_format_has_record(&c->point.name)))
		return bad(c, "input");
	if (q->data.length > sizeof c->program.data)
		return bad(c, "data");
	if (q->which == EXIT_INPUT_LINES && !exit_is_line((const char *)q->data.bytes, q->data.length))
		return bad(c, "data");
	return AUTHZ_OK;
}

static enum authz_result add_shape(struct change *c)
{
	const struct request *q = c->request;
	enum authz_result result;

	if (!number_is_good(q->number) && q->number != EXIT_NUMBER_LOW && q->number != EXIT_NUMBER_HIGH)
		return bad(c, "number");
	if (!is_path(q->server))
		return bad(c, "program");
	result = input_shape(c);
	if (result != AUTHZ_OK)
		return result;
	if (!exit_is_line(q->text, strlen(q->text)))
		return bad(c, "text");
	if ((q->has & HAS(WAIT)) && (q->wait < EXIT_WAIT_MIN || q->wait > EXIT_WAIT_MAX))
		return bad(c, "wait");
	memcpy(c->program.path, q->server, sizeof c->program.path);
	return AUTHZ_OK;
}

static void fill(struct change *c, uint32_t number)
{
	const struct request *q = c->request;
	struct exit_program *e = &c->program;

	e->number = number;
	e->input = (enum exit_input)q->which;
	memcpy(e->text, q->text, sizeof e->text);
	e->wait_ms = (uint32_t)q->wait;
	memcpy(e->data, q->data.bytes, q->data.length);
	e->data_length = q->data.length;
	e->changed_by = c->r->caller.uid;
	e->changed_at = c->now.wall;
}

static uint32_t choose(const struct change *c)
{
	const int64_t number = c->request->number;

	if (number == EXIT_NUMBER_LOW)
		return exit_number_low(&c->point);
	return number == EXIT_NUMBER_HIGH ? exit_number_high(&c->point) : (uint32_t)number;
}

/* MUST 2 */
static enum authz_result add(struct change *c, struct store_txn *t)
{
	struct exit_program before;
	char number[12];
	enum authz_result result;

	fill(c, choose(c));
	result = exit_program_read(c->r, t, &c->point, c->program.number, &before, &c->replaced);
	if (result != AUTHZ_OK)
		return result;
	snprintf(number, sizeof number, "%u", (unsigned)c->program.number);
	if (c->replaced && c->request->reconfigure != 1)
		return rules_refuse(c->r, AUTHZ_NUMBER_TAKEN, number);
	return exit_program_put(c->r, t, &c->point, &c->program);
}

static void describe_add(const struct change *c, char *text, size_t size)
{
	const struct exit_program *e = &c->program;
	const int64_t number = e->number > 0 ? e->number : c->request->number;

	snprintf(text, size, "number=%" PRId64 " input=%s wait=%u data=%zu replaced=%s", number,
	         c->request->which == EXIT_INPUT_RECORD ? "record" : "lines", (unsigned)e->wait_ms, c->request->data.length,
	         c->replaced ? "yes" : "no");
}

enum authz_result exit_add(struct rules *r, const struct request *request, struct answer *answer)
{
	static const struct steps steps = {"exit.add", add_shape, add, describe_add};
	struct change c = {.r = r, .request = request};
	const enum authz_result result = run(&c, &steps);

	if (result != AUTHZ_OK)
		return result;
	answer->reply.has |= 1u << REPLY_NUMBER;
	answer->reply.number = c.program.number;
	return AUTHZ_OK;
}

/* ---- remove */

static enum authz_result remove_shape(struct change *c)
{
	const int64_t number = c->request->number;

	return number_is_good(number) || number == EXIT_NUMBER_ALL ? AUTHZ_OK : bad(c, "number");
}

static void note_numbers(struct change *c)
{
	size_t i, used = 0;

	for (i = 0; i < c->point.count; i++)
		used += (size_t)snprintf(c->numbers + used, sizeof c->numbers - used, "%s%u", i > 0 ? "," : "",
		                         (unsigned)c->point.numbers[i]);
	c->gone = c->point.count;
}

static enum authz_result remove_all(struct change *c, struct store_txn *t)
{
	enum authz_result result = AUTHZ_OK;
	bool found;

	note_numbers(c);
	while (result == AUTHZ_OK && c->point.count > 0)
		result = exit_program_drop(c->r, t, &c->point, c->point.numbers[c->point.count - 1], &found);
	return result;
}

static enum authz_result remove_one(struct change *c, struct store_txn *t, uint32_t number)
{
	bool found;
	enum authz_result result = exit_program_read(c->r, t, &c->point, number, &c->program, &found);

	if (result == AUTHZ_OK && !found)
		return refuse(c, AUTHZ_NO_EXIT, number);
	c->gone = 1;
	return result == AUTHZ_OK ? exit_program_drop(c->r, t, &c->point, number, &found) : result;
}

static enum authz_result take_away(struct change *c, struct store_txn *t)
{
	const int64_t number = c->request->number;

	if (!c->there)
		return refuse(c, AUTHZ_NO_EXIT_POINT, 0);
	return number == EXIT_NUMBER_ALL ? remove_all(c, t) : remove_one(c, t, (uint32_t)number);
}

static void describe_remove(const struct change *c, char *text, size_t size)
{
	if (c->request->number == EXIT_NUMBER_ALL)
		snprintf(text, size, "number=*ALL programs=%zu numbers=%s", c->gone, c->numbers);
	else
		snprintf(text, size, "number=%" PRId64 " data=%zu", c->request->number, c->program.data_length);
}

enum authz_result exit_remove(struct rules *r, const struct request *request, struct answer *answer)
{
	static const struct steps steps = {"exit.remove", remove_shape, take_away, describe_remove};
	struct change c = {.r = r, .request = request};

	return run_counted(&c, answer, &steps);
}

/* ---- point */

static enum authz_result point_shape(struct change *c)
{
	const struct request *q = c->request;

	return !(q->has & HAS(MAXIMUM)) || (q->maximum >= 0 && q->maximum <= EXIT_PROGRAMS_MAX) ? AUTHZ_OK : bad(c, "maximum");
}

static enum authz_result set_point(struct change *c, struct store_txn *t)
{
	if (is_removed(c) && !c->there)
		return refuse(c, AUTHZ_NO_EXIT_POINT, 0);
	if (is_removed(c))
		note_numbers(c);
	else if (c->request->has & HAS(MAXIMUM))
		c->point.maximum = (uint32_t)c->request->maximum;
	return is_removed(c) ? exit_point_erase(c->r, t, &c->point) : exit_point_write(c->r, t, &c->point);
}

static void describe_point(const struct change *c, char *text, size_t size)
{
	if (is_removed(c))
		snprintf(text, size, "removed=yes programs=%zu numbers=%s", c->gone, c->numbers);
	else
		snprintf(text, size, "maximum=%u new=%s", (unsigned)c->point.maximum, c->there ? "no" : "yes");
}

enum authz_result exit_point(struct rules *r, const struct request *request, struct answer *answer)
{
	static const struct steps steps = {"exit.point", point_shape, set_point, describe_point};
	struct change c = {.r = r, .request = request};

	return run_counted(&c, answer, &steps);
}
