/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the token is the answer to the first prompt without echo, and to no other; then there is no copy of it here.
 * MUST 2: any other prompt is refused: nobody types a password into authz-run.
 */
#include "conversation.h"

#include <stdlib.h>
#include <string.h>

#include "say.h"

static int answer(struct conversation *c, const struct pam_message *message, char **answered)
{
	switch (message->msg_style) {
	case PAM_ERROR_MSG:
	case PAM_TEXT_INFO:
		(void)say(RUN_REFUSED, "%s", message->msg == NULL ? "" : message->msg);
		return PAM_SUCCESS;
	case PAM_PROMPT_ECHO_OFF:
		if (c->text[0] == '\0')
			return PAM_CONV_ERR;
		*answered = strdup(c->text);
		explicit_bzero(c->text, sizeof c->text);
		return *answered == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
	default:
		return PAM_CONV_ERR;
	}
}

static void forget(struct pam_response *list, int count)
{
	for (int i = 0; i < count; i++)
		if (list[i].resp != NULL) {
			explicit_bzero(list[i].resp, strlen(list[i].resp));
			free(list[i].resp);
		}
	free(list);
}

int conversation_hold(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
	struct pam_response *list;
	int status = PAM_SUCCESS;

	if (count <= 0 || count > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	list = calloc((size_t)count, sizeof *list);
	if (list == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count && status == PAM_SUCCESS; i++)
		status = answer(data, messages[i], &list[i].resp);
	if (status != PAM_SUCCESS) {
		forget(list, count);
		list = NULL;
	}
	*responses = list;
	return status;
}
