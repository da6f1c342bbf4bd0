/* SPDX-License-Identifier: ISC */
/*
 * The command line: one table of commands, which is also what --help prints.
 *
 * Habits of getopt_long (--name=value, unique beginnings of names, "--" ends the options, options and words in any
 * order), but for two things: an option of one letter has its value in the next word, and commands that take signed
 * words get +use and -use as such.
 */
#ifndef AUTHZCTL_ARGS_H
#define AUTHZCTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

/* A name of one letter is written -n, a longer one --name.  A table of options ends with a row without a name. */
struct option {
	const char *name;
	const char *value; /* how the value is called; NULL: the option has none */
	enum { ONCE, LAST, MANY } times;
	const char *help;
};

struct app;
struct args;

struct command {
	const char *group, *verb; /* "token", "list"; verb NULL: the group is the whole command */
	const char *synopsis;     /* what follows them */
	const char *word;         /* the first word that it takes, such as USER; NULL: none */
	const char *second;       /* and the one after it; NULL: none */
	bool word_optional;       /* neither has to be there; else both have */
	const char *const *others; /* those after them, which have to be there, up to NULL; NULL: none */
	bool many;                 /* takes any number of words after these */
	bool signs;               /* takes +word and -word */
	const char *help;
	const struct option *options;
	int (*run)(struct app *app, const struct args *args);
};

struct given {
	const struct option *option;
	const char *value;
};

struct args {
	const struct option *globals;
	const struct command *const *commands; /* ends with NULL */
	const char *group;                     /* as far as the line names a command */
	const struct command *command;
	const char *word, *second;
	const char **others; /* the words after these */
	size_t other_count;
	struct given *given; /* in the order of the line */
	size_t given_count;
	const char **signs;
	size_t sign_count;
	bool help, version; /* was asked for; the rest of the line is not looked at */
};

/* False after a usage error, which has been said.  args_free in any case. */
bool args_parse(struct args *a, int argc, char **argv, const struct option *globals,
                const struct command *const *commands);
void args_free(struct args *a);

/* The value of an option, "" for one without, NULL if it is not there.  The last one, if it is there more than once. */
const char *args_value(const struct args *a, const char *name);

/* Help for as much of a command as the line names, on standard output. */
void args_help(const struct args *a);

/* Say on standard error what is wrong with the line and where help is.  Always returns EXIT_USAGE. */
int args_wrong(const struct args *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
