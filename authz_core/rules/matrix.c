/* SPDX-License-Identifier: ISC */
/*
 *                 own profile    disabled                 expired password         no password
 *	*NOPWD     CPF227F        CPF22E3                  CPF22E4                  allowed
 *	*NOPWDSTS  allowed        CPF22E3                  both specials or 4AB8    allowed
 *	*NOPWDCHK  allowed        both specials or 4AB8    both specials or 4AB8    allowed
 *	given      allowed        CPF22E3                  CPF22E4                  none can be right
 *
 * MUST 1: where the table asks for both special authorities, one is not enough.
 * MUST 2: an account that shadow does not know is taken for good only by *NOPWDCHK, or where the site says so.
 */
#include "rules/matrix.h"

enum authz_result matrix(enum password_value value, bool self, const struct account_state *state, uint32_t special,
                         bool unknown_allowed, unsigned *flags)
{
	bool both = (special & SPECIAL_BOTH) == SPECIAL_BOTH;

	*flags = 0;
	if (value == PASSWORD_NOPWD && self)
		return AUTHZ_NOPWD_SELF;
	if (state->disabled) {
		if (value != PASSWORD_NOPWDCHK)
			return AUTHZ_DISABLED;
		if (!both)
			return AUTHZ_NO_AUTHORITY;
		*flags |= TOKEN_WAS_DISABLED;
	}
	if (state->password == PASSWORD_HAS_EXPIRED) {
		if (value == PASSWORD_NOPWD || value == PASSWORD_GIVEN)
			return AUTHZ_PASSWORD_EXPIRED;
		if (!both)
			return AUTHZ_NO_AUTHORITY;
		*flags |= TOKEN_WAS_EXPIRED;
	}
	if (state->password == PASSWORD_UNKNOWN && value != PASSWORD_NOPWDCHK && !unknown_allowed)
		return AUTHZ_ACCOUNT_UNKNOWN;
	return AUTHZ_OK;
}
