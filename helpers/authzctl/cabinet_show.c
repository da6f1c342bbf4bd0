/* SPDX-License-Identifier: ISC */
/* What there is to see of cabinets: show, list, members, memberships, profile. */
#include "cabinet.h"
#include "cabinet_marks.h"
#include "output.h"
#include "rows.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void show_time(const char *seconds, char text[ITEM_SIZE])
{
	int64_t at;

	if (text_number(seconds, &at))
		text_time(at, text);
	else
		(void)snprintf(text, ITEM_SIZE, "%s", seconds);
}

static int ask_pairs(const struct app *app, struct call *c, const char *within)
{
	static const struct pair pairs[] = {{"name", NULL}, {"text", NULL}, {"security", NULL}, {"special", NULL},
	                                    {"through", NULL}, {"made", show_time}, {"marks", marks_show}, {NULL, NULL}};
	const enum authz_result result = call_ask(app, c);

	return result == AUTHZ_OK ? pairs_show(app, c, pairs, within) : answer(app, result, &c->error, NULL);
}

static int show_cabinet(const struct app *app, const struct args *args, struct call *c)
{
	(void)args;
	return ask_pairs(app, c, "cabinet");
}

static int show_profile(const struct app *app, const struct args *args, struct call *c)
{
	(void)args;
	return ask_pairs(app, c, NULL);
}

static int show(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_SHOW, NULL, show_cabinet});
}

static int profile(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_PROFILE, NULL, show_profile});
}

static int list_rows(const struct app *app, const struct args *args, struct call *c)
{
	static const struct column columns[] = {
		{"NAME", "name", COLUMN_TEXT},          {"TYPE", "type", COLUMN_TEXT},
		{"GID", "gid", COLUMN_NUMBER_OR_NONE},  {"ISN", "isn", COLUMN_NUMBER_OR_NONE},
		{"MEMBERS", "members", COLUMN_NUMBER_OR_NONE}, {"STATE", "state", COLUMN_TEXT},
		{"TEXT", "text", COLUMN_TEXT},
	};

	(void)args;
	return rows_show(app, c, columns, COUNT(columns));
}

static int list(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_LIST, NULL, list_rows});
}

static int members_fill(const struct app *app, const struct args *args, struct request *request)
{
	const bool users = args_value(args, "users") != NULL, administrators = args_value(args, "administrators") != NULL;

	if (users && administrators)
		return args_wrong(args, "only one of --users and --administrators");
	request->which = users ? CABINET_USERS : administrators ? CABINET_ADMINS : CABINET_DIRECT;
	request->has |= HAS(WHICH);
	return cabinet_names(app, args, request);
}

static int members_rows(const struct app *app, const struct args *args, struct call *c)
{
	static const struct column columns[] = {
		{"ISN", "isn", COLUMN_NUMBER_OR_NONE}, {"KIND", "kind", COLUMN_TEXT},
		{"NAME", "name", COLUMN_TEXT},         {"PROFILE", "profile", COLUMN_TEXT},
		{"SPECIAL", "special", COLUMN_TEXT},   {"THROUGH", "through", COLUMN_TEXT},
		{"SECURITY", "security", COLUMN_TEXT}, {"MARKS", "marks", COLUMN_MARKS},
	};

	(void)args;
	return rows_show(app, c, columns, COUNT(columns));
}

static int members(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_MEMBERS, members_fill, members_rows});
}

static int where_fill(const struct app *app, const struct args *args, struct request *request)
{
	return args->word == NULL ? EXIT_DONE : cabinet_name(app, request, FIELD_USER, "user", args->word);
}

static int where_rows(const struct app *app, const struct args *args, struct call *c)
{
	static const struct column columns[] = {
		{"CABINET", "cabinet", COLUMN_TEXT}, {"TYPE", "type", COLUMN_TEXT},       {"ISN", "isn", COLUMN_NUMBER_OR_NONE},
		{"THROUGH", "through", COLUMN_TEXT}, {"PROFILE", "profile", COLUMN_TEXT}, {"SECURITY", "security", COLUMN_TEXT},
		{"MARKS", "marks", COLUMN_MARKS},
	};

	(void)args;
	return rows_show(app, c, columns, COUNT(columns));
}

static int where(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_WHERE, where_fill, where_rows});
}

static const struct option members_options[] = {
	{.name = "users", .help = "all users who are in it, each with what she is in through"},
	{.name = "administrators", .help = "its administrators"},
	CABINET_AS,
	{.name = NULL},
};

const struct command cabinet_show = {
	.group = "cabinet",
	.verb = "show",
	.synopsis = "NAME",
	.word = "NAME",
	.help = "Show what is known of a cabinet.",
	.options = cabinet_acting,
	.run = show,
};

const struct command cabinet_list = {
	.group = "cabinet",
	.verb = "list",
	.synopsis = "",
	.help = "List the cabinets.",
	.options = cabinet_acting,
	.run = list,
};

const struct command cabinet_members = {
	.group = "cabinet",
	.verb = "members",
	.synopsis = "CABINET [--users | --administrators]",
	.word = "CABINET",
	.help = "List the members of a shared cabinet, or whom the owner of a private one authorized.",
	.options = members_options,
	.run = members,
};

const struct command cabinet_memberships = {
	.group = "cabinet",
	.verb = "memberships",
	.synopsis = "[USER]",
	.word = "USER",
	.word_optional = true,
	.help = "List the cabinets that a user may go to.",
	.options = cabinet_acting,
	.run = where,
};

const struct command cabinet_profile = {
	.group = "cabinet",
	.verb = "profile",
	.synopsis = "CABINET MEMBER",
	.word = "CABINET",
	.second = "MEMBER",
	.help = "Show what a cabinet lets a member do.",
	.options = cabinet_acting,
	.run = profile,
};
