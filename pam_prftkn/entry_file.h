/* SPDX-License-Identifier: ISC */
/*
 * Files that say whose sessions are a master's, in a folder that is root's alone.
 *
 *	pending.RANDOM             a login that has no session yet
 *	SESSION.UID.RANDOM         the kernel's audit session, with UID's rights, is a master's
 *
 * Each is one line: "1", the owner's number, the master's number, the master's name.
 */
#ifndef PAM_PRFTKN_ENTRY_FILE_H
#define PAM_PRFTKN_ENTRY_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "authz.h"

#define ENTRY_NAME_SIZE 64
#define ENTRY_STALE 3600 /* seconds: no login takes as long */

struct entry {
	uid_t owner, master;
	char name[AUTHZ_NAME_SIZE]; /* the master's */
};

/* Is it a name that entry_file_make gives? */
bool entry_file_is_pending(const char *name);

/* Make a pending file, and the folder if it is missing; stale ones are swept.  0, and its name; or -1 with errno. */
int entry_file_make(const char *folder, const struct entry *entry, char name[ENTRY_NAME_SIZE]);

/* What a file says, if it is one of these: 0, or -1 with errno, EINVAL where it is none. */
int entry_file_read(const char *folder, const char *name, struct entry *entry);

/* From pending to a session's: 0, and its new name; or -1 with errno. */
int entry_file_take(const char *folder, const char *name, uint32_t session, uid_t owner, char to[ENTRY_NAME_SIZE]);

/* Nothing if it is not there. */
void entry_file_remove(const char *folder, const char *name);

/* Is there one of this session and owner?  1, 0, also where there is no folder; or -1 with errno. */
int entry_file_has(const char *folder, uint32_t session, uid_t owner);

#endif
