/* SPDX-License-Identifier: ISC */
#ifndef PAM_PRFTKN_QUIET_WRITE_H
#define PAM_PRFTKN_QUIET_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * All of it, or false with errno.  A login may run with a limit on the size of files; the signal that comes with the
 * error is not for its host.
 */
bool quiet_write(int fd, const char *bytes, size_t length);

#endif
