/* SPDX-License-Identifier: ISC */
#include <inttypes.h>

#include "app.h"
#include "output.h"

enum { ID, USER, MAKER, TYPE, STATE, MADE, LEFT, BINDINGS, COLUMNS };

static const char *const titles[COLUMNS] = {"TOKEN ID", "USER", "MAKER", "TYPE", "STATE", "MADE", "LEFT", "BOUND TO"};
static const char *const names[COLUMNS] = {"id", "user", "maker", "type", "state", "made", "left", "bindings"};

/* A row as the helper gives it, and as people see it. */
struct token_row {
	char items[COLUMNS][ITEM_SIZE];
	int64_t made, left;
	char made_text[32];
	const char *cells[COLUMNS];
};

static bool read_row(struct token_row *t, struct frame_reader *row)
{
	if (!call_row(row, t->items, COLUMNS) || !text_number(t->items[MADE], &t->made) ||
	    !text_number(t->items[LEFT], &t->left))
		return false;
	text_time(t->made, t->made_text);
	for (size_t i = 0; i < COLUMNS; i++)
		t->cells[i] = i == MADE ? t->made_text : t->items[i];
	return true;
}

static bool print_json(const struct token_row *t)
{
	json_t *row = json_object();

	for (size_t i = 0; i < COLUMNS && row != NULL; i++) {
		json_t *value = i == MADE   ? json_integer(t->made)
		                : i == LEFT ? json_integer(t->left)
		                            : text_json(t->items[i]);

		if (json_object_set_new(row, names[i], value) != 0) {
			json_decref(row);
			row = NULL;
		}
	}
	return json_line(row);
}

/* The rows of one answer: all of them are checked and measured before the first is shown. */
static enum authz_result print_page(const struct app *app, struct reply *reply, struct table *table)
{
	struct reply again = *reply;
	struct token_row t;
	struct frame_reader row;

	while (reply_next_entry(&again, &row)) {
		if (!read_row(&t, &row))
			return AUTHZ_HELPER_GARBLED;
		table_measure(table, t.cells);
	}
	while (reply_next_entry(reply, &row)) {
		if (!read_row(&t, &row))
			return AUTHZ_HELPER_GARBLED;
		if (!app->json)
			table_print(table, t.cells);
		else if (!print_json(&t))
			return AUTHZ_NO_MEMORY;
	}
	return AUTHZ_OK;
}

static int list(struct app *app, const struct args *args)
{
	const char *user = args_value(args, "user");
	struct table table = {.titles = titles, .columns = COLUMNS};
	enum authz_result result;
	struct call c;

	call_begin(&c, OP_TOKEN_LIST);
	if (user != NULL && (*user == '\0' || !request_set_string(&c.request, FIELD_USER, user)))
		return answer_bad_parameter(app, "user");
	table_measure(&table, titles);
	do {
		result = call_ask(app, &c);
		if (result == AUTHZ_OK)
			result = print_page(app, &c.reply, &table);
		if (result != AUTHZ_OK)
			return answer(app, result, &c.error, NULL);
		if ((c.reply.has & (UINT64_C(1) << REPLY_CURSOR)) == 0)
			break;
		result = call_more(&c);
	} while (result == AUTHZ_OK && !ferror(stdout));
	if (result != AUTHZ_OK)
		return answer(app, result, &c.error, NULL);
	if (!app->json)
		table_end(&table);
	return EXIT_DONE;
}

static const struct option options[] = {
	{.name = "user", .value = "USER", .help = "only those that stand for USER"},
	{.name = NULL},
};

const struct command token_list = {
	.group = "token",
	.verb = "list",
	.synopsis = "[--user USER]",
	.help = "List profile tokens, but never the tokens themselves.",
	.options = options,
	.run = list,
};
