/* SPDX-License-Identifier: ISC */
/* What a login program says of its session, for the helper and for the log. */
#ifndef PAM_PRFTKN_CLAIMS_H
#define PAM_PRFTKN_CLAIMS_H

#include <pwd.h>
#include <security/pam_modules.h>
#include <stdbool.h>
#include <stddef.h>

#include "authz.h"
#include "client/log_word.h"
#include "options.h"

#define CLAIMS_HOST_SIZE 256 /* of a remote host in the log */

/* An item that is a text, or NULL. */
const char *claims_item(pam_handle_t *pamh, int type);
/* The account that PAM_USER is, or NULL. */
const struct passwd *claims_account(pam_handle_t *pamh);
/* Strings are libpam's.  What has no room in a request is left out: cut short it could fit a binding. */
struct authz_session claims_session(pam_handle_t *pamh);
/* How the options say that the helper is reached. */
struct authz_client claims_client(const struct options *options);
/*
 * Did the user start this program, or is it hers?  A set-user-ID program may have made itself root altogether before it
 * asks; what the kernel noted when it was started stays.  PAM_RUSER does not tell: some set it to the name that was
 * typed.  Polkit's helper may be a service of root's, but nobody ever logs in by it.
 */
bool claims_there_already(pam_handle_t *pamh, const struct passwd *account);

/* Did root start this program?  One that is set-user-ID root is its caller's, whatever it has made of itself. */
bool claims_roots(void);

/* The code that PAM is told of a result. */
int claims_pam_code(enum authz_result result);
/* PAM_RHOST as a word of the log. */
const char *claims_host(pam_handle_t *pamh, char to[CLAIMS_HOST_SIZE]);

#endif
