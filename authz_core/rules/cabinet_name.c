/* SPDX-License-Identifier: ISC */
#include "rules/cabinet_name.h"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/view.h"

static bool is_small(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool cabinet_name_fits(const char *name)
{
	char group[NAME_SIZE + sizeof AUTHZ_GROUP_PREFIX];
	size_t i;

	if ((name[0] >= '0' && name[0] <= '9') || name[0] == '-' || name[0] == '.')
		return false;
	for (i = 0; name[i] != '\0'; i++)
		if (!is_small(name[i]))
			return false;
	snprintf(group, sizeof group, "%s%s", AUTHZ_GROUP_PREFIX, name);
	return i > 0 && i < NAME_SIZE && view_name_fits(group);
}

bool cabinet_member_name_fits(const char *name)
{
	size_t i;

	for (i = 0; name[i] != '\0'; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == '\x7f' || strchr(":,/", name[i]) != NULL)
			return false;
	return i > 0 && name[0] != '-';
}

void cabinet_group_name(const char *name, char group[NAME_SIZE])
{
	char whole[sizeof AUTHZ_GROUP_PREFIX + NAME_SIZE];

	snprintf(whole, sizeof whole, "%s%s", AUTHZ_GROUP_PREFIX, name);
	snprintf(group, NAME_SIZE, "%.*s", NAME_SIZE - 1, whole);
}

bool cabinet_gid_fits(int64_t gid)
{
	return gid > 0 && gid < UINT32_MAX && view_gid_fits((uint32_t)gid);
}
