/* SPDX-License-Identifier: ISC */
#include "pam_real.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

char real_owner[33], real_options[300];

static char helper[256];

void real_shadow(const char *crypt)
{
	char lines[512];

	snprintf(lines, sizeof lines, "%s:%s:20000:0:99999:7:::\n%s:%s:20000:0:99999:7:::\n", stack_user, crypt, real_owner, crypt);
	stack_write("shadow", lines, 0600);
}

void real_accounts(char names[2][33])
{
	struct passwd *account;
	unsigned count = 0;

	setpwent();
	while (count < 2 && (account = getpwent()) != NULL)
		if (account->pw_uid != 0 && account->pw_uid != 65534 && account->pw_uid != stack_uid && strlen(account->pw_name) <= 32)
			snprintf(names[count++], 33, "%.32s", account->pw_name);
	endpwent();
	assert_int_equal(count, 2);
}

int real_open(void **state)
{
	char text[1024], others[2][33];

	if (stack_open(state) != 0)
		return -1;
	real_accounts(others);
	memcpy(real_owner, others[0], sizeof real_owner);
	snprintf(text, sizeof text, "#!/bin/sh\nexec %s --state %s\n", stack_path("authz-helper"), stack_path("state"));
	stack_write("real", text, 0755);
	snprintf(helper, sizeof helper, "%s", stack_path("real"));
	snprintf(real_options, sizeof real_options, "helper=%s min_uid=1", helper);
	mkdir(stack_path("state"), 0700);
	mkdir(stack_path("state/store"), 0700);
	mkdir(stack_path("state/tokens"), 0700);
	mkdir(stack_path("state/audit"), 0700);
	snprintf(text, sizeof text, "[authz]\nuid_min = 1\naudit_syslog = no\nshadow_file = %s\n", stack_path("shadow"));
	stack_write("state/authz.conf", text, 0600);
	real_shadow("$6$salt$hash");
	return 0;
}

const struct authz_client *real_client(void)
{
	static struct authz_client c;

	c = (struct authz_client){.helper = helper, .socket = ""};
	return &c;
}

void real_generate(struct authz_token_request request, char text[AUTHZ_TOKEN_TEXT_SIZE])
{
	unsigned char token[AUTHZ_TOKEN_SIZE];
	struct authz_error error;
	char sentence[512];
	enum authz_result result;

	if (request.user == NULL)
		request.user = real_owner;
	request.password = strcmp(request.user, stack_user) == 0 ? AUTHZ_NOPWDSTS : AUTHZ_NOPWDCHK;
	request.bind_uid = (uid_t)-1;
	if (request.type == 0)
		request.type = AUTHZ_SINGLE_USE;
	if (request.timeout == 0)
		request.timeout = 60;
	result = authz_token_generate(real_client(), &request, token, &error);
	if (result != AUTHZ_OK)
		fail_msg("%s: %s", authz_result_code(result), authz_result_text(result, &error, sentence, sizeof sentence));
	authz_token_to_text(token, text);
}
