/* SPDX-License-Identifier: ISC */
/* Members come and go: add-member, set-member, remove-member, forget-user. */
#include <inttypes.h>

#include "cabinet.h"
#include "output.h"

/* The number of the membership: in JSON alone, as people have "members". */
static int show_isn(const struct app *app, const struct args *args, struct call *c)
{
	const enum authz_result result = call_ask(app, c);
	const bool has = (c->reply.has & (UINT64_C(1) << REPLY_ISN)) != 0;

	(void)args;
	return answer(app, result, &c->error, app->json && has ? json_pack("{sI}", "isn", (json_int_t)c->reply.isn) : NULL);
}

static int add(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_ADD, cabinet_member, show_isn});
}

static int set(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_SET, cabinet_member, NULL});
}

static int take_away(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_REMOVE, NULL, NULL});
}

static int forget_fill(const struct app *app, const struct args *args, struct request *request)
{
	return cabinet_name(app, request, FIELD_USER, "user", args->word);
}

static int forget_show(const struct app *app, const struct args *args, struct call *c)
{
	const enum authz_result result = call_ask(app, c);

	(void)args;
	if (result == AUTHZ_OK && (c->reply.has & (UINT64_C(1) << REPLY_COUNT)) == 0)
		return answer(app, AUTHZ_HELPER_GARBLED, &c->error, NULL);
	if (result == AUTHZ_OK && !app->json)
		printf("removed:            %" PRId64 "\n", c->reply.count);
	return answer(app, result, &c->error,
	              result == AUTHZ_OK ? json_pack("{sI}", "removed", (json_int_t)c->reply.count) : NULL);
}

static int forget(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_FORGET, forget_fill, forget_show});
}

static const struct option member_options[] = {
	{.name = "profile", .value = "shared|private|special", .help = "the cabinet's own, the member's, or a copy (shared)"},
	{.name = "special-profile", .value = "CABINET", .help = "with \"special\": whose profile is copied, now"},
	CABINET_AS,
	{.name = NULL},
};

const struct command cabinet_add_member = {
	.group = "cabinet",
	.verb = "add-member",
	.synopsis = "CABINET MEMBER [--profile PROFILE] [--special-profile CABINET]",
	.word = "CABINET",
	.second = "MEMBER",
	.help = "Add a user, or a shared cabinet, to a shared cabinet.",
	.options = member_options,
	.run = add,
};

const struct command cabinet_set_member = {
	.group = "cabinet",
	.verb = "set-member",
	.synopsis = "CABINET MEMBER [--profile PROFILE] [--special-profile CABINET]",
	.word = "CABINET",
	.second = "MEMBER",
	.help = "Give a member another profile.",
	.options = member_options,
	.run = set,
};

const struct command cabinet_remove_member = {
	.group = "cabinet",
	.verb = "remove-member",
	.synopsis = "CABINET MEMBER",
	.word = "CABINET",
	.second = "MEMBER",
	.help = "Take a member out of a shared cabinet.",
	.options = cabinet_acting,
	.run = take_away,
};

const struct command cabinet_forget_user = {
	.group = "cabinet",
	.verb = "forget-user",
	.synopsis = "USER",
	.word = "USER",
	.help = "Take a user who is gone out of everything.",
	.options = no_options,
	.run = forget,
};
