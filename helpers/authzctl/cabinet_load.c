/* SPDX-License-Identifier: ISC */
/* Many members at once, from a file. */
#include <errno.h>
#include <inttypes.h>

#include "cabinet.h"
#include "output.h"
#include "upload.h"

static int load_fill(const struct app *app, const struct args *args, struct request *request)
{
	(void)app;
	request->report = args_value(args, "report") != NULL;
	request->has |= HAS(REPORT);
	return EXIT_DONE;
}

static bool say_refused(const struct app *app, char items[3][ITEM_SIZE], int64_t line)
{
	if (app->json)
		return json_line(json_pack("{sIsoso}", "line", (json_int_t)line, "code", text_json(items[1]), "text", text_json(items[2])));
	if (app->quiet)
		return true;
	fprintf(stderr, "authzctl: line %" PRId64 ": ", line);
	text_print(stderr, items[1]);
	fputs(": ", stderr);
	text_print(stderr, items[2]);
	fputc('\n', stderr);
	return true;
}

/* The lines that were refused, each a row: number, code, sentence. */
static enum authz_result say_all_refused(const struct app *app, struct call *c, int64_t *said)
{
	char items[3][ITEM_SIZE];
	struct frame_reader row;
	int64_t line;

	while (reply_next_entry(&c->reply, &row)) {
		if (!call_row(&row, items, 3) || !text_number(items[0], &line))
			return AUTHZ_HELPER_GARBLED;
		if (!say_refused(app, items, line))
			return AUTHZ_NO_MEMORY;
		++*said;
	}
	return AUTHZ_OK;
}

/* A reply has room for some of them. */
static void say_unnamed(const struct app *app, const struct call *c, int64_t said)
{
	const int64_t unnamed = c->reply.total - c->reply.count - said;

	if (unnamed > 0 && !app->json && !app->quiet)
		fprintf(stderr, "authzctl: %" PRId64 " more lines could not be done.\n", unnamed);
}

static int conclude(const struct app *app, struct call *c, enum authz_result result)
{
	const uint64_t numbers = UINT64_C(1) << REPLY_COUNT | UINT64_C(1) << REPLY_TOTAL;
	const bool has = (c->reply.has & numbers) == numbers;
	int64_t said = 0;
	enum authz_result rows = say_all_refused(app, c, &said);
	json_t *fields = NULL;
	int status;

	if (result == AUTHZ_OK && rows == AUTHZ_OK && !has)
		rows = AUTHZ_HELPER_GARBLED;
	if (rows != AUTHZ_OK)
		result = rows;
	if (has && result == AUTHZ_OK)
		say_unnamed(app, c, said);
	if (has && !app->json && result == AUTHZ_OK)
		printf("done:               %" PRId64 "\nlines:              %" PRId64 "\n", c->reply.count, c->reply.total);
	else if (has && app->json)
		fields = json_pack("{sIsI}", "done", (json_int_t)c->reply.count, "lines", (json_int_t)c->reply.total);
	status = answer(app, result, &c->error, fields);
	return status == EXIT_DONE && said > 0 ? EXIT_REFUSED : status;
}

static int load_stream(const struct app *app, const struct args *args, struct call *c)
{
	struct upload u;
	const struct client_stream stream = {.context = &u, .give = upload_give};
	enum authz_result result;

	if (!upload_begin(&u, args->word, app->quiet))
		return answer_bad_file("read", args->word, errno);
	result = call_stream(app, c, &stream);
	upload_end(&u);
	return u.failed != 0 ? answer_bad_file("read", args->word, u.failed) : conclude(app, c, result);
}

static int load(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_LOAD, load_fill, load_stream});
}

static const struct option options[] = {
	{.name = "report", .help = "do what can be done, and report the rest"},
	CABINET_AS,
	{.name = NULL},
};

const struct command cabinet_load = {
	.group = "cabinet",
	.verb = "load",
	.synopsis = "FILE|- [--report]",
	.word = "FILE",
	.help = "Add and remove many members, by lines of CABINET,MEMBER[,D[,PROFILE[,SPECIAL]]].",
	.options = options,
	.run = load,
};
