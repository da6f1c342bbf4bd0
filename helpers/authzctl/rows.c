/* SPDX-License-Identifier: ISC */
#include "rows.h"

#include <string.h>

#include "authority.h"
#include "cabinet_marks.h"
#include "output.h"

/* A list, and a row of it as the helper gives it and as people see it. */
struct rows {
	const struct column *columns;
	struct table table;
	const char *titles[ROWS_MAX];
	char items[ROWS_MAX][ITEM_SIZE];
	int64_t numbers[ROWS_MAX];
	char shown[ROWS_MAX][ITEM_SIZE]; /* of a number that is shown otherwise */
	const char *cells[ROWS_MAX];
};

/* A number that stands for none. */
static bool is_none(const struct rows *r, size_t i)
{
	return r->columns[i].kind == COLUMN_TIME_OR_NONE && r->numbers[i] == 0;
}

static bool read_cell(struct rows *r, size_t i)
{
	const enum column_kind kind = r->columns[i].kind;
	const bool empty = r->items[i][0] == '\0';

	r->cells[i] = empty && i + 1 < r->table.columns ? "-" : r->items[i];
	if (kind == COLUMN_TEXT || (empty && kind != COLUMN_NUMBER && kind != COLUMN_TIME))
		return true;
	if (!text_number(r->items[i], &r->numbers[i]))
		return false;
	if (is_none(r, i)) {
		r->cells[i] = "-";
		return true;
	}
	if (kind == COLUMN_TIME || kind == COLUMN_TIME_OR_NONE)
		text_time(r->numbers[i], r->shown[i]);
	else if (kind == COLUMN_MARKS)
		marks_show(r->items[i], r->shown[i]);
	else if (kind == COLUMN_AUTHORITY)
		authority_words(r->items[0], (uint32_t)r->numbers[i], r->shown[i]);
	else
		return true;
	r->cells[i] = r->shown[i];
	return true;
}

static bool read_row(struct rows *r, struct frame_reader *row)
{
	if (!call_row(row, r->items, r->table.columns))
		return false;
	for (size_t i = 0; i < r->table.columns; i++)
		if (!read_cell(r, i))
			return false;
	return true;
}

static json_t *cell_json(const struct rows *r, size_t i)
{
	if (r->columns[i].kind == COLUMN_TEXT)
		return text_json(r->items[i]);
	if (r->items[i][0] == '\0' || is_none(r, i))
		return json_null();
	return r->columns[i].kind == COLUMN_AUTHORITY ? authority_json(r->items[0], (uint32_t)r->numbers[i])
	                                              : json_integer(r->numbers[i]);
}

static bool print_json(const struct rows *r)
{
	json_t *row = json_object();

	for (size_t i = 0; i < r->table.columns && row != NULL; i++)
		if (json_object_set_new(row, r->columns[i].name, cell_json(r, i)) != 0) {
			json_decref(row);
			row = NULL;
		}
	return json_line(row);
}

static enum authz_result print_page(const struct app *app, struct reply *reply, struct rows *r)
{
	struct reply again = *reply;
	struct frame_reader row;

	while (reply_next_entry(&again, &row)) {
		if (!read_row(r, &row))
			return AUTHZ_HELPER_GARBLED;
		table_measure(&r->table, r->cells);
	}
	while (reply_next_entry(reply, &row)) {
		if (!read_row(r, &row))
			return AUTHZ_HELPER_GARBLED;
		if (!app->json)
			table_print(&r->table, r->cells);
		else if (!print_json(r))
			return AUTHZ_NO_MEMORY;
	}
	return AUTHZ_OK;
}

static enum authz_result print_pages(const struct app *app, struct call *c, struct rows *r)
{
	enum authz_result result;

	do {
		result = call_ask(app, c);
		if (result == AUTHZ_OK)
			result = print_page(app, &c->reply, r);
		if (result != AUTHZ_OK || (c->reply.has & (UINT64_C(1) << REPLY_CURSOR)) == 0)
			return result;
		result = call_more(c);
	} while (result == AUTHZ_OK && !ferror(stdout));
	return result;
}

int (rows_show)(const struct app *app, struct call *c, const struct column *columns, size_t count)
{
	struct rows r = {.columns = columns, .table.columns = count};
	enum authz_result result;

	for (size_t i = 0; i < count; i++)
		r.titles[i] = columns[i].title;
	r.table.titles = r.titles;
	table_measure(&r.table, r.titles);
	result = print_pages(app, c, &r);
	if (result != AUTHZ_OK)
		return answer(app, result, &c->error, NULL);
	if (!app->json)
		table_end(&r.table);
	return EXIT_DONE;
}

static const struct pair *find_pair(const struct pair *pairs, const char *name)
{
	for (; pairs->name != NULL; pairs++)
		if (strcmp(pairs->name, name) == 0)
			return pairs;
	return NULL;
}

static void print_pair(const struct pair *pair, char items[2][ITEM_SIZE])
{
	const int length = (int)strlen(items[0]);
	char shown[ITEM_SIZE];

	if (pair != NULL && pair->show != NULL)
		pair->show(items[1], shown);
	text_print(stdout, items[0]);
	printf(":%*s", length < 20 ? 20 - length : 1, "");
	text_print(stdout, pair != NULL && pair->show != NULL ? shown : items[1]);
	putchar('\n');
}

static json_t *pair_json(const struct pair *pair, const char *value)
{
	int64_t number;

	return (pair == NULL || pair->show != NULL) && text_number(value, &number) ? json_integer(number) : text_json(value);
}

int pairs_show(const struct app *app, struct call *c, const struct pair *pairs, const char *within)
{
	json_t *fields = app->json ? json_object() : NULL;
	char items[2][ITEM_SIZE];
	struct frame_reader row;

	while (reply_next_entry(&c->reply, &row)) {
		if (!call_row(&row, items, 2)) {
			json_decref(fields);
			return answer(app, AUTHZ_HELPER_GARBLED, &c->error, NULL);
		}
		if (!app->json)
			print_pair(find_pair(pairs, items[0]), items);
		else if (json_object_set_new(fields, items[0], pair_json(find_pair(pairs, items[0]), items[1])) != 0)
			break;
	}
	if (!app->json)
		return EXIT_DONE;
	return answer(app, AUTHZ_OK, NULL, within != NULL ? json_pack("{so}", within, fields) : fields);
}
