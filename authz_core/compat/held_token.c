/* SPDX-License-Identifier: ISC */
/* QsyGetPrfTknTimeOut, QsyChkPrfTknUser, QsyInvalidatePrfTkn; QSYGETPT, QSYCHKTU, QSYINVPT. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "compat/outcome.h"
#include "compat/client.h"
#include "qsyptkn.h"

/* Of a token that is none any more the seconds are an answer, 0; whose it is, is none. */
static void ask(int *output, const unsigned char *token, bool seconds, void *error_code)
{
	struct authz_token_state state;
	struct authz_error error;
	enum authz_result result;
	struct outcome o;

	if (!outcome_begin(&o, LIST_HELD, error_code, output, sizeof *output))
		return;
	if (token == NULL) {
		outcome_number(&o, EXCEPTION_CPF3C3C, 2);
		return;
	}
	result = authz_token_inspect(compat_client(), token, &state, &error);
	if (result == AUTHZ_OK && state.seconds == 0 && !seconds)
		result = AUTHZ_TOKEN_NOT_VALID;
	if (result == AUTHZ_OK)
		*output = seconds ? state.seconds : state.uid == geteuid();
	outcome_result(&o, result, &error);
}

void QsyGetPrfTknTimeOut(int *Time_out, const unsigned char *Profile_token, void *Error_code)
{
	ask(Time_out, Profile_token, true, Error_code);
}

void QSYGETPT(int *Time_out, const unsigned char *Profile_token, void *Error_code)
{
	QsyGetPrfTknTimeOut(Time_out, Profile_token, Error_code);
}

void QsyChkPrfTknUser(int *Result, const unsigned char *Profile_token, void *Error_code)
{
	ask(Result, Profile_token, false, Error_code);
}

void QSYCHKTU(int *Result, const unsigned char *Profile_token, void *Error_code)
{
	QsyChkPrfTknUser(Result, Profile_token, Error_code);
}

static enum authz_result invalidate(const unsigned char *token, struct authz_error *error)
{
	return authz_token_invalidate(compat_client(), token, error);
}

void QsyInvalidatePrfTkn(const unsigned char *Profile_token, void *Error_code)
{
	outcome_of_token(LIST_HELD, Error_code, Profile_token, invalidate);
}

void QSYINVPT(const unsigned char *Profile_token, void *Error_code)
{
	QsyInvalidatePrfTkn(Profile_token, Error_code);
}
