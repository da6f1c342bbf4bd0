/* SPDX-License-Identifier: ISC */
/* authzctl exit list */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "authz_exit.h"
#include "exit.h"
#include "output.h"
#include "utf8.h"

#define NUMBER_SIZE 24
#define HEX_SIZE (2 * AUTHZ_EXIT_DATA_MAX + 1)
#define SHOWN_SIZE (AUTHZ_EXIT_DATA_MAX + NUMBER_SIZE + 1)

enum { POINT, FORMAT, NUMBER, PROGRAM, INPUT, TIME, DATA, TEXT, COLUMNS };

static const char *const titles[COLUMNS] = {"POINT", "FORMAT", "NUMBER", "PROGRAM", "INPUT", "TIME", "DATA", "TEXT"};

/* A program; or a point without programs, of which "number" is empty. */
struct row {
	char point[EXIT_POINT_SIZE], format[EXIT_FORMAT_SIZE], number[NUMBER_SIZE];
	char program[SERVER_SIZE], input[NUMBER_SIZE], wait[NUMBER_SIZE], text[CABINET_TEXT_SIZE], length[NUMBER_SIZE];
	char hex[HEX_SIZE], uid[NUMBER_SIZE], second[NUMBER_SIZE];
	char data[AUTHZ_EXIT_DATA_MAX + 1]; /* with a NUL */
	bool is_text;                       /* they can be shown */
	int64_t numbers[4];                 /* number, wait, uid, second; of a point its maximum alone */
	char shown[SHOWN_SIZE];
};

static bool take(struct frame_reader *items, char *to, size_t size)
{
	return frame_next_item(items, to, size);
}

static int hex_digit(char c)
{
	const char *const digits = "0123456789abcdef", *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* The bytes, and whether they are a text that can be shown. */
static bool read_data(struct row *r)
{
	const size_t length = strlen(r->hex) / 2;
	int64_t said;
	uint32_t at;

	if (!text_number(r->length, &said) || said != (int64_t)length || strlen(r->hex) % 2 != 0)
		return false;
	for (size_t i = 0; i < length; i++) {
		const int high = hex_digit(r->hex[2 * i]), low = hex_digit(r->hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		r->data[i] = (char)(unsigned char)(high * 16 + low);
	}
	r->data[length] = '\0';
	r->is_text = strlen(r->data) == length;
	for (size_t i = 0, used; r->is_text && i < length; i += used) {
		used = utf8_next(r->data + i, &at);
		r->is_text = used > 0 && utf8_is_shown(at);
	}
	return true;
}

static bool take_program(struct frame_reader *items, struct row *r)
{
	return take(items, r->program, sizeof r->program) && take(items, r->input, sizeof r->input) &&
	       take(items, r->wait, sizeof r->wait) && take(items, r->text, sizeof r->text) &&
	       take(items, r->length, sizeof r->length) && take(items, r->hex, sizeof r->hex) &&
	       take(items, r->uid, sizeof r->uid) && take(items, r->second, sizeof r->second) &&
	       text_number(r->number, &r->numbers[0]) && text_number(r->wait, &r->numbers[1]) &&
	       text_number(r->uid, &r->numbers[2]) && text_number(r->second, &r->numbers[3]) && read_data(r);
}

static bool take_row(struct frame_reader *items, struct row *r)
{
	char maximum[NUMBER_SIZE];

	memset(r, 0, sizeof *r);
	if (!take(items, r->point, sizeof r->point) || !take(items, r->format, sizeof r->format) ||
	    !take(items, r->number, sizeof r->number))
		return false;
	if (r->number[0] != '\0')
		return take_program(items, r);
	return take(items, maximum, sizeof maximum) && text_number(maximum, &r->numbers[0]);
}

/* ---- for people */

static void show_data(struct row *r)
{
	if (r->data[0] == '\0' && r->is_text)
		snprintf(r->shown, sizeof r->shown, "-");
	else
		snprintf(r->shown, sizeof r->shown, "%s%s%s", r->length, r->is_text ? " " : "", r->is_text ? r->data : "");
}

static void make_cells(struct row *r, const char *cells[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = "-";
	cells[POINT] = r->point;
	cells[FORMAT] = r->format;
	cells[TEXT] = r->number[0] != '\0' ? r->text : r->shown;
	if (r->number[0] == '\0') {
		snprintf(r->shown, sizeof r->shown, "no programs, at most %" PRId64, r->numbers[0]);
		return;
	}
	show_data(r);
	cells[NUMBER] = r->number;
	cells[PROGRAM] = r->program;
	cells[INPUT] = r->input;
	cells[TIME] = r->numbers[1] == 0 ? "-" : r->wait;
	cells[DATA] = r->shown;
}

/* ---- JSON */

static json_t *row_json(const struct row *r)
{
	if (r->number[0] == '\0')
		return json_pack("{so so sn sI}", "point", text_json(r->point), "format", text_json(r->format), "number", "maximum",
		                 (json_int_t)r->numbers[0]);
	return json_pack("{so so sI so so so so so ss sI sI}", "point", text_json(r->point), "format", text_json(r->format),
	                 "number", (json_int_t)r->numbers[0], "program", text_json(r->program), "input", text_json(r->input),
	                 "time", r->numbers[1] == 0 ? json_null() : json_integer(r->numbers[1]), "text", text_json(r->text),
	                 "data", r->is_text ? text_json(r->data) : json_null(), "data_hex", r->hex,
	                 "registered_by", (json_int_t)r->numbers[2], "registered", (json_int_t)r->numbers[3]);
}

/* ---- pages */

static enum authz_result print_page(const struct app *app, struct reply *reply, struct row *r, struct table *table)
{
	struct reply again = *reply;
	const char *cells[COLUMNS];
	struct frame_reader items;

	while (reply_next_entry(&again, &items)) {
		if (!take_row(&items, r))
			return AUTHZ_HELPER_GARBLED;
		make_cells(r, cells);
		table_measure(table, cells);
	}
	while (reply_next_entry(reply, &items)) {
		if (!take_row(&items, r))
			return AUTHZ_HELPER_GARBLED;
		make_cells(r, cells);
		if (!app->json)
			table_print(table, cells);
		else if (!json_line(row_json(r)))
			return AUTHZ_NO_MEMORY;
	}
	return AUTHZ_OK;
}

static enum authz_result print_pages(const struct app *app, struct call *c, struct table *table)
{
	struct row *r = malloc(sizeof *r);
	enum authz_result result = AUTHZ_OK;
	bool more = true;

	while (r != NULL && result == AUTHZ_OK && more && !ferror(stdout)) {
		result = call_ask(app, c);
		if (result == AUTHZ_OK)
			result = print_page(app, &c->reply, r, table);
		more = (c->reply.has & UINT64_C(1) << REPLY_CURSOR) != 0;
		if (result == AUTHZ_OK && more)
			result = call_more(c);
	}
	free(r);
	return r == NULL ? AUTHZ_NO_MEMORY : result;
}

static int list(struct app *app, const struct args *args)
{
	struct table table = {.titles = titles, .columns = COLUMNS};
	enum authz_result result;
	struct call c;
	int status;

	_Static_assert((int)COLUMNS <= TABLE_COLUMNS, "a table has room for it");
	call_begin(&c, OP_EXIT_LIST);
	status = exit_put_point(app, args, &c.request);
	if (status != EXIT_DONE)
		return status;
	table_measure(&table, titles);
	result = print_pages(app, &c, &table);
	if (result != AUTHZ_OK)
		return answer(app, result, &c.error, NULL);
	if (!app->json)
		table_end(&table);
	return EXIT_DONE;
}

const struct command exit_list = {
	.group = "exit",
	.verb = "list",
	.synopsis = "[POINT [FORMAT]]",
	.word = "POINT",
	.second = "FORMAT",
	.word_optional = true,
	.help = "List the programs that are registered, and points without programs.",
	.options = no_options,
	.run = list,
};
