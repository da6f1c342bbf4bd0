/* SPDX-License-Identifier: ISC */
/* What the commands about profile tokens share. */
#ifndef AUTHZCTL_TOKEN_H
#define AUTHZCTL_TOKEN_H

#include "app.h"

/* A descriptor that an option names, or standard input.  EXIT_DONE, or what the command ends with. */
int token_descriptor(const struct args *args, const char *option, int *fd);

/* The token that the caller holds, from --token-fd.  EXIT_DONE, or what the command ends with.  The caller wipes it. */
int token_read(const struct app *app, const struct args *args, unsigned char token[TOKEN_SIZE]);

/* Type, time-out and bindings of a token that is to be made.  EXIT_DONE, or what the command ends with. */
int token_wishes(const struct app *app, const struct args *args, struct request *request);
/* Their rows of a table of options. */
#define TOKEN_WISHES \
	{.name = "type", .value = "single|multiple|regenerable", .help = "what it is good for (single)"}, \
	{.name = "timeout", .value = "SECONDS", .help = "how long, 1 to 3600 (-1, which is 3600)"}, \
	{.name = "bind", .value = "KEY=VALUE", .times = MANY, .help = "good only where service, rhost, tty or uid is VALUE"}
#define TOKEN_FD {.name = "token-fd", .value = "N", .help = "read the token from descriptor N (0)"}

/* Ready to ask about a token. */
void token_call(struct call *c, enum operation operation, const unsigned char token[TOKEN_SIZE]);

/* Ask for a new token, and write it to standard output.  The exit status. */
int token_make(const struct app *app, struct call *c);

#endif
