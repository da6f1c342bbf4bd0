/* SPDX-License-Identifier: ISC */
/* Real tokens: made by the helper, with a state of the tester's own, and used through the real libpam. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pam_real.h"

#define RACERS 16

static int use(struct login login, const char *token, const char *logged)
{
	struct outcome outcome;

	login.answer = token;
	if (login.user == NULL)
		login.user = real_owner;
	if (login.options == NULL)
		login.options = real_options;
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
	real_generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(use((struct login){.rhost = "192.0.2.7"}, token, "<6> pam_prftkn(probe:auth): token accepted"), PAM_SUCCESS);
	assert_int_equal(use((struct login){.rhost = "192.0.2.7"}, token, "AZ-SPENT: "), PAM_AUTH_ERR);
}

static void multiple_use(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	real_generate((struct authz_token_request){.type = AUTHZ_MULTIPLE_USE}, token);
	for (int i = 0; i < 5; i++)
		assert_int_equal(use((struct login){.tty = "pts/0"}, token, "token accepted"), PAM_SUCCESS);
}

static void expired(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	real_generate((struct authz_token_request){.timeout = 1}, token);
	sleep(2);
	assert_int_equal(use((struct login){.rhost = NULL}, token, "AZ-EXPIRED: Profile token has expired."), PAM_AUTH_ERR);
}

static void other_user(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE], others[2][33];

	(void)state;
	real_generate((struct authz_token_request){.timeout = 60}, token);
	real_accounts(others);
	assert_int_equal(use((struct login){.user = others[1]}, token, "AZ-OTHER: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = "no-such-user"}, token, "CPF2204: User profile ? "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = "root"}, token, "AZ-SYSTEM: "), PAM_AUTH_ERR);
	assert_int_equal(use((struct login){.user = NULL}, token, "token accepted"), PAM_SUCCESS);
}

static void bound(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	real_generate((struct authz_token_request){.bind_service = "sshd", .bind_rhost = "192.0.2.7", .bind_tty = "ssh"}, token);
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
	real_generate((struct authz_token_request){.timeout = 60}, token);
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
	real_generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(authz_token_from_text(bytes, token), 0);
	assert_int_equal(authz_token_remove(real_client(), bytes, &error), AUTHZ_OK);
	assert_int_equal(use((struct login){.rhost = NULL}, token, "CPF2274: "), PAM_AUTH_ERR);
}

static void changed_account(void **state)
{
	char locked[AUTHZ_TOKEN_TEXT_SIZE], changed[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	real_generate((struct authz_token_request){.timeout = 60}, locked);
	real_generate((struct authz_token_request){.timeout = 60}, changed);
	real_shadow("!$6$salt$hash");
	assert_int_equal(use((struct login){.rhost = NULL}, locked, "CPF22E3: "), PAM_AUTH_ERR);
	real_shadow("$6$salt$other");
	assert_int_equal(use((struct login){.rhost = NULL}, changed, "AZ-STALE: "), PAM_AUTH_ERR);
	real_shadow("$6$salt$hash");
	assert_int_equal(use((struct login){.rhost = NULL}, changed, "token accepted"), PAM_SUCCESS);
}

static void unreadable_shadow(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	real_generate((struct authz_token_request){.timeout = 60}, token);
	unlink(stack_path("shadow"));
	assert_int_equal(use((struct login){.rhost = NULL}, token, "<3> pam_prftkn(probe:auth): token not checked: "),
	                 PAM_AUTHINFO_UNAVAIL);
	assert_non_null(strstr(stack_log(), "AZ-SHADOW: "));
	real_shadow("$6$salt$hash");
	assert_int_equal(use((struct login){.rhost = NULL}, token, "token accepted"), PAM_SUCCESS);
}

static void proof_again(void **state)
{
	char token[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	real_generate((struct authz_token_request){.user = stack_user, .type = AUTHZ_SINGLE_USE}, token);
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
	real_generate((struct authz_token_request){.timeout = 60}, token);
	assert_int_equal(pipe(ready), 0);
	for (unsigned i = 0; i < RACERS; i++) {
		snprintf(service, sizeof service, "racer%u", i);
		racers[i] = fork();
		if (racers[i] == 0) {
			struct outcome outcome;
			char go;

			close(ready[1]);
			(void)!read(ready[0], &go, 1);
			stack_authenticate(&(struct login){.user = real_owner, .service = service, .options = real_options, .answer = token}, &outcome);
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
	real_generate((struct authz_token_request){.timeout = 60}, token);
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

	return cmocka_run_group_tests_name("pam token", tests, real_open, stack_close);
}
