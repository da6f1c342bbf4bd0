/* SPDX-License-Identifier: ISC */
/* What an exit reads, the record or lines, and what it writes (doc/EXITS). */
#ifndef AUTHZ_RULES_EXIT_INPUT_H
#define AUTHZ_RULES_EXIT_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/exit_activity.h"
#include "rules/exit_record.h"

/* Room for every input: 10000 destinations as lines, and what is before them. */
#define EXIT_INPUT_MAX (16384 + AUTHZ_EXIT_DESTINATIONS_MAX * (sizeof "destination " + EXIT_DESTINATION_SIZE))

struct exit_destinations {
	const struct exit_destination *all;
	size_t count;
};

/* A line of a format's own.  One whose value is NULL is left out; one whose value is empty is the word and a blank. */
struct exit_line {
	const char *word, *value;
};

/* Can these bytes stand in a line?  None of them controls. */
bool exit_is_line(const char *bytes, size_t length);

#define EXIT_ACTIVITY_LINES 8
#define EXIT_SEQUENCE_SIZE 21

/* The lines of AUTH0100; they point into the activity, and into "sequence". */
void exit_activity_lines(const struct exit_activity *a, char sequence[EXIT_SEQUENCE_SIZE],
                         struct exit_line lines[EXIT_ACTIVITY_LINES]);

/*
 * Each gives the length of what a program reads, or 0: it does not fit, or a value has what cannot stand in it: a line's a
 * byte that controls, the record's user profile more than 10 bytes.
 */
size_t exit_input_lines(const struct exit_name *point, const struct exit_program *program, const struct exit_line *lines,
                        size_t count, const struct exit_destinations *to, char *out, size_t size);
size_t exit_input_record(const struct exit_program *program, const struct exit_activity *a, const struct exit_destinations *to,
                         unsigned char *out, size_t size);

/*
 * What a program wrote: yes[i] is whether it said exactly *YES to destination i, of "count".  false: it is not as many answers;
 * all of yes is false then.
 */
bool exit_output_read(enum exit_input form, const char *output, size_t length, bool *yes, size_t count);

#endif
