/* SPDX-License-Identifier: ISC */
/* allroot SERVICE USER: installed set-user-ID root; becomes root in every respect, then asks PAM with a line of stdin. */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *line)
{
	struct pam_response *r = calloc((size_t)count, sizeof *r);

	if (r == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			r[i].resp = strdup(line);
	*responses = r;
	return PAM_SUCCESS;
}

int main(int argc, char **argv)
{
	char line[256] = "";
	const struct pam_conv conversation = {converse, line};
	pam_handle_t *pamh;
	int status;

	if (argc != 3 || setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
		return 2;
	if (fgets(line, sizeof line, stdin) == NULL || pam_start(argv[1], argv[2], &conversation, &pamh) != PAM_SUCCESS)
		return 2;
	line[strcspn(line, "\n")] = '\0';
	status = pam_authenticate(pamh, 0);
	puts(status == PAM_SUCCESS ? "passed" : "refused");
	pam_end(pamh, status);
	return status == PAM_SUCCESS ? 0 : 1;
}
