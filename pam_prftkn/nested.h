/* SPDX-License-Identifier: ISC */
/* A master's password, which the PAM service authz-master knows to be right or not. */
#ifndef PAM_PRFTKN_NESTED_H
#define PAM_PRFTKN_NESTED_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "options.h"

#define NESTED_SERVICE "authz-master"

/* Is this handle itself one of that service?  There nobody is a master, and nothing but a password counts. */
bool nested_is(pam_handle_t *pamh);

/*
 * Is the password that of "master", and is its account one that may log in?  What the service asks beside, to
 * authenticate, is asked of whoever types; what it says after the password, or asks for the account, is not passed on.
 * That it says no takes as long as it takes, and no longer.
 */
bool nested_verify(pam_handle_t *pamh, const struct options *options, const char *master, const char *password);

#endif
