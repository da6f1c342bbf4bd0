/* SPDX-License-Identifier: ISC */
/* The caller's terminal, and one of its own for the command. */
#ifndef AUTHZ_RUN_TERMINAL_H
#define AUTHZ_RUN_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#define TERMINAL_NAME 64

struct terminal {
	bool is[3];            /* which of descriptors 0 to 2 are a terminal */
	int callers;           /* the descriptor that the caller sees the output on; -1: no terminal at all */
	int master, slave;     /* the command's; -1: none */
	bool keyboard, screen; /* descriptor 0, descriptor 1 is one: what is typed goes to the command, key by key with both */
	bool raw;              /* the caller's is set so now */
	struct termios before; /* what to put back */
	char name[TERMINAL_NAME];
};

/* What is there: "callers", "is" and "name", which is "" where there is none. */
void terminal_look(struct terminal *t);
/* Make the command's, like the caller's.  false: there is none to be had. */
bool terminal_make(struct terminal *t);
/* Is this program the one that the caller's terminal talks to now? */
bool terminal_is_ours(const struct terminal *t);
/* Keys come as they are typed, if they are to; put back as it was. */
void terminal_take(struct terminal *t);
void terminal_restore(struct terminal *t);
void terminal_copy_size(const struct terminal *t);

#endif
