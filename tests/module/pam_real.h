/* SPDX-License-Identifier: ISC */
/* Real tokens for the logins of pam_stack.h: the helper as built, with a state of the tester's own in the scratch folder. */
#ifndef TEST_PAM_REAL_H
#define TEST_PAM_REAL_H

#include "authz.h"
#include "pam_stack.h"

/* Whom the tokens stand for; not the tester, who is there already and would only prove that again. */
extern char real_owner[33];
/* Options by which the module asks this helper, as a child. */
extern char real_options[300];

/* In place of stack_open. */
int real_open(void **state);
/* How to reach the helper. */
const struct authz_client *real_client(void);
/* The field of the tester's and the owner's password in shadow. */
void real_shadow(const char *crypt);
/* Two accounts that are neither the tester's nor refused for what they are, when min_uid=1. */
void real_accounts(char names[2][33]);
/* A token that the tester makes for the owner, with "request" as far as it is not what all have. */
void real_generate(struct authz_token_request request, char text[AUTHZ_TOKEN_TEXT_SIZE]);

#endif
