/* SPDX-License-Identifier: ISC */
/*
 * Keep the token of a file alive.
 *
 * MUST 1: the old token is removed when the new one is in its place, and not before; --watch leaves a moment to whoever
 *         has just read it.
 * MUST 2: a new token that could not be put into the file is removed again.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output.h"
#include "secret.h"
#include "token.h"
#include "token_file.h"

#define SLICE_MS 60000 /* of a wait: a host that slept is noticed by then */
#define TIMEOUT_MAX 3600
#define MOMENT_MS 2000 /* or an eighth of the new token's life, if that is less */

struct renewal {
	const struct app *app;
	const char *path;
	bool watch;
	int timeout;                      /* of each new token, seconds */
	unsigned char token[TOKEN_SIZE];  /* that is in the file */
	mode_t mode;                      /* of the file */
	bool started;                     /* the file was there once */
	int64_t when;                     /* to renew it, in now_ms; 0: not known yet */
	int64_t until;                    /* it dies at last */
	bool last;                        /* the chain ends with it */
	struct authz_error error;
};

/* What is to be done after a step. */
enum next { GO_ON, END };

static int64_t now_ms(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wrong_file(const struct renewal *r, const char *doing, const char *why, int status)
{
	fprintf(stderr, "authzctl: cannot %s ", doing);
	text_print(stderr, r->path);
	fprintf(stderr, ": %s\n", why);
	return status;
}

/* The session that the file was made for has ended, and so does this. */
static int gone(const struct renewal *r)
{
	if (!r->app->quiet) {
		fputs("authzctl: ", stderr);
		text_print(stderr, r->path);
		fputs(" is gone, and its token is not renewed any more.\n", stderr);
	}
	return r->app->json ? answer(r->app, AUTHZ_OK, NULL, NULL) : EXIT_DONE;
}

static int cannot_replace(const struct renewal *r, int error)
{
	return error == ENOENT ? gone(r) : wrong_file(r, "write", strerror(error), EXIT_INTERNAL);
}

/* The token that is in the file now.  END sets the exit status. */
static enum next read_file(struct renewal *r, int *status)
{
	unsigned char before[TOKEN_SIZE];
	enum secret_read result;
	int error;

	memcpy(before, r->token, sizeof before);
	result = token_file_read(r->path, r->token, &r->mode);
	error = errno;
	if (memcmp(before, r->token, sizeof before) != 0) {
		r->when = 0;
		r->until = now_ms() + INT64_C(3600000); /* no token lives longer; the helper knows better */
		r->last = false;
	}
	explicit_bzero(before, sizeof before);
	if (result == SECRET_OK) {
		r->started = true;
		return GO_ON;
	}
	if (result == SECRET_WRONG)
		*status = wrong_file(r, "take a token from", "there is none in it", EXIT_USAGE);
	else if (error == ENOENT && r->started)
		*status = gone(r);
	else
		*status = wrong_file(r, "read", error == EPERM ? "it is no regular file of your own" : strerror(error), EXIT_USAGE);
	return END;
}

/* Signals wait, so that none leaves a token that is in no file. */
static void hold_signals(sigset_t *held, sigset_t *before)
{
	sigemptyset(held);
	sigaddset(held, SIGHUP);
	sigaddset(held, SIGINT);
	sigaddset(held, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, held, before);
}

/* The one that the new token took the place of.  A signal, which is returned, ends the moment before. */
static int remove_old(const struct renewal *r, const unsigned char old[TOKEN_SIZE], int seconds, const sigset_t *held)
{
	const unsigned char none[TOKEN_SIZE] = {0};
	const int ms = seconds * 1000 / 8 < MOMENT_MS ? seconds * 1000 / 8 : MOMENT_MS;
	const struct timespec moment = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	const int caught = r->watch ? sigtimedwait(held, NULL, &moment) : -1;

	if (memcmp(old, none, sizeof none) != 0)
		(void)authz_token_remove(&r->app->client, old, NULL); /* out of reach: it dies by its time-out */
	return caught;
}

static void note(struct renewal *r, int seconds)
{
	const int64_t now = now_ms();

	r->until = now + seconds * INT64_C(1000);
	r->when = r->last ? r->until : now + seconds * INT64_C(500);
}

/* The new token into the file.  0, or why not. */
static int put_in_place(struct renewal *r, const unsigned char token[TOKEN_SIZE], int seconds, const sigset_t *held,
                        int *caught)
{
	unsigned char old[TOKEN_SIZE];
	int error = 0;

	if (token_file_replace(r->path, r->mode, token, old)) {
		memcpy(r->token, token, sizeof r->token);
		r->last = seconds < r->timeout;
		note(r, seconds);
		*caught = remove_old(r, old, seconds, held);
	} else {
		error = errno;
		(void)authz_token_remove(&r->app->client, token, NULL);
	}
	explicit_bzero(old, sizeof old);
	return error;
}

/* *error, with AUTHZ_OK: 0, or why the file could not be replaced. */
static enum authz_result regenerate(struct renewal *r, int *seconds, int *error)
{
	const struct authz_token_request wishes = {.timeout = r->timeout, .type = AUTHZ_REGENERABLE, .bind_uid = (uid_t)-1};
	unsigned char token[TOKEN_SIZE];
	enum authz_result result;
	sigset_t held, before;
	int caught = -1;

	hold_signals(&held, &before);
	result = authz_token_regenerate(&r->app->client, r->token, &wishes, token, seconds, &r->error);
	*error = result == AUTHZ_OK ? put_in_place(r, token, *seconds, &held, &caught) : 0;
	explicit_bzero(token, sizeof token);
	if (caught > 0)
		(void)raise(caught); /* again, now that it may come */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

static int renew_once(struct renewal *r)
{
	enum authz_result result;
	int seconds = 0, error, status;

	if (read_file(r, &status) == END)
		return status;
	result = regenerate(r, &seconds, &error);
	if (result == AUTHZ_OK && error != 0)
		return cannot_replace(r, error);
	return answer(r->app, result, &r->error, result == AUTHZ_OK ? json_pack("{si}", "seconds", seconds) : NULL);
}

/* May a later try have another answer? */
static bool passes(enum authz_result result)
{
	return authz_result_exit(result) == EXIT_REACH || result == AUTHZ_TOKENS_FULL || result == AUTHZ_MAKER_FULL;
}

/* Again after an eighth of what is left, but half a second to half a minute, as long as the token lives. */
static enum next try_again(const struct renewal *r, enum authz_result result, int *status)
{
	const int64_t left = r->until - now_ms();

	if (!passes(result) || left <= 0) {
		*status = answer(r->app, result, &r->error, NULL);
		return END;
	}
	token_file_wait(r->path, left < 4000 ? 500 : left > 240000 ? 30000 : (int)left / 8);
	return GO_ON;
}

/* How long is the token of the file good yet? */
static enum next look(struct renewal *r, int *status)
{
	struct authz_token_state state;
	enum authz_result result = authz_token_inspect(&r->app->client, r->token, &state, &r->error);

	if (result == AUTHZ_OK && state.seconds == 0)
		result = AUTHZ_TOKEN_NOT_VALID;
	if (result != AUTHZ_OK)
		return try_again(r, result, status);
	note(r, state.seconds);
	return GO_ON;
}

static enum next renew(struct renewal *r, int *status)
{
	int seconds, error;
	const enum authz_result result = regenerate(r, &seconds, &error);

	if (result != AUTHZ_OK)
		return try_again(r, result, status);
	if (error == 0)
		return GO_ON;
	*status = cannot_replace(r, error);
	return END;
}

/* One thing at a time; whatever happens to the file is seen at the next turn. */
static enum next turn(struct renewal *r, int *status)
{
	int64_t left;

	if (read_file(r, status) == END)
		return END;
	if (r->when == 0)
		return look(r, status);
	left = r->when - now_ms();
	if (left > 0) {
		token_file_wait(r->path, left < SLICE_MS ? (int)left : SLICE_MS);
		return GO_ON;
	}
	if (!r->last)
		return renew(r, status);
	*status = answer(r->app, AUTHZ_CHAIN_END, NULL, NULL);
	return END;
}

static int read_line(const struct args *args, struct renewal *r)
{
	const char *timeout = args_value(args, "timeout");
	int64_t seconds = TIMEOUT_MAX;

	r->path = args_value(args, "file");
	if (r->path == NULL)
		r->path = getenv("AUTHZ_TOKEN_FILE"); /* of the session, by pam_prftkn(8) */
	if (r->path == NULL || *r->path == '\0')
		return args_wrong(args, "no --file, and there is no AUTHZ_TOKEN_FILE");
	if (timeout != NULL && (!text_number(timeout, &seconds) || seconds < 1 || seconds > TIMEOUT_MAX))
		return args_wrong(args, "--timeout %s is not from 1 to 3600", timeout);
	r->timeout = (int)seconds;
	return EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
	struct renewal r = {.app = app};
	const int before = secret_begin();
	int status = read_line(args, &r);

	r.watch = args_value(args, "watch") != NULL;
	if (status == EXIT_DONE && !r.watch)
		status = renew_once(&r);
	else if (status == EXIT_DONE)
		while (turn(&r, &status) == GO_ON)
			;
	explicit_bzero(&r, sizeof r);
	secret_end(before);
	return status;
}

static const struct option options[] = {
	{.name = "watch", .help = "again and again, at half of the time that is left, until the chain ends"},
	{.name = "file", .value = "FILE", .help = "the file with the token (AUTHZ_TOKEN_FILE of the environment)"},
	{.name = "timeout", .value = "SECONDS", .help = "how long a new token is good, 1 to 3600 (3600)"},
	{.name = NULL},
};

const struct command token_renew = {
	.group = "token",
	.verb = "renew",
	.synopsis = "[--watch] [--file FILE] [--timeout SECONDS]",
	.help = "Put a new token in the place of the regenerable one of a file.",
	.options = options,
	.run = run,
};
