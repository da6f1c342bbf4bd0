/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a token comes in by a descriptor and goes out on standard output, never by an argument, the environment or a
 *         message.
 * MUST 2: a token that could not be handed over is removed again.
 * MUST 3: all copies of a token are wiped before the program ends.
 */
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "output.h"
#include "secret.h"

struct choice {
	const char *word;
	int64_t value;
};

static const struct choice types[] = {
	{"single", AUTHZ_SINGLE_USE},
	{"multiple", AUTHZ_MULTIPLE_USE},
	{"regenerable", AUTHZ_REGENERABLE},
	{NULL, 0},
};

static const struct choice passwords[] = {
	{"nopwd", PASSWORD_NOPWD},
	{"nopwdchk", PASSWORD_NOPWDCHK},
	{"nopwdsts", PASSWORD_NOPWDSTS},
	{NULL, 0},
};

static const struct {
	const char *key;
	enum request_field field;
} bindings[] = {
	{"service=", FIELD_BIND_SERVICE},
	{"rhost=", FIELD_BIND_RHOST},
	{"tty=", FIELD_BIND_TTY},
};

static bool choose(const struct args *args, const char *option, const struct choice *choices, int64_t *value)
{
	const char *word = args_value(args, option);

	*value = choices[0].value;
	if (word == NULL)
		return true;
	for (; choices->word != NULL; choices++)
		if (strcmp(choices->word, word) == 0) {
			*value = choices->value;
			return true;
		}
	args_wrong(args, "unknown --%s %s", option, word);
	return false;
}

/* A number or a user's name.  EXIT_DONE, or what the command ends with. */
static int bind_uid(const struct app *app, const struct args *args, struct request *r, const char *text)
{
	struct authz_error error;
	const struct passwd *user;

	if ((r->has & HAS(BIND_UID)) != 0)
		return args_wrong(args, "--bind uid is there twice");
	r->has |= HAS(BIND_UID);
	if (*text != '\0' && strspn(text, "0123456789") == strlen(text)) {
		if (!text_number(text, &r->bind_uid) || r->bind_uid >= (int64_t)(uid_t)-1)
			return answer_bad_parameter(app, "bind uid");
		return EXIT_DONE;
	}
	user = *text == '\0' ? NULL : getpwnam(text);
	if (user == NULL) {
		(void)snprintf(error.subject, sizeof error.subject, "%s", text);
		return answer(app, AUTHZ_USER_NOT_FOUND, &error, NULL);
	}
	r->bind_uid = user->pw_uid;
	return EXIT_DONE;
}

static int bind(const struct app *app, const struct args *args, struct request *r, const char *text)
{
	if (strncmp(text, "uid=", 4) == 0)
		return bind_uid(app, args, r, text + 4);
	for (size_t i = 0; i < sizeof bindings / sizeof bindings[0]; i++) {
		const size_t length = strlen(bindings[i].key);
		char name[32];

		if (strncmp(text, bindings[i].key, length) != 0)
			continue;
		if ((r->has & (UINT64_C(1) << bindings[i].field)) != 0)
			return args_wrong(args, "--bind %.*s is there twice", (int)length - 1, text);
		if (text[length] != '\0' && request_set_string(r, bindings[i].field, text + length))
			return EXIT_DONE;
		(void)snprintf(name, sizeof name, "bind %.*s", (int)length - 1, text);
		return answer_bad_parameter(app, name);
	}
	return args_wrong(args, "unknown --bind %s", text);
}

/* The request of "generate" from the line.  EXIT_DONE, or what the command ends with. */
static int read_wishes(const struct app *app, const struct args *args, struct request *r)
{
	const char *timeout = args_value(args, "timeout");
	int status = EXIT_DONE;

	r->timeout = -1;
	if (!choose(args, "type", types, &r->type) || !choose(args, "password", passwords, &r->password))
		return EXIT_USAGE;
	if (timeout != NULL && !text_number(timeout, &r->timeout))
		return args_wrong(args, "--timeout %s is no number", timeout);
	r->has |= HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE);
	for (size_t i = 0; i < args->given_count && status == EXIT_DONE; i++)
		if (strcmp(args->given[i].option->name, "bind") == 0)
			status = bind(app, args, r, args->given[i].value);
	if (status == EXIT_DONE && (*args->word == '\0' || !request_set_string(r, FIELD_USER, args->word)))
		status = answer_bad_parameter(app, "user");
	return status;
}

static enum authz_result remove_token(const struct app *app, struct call *c, const unsigned char token[TOKEN_SIZE])
{
	call_begin(c, OP_TOKEN_REMOVE);
	memcpy(c->request.token, token, TOKEN_SIZE);
	c->request.has |= HAS(TOKEN);
	return call_ask(app, c);
}

static int hand_over(const struct app *app, const struct call *c, char text[AUTHZ_TOKEN_TEXT_SIZE])
{
	json_t *fields;

	authz_token_to_text(c->reply.token, text);
	if (!app->json)
		return puts(text) < 0 || !output_flush() ? EXIT_INTERNAL : EXIT_DONE;
	fields = json_object();
	if (fields == NULL || json_object_set_new(fields, "token", json_string(text)) != 0 ||
	    json_object_set_new(fields, "user", text_json(c->reply.user)) != 0 ||
	    json_object_set_new(fields, "seconds", json_integer(c->reply.seconds)) != 0 ||
	    json_object_set_new(fields, "id", text_json(c->reply.token_id)) != 0) {
		json_decref(fields);
		fputs("authzctl: out of memory\n", stderr);
		return EXIT_INTERNAL;
	}
	return answer(app, AUTHZ_OK, &c->error, fields) != EXIT_DONE || !output_flush() ? EXIT_INTERNAL : EXIT_DONE;
}

static int give(const struct app *app, struct call *c)
{
	unsigned char token[TOKEN_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE];
	int status = hand_over(app, c, text);

	if (status != EXIT_DONE) {
		memcpy(token, c->reply.token, sizeof token);
		(void)remove_token(app, c, token);
	}
	explicit_bzero(token, sizeof token);
	explicit_bzero(text, sizeof text);
	return status;
}

static int generate(struct app *app, const struct args *args)
{
	const uint64_t needed = UINT64_C(1) << REPLY_TOKEN | UINT64_C(1) << REPLY_USER | UINT64_C(1) << REPLY_SECONDS |
	                        UINT64_C(1) << REPLY_TOKEN_ID;
	const int before = secret_begin();
	enum authz_result result;
	struct call c;
	int status;

	call_begin(&c, OP_TOKEN_GENERATE);
	status = read_wishes(app, args, &c.request);
	if (status == EXIT_DONE) {
		result = call_ask(app, &c);
		if (result == AUTHZ_OK && (c.reply.has & needed) != needed)
			result = AUTHZ_HELPER_GARBLED;
		status = result == AUTHZ_OK ? give(app, &c) : answer(app, result, &c.error, NULL);
	}
	call_wipe(&c);
	secret_end(before);
	return status;
}

static int remove_run(struct app *app, const struct args *args)
{
	const char *number = args_value(args, "token-fd");
	const int before = secret_begin();
	unsigned char token[TOKEN_SIZE] = {0};
	struct call c;
	int64_t fd = STDIN_FILENO;
	int status;

	if (number != NULL && (!text_number(number, &fd) || fd < 0 || fd > INT32_MAX)) {
		status = args_wrong(args, "--token-fd %s is no descriptor", number);
	} else {
		switch (secret_read_token((int)fd, token)) {
		case SECRET_OK:
			status = answer(app, remove_token(app, &c, token), &c.error, NULL);
			call_wipe(&c);
			break;
		case SECRET_NO_TOKEN:
			status = answer_bad_parameter(app, "token");
			break;
		default:
			fprintf(stderr, "authzctl: no token could be read from descriptor %d: %m\n", (int)fd);
			status = EXIT_USAGE;
		}
	}
	explicit_bzero(token, sizeof token);
	secret_end(before);
	return status;
}

static const struct option generate_options[] = {
	{.name = "type", .value = "single|multiple|regenerable", .help = "what it is good for (single)"},
	{.name = "timeout", .value = "SECONDS", .help = "how long, 1 to 3600 (-1, which is 3600)"},
	{.name = "password", .value = "nopwd|nopwdchk|nopwdsts", .help = "what is demanded of the account (nopwd)"},
	{.name = "bind", .value = "KEY=VALUE", .times = MANY, .help = "good only where service, rhost, tty or uid is VALUE"},
	{.name = NULL},
};

static const struct option remove_options[] = {
	{.name = "token-fd", .value = "N", .help = "read the token from descriptor N (0)"},
	{.name = NULL},
};

const struct command token_generate = {
	.group = "token",
	.verb = "generate",
	.synopsis = "USER [--type TYPE] [--timeout SECONDS] [--password VALUE] [--bind KEY=VALUE]...",
	.word = "USER",
	.help = "Make a profile token that stands for USER, and print it.",
	.options = generate_options,
	.run = generate,
};

const struct command token_remove = {
	.group = "token",
	.verb = "remove",
	.synopsis = "[--token-fd N]",
	.help = "Remove the token whose text is on standard input.",
	.options = remove_options,
	.run = remove_run,
};
