/* SPDX-License-Identifier: ISC */
/*
 * askpam SERVICE USER: ask the real libpam as an ordinary program does, a screen locker say.
 *
 * Prompts are answered by the lines of standard input, one each; when there is none left the conversation fails.  It
 * prints each prompt, then "passed" or "refused", and what the account phase says after "passed".  Installed set-user-ID
 * root it becomes root in every respect before it asks.  Exit status: 0 passed, 1 refused.
 */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The next line of standard input, for free(); NULL at its end. */
static char *next_answer(void)
{
	char *line = NULL;
	size_t size = 0;

	if (getline(&line, &size, stdin) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
	struct pam_response *r = calloc((size_t)count, sizeof *r);

	(void)data;
	if (r == NULL)
		return PAM_BUF_ERR;
	*responses = r;
	for (int i = 0; i < count; i++) {
		printf("%s\n", messages[i]->msg);
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF && (r[i].resp = next_answer()) == NULL)
			return PAM_CONV_ERR;
	}
	return PAM_SUCCESS;
}

int main(int argc, char **argv)
{
	const struct pam_conv conversation = {converse, NULL};
	pam_handle_t *pamh;
	int status;

	if (argc != 3 || (geteuid() == 0 && (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)))
		return 2;
	if (pam_start(argv[1], argv[2], &conversation, &pamh) != PAM_SUCCESS)
		return 2;
	status = pam_authenticate(pamh, 0);
	puts(status == PAM_SUCCESS ? "passed" : "refused");
	if (status == PAM_SUCCESS)
		printf("account: %s\n", pam_strerror(pamh, pam_acct_mgmt(pamh, 0)));
	pam_end(pamh, status);
	return status == PAM_SUCCESS ? 0 : 1;
}
