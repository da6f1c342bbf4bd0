/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: "ok" and "error" alone are answers, each one whole line; anything else, more, nothing, or too late, is a server out
 *         of reach.
 * MUST 2: no password can end the line that it is in.
 * MUST 3: no password, and no hash of one, stays in memory or goes into a reason.
 * MUST 4: all that is asked for one request together ends before the helper's own end.
 */
#include "rules/mailbox_server.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MAX 1024

static const char *const commands[] = {"bind", "register", "add", "alter", "delete"};

enum authz_result mailbox_password_fits(struct rules *r, const char *password, const char *parameter)
{
	const size_t length = strnlen(password, PASSWORD_SIZE);

	if (length == 0 || length == PASSWORD_SIZE || strpbrk(password, "\r\n") != NULL)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, parameter);
	return AUTHZ_OK;
}

int64_t mailbox_server_until(const struct rules *r, const struct host_clock *now)
{
	const unsigned wait = r->host->config.launch_wait_ms;

	return now->boot + (int64_t)(wait < SERVER_LIFE_MS ? wait : SERVER_LIFE_MS) * 1000;
}

/* ---- the lines */

struct lines {
	char text[2048];
	size_t used;
	bool full;
};

static void add_line(struct lines *l, const char *word, const char *value)
{
	int length;

	if (value == NULL || value[0] == '\0')
		return;
	length = snprintf(l->text + l->used, sizeof l->text - l->used, "%s %s\n", word, value);
	if (length < 0 || (size_t)length >= sizeof l->text - l->used || memchr(value, '\n', strlen(value)) != NULL)
		l->full = true;
	else
		l->used += (size_t)length;
}

static void write_lines(struct lines *l, const struct server_question *q)
{
	l->used = 0;
	l->full = false;
	add_line(l, "authz-password-server", "1");
	add_line(l, "command", commands[q->command]);
	add_line(l, "owner", q->owner);
	add_line(l, "group", q->group);
	add_line(l, "address", q->address);
	add_line(l, "password", q->password);
	add_line(l, "new-password", q->new_password);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("._:/@+*-", c) != NULL;
}

/* A foreign program's words, which can end neither a word nor a line of the audit. */
static void take_reason(struct server_reply *reply, const char *from, size_t length)
{
	size_t i;

	if (length >= sizeof reply->why)
		length = sizeof reply->why - 1;
	for (i = 0; i < length; i++)
		reply->why[i] = from[i] != '\0' && is_word(from[i]) ? from[i] : '_';
	reply->why[length] = '\0';
}

/* A line of printable bytes, and nothing behind it: its length without the newline, 0 if it is none. */
static size_t line_length(const char *output, size_t length)
{
	size_t i;

	if (length < 2 || output[length - 1] != '\n')
		return 0;
	for (i = 0; i < length - 1; i++)
		if ((unsigned char)output[i] < ' ' || output[i] == '\x7f')
			return 0;
	return length - 1;
}

static void read_answer(struct server_reply *reply, const char *output, size_t length)
{
	const size_t line = line_length(output, length);

	reply->answer = SERVER_OUT_OF_REACH;
	take_reason(reply, "no answer of a password server", 30);
	if (line == 2 && memcmp(output, "ok", 2) == 0)
		*reply = (struct server_reply){.answer = SERVER_OK};
	else if (line == 5 && memcmp(output, "error", 5) == 0)
		*reply = (struct server_reply){.answer = SERVER_REFUSED};
	else if (line > 6 && memcmp(output, "error ", 6) == 0) {
		reply->answer = SERVER_REFUSED;
		take_reason(reply, output + 6, line - 6);
	}
}

/* ---- the site's */

static void launch(struct rules *r, const struct server_question *q, unsigned wait_ms, struct lines *l,
                   struct server_reply *reply)
{
	char output[ANSWER_MAX], why[HOST_SUBJECT_SIZE] = "";
	struct host_launch what = {.path = q->path, .input = l->text, .input_length = l->used, .wait_ms = wait_ms,
	                           .output = output, .output_size = sizeof output};
	const char *cause = why;

	if (r->host->launch(r->host->context, &what, why) == AUTHZ_OK) {
		read_answer(reply, output, what.output_length <= sizeof output ? what.output_length : 0);
	} else {
		if (strncmp(why, q->path, strlen(q->path)) == 0) /* a record names it anyway */
			cause += strlen(q->path);
		cause += strspn(cause, ": ");
		take_reason(reply, cause, strlen(cause));
	}
	reply->heard = what.heard;
	sodium_memzero(output, sizeof output);
}

static enum authz_result ask_site(struct rules *r, const struct server_question *q, struct server_reply *reply)
{
	struct lines l;
	struct host_clock now;
	enum authz_result result = r->host->clock(r->host->context, &now);

	*reply = (struct server_reply){.answer = SERVER_OUT_OF_REACH, .why = "late"};
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "a clock could not be read");
	write_lines(&l, q);
	if (l.full)
		result = rules_refuse(r, AUTHZ_INTERNAL, "the lines of a password server");
	else if (q->until > now.boot && (q->until - now.boot) / 1000 > 0)
		launch(r, q, (unsigned)((q->until - now.boot) / 1000), &l, reply);
	sodium_memzero(&l, sizeof l);
	return result;
}

/* ---- the built-in one */

static enum authz_result make_field(struct rules *r, const char *password, char crypt[HOST_CRYPT_SIZE])
{
	enum authz_result result = r->host->password_field(r->host->context, password, crypt);

	return result == AUTHZ_OK ? result : rules_refuse(r, result, result == AUTHZ_BAD_PARAMETER ? "password" : "libcrypt");
}

static enum authz_result ask_built_in(struct rules *r, const struct server_question *q, struct server_reply *reply)
{
	const char *new_password = q->command == SERVER_REGISTER ? q->new_password : q->password;
	bool matches = true;
	enum authz_result result = AUTHZ_OK;

	if (q->command == SERVER_BIND || q->command == SERVER_REGISTER)
		result = r->host->password(r->host->context, q->crypt, q->password, &matches);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "libcrypt");
	*reply = (struct server_reply){.answer = matches ? SERVER_OK : SERVER_REFUSED};
	if (reply->answer == SERVER_REFUSED || q->command == SERVER_BIND || q->command == SERVER_DELETE || new_password == NULL)
		return AUTHZ_OK;
	return make_field(r, new_password, q->crypt);
}

enum authz_result mailbox_server_ask(struct rules *r, const struct server_question *q, struct server_reply *reply)
{
	return q->path[0] != '\0' ? ask_site(r, q, reply) : ask_built_in(r, q, reply);
}
