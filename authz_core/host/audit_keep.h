/* SPDX-License-Identifier: ISC */
/*
 * What the threads of a process keep of the audit between two records, and share: its folder and files, open.  Nothing is
 * locked in between.  They queue for it without polling.
 */
#ifndef AUTHZ_HOST_AUDIT_KEEP_H
#define AUTHZ_HOST_AUDIT_KEEP_H

#include "host/audit_lock.h"

struct audit_keep;

/* NULL: no memory.  Free it when no thread uses it any more; not of use to a child that was forked. */
struct audit_keep *audit_keep_new(void);
void audit_keep_free(struct audit_keep *k); /* NULL is allowed */

/* The folder, for this thread alone until it leaves; NULL: others have it for longer than a short while. */
struct audit_folder *audit_keep_enter(struct audit_keep *k);
void audit_keep_leave(struct audit_keep *k);

#endif
