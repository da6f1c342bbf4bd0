/* SPDX-License-Identifier: ISC */
/* authzctl(1): the one command that people learn. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "app.h"
#include "output.h"

static const struct command *const commands[] = {
	/* clang-format off */
	&token_generate, &token_regenerate, &token_timeout, &token_check, &token_invalidate, &token_remove, &token_list,
	&token_renew,
	&profile_show, &profile_enable, &profile_disable, &profile_special,
	&authority_set, &authority_grant, &authority_revoke, &authority_check, &authority_show, &authority_explicit,
	&authority_explain, &authority_list, &authority_copy, &authority_delete,
	&cabinet_create, &cabinet_show, &cabinet_list, &cabinet_set, &cabinet_passwd, &cabinet_admin, &cabinet_delete,
	&cabinet_undelete, &cabinet_purge, &cabinet_add_member, &cabinet_set_member, &cabinet_remove_member, &cabinet_members,
	&cabinet_memberships, &cabinet_profile, &cabinet_authorize, &cabinet_withdraw,
	&cabinet_load, &cabinet_forget_user, &cabinet_tree,
	&view_check, &view_rebuild,
	&master_define, &master_remove, &master_list, &master_grant, &master_revoke, &master_may, &master_mine, &master_forbid,
	&master_allow,
	&mailbox_group, &mailbox_groups, &mailbox_ungroup, &mailbox_add, &mailbox_alter, &mailbox_delete, &mailbox_list,
	&mailbox_bind, &mailbox_passwd,
	&exit_add, &exit_remove, &exit_point, &exit_list, &exit_check,
	&audit,
	&store_check, &store_stats, &store_dump, &store_load, &store_backup,
	NULL,
	/* clang-format on */
};

static const struct option globals[] = {
	{.name = "json", .times = LAST, .help = "answer in JSON"},
	{.name = "quiet", .times = LAST, .help = "say nothing of refusals; the exit status does"},
	{.name = "helper", .value = "PATH", .times = LAST, .help = "where authz-helper is"},
	{.name = "socket", .value = "PATH|none", .times = LAST, .help = "where its socket is; none: do not try it"},
	{.name = "wait", .value = "SECONDS", .times = LAST, .help = "how long to wait for an answer, 1 to 60 (5)"},
	{.name = "help", .times = LAST, .help = "this help; after a command, help for that command"},
	{.name = "version", .times = LAST, .help = "the version"},
	{.name = NULL},
};

static int read_globals(const struct args *args, struct app *app)
{
	const char *wait = args_value(args, "wait"), *socket = args_value(args, "socket");
	int64_t seconds = 0;

	app->json = args_value(args, "json") != NULL;
	app->quiet = args_value(args, "quiet") != NULL;
	app->client.helper = args_value(args, "helper");
	app->client.socket = socket != NULL && strcmp(socket, "none") == 0 ? "" : socket;
	if (app->client.helper != NULL && app->client.helper[0] != '/')
		return args_wrong(args, "--helper %s is no absolute path", app->client.helper);
	if (socket != NULL && app->client.socket[0] != '/' && app->client.socket[0] != '\0')
		return args_wrong(args, "--socket %s is no absolute path", socket);
	if (socket != NULL && socket[0] == '\0')
		return args_wrong(args, "--socket needs a path or none");
	if (wait != NULL && (!text_number(wait, &seconds) || seconds < 1 || seconds > 60))
		return args_wrong(args, "--wait %s is not from 1 to 60", wait);
	app->client.timeout_ms = (int)seconds * 1000;
	return EXIT_DONE;
}

static int run(const struct args *args)
{
	struct app app = {.json = false};
	int status;

	if (args->version) {
		puts("authzctl (authz) " PACKAGE_VERSION);
		return EXIT_DONE;
	}
	if (args->help) {
		args_help(args);
		return EXIT_DONE;
	}
	status = read_globals(args, &app);
	return status == EXIT_DONE ? args->command->run(&app, args) : status;
}

int main(int argc, char **argv)
{
	struct args args;
	int status = EXIT_USAGE;

	output_begin();
	(void)setlocale(LC_CTYPE, "");
	if (args_parse(&args, argc, argv, globals, commands))
		status = run(&args);
	args_free(&args);
	return output_end(status);
}
