/* SPDX-License-Identifier: ISC */
/* What a new token is to be: the options that "generate" and "regenerate" have in common. */
#include <pwd.h>
#include <string.h>

#include "choice.h"
#include "output.h"
#include "token.h"

static const struct choice types[] = {
	{"single", AUTHZ_SINGLE_USE},
	{"multiple", AUTHZ_MULTIPLE_USE},
	{"regenerable", AUTHZ_REGENERABLE},
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

int token_wishes(const struct app *app, const struct args *args, struct request *request)
{
	const char *timeout = args_value(args, "timeout");
	int status = EXIT_DONE;

	request->timeout = -1;
	if (!choose(args, "type", types, &request->type))
		return EXIT_USAGE;
	if (timeout != NULL && !text_number(timeout, &request->timeout))
		return args_wrong(args, "--timeout %s is no number", timeout);
	request->has |= HAS(TIMEOUT) | HAS(TYPE);
	for (size_t i = 0; i < args->given_count && status == EXIT_DONE; i++)
		if (strcmp(args->given[i].option->name, "bind") == 0)
			status = bind(app, args, request, args->given[i].value);
	return status;
}
