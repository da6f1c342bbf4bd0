/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: nothing is cut, and no byte that could end a field or a line is in one.
 */
#include "rules/exit_activity.h"

#include <string.h>

static const char *const verbs[] = {"*ACC", "*ACT", "*DLT", "*INI", "*INS", "*RMV", "*RTV", "*SND", "*SNDINI", "*SNDINS", NULL};

static bool is_verb(const char *text)
{
	const char *const *verb = verbs;

	while (*verb != NULL && strcmp(*verb, text) != 0)
		verb++;
	return *verb != NULL;
}

/* Printable ASCII without blanks. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static bool is_word(const char *text)
{
	return text[0] != '\0' && is_plain(text);
}

const char *exit_activity_fault(const struct exit_activity *a)
{
	if (!is_word(a->change_request))
		return "change-request";
	if (a->sequence < 0 || a->sequence > INT32_MAX)
		return "sequence";
	if (!is_word(a->activity))
		return "activity";
	if (!is_word(a->type))
		return "type";
	if (!exit_transport_known(a->transport))
		return "transport";
	if (!is_verb(a->verb))
		return "verb";
	if (!is_plain(a->global_name))
		return "global-name";
	return is_word(a->user) ? NULL : "user";
}

bool exit_activity_has_nodes(const struct exit_activity *a)
{
	return exit_transport_has_nodes(a->transport);
}

bool exit_destination_make(const struct exit_activity *a, const char *text, struct exit_destination *out)
{
	return exit_destination_canonical(a->transport, text, out);
}
