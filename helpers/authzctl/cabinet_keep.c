/* SPDX-License-Identifier: ISC */
/* Cabinets come and go, and change: create, set, passwd, admin, delete, undelete, purge. */
#include <inttypes.h>
#include <string.h>

#include "cabinet.h"
#include "choice.h"
#include "output.h"
#include "progress.h"
#include "since.h"

/* ---- create */

static int create_fill(const struct app *app, const struct args *args, struct request *request)
{
	static const struct choice types[] = {{"shared", CABINET_SHARED}, {"private", CABINET_PRIVATE}, {"public", CABINET_PUBLIC},
	                                      {"standalone", CABINET_STANDALONE}, {NULL, 0}};
	static const struct choice passwords[] = {{"none", 0}, {"ask", 1}, {NULL, 0}};
	const char *gid = args_value(args, "gid");
	int64_t asked;
	int status;

	if (!choose(args, "type", types, &request->cabinet_type) || !choose(args, "password", passwords, &asked))
		return EXIT_USAGE;
	request->has |= HAS(CABINET_TYPE);
	if (gid != NULL && (!text_number(gid, &request->gid) || request->gid < 0))
		return args_wrong(args, "--gid %s is no number of a group", gid);
	if (gid != NULL)
		request->has |= HAS(GID);
	status = cabinet_names(app, args, request);
	return status == EXIT_DONE ? cabinet_listing(app, args, request) : status;
}

/* The numbers that it got: in JSON alone, as people have "show". */
static int create_show(const struct app *app, const struct args *args, struct call *c)
{
	const char *password = args_value(args, "password");
	enum authz_result result;
	json_t *fields = NULL;
	int status = EXIT_DONE;

	if (password != NULL && strcmp(password, "ask") == 0)
		status = cabinet_new_password(app, args, &c->request);
	if (status != EXIT_DONE)
		return status;
	result = call_ask(app, c);
	if (app->json && result == AUTHZ_OK && (c->reply.has & (UINT64_C(1) << REPLY_ISN)) != 0)
		fields = json_pack("{sI}", "isn", (json_int_t)c->reply.isn);
	if (fields != NULL && (c->reply.has & (UINT64_C(1) << REPLY_GID)) != 0)
		(void)json_object_set_new(fields, "gid", json_integer(c->reply.gid));
	return answer(app, result, &c->error, fields);
}

static int create(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_CREATE, create_fill, create_show});
}

/* ---- set */

static int set_fill(const struct app *app, const struct args *args, struct request *request)
{
	int status = cabinet_names(app, args, request);

	if (status == EXIT_DONE)
		status = cabinet_listing(app, args, request);
	if (status == EXIT_DONE)
		status = cabinet_security(args, request);
	if (status != EXIT_DONE)
		return status;
	if ((request->has & (HAS(LISTING) | HAS(TEXT) | HAS(SECURITY) | HAS(MARKS))) == 0)
		return args_wrong(args, "nothing to set is given, such as --text");
	return EXIT_DONE;
}

static int set(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_ALTER, set_fill, NULL});
}

/* ---- passwd */

static int passwd_ask(const struct app *app, const struct args *args, struct call *c)
{
	int status = EXIT_DONE;

	if (args_value(args, "remove") != NULL)
		c->request.has |= HAS(NEW_SECRET);
	else
		status = cabinet_new_password(app, args, &c->request);
	return status == EXIT_DONE ? cabinet_ask(app, c) : status;
}

static int passwd(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_PASSWORD, NULL, passwd_ask});
}

/* ---- admin */

static int admin_fill(const struct app *app, const struct args *args, struct request *request)
{
	int status = cabinet_names(app, args, request);

	if (status == EXIT_DONE && args->sign_count == 0)
		return args_wrong(args, "no administrator given, such as +NAME");
	for (size_t i = 0; i < args->sign_count && status == EXIT_DONE; i++)
		status = cabinet_name(app, request, FIELD_MEMBER, "member", args->signs[i] + 1);
	return status;
}

/* One request for each, in the order of the line; the first refusal is the last. */
static int admin_ask(const struct app *app, const struct args *args, struct call *c)
{
	enum authz_result result = AUTHZ_OK;
	size_t done = 0;
	int status;

	c->request.has |= HAS(WHICH);
	for (size_t i = 0; i < args->sign_count && result == AUTHZ_OK; i++) {
		(void)request_set_string(&c->request, FIELD_MEMBER, args->signs[i] + 1); /* fits, as was looked at */
		c->request.which = args->signs[i][0] == '+' ? CABINET_PLUS : CABINET_MINUS;
		result = call_ask(app, c);
		done += result == AUTHZ_OK;
	}
	status = answer(app, result, &c->error, json_pack("{sI}", "done", (json_int_t)done));
	if (result != AUTHZ_OK && args->sign_count > 1 && !app->json && !app->quiet)
		fprintf(stderr, "authzctl: Done for %zu of %zu, in the order of the line.\n", done, args->sign_count);
	return status;
}

static int admin(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_ADMIN, admin_fill, admin_ask});
}

/* ---- delete, undelete, purge */

static int delete_fill(const struct app *app, const struct args *args, struct request *request)
{
	const char *from = args_value(args, "from");

	if (from != NULL && !since_day(from, &request->from))
		return args_wrong(args, "--from %s is no day, such as 2026-11-21", from);
	if (from != NULL)
		request->has |= HAS(FROM);
	request->lock = 1;
	request->has |= HAS(LOCK);
	return cabinet_names(app, args, request);
}

static int delete(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_DELETE, delete_fill, NULL});
}

static int undelete(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_UNDELETE, NULL, NULL});
}

static enum authz_result purge_pages(const struct app *app, struct call *c, uint64_t *purged)
{
	struct progress progress;
	enum authz_result result;

	progress_begin(&progress, "purging", app->quiet);
	do {
		result = call_ask(app, c);
		if (result == AUTHZ_OK && ((c->reply.has & (UINT64_C(1) << REPLY_COUNT)) == 0 || c->reply.count < 0))
			result = AUTHZ_HELPER_GARBLED;
		if (result != AUTHZ_OK)
			break;
		*purged += (uint64_t)c->reply.count;
		progress_at(&progress, *purged, 0);
		if ((c->reply.has & (UINT64_C(1) << REPLY_CURSOR)) == 0)
			break;
		result = call_more(c);
	} while (result == AUTHZ_OK);
	progress_end(&progress);
	return result;
}

static int purge_show(const struct app *app, const struct args *args, struct call *c)
{
	uint64_t purged = 0;
	const enum authz_result result = purge_pages(app, c, &purged);

	(void)args;
	if (!app->json && (result == AUTHZ_OK || purged > 0))
		printf("purged:             %" PRIu64 "\n", purged);
	return answer(app, result, &c->error, json_pack("{sI}", "purged", (json_int_t)purged));
}

static int purge(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_PURGE, NULL, purge_show});
}

/* ---- the table */

static const struct option create_options[] = {
	{.name = "type", .value = "shared|private|public|standalone", .help = "what it is (shared)"},
	{.name = "gid", .value = "GID", .help = "of its group; the next one that is free"},
	CABINET_LISTING,
	{.name = "password", .value = "none|ask", .help = "whether a password opens it (none)"},
	CABINET_AS,
	{.name = NULL},
};

static const struct option set_options[] = {
	CABINET_LISTING,
	CABINET_SECURITY,
	CABINET_AS,
	{.name = NULL},
};

static const struct option passwd_options[] = {
	{.name = "remove", .help = "no password opens it any more"},
	CABINET_AS,
	{.name = NULL},
};

static const struct option delete_options[] = {
	{.name = "from", .value = "DATE", .help = "not purged before that day, such as 2026-11-21 (today)"},
	CABINET_AS,
	{.name = NULL},
};

const struct command cabinet_create = {
	.group = "cabinet",
	.verb = "create",
	.synopsis = "NAME [--type TYPE] [--gid GID] [--list-members WHOM] [--text TEXT] [--password ask]",
	.word = "NAME",
	.help = "Make a cabinet; a shared one is a group of this host.",
	.options = create_options,
	.run = create,
};

const struct command cabinet_set = {
	.group = "cabinet",
	.verb = "set",
	.synopsis = "NAME [--list-members WHOM] [--text TEXT] [--security RMCP] [--marks MARK,...]",
	.word = "NAME",
	.help = "Change what is said of a cabinet, and its profile.",
	.options = set_options,
	.run = set,
};

const struct command cabinet_passwd = {
	.group = "cabinet",
	.verb = "passwd",
	.synopsis = "CABINET [--remove]",
	.word = "CABINET",
	.help = "Give a cabinet another password, which is asked for, or none.",
	.options = passwd_options,
	.run = passwd,
};

const struct command cabinet_admin = {
	.group = "cabinet",
	.verb = "admin",
	.synopsis = "CABINET +NAME... -NAME...",
	.word = "CABINET",
	.signs = true,
	.help = "Say who the administrators of a shared cabinet are: users, or shared cabinets.",
	.options = cabinet_acting,
	.run = admin,
};

const struct command cabinet_delete = {
	.group = "cabinet",
	.verb = "delete",
	.synopsis = "NAME [--from DATE]",
	.word = "NAME",
	.help = "Lock a cabinet, its group with it, and mark it for deletion.",
	.options = delete_options,
	.run = delete,
};

const struct command cabinet_undelete = {
	.group = "cabinet",
	.verb = "undelete",
	.synopsis = "NAME",
	.word = "NAME",
	.help = "Take the mark away: all is as before.",
	.options = cabinet_acting,
	.run = undelete,
};

const struct command cabinet_purge = {
	.group = "cabinet",
	.verb = "purge",
	.synopsis = "",
	.help = "Delete for good what is marked, if its day has come.",
	.options = no_options,
	.run = purge,
};
