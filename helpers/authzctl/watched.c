/* SPDX-License-Identifier: ISC */
#include "watched.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "progress.h"

/* Lines of "done total". */
static bool take(void *context, const unsigned char *bytes, size_t length)
{
	char line[64];
	uint64_t done, total;

	if (length == 0 || length >= sizeof line)
		return true;
	memcpy(line, bytes, length);
	line[length] = '\0';
	if (sscanf(line, "%" SCNu64 " %" SCNu64, &done, &total) == 2)
		progress_at(context, done, total);
	return true;
}

enum authz_result watched_ask(const struct app *app, struct call *c, const char *what)
{
	struct progress progress;
	const struct client_stream stream = {.context = &progress, .take = take};
	enum authz_result result;

	progress_begin(&progress, what, app->quiet);
	result = call_stream(app, c, &stream);
	progress_end(&progress);
	return result;
}
