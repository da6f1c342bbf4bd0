/* SPDX-License-Identifier: ISC */
/* The password of a mailbox, which is not the host's: BIND and REGISTER (doc/MASTERS). */
#ifndef PAM_PRFTKN_MAILBOX_H
#define PAM_PRFTKN_MAILBOX_H

#include <security/pam_modules.h>

#include "options.h"

/*
 * Does PAM_AUTHTOK open the mailbox of PAM_USER?  PAM_SUCCESS, and it is gone; PAM_IGNORE: there is no mailbox, or
 * nothing to ask about; PAM_AUTH_ERR, PAM_AUTHINFO_UNAVAIL.  Without success it is as it was.
 */
int mailbox_bind(pam_handle_t *pamh, const struct options *options);

/*
 * The two calls of chauthtok.  PAM_IGNORE: PAM_USER has no mailbox, or root asks.  PAM_AUTH_ERR: the old password is
 * not the owner's own.
 */
int mailbox_before_change(pam_handle_t *pamh, const struct options *options);
int mailbox_change(pam_handle_t *pamh, const struct options *options);

#endif
