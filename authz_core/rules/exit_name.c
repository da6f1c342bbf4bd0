/* SPDX-License-Identifier: ISC */
#include "rules/exit_name.h"

#include <string.h>

#include "rules/exit.h"

bool exit_point_is_name(const char *point)
{
	struct exit_name name;

	return exit_name_make(point, AUTHZ_EXIT_AUTH0100, &name);
}

/* This host's points have the format that it asks in, and no other point has that. */
static bool has_format(const struct exit_name *name)
{
	static const struct exit_name own[] = {{EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON}, {EXIT_POINT_COMMAND, EXIT_FORMAT_COMMAND}};
	size_t i;

	for (i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcmp(name->point, own[i].point) == 0)
			return strcmp(name->format, own[i].format) == 0;
	return exit_format_has_record(name);
}

enum authz_result exit_name_read(struct rules *r, const char *point, const char *format, struct exit_name *out)
{
	if (!exit_point_is_name(point))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "point");
	if (!exit_name_make(point, format, out) || !has_format(out))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "format");
	return AUTHZ_OK;
}

bool exit_format_has_record(const struct exit_name *name)
{
	return strcmp(name->format, AUTHZ_EXIT_AUTH0100) == 0;
}
