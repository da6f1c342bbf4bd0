/* SPDX-License-Identifier: ISC */
/*
 * The program of the site's that is told of each entry of a master (master_hook in authz.conf), once it is committed.
 *
 * What it reads, one a line, what is not known left out (doc/MASTERS):
 *	authz-master-entry 1
 *	owner NAME, master NAME, service NAME, rhost NAME, tty NAME, time SECONDS
 */
#ifndef AUTHZ_RULES_MASTER_HOOK_H
#define AUTHZ_RULES_MASTER_HOOK_H

#include "rules/master_pair.h"

/* "began", boot time in microseconds: when the request was begun.  No transaction is open. */
void master_hook_tell(struct rules *r, const struct request *request, const struct master_pair *p, int64_t began);

#endif
