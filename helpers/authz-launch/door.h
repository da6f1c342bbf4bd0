/* SPDX-License-Identifier: ISC */
/* Who comes in: one process for each, as long as there are not too many. */
#ifndef AUTHZ_LAUNCH_DOOR_H
#define AUTHZ_LAUNCH_DOOR_H

#include "launcher.h"

/*
 * Returns when it is asked to stop, and nothing runs any more.  false: it cannot begin, and errno says why; ECANCELED: its
 * limits were lowered.
 */
bool door_keep(struct launcher *l, int listener, void (*ready)(const void *arg), const void *arg);

#endif
