/* SPDX-License-Identifier: ISC */
/* The foreign program as a process. */
#ifndef AUTHZ_LAUNCH_PROGRAM_H
#define AUTHZ_LAUNCH_PROGRAM_H

#include "launcher.h"

struct program {
	pid_t pid;   /* and its group */
	int process; /* a descriptor of it: readable when it has ended */
	int input, output; /* pipes; neither waits */
	int report;  /* holds an errno if it could not be executed; else nothing comes */
};

/* false: there is none, and errno says why; nothing is left open. */
bool program_start(struct program *p, const struct launcher *l, const char *path, unsigned wait_ms);
/* Bury it: its end as waitpid has it.  After p->process is readable, or after a SIGKILL. */
int program_bury(struct program *p);
/* Why it could not be executed; 0: it was. */
int program_failed(const struct program *p);
/* Whatever is open still. */
void program_close(struct program *p);

#endif
