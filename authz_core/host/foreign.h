/* SPDX-License-Identifier: ISC */
/* The helper's end of authz-launch (doc/LAUNCH): host->launch of the real machine. */
#ifndef AUTHZ_HOST_FOREIGN_H
#define AUTHZ_HOST_FOREIGN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "host/host.h"

#define FOREIGN_SEATS_MAX 4   /* threads of one process that wait for foreign programs at once */
#define FOREIGN_PATH_SEATS_MAX 3 /* and for one of them: one that hangs leaves a seat to the others */
#define FOREIGN_GRACE_MS 250  /* that long after a program's time authz-launch's word on it is waited for */

/* How many wait just now; all zeros at first.  Shared by the threads of the service. */
struct foreign_seats {
	atomic_uint taken[HOST_WAITS]; /* by those of each kind, and the kinds behind it */
	atomic_uint path[FOREIGN_SEATS_MAX]; /* a hash of what each waits for; 0: free */
};

/* NULL: a seat is taken, to wait for this; else why not.  Seats that are NULL are without end. */
const char *foreign_take_seat(struct foreign_seats *seats, const struct host_launch *what);
void foreign_leave_seat(struct foreign_seats *seats, const struct host_launch *what);

/* Where authz-launch is, of a machine (host/machine.h). */
struct machine_foreign {
	char socket[HOST_PATH_SIZE];
	bool own;                   /* authz-launch is the tester's own, as the helper is */
	struct foreign_seats *seats; /* NULL: this process has one thread */
};

/* As host->launch; "context" is a struct machine. */
enum authz_result foreign_run(void *context, struct host_launch *what, char why[HOST_SUBJECT_SIZE]);

#endif
