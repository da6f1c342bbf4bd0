/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: an answer that is not token-shaped is in PAM_AUTHTOK afterwards exactly as it was typed.
 * MUST 2: a token-shaped answer is wiped and out of PAM_AUTHTOK before anybody is asked about it, well-formed or not.
 * MUST 3: what sshd sends instead of the answer of a user whom it has refused is no token and no failed token; whether
 *         an answer is that is found out in a time that depends on its length alone.
 * MUST 4: use_first_pass never asks for an answer.
 */
#include "answer.h"

#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "claims.h"
#include "wire/token_text.h"

/* A host that waits for an event is let wait; every other failure of a conversation is one to us. */
static int conversation_status(int status)
{
	switch (status) {
	case PAM_SUCCESS:
		return PAM_SUCCESS;
	case PAM_CONV_AGAIN:
	case PAM_INCOMPLETE:
		return PAM_INCOMPLETE;
	default:
		return PAM_CONV_ERR;
	}
}

int answer_want_user(pam_handle_t *pamh)
{
	const char *user = NULL;
	int status = conversation_status(pam_get_user(pamh, &user, NULL));

	return status == PAM_SUCCESS && user == NULL ? PAM_CONV_ERR : status;
}

/* OpenSSH repeats these bytes to the length of what was typed. */
static bool is_decoy(const char *text)
{
	static const char junk[] = "\b\n\r\177INCORRECT";
	unsigned difference = 0;

	for (size_t i = 0; text[i] != '\0'; i++)
		difference |= (unsigned char)text[i] ^ (unsigned char)junk[i % (sizeof junk - 1)];
	return difference == 0;
}

const char *answer_text(pam_handle_t *pamh)
{
	return claims_item(pamh, PAM_AUTHTOK);
}

bool answer_is_decoy(pam_handle_t *pamh)
{
	const char *text = answer_text(pamh);

	return text != NULL && *text != '\0' && is_decoy(text);
}

/* libpam wipes what it forgets by plain stores, which a compiler may leave out; so wipe its copy first. */
void answer_forget(pam_handle_t *pamh)
{
	const char *item = answer_text(pamh);
	void *bytes;

	if (item == NULL)
		return;
	memcpy(&bytes, &item, sizeof bytes);
	explicit_bzero(bytes, strlen(item));
	(void)pam_set_item(pamh, PAM_AUTHTOK, NULL); /* can't fail for NULL */
}

int answer_ask(pam_handle_t *pamh, const char *prompt, char **typed)
{
	int status;

	*typed = NULL;
	status = conversation_status(pam_prompt(pamh, PAM_PROMPT_ECHO_OFF, typed, "%s", prompt));
	return status == PAM_SUCCESS && *typed == NULL ? PAM_CONV_ERR : status;
}

void answer_drop(char *typed)
{
	if (typed != NULL)
		explicit_bzero(typed, strlen(typed));
	free(typed);
}

/* Ask, and leave the answer in PAM_AUTHTOK, where the next module looks for a password. */
static int ask(pam_handle_t *pamh, const char *prompt)
{
	char *typed;
	int status = answer_ask(pamh, prompt, &typed);

	if (status == PAM_SUCCESS && pam_set_item(pamh, PAM_AUTHTOK, typed) != PAM_SUCCESS)
		status = PAM_AUTHINFO_UNAVAIL;
	answer_drop(typed);
	if (status == PAM_CONV_ERR)
		pam_syslog(pamh, LOG_ERR, "the conversation with the user failed");
	else if (status == PAM_AUTHINFO_UNAVAIL)
		pam_syslog(pamh, LOG_ERR, "%s: no room for the answer", authz_result_code(AUTHZ_NO_MEMORY));
	return status;
}

int answer_get(pam_handle_t *pamh, const struct options *options, struct answer *answer)
{
	const char *text = answer_text(pamh);
	int status;

	*answer = (struct answer){.well_formed = false};
	if (text == NULL && options->prompt_allowed) {
		status = ask(pamh, options->prompt);
		if (status != PAM_SUCCESS)
			return status;
		text = answer_text(pamh);
	}
	if (text == NULL || !token_text_shaped(text)) {
		if (options->debug)
			pam_syslog(pamh, LOG_DEBUG, "%s", text == NULL || *text == '\0' ? "there is no answer"
				: is_decoy(text) ? "the host has refused this user before the answer was looked at"
				: "the answer is not a token");
		return PAM_IGNORE;
	}
	answer->well_formed = authz_token_from_text(answer->token, text) == 0;
	answer_forget(pamh);
	return PAM_SUCCESS;
}

bool answer_clear_if_token(pam_handle_t *pamh)
{
	const char *text = answer_text(pamh);

	if (text == NULL || !token_text_shaped(text))
		return false;
	answer_forget(pamh);
	return true;
}
