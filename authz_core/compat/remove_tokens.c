/* SPDX-License-Identifier: ISC */
/*
 * QsyRemovePrfTkn, QsyRemoveAllPrfTkns, QsyRemoveAllPrfTknsForUser; QSYRMVPT.
 *
 * MUST 1: everybody's tokens are removed by the one call or the one word that says so, and by nothing that went wrong.
 */
#include "config.h"

#include <string.h>

#include "compat/outcome.h"
#include "compat/client.h"
#include "qsyptkn.h"

#undef QSYRMVPT

static void remove_all(const struct outcome *o, const char *user)
{
	struct authz_error error;

	outcome_result(o, authz_token_remove_all(compat_client(), user, NULL, NULL, &error), &error);
}

static enum authz_result remove_token(const unsigned char *token, struct authz_error *error)
{
	return authz_token_remove(compat_client(), token, error);
}

void QsyRemovePrfTkn(const unsigned char *Profile_token, void *Error_code)
{
	outcome_of_token(LIST_REMOVE, Error_code, Profile_token, remove_token);
}

void QsyRemoveAllPrfTkns(void *Error_code)
{
	struct outcome o;

	if (outcome_begin(&o, LIST_REMOVE, Error_code, NULL, 0))
		remove_all(&o, NULL);
}

void QsyRemoveAllPrfTknsForUser(const char *User_profile_name, void *Error_code)
{
	struct outcome o;

	if (!outcome_begin(&o, LIST_REMOVE_USER, Error_code, NULL, 0))
		return;
	if (chars_name(User_profile_name, o.user))
		remove_all(&o, o.user);
	else
		outcome_number(&o, EXCEPTION_CPF3C3C, 1);
}

static void remove_one(const unsigned char *token, void *error_code)
{
	struct outcome o;

	if (token != NULL)
		QsyRemovePrfTkn(token, error_code);
	else if (outcome_begin(&o, LIST_REMOVE, error_code, NULL, 0))
		outcome_number(&o, EXCEPTION_CPF3C36, 2);
}

void QSYRMVPT(const char *Remove_option, void *Error_code, const unsigned char *Profile_token)
{
	char option[CHARS_FIELD + 1];

	(void)chars_field(Remove_option, option);
	if (strcmp(option, "*ALL") == 0)
		QsyRemoveAllPrfTkns(Error_code);
	else if (strcmp(option, "*PRFTKN") == 0)
		remove_one(Profile_token, Error_code);
	else
		QsyRemoveAllPrfTknsForUser(Remove_option, Error_code);
}
