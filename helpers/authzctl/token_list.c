/* SPDX-License-Identifier: ISC */
#include "app.h"
#include "output.h"
#include "rows.h"

static const struct column columns[] = {
	{"TOKEN ID", "id", COLUMN_TEXT},      {"USER", "user", COLUMN_TEXT},   {"MAKER", "maker", COLUMN_TEXT},
	{"TYPE", "type", COLUMN_TEXT},        {"STATE", "state", COLUMN_TEXT}, {"MADE", "made", COLUMN_TIME},
	{"LEFT", "left", COLUMN_NUMBER},      {"BOUND TO", "bindings", COLUMN_TEXT},
	{"MASTER", "master", COLUMN_TEXT},
};

static int list(struct app *app, const struct args *args)
{
	const char *user = args_value(args, "user");
	struct call c;

	call_begin(&c, OP_TOKEN_LIST);
	if (user != NULL && (*user == '\0' || !request_set_string(&c.request, FIELD_USER, user)))
		return answer_bad_parameter(app, "user");
	return rows_show(app, &c, columns, sizeof columns / sizeof columns[0]);
}

static const struct option options[] = {
	{.name = "user", .value = "USER", .help = "only those that stand for USER"},
	{.name = NULL},
};

const struct command token_list = {
	.group = "token",
	.verb = "list",
	.synopsis = "[--user USER]",
	.help = "List profile tokens, but never the tokens themselves.",
	.options = options,
	.run = list,
};
