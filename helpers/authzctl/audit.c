/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "output.h"
#include "since.h"

static bool print_record(const struct app *app, const char *line)
{
	json_t *row;

	if (!app->json) {
		text_print(stdout, line);
		putchar('\n');
		return true;
	}
	row = json_object();
	if (row != NULL && json_object_set_new(row, "line", text_json(line)) != 0) {
		json_decref(row);
		row = NULL;
	}
	return json_line(row);
}

/* The records of one answer. */
static enum authz_result print_records(const struct app *app, struct call *c, char *line, bool *any)
{
	struct frame_reader row;

	*any = false;
	while (reply_next_entry(&c->reply, &row)) {
		*any = true;
		if (!frame_next_item(&row, line, FRAME_REPLY_MAX) || row.left != 0)
			return AUTHZ_HELPER_GARBLED;
		if (!print_record(app, line))
			return AUTHZ_NO_MEMORY;
	}
	return AUTHZ_OK;
}

static bool moved(const struct call *c)
{
	const struct request *q = &c->request;
	const struct reply *p = &c->reply;

	return (q->has & HAS(CURSOR)) == 0 || q->cursor.length != p->cursor.length ||
	       memcmp(q->cursor.bytes, p->cursor.bytes, q->cursor.length) != 0;
}

/* Where the next question goes on.  *more: the place has moved, so there may be more already, be this answer empty or not. */
static enum authz_result go_on(struct call *c, bool any, bool follow, bool *more)
{
	const bool cursor = (c->reply.has & (UINT64_C(1) << REPLY_CURSOR)) != 0;

	*more = cursor && moved(c);
	if (*more)
		return call_more(c);
	/* the same place again is right where there was nothing */
	return any && (cursor || follow) ? AUTHZ_HELPER_GARBLED : AUTHZ_OK;
}

/* Ask on and on: to the end of what there is, or with "follow" until the helper or whoever reads is gone. */
static enum authz_result read_records(const struct app *app, struct call *c, char *line, bool follow)
{
	enum authz_result result;
	bool any, more = true;

	while ((more || (follow && output_wait(1000))) && !ferror(stdout)) {
		result = call_ask(app, c);
		if (result == AUTHZ_OK)
			result = print_records(app, c, line, &any);
		if (result == AUTHZ_OK)
			result = go_on(c, any, follow, &more);
		if (result != AUTHZ_OK)
			return result;
		if ((!more && !follow) || (follow && !output_flush()))
			break;
	}
	return AUTHZ_OK;
}

static int run(struct app *app, const struct args *args)
{
	const char *since = args_value(args, "since");
	const bool follow = args_value(args, "follow") != NULL;
	struct call c;
	enum authz_result result = AUTHZ_NO_MEMORY;
	char *line;

	call_begin(&c, OP_AUDIT_READ);
	if (since != NULL && !since_parse(since, time(NULL), &c.request.since))
		return args_wrong(args, "unknown time %s", since);
	if (since != NULL)
		c.request.has |= HAS(SINCE);
	line = malloc(FRAME_REPLY_MAX);
	if (line != NULL)
		result = read_records(app, &c, line, follow);
	free(line);
	if (result != AUTHZ_OK)
		return answer(app, result, &c.error, NULL);
	return follow ? EXIT_INTERNAL : EXIT_DONE; /* to follow has no end but that of its output */
}

static const struct option options[] = {
	{.name = "since", .value = "TIME", .help = "from then on: 2026-11-21, \"2026-11-21 07:00\", 10m, 2h, @SECONDS"},
	{.name = "follow", .help = "go on with what comes, until interrupted"},
	{.name = NULL},
};

const struct command audit = {
	.group = "audit",
	.synopsis = "[--since TIME] [--follow]",
	.help = "Show the audit records.",
	.options = options,
	.run = run,
};
