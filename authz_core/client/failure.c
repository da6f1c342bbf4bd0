/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "client/failure.h"

#include <errno.h>
#include <stdio.h>

enum authz_result failure(struct authz_error *error, enum authz_result result, const char *what)
{
	snprintf(error->subject, sizeof error->subject, "%s", what);
	return result;
}

enum authz_result failure_errno(struct authz_error *error, enum authz_result result, const char *what, int number)
{
	errno = number;
	snprintf(error->subject, sizeof error->subject, "%s: %m", what); /* %m: threads may share it */
	return result;
}
