/* SPDX-License-Identifier: ISC */
/*
 * The file that holds the token of a session: FOLDER/UID/NAME.
 *
 * FOLDER is root's.  UID is a folder of the user's own, so that she can put another token in the place of the first by
 * a rename, which no reader sees half of.  What is in it may therefore be anything.
 */
#ifndef PAM_PRFTKN_SESSION_FILE_H
#define PAM_PRFTKN_SESSION_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "authz.h"

#define SESSION_NAME_SIZE 23 /* "token.", 16 hexadecimal digits, NUL */

/* Is it a name that session_file_make gives? */
bool session_file_is_name(const char *name);

/* Make a file with the token in it, and the folders that are missing.  0, and its name; or -1 with errno. */
int session_file_make(const char *folder, uid_t uid, gid_t gid, const unsigned char token[AUTHZ_TOKEN_SIZE],
                      char name[SESSION_NAME_SIZE]);

/* Take it away, and the user's folder if it is empty now.  True, and the token, if there was one in it. */
bool session_file_take(const char *folder, uid_t uid, const char *name, unsigned char token[AUTHZ_TOKEN_SIZE]);

#endif
