/* SPDX-License-Identifier: ISC */
/*
 * Subordinate gids (subgid(5)): files inside of containers have them, so no group of the host's is given one.
 *
 * MUST 1: what is in a range is never free; a file that is there and cannot be read is not "no ranges".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/machine.h"

#define LINE_MAX_SIZE 1024

static bool number(const char *text, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 0);
	return text[0] >= '0' && text[0] <= '9' && (*end == '\0' || *end == '\n');
}

/* "name:first:count".  A line that is none counts for nothing. */
static bool holds(char *line, gid_t gid, gid_t *last)
{
	uint64_t first, count;
	char *at = strchr(line, ':'), *colon = at != NULL ? strchr(at + 1, ':') : NULL;

	if (colon == NULL)
		return false;
	*colon = '\0';
	if (!number(at + 1, &first) || !number(colon + 1, &count) || gid < first || gid - first >= count)
		return false;
	*last = count - 1 < UINT32_MAX - 1 - first ? (gid_t)(first + count - 1) : UINT32_MAX - 1;
	return true;
}

bool subgid_range(const char *path, gid_t gid, gid_t *last, bool *known)
{
	FILE *file = fopen(path, "re");
	char line[LINE_MAX_SIZE];
	bool in = false;
	gid_t end;

	*last = gid;
	*known = file != NULL || errno == ENOENT || errno == ENOTDIR;
	if (file == NULL)
		return false;
	while (fgets(line, sizeof line, file) != NULL)
		if (holds(line, gid, &end) && end >= *last) {
			*last = end;
			in = true;
		}
	*known = !ferror(file);
	fclose(file);
	return in;
}
