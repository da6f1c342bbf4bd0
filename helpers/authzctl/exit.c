/* SPDX-License-Identifier: ISC */
/* authzctl exit add | remove | point */
#include "exit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "authz_exit.h"
#include "choice.h"
#include "output.h"

int exit_put_point(const struct app *app, const struct args *args, struct request *request)
{
	if (!request_set_string(request, FIELD_POINT, args->word))
		return answer_bad_parameter(app, "point");
	return request_set_string(request, FIELD_FORMAT, args->second) ? EXIT_DONE : answer_bad_parameter(app, "format");
}

/* A number of the line that has to be from "least" to "most". */
static bool read_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
	return text_number(text, number) && *number >= least && *number <= most;
}

static int put_number(const struct args *args, struct request *request, const struct choice *words)
{
	const char *text = args->others[0];

	request->has |= HAS(NUMBER);
	for (; words->word != NULL; words++)
		if (strcmp(words->word, text) == 0) {
			request->number = words->value;
			return EXIT_DONE;
		}
	if (read_number(text, 1, INT32_MAX, &request->number))
		return EXIT_DONE;
	return args_wrong(args, "%s is no number of a program", text);
}

/* ---- add */

/* All bytes of a file, at most one more than there is room for. */
static bool read_file(const char *path, struct request *request)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got = 1;
	int number;

	while (fd >= 0 && got != 0 && request->data.length <= AUTHZ_EXIT_DATA_MAX) {
		got = read(fd, request->data.bytes + request->data.length, AUTHZ_EXIT_DATA_MAX + 1 - request->data.length);
		if (got < 0 && errno != EINTR)
			break;
		request->data.length += got > 0 ? (size_t)got : 0;
	}
	number = errno;
	if (fd >= 0)
		close(fd);
	errno = number;
	return fd >= 0 && got >= 0;
}

static int put_data(const struct app *app, const struct args *args, struct request *request)
{
	const char *text = args_value(args, "data"), *path = args_value(args, "data-file");

	_Static_assert(AUTHZ_EXIT_DATA_MAX < DATA_SIZE, "there is room for a byte more than there may be");
	if (text != NULL && path != NULL)
		return args_wrong(args, "only one of --data and --data-file");
	if (text != NULL) {
		request->data.length = strnlen(text, AUTHZ_EXIT_DATA_MAX + 1);
		memcpy(request->data.bytes, text, request->data.length);
	} else if (path != NULL && !read_file(path, request)) {
		return answer_bad_file("read", path, errno);
	}
	if (request->data.length > AUTHZ_EXIT_DATA_MAX)
		return answer_bad_parameter(app, path != NULL ? "data-file" : "data");
	request->has |= text != NULL || path != NULL ? HAS(DATA) : 0;
	return EXIT_DONE;
}

static int put_time(const struct args *args, struct request *request)
{
	const char *text = args_value(args, "time");

	if (text == NULL)
		return EXIT_DONE;
	if (!read_number(text, 100, 30000, &request->wait))
		return args_wrong(args, "--time %s is not from 100 to 30000", text);
	request->has |= HAS(WAIT);
	return EXIT_DONE;
}

static int put_program(const struct app *app, const struct args *args, struct request *request)
{
	static const struct choice inputs[] = {{"lines", EXIT_INPUT_LINES}, {"record", EXIT_INPUT_RECORD}, {NULL, 0}};
	const char *program = args->others[1];

	if (!choose(args, "input", inputs, &request->which))
		return EXIT_USAGE;
	if (program[0] != '/')
		return args_wrong(args, "%s is no absolute path", program);
	if (!request_set_string(request, FIELD_SERVER, program))
		return answer_bad_parameter(app, "program");
	if (!request_set_string(request, FIELD_TEXT, args_value(args, "text")))
		return answer_bad_parameter(app, "text");
	request->reconfigure = args_value(args, "replace") != NULL;
	request->has |= HAS(WHICH) | (request->reconfigure ? HAS(RECONFIGURE) : 0);
	return EXIT_DONE;
}

static int put_all(const struct app *app, const struct args *args, struct request *request)
{
	static const struct choice words[] = {{"*LOW", EXIT_NUMBER_LOW}, {"*HIGH", EXIT_NUMBER_HIGH}, {NULL, 0}};
	int status = put_number(args, request, words);

	if (status == EXIT_DONE)
		status = put_time(args, request);
	if (status == EXIT_DONE)
		status = put_program(app, args, request);
	if (status == EXIT_DONE)
		status = exit_put_point(app, args, request);
	return status == EXIT_DONE ? put_data(app, args, request) : status;
}

static bool has_number(const struct reply *reply)
{
	return (reply->has & UINT64_C(1) << REPLY_NUMBER) != 0 && reply->number >= 1 && reply->number <= INT32_MAX;
}

static int add(struct app *app, const struct args *args)
{
	enum authz_result result;
	struct call c;
	int status;

	call_begin(&c, OP_EXIT_ADD);
	status = put_all(app, args, &c.request);
	if (status != EXIT_DONE)
		return status;
	result = call_ask(app, &c);
	if (result == AUTHZ_OK && !has_number(&c.reply))
		result = AUTHZ_HELPER_GARBLED;
	if (result != AUTHZ_OK)
		return answer(app, result, &c.error, NULL);
	if (app->json)
		return answer(app, result, &c.error, json_pack("{sI}", "exit_number", (json_int_t)c.reply.number));
	printf("%" PRId64 "\n", c.reply.number);
	return EXIT_DONE;
}

/* ---- remove, point */

/* Ask; the answer has how many programs are gone. */
static int take_away(const struct app *app, struct call *c)
{
	enum authz_result result = call_ask(app, c);
	const bool has = (c->reply.has & UINT64_C(1) << REPLY_COUNT) != 0;

	return answer(app, result, &c->error, has ? json_pack("{sI}", "removed", (json_int_t)c->reply.count) : NULL);
}

static int take_program(struct app *app, const struct args *args)
{
	static const struct choice words[] = {{"*ALL", EXIT_NUMBER_ALL}, {NULL, 0}};
	struct call c;
	int status;

	call_begin(&c, OP_EXIT_REMOVE);
	status = put_number(args, &c.request, words);
	if (status == EXIT_DONE)
		status = exit_put_point(app, args, &c.request);
	return status == EXIT_DONE ? take_away(app, &c) : status;
}

static int put_maximum(const struct args *args, struct request *request)
{
	const char *text = args_value(args, "maximum");
	const bool gone = args_value(args, "remove") != NULL;

	if (text != NULL && gone)
		return args_wrong(args, "only one of --maximum and --remove");
	if (text != NULL && !read_number(text, 1, 64, &request->maximum))
		return args_wrong(args, "--maximum %s is not from 1 to 64", text);
	request->has |= text != NULL || gone ? HAS(MAXIMUM) : 0; /* 0: it goes */
	return EXIT_DONE;
}

static int point(struct app *app, const struct args *args)
{
	struct call c;
	int status;

	call_begin(&c, OP_EXIT_POINT);
	status = put_maximum(args, &c.request);
	if (status == EXIT_DONE)
		status = exit_put_point(app, args, &c.request);
	return status == EXIT_DONE ? take_away(app, &c) : status;
}

static const struct option add_options[] = {
	{.name = "input", .value = "lines|record", .help = "what the program reads (lines)"},
	{.name = "data", .value = "TEXT", .help = "what it gets with each call"},
	{.name = "data-file", .value = "FILE", .help = "the same from a file, at most 2048 bytes"},
	{.name = "text", .value = "TEXT", .help = "what it is for"},
	{.name = "time", .value = "MS", .help = "how many milliseconds it has, 100 to 30000"},
	{.name = "replace", .help = "also where the number has a program, of which nothing stays"},
	{.name = NULL},
};

static const struct option point_options[] = {
	{.name = "maximum", .value = "N", .help = "how many programs it has at most, 1 to 64"},
	{.name = "remove", .help = "take it away, with all of its programs"},
	{.name = NULL},
};

static const char *const add_words[] = {"NUMBER", "PROGRAM", NULL}, *const remove_words[] = {"NUMBER", NULL};

const struct command exit_add = {
	.group = "exit",
	.verb = "add",
	.synopsis = "POINT FORMAT NUMBER|*LOW|*HIGH PROGRAM [--input INPUT] [--data TEXT | --data-file FILE] [--replace]",
	.word = "POINT",
	.second = "FORMAT",
	.others = add_words,
	.help = "Register a program that is asked at an exit point, and print its number.",
	.options = add_options,
	.run = add,
};

const struct command exit_remove = {
	.group = "exit",
	.verb = "remove",
	.synopsis = "POINT FORMAT NUMBER|*ALL",
	.word = "POINT",
	.second = "FORMAT",
	.others = remove_words,
	.help = "Ask a program no more, or all of a point.",
	.options = no_options,
	.run = take_program,
};

const struct command exit_point = {
	.group = "exit",
	.verb = "point",
	.synopsis = "POINT FORMAT [--maximum N | --remove]",
	.word = "POINT",
	.second = "FORMAT",
	.help = "Make an exit point, or say how many programs it has at most, or take it away.",
	.options = point_options,
	.run = point,
};
