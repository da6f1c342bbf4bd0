/* SPDX-License-Identifier: ISC */
/* The folder that is gone after a reboot, where no systemd-tmpfiles makes it. */
#ifndef AUTHZ_CLIENT_RUNTIME_H
#define AUTHZ_CLIENT_RUNTIME_H

/*
 * For root: make "rundir" and its "tokens", which becomes the owner's of "helper".  Both are paths of the build.  Where
 * that fails, the helper says what is missing.
 */
void runtime_make(const char *rundir, const char *helper);

#endif
