/* SPDX-License-Identifier: ISC */
/*
 * libnss_cabinet: shared cabinets as groups of this host, from the view that the helper publishes.  See nss_cabinet(8).
 *
 * MUST 1: damage, and whatever else keeps the view from being read, is NSS_STATUS_UNAVAIL with an errno other than
 *         ERANGE; no view at all is no groups: NSS_STATUS_NOTFOUND.  Neither is a crash, nor any other service's matter.
 * MUST 2: a buffer that is too small is NSS_STATUS_TRYAGAIN with ERANGE, and a sweep stays where it is; nothing is
 *         written beyond the buffer, and all that is answered lies in it.
 * MUST 3: "limit" of initgroups caps the groups and is no error; the primary group, and what is there already, is not
 *         added.
 * MUST 4: errno is as it was after success.
 * MUST 5: the host finds no descriptor, no lock, no change of its environment or signals; nothing is asked of NSS from
 *         here.
 *
 * NSS looks for names made of the service's: NSS_CALL(getgrnam_r) is _nss_cabinet_getgrnam_r.  The tests build the same with
 * another CABINET_SERVICE and CABINET_FOLDER.
 */
#ifndef NSS_CABINET_H
#define NSS_CABINET_H

#include <grp.h>
#include <gshadow.h>
#include <nss.h>
#include <stddef.h>

#include "config.h"
#include "view/view.h"

#ifndef CABINET_SERVICE
#define CABINET_SERVICE cabinet
#define CABINET_FOLDER AUTHZ_STATEDIR "/view"
#endif

#define NSS_CALL_OF(service, call) _nss_##service##_##call
#define NSS_CALL_BY(service, call) NSS_CALL_OF(service, call)
#define NSS_CALL(call) NSS_CALL_BY(CABINET_SERVICE, call)
#define EXPORTED __attribute__((visibility("default")))

/* Threads: all of these may be called by any number at once.  A sweep is the process's, as everywhere. */
enum nss_status NSS_CALL(getgrnam_r)(const char *name, struct group *out, char *buffer, size_t length, int *errnop);
enum nss_status NSS_CALL(getgrgid_r)(gid_t gid, struct group *out, char *buffer, size_t length, int *errnop);
enum nss_status NSS_CALL(setgrent)(int stayopen);
enum nss_status NSS_CALL(getgrent_r)(struct group *out, char *buffer, size_t length, int *errnop);
enum nss_status NSS_CALL(endgrent)(void);
enum nss_status NSS_CALL(initgroups_dyn)(const char *user, gid_t group, long int *start, long int *size, gid_t **groups,
                                         long int limit, int *errnop);
enum nss_status NSS_CALL(getsgnam_r)(const char *name, struct sgrp *out, char *buffer, size_t length, int *errnop);
enum nss_status NSS_CALL(setsgent)(int stayopen);
enum nss_status NSS_CALL(getsgent_r)(struct sgrp *out, char *buffer, size_t length, int *errnop);
enum nss_status NSS_CALL(endsgent)(void);

#endif
