/* SPDX-License-Identifier: ISC */
/* An activity and its destinations, as AUTH0100 has them (doc/EXITS): what may be in them, and in which form it is compared. */
#ifndef AUTHZ_RULES_EXIT_ACTIVITY_H
#define AUTHZ_RULES_EXIT_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authz_exit.h"
#include "wire/exit_destination.h"
#include "wire/request.h"

#define EXIT_WORD_SIZE 11        /* CHAR(10) */
#define EXIT_GLOBAL_NAME_SIZE 65 /* CHAR(64) */

struct exit_activity {
	char change_request[EXIT_WORD_SIZE];
	int64_t sequence;
	char activity[EXIT_WORD_SIZE], type[EXIT_WORD_SIZE], transport[EXIT_WORD_SIZE], verb[EXIT_WORD_SIZE];
	char global_name[EXIT_GLOBAL_NAME_SIZE];
	char user[NAME_SIZE]; /* of this host: that is looked at elsewhere */
};

/* The first parameter that has none of its values, or NULL: all of them have. */
const char *exit_activity_fault(const struct exit_activity *a);
/* Are its destinations nodes, of a network and a name, and not hosts? */
bool exit_activity_has_nodes(const struct exit_activity *a);

/* A destination of this activity in its canonical form.  false: it is none. */
bool exit_destination_make(const struct exit_activity *a, const char *text, struct exit_destination *out);

#endif
