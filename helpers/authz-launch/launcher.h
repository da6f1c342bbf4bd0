/* SPDX-License-Identifier: ISC */
/* What all of authz-launch knows: who it is, and for whom it works. */
#ifndef AUTHZ_LAUNCHER_H
#define AUTHZ_LAUNCHER_H

#include <stdbool.h>
#include <sys/types.h>

#define RUNS_MAX 16      /* programs that run at once */
#define PATH_RUNS_MAX 4  /* and of one path */
#define RUNS_LEFT 4      /* of all runs so many are left to each kind of waiting by the next; of a path's, one */

struct launcher {
	bool own;     /* a tester's: works as whoever started it, and for them */
	uid_t user;   /* whom it runs programs as */
	gid_t group;
	uid_t client; /* the helper's user; root's processes are served, too, but by an own one */
	int places;   /* a file in memory; locks on its bytes are the places of runs (one_run.c) */
};

#endif
