/* SPDX-License-Identifier: ISC */
/* PAM's conversation: the token, once. */
#ifndef AUTHZ_RUN_CONVERSATION_H
#define AUTHZ_RUN_CONVERSATION_H

#include <security/pam_appl.h>

#include "authz.h"

struct conversation {
	char text[AUTHZ_TOKEN_TEXT_SIZE]; /* the token; "" once it was given */
};

/* For struct pam_conv, with a struct conversation as its appdata. */
int conversation_hold(int count, const struct pam_message **messages, struct pam_response **responses, void *data);

#endif
