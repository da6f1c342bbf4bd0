/* SPDX-License-Identifier: ISC */
/* Groups of mailboxes: group, groups, ungroup. */
#include <string.h>

#include "mailbox.h"
#include "output.h"
#include "rows.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
	const char *word;
	int64_t bit;
} options_of_groups[] = {
	{"allow-binds", BOX_ALLOW_BINDS}, {"allow-reg", BOX_ALLOW_REG}, {"check", BOX_CHECK},
	{"audit-binds", BOX_AUDIT_BINDS}, {"populate", BOX_POPULATE},
};

static int64_t option_bit(const char *word)
{
	for (size_t i = 0; i < COUNT(options_of_groups); i++)
		if (strcmp(options_of_groups[i].word, word) == 0)
			return options_of_groups[i].bit;
	return 0;
}

static int put_signs(const struct args *args, struct request *request)
{
	for (size_t i = 0; i < args->sign_count; i++) {
		const int64_t bit = option_bit(args->signs[i] + 1);

		if (bit == 0)
			return args_wrong(args, "unknown option of groups %s", args->signs[i]);
		if (args->signs[i][0] == '+')
			request->mask_add |= bit;
		else
			request->mask_drop |= bit;
	}
	if ((request->mask_add & request->mask_drop) != 0)
		return args_wrong(args, "an option of the group is both given and taken away");
	request->has |= (request->mask_add != 0 ? HAS(MASK_ADD) : 0) | (request->mask_drop != 0 ? HAS(MASK_DROP) : 0);
	return EXIT_DONE;
}

static int put_server(const struct app *app, const struct args *args, struct request *request)
{
	const char *server = args_value(args, "server");

	if (server == NULL)
		return EXIT_DONE;
	if (strcmp(server, "builtin") == 0)
		server = "";
	else if (server[0] != '/')
		return args_wrong(args, "--server %s is no absolute path, and not builtin", server);
	return request_set_string(request, FIELD_SERVER, server) ? EXIT_DONE : answer_bad_parameter(app, "server");
}

/* A master has a password; none has none. */
static int put_master(const struct app *app, const struct args *args, struct request *request)
{
	const char *master = args_value(args, "master");
	int status;

	if (master == NULL && args_value(args, "password-fd") != NULL)
		return args_wrong(args, "--password-fd is for --master");
	status = mailbox_value(app, args, request, FIELD_MASTER, "master");
	if (status != EXIT_DONE || master == NULL || *master == '\0')
		return status;
	request->has |= HAS(NEW_SECRET);
	return password_read_new(app, args, master, request->new_secret);
}

static int fill(const struct app *app, const struct args *args, struct request *request)
{
	int status = put_signs(args, request);

	if (status == EXIT_DONE)
		status = mailbox_name(app, request, FIELD_BOX_GROUP, "group", args->word);
	if (status == EXIT_DONE)
		status = put_server(app, args, request);
	if (status == EXIT_DONE)
		status = mailbox_value(app, args, request, FIELD_PRINCIPAL, "manager");
	if (status == EXIT_DONE)
		status = put_master(app, args, request);
	if (args_value(args, "reconfigure") != NULL) {
		request->reconfigure = 1;
		request->has |= HAS(RECONFIGURE);
	}
	return status;
}

static int group(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_BOX_GROUP_SET, fill, NULL});
}

static int fill_none(const struct app *app, const struct args *args, struct request *request)
{
	return mailbox_name(app, request, FIELD_BOX_GROUP, "group", args->word);
}

static int show_rows(const struct app *app, struct call *c)
{
	static const struct column columns[] = {
		{"GROUP", "group", COLUMN_TEXT},     {"SERVER", "server", COLUMN_TEXT},   {"MASTER", "master", COLUMN_TEXT},
		{"MANAGER", "manager", COLUMN_TEXT}, {"OPTIONS", "options", COLUMN_TEXT}, {"MAILBOXES", "mailboxes", COLUMN_NUMBER}};

	return rows_show(app, c, columns, COUNT(columns));
}

static int groups(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_BOX_GROUP_LIST, fill_none, show_rows});
}

static int ungroup(struct app *app, const struct args *args)
{
	return mailbox_do(app, args, &(struct mailbox_deed){OP_BOX_GROUP_DELETE, fill_none, NULL});
}

static const struct option group_options[] = {
	{.name = "server", .value = "PATH|builtin", .help = "its password server: a program, a Unix socket, or the helper (builtin)"},
	{.name = "master", .value = "NAME", .help = "its master, whose password in it is asked for; '': none"},
	{.name = "manager", .value = "USER", .help = "who may add, alter and delete its mailboxes; '': nobody"},
	{.name = "reconfigure", .help = "also where it has mailboxes, at once for all of them"},
	PASSWORD_FD,
	{.name = NULL},
};

const struct command mailbox_group = {
	.group = "mailbox",
	.verb = "group",
	.synopsis = "NAME [--server PATH] [--master NAME] [--manager USER] [+OPTION|-OPTION]... [--reconfigure]",
	.word = "NAME",
	.signs = true,
	.help = "Make a group of mailboxes, or change it: allow-binds, allow-reg, check, audit-binds, populate.",
	.options = group_options,
	.run = group,
};

const struct command mailbox_groups = {
	.group = "mailbox",
	.verb = "groups",
	.synopsis = "",
	.help = "List the groups of mailboxes.",
	.options = no_options,
	.run = groups,
};

const struct command mailbox_ungroup = {
	.group = "mailbox",
	.verb = "ungroup",
	.synopsis = "NAME",
	.word = "NAME",
	.help = "Take away a group that has no mailboxes.",
	.options = no_options,
	.run = ungroup,
};
