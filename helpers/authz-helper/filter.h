/* SPDX-License-Identifier: ISC */
/* The filter of system calls: the list is in mkfilter.c. */
#ifndef AUTHZ_HELPER_FILTER_H
#define AUTHZ_HELPER_FILTER_H

#include <stdbool.h>

enum filter { FILTER_CHILD, FILTER_SERVICE };

/*
 * From here on only the listed system calls work in the calling thread; all others fail with EPERM.  Needs
 * PR_SET_NO_NEW_PRIVS.
 */
bool filter_load(enum filter which);

#endif
