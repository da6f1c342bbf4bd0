/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "app.h"
#include "output.h"

enum { USER, UID, STATUS, PASSWORD, SPECIALS, LAST_USED, DISABLED_BY, SYSTEM, LAST_USED_AT, WRONG_PASSWORDS, ITEMS };

static const struct {
	const char *word;
	int64_t bit;
} specials[] = {
	{"allobj", 1 << 0},
	{"secadm", 1 << 1},
	{"supervisor", 1 << 2},
};

/* Ready to ask about the user that the line names: EXIT_DONE, or what the command ends with. */
static int begin(const struct app *app, const struct args *args, struct call *c, enum operation operation)
{
	call_begin(c, operation);
	if (*args->word == '\0' || !request_set_string(&c->request, FIELD_USER, args->word))
		return answer_bad_parameter(app, "user");
	return EXIT_DONE;
}

static const char *or_else(const char *text, const char *instead)
{
	return *text == '\0' ? instead : text;
}

static void show_people(char items[ITEMS][ITEM_SIZE], int64_t at)
{
	char second[32];
	const char *const lines[][2] = {
		{"User profile", items[USER]},
		{"User id", items[UID]},
		{"Status", items[STATUS]},
		{"Disabled by", or_else(items[DISABLED_BY], "-")},
		{"Password", items[PASSWORD]},
		{"Special authorities", or_else(items[SPECIALS], "none")},
		{"Last used", at != 0 ? second : or_else(items[LAST_USED], "never")},
		{"System profile", items[SYSTEM]},
		{"Wrong passwords", or_else(items[WRONG_PASSWORDS], "not known")},
	};

	text_time(at, second);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		printf("%s:%*s", lines[i][0], 21 - (int)strlen(lines[i][0]), "");
		text_print(stdout, lines[i][1]);
		putchar('\n');
	}
}

/* "allobj secadm" as an array. */
static json_t *words_json(char *text)
{
	json_t *words = json_array();
	char *rest = text, *word;

	while (words != NULL && (word = strsep(&rest, " ")) != NULL)
		if (*word != '\0' && json_array_append_new(words, text_json(word)) != 0) {
			json_decref(words);
			return NULL;
		}
	return words;
}

/* An empty item is none. */
static json_t *item_json(char items[ITEMS][ITEM_SIZE], size_t i)
{
	int64_t number = 0;

	if ((i == UID || i == LAST_USED_AT || i == WRONG_PASSWORDS) && text_number(items[i], &number))
		return json_integer(number);
	if (i == SPECIALS)
		return words_json(items[i]);
	if (i == SYSTEM)
		return json_boolean(strcmp(items[i], "yes") == 0);
	return *items[i] == '\0' ? json_null() : text_json(items[i]);
}

static int show_json(const struct app *app, char items[ITEMS][ITEM_SIZE])
{
	static const char *const names[ITEMS] = {"user",      "uid",         "status", "password",     "special",
	                                         "last_used", "disabled_by", "system", "last_used_at", "wrong_passwords"};
	json_t *fields = json_object();

	for (size_t i = 0; i < ITEMS; i++)
		if (json_object_set_new(fields, names[i], item_json(items, i)) != 0) {
			json_decref(fields);
			return answer(app, AUTHZ_NO_MEMORY, NULL, NULL);
		}
	return answer(app, AUTHZ_OK, NULL, fields);
}

/* Number, or nothing where that is allowed. */
static bool is_number(const char *item, bool may_lack, int64_t *number)
{
	*number = 0;
	return (may_lack && *item == '\0') || text_number(item, number);
}

static int show(struct app *app, const struct args *args)
{
	char items[ITEMS][ITEM_SIZE];
	struct frame_reader row;
	enum authz_result result;
	struct call c;
	int64_t number, at = 0;
	int status = begin(app, args, &c, OP_PROFILE_SHOW);

	if (status != EXIT_DONE)
		return status;
	result = call_ask(app, &c);
	if (result == AUTHZ_OK &&
	    (!reply_next_entry(&c.reply, &row) || !call_row(&row, items, ITEMS) || !is_number(items[UID], false, &number) ||
	     !is_number(items[WRONG_PASSWORDS], true, &number) || !is_number(items[LAST_USED_AT], true, &at)))
		result = AUTHZ_HELPER_GARBLED;
	if (result != AUTHZ_OK)
		return answer(app, result, &c.error, NULL);
	if (app->json)
		return show_json(app, items);
	show_people(items, at);
	return EXIT_DONE;
}

static int ask(const struct app *app, struct call *c)
{
	return answer(app, call_ask(app, c), &c->error, NULL);
}

static int enable(struct app *app, const struct args *args)
{
	struct call c;
	const int status = begin(app, args, &c, OP_PROFILE_ENABLE);

	return status == EXIT_DONE ? ask(app, &c) : status;
}

static int disable(struct app *app, const struct args *args)
{
	struct call c;
	const int status = begin(app, args, &c, OP_PROFILE_DISABLE);

	return status == EXIT_DONE ? ask(app, &c) : status;
}

static int read_sign(const struct args *args, const char *sign, struct request *r)
{
	int64_t *mask = sign[0] == '+' ? &r->mask_add : &r->mask_drop;

	for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++)
		if (strcmp(specials[i].word, sign + 1) == 0) {
			*mask |= specials[i].bit;
			r->has |= sign[0] == '+' ? HAS(MASK_ADD) : HAS(MASK_DROP);
			if ((r->mask_add & r->mask_drop) != 0)
				return args_wrong(args, "both +%s and -%s", sign + 1, sign + 1);
			return EXIT_DONE;
		}
	return args_wrong(args, "unknown special authority %s", sign);
}

static int special(struct app *app, const struct args *args)
{
	struct call c;
	int status = begin(app, args, &c, OP_PROFILE_SPECIAL);

	if (args->sign_count == 0)
		return args_wrong(args, "no special authority given");
	for (size_t i = 0; i < args->sign_count && status == EXIT_DONE; i++)
		status = read_sign(args, args->signs[i], &c.request);
	return status == EXIT_DONE ? ask(app, &c) : status;
}

const struct command profile_show = {
	.group = "profile",
	.verb = "show",
	.synopsis = "USER",
	.word = "USER",
	.help = "Show the state of a user profile.",
	.options = no_options,
	.run = show,
};

const struct command profile_enable = {
	.group = "profile",
	.verb = "enable",
	.synopsis = "USER",
	.word = "USER",
	.help = "Take back what \"disable\" did.",
	.options = no_options,
	.run = enable,
};

const struct command profile_disable = {
	.group = "profile",
	.verb = "disable",
	.synopsis = "USER",
	.word = "USER",
	.help = "No token is made or taken for USER from now on.",
	.options = no_options,
	.run = disable,
};

const struct command profile_special = {
	.group = "profile",
	.verb = "special",
	.synopsis = "USER [+allobj] [-allobj] [+secadm] [-secadm] [+supervisor] [-supervisor]",
	.word = "USER",
	.signs = true,
	.help = "Give special authorities to USER, or take them away.",
	.options = no_options,
	.run = special,
};
