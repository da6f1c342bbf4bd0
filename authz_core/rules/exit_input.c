/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no value can end the line or the field that it is in, and none is cut.
 * MUST 2: exactly *YES is yes, and anything else no.
 * MUST 3: answers that are more or fewer than the destinations are no answers.
 */
#include "rules/exit_input.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- lines */

struct writer {
	char *out;
	size_t used, size;
	bool bad;
};

bool exit_is_line(const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if ((unsigned char)bytes[i] < ' ' || bytes[i] == '\x7f')
			return false;
	return true;
}

static void add_bytes(struct writer *w, const void *from, size_t length)
{
	w->bad = w->bad || length > w->size - w->used;
	if (w->bad)
		return;
	memcpy(w->out + w->used, from, length);
	w->used += length;
}

static void add_line(struct writer *w, const char *word, const char *value, size_t length)
{
	w->bad = w->bad || !exit_is_line(value, length);
	add_bytes(w, word, strlen(word));
	add_bytes(w, " ", 1);
	add_bytes(w, value, length);
	add_bytes(w, "\n", 1);
}

static void add_number(struct writer *w, const char *word, uint64_t number)
{
	char text[21];

	snprintf(text, sizeof text, "%" PRIu64, number);
	add_line(w, word, text, strlen(text));
}

size_t exit_input_lines(const struct exit_name *point, const struct exit_program *program, const struct exit_line *lines,
                        size_t count, const struct exit_destinations *to, char *out, size_t size)
{
	struct writer w = {.out = out, .size = size};
	size_t i;

	add_line(&w, "authz-exit", "1", 1);
	add_line(&w, "point", point->point, strlen(point->point));
	add_line(&w, "format", point->format, strlen(point->format));
	add_number(&w, "number", program->number);
	if (program->data_length > 0)
		add_line(&w, "data", (const char *)program->data, program->data_length);
	for (i = 0; i < count; i++)
		if (lines[i].value != NULL)
			add_line(&w, lines[i].word, lines[i].value, strlen(lines[i].value));
	add_number(&w, "destinations", to->count);
	for (i = 0; i < to->count; i++)
		add_line(&w, "destination", to->all[i].text, strlen(to->all[i].text));
	return w.bad ? 0 : w.used;
}

void exit_activity_lines(const struct exit_activity *a, char sequence[EXIT_SEQUENCE_SIZE],
                         struct exit_line lines[EXIT_ACTIVITY_LINES])
{
	const struct exit_line all[EXIT_ACTIVITY_LINES] = {
		{"change-request", a->change_request}, {"sequence", sequence}, {"activity", a->activity}, {"type", a->type},
		{"transport", a->transport}, {"verb", a->verb}, {"global-name", a->global_name[0] != '\0' ? a->global_name : NULL},
		{"user", a->user},
	};

	snprintf(sequence, EXIT_SEQUENCE_SIZE, "%" PRId64, a->sequence);
	memcpy(lines, all, sizeof all);
}

/* ---- the record */

static void set_number(unsigned char to[4], size_t number)
{
	to[0] = (unsigned char)(number >> 24);
	to[1] = (unsigned char)(number >> 16);
	to[2] = (unsigned char)(number >> 8);
	to[3] = (unsigned char)number;
}

/* Text, padded with blanks. */
static bool set_text(unsigned char *to, size_t size, const char *text, size_t length)
{
	if (length > size)
		return false;
	memset(to, ' ', size);
	memcpy(to, text, length);
	return true;
}

#define SET(field, text) set_text(field, sizeof(field), text, strlen(text))

static bool set_node(unsigned char *to, const char *text)
{
	struct authz_exit_node node;
	const char *period = strchr(text, '.');

	if (period == NULL || !set_text(node.network, sizeof node.network, text, (size_t)(period - text)) ||
	    !SET(node.name, period + 1) || !SET(node.reserved, ""))
		return false;
	memcpy(to, &node, sizeof node);
	return true;
}

static bool set_parameters(struct authz_exit_auth0100 *q, const struct exit_activity *a)
{
	set_number(q->sequence, (size_t)a->sequence);
	return SET(q->change_request, a->change_request) && SET(q->activity, a->activity) && SET(q->type, a->type) &&
	       SET(q->transport, a->transport) && SET(q->verb, a->verb) && SET(q->global_name, a->global_name) &&
	       SET(q->user, a->user);
}

size_t exit_input_record(const struct exit_program *program, const struct exit_activity *a, const struct exit_destinations *to,
                         unsigned char *out, size_t size)
{
	const bool nodes = exit_activity_has_nodes(a);
	const size_t each = nodes ? sizeof(struct authz_exit_node) : sizeof(struct authz_exit_host);
	const size_t first = sizeof(struct authz_exit_auth0100) + program->data_length, length = first + to->count * each;
	struct authz_exit_auth0100 q = {.reserved = {0}};
	bool good = length <= size && set_parameters(&q, a) && SET(q.format, AUTHZ_EXIT_AUTH0100);
	size_t i;

	set_number(q.length, length);
	set_number(q.number, program->number);
	set_number(q.data_offset, sizeof q);
	set_number(q.data_length, program->data_length);
	set_number(q.destination_length, each);
	set_number(q.destinations_offset, first);
	set_number(q.destinations_count, to->count);
	for (i = 0; good && i < to->count; i++) {
		unsigned char *at = out + first + i * each;
		const char *text = to->all[i].text;

		good = nodes ? set_node(at, text) : set_text(at, each, text, strlen(text));
	}
	if (!good)
		return 0;
	memcpy(out, &q, sizeof q);
	memcpy(out + sizeof q, program->data, program->data_length);
	return length;
}

/* ---- answers */

static bool is_yes(const char *answer, size_t length)
{
	return length == 4 && memcmp(answer, AUTHZ_EXIT_YES, 4) == 0;
}

static bool read_record(const char *output, size_t length, bool *yes, size_t count)
{
	size_t i;

	if (length % 4 != 0 || length / 4 != count)
		return false;
	for (i = 0; i < count; i++)
		yes[i] = is_yes(output + i * 4, 4);
	return true;
}

static bool read_lines(const char *output, size_t length, bool *yes, size_t count)
{
	const char *end;
	size_t i, line;

	for (i = 0; i < count; i++) {
		end = memchr(output, '\n', length);
		if (end == NULL)
			return false;
		line = (size_t)(end - output);
		yes[i] = is_yes(output, line);
		output += line + 1;
		length -= line + 1;
	}
	return length == 0;
}

bool exit_output_read(enum exit_input form, const char *output, size_t length, bool *yes, size_t count)
{
	const bool whole = form == EXIT_INPUT_RECORD ? read_record(output, length, yes, count)
	                                             : read_lines(output, length, yes, count);
	size_t i;

	for (i = 0; !whole && i < count; i++)
		yes[i] = false;
	return whole;
}
