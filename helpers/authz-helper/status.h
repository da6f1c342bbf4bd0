/* SPDX-License-Identifier: ISC */
/* The exit statuses of authz-helper(8). */
#ifndef AUTHZ_HELPER_STATUS_H
#define AUTHZ_HELPER_STATUS_H

enum { STATUS_DONE = 0, STATUS_USAGE = 2, STATUS_UNREACHABLE = 3, STATUS_INTERNAL = 4 };

#endif
