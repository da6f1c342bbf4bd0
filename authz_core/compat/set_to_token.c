/* SPDX-License-Identifier: ISC */
/* QsySetToPrfTkn, QsySetToProfileToken, QSYSETPT. */
#include "config.h"

#include <string.h>

#include "compat/outcome.h"
#include "compat/client.h"
#include "qsyptkn.h"

/* The document's call has no user: she is whom the token stands for. */
static enum authz_result set_to(const unsigned char *token, struct authz_error *error)
{
	struct authz_identity identity, set;
	enum authz_result result = authz_token_user(compat_client(), token, NULL, &identity, error);

	if (result != AUTHZ_OK)
		return result;
	return authz_set_to_token(compat_client(), token, identity.user, NULL, &set, error);
}

void QsySetToPrfTkn(const unsigned char *Profile_token, void *Error_code)
{
	outcome_of_token(LIST_HELD, Error_code, Profile_token, set_to);
}

void QsySetToProfileToken(const unsigned char *Profile_token, void *Error_code)
{
	QsySetToPrfTkn(Profile_token, Error_code);
}

void QSYSETPT(const unsigned char *Profile_token, void *Error_code)
{
	QsySetToPrfTkn(Profile_token, Error_code);
}
