/* SPDX-License-Identifier: ISC */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum run_status say(enum run_status status, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	if (length < 0)
		return status;
	for (char *at = line; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == '\177')
			*at = '?';
	(void)!dprintf(STDERR_FILENO, "authz-run: %s\n", line);
	return status;
}

enum run_status say_result(enum authz_result result, const struct authz_error *error)
{
	static const enum run_status statuses[] = {RUN_INTERNAL, RUN_REFUSED, RUN_USAGE, RUN_OUT_OF_REACH, RUN_INTERNAL};
	char sentence[512];

	return say(statuses[authz_result_exit(result)], "%s: %s", authz_result_code(result),
	           authz_result_text(result, error, sentence, sizeof sentence));
}
