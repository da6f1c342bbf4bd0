/* SPDX-License-Identifier: ISC */
/* One message to the system's log, and whether it was taken: what syslog(3) does not say. */
#ifndef AUTHZ_HOST_SYSTEM_LOG_H
#define AUTHZ_HOST_SYSTEM_LOG_H

#include <stdbool.h>

/* Facility authpriv; severity as LOG_INFO, LOG_NOTICE, …  Never waits. */
bool system_log_send(int severity, const char *text);

#endif
