/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "app.h"
#include "output.h"

/* Bits of type profile. */
static const struct {
	const char *word;
	int64_t bit;
} authorities[] = {
	{"use", 1 << 0},
	{"objmgt", 1 << 1},
};

/* What both commands have on their line. */
struct wish {
	const char *name; /* of the object */
	int64_t mask;
	size_t holders; /* how many -p and -g */
};

static bool is_holder(const struct given *g)
{
	return strcmp(g->option->name, "p") == 0 || strcmp(g->option->name, "g") == 0;
}

static int64_t authority_bit(const char *word)
{
	for (size_t i = 0; i < sizeof authorities / sizeof authorities[0]; i++)
		if (strcmp(authorities[i].word, word) == 0)
			return authorities[i].bit;
	return 0;
}

/* "revoke" takes +use and -use for the same, "grant" +use alone. */
static int read_signs(const struct args *args, bool grant, struct wish *w)
{
	for (size_t i = 0; i < args->sign_count; i++) {
		const char *sign = args->signs[i];
		const int64_t bit = authority_bit(sign + 1);

		if (bit == 0)
			return args_wrong(args, "unknown authority %s", sign);
		if (grant && sign[0] == '-')
			return args_wrong(args, "grant takes +%s; %s is for revoke", sign + 1, sign);
		w->mask |= bit;
	}
	return w->mask == 0 ? args_wrong(args, "no authority given, such as +use") : EXIT_DONE;
}

static int read_wish(const struct args *args, bool grant, struct wish *w)
{
	const char *type = args_value(args, "t");

	*w = (struct wish){.name = args_value(args, "n")};
	for (size_t i = 0; i < args->given_count; i++)
		w->holders += is_holder(&args->given[i]);
	if (type == NULL || w->name == NULL)
		return args_wrong(args, "option -%s is missing", type == NULL ? "t" : "n");
	if (strcmp(type, "profile") != 0)
		return args_wrong(args, "unknown object type %s", type);
	if (w->holders == 0)
		return args_wrong(args, "option -p or -g is missing");
	return read_signs(args, grant, w);
}

/* The part of the request that is the same for every holder. */
static bool put_wish(struct request *r, const struct wish *w, bool grant)
{
	*(grant ? &r->mask_add : &r->mask_drop) = w->mask;
	r->has |= grant ? HAS(MASK_ADD) : HAS(MASK_DROP);
	return request_set_string(r, FIELD_OBJECT_TYPE, "profile") && *w->name != '\0' &&
	       request_set_string(r, FIELD_OBJECT, w->name);
}

static bool put_holder(struct request *r, const struct given *g)
{
	const bool group = strcmp(g->option->name, "g") == 0;

	return *g->value != '\0' && request_set_string(r, group ? FIELD_GROUP : FIELD_PRINCIPAL, g->value);
}

/* The answer, and how far the command came: with many holders the first refusal is the last question. */
static int conclude(const struct app *app, enum authz_result result, const struct call *c, const struct wish *w,
                    size_t done)
{
	json_t *fields = json_pack("{sI}", "done", (json_int_t)done);
	const int status = answer(app, result, &c->error, fields);

	if (result != AUTHZ_OK && w->holders > 1 && !app->json && !app->quiet)
		fprintf(stderr, "authzctl: Done for %zu of %zu, in the order of the line.\n", done, w->holders);
	return status;
}

/* All names are looked at before the first question. */
static int check_names(const struct app *app, const struct args *args, const struct wish *w, struct call *c)
{
	call_begin(c, OP_AUTHORITY_GRANT);
	if (!put_wish(&c->request, w, true))
		return answer_bad_parameter(app, "name");
	for (size_t i = 0; i < args->given_count; i++)
		if (is_holder(&args->given[i]) && !put_holder(&c->request, &args->given[i]))
			return answer_bad_parameter(app, strcmp(args->given[i].option->name, "g") == 0 ? "group" : "principal");
	return EXIT_DONE;
}

static int change(const struct app *app, const struct args *args, bool grant)
{
	enum authz_result result = AUTHZ_OK;
	struct call c;
	struct wish w;
	size_t done = 0;
	int status = read_wish(args, grant, &w);

	if (status == EXIT_DONE)
		status = check_names(app, args, &w, &c);
	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < args->given_count && result == AUTHZ_OK; i++) {
		if (!is_holder(&args->given[i]))
			continue;
		call_begin(&c, grant ? OP_AUTHORITY_GRANT : OP_AUTHORITY_REVOKE);
		if (!put_wish(&c.request, &w, grant) || !put_holder(&c.request, &args->given[i]))
			return answer_bad_parameter(app, "name");
		result = call_ask(app, &c);
		done += result == AUTHZ_OK;
	}
	return conclude(app, result, &c, &w, done);
}

static int grant_run(struct app *app, const struct args *args)
{
	return change(app, args, true);
}

static int revoke_run(struct app *app, const struct args *args)
{
	return change(app, args, false);
}

static const struct option options[] = {
	{.name = "t", .value = "TYPE", .help = "type of the object: profile"},
	{.name = "n", .value = "NAME", .help = "name of the object"},
	{.name = "p", .value = "USER", .times = MANY, .help = "the user who gets or loses it"},
	{.name = "g", .value = "GROUP", .times = MANY, .help = "the group that gets or loses it"},
	{.name = NULL},
};

const struct command authority_grant = {
	.group = "authority",
	.verb = "grant",
	.synopsis = "-t profile -n NAME (-p USER | -g GROUP)... [+use] [+objmgt]",
	.signs = true,
	.help = "Give authority over an object, such as +use: to make tokens for the user NAME.",
	.options = options,
	.run = grant_run,
};

const struct command authority_revoke = {
	.group = "authority",
	.verb = "revoke",
	.synopsis = "-t profile -n NAME (-p USER | -g GROUP)... [-use] [-objmgt]",
	.signs = true,
	.help = "Take authority over an object away; +use says the same as -use here.",
	.options = options,
	.run = revoke_run,
};
