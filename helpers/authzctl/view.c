/* SPDX-License-Identifier: ISC */
/* The view of cabinets, which the groups of this host are answered from. */
#include "app.h"
#include "output.h"
#include "rows.h"
#include "watched.h"

static int ask(const struct app *app, enum operation operation, const char *what)
{
	static const struct pair pairs[] = {{"change", NULL}, {NULL, NULL}};
	enum authz_result result;
	struct call c;

	call_begin(&c, operation);
	result = watched_ask(app, &c, what);
	return result == AUTHZ_OK ? pairs_show(app, &c, pairs, NULL) : answer(app, result, &c.error, NULL);
}

static int check(struct app *app, const struct args *args)
{
	(void)args;
	return ask(app, OP_VIEW_CHECK, "checking");
}

static int rebuild(struct app *app, const struct args *args)
{
	(void)args;
	return ask(app, OP_VIEW_REBUILD, "rebuilding");
}

const struct command view_check = {
	.group = "view",
	.verb = "check",
	.synopsis = "",
	.help = "Is the view whole, and that of the store?",
	.options = no_options,
	.run = check,
};

const struct command view_rebuild = {
	.group = "view",
	.verb = "rebuild",
	.synopsis = "",
	.help = "Make the view anew from the store.",
	.options = no_options,
	.run = rebuild,
};
