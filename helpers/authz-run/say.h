/* SPDX-License-Identifier: ISC */
/* What authz-run says: one line on standard error, without a character that a terminal would obey. */
#ifndef AUTHZ_RUN_SAY_H
#define AUTHZ_RUN_SAY_H

#include "authz.h"
#include "run_status.h"

/* Say it, and return the status. */
enum run_status say(enum run_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The code and sentence of a result; its status. */
enum run_status say_result(enum authz_result result, const struct authz_error *error);

#endif
