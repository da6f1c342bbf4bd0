/* SPDX-License-Identifier: ISC */
/*
 * The process between authz-run and the command: the command's user, leader of a session of its own with the command's
 * terminal, if there is one.  It starts the command in a process group, hands signals on to that, stops when the command
 * stops, and ends as the command ends.
 */
#ifndef AUTHZ_RUN_KEEPER_H
#define AUTHZ_RUN_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "become/become.h"
#include "terminal.h"

struct keeper {
	int life; /* a pipe of which authz-run alone has the other end: where that ends, so has authz-run */
	const struct become *account;
	const struct terminal *terminal;
	char **environment, **command; /* command NULL: the shell */
	bool login;
};

/* For privileged_start, with a struct keeper. */
int keeper_run(void *keeper);

/* End as a process with this status has: the same exit status, or the same signal, without a core. */
void keeper_end_like(int status) __attribute__((noreturn));

#endif
