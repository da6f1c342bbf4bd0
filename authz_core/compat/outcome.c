/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a call that cannot say what went wrong does nothing.
 * MUST 2: an output is cleared before anything can fail.
 */
#include "config.h"

#include "compat/outcome.h"

#include <errno.h>
#include <string.h>

#define CALLED "QSYPTKN   AUTHZ     " /* the service program and its library, CHAR(10) each */

static void fail(const struct outcome *o, enum exception exception, const void *data, size_t length)
{
	errcode_set(&o->errcode, exception_id(exception), data, length);
	errno = o->saved_errno;
}

bool outcome_begin(struct outcome *o, enum exception_list list, void *error_code, void *output, size_t size)
{
	bool open;

	*o = (struct outcome){.list = list, .saved_errno = errno};
	open = errcode_open(&o->errcode, error_code);
	if (output != NULL)
		memset(output, 0, size);
	if (!open)
		errno = EINVAL;
	else if (output == NULL && size > 0)
		fail(o, EXCEPTION_CPF3C90, NULL, 0);
	return open && (output != NULL || size == 0);
}

static void pad(char to[CHARS_FIELD], const char *text)
{
	memset(to, ' ', CHARS_FIELD);
	memcpy(to, text, strnlen(text, CHARS_FIELD));
}

/* The exception data of a result; their length. */
static size_t describe(const struct outcome *o, enum exception exception, enum authz_result result,
                       const struct authz_error *error, char data[ERRCODE_DATA_MAX])
{
	const int reason = (int)result;

	switch (exception_data(exception)) {
	case DATA_USER:
		pad(data, o->user);
		return CHARS_FIELD;
	case DATA_SPECIAL:
		pad(data, error->subject);
		return CHARS_FIELD;
	case DATA_ENDED:
		memcpy(data, CALLED, sizeof CALLED - 1);
		memcpy(data + sizeof CALLED - 1, &reason, sizeof reason);
		return sizeof CALLED - 1 + sizeof reason;
	case DATA_NONE:
	case DATA_NUMBER: /* of a parameter: no result is about one */
		break;
	}
	return 0;
}

void outcome_result(const struct outcome *o, enum authz_result result, const struct authz_error *error)
{
	const enum exception exception = exception_of(o->list, result);
	char data[ERRCODE_DATA_MAX];

	if (exception != EXCEPTION_NONE) {
		fail(o, exception, data, describe(o, exception, result, error, data));
		return;
	}
	errcode_clear(&o->errcode);
	errno = o->saved_errno;
}

void outcome_number(const struct outcome *o, enum exception exception, int number)
{
	fail(o, exception, &number, sizeof number);
}

void outcome_of_token(enum exception_list list, void *error_code, const unsigned char *token,
                      enum authz_result (*act)(const unsigned char *token, struct authz_error *error))
{
	struct authz_error error;
	struct outcome o;

	if (!outcome_begin(&o, list, error_code, NULL, 0))
		return;
	if (token == NULL)
		outcome_number(&o, EXCEPTION_CPF3C3C, 1);
	else
		outcome_result(&o, act(token, &error), &error);
}
