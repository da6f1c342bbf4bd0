/* SPDX-License-Identifier: ISC */
#include "pam_session.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char session_options[512], session_path[512];

int session_begin(void **state)
{
	char command[400];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", stack_path("sessions"));
	if (system(command) != 0)
		return -1;
	snprintf(session_options, sizeof session_options, "issue sessions=%s", stack_path("sessions"));
	stack_answers("result 0\ntoken 7\n");
	session_path[0] = '\0';
	return 0;
}

void session_text(int byte, char text[AUTHZ_TOKEN_TEXT_SIZE + 1])
{
	unsigned char token[AUTHZ_TOKEN_SIZE];

	memset(token, byte, sizeof token);
	authz_token_to_text(token, text);
	strcat(text, "\n");
}

const char *session_folder(void)
{
	static char folder[300];

	snprintf(folder, sizeof folder, "%s/%u", stack_path("sessions"), (unsigned)stack_uid);
	return folder;
}

bool session_is_there(const char *what)
{
	struct stat st;

	return lstat(what, &st) == 0;
}

unsigned session_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return count;
}

unsigned session_asked(const char *what)
{
	const char *at = stack_read("asked");
	unsigned count = 0;

	while ((at = strstr(at, what)) != NULL)
		count++, at++;
	return count;
}

void session_note(pam_handle_t *pamh)
{
	const char *value = pam_getenv(pamh, "AUTHZ_TOKEN_FILE");

	snprintf(session_path, sizeof session_path, "%s", value == NULL ? "" : value);
}

int session_look(pam_handle_t *pamh, int flags)
{
	(void)flags;
	session_note(pamh);
	return PAM_SUCCESS;
}

int session_open(struct login login)
{
	if (login.options == NULL)
		login.options = session_options;
	login.then = session_look;
	return stack_call(&login, pam_open_session);
}
