/* SPDX-License-Identifier: ISC */
/* authzctl authority show | explicit | explain | list */
#include <inttypes.h>
#include <string.h>

#include "authority.h"
#include "output.h"
#include "rows.h"

/* ---- show, explicit */

static const char *kind_of(const struct given *g)
{
	return strcmp(g->option->name, "g") == 0 ? "group" : "user";
}

static void print_words(const char *type, uint32_t mask)
{
	for (uint32_t bit = 1; bit != 0; bit <<= 1)
		if ((mask & bit) != 0 && authority_word(type, bit) != NULL)
			printf("\t%s\n", authority_word(type, bit));
}

static void print_people(const struct authority_wish *w, const struct given *g, uint32_t mask)
{
	printf("Entity ");
	text_print(stdout, g->value);
	printf(" has the following authorizations for object ");
	text_print(stdout, w->name);
	puts(":");
	print_words(w->type, mask);
}

static bool add_json(json_t *entities, const struct authority_wish *w, const struct given *g, uint32_t mask)
{
	json_t *entity = json_object();

	return json_array_append_new(entities, entity) == 0 && json_object_set_new(entity, "kind", json_string(kind_of(g))) == 0 &&
	       json_object_set_new(entity, "name", text_json(g->value)) == 0 &&
	       json_object_set_new(entity, "mask", json_integer(mask)) == 0 &&
	       json_object_set_new(entity, "authorities", authority_json(w->type, mask)) == 0;
}

static int show(const struct app *app, const struct args *args, enum operation operation)
{
	enum authz_result result = AUTHZ_OK;
	struct authority_wish w;
	json_t *entities;
	struct call c;
	const int status = authority_read_all(app, args, &w, true);

	if (status != EXIT_DONE)
		return status;
	entities = json_array();
	for (size_t i = 0; i < args->given_count && result == AUTHZ_OK; i++) {
		if (!authority_is_entity(&args->given[i]))
			continue;
		authority_begin(&c, operation, &w, &args->given[i]);
		result = call_ask(app, &c);
		if (result == AUTHZ_OK && !app->json)
			print_people(&w, &args->given[i], (uint32_t)c.reply.mask);
		if (result == AUTHZ_OK && !add_json(entities, &w, &args->given[i], (uint32_t)c.reply.mask))
			result = AUTHZ_NO_MEMORY;
	}
	return answer(app, result, &c.error, json_pack("{so}", "entities", entities));
}

static int show_run(struct app *app, const struct args *args)
{
	return show(app, args, OP_AUTHORITY_GET);
}

static int explicit_run(struct app *app, const struct args *args)
{
	return show(app, args, OP_AUTHORITY_EXPLICIT);
}

/* ---- explain */

enum { WHAT, KIND, NAME, MASK, ITEMS };
#define RECORDS_MAX 1100 /* a user has at most 1,024 groups */

struct record {
	bool counts;
	char kind, name[NAME_SIZE];
	uint32_t mask;
};

struct explanation {
	const struct authority_wish *w;
	const struct given *entity;
	char counts[OBJECT_SIZE]; /* empty: no profile does */
	int64_t left_out;         /* profiles and records for which an answer had no room */
	json_t *passed_over, *records_json;
	struct record records[RECORDS_MAX];
	size_t count;
};

static bool take_record(struct explanation *e, char items[ITEMS][ITEM_SIZE])
{
	struct record *r = &e->records[e->count];
	int64_t mask;

	if (e->count == RECORDS_MAX || strlen(items[NAME]) >= NAME_SIZE || !text_number(items[MASK], &mask))
		return false;
	*r = (struct record){.counts = strcmp(items[WHAT], "gives") == 0, .kind = items[KIND][0], .mask = (uint32_t)mask};
	strcpy(r->name, items[NAME]);
	e->count++;
	return json_array_append_new(e->records_json,
	                             json_pack("{ss so sb sI so}", "kind", r->kind == 'g' ? "group" : "user", "name",
	                                       text_json(r->name), "counts", (int)r->counts, "mask", (json_int_t)r->mask,
	                                       "authorities", authority_json(e->w->type, r->mask))) == 0;
}

static bool take_row(struct explanation *e, char items[ITEMS][ITEM_SIZE])
{
	if (strcmp(items[WHAT], "passed over") == 0)
		return json_array_append_new(e->passed_over, text_json(items[NAME])) == 0;
	if (strcmp(items[WHAT], "counts") != 0)
		return take_record(e, items);
	if (strlen(items[NAME]) >= OBJECT_SIZE)
		return false;
	strcpy(e->counts, items[NAME]);
	return true;
}

static bool take_rows(struct explanation *e, struct reply *reply)
{
	char items[ITEMS][ITEM_SIZE];
	struct frame_reader row;

	while (reply_next_entry(reply, &row))
		if (!call_row(&row, items, ITEMS) || !take_row(e, items))
			return false;
	return true;
}

static void print_by(const struct explanation *e, const struct record *r)
{
	printf("%s ", r->kind == 'g' ? "group" : "user");
	text_print(stdout, r->name);
	if (strcmp(r->name, "nobody") == 0 && r->kind == 'g')
		printf(", which is everybody's");
	else if (r->kind == 'g' && strcmp(e->entity->option->name, "p") == 0)
		printf(", of which the user is");
}

static void print_bit(const struct explanation *e, uint32_t bit)
{
	bool given = false, gone = false;

	printf("%-8s", authority_word(e->w->type, bit));
	for (size_t i = 0; i < e->count; i++)
		if (e->records[i].counts && (e->records[i].mask & bit) != 0) {
			printf(given ? "; " : "given by ");
			print_by(e, &e->records[i]);
			given = true;
		}
	for (size_t i = 0; i < e->count && !given; i++)
		if (!e->records[i].counts && (e->records[i].mask & bit) != 0) {
			printf(gone ? "; " : "refused: was of another ");
			print_by(e, &e->records[i]);
			gone = true;
		}
	if (!given && !gone)
		printf("refused: no record has it");
	putchar('\n');
}

static void print_explanation(const struct explanation *e)
{
	const uint32_t asked = e->w->added != 0 ? e->w->added : authority_takes(e->w->type);
	const json_t *text;
	size_t i;

	if (e->counts[0] == '\0') {
		printf("No profile of type %s that you may see is for ", e->w->type);
		text_print(stdout, e->w->name);
		puts(".");
	} else {
		printf("Profile ");
		text_print(stdout, e->counts);
		puts(" counts.");
	}
	if (e->left_out > 0)
		printf("%" PRId64 " more are not shown.\n", e->left_out);
	json_array_foreach(e->passed_over, i, text) {
		printf("Profile ");
		text_print(stdout, json_string_value(text));
		puts(" matches, but is less specific.");
	}
	for (uint32_t bit = 1; bit != 0; bit <<= 1)
		if ((asked & bit) != 0)
			print_bit(e, bit);
}

static int explain_one(const struct app *app, const struct authority_wish *w, const struct given *entity)
{
	struct explanation e = {.w = w, .entity = entity, .passed_over = json_array(), .records_json = json_array()};
	enum authz_result result;
	struct call c;

	authority_begin(&c, OP_AUTHORITY_EXPLAIN, w, entity);
	result = call_ask(app, &c);
	if (result == AUTHZ_OK && !take_rows(&e, &c.reply))
		result = AUTHZ_HELPER_GARBLED;
	e.left_out = c.reply.count;
	if (result == AUTHZ_OK && !app->json)
		print_explanation(&e);
	return answer(app, result, &c.error,
	              json_pack("{so so so so sI}", "counts", e.counts[0] == '\0' ? json_null() : text_json(e.counts), "passed_over",
	                        e.passed_over, "records", e.records_json, "held",
	                        authority_json(w->type, result == AUTHZ_OK ? (uint32_t)c.reply.mask : 0), "not_shown",
	                        (json_int_t)e.left_out));
}

static int explain_run(struct app *app, const struct args *args)
{
	struct authority_wish w;
	const int status = authority_read_all(app, args, &w, true);

	if (status != EXIT_DONE)
		return status;
	if (w.entities > 1)
		return args_wrong(args, "only one -p or -g");
	for (size_t i = 0; i < args->given_count; i++)
		if (authority_is_entity(&args->given[i]))
			return explain_one(app, &w, &args->given[i]);
	return EXIT_INTERNAL;
}

/* ---- list */

static int list_fill(const struct app *app, const struct args *args, const struct authority_wish *w, struct request *r)
{
	const char *user = args_value(args, "p"), *group = args_value(args, "g");
	const bool matching = args_value(args, "matching") != NULL, pattern = args_value(args, "pattern") != NULL;

	if (user != NULL && group != NULL)
		return args_wrong(args, "only one of -p and -g");
	if (matching && pattern)
		return args_wrong(args, "only one of --matching and --pattern");
	if ((matching || pattern) && w->name == NULL)
		return args_wrong(args, "option -n is missing");
	r->which = matching ? AUTHORITY_MATCHING : pattern ? AUTHORITY_BY_PATTERN : AUTHORITY_BY_TEXT;
	r->has |= HAS(WHICH);
	if (w->type != NULL)
		(void)request_set_string(r, FIELD_OBJECT_TYPE, w->type);
	if (w->name != NULL && (*w->name == '\0' || !request_set_string(r, FIELD_OBJECT, w->name)))
		return answer_bad_parameter(app, "name");
	if (user != NULL && (*user == '\0' || !request_set_string(r, FIELD_PRINCIPAL, user)))
		return answer_bad_parameter(app, "principal");
	if (group != NULL && (*group == '\0' || !request_set_string(r, FIELD_GROUP, group)))
		return answer_bad_parameter(app, "group");
	return EXIT_DONE;
}

static int list_run(struct app *app, const struct args *args)
{
	static const struct column columns[] = {
		{"TYPE", "type", COLUMN_TEXT},   {"PROFILE", "profile", COLUMN_TEXT},
		{"KIND", "kind", COLUMN_TEXT},   {"ENTITY", "entity", COLUMN_TEXT},
		{"AUTHORITY", "authorities", COLUMN_AUTHORITY}, {"STATE", "state", COLUMN_TEXT},
		{"MAKER", "maker", COLUMN_NUMBER_OR_NONE}, {"MADE", "made", COLUMN_TIME_OR_NONE},
	};
	struct authority_wish w;
	struct call c;
	int status;

	if (!authority_read(args, &w))
		return EXIT_USAGE;
	call_begin(&c, OP_AUTHORITY_LIST);
	status = list_fill(app, args, &w, &c.request);
	return status == EXIT_DONE ? rows_show(app, &c, columns, sizeof columns / sizeof columns[0]) : status;
}

static const struct option list_options[] = {
	AUTHORITY_OBJECT,
	{.name = "p", .value = "USER", .help = "this user's alone"},
	{.name = "g", .value = "GROUP", .help = "this group's alone"},
	{.name = "matching", .help = "NAME is an object: all profiles that match it"},
	{.name = "pattern", .help = "NAME is a generic name: all profiles whose names it matches"},
	{.name = NULL},
};

const struct command authority_show = {
	.group = "authority",
	.verb = "show",
	.synopsis = "-t TYPE -n NAME (-p USER | -g GROUP)...",
	.help = "Show what a user has with all groups, or a group, on an object.",
	.options = authority_options,
	.run = show_run,
};

const struct command authority_explicit = {
	.group = "authority",
	.verb = "explicit",
	.synopsis = "-t TYPE -n NAME (-p USER | -g GROUP)...",
	.help = "Show what a group has by itself, or the primary group of a user.",
	.options = authority_options,
	.run = explicit_run,
};

const struct command authority_explain = {
	.group = "authority",
	.verb = "explain",
	.synopsis = "-t TYPE -n NAME (-p USER | -g GROUP) [+WORD]...",
	.signs = true,
	.help = "Show which record of whom gives or refuses each authority.",
	.options = authority_options,
	.run = explain_run,
};

const struct command authority_list = {
	.group = "authority",
	.verb = "list",
	.synopsis = "[-t TYPE] [-n NAME [--matching | --pattern]] [-p USER | -g GROUP]",
	.help = "List the records of authorities.",
	.options = list_options,
	.run = list_run,
};
