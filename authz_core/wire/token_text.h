/* SPDX-License-Identifier: ISC */
/* The text form of a token: "prftkn_" and 43 characters of base64url.  The calls are public: authz.h. */
#ifndef AUTHZ_WIRE_TOKEN_TEXT_H
#define AUTHZ_WIRE_TOKEN_TEXT_H

#include <stdbool.h>

#define TOKEN_PREFIX "prftkn_"

/* Would a human or a log call this a token: does it begin with the prefix?  (It may still be no valid one.) */
bool token_text_shaped(const char *text);

#endif
