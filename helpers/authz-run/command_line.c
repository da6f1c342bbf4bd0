/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: an option is known by its whole name, and what is not understood is refused; nothing is guessed.
 * MUST 2: no option takes a token, and what stands behind the options is the command's alone.
 */
#include "command_line.h"

#include <stddef.h>
#include <string.h>

#include "environment.h"

const char command_line_help[] =
	"Usage: authz-run [options] [--] [COMMAND [ARGUMENT]...]\n"
	"\n"
	"Run COMMAND, or a shell, as the user of a profile token.\n"
	"\n"
	"Options:\n"
	"  --token-fd N            read the token from descriptor N (0; from a terminal it is asked)\n"
	"  --login                 a login shell, in the user's home\n"
	"  --preserve-env NAMES    keep these variables, with commas between them\n"
	"  --help                  this help\n"
	"  --version               the version\n"
	"\n"
	"Exit status: the command's; 121 refused, 122 usage, 123 helper or store out of reach,\n"
	"125 internal, 126 the command cannot be executed, 127 it was not found.  See authz-run(1).\n";

static bool read_descriptor(int *fd, const char *text)
{
	const size_t length = strlen(text);

	if (length == 0 || length > 9 || strspn(text, "0123456789") != length)
		return false;
	for (*fd = 0; *text != '\0'; text++)
		*fd = *fd * 10 + (*text - '0');
	return true;
}

/* Is this the option "name", with a value behind "=" or, if there is none, in the next argument? */
static bool has_value(const char *name, char ***next, const char **value)
{
	const char *argument = **next;
	const size_t length = strlen(name);

	if (strncmp(argument, name, length) != 0 || (argument[length] != '=' && argument[length] != '\0'))
		return false;
	*value = argument[length] == '=' ? argument + length + 1 : *++*next;
	return true;
}

static bool is_flag(struct command_line *line, const char *argument)
{
	if (strcmp(argument, "--login") == 0)
		line->login = true;
	else if (strcmp(argument, "--help") == 0)
		line->help = true;
	else if (strcmp(argument, "--version") == 0)
		line->version = true;
	else
		return false;
	return true;
}

/* The options; *next is then the first argument that is none. */
static const char *parse_options(struct command_line *line, char ***next, const char **subject)
{
	const char *value = NULL;

	for (; **next != NULL && (**next)[0] == '-'; ++*next) {
		*subject = **next;
		if (strcmp(**next, "--") == 0) {
			++*next;
			return NULL;
		}
		if (is_flag(line, **next))
			continue;
		if (has_value("--token-fd", next, &value)) {
			if (value == NULL || !read_descriptor(&line->token_fd, value))
				return "no number of a descriptor is given";
		} else if (has_value("--preserve-env", next, &value)) {
			if (value == NULL)
				return "no names are given";
			line->preserve = value;
			*subject = environment_refused(value);
			if (*subject != NULL)
				return "this variable cannot be preserved";
		} else {
			return "unknown option";
		}
		if (**next == NULL)
			break;
	}
	return NULL;
}

const char *command_line_parse(struct command_line *line, int argc, char **argv, const char **subject)
{
	const char *wrong;

	*line = (struct command_line){.token_fd = 0};
	*subject = "";
	if (argc < 1)
		return "started without a name";
	argv++;
	wrong = parse_options(line, &argv, subject);
	if (wrong == NULL && *argv != NULL)
		line->command = argv;
	if (wrong == NULL && line->command != NULL && **line->command == '\0')
		return "the command is empty";
	return wrong;
}
