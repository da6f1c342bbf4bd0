/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no pattern takes longer than its length times the name's.
 * MUST 2: what is neither a user's name, a cabinet's, nor a pattern of names is refused, and so is never in a set.
 */
#include "rules/master_pattern.h"

#include <string.h>

#include "rules/cabinet_name.h"

enum master_owners master_owners_form(const char *owners)
{
	const size_t length = strlen(owners);

	if (strcmp(owners, MASTER_ALL) == 0)
		return MASTER_OWNERS_ALL;
	if (strncmp(owners, MASTER_CABINET, strlen(MASTER_CABINET)) == 0)
		return cabinet_name_fits(master_owners_cabinet(owners)) ? MASTER_OWNERS_CABINET : MASTER_OWNERS_NONE;
	if (!cabinet_member_name_fits(owners) || length >= OWNERS_SIZE)
		return MASTER_OWNERS_NONE;
	if (strpbrk(owners, "*?") != NULL)
		return MASTER_OWNERS_PATTERN;
	return length < NAME_SIZE ? MASTER_OWNERS_USER : MASTER_OWNERS_NONE;
}

const char *master_owners_cabinet(const char *owners)
{
	return owners + strlen(MASTER_CABINET);
}

/* Where it does not go on, the last '*' takes one byte more; the ones before it have no need to. */
bool master_pattern_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *taken = NULL;

	while (*name != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			taken = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star != NULL) {
			pattern = star + 1;
			name = ++taken;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
