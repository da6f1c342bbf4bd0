/* SPDX-License-Identifier: ISC */
/* A file that holds a token: one line, the user's own, such as AUTHZ_TOKEN_FILE of a session (pam_prftkn(8)). */
#ifndef AUTHZCTL_TOKEN_FILE_H
#define AUTHZCTL_TOKEN_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "secret.h"

/*
 * SECRET_UNREADABLE leaves errno: ENOENT if there is no such file, EPERM if it is no regular file of the user's own.
 * The caller wipes token.
 */
enum secret_read token_file_read(const char *path, unsigned char token[AUTHZ_TOKEN_SIZE], mode_t *mode);

/*
 * Put a token in place of the one that is there, which comes back in "old": zeros if that was none.  The caller wipes
 * both.  False with errno if the file is as it was; ENOENT if it is gone.
 */
bool token_file_replace(const char *path, mode_t mode, const unsigned char token[AUTHZ_TOKEN_SIZE],
                        unsigned char old[AUTHZ_TOKEN_SIZE]);

/* Wait up to that many milliseconds; less if the file at path is changed, replaced or gone. */
void token_file_wait(const char *path, int milliseconds);

#endif
