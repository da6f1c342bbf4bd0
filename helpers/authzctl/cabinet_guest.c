/* SPDX-License-Identifier: ISC */
/* Who may into a user's private cabinet: authorize, withdraw. */
#include "cabinet.h"
#include "output.h"

static int guest_fill(const struct app *app, const struct args *args, struct request *request)
{
	const char *owner = args_value(args, "of");
	int status = cabinet_name(app, request, FIELD_MEMBER, "user", args->word);

	return status == EXIT_DONE && owner != NULL ? cabinet_name(app, request, FIELD_CABINET, "of", owner) : status;
}

static int authorize_fill(const struct app *app, const struct args *args, struct request *request)
{
	const int status = guest_fill(app, args, request);

	return status == EXIT_DONE ? cabinet_security(args, request) : status;
}

static int authorize(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_AUTHORIZE, authorize_fill, NULL});
}

static int withdraw(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_WITHDRAW, guest_fill, NULL});
}

#define OF_OWNER {.name = "of", .value = "OWNER", .help = "whose private cabinet it is (one's own)"}

static const struct option authorize_options[] = {
	OF_OWNER,
	CABINET_SECURITY,
	CABINET_AS,
	{.name = NULL},
};

static const struct option withdraw_options[] = {
	OF_OWNER,
	CABINET_AS,
	{.name = NULL},
};

const struct command cabinet_authorize = {
	.group = "cabinet",
	.verb = "authorize",
	.synopsis = "USER [--of OWNER] [--security RMCP] [--marks MARK,...]",
	.word = "USER",
	.help = "Let a user into a private cabinet, or change what she may there.",
	.options = authorize_options,
	.run = authorize,
};

const struct command cabinet_withdraw = {
	.group = "cabinet",
	.verb = "withdraw",
	.synopsis = "USER [--of OWNER]",
	.word = "USER",
	.help = "Let a user into a private cabinet no more.",
	.options = withdraw_options,
	.run = withdraw,
};
