/* SPDX-License-Identifier: ISC */
/* What the commands on cabinets have in common. */
#ifndef AUTHZCTL_CABINET_H
#define AUTHZCTL_CABINET_H

#include "passwords.h"

/* The option that nearly all of them have, as which cabinet to act. */
#define CABINET_AS \
	{.name = "as", .value = "CABINET", .help = "act as that cabinet, whose password is asked for"}, PASSWORD_FD
extern const struct option cabinet_acting[]; /* it alone */

/* How many items a row of CABINET_LIST and of CABINET_MEMBERS has. */
#define CABINET_COLUMNS 7
#define MEMBER_COLUMNS 8

/* A command: its request, what the line says of it, and what becomes of the answer. */
struct cabinet_deed {
	enum operation operation;
	/* Fields from the line: EXIT_DONE, or what the command ends with.  NULL: cabinet_names. */
	int (*fill)(const struct app *app, const struct args *args, struct request *request);
	/* Ask, and show the answer; returns the exit status.  NULL: its result. */
	int (*carry_out)(const struct app *app, const struct args *args, struct call *c);
};

/* Do it, with the password of --as where that is there.  Nothing of a password is left behind. */
int cabinet_do(const struct app *app, const struct args *args, const struct cabinet_deed *deed);

/* Ask, and give the result: what a command without "carry_out" does. */
int cabinet_ask(const struct app *app, struct call *c);

/* The words of the line as names of a cabinet and a member. */
int cabinet_names(const struct app *app, const struct args *args, struct request *request);
/* A name or text that the line gives.  What is empty, or too long, is no name. */
int cabinet_name(const struct app *app, struct request *request, enum request_field field, const char *what, const char *name);
/* The new password of a cabinet, to be read from where the one of --as is, after it. */
int cabinet_new_password(const struct app *app, const struct args *args, struct request *request);
/* Options that several commands have: who is listed, and the text. */
int cabinet_listing(const struct app *app, const struct args *args, struct request *request);
#define CABINET_LISTING \
	{.name = "list-members", .value = "all|administrators|none", .help = "whom the group names as its members (all)"}, \
		{.name = "text", .value = "TEXT", .help = "what it is for, at most 64 bytes"}
/* What a profile lets do: --security and --marks. */
int cabinet_security(const struct args *args, struct request *request);
#define CABINET_SECURITY \
	{.name = "security", .value = "RMCP", .help = "four digits: to read, modify, copy, print"}, \
		{.name = "marks", .value = "MARK,...|all|none", .help = "what else those in it may, such as read-mail,reply"}
/* The profile of a member: --profile and --special-profile. */
int cabinet_member(const struct app *app, const struct args *args, struct request *request);

#endif
