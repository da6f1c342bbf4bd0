/* SPDX-License-Identifier: ISC */
/* The arguments of authz-run. */
#ifndef AUTHZ_RUN_COMMAND_LINE_H
#define AUTHZ_RUN_COMMAND_LINE_H

#include <stdbool.h>

struct command_line {
	int token_fd; /* 0 unless told */
	bool login, help, version;
	const char *preserve; /* a list with commas; NULL: none */
	char **command;       /* up to NULL; NULL: the user's shell */
};

/* NULL, or what is wrong; with *subject, which may be "". */
const char *command_line_parse(struct command_line *line, int argc, char **argv, const char **subject);

extern const char command_line_help[];

#endif
