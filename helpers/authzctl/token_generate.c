/* SPDX-License-Identifier: ISC */
/*
 * Make a token: from nothing, or from another.
 *
 * MUST 1: a password comes in by a terminal that shows nothing of it, or by a descriptor, and goes to the helper alone;
 *         all copies of it are wiped before the program ends.
 */
#include <string.h>

#include "choice.h"
#include "output.h"
#include "passwords.h"
#include "secret.h"
#include "token.h"

static const struct choice passwords[] = {
	{"nopwd", PASSWORD_NOPWD},
	{"nopwdchk", PASSWORD_NOPWDCHK},
	{"nopwdsts", PASSWORD_NOPWDSTS},
	{"ask", PASSWORD_GIVEN},
	{NULL, 0},
};

static int ask_password(const struct app *app, const struct args *args, struct request *r)
{
	r->has |= HAS(SECRET);
	return password_read(app, args, args->word, r->secret);
}

/* The request from the line, and at last the password.  EXIT_DONE, or what the command ends with. */
static int read_line(const struct app *app, const struct args *args, struct request *r)
{
	int status;

	if (!choose(args, "password", passwords, &r->password))
		return EXIT_USAGE;
	r->has |= HAS(PASSWORD);
	if (r->password != PASSWORD_GIVEN && args_value(args, "password-fd") != NULL)
		return args_wrong(args, "--password-fd is for --password ask");
	status = token_wishes(app, args, r);
	if (status == EXIT_DONE && (*args->word == '\0' || !request_set_string(r, FIELD_USER, args->word)))
		status = answer_bad_parameter(app, "user");
	return status == EXIT_DONE && r->password == PASSWORD_GIVEN ? ask_password(app, args, r) : status;
}

static int generate(struct app *app, const struct args *args)
{
	const int before = secret_begin();
	struct call c;
	int status;

	call_begin(&c, OP_TOKEN_GENERATE);
	status = read_line(app, args, &c.request);
	if (status == EXIT_DONE)
		status = token_make(app, &c);
	call_wipe(&c);
	secret_end(before);
	return status;
}

static int regenerate(struct app *app, const struct args *args)
{
	const int before = secret_begin();
	struct call c;
	int status;

	call_begin(&c, OP_TOKEN_REGENERATE);
	status = token_wishes(app, args, &c.request);
	if (status == EXIT_DONE)
		status = token_read(app, args, c.request.token);
	c.request.has |= HAS(TOKEN);
	if (status == EXIT_DONE)
		status = token_make(app, &c);
	call_wipe(&c);
	secret_end(before);
	return status;
}

static const struct option generate_options[] = {
	TOKEN_WISHES,
	{.name = "password", .value = "nopwd|nopwdchk|nopwdsts|ask", .help = "what is demanded of the account (nopwd)"},
	{.name = "password-fd", .value = "N", .help = "with \"ask\": read the password from descriptor N (0)"},
	{.name = NULL},
};

static const struct option regenerate_options[] = {TOKEN_WISHES, TOKEN_FD, {.name = NULL}};

const struct command token_generate = {
	.group = "token",
	.verb = "generate",
	.synopsis = "USER [--type TYPE] [--timeout SECONDS] [--password VALUE] [--bind KEY=VALUE]...",
	.word = "USER",
	.help = "Make a profile token that stands for USER, and print it.",
	.options = generate_options,
	.run = generate,
};

const struct command token_regenerate = {
	.group = "token",
	.verb = "regenerate",
	.synopsis = "[--type TYPE] [--timeout SECONDS] [--bind KEY=VALUE]... [--token-fd N]",
	.help = "Make a token from the regenerable one on standard input, and print it.",
	.options = regenerate_options,
	.run = regenerate,
};
