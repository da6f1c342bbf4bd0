/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: of whatever length the input is, no more is kept than there may be.
 * MUST 2: a line that is not understood is refused, never taken for another.
 * MUST 3: one member twice for the same cabinet is refused.
 */
#include "rules/cabinet_lines.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/cabinet_admit.h"
#include "rules/cabinet_name.h"

#define CHUNK 65536u
#define FIELDS 5

/* ---- the text */

static bool grow(struct cabinet_lines *l, size_t *room)
{
	char *more;

	if (*room - l->length > CHUNK)
		return true;
	*room = *room * 2 + 2 * CHUNK;
	more = realloc(l->text, *room);
	if (more == NULL)
		return false;
	l->text = more;
	return true;
}

static size_t count_lines(const struct cabinet_lines *l)
{
	const char *at = l->text, *end = l->text + l->length;
	size_t count = 0;

	for (; at < end; count++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at != NULL ? at + 1 : end;
	}
	return count;
}

static enum authz_result broke_off(struct rules *r, const struct cabinet_lines *l)
{
	const bool within = l->length > 0 && l->text[l->length - 1] != '\n';
	char subject[48];

	snprintf(subject, sizeof subject, "%zu: the input broke off", count_lines(l) + !within);
	return rules_refuse(r, AUTHZ_LOAD_REFUSED, subject);
}

/* MUST 1 */
static enum authz_result read_text(struct rules *r, const struct rules_stream *stream, struct cabinet_lines *l)
{
	const size_t most = r->caller.is_host ? CABINET_LINES_HOST_BYTES : CABINET_LINES_USER_BYTES;
	size_t room = 0;
	long got;

	do {
		if (!grow(l, &room))
			return rules_refuse(r, AUTHZ_NO_MEMORY, "");
		got = stream->get(stream->context, l->text + l->length, CHUNK);
		if (got < 0)
			return broke_off(r, l);
		l->length += (size_t)got;
		if (l->length > most)
			return rules_refuse(r, AUTHZ_BAD_PARAMETER, r->caller.is_host ? "input (more than 64 MiB)"
			                                                              : "input (more than 4 MiB)");
	} while (got > 0);
	l->text[l->length] = '\0';
	crypto_generichash(l->sum, sizeof l->sum, (const unsigned char *)l->text, l->length, NULL, 0);
	return AUTHZ_OK;
}

/* ---- its lines */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without the blanks around it; "end" is behind its last byte, and can be written. */
static char *trim(char *from, char *end)
{
	while (from < end && is_blank(*from))
		from++;
	while (end > from && is_blank(end[-1]))
		end--;
	*end = '\0';
	return from;
}

/* How many fields there are; the first FIELDS of them. */
static size_t split(char *from, char *end, char *field[FIELDS])
{
	static char none[] = "";
	size_t count = 0;
	char *comma;

	for (;; from = comma + 1) {
		comma = memchr(from, ',', (size_t)(end - from));
		if (count < FIELDS)
			field[count] = trim(from, comma != NULL ? comma : end);
		count++;
		if (comma == NULL)
			break;
	}
	while (count < FIELDS)
		field[count++] = none;
	return count;
}

static void refuse(struct cabinet_line *line, const char *subject)
{
	if (line->result != AUTHZ_OK)
		return;
	line->result = AUTHZ_PARAMETER_LIST;
	line->subject = subject;
}

static bool fits(const char *name)
{
	return strlen(name) < NAME_SIZE && cabinet_member_name_fits(name);
}

/* MUST 2 */
static void parse(struct cabinet_line *line, char *from, char *end)
{
	const bool binary = memchr(from, '\0', (size_t)(end - from)) != NULL;
	char *field[FIELDS];
	const size_t count = split(from, end, field);

	line->cabinet = field[0];
	line->member = field[1];
	line->special = field[4];
	line->drop = strcmp(field[2], "D") == 0;
	line->type = cabinet_profile_type(field[3][0] != '\0' && field[3][1] == '\0' ? field[3][0] - '0' : 0);
	if (binary || count > FIELDS)
		refuse(line, "the line");
	if (strlen(line->cabinet) >= NAME_SIZE || !cabinet_name_fits(line->cabinet))
		refuse(line, "shared cabinet");
	if (!fits(line->member))
		refuse(line, "member");
	if (!line->drop && line->type == CABINET_PROFILE_SPECIAL && strlen(line->special) >= NAME_SIZE)
		refuse(line, "special profile");
	if (!line->drop && field[2][0] != '\0')
		refuse(line, "flag");
	if (line->drop && (field[3][0] != '\0' || field[4][0] != '\0'))
		refuse(line, "profile of a member that is taken away");
}

static bool ends_input(const char *from, const char *end)
{
	while (from < end && is_blank(*from))
		from++;
	while (end > from && is_blank(end[-1]))
		end--;
	return from == end || (end - from == 1 && *from == '.');
}

static enum authz_result parse_all(struct rules *r, struct cabinet_lines *l)
{
	const size_t most = r->caller.is_host ? CABINET_LINES_HOST_MAX : CABINET_LINES_USER_MAX, lines = count_lines(l);
	char *at = l->text, *const end = l->text + l->length, *stop, why[64];

	snprintf(why, sizeof why, "input (more than %zu lines)", most);
	if (lines > most)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, why);
	l->line = calloc(lines + 1, sizeof *l->line);
	if (l->line == NULL)
		return rules_refuse(r, AUTHZ_NO_MEMORY, "");
	for (; at < end; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		if (ends_input(at, stop))
			break;
		l->line[l->count].number = (uint32_t)l->count + 1;
		parse(&l->line[l->count++], at, stop);
	}
	return AUTHZ_OK;
}

enum authz_result cabinet_lines_read(struct rules *r, const struct rules_stream *stream, struct cabinet_lines *out)
{
	enum authz_result result;

	memset(out, 0, sizeof *out);
	result = read_text(r, stream, out);
	return result == AUTHZ_OK ? parse_all(r, out) : result;
}

/* ---- its names */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_special(const struct cabinet_line *line)
{
	return !line->drop && line->type == CABINET_PROFILE_SPECIAL;
}

/* Sorted, each once. */
static size_t collect(const struct cabinet_lines *l, const char **names)
{
	size_t count = 0, unique = 0, i;

	for (i = 0; i < l->count; i++) {
		if (l->line[i].result != AUTHZ_OK)
			continue;
		names[count++] = l->line[i].member;
		if (has_special(&l->line[i]))
			names[count++] = l->line[i].special;
	}
	qsort(names, count, sizeof *names, by_text);
	for (i = 0; i < count; i++)
		if (unique == 0 || strcmp(names[unique - 1], names[i]) != 0)
			names[unique++] = names[i];
	return unique;
}

static enum authz_result ask_each(struct rules *r, struct cabinet_lines *l, const char *const *names)
{
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < l->named_count && result == AUTHZ_OK; i++)
		result = cabinet_member_ask(r, names[i], &l->named[i]);
	return result;
}

static const struct cabinet_named *find(const struct cabinet_lines *l, const char *const *names, const char *name)
{
	const char *const *found = bsearch(&name, names, l->named_count, sizeof *names, by_text);

	return found != NULL ? &l->named[found - names] : NULL;
}

static void assign(struct cabinet_lines *l, const char *const *names)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		l->line[i].who = find(l, names, l->line[i].member);
		if (has_special(&l->line[i]))
			l->line[i].from = find(l, names, l->line[i].special);
	}
}

static int by_pair(const void *a, const void *b)
{
	const struct cabinet_line *x = *(const struct cabinet_line *const *)a, *y = *(const struct cabinet_line *const *)b;
	int order = strcmp(x->cabinet, y->cabinet);

	if (order == 0)
		order = strcmp(x->who->name, y->who->name);
	return order != 0 ? order : x->number < y->number ? -1 : x->number > y->number;
}

/* MUST 3 */
static enum authz_result refuse_doubles(struct rules *r, struct cabinet_lines *l)
{
	struct cabinet_line **sorted = malloc((l->count + 1) * sizeof *sorted), *first = NULL;
	size_t count = 0, i;

	if (sorted == NULL)
		return rules_refuse(r, AUTHZ_NO_MEMORY, "");
	for (i = 0; i < l->count; i++)
		if (l->line[i].result == AUTHZ_OK)
			sorted[count++] = &l->line[i];
	qsort(sorted, count, sizeof *sorted, by_pair);
	for (i = 0; i < count; i++)
		if (first != NULL && strcmp(first->cabinet, sorted[i]->cabinet) == 0 && strcmp(first->who->name, sorted[i]->who->name) == 0)
			refuse(sorted[i], "the same member twice");
		else
			first = sorted[i];
	free(sorted);
	return AUTHZ_OK;
}

enum authz_result cabinet_lines_ask(struct rules *r, struct cabinet_lines *l)
{
	const char **names = malloc((2 * l->count + 1) * sizeof *names);
	enum authz_result result;

	if (names != NULL) {
		l->named_count = collect(l, names);
		l->named = calloc(l->named_count + 1, sizeof *l->named);
	}
	if (names == NULL || l->named == NULL) {
		free(names);
		return rules_refuse(r, AUTHZ_NO_MEMORY, "");
	}
	result = ask_each(r, l, names);
	if (result == AUTHZ_OK)
		assign(l, names);
	free(names);
	return result == AUTHZ_OK ? refuse_doubles(r, l) : result;
}

void cabinet_lines_free(struct cabinet_lines *l)
{
	free(l->named);
	free(l->line);
	free(l->text);
	memset(l, 0, sizeof *l);
}
