/* SPDX-License-Identifier: ISC */
/* authzctl authority set | grant | revoke | copy | delete; and check, which goes through the entities as they do. */
#include <string.h>

#include "authority.h"
#include "output.h"

/* One question for each entity, each with a mask. */
struct deed {
	enum operation operation;
	uint32_t mask;
};

static void put_mask(struct request *r, const struct deed *d)
{
	switch (d->operation) {
	case OP_AUTHORITY_GRANT:
		r->mask_add = d->mask;
		r->has |= HAS(MASK_ADD);
		break;
	case OP_AUTHORITY_REVOKE:
		r->mask_drop = d->mask;
		r->has |= HAS(MASK_DROP);
		break;
	default:
		r->mask = d->mask;
		r->has |= HAS(MASK);
	}
}

/* The answer, and how far the command came: with many entities the first refusal is the last question. */
static int conclude(const struct app *app, enum authz_result result, const struct call *c, const struct authority_wish *w,
                    size_t done)
{
	json_t *fields = json_pack("{sI}", "done", (json_int_t)done);
	const int status = answer(app, result, &c->error, fields);

	if (result != AUTHZ_OK && w->entities > 1 && !app->json && !app->quiet)
		fprintf(stderr, "authzctl: Done for %zu of %zu, in the order of the line.\n", done, w->entities);
	return status;
}

static int do_each(const struct app *app, const struct args *args, const struct authority_wish *w, const struct deed *d)
{
	enum authz_result result = AUTHZ_OK;
	struct call c;
	size_t done = 0;

	for (size_t i = 0; i < args->given_count && result == AUTHZ_OK; i++) {
		if (!authority_is_entity(&args->given[i]))
			continue;
		authority_begin(&c, d->operation, w, &args->given[i]);
		put_mask(&c.request, d);
		result = call_ask(app, &c);
		done += result == AUTHZ_OK;
	}
	return conclude(app, result, &c, w, done);
}

/* "grant" and "check" take +use alone. */
static int read_added(const struct app *app, const struct args *args, const char *verb, struct authority_wish *w)
{
	const int status = authority_read_all(app, args, w, true);

	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < args->sign_count; i++)
		if (args->signs[i][0] == '-')
			return args_wrong(args, "%s takes +%s; %s is for revoke", verb, args->signs[i] + 1, args->signs[i]);
	return w->added == 0 ? args_wrong(args, "no authority given, such as +use") : EXIT_DONE;
}

static int grant_run(struct app *app, const struct args *args)
{
	struct authority_wish w;
	const int status = read_added(app, args, "grant", &w);

	return status != EXIT_DONE ? status : do_each(app, args, &w, &(struct deed){OP_AUTHORITY_GRANT, w.added});
}

static int check_run(struct app *app, const struct args *args)
{
	struct authority_wish w;
	const int status = read_added(app, args, "check", &w);

	return status != EXIT_DONE ? status : do_each(app, args, &w, &(struct deed){OP_AUTHORITY_CHECK, w.added});
}

/* "revoke" takes +use and -use for the same. */
static int revoke_run(struct app *app, const struct args *args)
{
	struct authority_wish w;
	const int status = authority_read_all(app, args, &w, true);

	if (status != EXIT_DONE)
		return status;
	if ((w.added | w.dropped) == 0)
		return args_wrong(args, "no authority given, such as -use");
	return do_each(app, args, &w, &(struct deed){OP_AUTHORITY_REVOKE, w.added | w.dropped});
}

/* What the words leave, one after the other; "+none", and "-all", leave none, but there has to be one. */
static int set_run(struct app *app, const struct args *args)
{
	struct authority_wish w;
	const int status = authority_read_all(app, args, &w, true);

	if (status != EXIT_DONE)
		return status;
	if (args->sign_count == 0)
		return args_wrong(args, "no authority given, such as +get, or +none");
	return do_each(app, args, &w, &(struct deed){OP_AUTHORITY_SET, w.left});
}

static int copy_run(struct app *app, const struct args *args)
{
	struct authority_wish w;
	struct call c;
	enum authz_result result;
	const int status = authority_read_all(app, args, &w, false);

	if (status != EXIT_DONE)
		return status;
	call_begin(&c, OP_AUTHORITY_COPY);
	if (*args->word == '\0' || !request_set_string(&c.request, FIELD_OBJECT, args->word) ||
	    !request_set_string(&c.request, FIELD_REFERENCE, w.name) || !request_set_string(&c.request, FIELD_OBJECT_TYPE, w.type))
		return answer_bad_parameter(app, "name");
	result = call_ask(app, &c);
	return answer(app, result, &c.error, NULL);
}

/* In parts, where there are very many. */
static int delete_run(struct app *app, const struct args *args)
{
	struct authority_wish w;
	struct call c;
	enum authz_result result;
	json_int_t deleted = 0;
	const int status = authority_read_all(app, args, &w, false);

	if (status != EXIT_DONE)
		return status;
	do {
		authority_begin(&c, OP_AUTHORITY_DELETE, &w, NULL);
		result = call_ask(app, &c);
		if (result == AUTHZ_OK && c.reply.total > 0 && c.reply.count <= 0)
			result = AUTHZ_HELPER_GARBLED;
		deleted += result == AUTHZ_OK ? c.reply.count : 0;
	} while (result == AUTHZ_OK && c.reply.total > 0);
	return answer(app, result, &c.error, json_pack("{sI}", "deleted", deleted));
}

const struct command authority_set = {
	.group = "authority",
	.verb = "set",
	.synopsis = "-t TYPE -n NAME (-p USER | -g GROUP)... [+WORD | -WORD]...",
	.signs = true,
	.help = "Set an authority to what the words leave, and to no more: +all -put; +none.",
	.options = authority_options,
	.run = set_run,
};

const struct command authority_grant = {
	.group = "authority",
	.verb = "grant",
	.synopsis = "-t TYPE -n NAME (-p USER | -g GROUP)... +WORD...",
	.signs = true,
	.help = "Give authority over an object, such as +use: of type profile, to make tokens for the user NAME.",
	.options = authority_options,
	.run = grant_run,
};

const struct command authority_revoke = {
	.group = "authority",
	.verb = "revoke",
	.synopsis = "-t TYPE -n NAME (-p USER | -g GROUP)... -WORD...",
	.signs = true,
	.help = "Take authority over an object away; +use says the same as -use here.",
	.options = authority_options,
	.run = revoke_run,
};

const struct command authority_check = {
	.group = "authority",
	.verb = "check",
	.synopsis = "-t TYPE -n NAME (-p USER | -g GROUP)... +WORD...",
	.signs = true,
	.help = "Has each of them all of these authorities?  If not it ends with 2035.",
	.options = authority_options,
	.run = check_run,
};

const struct command authority_copy = {
	.group = "authority",
	.verb = "copy",
	.synopsis = "-t TYPE -n NAME NEW",
	.word = "NEW",
	.help = "Give the object NEW, which has none, all authorities that NAME has.",
	.options = authority_object_options,
	.run = copy_run,
};

const struct command authority_delete = {
	.group = "authority",
	.verb = "delete",
	.synopsis = "-t TYPE -n NAME",
	.help = "Take a profile away, with all authorities.",
	.options = authority_object_options,
	.run = delete_run,
};
