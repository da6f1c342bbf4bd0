/* SPDX-License-Identifier: ISC */
/*
 * The lock of the audit's folder: the file "lock", which is never renamed and holds nothing but its holder.
 *
 * MUST 1: a holder that is frozen keeps the others from the folder no longer than it promised; past that a waiter
 *         kills it.
 * MUST 2: nobody waits for the lock for longer than a short while.
 * MUST 3: neither folder nor file is used that is another user's, or that others may write.
 */
#ifndef AUTHZ_HOST_AUDIT_LOCK_H
#define AUTHZ_HOST_AUDIT_LOCK_H

#include <stdbool.h>

#define AUDIT_LOCK "lock"
#define AUDIT_HOLD_MS 4000 /* what a holder promises: as long as a helper lives */
#define AUDIT_WAIT_MS 200

struct audit_lock {
	int folder, fd; /* -1: not taken */
};
#define AUDIT_LOCK_NONE {.folder = -1, .fd = -1}

/* false: the folder is none, or others have its lock now. */
bool audit_lock_take(struct audit_lock *l, const char *folder, unsigned hold_ms);
/* One that was not taken, too. */
void audit_lock_drop(struct audit_lock *l);

/* A regular file of the folder, mode 0600 if it is made; -1: none that is this user's, and nobody else's to write (EPERM). */
int audit_open(int folder, const char *name, int flags);
/* The folder itself, or -1 likewise. */
int audit_open_folder(const char *path);

#endif
