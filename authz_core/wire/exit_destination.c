/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a destination has one form, so that what is said of it is said of all that mean it.
 */
#include "wire/exit_destination.h"

#include <stdlib.h>
#include <string.h>

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define NODE_PART_MAX 8
#define LABEL_MAX 63

bool exit_transport_known(const char *transport)
{
	return strcmp(transport, "*SVDS") == 0 || strcmp(transport, "*SNADS") == 0 || strcmp(transport, "*HOST") == 0;
}

bool exit_transport_has_nodes(const char *transport)
{
	return strcmp(transport, "*HOST") != 0;
}

/* Not toupper(): no locale has a say in what a destination is. */
static void make_case(char *text, const char *from, const char *to)
{
	const char *at;

	for (; *text != '\0'; text++) {
		at = strchr(from, *text);
		if (at != NULL)
			*text = to[at - from];
	}
}

static bool is_node_part(const char *text, size_t length)
{
	return length >= 1 && length <= NODE_PART_MAX && strchr(DIGITS, text[0]) == NULL &&
	       strspn(text, UPPER DIGITS "@#$") >= length;
}

static bool is_node(const char *text)
{
	const char *period = strchr(text, '.');

	return period != NULL && is_node_part(text, (size_t)(period - text)) && is_node_part(period + 1, strlen(period + 1));
}

static bool is_label(const char *text, size_t length)
{
	return length >= 1 && length <= LABEL_MAX && strspn(text, LOWER DIGITS "-_") >= length && text[0] != '-' &&
	       text[length - 1] != '-';
}

static bool is_host(const char *text)
{
	size_t length = strcspn(text, ".");

	while (is_label(text, length)) {
		if (text[length] == '\0')
			return true;
		text += length + 1;
		length = strcspn(text, ".");
	}
	return false;
}

bool exit_destination_canonical(const char *transport, const char *text, struct exit_destination *out)
{
	const bool nodes = exit_transport_has_nodes(transport);
	size_t length = strnlen(text, sizeof out->text + 1);

	memset(out, 0, sizeof *out);
	if (!nodes && length > 0 && text[length - 1] == '.')
		length--;
	if (length == 0 || length >= sizeof out->text)
		return false;
	memcpy(out->text, text, length);
	make_case(out->text, nodes ? LOWER : UPPER, nodes ? UPPER : LOWER);
	return nodes ? is_node(out->text) : is_host(out->text);
}

static int compare(const void *a, const void *b)
{
	return strcmp((*(const struct exit_destination *const *)a)->text, (*(const struct exit_destination *const *)b)->text);
}

const struct exit_destination *exit_destinations_twice(const struct exit_destination *all, size_t count,
                                                       const struct exit_destination **sorted)
{
	size_t i;

	for (i = 0; i < count; i++)
		sorted[i] = &all[i];
	qsort(sorted, count, sizeof *sorted, compare);
	for (i = 1; i < count; i++)
		if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
			return sorted[i];
	return NULL;
}
