/* SPDX-License-Identifier: ISC */
/* What was typed: where it comes from, whether it is a token, and its end. */
#ifndef PAM_PRFTKN_ANSWER_H
#define PAM_PRFTKN_ANSWER_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "authz.h"
#include "options.h"

struct answer {
	bool well_formed; /* token holds one */
	unsigned char token[AUTHZ_TOKEN_SIZE];
};

/* See to it that PAM_USER is there, by the host's own prompt if need be.  PAM_SUCCESS, PAM_CONV_ERR, PAM_INCOMPLETE. */
int answer_want_user(pam_handle_t *pamh);

/*
 * PAM_SUCCESS: it is token-shaped; PAM_AUTHTOK is gone, and the caller wipes *answer.  PAM_IGNORE: it is none of ours
 * and stays in PAM_AUTHTOK.  PAM_CONV_ERR, PAM_INCOMPLETE, PAM_AUTHINFO_UNAVAIL: no answer was had.
 */
int answer_get(pam_handle_t *pamh, const struct options *options, struct answer *answer);

/* What is in PAM_AUTHTOK, or NULL.  Is it what sshd sends for a user whom it has refused?  Wipe it, and take it out. */
const char *answer_text(pam_handle_t *pamh);
bool answer_is_decoy(pam_handle_t *pamh);
void answer_forget(pam_handle_t *pamh);

/* One more question without echo: PAM_SUCCESS with what was typed, which answer_drop wipes and frees. */
int answer_ask(pam_handle_t *pamh, const char *prompt, char **typed);
void answer_drop(char *typed);

/* Is there a token-shaped PAM_AUTHTOK?  If so it is gone now. */
bool answer_clear_if_token(pam_handle_t *pamh);

#endif
