/* SPDX-License-Identifier: ISC */
/* What a service manager is told (sd_notify(3)), without its library. */
#ifndef AUTHZ_HELPER_NOTIFY_H
#define AUTHZ_HELPER_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	struct sockaddr_un address;
	socklen_t length;    /* 0: nobody wants to be told */
	int64_t watchdog_ms; /* how often WATCHDOG=1 is to be said; 0: never */
};

/* From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID: before the environment is cleared. */
void notify_init(struct notify *n);
/* "READY=1" and the like.  Where nobody listens any more, nothing happens. */
void notify_say(const struct notify *n, const char *text);

#endif
