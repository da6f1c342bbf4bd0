/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "exit_kit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/api_call.h"

int exit_setup(void **state)
{
	(void)state;
	state_make();
	write_child(beside_state("real"));
	return 0;
}

const struct authz_client *exit_client(void)
{
	static struct authz_client client;
	static char path[256];

	snprintf(path, sizeof path, "%s", beside_state("real"));
	client = (struct authz_client){.helper = path, .socket = "", .timeout_ms = 20000};
	return &client;
}

const char *exit_script(const char *name, const char *format, ...)
{
	static char path[256];
	char text[900];
	va_list words;

	va_start(words, format);
	vsnprintf(text, sizeof text, format, words);
	va_end(words);
	snprintf(path, sizeof path, "%s", in_state(name));
	write_script(path, "%s", text);
	return path;
}

void exit_add(const struct authz_client *client, const char *point, const char *format, int64_t number, const char *program)
{
	struct api_call *call = api_begin(OP_EXIT_ADD);
	const struct api_text texts[] = {
		{"point", point, FIELD_POINT}, {"format", format, FIELD_FORMAT}, {"program", program, FIELD_SERVER},
	};
	struct authz_error error;
	enum authz_result result;

	assert_non_null(call);
	assert_int_equal(api_texts(call, texts, 3), AUTHZ_OK);
	call->request.number = number;
	call->request.which = EXIT_INPUT_LINES;
	call->request.has |= HAS(NUMBER) | HAS(WHICH);
	result = api_end(call, api_ask(client, call), &error);
	if (result != AUTHZ_OK)
		fail_msg("%s: %s", authz_result_code(result), error.subject);
}

const char *exit_heard(void)
{
	static char text[8192];
	FILE *f = fopen(in_state("heard"), "re");

	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	(void)unlink(in_state("heard"));
	return text;
}
