/* SPDX-License-Identifier: ISC */
/* Real tokens: made by the helper, with a state of the tester's own, and used through the real libpam. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"
#include "pam_stack.h"

#define RACERS 16

static char helper[256], helper_option[300];
static char owner[33]; /* not the tester, who is there already and would only prove that again */

static void write_shadow(const char *crypt)
{
	char lines[512];

	snprintf(lines, sizeof lines, "%s:%s:20000:0:99999:7:::\n%s:%s:20000:0:99999:7:::\n", stack_user, crypt, owner, crypt);
	stack_write("shadow", lines, 0600);
}

/* Two accounts that are neither the tester's nor refused for what they are, when min_uid=1. */
static void other_accounts(char names[2][33])
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

static int open_state(void **state)
{
	char text[1024], others[2][33];

	if (stack_open(state) != 0)
		return -1;
	other_accounts(others);
	memcpy(owner, others[0], sizeof owner);
	snprintf(text, sizeof text, "#!/bin/sh\nexec %s --state %s\n", stack_path("authz-helper"), stack_path("state"));
	stack_write("real", text, 0755);
	snprintf(helper, sizeof helper, "%s", stack_path("real"));
	snprintf(helper_option, sizeof helper_option, "helper=%s min_uid=1", helper);
	mkdir(stack_path("state"), 0700);
	mkdir(stack_path("state/store"), 0700);
	mkdir(stack_path("state/tokens"), 0700);
	mkdir(stack_path("state/audit"), 0700);
	snprintf(text, sizeof text, "[authz]\nuid_min = 1\naudit_syslog = no\nshadow_file = %s\n", stack_path("shadow"));
	stack_write("state/authz.conf", text, 0600);
	write_shadow("$6$salt$hash");
	return 0;
}

static const struct authz_client *client(void)
{
	static struct authz_client c;

	c = (struct authz_client){.helper = helper, .socket = ""};
	return &c;
}

/* A token that the tester makes for the owner, with "request" as far as it is not what all have. */
static void generate(struct authz_token_request request, char text[AUTHZ_TOKEN_TEXT_SIZE])
{
	unsigned char token[AUTHZ_TOKEN_SIZE];
	struct authz_error error;
	char sentence[512];
	enum authz_result result;

	if (request.user == NULL)
		request.user = owner;
	request.password = strcmp(request.user, stack_user) == 0 ? AUTHZ_NOPWDSTS : AUTHZ_NOPWDCHK;
	request.bind_uid = (uid_t)-1;
	if (request.type == 0)
		request.type = AUTHZ_SINGLE_USE;
	if (request.timeout == 0)
		request.timeout = 60;
	result = authz_token_generate(client(), &request, token, &error);
	if (result != AUTHZ_OK)
		fail_msg("%s: %s", authz_result_code(result), authz_result_text(result, &error, sentence, sizeof sentence));
	authz_token_to_text(token, text);
}

static int use(struct login login, const char *token, const char *logged)
{
	struct outcome outcome;

	login.answer = token;
	if (login.user == NULL)
		login.user = owner;
	if (login.options == NULL)
		login.options = helper_option;
	stack_authenticate(&login, &outcome);
	assert_false(outcome.authtok_there);
	assert_int_equal(outcome.messages, 0);
	if (strstr(stack_log(), logged) == NULL)
		fail_msg("no \"%s\" in \"%s\"", logged, stack_log());
	assert_null(strstr(stack_log(), token + 7));
	return outcome.code;
}

static void single_use(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(use((struct login){.rhost = "192.0.2.7"}, token, "<6> pam_prftkn(probe:auth): token accepted"), PAM_SUCCESS);
	assert_int_equal(use((struct login){.rhost = "192.0.2.7"}, token, "AZ-SPENT: "), PAM_AUTH_ERR);
}

static void multiple_use(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.type = AUTHZ_MULTIPLE_USE}, token);
	for (int i = 0; i < 5; i++)
		assert_int_equal(use((struct login){.tty = "pts/0"}, token, "token accepted"), PAM_SUCCESS);
}

static void expired(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.timeout = 1}, token);
	sleep(2);
	assert_int_equal(use((struct login){.rhost = NULL}, token, "AZ-EXPIRED: Profile token has expired."), PAM_AUTH_ERR);
}

static void other_user(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE], others[2][33];

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, token);
	other_accounts(others);
	assert_int_equal(use((struct login){.user = others[1]}, token, "AZ-OTHER: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = "no-such-user"}, token, "CPF2204: User profile ? "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = "root"}, token, "AZ-SYSTEM: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = NULL}, token, "token accepted"), PAM_SUCCESS);
}

static void bound(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.bind_service = "sshd", .bind_rhost = "192.0.2.7", .bind_tty = "ssh"}, token);
	assert_int_equal(use((struct login){.service = "su", .rhost = "192.0.2.7", .tty = "ssh"}, token, "AZ-SERVICE: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.service = "sshd", .rhost = "192.0.2.8", .tty = "ssh"}, token, "AZ-RHOST: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.service = "sshd", .tty = "ssh"}, token, "AZ-RHOST: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.service = "sshd", .rhost = "192.0.2.7"}, token, "AZ-TTY: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.service = "sshd", .rhost = "192.0.2.7", .tty = "ssh"}, token, "token accepted"), PAM_SUCCESS);
}

static void never_made(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(use((struct login){.rhost = NULL}, STACK_TOKEN, "CPF2274: Profile token is not valid."), PAM_AUTH_ERR);
	token[10] = token[10] == 'A' ? 'B' : 'A';
	assert_int_equal(use((struct login){.rhost = NULL}, token, "CPF2274: "), PAM_AUTH_ERR);
}

static void removed(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];
	unsigned char bytes[AUTHZ_TOKEN_SIZE];
	struct authz_error error;

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(authz_token_from_text(bytes, token), 0);
	assert_int_equal(authz_token_remove(client(), bytes, &error), AUTHZ_OK);
	assert_int_equal(use((struct login){.rhost = NULL}, token, "CPF2274: "), PAM_AUTH_ERR);
}

static void changed_account(void **state)
{
	char locked[AUTHZ_TOKEN_TEXT_SIZE], changed[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, locked);
	generate((struct authz_token_request){.timeout = 60}, changed);
	write_shadow("!$6$salt$hash");
	assert_int_equal(use((struct login){.rhost = NULL}, locked, "CPF22E3: "), PAM_AUTH_ERR);
	write_shadow("$6$salt$other");
	assert_int_equal(use((struct login){.rhost = NULL}, changed, "AZ-STALE: "), PAM_AUTH_ERR);
	write_shadow("$6$salt$hash");
	assert_int_equal(use((struct login){.rhost = NULL}, changed, "token accepted"), PAM_SUCCESS);
}

static void unreadable_shadow(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, token);
	unlink(stack_path("shadow"));
	assert_int_equal(use((struct login){.rhost = NULL}, token, "<3> pam_prftkn(probe:auth): token not checked: "),
	                 PAM_AUTHINFO_UNAVAIL);
	assert_non_null(strstr(stack_log(), "AZ-SHADOW: "));
	write_shadow("$6$salt$hash");
	assert_int_equal(use((struct login){.rhost = NULL}, token, "token accepted"), PAM_SUCCESS);
}

static void proof_again(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.user = stack_user, .type = AUTHZ_SINGLE_USE}, token);
	assert_int_equal(use((struct login){.user = stack_user, .no_reauth = true}, token, "AZ-REAUTH: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = stack_user}, token, "AZ-REAUTH: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = stack_user}, token, "AZ-REAUTH: "), PAM_AUTH_ERR); /* it was not spent */
}

static void race(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE], service[32];
	pid_t racers[RACERS];
	unsigned won = 0, lost = 0;
	int status, ready[2];

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(pipe(ready), 0);
	for (unsigned i = 0; i < RACERS; i++) {
		snprintf(service, sizeof service, "racer%u", i);
		racers[i] = fork();
		if (racers[i] == 0) {
			struct outcome outcome;
			char go;

			close(ready[1]);
			(void)!read(ready[0], &go, 1);
			stack_authenticate(&(struct login){.user = owner, .service = service, .options = helper_option, .answer = token}, &outcome);
			_exit(outcome.code);
		}
	}
	close(ready[1]);
	for (unsigned i = 0; i < RACERS; i++) {
		assert_int_equal(waitpid(racers[i], &status, 0), racers[i]);
		won += status == PAM_SUCCESS;
		lost += WIFEXITED(status) && WEXITSTATUS(status) == PAM_AUTH_ERR;
	}
	close(ready[0]);
	assert_int_equal(won, 1);
	assert_int_equal(lost, RACERS - 1);
}

static void audit_is_silent_about_tokens(void **state)
{
	char command[512], token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(use((struct login){.rhost = NULL}, token, "token accepted"), PAM_SUCCESS);
	snprintf(command, sizeof command, "grep -rqaF -e %s %s", token + 7, stack_path("state"));
	assert_int_equal(WEXITSTATUS(system(command)), 1);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a single-use token logs its user in once, and is named as spent the second time", single_use),
		ROW("a multiple-use token logs its user in five times", multiple_use),
		ROW("a token that has expired is refused", expired),
		ROW("a token refused for another user, an unknown one and root is still good for its own", other_user),
		ROW("a bound token is refused elsewhere, and not spent by that", bound),
		ROW("a token that nobody made is refused", never_made),
		ROW("a token that was removed is refused", removed),
		ROW("a token of an account that was locked, or whose password changed, is refused", changed_account),
		ROW("a token is not checked while shadow cannot be read, and not spent by that", unreadable_shadow),
		ROW("a token of one's own does not prove again who one is, with reauth neither, and is not spent by that", proof_again),
		ROW("a single-use token used by 16 logins at once lets exactly one in", race),
		ROW("no file of the helper's holds the text of a token", audit_is_silent_about_tokens),
	};

	return cmocka_run_group_tests_name("pam token", tests, open_state, stack_close);
}
