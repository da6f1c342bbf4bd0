/* SPDX-License-Identifier: ISC */
/* A master who comes in the place of an owner, with a password of its own (doc/MASTERS). */
#ifndef PAM_PRFTKN_MASTER_H
#define PAM_PRFTKN_MASTER_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "options.h"

/*
 * Is PAM_USER "owner*master" in a service where it is split?  Where the two are the same PAM_USER is that name
 * afterwards, and the answer is no.  names receives both.
 */
struct master_names {
	char owner[33], master[33];
};
bool master_by_name(pam_handle_t *pamh, const struct options *options, struct master_names *names);

/*
 * PAM_AUTHTOK is that master's password, or there is none.  It is gone afterwards.  PAM_SUCCESS, and PAM_USER is the
 * owner; PAM_AUTH_ERR, PAM_AUTHINFO_UNAVAIL.
 */
int master_enter_name(pam_handle_t *pamh, const struct options *options, const struct master_names *names);

/*
 * Is PAM_AUTHTOK a master's answer?  PAM_SUCCESS, and it is gone; PAM_IGNORE, and it is as it was; PAM_AUTH_ERR: it had
 * a token in it, and is gone; PAM_INCOMPLETE.
 */
int master_enter_answer(pam_handle_t *pamh, const struct options *options);

#endif
