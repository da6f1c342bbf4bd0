/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no token for uid 0, whatever its name and the configuration.
 * MUST 2: no token for the system-supplied profiles of the document, in either case of letters.
 */
#include "rules/system_profile.h"

#include <string.h>
#include <strings.h>

#define NOBODY 65534

/* The document's own (QsyGenPrfTkn), which no configuration takes away. */
static const char *const supplied[] = {
	"QAUTPROF", "QDLFM",    "QMSF",       "QSNADS",   "QTSTRQS", "QCLUMGT", "QDOC",    "QNETSPLF", "QSPL",  "QCOLSRV",
	"QDSNX",    "QNFSANON", "QSPLJOB",    "QDBSHR",   "QFNC",    "QNTP",    "QSRVAGT", "QDBSHRDO", "QGATE", "QPEX",
	"QSYS",     "QDFTOWN",  "QLPAUTO",    "QPM400",   "QTCP",    "QDIRSRV", "QLPINSTALL", "QRJE",  "QTFTP",
};

bool system_profile_name(const struct host_config *config, const char *name)
{
	const char *entry;
	size_t i;

	for (i = 0; i < sizeof supplied / sizeof supplied[0]; i++)
		if (strcasecmp(name, supplied[i]) == 0)
			return true;
	for (entry = config->system_profiles; *entry != '\0'; entry += strlen(entry) + 1)
		if (strcmp(name, entry) == 0)
			return true;
	return false;
}

bool system_profile(const struct host_config *config, const char *name, uid_t uid)
{
	return uid == 0 || uid < config->uid_min || uid == NOBODY || uid == (uid_t)-1 || system_profile_name(config, name);
}
