/* SPDX-License-Identifier: ISC */
/*
 * The audit's folder, its files, and its lock: the file "lock", which is never renamed and holds nothing but its holder.
 *
 * A process that writes often keeps folder and files open between two records, and closes nothing; each time they are looked
 * at anew by their names.  One thread at a time.
 *
 * MUST 1: a holder that is frozen keeps the others from the folder no longer than it promised; past that a waiter
 *         kills it.
 * MUST 2: nobody waits for the lock for longer than a short while.
 * MUST 3: neither folder nor file is used that is another user's, or that others may write.
 * MUST 4: what was kept open counts only where it still is the folder of that path, and the file of that name in it.
 */
#ifndef AUTHZ_HOST_AUDIT_LOCK_H
#define AUTHZ_HOST_AUDIT_LOCK_H

#include <stdbool.h>
#include <sys/stat.h>

#define AUDIT_LOCK "lock"
#define AUDIT_WAIT_MS 200

enum audit_part { AUDIT_PART_LOCK, AUDIT_PART_NUMBER, AUDIT_PART_LOG, AUDIT_PART_REFUSALS, AUDIT_PARTS };

/* What is open, and what it was when it was opened. */
struct audit_opened {
	int fd; /* -1: it is not open */
	dev_t device;
	ino_t inode;
};

struct audit_folder {
	struct audit_opened at, part[AUDIT_PARTS];
	bool looked[AUDIT_PARTS]; /* since the lock was taken */
	bool locked;
	off_t left; /* how long the log was after the last record of ours, if that is whole; else -1 */
};
#define AUDIT_UNOPENED {.fd = -1}
#define AUDIT_FOLDER_NONE {.at = AUDIT_UNOPENED, .part = {AUDIT_UNOPENED, AUDIT_UNOPENED, AUDIT_UNOPENED, AUDIT_UNOPENED}}

/* Is this a folder (S_IFDIR) or a file (S_IFREG) of this user's that nobody else may write? */
bool audit_is_own(const struct stat *st, mode_t kind);
/* The folder, for reading; -1: there is none that is this user's, and nobody else's to write (EPERM). */
int audit_open_folder(const char *path);

/*
 * false: there is no such folder, or others have its lock now.  hold_ms: what this holder promises, and what one that said
 * nothing is given.
 */
bool audit_lock_take(struct audit_folder *f, const char *path, unsigned hold_ms);
/* One that was not taken, too.  What is open stays so. */
void audit_lock_drop(struct audit_folder *f);
/* Drops the lock, too. */
void audit_folder_close(struct audit_folder *f);

/*
 * Under the lock: the descriptor of a file, which is made with mode 0600 if there is none; -1: there can be none, or what has
 * its name is no regular file of this user's that nobody else may write.  It stays the folder's.  *now, unless NULL, is how the file is now.
 */
int audit_part(struct audit_folder *f, enum audit_part part, struct stat *now);

#endif
