/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a password comes in by a terminal that shows nothing of it, or by a descriptor, and never by the line of the command
 *         or its environment; no more than its line is taken.
 */
#include "passwords.h"

#include "output.h"
#include "secret.h"
#include "token.h"

static int answer_read(const struct app *app, int fd, enum secret_read read)
{
	switch (read) {
	case SECRET_OK:
		return EXIT_DONE;
	case SECRET_WRONG:
		return answer_bad_parameter(app, "password");
	case SECRET_DIFFERENT:
		fputs("authzctl: these are two different passwords\n", stderr);
		return EXIT_USAGE;
	case SECRET_UNREADABLE:
		break;
	}
	fprintf(stderr, "authzctl: no password could be read from descriptor %d: %m\n", fd);
	return EXIT_USAGE;
}

int password_read(const struct app *app, const struct args *args, const char *of, char password[PASSWORD_SIZE])
{
	int fd, status = token_descriptor(args, "password-fd", &fd);

	return status != EXIT_DONE ? status : answer_read(app, fd, secret_read_password(fd, of, password));
}

int password_read_new(const struct app *app, const struct args *args, const char *of, char password[PASSWORD_SIZE])
{
	int fd, status = token_descriptor(args, "password-fd", &fd);

	return status != EXIT_DONE ? status : answer_read(app, fd, secret_read_new_password(fd, of, password));
}
