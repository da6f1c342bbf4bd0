/* SPDX-License-Identifier: ISC */
/* The option require=TYPE:NAME:AUTHORITY: whom account lets in must have this authority on that object (doc/AUTHORITY). */
#ifndef PAM_PRFTKN_REQUIRE_H
#define PAM_PRFTKN_REQUIRE_H

#include <security/pam_modules.h>

#include "options.h"

/*
 * PAM_IGNORE: nothing is required.  PAM_SUCCESS: the user has all of it.  PAM_PERM_DENIED: not all of it, with a line logged.
 * PAM_AUTHINFO_UNAVAIL: that could not be found out, with a line logged.
 */
int require_all(pam_handle_t *pamh, const struct options *options);

#endif
