/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the checks come in the order of doc/EXITS, and nothing is read of who may not ask.
 * MUST 2: however much is sent, no more than room for 10000 destinations is kept, and one too many ends the reading.
 * MUST 3: what is not a destination whole, with its newline, is refused, and so is what is there twice.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/authority.h"
#include "rules/exit.h"
#include "rules/exit_ask.h"
#include "rules/exit_audit.h"
#include "rules/exit_name.h"

#define TOGETHER_MS 30000 /* what all programs of one asking have, */
#define GRACE_MS 1000     /* and that much more until the last of them is given up and on record */
#define CHUNK 4096
#define ROW_ANSWERS 1000
#define STREAMS_OF_ASKERS "users, who ask exits"

struct check {
	struct rules *r;
	const struct request *request;
	struct exit_name name;
	struct exit_activity activity;
	bool known; /* the user is one of this host's */
	struct exit_destination *all;
	size_t count;
	char line[EXIT_DESTINATION_SIZE + 2]; /* one that is being read: a name, its last period, and a NUL */
	size_t line_length;
	struct exit_programs programs;
	unsigned char *first; /* of exit_ask */
};

static enum authz_result bad(struct check *c, const char *parameter)
{
	return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, parameter);
}

/* ---- the parameters */

struct strings {
	const unsigned char *at;
	size_t left;
};

/* The next one, whole. */
static bool take(struct strings *s, char *out, size_t size)
{
	const unsigned char *end = memchr(s->at, '\0', s->left);
	const size_t length = end != NULL ? (size_t)(end - s->at) : s->left;

	if (end == NULL || length >= size)
		return false;
	memcpy(out, s->at, length + 1);
	s->at += length + 1;
	s->left -= length + 1;
	return true;
}

static bool take_sequence(struct strings *s, int64_t *out)
{
	char text[11];

	if (!take(s, text, sizeof text) || text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

static enum authz_result read_activity(struct check *c)
{
	const struct request *q = c->request;
	struct strings s = {q->data.bytes, q->data.length};
	struct exit_activity *a = &c->activity;
	const char *fault;

	if (!take(&s, a->change_request, sizeof a->change_request))
		return bad(c, "change-request");
	if (!take_sequence(&s, &a->sequence))
		return bad(c, "sequence");
	if (!take(&s, a->activity, sizeof a->activity))
		return bad(c, "activity");
	if (!take(&s, a->type, sizeof a->type))
		return bad(c, "type");
	if (!take(&s, a->transport, sizeof a->transport))
		return bad(c, "transport");
	if (!take(&s, a->verb, sizeof a->verb))
		return bad(c, "verb");
	if (!take(&s, a->global_name, sizeof a->global_name) || s.left != 0)
		return bad(c, "global-name");
	memcpy(a->user, q->user, sizeof a->user);
	fault = exit_activity_fault(a);
	return fault == NULL ? AUTHZ_OK : bad(c, fault);
}

/* Points that this host asks itself are not asked so. */
static enum authz_result read_name(struct check *c)
{
	const enum authz_result result = exit_name_read(c->r, c->request->point, c->request->format, &c->name);

	return result != AUTHZ_OK || exit_format_has_record(&c->name) ? result : bad(c, "format");
}

/* ---- who asks */

/* Programs are told the name that this host has for the user. */
static enum authz_result find_user(struct check *c, struct host_user *user)
{
	struct host *host = c->r->host;
	enum authz_result result = host->user_by_name(host->context, c->activity.user, user);

	if (result == AUTHZ_USER_NOT_FOUND)
		return rules_refuse(c->r, result, c->activity.user);
	if (result != AUTHZ_OK)
		return rules_refuse(c->r, result, "the look-up of a user failed");
	c->known = true;
	memcpy(c->activity.user, user->name, sizeof c->activity.user);
	return exit_activity_fault(&c->activity) == NULL ? AUTHZ_OK : bad(c, "user");
}

static enum authz_result look_at_use(struct check *c, const struct host_user *user, const struct authority_who *callers)
{
	struct rules *r = c->r;
	struct store_txn *t;
	uint32_t mask = 0;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = authority_of_caller(r, t, callers, user, &mask);
	store_abort(t);
	if (result == AUTHZ_OK && !(mask & AUTHORITY_USE))
		return rules_refuse(r, AUTHZ_USE_REQUIRED, user->name);
	return result;
}

static enum authz_result may_ask(struct check *c)
{
	struct rules *r = c->r;
	struct authority_who callers;
	struct host_user user;
	enum authz_result result = find_user(c, &user);

	if (result != AUTHZ_OK || r->caller.is_host || r->caller.uid == user.uid)
		return result;
	result = authority_who_calls(r, &callers);
	return result == AUTHZ_OK ? look_at_use(c, &user, &callers) : result;
}

/* ---- the destinations */

static enum authz_result bad_destination(struct check *c, size_t number)
{
	char text[40];

	snprintf(text, sizeof text, "destination %zu", number);
	return bad(c, text);
}

static enum authz_result end_line(struct check *c)
{
	if (c->count == AUTHZ_EXIT_DESTINATIONS_MAX)
		return bad(c, "destinations (more than 10000)");
	c->line[c->line_length] = '\0';
	c->line_length = 0;
	if (!exit_destination_make(&c->activity, c->line, &c->all[c->count]))
		return bad_destination(c, c->count + 1);
	c->count++;
	return AUTHZ_OK;
}

/* MUST 2, MUST 3 */
static enum authz_result read_bytes(struct check *c, const char *bytes, size_t length)
{
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < length && result == AUTHZ_OK; i++) {
		if (bytes[i] == '\n')
			result = end_line(c);
		else if (bytes[i] == '\0' || c->line_length == sizeof c->line - 1)
			result = bad_destination(c, c->count + 1);
		else
			c->line[c->line_length++] = bytes[i];
	}
	return result;
}

static enum authz_result refuse_twice(struct check *c)
{
	const struct exit_destination **sorted = calloc(c->count, sizeof *sorted), *twice;
	char text[EXIT_DESTINATION_SIZE + 32] = "";

	if (sorted == NULL)
		return rules_refuse(c->r, AUTHZ_NO_MEMORY, "");
	twice = exit_destinations_twice(c->all, c->count, sorted);
	if (twice != NULL)
		snprintf(text, sizeof text, "destination %s (twice)", twice->text);
	free(sorted);
	return twice == NULL ? AUTHZ_OK : bad(c, text);
}

static enum authz_result read_destinations(struct check *c, const struct rules_stream *stream)
{
	char bytes[CHUNK];
	long got = 1;
	enum authz_result result = AUTHZ_OK;

	c->all = calloc(AUTHZ_EXIT_DESTINATIONS_MAX, sizeof *c->all);
	if (c->all == NULL)
		return rules_refuse(c->r, AUTHZ_NO_MEMORY, "");
	while (got > 0 && result == AUTHZ_OK) {
		got = stream->get(stream->context, bytes, sizeof bytes);
		if (got > 0)
			result = read_bytes(c, bytes, (size_t)got);
	}
	if (result != AUTHZ_OK)
		return result;
	if (got < 0)
		return bad(c, "destinations (the input broke off)");
	if (c->line_length > 0)
		return bad(c, "destinations (the last has no newline)");
	return c->count > 0 ? refuse_twice(c) : bad(c, "destinations (none)");
}

/* ---- the asking */

static enum authz_result ask(struct check *c, const struct rules_stream *stream)
{
	struct exit_line lines[EXIT_ACTIVITY_LINES];
	char sequence[EXIT_SEQUENCE_SIZE];
	const struct exit_asking asking = {.programs = &c->programs, .activity = &c->activity, .lines = lines,
	                                   .line_count = EXIT_ACTIVITY_LINES, .to = {c->all, c->count}, .within_ms = TOGETHER_MS,
	                                   .waits = c->r->caller.is_host ? HOST_WAITS_ACTIVITY : HOST_WAITS_USERS_ACTIVITY};
	enum authz_result result = exit_programs_read(c->r, &c->name, &c->programs);

	if (result != AUTHZ_OK)
		return result;
	c->first = calloc(c->count, sizeof *c->first);
	if (c->first == NULL)
		return rules_refuse(c->r, AUTHZ_NO_MEMORY, "");
	exit_activity_lines(&c->activity, sequence, lines);
	if (c->programs.count > 0)
		stream->proceed(stream->context, TOGETHER_MS + GRACE_MS);
	return exit_ask(c->r, &asking, c->first);
}

/* MUST 1 */
static enum authz_result check(struct check *c, const struct rules_stream *stream)
{
	enum authz_result result = read_name(c);

	if (result == AUTHZ_OK)
		result = read_activity(c);
	if (result == AUTHZ_OK)
		result = may_ask(c);
	if (result == AUTHZ_OK)
		result = rules_stream_open(c->r, stream, c->r->caller.is_host ? STREAMS_OF_ROOT : STREAMS_OF_ASKERS);
	if (result == AUTHZ_OK)
		result = read_destinations(c, stream);
	return result == AUTHZ_OK ? ask(c, stream) : result;
}

/* ---- on record */

static void count_no(const struct check *c, size_t *no, uint32_t *number)
{
	size_t i, lowest = EXIT_PROGRAMS_MAX;

	*no = 0;
	for (i = 0; i < c->count; i++) {
		*no += c->first[i] != 0;
		if (c->first[i] != 0 && c->first[i] - 1u < lowest)
			lowest = c->first[i] - 1u;
	}
	*number = *no > 0 ? c->programs.all[lowest].number : 0;
}

static void describe(const struct check *c, enum authz_result result, char *text, size_t size)
{
	size_t no;
	uint32_t number;

	if (!c->known) /* the parameters are not all good */
		return;
	exit_audit_add(text, size, "point", c->name.point);
	exit_audit_add(text, size, "format", c->name.format);
	exit_audit_add(text, size, "change-request", c->activity.change_request);
	exit_audit_add_number(text, size, "sequence", (uint64_t)c->activity.sequence);
	exit_audit_add(text, size, "activity", c->activity.activity);
	if (c->count > 0)
		exit_audit_add_number(text, size, "destinations", c->count);
	if (result != AUTHZ_OK)
		return;
	count_no(c, &no, &number);
	exit_audit_add_number(text, size, "no", no);
	if (no > 0)
		exit_audit_add_number(text, size, "number", number);
}

static enum authz_result record(const struct check *c, enum authz_result result)
{
	char detail[320] = "";
	const struct audit_event event = {.event = "exit.check", .caller = &c->r->caller, .owner = c->known ? c->activity.user : "",
	                                  .detail = detail};

	describe(c, result, detail, sizeof detail);
	if (result == AUTHZ_USER_NOT_FOUND && !c->known)
		return rules_refused_unsaid(c->r, &event, result);
	return exit_audit(c->r, &event, result);
}

/* ---- the answer */

/* The numbers of the programs that were the first to say no somewhere; place[k]: the character of the k-th program. */
static bool put_numbers(const struct check *c, struct answer *answer, char place[EXIT_PROGRAMS_MAX + 1])
{
	bool said[EXIT_PROGRAMS_MAX + 1] = {false};
	char text[EXIT_PROGRAMS_MAX][11];
	const char *items[EXIT_PROGRAMS_MAX];
	size_t i, k, count = 0;

	for (i = 0; i < c->count; i++)
		said[c->first[i]] = true;
	place[0] = '0';
	for (k = 1; k <= c->programs.count; k++) {
		if (!said[k])
			continue;
		snprintf(text[count], sizeof text[count], "%" PRIu32, c->programs.all[k - 1].number);
		items[count] = text[count];
		place[k] = (char)('0' + ++count);
	}
	return answer_row(answer, items, count);
}

static enum authz_result put_answers(const struct check *c, struct answer *answer)
{
	char place[EXIT_PROGRAMS_MAX + 1], text[ROW_ANSWERS + 1];
	const char *items[] = {text};
	bool room = put_numbers(c, answer, place);
	size_t i, used = 0;

	for (i = 0; i < c->count && room; i++) {
		text[used++] = place[c->first[i]];
		text[used] = '\0';
		if (used == ROW_ANSWERS || i + 1 == c->count) {
			room = answer_row(answer, items, 1);
			used = 0;
		}
	}
	return room ? AUTHZ_OK : rules_refuse(c->r, AUTHZ_INTERNAL, "the answers have no room");
}

enum authz_result exit_check(struct rules *r, const struct request *request, const struct rules_stream *stream,
                             struct answer *answer)
{
	struct check c = {.r = r, .request = request};
	enum authz_result result = record(&c, check(&c, stream));

	if (result == AUTHZ_OK)
		result = put_answers(&c, answer);
	exit_programs_free(&c.programs);
	free(c.first);
	free(c.all);
	return result;
}
