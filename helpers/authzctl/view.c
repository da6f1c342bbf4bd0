/* SPDX-License-Identifier: ISC */
/* The view of cabinets, which the groups of this host are answered from. */
#include "app.h"
#include "output.h"
#include "rows.h"

static int ask(const struct app *app, enum operation operation)
{
	enum authz_result result;
	struct call c;

	call_begin(&c, operation);
	result = call_ask(app, &c);
	return result == AUTHZ_OK ? pairs_show(app, &c) : answer(app, result, &c.error, NULL);
}

static int check(struct app *app, const struct args *args)
{
	(void)args;
	return ask(app, OP_VIEW_CHECK);
}

static int rebuild(struct app *app, const struct args *args)
{
	(void)args;
	return ask(app, OP_VIEW_REBUILD);
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
