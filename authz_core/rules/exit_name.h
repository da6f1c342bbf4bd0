/* SPDX-License-Identifier: ISC */
/* The points and formats that there are (doc/EXITS): a format is of AUTH0100, or one that this host asks in itself. */
#ifndef AUTHZ_RULES_EXIT_NAME_H
#define AUTHZ_RULES_EXIT_NAME_H

#include "rules/exit_record.h"

/* AUTHZ_BAD_PARAMETER with "point" or "format": it is not written so, or the point has no such format. */
enum authz_result exit_name_read(struct rules *r, const char *point, const char *format, struct exit_name *out);
/* Is this the name of a point, whatever its format? */
bool exit_point_is_name(const char *point);
/* May a program of this point read the record? */
bool exit_format_has_record(const struct exit_name *name);

#endif
