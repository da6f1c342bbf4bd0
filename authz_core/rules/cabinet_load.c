/* SPDX-License-Identifier: ISC */
/*
 * Many members at once (Con-nect's utility B06170, for all three types of profile).
 *
 * MUST 1: what may be added and removed, and by whom, is the same for each line as for the call of one.
 * MUST 2: with REPORT 0 all of the lines are done, or none.
 * MUST 3: an unknown shared cabinet refuses all of them.
 * MUST 4: nothing is read of who administers nothing, and all of it is read, and asked of the host, before the writer lock.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "authz.h"
#include "rules/cabinet.h"
#include "rules/cabinet_admit.h"
#include "rules/cabinet_lines.h"

struct load {
	struct rules *r;
	struct answer *answer;
	struct cabinet_actor actor;
	struct cabinet_lines lines;
	struct host_clock now;
	struct cabinet_touched *touched;
	bool whole; /* all or nothing */
	size_t added, removed, refused;
};

/* ---- what a line's result is */

static void sentence(const struct cabinet_line *line, char *text, size_t size)
{
	struct authz_error error = {.subject = ""};

	snprintf(error.subject, sizeof error.subject, "%s", line->subject);
	(void)authz_result_text(line->result, &error, text, size);
}

/* It becomes the end of another sentence. */
static void drop_period(char *text)
{
	const size_t length = strlen(text);

	if (length > 0 && text[length - 1] == '.')
		text[length - 1] = '\0';
}

/* All of it is refused by this line. */
static enum authz_result refuse_all(struct load *l, const struct cabinet_line *line)
{
	char text[160], subject[SUBJECT_SIZE];

	sentence(line, text, sizeof text);
	drop_period(text);
	snprintf(subject, sizeof subject, "%u: %s: %s", (unsigned)line->number, authz_result_code(line->result), text);
	return rules_refuse(l->r, AUTHZ_LOAD_REFUSED, subject);
}

/* The first of them that find room. */
static void report(struct load *l, const struct cabinet_line *line)
{
	char number[16], text[160];
	const char *const items[] = {number, authz_result_code(line->result), text};

	snprintf(number, sizeof number, "%u", (unsigned)line->number);
	sentence(line, text, sizeof text);
	(void)answer_row(l->answer, items, sizeof items / sizeof items[0]);
	l->refused++;
}

static bool is_refusal(enum authz_result result)
{
	static const enum authz_result refusals[] = {
		AUTHZ_CABINET_ADMIN, AUTHZ_NO_CABINET, AUTHZ_CABINET_LOCKED, AUTHZ_MEMBER_OF_SELF, AUTHZ_MEMBER_NOT_FOUND,
		AUTHZ_MEMBER_KIND, AUTHZ_ALREADY_MEMBER, AUTHZ_HAS_SHARED, AUTHZ_IS_NESTED, AUTHZ_NO_SPECIAL, AUTHZ_PARAMETER_LIST,
		AUTHZ_NOT_A_MEMBER,
	};
	size_t i;

	for (i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		if (refusals[i] == result)
			return true;
	return false;
}

/* No line before it can have made it so. */
static bool is_settled(enum authz_result result)
{
	return result != AUTHZ_ALREADY_MEMBER && result != AUTHZ_HAS_SHARED && result != AUTHZ_IS_NESTED &&
	       result != AUTHZ_NOT_A_MEMBER;
}

/* ---- lines */

/* A refusal is the line's own result; what is handed back is a fault. */
static enum authz_result check(struct load *l, struct store_txn *t, struct cabinet_line *line, struct cabinet_link *link)
{
	const struct cabinet_wish w = {.actor = &l->actor, .cabinet = line->cabinet, .member = line->who, .special = line->from,
	                               .type = line->type, .now = &l->now};
	enum authz_result result = line->drop ? cabinet_check_remove(l->r, t, &w, link) : cabinet_check_add(l->r, t, &w, link);

	if (!is_refusal(result))
		return result;
	line->result = result;
	line->subject = result == AUTHZ_CABINET_ADMIN || result == AUTHZ_NO_CABINET || result == AUTHZ_IS_NESTED ? line->cabinet
	                : result == AUTHZ_NO_SPECIAL                                                           ? line->special
	                                                                                                       : line->member;
	if (result == AUTHZ_CABINET_LOCKED && strcmp(l->r->subject, line->cabinet) == 0)
		line->subject = line->cabinet;
	return AUTHZ_OK;
}

/* MUST 2, MUST 3 */
static bool refuses_all(const struct load *l, const struct cabinet_line *line)
{
	return line->result != AUTHZ_OK && (l->whole || line->result == AUTHZ_NO_CABINET);
}

/* Without the lock: what is refused whatever the lines before it do. */
static enum authz_result foresee(struct load *l)
{
	struct store_txn *t;
	struct cabinet_link link;
	enum authz_result result = rules_begin(l->r, l->r->authority, false, &t);
	size_t i;

	if (result != AUTHZ_OK)
		return result;
	for (i = 0; i < l->lines.count && result == AUTHZ_OK; i++) {
		struct cabinet_line *line = &l->lines.line[i];

		if (line->result == AUTHZ_OK)
			result = check(l, t, line, &link);
		if (!is_settled(line->result))
			line->result = AUTHZ_OK;
		if (result == AUTHZ_OK && refuses_all(l, line))
			result = refuse_all(l, line);
		l->refused += line->result != AUTHZ_OK;
	}
	store_abort(t);
	return result;
}

static enum authz_result do_line(struct load *l, struct store_txn *t, struct cabinet_line *line)
{
	struct cabinet_link link;
	enum authz_result result = AUTHZ_OK;

	if (line->result == AUTHZ_OK)
		result = check(l, t, line, &link);
	if (result != AUTHZ_OK)
		return result;
	if (refuses_all(l, line))
		return refuse_all(l, line);
	if (line->result != AUTHZ_OK) {
		report(l, line);
		return AUTHZ_OK;
	}
	l->added += !line->drop;
	l->removed += line->drop;
	return line->drop ? cabinet_expel(l->r, t, &link, l->touched) : cabinet_admit(l->r, t, &link, l->touched);
}

static enum authz_result do_all(struct load *l, struct store_txn *t)
{
	enum authz_result result = AUTHZ_OK;
	size_t i;

	l->refused = 0;
	for (i = 0; i < l->lines.count && result == AUTHZ_OK; i++)
		result = do_line(l, t, &l->lines.line[i]);
	return result;
}

/* ---- the whole */

/* MUST 4: who administers nothing has no line to load. */
static enum authz_result may_load(struct load *l)
{
	struct rules *r = l->r;
	struct store_txn *t;
	bool may;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = cabinet_administers_any(r, t, &l->actor, &may);
	store_abort(t);
	return result != AUTHZ_OK || may ? result : rules_refuse(r, AUTHZ_CABINET_ADMIN, "any");
}

/* MUST 4 */
static enum authz_result prepare(struct load *l, const struct request *request, const struct rules_stream *stream)
{
	struct rules *r = l->r;
	enum authz_result result = cabinet_who(r, request, &l->actor);

	if (result == AUTHZ_OK)
		result = may_load(l);
	if (result == AUTHZ_OK)
		result = rules_stream_open(r, stream, r->caller.is_host ? STREAMS_OF_ROOT : "users, who load members");
	if (result == AUTHZ_OK)
		result = cabinet_lines_read(r, stream, &l->lines);
	if (result == AUTHZ_OK)
		result = cabinet_lines_ask(r, &l->lines);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &l->now) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	return result == AUTHZ_OK ? foresee(l) : result;
}

static void describe(const struct load *l, char *text, size_t size)
{
	char sum[2 * sizeof l->lines.sum + 1];

	sodium_bin2hex(sum, sizeof sum, l->lines.sum, sizeof l->lines.sum);
	snprintf(text, size, "lines=%zu added=%zu removed=%zu refused=%zu sum=%s", l->lines.count, l->added, l->removed,
	         l->refused, sum);
}

static enum authz_result load_lines(struct load *l, struct audit_event *event, char *detail, size_t size)
{
	struct rules *r = l->r;
	struct store_txn *t = NULL;
	enum authz_result result = AUTHZ_OK;

	l->touched = cabinet_touched_new();
	if (l->refused < l->lines.count) /* else nothing is to be done under the lock */
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = do_all(l, t);
	describe(l, detail, size);
	if (result == AUTHZ_OK && l->added + l->removed > 0)
		return cabinet_commit(r, t, l->touched, event);
	cabinet_touched_free(l->touched);
	store_abort(t);
	return rules_refused(r, event, result);
}

enum authz_result cabinet_load(struct rules *r, const struct request *request, const struct rules_stream *stream,
                               struct answer *answer)
{
	char detail[160] = "";
	struct audit_event event = {.event = "cabinet.load", .caller = &r->caller, .object_type = "cabinet", .detail = detail};
	struct load l = {.r = r, .answer = answer, .whole = request->report == 0};
	enum authz_result result = prepare(&l, request, stream);

	event.as = l.actor.as;
	describe(&l, detail, sizeof detail);
	if (result == AUTHZ_OK)
		result = load_lines(&l, &event, detail, sizeof detail);
	else
		result = rules_refused(r, &event, result);
	answer->reply.has |= 1u << REPLY_COUNT | 1u << REPLY_TOTAL;
	answer->reply.count = (int64_t)(l.added + l.removed);
	answer->reply.total = (int64_t)l.lines.count;
	cabinet_lines_free(&l.lines);
	return result;
}
