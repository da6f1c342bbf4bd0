/* SPDX-License-Identifier: ISC */
/*
 * The password server of a group of mailboxes: the built-in one, which is libcrypt's hash in the mailbox's record, or one of
 * the site's, a program or a socket that takes the lines of doc/MASTERS.
 */
#ifndef AUTHZ_RULES_MAILBOX_SERVER_H
#define AUTHZ_RULES_MAILBOX_SERVER_H

#include "rules/context.h"

/* All that is asked for one request: a child helper lives for four seconds, and has to commit and to reply as well. */
#define SERVER_LIFE_MS 2500

enum server_command { SERVER_BIND, SERVER_REGISTER, SERVER_ADD, SERVER_ALTER, SERVER_DELETE };
enum server_answer { SERVER_OK, SERVER_REFUSED, SERVER_OUT_OF_REACH };

/* Strings that are NULL or empty are left out. */
struct server_question {
	enum server_command command;
	const char *path;         /* empty: the built-in one */
	const char *owner, *group;
	const char *address;      /* a text of mailbox_address.h */
	const char *password;     /* bind, register: the one that was given; add, alter: the new one */
	const char *new_password; /* register */
	char *crypt;              /* HOST_CRYPT_SIZE: of the built-in one; add, alter, register: set where there is a new password */
	int64_t until;            /* of the boot clock, microseconds: later it is out of reach */
};

struct server_reply {
	enum server_answer answer;
	bool heard;   /* it may have looked at the password, also where it is out of reach */
	char why[64]; /* of a refusal or of a failure, one word for a record of the audit; empty: none was given */
};

/* When whatever is asked from now on must have been answered. */
int64_t mailbox_server_until(const struct rules *r, const struct host_clock *now);

/* Ask once.  No transaction is open.  Not AUTHZ_OK: this host failed, not the server. */
enum authz_result mailbox_server_ask(struct rules *r, const struct server_question *q, struct server_reply *reply);

/*
 * A password that a line can have: AUTHZ_OK, or AUTHZ_BAD_PARAMETER, which names the parameter: it is empty, too long, or has
 * a newline or a carriage return in it.
 */
enum authz_result mailbox_password_fits(struct rules *r, const char *password, const char *parameter);

#endif
