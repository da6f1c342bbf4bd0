/* SPDX-License-Identifier: ISC */
/* Answers that are rows: lists, page by page, as a table or as JSON objects; and names with values. */
#ifndef AUTHZCTL_ROWS_H
#define AUTHZCTL_ROWS_H

#include "app.h"
#include "output.h"

/*
 * What a column holds.  What is empty is shown as "-", but in the last column; in JSON it is null, if it is no TEXT.  A TIME
 * OR NONE is none where it is empty, or 0.  MARKS are a number, or empty, that people see as words.  AUTHORITY is a mask, or
 * empty, of the type of object that the first column has; words for people, an array of them in JSON.
 */
enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_NUMBER_OR_NONE,
	COLUMN_TIME,
	COLUMN_TIME_OR_NONE,
	COLUMN_MARKS,
	COLUMN_AUTHORITY
};

struct column {
	const char *title, *name; /* for people; in JSON */
	enum column_kind kind;
};

#define ROWS_MAX TABLE_COLUMNS

/* Ask, and show all pages.  Each is checked and measured before its first row is shown.  Returns the exit status. */
int rows_show(const struct app *app, struct call *c, const struct column *columns, size_t count);
/* "count" is a constant: what has more columns than there is room for does not compile. */
#define rows_show(app, c, columns, count) (rows_show)(app, c, columns, (count) * sizeof(char[(count) <= ROWS_MAX ? 1 : -1]))

/* A name whose value is a text, though it may look like a number; or, with "show", a number that people see otherwise. */
struct pair {
	const char *name;
	void (*show)(const char *value, char text[ITEM_SIZE]);
};

/*
 * Show the rows of an answer, which are pairs of name and value: numbers, or texts.  "pairs" ends with a row without a name.
 * In JSON they are members of the answer, or of an object "within" it.  Returns the exit status.
 */
int pairs_show(const struct app *app, struct call *c, const struct pair *pairs, const char *within);

#endif
