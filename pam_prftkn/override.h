/* SPDX-License-Identifier: ISC */
/* What authenticate found out for account: that a token overrides the state of its user's account. */
#ifndef PAM_PRFTKN_OVERRIDE_H
#define PAM_PRFTKN_OVERRIDE_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "authz.h"

/* A token was redeemed, for this identity; NULL: none was, whatever there was before. */
void override_note(pam_handle_t *pamh, const struct authz_identity *identity);

/* Does the token that this handle has redeemed override the account of the user whom PAM_USER is now? */
bool override_holds(pam_handle_t *pamh);

#endif
