/* SPDX-License-Identifier: ISC */
/* Remove tokens: the one that is held, all of a user, all that there are. */
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "output.h"
#include "progress.h"
#include "secret.h"
#include "token.h"

static volatile sig_atomic_t caught;

/* How far the removal of many is. */
struct removal {
	const char *user; /* NULL: everybody */
	struct progress progress;
	uint64_t removed, left;
	bool marked; /* the first answer is there: what was to be removed is good for nothing */
};

static void catch(int number)
{
	caught = number;
}

static void catch_signals(void (*handler)(int))
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
	const struct sigaction action = {.sa_handler = handler};
	struct sigaction before;

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &action, NULL);
}

/* How many tokens of others there are beside a user's is no part of the way. */
static int advance(void *context, uint64_t removed, uint64_t left)
{
	struct removal *m = context;

	m->marked = true;
	m->removed = removed;
	m->left = left;
	progress_at(&m->progress, removed, m->user == NULL ? removed + left : 0);
	return caught != 0;
}

static void say(const struct removal *m, bool whole)
{
	fprintf(stderr, "authzctl: ");
	if (!whole)
		fprintf(stderr, "Broken off, but all of them are good for nothing from now on: ");
	fprintf(stderr, "%" PRIu64 " removed, %" PRIu64 " left%s.\n", m->removed, m->left,
	        whole ? "" : ", whose places are freed as if they had expired");
}

static int conclude(const struct app *app, const struct removal *m, enum authz_result result,
                    const struct authz_error *error)
{
	const bool whole = result == AUTHZ_OK && (caught == 0 || m->left == 0);
	json_t *fields = NULL;

	if (app->json && m->marked)
		fields = json_pack("{sIsIsb}", "removed", (json_int_t)m->removed, "left", (json_int_t)m->left, "whole", whole);
	else if (m->marked && !app->quiet && !app->json)
		say(m, whole);
	return answer(app, result, error, fields);
}

static int remove_many(const struct app *app, const char *user)
{
	struct removal m = {.user = user};
	enum authz_result result;
	struct authz_error error;
	int status;

	progress_begin(&m.progress, "removing", app->quiet);
	catch_signals(catch);
	result = authz_token_remove_all(&app->client, user, advance, &m, &error);
	catch_signals(SIG_DFL);
	progress_end(&m.progress);
	status = conclude(app, &m, result, &error);
	if (caught != 0 && output_flush())
		(void)raise(caught);
	return status;
}

static int remove_held(const struct app *app, const struct args *args)
{
	const int before = secret_begin();
	unsigned char token[TOKEN_SIZE];
	struct authz_error error;
	int status = token_read(app, args, token);

	if (status == EXIT_DONE)
		status = answer(app, authz_token_remove(&app->client, token, &error), &error, NULL);
	explicit_bzero(token, sizeof token);
	secret_end(before);
	return status;
}

static int remove_run(struct app *app, const struct args *args)
{
	const char *user = args_value(args, "user");
	const bool all = args_value(args, "all") != NULL;

	if (user == NULL && !all)
		return remove_held(app, args);
	if (args_value(args, "token-fd") != NULL || (user != NULL && all))
		return args_wrong(args, "only one of --token-fd, --user and --all");
	if (user != NULL && *user == '\0')
		return answer_bad_parameter(app, "user");
	return remove_many(app, user);
}

static const struct option options[] = {
	TOKEN_FD,
	{.name = "user", .value = "USER", .help = "all tokens that stand for USER"},
	{.name = "all", .help = "all tokens that there are"},
	{.name = NULL},
};

const struct command token_remove = {
	.group = "token",
	.verb = "remove",
	.synopsis = "[--token-fd N | --user USER | --all]",
	.help = "Remove the token on standard input, or all of USER, or all.",
	.options = options,
	.run = remove_run,
};
