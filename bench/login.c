/* SPDX-License-Identifier: ISC */
#include "login.h"

#include <security/pam_appl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *arg)
{
	const struct login *l = arg;
	struct pam_response *r = calloc((size_t)count, sizeof *r);
	int i;

	if (r == NULL)
		return PAM_BUF_ERR;
	for (i = 0; i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF || messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
			r[i].resp = strdup(l->answer);
	*responses = r;
	return PAM_SUCCESS;
}

bool login_authenticate(const struct login *l)
{
	const struct pam_conv conv = {converse, (void *)(uintptr_t)l};
	pam_handle_t *handle;
	int code;

	if (pam_start_confdir(l->service, l->user, &conv, l->folder, &handle) != PAM_SUCCESS)
		return false;
	code = pam_authenticate(handle, 0);
	if (code != PAM_SUCCESS)
		fprintf(stderr, "bench: %s: %s\n", l->service, pam_strerror(handle, code));
	return pam_end(handle, code) == PAM_SUCCESS && code == PAM_SUCCESS;
}

bool login_good(enum authz_result result, const struct authz_error *error)
{
	char text[512];

	if (result != AUTHZ_OK)
		fprintf(stderr, "bench: %s: %s\n", authz_result_code(result), authz_result_text(result, error, text, sizeof text));
	return result == AUTHZ_OK;
}

bool login_token(const struct authz_client *client, const char *user, enum authz_token_type type,
                 unsigned char token[AUTHZ_TOKEN_SIZE])
{
	const struct authz_token_request request = {.user = user, .password = AUTHZ_NOPWD, .timeout = 3600, .type = type,
	                                            .bind_uid = (uid_t)-1};
	struct authz_error error;

	return login_good(authz_token_generate(client, &request, token, &error), &error);
}
