/* SPDX-License-Identifier: ISC */
/* The environment of the command: built from nothing. */
#ifndef AUTHZ_RUN_ENVIRONMENT_H
#define AUTHZ_RUN_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#define ENVIRONMENT_PATH "/usr/local/bin:/usr/bin:/bin"

struct environment {
	char **list; /* ends with NULL; each of malloc */
	size_t count, room;
};

/* The first name in a list with commas that cannot be preserved, or the list itself where it is none; NULL: all can. */
const char *environment_refused(const char *names);

/* Set a variable.  false: no memory. */
bool environment_set(struct environment *e, const char *name, const char *value);

/* PATH; TERM and the names (NULL: none) as they are in "from", which may be NULL. */
bool environment_begin(struct environment *e, char **from, const char *names);
/* What PAM's modules have set, "NAME=VALUE" up to NULL; NULL: nothing.  Not the variables that say who the user is. */
bool environment_add(struct environment *e, char **list);
/* Who the user is: HOME, SHELL, USER, LOGNAME. */
bool environment_identity(struct environment *e, const char *user, const char *home, const char *shell);

void environment_free(struct environment *e);

#endif
