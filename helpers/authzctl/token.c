/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a token comes in by a descriptor and goes out on standard output, never by an argument, the environment or a
 *         message.
 * MUST 2: a token that could not be handed over is removed again.
 * MUST 3: all copies of a token are wiped before the program ends.
 */
#include "token.h"

#include <string.h>
#include <unistd.h>

#include "output.h"
#include "secret.h"

int token_descriptor(const struct args *args, const char *option, int *fd)
{
	const char *text = args_value(args, option);
	int64_t number = STDIN_FILENO;

	if (text != NULL && (!text_number(text, &number) || number < 0 || number > INT32_MAX))
		return args_wrong(args, "--%s %s is no descriptor", option, text);
	*fd = (int)number;
	return EXIT_DONE;
}

int token_read(const struct app *app, const struct args *args, unsigned char token[TOKEN_SIZE])
{
	int fd, status = token_descriptor(args, "token-fd", &fd);

	memset(token, 0, TOKEN_SIZE);
	if (status != EXIT_DONE)
		return status;
	switch (secret_read_token(fd, token)) {
	case SECRET_OK:
		return EXIT_DONE;
	case SECRET_WRONG:
		return answer_bad_parameter(app, "token");
	default:
		fprintf(stderr, "authzctl: no token could be read from descriptor %d: %m\n", fd);
		return EXIT_USAGE;
	}
}

void token_call(struct call *c, enum operation operation, const unsigned char token[TOKEN_SIZE])
{
	call_begin(c, operation);
	memcpy(c->request.token, token, TOKEN_SIZE);
	c->request.has |= HAS(TOKEN);
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
		token_call(c, OP_TOKEN_REMOVE, token);
		(void)call_ask(app, c);
	}
	explicit_bzero(token, sizeof token);
	explicit_bzero(text, sizeof text);
	return status;
}

int token_make(const struct app *app, struct call *c)
{
	const uint64_t needed = UINT64_C(1) << REPLY_TOKEN | UINT64_C(1) << REPLY_USER | UINT64_C(1) << REPLY_SECONDS |
	                        UINT64_C(1) << REPLY_TOKEN_ID;
	enum authz_result result = call_ask(app, c);

	if (result == AUTHZ_OK && (c->reply.has & needed) != needed)
		result = AUTHZ_HELPER_GARBLED;
	return result == AUTHZ_OK ? give(app, c) : answer(app, result, &c->error, NULL);
}
