/* SPDX-License-Identifier: ISC */
/* The special values of the password parameter (QsyGenPrfTkn), against the owner's account.  No I/O at all. */
#ifndef AUTHZ_RULES_MATRIX_H
#define AUTHZ_RULES_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/account.h"
#include "wire/request.h"

/*
 * May a token be made?  "self": the owner is who asks.  AUTHZ_OK, or the document's code, or AUTHZ_ACCOUNT_UNKNOWN.
 * *flags: what the two special authorities overrode (TOKEN_WAS_…).
 */
enum authz_result matrix(enum password_value value, bool self, const struct account_state *state, uint32_t special,
                         bool unknown_allowed, unsigned *flags);

#endif
