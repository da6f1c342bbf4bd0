/* SPDX-License-Identifier: ISC */
/* Tokens and passwords on their way in, and a process that leaves no image of them behind. */
#ifndef HELPERS_SECRET_H
#define HELPERS_SECRET_H

#include <stdbool.h>

#include "authz.h"
#include "wire/request.h"

/* From here on no core dump and no tracing by others of the same user; returns what secret_end puts back. */
int secret_begin(void);
void secret_end(int before);

enum secret_read { SECRET_OK, SECRET_WRONG, SECRET_UNREADABLE, SECRET_DIFFERENT };

/*
 * One line of descriptor fd, of which nothing past the line is read; where that is a terminal it is asked for, and not
 * shown.  SECRET_WRONG: the line is no token's text, or no password: 1 to PASSWORD_SIZE - 1 bytes without a NUL.
 * A line that is too long is not read to its end.  SECRET_UNREADABLE leaves errno.  The caller wipes what it got.
 */
enum secret_read secret_read_token(int fd, unsigned char token[AUTHZ_TOKEN_SIZE]);
enum secret_read secret_read_password(int fd, const char *user, char password[PASSWORD_SIZE]);
/* One that is to be made: a terminal is asked twice.  SECRET_DIFFERENT: the two are not the same. */
enum secret_read secret_read_new_password(int fd, const char *of, char password[PASSWORD_SIZE]);

#endif
