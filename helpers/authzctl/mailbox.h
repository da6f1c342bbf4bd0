/* SPDX-License-Identifier: ISC */
/* What the commands on mailboxes and their groups have in common. */
#ifndef AUTHZCTL_MAILBOX_H
#define AUTHZCTL_MAILBOX_H

#include "passwords.h"

/* A command: its request, what the line says of it with the passwords that it asks for, and what becomes of the answer. */
struct mailbox_deed {
	enum operation operation;
	/* Fields from the line: EXIT_DONE, or what the command ends with. */
	int (*fill)(const struct app *app, const struct args *args, struct request *request);
	/* Ask, and show the answer; returns the exit status.  NULL: its result. */
	int (*carry_out)(const struct app *app, struct call *c);
};

/* Do it.  Nothing of a password is left behind. */
int mailbox_do(const struct app *app, const struct args *args, const struct mailbox_deed *deed);

/* A name that has to be there, or (NULL) is not there. */
int mailbox_name(const struct app *app, struct request *request, enum request_field field, const char *what, const char *name);
/* An option's value that may be empty, which takes away what there is. */
int mailbox_value(const struct app *app, const struct args *args, struct request *request, enum request_field field,
                  const char *option);

#endif
