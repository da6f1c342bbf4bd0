/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: an empty part, or a name that has no room, is no master's form; nothing is cut short.
 * MUST 2: of a name the last separator splits, so that no owner's name can bring its own master.
 */
#include "master_form.h"

#include <stdbool.h>
#include <string.h>

static bool take_name(char to[NAME_SIZE], const char *from, size_t length)
{
	to[0] = '\0';
	if (length == 0 || length >= NAME_SIZE)
		return false;
	memcpy(to, from, length);
	to[length] = '\0';
	return true;
}

enum master_form master_form_name(const char *name, char separator, char owner[NAME_SIZE], char master[NAME_SIZE])
{
	const char *at = strrchr(name, separator);

	if (at == NULL || !take_name(owner, name, (size_t)(at - name)) || !take_name(master, at + 1, strlen(at + 1)))
		return FORM_NONE;
	return strcmp(owner, master) == 0 ? FORM_OWN : FORM_MASTER;
}

enum master_form master_form_answer(const char *answer, char separator, const char *owner, char master[NAME_SIZE],
                                    const char **password)
{
	const char *name = answer + 1, *end;

	*password = NULL;
	if (answer[0] != separator)
		return FORM_NONE;
	end = strchr(name, separator);
	if (!take_name(master, name, end == NULL ? strlen(name) : (size_t)(end - name)) || strcmp(master, owner) == 0)
		return FORM_NONE;
	if (end == NULL)
		return FORM_ASK;
	if (end[1] == '\0')
		return FORM_NONE;
	*password = end + 1;
	return FORM_MASTER;
}
