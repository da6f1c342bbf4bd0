/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a cabinet's password comes in by a terminal that shows nothing of it, or by a descriptor, and goes to the helper
 *         alone; all copies of it are wiped before the program ends.
 */
#include "cabinet.h"

#include <string.h>

#include "cabinet_marks.h"
#include "choice.h"
#include "output.h"
#include "passwords.h"
#include "secret.h"
#include "token.h"
#include "view/publish.h"

const struct option cabinet_acting[] = {CABINET_AS, {.name = NULL}};

/* Names that a document's call has a code of its own for. */
static int bad_name(const struct app *app, const struct request *request, const char *what)
{
	struct authz_error error;

	if (request->operation != OP_CABINET_ADD)
		return answer_bad_parameter(app, what);
	(void)snprintf(error.subject, sizeof error.subject, "%s", what);
	return answer(app, AUTHZ_PARAMETER_LIST, &error, NULL);
}

int cabinet_name(const struct app *app, struct request *request, enum request_field field, const char *what, const char *name)
{
	if (*name == '\0' || !request_set_string(request, field, name))
		return bad_name(app, request, what);
	return EXIT_DONE;
}

int cabinet_names(const struct app *app, const struct args *args, struct request *request)
{
	int status = EXIT_DONE;

	if (args->word != NULL)
		status = cabinet_name(app, request, FIELD_CABINET, "cabinet", args->word);
	if (status == EXIT_DONE && args->second != NULL)
		status = cabinet_name(app, request, FIELD_MEMBER, "member", args->second);
	return status;
}

int cabinet_listing(const struct app *app, const struct args *args, struct request *request)
{
	static const struct choice listings[] = {{"all", VIEW_LIST_ALL}, {"administrators", VIEW_LIST_ADMINISTRATORS},
	                                         {"none", VIEW_LIST_NONE}, {NULL, 0}};

	if (!choose(args, "list-members", listings, &request->listing))
		return EXIT_USAGE;
	if (args_value(args, "list-members") != NULL)
		request->has |= HAS(LISTING);
	return request_set_string(request, FIELD_TEXT, args_value(args, "text")) ? EXIT_DONE : answer_bad_parameter(app, "text");
}

int cabinet_security(const struct args *args, struct request *request)
{
	const char *security = args_value(args, "security"), *list = args_value(args, "marks"), *wrong;
	size_t length;

	if (security != NULL) {
		if (strlen(security) != 4 || strspn(security, "0123456789") != 4 || !text_number(security, &request->security))
			return args_wrong(args, "--security %s is not four digits", security);
		request->has |= HAS(SECURITY);
	}
	if (list != NULL) {
		wrong = marks_read(list, &request->marks, &length);
		if (wrong != NULL)
			return args_wrong(args, "unknown mark %.*s", (int)length, wrong);
		request->has |= HAS(MARKS);
	}
	return EXIT_DONE;
}

int cabinet_member(const struct app *app, const struct args *args, struct request *request)
{
	static const struct choice profiles[] = {{"shared", 1}, {"private", 2}, {"special", 3}, {NULL, 0}};
	const char *special = args_value(args, "special-profile");
	int status;

	if (!choose(args, "profile", profiles, &request->profile_type))
		return EXIT_USAGE;
	if ((request->profile_type == 3) != (special != NULL))
		return args_wrong(args, special != NULL ? "--special-profile is for --profile special" : "--special-profile is missing");
	request->has |= HAS(PROFILE_TYPE);
	status = cabinet_names(app, args, request);
	if (status == EXIT_DONE && special != NULL)
		status = cabinet_name(app, request, FIELD_SPECIAL, "special-profile", special);
	return status;
}

int cabinet_new_password(const struct app *app, const struct args *args, struct request *request)
{
	request->has |= HAS(NEW_SECRET);
	return password_read_new(app, args, args->word, request->new_secret);
}

/* A descriptor that is none is told also where no password is needed. */
static int read_as(const struct app *app, const struct args *args, struct request *request)
{
	const char *as = args_value(args, "as");
	int fd, status = token_descriptor(args, "password-fd", &fd);

	if (as == NULL || status != EXIT_DONE)
		return status;
	status = cabinet_name(app, request, FIELD_AS, "as", as);
	if (status != EXIT_DONE)
		return status;
	request->has |= HAS(SECRET);
	return password_read(app, args, as, request->secret);
}

int cabinet_ask(const struct app *app, struct call *c)
{
	return answer(app, call_ask(app, c), &c->error, NULL);
}

int cabinet_do(const struct app *app, const struct args *args, const struct cabinet_deed *deed)
{
	const int before = secret_begin();
	struct call c;
	int status;

	call_begin(&c, deed->operation);
	status = (deed->fill != NULL ? deed->fill : cabinet_names)(app, args, &c.request);
	if (status == EXIT_DONE)
		status = read_as(app, args, &c.request);
	if (status == EXIT_DONE)
		status = deed->carry_out != NULL ? deed->carry_out(app, args, &c) : cabinet_ask(app, &c);
	call_wipe(&c);
	secret_end(before);
	return status;
}
