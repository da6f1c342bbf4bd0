/* SPDX-License-Identifier: ISC */
/* authzctl exit check */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "output.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What is asked about.  Words of the line are pointed to; lines of standard input are ours. */
struct wish {
	struct authz_exit_activity activity;
	const char *sequence;
	const char **destinations;
	bool *ours;
	size_t count, room;
	bool read; /* standard input was */
};

/* ---- KEY=VALUE */

struct key {
	const char *word;
	size_t length;
	const char **value;
	bool needed;
};

static int put_key(const struct args *args, const struct key *keys, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strncmp(word, keys[i].word, keys[i].length) != 0 || word[keys[i].length] != '=')
			continue;
		if (*keys[i].value != NULL)
			return args_wrong(args, "%s is there twice", keys[i].word);
		*keys[i].value = word + keys[i].length + 1;
		return EXIT_DONE;
	}
	return args_wrong(args, "unknown key %s", word);
}

static int put_sequence(const struct args *args, struct wish *w)
{
	int64_t number;

	if (!text_number(w->sequence, &number) || number < 0 || number > INT32_MAX)
		return args_wrong(args, "sequence=%s is not from 0 to 2147483647", w->sequence);
	w->activity.sequence = (int32_t)number;
	return EXIT_DONE;
}

/* All words that have a "=": no destination has. */
static int put_keys(const struct args *args, struct wish *w)
{
#define KEY(text, member, needed) {text, sizeof text - 1, &w->member, needed}
	const struct key keys[] = {
		KEY("change-request", activity.change_request, true), KEY("sequence", sequence, true),
		KEY("activity", activity.activity, true), KEY("type", activity.type, true),
		KEY("transport", activity.transport, true), KEY("verb", activity.verb, true),
		KEY("global-name", activity.global_name, false), KEY("user", activity.user, true),
	};
#undef KEY
	int status = EXIT_DONE;

	for (size_t i = 0; i < args->other_count && status == EXIT_DONE; i++)
		if (strchr(args->others[i], '=') != NULL)
			status = put_key(args, keys, COUNT(keys), args->others[i]);
	for (size_t i = 0; i < COUNT(keys) && status == EXIT_DONE; i++)
		if (keys[i].needed && *keys[i].value == NULL)
			status = args_wrong(args, "%s=VALUE is missing", keys[i].word);
	return status == EXIT_DONE ? put_sequence(args, w) : status;
}

/* ---- destinations */

static bool make_room(struct wish *w)
{
	const size_t room = w->room == 0 ? 64 : 2 * w->room;
	const char **destinations = reallocarray(w->destinations, room, sizeof *destinations);
	bool *ours;

	if (destinations == NULL)
		return false;
	w->destinations = destinations;
	ours = reallocarray(w->ours, room, sizeof *ours);
	if (ours == NULL)
		return false;
	w->ours = ours;
	w->room = room;
	return true;
}

static bool put_destination(struct wish *w, const char *text, bool ours)
{
	if (w->count == w->room && !make_room(w))
		return false;
	w->destinations[w->count] = text;
	w->ours[w->count++] = ours;
	return true;
}

/* *NO has status 1, so nothing else has: an asking that is refused is an error of it. */
static int not_refused(int status)
{
	return status == EXIT_REFUSED ? EXIT_REACH : status;
}

static int no_memory(const struct app *app)
{
	return answer(app, AUTHZ_NO_MEMORY, NULL, NULL);
}

/* A line is a destination, its newline is none of it; a NUL within it makes it none. */
static int put_line(const struct app *app, struct wish *w, char *line, size_t length)
{
	char *copy;

	if (length > 0 && line[length - 1] == '\n')
		line[--length] = '\0';
	if (strlen(line) != length)
		return not_refused(answer_bad_parameter(app, "destination (a line has a NUL)"));
	copy = strdup(line);
	if (copy != NULL && put_destination(w, copy, true))
		return EXIT_DONE;
	free(copy);
	return no_memory(app);
}

static int put_lines(const struct app *app, struct wish *w)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int status = EXIT_DONE, number;

	errno = 0;
	while (status == EXIT_DONE && (length = getline(&line, &size, stdin)) >= 0)
		status = put_line(app, w, line, (size_t)length);
	number = errno;
	free(line);
	if (status == EXIT_DONE && !feof(stdin))
		return answer_bad_file("read", "standard input", number);
	return status;
}

static int put_destinations(const struct app *app, const struct args *args, struct wish *w)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < args->other_count && status == EXIT_DONE; i++) {
		const char *word = args->others[i];

		if (strchr(word, '=') != NULL)
			continue;
		if (strcmp(word, "-") != 0) {
			status = put_destination(w, word, false) ? EXIT_DONE : no_memory(app);
			continue;
		}
		if (w->read)
			return args_wrong(args, "- is there twice");
		w->read = true;
		status = put_lines(app, w);
	}
	return status == EXIT_DONE && w->count == 0 && !w->read ? args_wrong(args, "DESTINATION is missing") : status;
}

/* ---- the answer */

static json_t *answers_json(const struct wish *w, const struct authz_exit_answer *answers)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->count && all != NULL; i++) {
		json_t *one = json_pack("{so ss}", "destination", text_json(w->destinations[i]), "answer",
		                        answers[i].yes ? "*YES" : "*NO");

		if (!answers[i].yes && json_object_set_new(one, "number", json_integer(answers[i].number)) != 0) {
			json_decref(one);
			one = NULL;
		}
		if (json_array_append_new(all, one) != 0) {
			json_decref(all);
			all = NULL;
		}
	}
	return json_pack("{so}", "destinations", all);
}

static void print_answers(const struct wish *w, const struct authz_exit_answer *answers)
{
	for (size_t i = 0; i < w->count; i++) {
		text_print(stdout, w->destinations[i]);
		if (answers[i].yes)
			puts(" *YES");
		else
			printf(" *NO %" PRIu32 "\n", answers[i].number);
	}
}

static bool all_yes(const struct wish *w, const struct authz_exit_answer *answers)
{
	for (size_t i = 0; i < w->count; i++)
		if (!answers[i].yes)
			return false;
	return true;
}

static int ask(const struct app *app, const struct wish *w, struct authz_exit_answer *answers)
{
	struct authz_error error;
	const enum authz_result result =
		authz_exit_check(&app->client, &w->activity, w->destinations, w->count, answers, &error);
	json_t *fields = NULL;
	int status;

	if (result == AUTHZ_OK && !app->json)
		print_answers(w, answers);
	else if (result == AUTHZ_OK && (fields = answers_json(w, answers)) == NULL)
		return no_memory(app);
	status = answer(app, result, &error, fields);
	if (result != AUTHZ_OK)
		return not_refused(status);
	return status == EXIT_DONE && !all_yes(w, answers) ? EXIT_REFUSED : status;
}

static void forget(struct wish *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->ours[i])
			free((void *)(uintptr_t)w->destinations[i]);
	free((void *)w->destinations);
	free(w->ours);
}

static int check(struct app *app, const struct args *args)
{
	struct wish w = {.activity = {.point = args->word, .format = args->second}};
	struct authz_exit_answer *answers;
	int status = put_keys(args, &w);

	if (status == EXIT_DONE)
		status = put_destinations(app, args, &w);
	if (status == EXIT_DONE) {
		answers = calloc(w.count + 1, sizeof *answers);
		status = answers != NULL ? ask(app, &w, answers) : no_memory(app);
		free(answers);
	}
	forget(&w);
	return status;
}

const struct command exit_check = {
	.group = "exit",
	.verb = "check",
	.synopsis = "POINT FORMAT KEY=VALUE... DESTINATION|-...",
	.word = "POINT",
	.second = "FORMAT",
	.many = true,
	.help = "May an activity be performed at each destination?  Status 0: at all of them; 1: not at one.",
	.options = no_options,
	.run = check,
};
