/* SPDX-License-Identifier: ISC */
/* How a call answers: its output cleared, its error code written, errno as it was. */
#ifndef AUTHZ_COMPAT_OUTCOME_H
#define AUTHZ_COMPAT_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/chars.h"
#include "compat/errcode.h"
#include "compat/exception.h"

struct outcome {
	struct errcode errcode;
	enum exception_list list;
	char user[CHARS_FIELD + 1]; /* for the data of exceptions about a user; the call's to set */
	int saved_errno;
};

/*
 * Clears "output", of "size" bytes, if any.  False if the call ends here: there is no room for an answer (errno is then
 * EINVAL), or "output" is NULL though it has a size (CPF3C90).
 */
bool outcome_begin(struct outcome *o, enum exception_list list, void *error_code, void *output, size_t size);
/* The end of a call that asked. */
void outcome_result(const struct outcome *o, enum authz_result result, const struct authz_error *error);
/* The end of one that did not: CPF3C3C and the parameter's number, CPF3C36 and how many there were. */
void outcome_number(const struct outcome *o, enum exception exception, int number);

/* A whole call that has nothing but a token: CPF3C3C where that is NULL, else what "act" makes of it. */
void outcome_of_token(enum exception_list list, void *error_code, const unsigned char *token,
                      enum authz_result (*act)(const unsigned char *token, struct authz_error *error));

#endif
