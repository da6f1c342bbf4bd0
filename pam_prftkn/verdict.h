/* SPDX-License-Identifier: ISC */
/* From a token and PAM_USER to an answer for PAM and a line in the log. */
#ifndef PAM_PRFTKN_VERDICT_H
#define PAM_PRFTKN_VERDICT_H

#include <security/pam_modules.h>

#include "answer.h"
#include "options.h"

/* PAM_SUCCESS, PAM_AUTH_ERR or PAM_AUTHINFO_UNAVAIL, with one line logged. */
int verdict_on(pam_handle_t *pamh, const struct options *options, const struct answer *answer);

#endif
