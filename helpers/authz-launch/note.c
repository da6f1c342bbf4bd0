/* SPDX-License-Identifier: ISC */
#include "note.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "host/system_log.h"

void note(const struct launcher *l, int severity, const char *format, ...)
{
	struct system_log log = {.as = "authz-launch"};
	char text[768];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	dprintf(STDERR_FILENO, "authz-launch: %s\n", text);
	if (!l->own)
		(void)system_log_send(&log, severity, text);
	system_log_close(&log);
}
