/* SPDX-License-Identifier: ISC */
/* Mailboxes: add, alter, delete, list, bind, passwd. */
#include "mailbox.h"

#include <string.h>

#include "choice.h"
#include "output.h"
#include "rows.h"
#include "secret.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

int mailbox_name(const struct app *app, struct request *request, enum request_field field, const char *what, const char *name)
{
	if (name != NULL && (*name == '\0' || !request_set_string(request, field, name)))
		return answer_bad_parameter(app, what);
	return EXIT_DONE;
}

int mailbox_value(const struct app *app, const struct args *args, struct request *request, enum request_field field,
                  const char *option)
{
	return request_set_string(request, field, args_value(args, option)) ? EXIT_DONE : answer_bad_parameter(app, option);
}

int mailbox_do(const struct app *app, const struct args *args, const struct mailbox_deed *deed)
{
	const int before = secret_begin();
	struct call c;
	int status;

	call_begin(&c, deed->operation);
	status = deed->fill(app, args, &c.request);
	if (status == EXIT_DONE)
		status = deed->carry_out != NULL ? deed->carry_out(app, &c) : answer(app, call_ask(app, &c), &c.error, NULL);
	call_wipe(&c);
	secret_end(before);
	return status;
}

/* ---- add, alter, delete */

static int fill_owner(const struct app *app, const struct args *args, struct request *request)
{
	return mailbox_name(app, request, FIELD_USER, "user", args->word);
}

static int fill_box(const struct app *app, const struct args *args, struct request *request)
{
	int status = fill_owner(app, args, request);

	if (status == EXIT_DONE)
		status = mailbox_name(app, request, FIELD_BOX_GROUP, "group", args_value(args, "group"));
	return status == EXIT_DONE ? mailbox_value(app, args, request, FIELD_ADDRESS, "address") : status;
}

static int new_password(const struct app *app, const struct args *args, struct request *request)
{
	request->has |= HAS(NEW_SECRET);
	return password_read_new(app, args, args->word, request->new_secret);
}

static int add_fill(const struct app *app, const struct args *args, struct request *request)
{
	int status;

	if (args_value(args, "group") == NULL)
		return args_wrong(args, "option --group is missing");
	status = fill_box(app, args, request);
	return status == EXIT_DONE ? new_password(app, args, request) : status;
}

static int alter_fill(const struct app *app, const struct args *args, struct request *request)
{
	static const struct choice passwords[] = {{"keep", 0}, {"ask", 1}, {NULL, 0}};
	int64_t asked;
	int status;

	if (!choose(args, "password", passwords, &asked))
		return EXIT_USAGE;
	if (!asked && args_value(args, "password-fd") != NULL)
		return args_wrong(args, "--password-fd is for --password ask");
	if (!asked && args_value(args, "address") == NULL)
		return args_wrong(args, "nothing to alter is given, such as --address");
	status = fill_box(app, args, request);
	return status == EXIT_DONE && asked ? new_password(app, args, request) : status;
}

static int add(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_MAILBOX_ADD, add_fill, NULL});
}

static int alter(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_MAILBOX_ALTER, alter_fill, NULL});
}

static int take_away(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_MAILBOX_DELETE, fill_owner, NULL});
}

/* ---- list */

static int show_rows(const struct app *app, struct call *c)
{
	static const struct column columns[] = {
		{"OWNER", "owner", COLUMN_TEXT}, {"GROUP", "group", COLUMN_TEXT}, {"ADDRESS", "address", COLUMN_TEXT},
		{"STATE", "state", COLUMN_TEXT}};

	return rows_show(app, c, columns, COUNT(columns));
}

static int list_fill(const struct app *app, const struct args *args, struct request *request)
{
	int status = fill_owner(app, args, request);

	return status == EXIT_DONE ? mailbox_name(app, request, FIELD_BOX_GROUP, "group", args_value(args, "group")) : status;
}

static int list(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_MAILBOX_LIST, list_fill, show_rows});
}

/* ---- bind, passwd */

static int bind_fill(const struct app *app, const struct args *args, struct request *request)
{
	const char *from = args_value(args, "from");
	int status = fill_owner(app, args, request);

	if (status == EXIT_DONE)
		status = mailbox_name(app, request, FIELD_RHOST, "from", from);
	if (status != EXIT_DONE)
		return status;
	request->has |= HAS(SECRET);
	return password_read(app, args, args->word, request->secret);
}

static json_t *entry_json(const struct reply *reply, bool master)
{
	json_t *fields = json_pack("{sosI}", "owner", text_json(reply->user), "uid", (json_int_t)reply->uid);

	if (fields == NULL || json_object_set_new(fields, "master", master ? text_json(reply->master) : json_null()) != 0 ||
	    json_object_set_new(fields, "master_uid", master ? json_integer(reply->master_uid) : json_null()) != 0) {
		json_decref(fields);
		return NULL;
	}
	return fields;
}

static int show_entry(const struct app *app, struct call *c)
{
	const enum authz_result result = call_ask(app, c);
	const bool user = (c->reply.has & (UINT64_C(1) << REPLY_USER)) != 0 && (c->reply.has & (UINT64_C(1) << REPLY_UID)) != 0;
	const bool master = (c->reply.has & (UINT64_C(1) << REPLY_MASTER)) != 0;

	if (result != AUTHZ_OK || !user)
		return answer(app, result != AUTHZ_OK ? result : AUTHZ_HELPER_GARBLED, &c->error, NULL);
	if (app->json)
		return answer(app, AUTHZ_OK, NULL, entry_json(&c->reply, master));
	fputs("owner:              ", stdout);
	text_print(stdout, c->reply.user);
	fputs("\nmaster:             ", stdout);
	text_print(stdout, master ? c->reply.master : "-");
	putchar('\n');
	return EXIT_DONE;
}

static int bind_run(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_MAILBOX_BIND, bind_fill, show_entry});
}

static int passwd_fill(const struct app *app, const struct args *args, struct request *request)
{
	int status = fill_owner(app, args, request);

	if (status != EXIT_DONE)
		return status;
	request->has |= HAS(SECRET);
	status = password_read(app, args, args->word, request->secret);
	return status == EXIT_DONE ? new_password(app, args, request) : status;
}

static int passwd(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_MAILBOX_REGISTER, passwd_fill, NULL});
}

/* ---- the table */

#define GROUP {.name = "group", .value = "GROUP", .help = "the group of mailboxes"}
#define ITS_GROUP {.name = "group", .value = "GROUP", .help = "the one it is in; needed where \"populate\" is to add it"}
#define ADDRESS \
	{.name = "address", .value = "ADDRESS", .help = "where the owner comes from, such as 192.0.2.7 or 192.0.2.0/24; '': any"}

static const struct option add_options[] = {GROUP, ADDRESS, PASSWORD_FD, {.name = NULL}};
static const struct option alter_options[] = {
	ITS_GROUP,
	ADDRESS,
	{.name = "password", .value = "keep|ask", .help = "whether it gets another password (keep)"},
	PASSWORD_FD,
	{.name = NULL},
};
static const struct option list_options[] = {GROUP, {.name = NULL}};
static const struct option bind_options[] = {
	{.name = "from", .value = "ADDRESS", .help = "where the owner comes from"},
	PASSWORD_FD,
	{.name = NULL},
};
static const struct option passwd_options[] = {PASSWORD_FD, {.name = NULL}};

const struct command mailbox_add = {
	.group = "mailbox",
	.verb = "add",
	.synopsis = "OWNER --group GROUP [--address ADDRESS]",
	.word = "OWNER",
	.help = "Give a user a mailbox; its password is asked for.",
	.options = add_options,
	.run = add,
};

const struct command mailbox_alter = {
	.group = "mailbox",
	.verb = "alter",
	.synopsis = "OWNER [--address ADDRESS] [--password ask] [--group GROUP]",
	.word = "OWNER",
	.help = "Give a mailbox another address or password.",
	.options = alter_options,
	.run = alter,
};

const struct command mailbox_delete = {
	.group = "mailbox",
	.verb = "delete",
	.synopsis = "OWNER",
	.word = "OWNER",
	.help = "Take a user's mailbox away.",
	.options = no_options,
	.run = take_away,
};

const struct command mailbox_list = {
	.group = "mailbox",
	.verb = "list",
	.synopsis = "[OWNER] [--group GROUP]",
	.word = "OWNER",
	.word_optional = true,
	.help = "List the mailboxes, those of a group, or one.",
	.options = list_options,
	.run = list,
};

const struct command mailbox_bind = {
	.group = "mailbox",
	.verb = "bind",
	.synopsis = "OWNER [--from ADDRESS]",
	.word = "OWNER",
	.help = "Does the password, which is asked for, open this mailbox, and as whose?",
	.options = bind_options,
	.run = bind_run,
};

const struct command mailbox_passwd = {
	.group = "mailbox",
	.verb = "passwd",
	.synopsis = "OWNER",
	.word = "OWNER",
	.help = "Change the password of a mailbox; the old one is asked for, and the new one.",
	.options = passwd_options,
	.run = passwd,
};
