/* SPDX-License-Identifier: ISC */
/* Words of authz-launch about itself: to stderr, and, unless it is a tester's, to the system's log. */
#ifndef AUTHZ_LAUNCH_NOTE_H
#define AUTHZ_LAUNCH_NOTE_H

#include "launcher.h"

/* severity: LOG_INFO, … */
__attribute__((format(printf, 3, 4))) void note(const struct launcher *l, int severity, const char *format, ...);

#endif
