/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "compat_kit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat/client.h"

static struct authz_client client;
static struct kit_error last;

const struct authz_client *compat_client(void)
{
	return &client;
}

static void write_shadow(void)
{
	write_file(in_state("shadow"),
	           "daemon:$6$compat$HbKvxKhnT8Nhvrlt60d14zp5cBA1XvO5fWkwd/LSSOu.zhFhRIgoY0rW9zFkmGe2oYW46YLZwNDjUbbuOtNNw1:20000:0:99999"
	           ":7:::\n"
	           "bin:$6$x$y:20000:0:99999:7:::\n"
	           "mail:$6$x$y:20000:0:30:7:::\n"
	           "games:!$6$x$y:20000:0:99999:7:::\n"
	           "lp:*:20000:0:99999:7:::\n");
}

int kit_make(void **state)
{
	(void)state;
	if (state_open("tests/module/fake_helper") != 0)
		return -1;
	state_make();
	configure_also("password_tries = 3\n");
	write_shadow();
	write_child(beside_state("real"));
	write_script(beside_state("fake"), "exec %s %s %s", beside_state("fake_helper"), beside_state("answer"), beside_state("asked"));
	return 0;
}

static void use(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s", beside_state(name));
	client = (struct authz_client){.helper = path, .socket = "", .timeout_ms = 20000};
	unlink(beside_state("asked"));
}

int kit_real(void **state)
{
	(void)state;
	use("real");
	return 0;
}

void kit_fake(const char *answer)
{
	write_file(beside_state("answer"), answer);
	use("fake");
}

void kit_answer(const char *file, const char *answer)
{
	write_file(beside_state(file), answer);
}

void kit_none(void)
{
	use("none");
}

bool kit_asked(void)
{
	return access(beside_state("asked"), F_OK) == 0;
}

static bool has_line(const char *text, const char *line)
{
	const size_t length = strlen(line);

	for (; text != NULL && *text != '\0'; text = strchr(text, '\n'), text += text != NULL)
		if (strncmp(text, line, length) == 0 && text[length] == '\n')
			return true;
	return false;
}

void kit_was_asked(const char *line, ...)
{
	char text[8192];
	FILE *file = fopen(beside_state("asked"), "re");
	va_list lines;

	assert_non_null(file);
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	va_start(lines, line);
	for (; line != NULL; line = va_arg(lines, const char *))
		if (!has_line(text, line))
			fail_msg("not asked for \"%s\": %s", line, text);
	va_end(lines);
	(void)unlink(beside_state("asked"));
}

struct kit_error *kit_error(void)
{
	memset(&last, 'x', sizeof last);
	last.ec.Bytes_Provided = sizeof last;
	return &last;
}

void kit_succeeded(void)
{
	struct kit_error expected;

	if (last.ec.Bytes_Available != 0)
		fail_msg("%.7s, not success", last.ec.Exception_Id);
	memset(&expected, 'x', sizeof expected);
	expected.ec.Bytes_Provided = sizeof expected;
	expected.ec.Bytes_Available = 0;
	assert_memory_equal(&last, &expected, sizeof last);
}

void kit_refused(void)
{
	assert_int_not_equal(last.ec.Bytes_Available, 0);
}

void kit_failed(const char *id, const void *data, size_t length)
{
	kit_refused();
	if (memcmp(last.ec.Exception_Id, id, 7) != 0)
		fail_msg("%.7s, not %s", last.ec.Exception_Id, id);
	assert_int_equal(last.ec.Bytes_Available, sizeof last.ec + length);
	if (length > 0)
		assert_memory_equal(last.data, data, length);
	assert_int_equal(last.data[length], 'x');
}

void kit_failed_number(const char *id, int number)
{
	kit_failed(id, &number, sizeof number);
}

void kit_failed_user(const char *id, const char user[10])
{
	kit_failed(id, user, 10);
}

void kit_failed_ended(enum authz_result reason)
{
	const int number = (int)reason;
	char data[24];

	memcpy(data, "QSYPTKN   AUTHZ     ", 20);
	memcpy(data + 20, &number, sizeof number);
	kit_failed("CPF9872", data, sizeof data);
}

bool kit_is_zero(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	size_t i;

	for (i = 0; i < length; i++)
		if (at[i] != 0)
			return false;
	return true;
}

void kit_token(char type, unsigned char token[AUTHZ_TOKEN_SIZE])
{
	QsyGenPrfTkn(token, OWNER, NOPWD, &(int){600}, &type, kit_error());
	kit_succeeded();
	assert_false(kit_is_zero(token, AUTHZ_TOKEN_SIZE));
}
