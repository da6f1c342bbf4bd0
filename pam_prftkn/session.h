/* SPDX-License-Identifier: ISC */
/* A token for each session of an ordinary user, with the option issue. */
#ifndef PAM_PRFTKN_SESSION_H
#define PAM_PRFTKN_SESSION_H

#include <security/pam_modules.h>

#include "options.h"

/* PAM_SUCCESS, PAM_IGNORE where nothing is to be issued, PAM_SESSION_ERR with a line logged. */
int session_open(pam_handle_t *pamh, const struct options *options);
int session_close(pam_handle_t *pamh, const struct options *options);

#endif
