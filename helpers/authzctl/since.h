/* SPDX-License-Identifier: ISC */
/* Moments as people write them. */
#ifndef AUTHZCTL_SINCE_H
#define AUTHZCTL_SINCE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * "2026-11-21", "2026-11-21 07:00", "2026-11-21 07:00:30" (also with a T between; local time), "30s", "10m", "2h", "7d"
 * (before now), "+8h" (after now), "@1795244400" (seconds since 1970).  False for anything else, and for days that there are not.
 */
bool since_parse(const char *text, int64_t now, int64_t *seconds);

/* "2026-11-21" as days since 1970-01-01.  False for anything else, and for days that there are not. */
bool since_day(const char *text, int64_t *days);

#endif
