/* SPDX-License-Identifier: ISC */
#include "pam_tree.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *below(const char *folder, const char *path)
{
	static char paths[8][PATH_MAX + 256];
	static unsigned next;
	char *to = paths[next++ % 8];

	snprintf(to, sizeof paths[0], "%s/%s", folder, path);
	return to;
}

/* This program is BUILD/tests/module/NAME. */
static const char *own_build(void)
{
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash = path;

	path[length > 0 ? length : 0] = '\0';
	for (int i = 0; i < 3 && slash != NULL; i++) {
		slash = strrchr(path, '/');
		if (slash != NULL)
			*slash = '\0';
	}
	return path;
}

const char *tree_build(const char *path)
{
	const char *build = getenv("AUTHZ_BUILD");

	return below(build != NULL ? build : own_build(), path);
}

/* Without AUTHZ_SOURCE the build is in the sources, or in a folder of theirs. */
const char *tree_source(const char *path)
{
	const char *source = getenv("AUTHZ_SOURCE"), *build = tree_build("");

	if (source == NULL)
		source = access(below(build, "configure.ac"), F_OK) == 0 ? build : below(build, "..");
	return below(source, path);
}
