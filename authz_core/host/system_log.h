/* SPDX-License-Identifier: ISC */
/* Messages to the system's log, and whether it took them: what syslog(3) does not say. */
#ifndef AUTHZ_HOST_SYSTEM_LOG_H
#define AUTHZ_HOST_SYSTEM_LOG_H

#include <stdbool.h>
#include <sys/types.h>

/* A connection that stays from one message to the next; all zeros: there is none.  One thread at a time. */
struct system_log {
	bool connected;
	const char *as; /* which program speaks; NULL: authz-helper */
	int fd, type;
	dev_t device; /* of the path when it was connected */
	ino_t inode;
};

/*
 * Facility authpriv; severity as LOG_INFO, LOG_NOTICE, …  Never waits.  A log that was started anew is found again.
 * "log" is connected afterwards, if this was taken; with NULL nothing stays open.
 */
bool system_log_send(struct system_log *log, int severity, const char *text);
void system_log_close(struct system_log *log);

#endif
