/* SPDX-License-Identifier: ISC */
/*
 * The asking: what all programs of an exit point say of some destinations (doc/EXITS).
 *
 * Threads: each call has its own memory.
 */
#ifndef AUTHZ_RULES_EXIT_ASK_H
#define AUTHZ_RULES_EXIT_ASK_H

#include "rules/exit_input.h"

/* What is registered at a point. */
struct exit_programs {
	struct exit_name name;
	struct exit_program *all; /* the lowest number first */
	size_t count;
};

/*
 * What is registered there now: none also where there is no such point.  A read transaction of its own, ended when this
 * returns.  AUTHZ_STORE_DAMAGED; AUTHZ_NO_MEMORY.  In any case exit_programs_free frees it.
 */
enum authz_result exit_programs_read(struct rules *r, const struct exit_name *name, struct exit_programs *out);
void exit_programs_free(struct exit_programs *p);

struct exit_asking {
	const struct exit_programs *programs;
	const struct exit_activity *activity; /* of AUTH0100; NULL: it is another format, and the lines are its own */
	const struct exit_line *lines;
	size_t line_count;
	struct exit_destinations to;
	unsigned within_ms; /* for all of it */
	enum host_waits waits;
};

/*
 * Ask them all.  No transaction is open.  first[i], of to.count: 0, all programs said *YES of destination i; k, the k-th of
 * them said *NO, and none before it.  Unless it is AUTHZ_OK, none is 0.
 * AUTHZ_BAD_PARAMETER: the user profile has more bytes than the record of one of them has; none was run.
 * AUTHZ_EXIT_FAILED, with point, format, number and path of a program, and why.  AUTHZ_NO_MEMORY; what the clock gives.
 */
enum authz_result exit_ask(struct rules *r, const struct exit_asking *a, unsigned char *first);

/* "POINT FORMAT NUMBER PATH: cause"; "cause" may be empty.  Of what is too long the path is shortened, or left out. */
void exit_sentence(const struct exit_name *point, const struct exit_program *program, const char *cause,
                   char out[SUBJECT_SIZE]);

#endif
