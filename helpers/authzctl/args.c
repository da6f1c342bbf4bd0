/* SPDX-License-Identifier: ISC */
#include "args.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

struct line {
	char **next, **end;
	bool words_only; /* after "--" */
};

static bool is_letter(const struct option *o)
{
	return o->name[1] == '\0';
}

static const char *dashes(const struct option *o)
{
	return is_letter(o) ? "-" : "--";
}

int args_wrong(const struct args *a, const char *format, ...)
{
	char what[512];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(what, sizeof what, format, list);
	va_end(list);
	fputs("authzctl: ", stderr);
	text_print(stderr, what);
	fprintf(stderr, "; try authzctl%s%s --help\n", a->group == NULL ? "" : " ", a->group == NULL ? "" : a->group);
	return EXIT_USAGE;
}

static const struct option *command_options(const struct args *a)
{
	static const struct option none[] = {{.name = NULL}};

	return a->command == NULL ? none : a->command->options;
}

static const struct option *find_letter(const struct args *a, char letter)
{
	for (const struct option *o = command_options(a); o->name != NULL; o++)
		if (is_letter(o) && o->name[0] == letter)
			return o;
	return NULL;
}

/* By its name, or by the beginning of it if no other option begins so. */
static const struct option *find_long(const struct args *a, const char *name, size_t length, bool *ambiguous)
{
	const struct option *tables[2] = {a->globals, command_options(a)};
	const struct option *found = NULL;

	*ambiguous = false;
	for (size_t i = 0; i < 2; i++)
		for (const struct option *o = tables[i]; o->name != NULL; o++) {
			if (is_letter(o) || length == 0 || strncmp(o->name, name, length) != 0)
				continue;
			if (o->name[length] == '\0') {
				*ambiguous = false;
				return o;
			}
			*ambiguous = *ambiguous || found != NULL;
			found = o;
		}
	return found;
}

static bool put_given(struct args *a, const struct option *o, const char *value)
{
	if (o->times == ONCE && args_value(a, o->name) != NULL) {
		args_wrong(a, "option %s%s is there twice", dashes(o), o->name);
		return false;
	}
	a->given[a->given_count++] = (struct given){.option = o, .value = value};
	a->help = a->help || strcmp(o->name, "help") == 0;
	a->version = a->version || strcmp(o->name, "version") == 0;
	return true;
}

/* An option whose value, if it has one, is attached, or else is the next word of the line. */
static bool put_option(struct args *a, struct line *l, const struct option *o, const char *attached)
{
	if (o->value == NULL)
		return put_given(a, o, "");
	if (attached == NULL && l->next == l->end) {
		args_wrong(a, "option %s%s needs %s", dashes(o), o->name, o->value);
		return false;
	}
	return put_given(a, o, attached != NULL ? attached : *l->next++);
}

static bool parse_long(struct args *a, struct line *l, const char *text)
{
	const char *equals = strchr(text, '=');
	const size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
	bool ambiguous;
	const struct option *o = find_long(a, text, length, &ambiguous);

	if (o == NULL || ambiguous) {
		args_wrong(a, "%s option --%.*s", o == NULL ? "unknown" : "ambiguous", (int)length, text);
		return false;
	}
	if (equals != NULL && o->value == NULL) {
		args_wrong(a, "option --%s has no value", o->name);
		return false;
	}
	return put_option(a, l, o, equals == NULL ? NULL : equals + 1);
}

/* -t, or in commands that take them -use. */
static bool parse_dash(struct args *a, struct line *l, const char *text)
{
	const struct option *o = text[1] == '\0' ? find_letter(a, text[0]) : NULL;

	if (o != NULL)
		return put_option(a, l, o, NULL);
	if (a->command != NULL && a->command->signs && text[1] != '\0') {
		a->signs[a->sign_count++] = text - 1;
		return true;
	}
	args_wrong(a, "unknown option -%s", text);
	return false;
}

static bool group_exists(const struct args *a, const char *group)
{
	for (const struct command *const *c = a->commands; *c != NULL; c++)
		if (strcmp((*c)->group, group) == 0)
			return true;
	return false;
}

static const struct command *find_command(const struct args *a, const char *verb)
{
	for (const struct command *const *c = a->commands; *c != NULL; c++)
		if (strcmp((*c)->group, a->group) == 0 &&
		    (verb == NULL ? (*c)->verb == NULL : (*c)->verb != NULL && strcmp((*c)->verb, verb) == 0))
			return *c;
	return NULL;
}

static size_t count_others(const struct command *c)
{
	size_t count = 0;

	while (c->others != NULL && c->others[count] != NULL)
		count++;
	return count;
}

/* A word of the command: true, if there is a place for it. */
static bool put_word(struct args *a, const char *word)
{
	if (a->command->word != NULL && a->word == NULL)
		a->word = word;
	else if (a->command->second != NULL && a->second == NULL)
		a->second = word;
	else if (a->command->many || a->other_count < count_others(a->command))
		a->others[a->other_count++] = word;
	else
		return false;
	return true;
}

static bool parse_word(struct args *a, const char *word)
{
	if (a->group == NULL) {
		if (!group_exists(a, word)) {
			args_wrong(a, "unknown command %s", word);
			return false;
		}
		a->group = word;
		a->command = find_command(a, NULL);
		return true;
	}
	if (a->command == NULL) {
		a->command = find_command(a, word);
		if (a->command == NULL)
			args_wrong(a, "unknown command %s %s", a->group, word);
		return a->command != NULL;
	}
	if (put_word(a, word))
		return true;
	if (a->command->signs && (word[0] == '+' || word[0] == '-')) {
		a->signs[a->sign_count++] = word;
		return true;
	}
	args_wrong(a, "unexpected word %s", word);
	return false;
}

static bool parse_one(struct args *a, struct line *l)
{
	const char *text = *l->next++;

	if (l->words_only)
		return parse_word(a, text);
	if (strcmp(text, "--") == 0) {
		l->words_only = true;
		return true;
	}
	if (strncmp(text, "--", 2) == 0)
		return parse_long(a, l, text + 2);
	if (text[0] == '-' && text[1] != '\0')
		return parse_dash(a, l, text + 1);
	if (text[0] == '+' && a->command != NULL && a->command->signs) {
		a->signs[a->sign_count++] = text;
		return true;
	}
	return parse_word(a, text);
}

/* The word that has to be there and is not, or NULL. */
static const char *lacking(const struct args *a)
{
	if (a->command->word_optional)
		return NULL;
	if (a->word == NULL && a->command->word != NULL)
		return a->command->word;
	if (a->second == NULL && a->command->second != NULL)
		return a->command->second;
	return a->other_count < count_others(a->command) ? a->command->others[a->other_count] : NULL;
}

bool args_parse(struct args *a, int argc, char **argv, const struct option *globals,
                const struct command *const *commands)
{
	const size_t room = argc > 1 ? (size_t)argc : 1;
	struct line l = {.next = argv + (argc > 0), .end = argv + argc};

	*a = (struct args){.globals = globals, .commands = commands};
	a->given = calloc(room, sizeof *a->given);
	a->signs = calloc(room, sizeof *a->signs);
	a->others = calloc(room, sizeof *a->others);
	if (a->given == NULL || a->signs == NULL || a->others == NULL) {
		args_wrong(a, "out of memory");
		return false;
	}
	while (l.next < l.end && !a->help && !a->version)
		if (!parse_one(a, &l))
			return false;
	if (a->help || a->version)
		return true;
	if (a->command == NULL)
		args_wrong(a, "no command given");
	else if (lacking(a) != NULL)
		args_wrong(a, "%s is missing", lacking(a));
	return a->command != NULL && lacking(a) == NULL;
}

void args_free(struct args *a)
{
	free(a->given);
	free(a->signs);
	free(a->others);
	a->given = NULL;
	a->signs = NULL;
	a->others = NULL;
}

const char *args_value(const struct args *a, const char *name)
{
	for (size_t i = a->given_count; i > 0; i--)
		if (strcmp(a->given[i - 1].option->name, name) == 0)
			return a->given[i - 1].value;
	return NULL;
}

static void help_options(const char *title, const struct option *o)
{
	if (o->name != NULL)
		printf("\n%s:\n", title);
	for (; o->name != NULL; o++) {
		const int used = printf("  %s%s%s%s", dashes(o), o->name, o->value == NULL ? "" : " ",
		                        o->value == NULL ? "" : o->value);
		printf("%*s%s\n", used < 32 ? 32 - used : 1, "", o->help);
	}
}

static void help_line(const struct command *c)
{
	printf("  authzctl %s%s%s%s%s\n        %s\n", c->group, c->verb == NULL ? "" : " ", c->verb == NULL ? "" : c->verb,
	       *c->synopsis == '\0' ? "" : " ", c->synopsis, c->help);
}

/* The options of all commands that are shown, each table once. */
static void help_all_options(const struct args *a)
{
	const struct option *last = NULL;

	for (const struct command *const *c = a->commands; *c != NULL; c++) {
		char title[64];

		if ((a->command != NULL && a->command != *c) || strcmp((*c)->group, a->group) != 0 || (*c)->options == last)
			continue;
		last = (*c)->options;
		(void)snprintf(title, sizeof title, "Options of %s%s%s", (*c)->group, (*c)->verb == NULL ? "" : " ",
		               (*c)->verb == NULL ? "" : (*c)->verb);
		help_options(title, last);
	}
}

void args_help(const struct args *a)
{
	puts("Usage: authzctl [options] command [options] [words]\n");
	for (const struct command *const *c = a->commands; *c != NULL; c++)
		if ((a->group == NULL || strcmp(a->group, (*c)->group) == 0) && (a->command == NULL || a->command == *c))
			help_line(*c);
	if (a->group != NULL)
		help_all_options(a);
	help_options("Options of every command", a->globals);
	puts("\nExit status: 0 done, 1 refused, 2 usage, 3 helper or store out of reach, 4 internal.  See authzctl(1).");
}
