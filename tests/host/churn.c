/* SPDX-License-Identifier: ISC */
/*
 * churn [once]: make a token of one's own and remove it, again and again, or once and then say what came of making it.
 *
 * Each request starts a helper by hand, past the socket of a service.
 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authz.h"

static enum authz_result make_and_remove(const char *user)
{
	const struct authz_client client = {.socket = ""};
	const struct authz_token_request request = {.user = user, .password = AUTHZ_NOPWDSTS, .timeout = 60,
	                                            .type = AUTHZ_SINGLE_USE, .bind_uid = (uid_t)-1};
	unsigned char token[AUTHZ_TOKEN_SIZE];
	struct authz_error error;
	enum authz_result result = authz_token_generate(&client, &request, token, &error);

	if (result == AUTHZ_OK)
		(void)authz_token_remove(&client, token, &error);
	return result;
}

int main(int argc, char **argv)
{
	const struct passwd *account = getpwuid(geteuid());
	enum authz_result result;

	if (account == NULL)
		return 2;
	do
		result = make_and_remove(account->pw_name);
	while (argc == 1);
	printf("%s\n", authz_result_code(result));
	return strcmp(argv[1], "once") == 0 ? authz_result_exit(result) : 2;
}
