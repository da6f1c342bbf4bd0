/* SPDX-License-Identifier: ISC */
/* What sudo tells its plugins of a command, in lists of NAME=VALUE: who, as whom, and what.  See sudo_plugin(5). */
#ifndef AUTHZ_APPROVAL_TOLD_H
#define AUTHZ_APPROVAL_TOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "authz.h"

/* Users are names, or "#" and a number that has none; the strings of the command are sudo's. */
struct told {
	char user[AUTHZ_NAME_SIZE]; /* who called sudo */
	char as[AUTHZ_NAME_SIZE];   /* whom the command would run as */
	const char **command;       /* its path, or "sudoedit", and its arguments or files; told_forget frees it */
	size_t count;
};

/* Did root call sudo? */
bool told_root(char *const user_info[]);

/* AUTHZ_OK; AUTHZ_BAD_PARAMETER, AUTHZ_NO_MEMORY, AUTHZ_INTERNAL.  Any list may be NULL.  told_forget in any case. */
enum authz_result told_read(char *const user_info[], char *const command_info[], char *const run_argv[], struct told *out,
                            struct authz_error *error);
void told_forget(struct told *told);

#endif
