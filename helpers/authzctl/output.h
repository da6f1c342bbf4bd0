/* SPDX-License-Identifier: ISC */
/* What authzctl says: answers on standard output, messages on standard error, for people or as JSON. */
#ifndef AUTHZCTL_OUTPUT_H
#define AUTHZCTL_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "authz.h"

/* Exit status.  Results bring their own (result.h). */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_REACH = 3, EXIT_INTERNAL = 4 };

#define TABLE_COLUMNS 9

/* Once, before anything else: descriptors 0 to 2 are open, a reader that went away is an error and no signal. */
void output_begin(void);
/* Push out what was said so far: false, and a message, if it did not get there. */
bool output_flush(void);
/* Is somebody still there to read?  Waits up to milliseconds for them to go. */
bool output_wait(int milliseconds);
/* The last of it: status, or EXIT_INTERNAL if it could not be written.  Wipes the buffers. */
int output_end(int status);

/* Text that came from elsewhere: control characters, and what the locale does not show, become \xNN. */
void text_print(FILE *to, const char *text);
/* The same as a JSON string: what is not UTF-8 becomes U+FFFD. */
json_t *text_json(const char *text);
/* May UTF-8 go to the terminal? */
bool locale_shows_utf8(void);
/* Seconds since 1970 as local time "2026-11-21 07:00:00". */
void text_time(int64_t seconds, char text[32]);

/* One JSON value as a line.  Takes the reference. */
bool json_line(json_t *value);

/*
 * The answer of a command: its result, and with --json "fields" (may be NULL; the reference is taken) beside it.  Says
 * on standard error what was refused.  Returns the exit status.
 */
struct app;
int answer(const struct app *app, enum authz_result result, const struct authz_error *error, json_t *fields);
/* The same for a value that does not fit the parameter. */
int answer_bad_parameter(const struct app *app, const char *parameter);

/* A file of the caller's own that cannot be read or written: "doing", and errno.  Returns the exit status. */
int answer_bad_file(const char *doing, const char *path, int number);

/* A table: measure the rows that are at hand, then print them.  The last column is not padded. */
struct table {
	const char *const *titles;
	size_t columns, width[TABLE_COLUMNS];
	bool started;
};
void table_measure(struct table *t, const char *const *cells);
void table_print(struct table *t, const char *const *cells);
/* The titles, if no row was printed. */
void table_end(struct table *t);

#endif
