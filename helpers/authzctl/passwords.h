/* SPDX-License-Identifier: ISC */
/* Passwords that commands ask for: on a terminal that shows nothing of them, or line by line from a descriptor. */
#ifndef AUTHZCTL_PASSWORDS_H
#define AUTHZCTL_PASSWORDS_H

#include "app.h"

#define PASSWORD_FD {.name = "password-fd", .value = "N", .help = "read passwords from descriptor N (0)"}

/* The password of a user or cabinet.  EXIT_DONE, or what the command ends with.  The caller wipes it (secret.h). */
int password_read(const struct app *app, const struct args *args, const char *of, char password[PASSWORD_SIZE]);
/* One that is to be made: a terminal is asked twice. */
int password_read_new(const struct app *app, const struct args *args, const char *of, char password[PASSWORD_SIZE]);

#endif
