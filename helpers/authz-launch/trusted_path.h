/* SPDX-License-Identifier: ISC */
/* Is what is at a path the site's own? */
#ifndef AUTHZ_LAUNCH_TRUSTED_PATH_H
#define AUTHZ_LAUNCH_TRUSTED_PATH_H

#include <stddef.h>

#include "host/launch_wire.h"
#include "launcher.h"

#define TRUSTED_WHY_SIZE (LAUNCHER_TEXT_MAX + 1)

enum trusted { TRUSTED_NOT, TRUSTED_PROGRAM, TRUSTED_SOCKET };

/*
 * TRUSTED_NOT with the reason.  Else nobody but root can change what the path means, now or later: so it is executed,
 * or connected to, by that name.
 */
enum trusted trusted_path(const struct launcher *l, const char *path, char why[TRUSTED_WHY_SIZE]);

#endif
