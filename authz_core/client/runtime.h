/* SPDX-License-Identifier: ISC */
/* The folder that is gone after a reboot, where no systemd-tmpfiles makes it; and that of the view, which was not always there. */
#ifndef AUTHZ_CLIENT_RUNTIME_H
#define AUTHZ_CLIENT_RUNTIME_H

/*
 * For root: make "rundir" and its "tokens", and "view" in "statedir", which become the owner's of "helper".  All are paths of
 * the build.  Where that fails, the helper says what is missing.
 */
void runtime_make(const char *rundir, const char *statedir, const char *helper);

#endif
