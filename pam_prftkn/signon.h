/* SPDX-License-Identifier: ISC */
/* The option exits: what the programs at exit point AZ_SIGNON say of whom account lets in (doc/EXITS). */
#ifndef PAM_PRFTKN_SIGNON_H
#define PAM_PRFTKN_SIGNON_H

#include <security/pam_modules.h>

#include "options.h"

/*
 * PAM_SUCCESS: all said *YES, or there is none.  PAM_PERM_DENIED: one did not; PAM_AUTHINFO_UNAVAIL: that could not be found
 * out; both with a line logged, and the user told unless "flags" have PAM_SILENT.
 */
int signon_ask(pam_handle_t *pamh, const struct options *options, int flags);

#endif
