/* SPDX-License-Identifier: ISC */
/* Masters: define, remove, list, grant, revoke, may, mine, forbid, allow. */
#include <string.h>
#include <time.h>

#include "app.h"
#include "output.h"
#include "rows.h"
#include "since.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A word of the line, or an option's value; NULL: it is not there. */
static int put(const struct app *app, struct request *request, enum request_field field, const char *what, const char *value)
{
	if (value != NULL && (*value == '\0' || !request_set_string(request, field, value)))
		return answer_bad_parameter(app, what);
	return EXIT_DONE;
}

/* What is no set of owners has a code of its own, also where it is too long to be asked about. */
static int put_owners(const struct app *app, struct request *request, const char *value)
{
	struct authz_error error;

	if (*value == '\0')
		return answer_bad_parameter(app, "owners");
	if (request_set_string(request, FIELD_OWNERS, value))
		return EXIT_DONE;
	(void)snprintf(error.subject, sizeof error.subject, "%s", value);
	return answer(app, AUTHZ_BAD_OWNERS, &error, NULL);
}

static int ask(const struct app *app, struct call *c)
{
	return answer(app, call_ask(app, c), &c->error, NULL);
}

/* ---- define, remove, grant, revoke */

static int change(const struct app *app, const struct args *args, enum operation operation)
{
	struct call c;
	int status;

	call_begin(&c, operation);
	status = put(app, &c.request, FIELD_MASTER, "master", args->word);
	return status == EXIT_DONE ? ask(app, &c) : status;
}

static int define(struct app *app, const struct args *args)
{
	return change(app, args, OP_MASTER_DEFINE);
}

static int take_away(struct app *app, const struct args *args)
{
	return change(app, args, OP_MASTER_REMOVE);
}

static int put_until(const struct args *args, struct request *request)
{
	const char *until = args_value(args, "until");
	const int64_t now = time(NULL);

	if (until == NULL)
		return EXIT_DONE;
	if (!since_parse(until, now, &request->until))
		return args_wrong(args, "unknown time %s", until);
	if (request->until <= now)
		return args_wrong(args, "--until %s is not in the future; +8h is in eight hours", until);
	request->has |= HAS(UNTIL);
	return EXIT_DONE;
}

static int grant(struct app *app, const struct args *args)
{
	struct call c;
	int status;

	call_begin(&c, OP_MASTER_GRANT);
	status = put_until(args, &c.request);
	if (status == EXIT_DONE)
		status = put(app, &c.request, FIELD_MASTER, "master", args->word);
	if (status == EXIT_DONE)
		status = put_owners(app, &c.request, args->second);
	return status == EXIT_DONE ? ask(app, &c) : status;
}

static int revoke(struct app *app, const struct args *args)
{
	struct call c;
	int status;

	call_begin(&c, OP_MASTER_REVOKE);
	status = put(app, &c.request, FIELD_MASTER, "master", args->word);
	if (status == EXIT_DONE)
		status = put_owners(app, &c.request, args->second);
	return status == EXIT_DONE ? ask(app, &c) : status;
}

/* ---- list */

static int list(struct app *app, const struct args *args)
{
	static const struct column masters[] = {
		{"MASTER", "master", COLUMN_TEXT}, {"ENTRIES", "entries", COLUMN_NUMBER}, {"STATE", "state", COLUMN_TEXT}};
	static const struct column set[] = {
		{"OWNERS", "owners", COLUMN_TEXT}, {"UNTIL", "until", COLUMN_TIME_OR_NONE}, {"STATE", "state", COLUMN_TEXT}};
	struct call c;
	int status;

	call_begin(&c, OP_MASTER_LIST);
	status = put(app, &c.request, FIELD_MASTER, "master", args->word);
	if (status != EXIT_DONE)
		return status;
	return args->word == NULL ? rows_show(app, &c, masters, COUNT(masters)) : rows_show(app, &c, set, COUNT(set));
}

/* ---- may */

/* A refusal by its code; AUTHZ_HELPER_GARBLED, if there is none of that code. */
static enum authz_result refusal_of(const char *code)
{
	static const enum authz_result results[] = {
#define X(name, number, code, pam, exit, sentence) AUTHZ_##name,
		AUTHZ_RESULTS(X)
#undef X
	};

	for (size_t i = 0; i < COUNT(results); i++)
		if (results[i] != AUTHZ_OK && strcmp(authz_result_code(results[i]), code) == 0)
			return results[i];
	return AUTHZ_HELPER_GARBLED;
}

static int say_yes(const struct app *app, const char *by)
{
	if (app->json)
		return answer(app, AUTHZ_OK, NULL, json_pack("{sbso}", "may", 1, "by", text_json(by)));
	fputs("yes: by ", stdout);
	text_print(stdout, by);
	putchar('\n');
	return EXIT_DONE;
}

/* The sentence is about whom the helper says, or else about whom it must be. */
static int say_no(const struct app *app, const struct args *args, enum authz_result why, const char *about)
{
	struct authz_error error;
	char text[512];

	(void)snprintf(error.subject, sizeof error.subject, "%.256s",
	               *about != '\0' ? about : why == AUTHZ_NO_MASTER ? args->word : args->second);
	if (app->json) {
		(void)answer(app, why, &error, json_pack("{sb}", "may", 0));
		return EXIT_REFUSED;
	}
	if (!app->quiet) {
		printf("no: %s: ", authz_result_code(why));
		text_print(stdout, authz_result_text(why, &error, text, sizeof text));
		putchar('\n');
	}
	return EXIT_REFUSED;
}

static int may(struct app *app, const struct args *args)
{
	char items[2][ITEM_SIZE];
	struct frame_reader row;
	enum authz_result result;
	struct call c;
	int status;

	call_begin(&c, OP_MASTER_MAY);
	status = put(app, &c.request, FIELD_MASTER, "master", args->word);
	if (status == EXIT_DONE)
		status = put(app, &c.request, FIELD_USER, "user", args->second);
	if (status != EXIT_DONE)
		return status;
	result = call_ask(app, &c);
	if (result != AUTHZ_OK)
		return answer(app, result, &c.error, NULL);
	if (!reply_next_entry(&c.reply, &row) || !call_row(&row, items, 2))
		return answer(app, AUTHZ_HELPER_GARBLED, &c.error, NULL);
	if (strcmp(items[0], "may") == 0)
		return say_yes(app, items[1]);
	result = refusal_of(items[0]);
	return result == AUTHZ_HELPER_GARBLED ? answer(app, result, &c.error, NULL) : say_no(app, args, result, items[1]);
}

/* ---- mine, forbid, allow */

static int mine(struct app *app, const struct args *args)
{
	static const struct column masters[] = {
		{"MASTER", "master", COLUMN_TEXT}, {"BY", "owners", COLUMN_TEXT}, {"UNTIL", "until", COLUMN_TIME_OR_NONE}};
	static const struct column entries[] = {
		{"TIME", "time", COLUMN_TIME},   {"MASTER", "master", COLUMN_TEXT}, {"SERVICE", "service", COLUMN_TEXT},
		{"FROM", "rhost", COLUMN_TEXT}, {"TERMINAL", "tty", COLUMN_TEXT}};
	const bool did = args_value(args, "entries") != NULL;
	struct call c;
	int status;

	call_begin(&c, OP_MASTER_MINE);
	c.request.which = did ? MASTER_WHO_DID : MASTER_WHO_MAY;
	c.request.has |= HAS(WHICH);
	status = put(app, &c.request, FIELD_USER, "user", args_value(args, "user"));
	if (status != EXIT_DONE)
		return status;
	return did ? rows_show(app, &c, entries, COUNT(entries)) : rows_show(app, &c, masters, COUNT(masters));
}

static int set_forbidding(const struct app *app, const struct args *args, bool forbids)
{
	struct call c;
	int status;

	call_begin(&c, OP_MASTER_FORBID);
	c.request.forbid = forbids;
	c.request.has |= HAS(FORBID);
	status = put(app, &c.request, FIELD_USER, "user", args_value(args, "user"));
	return status == EXIT_DONE ? ask(app, &c) : status;
}

static int forbid(struct app *app, const struct args *args)
{
	return set_forbidding(app, args, true);
}

static int allow(struct app *app, const struct args *args)
{
	return set_forbidding(app, args, false);
}

/* ---- the table */

static const struct option grant_options[] = {
	{.name = "until", .value = "TIME", .help = "for so long: +8h, +30d, 2026-11-21, \"2026-11-21 07:00\" (for good)"},
	{.name = NULL},
};

static const struct option mine_options[] = {
	{.name = "user", .value = "USER", .help = "of whom, for root (who asks)"},
	{.name = "entries", .help = "who did enter, the last ones, and not who may"},
	{.name = NULL},
};

static const struct option forbid_options[] = {
	{.name = "user", .value = "USER", .help = "for whom, for root (who asks)"},
	{.name = NULL},
};

const struct command master_define = {
	.group = "master",
	.verb = "define",
	.synopsis = "NAME",
	.word = "NAME",
	.help = "Make a user a master, with an empty set of owners.",
	.options = no_options,
	.run = define,
};

const struct command master_remove = {
	.group = "master",
	.verb = "remove",
	.synopsis = "NAME",
	.word = "NAME",
	.help = "A master is none any more; its set of owners is gone.",
	.options = no_options,
	.run = take_away,
};

const struct command master_list = {
	.group = "master",
	.verb = "list",
	.synopsis = "[NAME]",
	.word = "NAME",
	.word_optional = true,
	.help = "List the masters, or the owners of one.",
	.options = no_options,
	.run = list,
};

const struct command master_grant = {
	.group = "master",
	.verb = "grant",
	.synopsis = "NAME OWNERS [--until TIME]",
	.word = "NAME",
	.second = "OWNERS",
	.help = "Let a master enter a user, cabinet:NAME (whoever is in it then), a pattern such as 'dev-*', or '*ALL'.",
	.options = grant_options,
	.run = grant,
};

const struct command master_revoke = {
	.group = "master",
	.verb = "revoke",
	.synopsis = "NAME OWNERS",
	.word = "NAME",
	.second = "OWNERS",
	.help = "Take owners from a master, in the words by which they were granted.",
	.options = no_options,
	.run = revoke,
};

const struct command master_may = {
	.group = "master",
	.verb = "may",
	.synopsis = "NAME OWNER",
	.word = "NAME",
	.second = "OWNER",
	.help = "May this master enter this owner now?  yes or no, and why.",
	.options = no_options,
	.run = may,
};

const struct command master_mine = {
	.group = "master",
	.verb = "mine",
	.synopsis = "[--user USER] [--entries]",
	.help = "List who may enter as the one who asks, or who did.",
	.options = mine_options,
	.run = mine,
};

const struct command master_forbid = {
	.group = "master",
	.verb = "forbid",
	.synopsis = "[--user USER]",
	.help = "Let no master enter as the one who asks.",
	.options = forbid_options,
	.run = forbid,
};

const struct command master_allow = {
	.group = "master",
	.verb = "allow",
	.synopsis = "[--user USER]",
	.help = "Take that back: those of the sets may.",
	.options = forbid_options,
	.run = allow,
};
