/* SPDX-License-Identifier: ISC */
/* The password of a user profile, looked at in place of *USE (QsyGenPrfTknE). */
#ifndef AUTHZ_RULES_PASSWORD_H
#define AUTHZ_RULES_PASSWORD_H

#include "rules/owner.h"

/*
 * Is request->secret the password of the owner?  "owner" NULL: there is no such user, which costs the same.  AUTHZ_OK;
 * AUTHZ_PASSWORD_WRONG; AUTHZ_NO_PASSWORD, to who may use the profile anyway; AUTHZ_TOO_MANY_TRIES.
 */
enum authz_result password_check(struct rules *r, const struct request *request, const struct owner *owner, bool may_use);

#endif
