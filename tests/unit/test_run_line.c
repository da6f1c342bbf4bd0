/* SPDX-License-Identifier: ISC */
/* The arguments of authz-run: helpers/authz-run/command_line.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "command_line.h"

#define PARSE(...) parse((char *[]){(char[]){"authz-run"}, __VA_ARGS__ __VA_OPT__(, ) NULL})
#define W(text) ((char[]){text})

static struct command_line line;
static const char *subject;

static const char *parse(char **arguments)
{
	int count = 0;

	while (arguments[count] != NULL)
		count++;
	return command_line_parse(&line, count, arguments, &subject);
}

static void nothing(void **state)
{
	(void)state;
	memset(&line, 0xff, sizeof line);
	assert_null(PARSE());
	assert_int_equal(line.token_fd, 0);
	assert_false(line.login || line.help || line.version);
	assert_null(line.preserve);
	assert_null(line.command);
}

static void options(void **state)
{
	(void)state;
	assert_null(PARSE(W("--token-fd"), W("7"), W("--login"), W("--preserve-env=A,B")));
	assert_int_equal(line.token_fd, 7);
	assert_true(line.login);
	assert_string_equal(line.preserve, "A,B");
	assert_null(line.command);
	assert_null(PARSE(W("--token-fd=999999999"), W("--preserve-env"), W("A"), W("--help"), W("--version")));
	assert_int_equal(line.token_fd, 999999999);
	assert_true(line.help && line.version);
}

static void command(void **state)
{
	(void)state;
	assert_null(PARSE(W("--login"), W("--"), W("--token-fd"), W("3")));
	assert_string_equal(line.command[0], "--token-fd");
	assert_string_equal(line.command[1], "3");
	assert_null(line.command[2]);
	assert_int_equal(line.token_fd, 0);
	assert_null(PARSE(W("ls"), W("--login"), W("--help")));
	assert_string_equal(line.command[0], "ls");
	assert_string_equal(line.command[1], "--login");
	assert_false(line.login || line.help);
	assert_null(PARSE(W("--")));
	assert_null(line.command);
	assert_null(PARSE(W("--token-fd"), W("3"), W("--"), W("--")));
	assert_string_equal(line.command[0], "--");
}

static void wrong(void **state)
{
	static const char *const words[] = {"-", "-l", "--log", "--login=", "--logins", "--token", "--token-fd", "--token-fd=",
	                                    "--token-fd=-1", "--token-fd=+1", "--token-fd= 1", "--token-fd=1x", "--token-fd=1234567890",
	                                    "--preserve-env", "--preserve-env=", "--preserve-env=A,", "--preserve-env=A=B",
	                                    "--token=prftkn_x", "--HELP"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		char word[64];

		strcpy(word, words[i]);
		if (parse((char *[]){(char[]){"authz-run"}, word, NULL}) == NULL)
			fail_msg("%s", word);
	}
	assert_non_null(PARSE(W("--"), W("")));
	assert_non_null(PARSE(W("--bad"), W("--help")));
	assert_string_equal(subject, "--bad");
}

static void no_name(void **state)
{
	char *none[] = {NULL};

	(void)state;
	assert_non_null(command_line_parse(&line, 0, none, &subject));
	assert_null(command_line_parse(&line, 1, (char *[]){(char[]){""}, NULL}, &subject));
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("without arguments it is a shell, and the token is on descriptor 0", nothing),
		ROW("a value stands behind = or in the next argument", options),
		ROW("what stands behind the options is the command's, options too (command_line MUST 2)", command),
		ROW("what is not an option, or not its value, is refused, and no option takes a token (command_line MUST 1, command_line MUST 2)",
		    wrong),
		ROW("not even a name is refused, an empty name is not looked at (command_line MUST 1)", no_name),
	};

	return cmocka_run_group_tests_name("run line", tests, NULL, NULL);
}
