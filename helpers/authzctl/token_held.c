/* SPDX-License-Identifier: ISC */
/* What can be asked about a token by whoever holds it. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "secret.h"
#include "token.h"

/* What one of the commands does with the token that was read.  The exit status. */
typedef int held_command(const struct app *app, const struct args *args, const unsigned char token[TOKEN_SIZE]);

static int with_token(const struct app *app, const struct args *args, held_command *command)
{
	const int before = secret_begin();
	unsigned char token[TOKEN_SIZE];
	int status = token_read(app, args, token);

	if (status == EXIT_DONE)
		status = command(app, args, token);
	explicit_bzero(token, sizeof token);
	secret_end(before);
	return status;
}

static int timeout(const struct app *app, const struct args *args, const unsigned char token[TOKEN_SIZE])
{
	struct authz_token_state state;
	struct authz_error error;
	const enum authz_result result = authz_token_inspect(&app->client, token, &state, &error);

	(void)args;
	if (result == AUTHZ_OK && !app->json) {
		printf("%d\n", state.seconds);
		return EXIT_DONE;
	}
	return answer(app, result, &error, result == AUTHZ_OK ? json_pack("{si}", "seconds", state.seconds) : NULL);
}

/* Whom it is to stand for: USER, or who asks, who may have more than one name. */
static bool stands_for(const struct authz_token_state *state, const char *user)
{
	return user == NULL ? state->uid == geteuid() : strcmp(state->user, user) == 0;
}

static enum authz_result judge(const struct authz_token_state *state, const char *user, struct authz_error *error)
{
	if (state->seconds == 0)
		return AUTHZ_TOKEN_NOT_VALID;
	if (stands_for(state, user))
		return AUTHZ_OK;
	if (user != NULL)
		(void)snprintf(error->subject, sizeof error->subject, "%s", user);
	else
		(void)snprintf(error->subject, sizeof error->subject, "%u", (unsigned)geteuid());
	return AUTHZ_TOKEN_OTHER_USER;
}

static int check(const struct app *app, const struct args *args, const unsigned char token[TOKEN_SIZE])
{
	struct authz_token_state state;
	struct authz_error error;
	enum authz_result result = authz_token_inspect(&app->client, token, &state, &error);
	json_t *fields = NULL;

	if (result == AUTHZ_OK)
		result = judge(&state, args->word, &error);
	if (result == AUTHZ_OK && app->json)
		fields = json_pack("{sosIsi}", "user", text_json(state.user), "uid", (json_int_t)state.uid, "seconds", state.seconds);
	return answer(app, result, &error, fields);
}

static int invalidate(const struct app *app, const struct args *args, const unsigned char token[TOKEN_SIZE])
{
	struct authz_error error;
	const enum authz_result result = authz_token_invalidate(&app->client, token, &error);

	(void)args;
	return answer(app, result, &error, NULL);
}

static int timeout_run(struct app *app, const struct args *args)
{
	return with_token(app, args, timeout);
}

static int check_run(struct app *app, const struct args *args)
{
	if (args->word != NULL && *args->word == '\0')
		return answer_bad_parameter(app, "user");
	return with_token(app, args, check);
}

static int invalidate_run(struct app *app, const struct args *args)
{
	return with_token(app, args, invalidate);
}

static const struct option options[] = {TOKEN_FD, {.name = NULL}};

const struct command token_timeout = {
	.group = "token",
	.verb = "timeout",
	.synopsis = "[--token-fd N]",
	.help = "Print how many seconds the token on standard input is good yet; 0: no more.",
	.options = options,
	.run = timeout_run,
};

const struct command token_check = {
	.group = "token",
	.verb = "check",
	.synopsis = "[USER] [--token-fd N]",
	.word = "USER",
	.word_optional = true,
	.help = "Does the token on standard input stand for USER, or for who asks?",
	.options = options,
	.run = check_run,
};

const struct command token_invalidate = {
	.group = "token",
	.verb = "invalidate",
	.synopsis = "[--token-fd N]",
	.help = "Make the token on standard input good for nothing; its place stays taken.",
	.options = options,
	.run = invalidate_run,
};
