/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "utf8.h"

static char output_buffer[65536]; /* of standard output: a token may be in it, so it is ours to wipe */

/* jansson's memory, which may hold a token, is wiped before it is given back. */
struct wiped {
	size_t size;
	max_align_t data[];
};

static void *wiped_alloc(size_t size)
{
	struct wiped *w = size > SIZE_MAX - sizeof *w ? NULL : malloc(sizeof *w + size);

	if (w == NULL)
		return NULL;
	w->size = size;
	return w->data;
}

static void wiped_free(void *data)
{
	struct wiped *w;

	if (data == NULL)
		return;
	w = (struct wiped *)(void *)((char *)data - offsetof(struct wiped, data));
	explicit_bzero(w->data, w->size);
	free(w);
}

/* Opened the wrong way round, so that reading from or writing to what was closed stays an error. */
static void open_closed(int fd, int flags)
{
	if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) < 0)
		_exit(EXIT_INTERNAL);
}

void output_begin(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	open_closed(STDIN_FILENO, O_WRONLY);
	open_closed(STDOUT_FILENO, O_RDONLY);
	open_closed(STDERR_FILENO, O_RDONLY);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL);
	json_set_alloc_funcs(wiped_alloc, wiped_free);
	(void)setvbuf(stdout, output_buffer, _IOFBF, sizeof output_buffer);
}

bool output_flush(void)
{
	static bool said;
	const bool flushed = fflush(stdout) == 0; /* what could not be written earlier is tried again here */

	if (flushed && !ferror(stdout))
		return true;
	if (!said)
		fprintf(stderr, "authzctl: standard output: %s\n", flushed ? "write error" : strerror(errno));
	said = true;
	return false;
}

bool output_wait(int milliseconds)
{
	struct pollfd p = {.fd = STDOUT_FILENO};

	return poll(&p, 1, milliseconds) <= 0 || (p.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

int output_end(int status)
{
	const bool flushed = output_flush();

	__fpurge(stdout);
	explicit_bzero(output_buffer, sizeof output_buffer);
	if (!flushed)
		return EXIT_INTERNAL;
	if (fclose(stdout) == 0 || errno == EBADF)
		return status;
	fprintf(stderr, "authzctl: standard output: %s\n", strerror(errno));
	return EXIT_INTERNAL;
}

bool locale_shows_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void text_print(FILE *to, const char *text)
{
	const bool utf8 = locale_shows_utf8();

	while (*text != '\0') {
		uint32_t point;
		const size_t length = utf8_next(text, &point);

		if (length > 0 && utf8_is_shown(point) && (point < 0x80 || utf8)) {
			fwrite(text, 1, length, to);
			text += length;
		} else {
			for (size_t i = 0; i < (length > 0 ? length : 1); i++)
				fprintf(to, "\\x%02x", (unsigned)(unsigned char)*text++);
		}
	}
}

json_t *text_json(const char *text)
{
	const size_t room = 3 * strlen(text) + 1;
	char *clean = malloc(room), *at = clean;
	json_t *value;

	if (clean == NULL)
		return NULL;
	while (*text != '\0') {
		uint32_t point;
		const size_t length = utf8_next(text, &point);

		at = length > 0 && point != 0x7f ? mempcpy(at, text, length) : mempcpy(at, "\xef\xbf\xbd", 3);
		text += length > 0 ? length : 1;
	}
	value = json_stringn(clean, (size_t)(at - clean));
	explicit_bzero(clean, room);
	free(clean);
	return value;
}

void text_time(int64_t seconds, char text[32])
{
	const time_t when = (time_t)seconds;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL || strftime(text, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		(void)snprintf(text, 32, "@%" PRId64, seconds);
}

bool json_line(json_t *value)
{
	char *text = value == NULL ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);

	json_decref(value);
	if (text == NULL) {
		fputs("authzctl: out of memory\n", stderr);
		return false;
	}
	fputs(text, stdout);
	putchar('\n');
	wiped_free(text);
	return true;
}

static int answer_json(enum authz_result result, const char *text, json_t *fields)
{
	json_t *all = json_object();

	if (all == NULL || json_object_set_new(all, "result", json_string(authz_result_code(result))) != 0 ||
	    json_object_set_new(all, "number", json_integer(result)) != 0 ||
	    json_object_set_new(all, "text", text_json(text)) != 0 ||
	    (fields != NULL && json_object_update(all, fields) != 0)) {
		json_decref(all);
		all = NULL;
	}
	json_decref(fields);
	return json_line(all) ? authz_result_exit(result) : EXIT_INTERNAL;
}

int answer(const struct app *app, enum authz_result result, const struct authz_error *error, json_t *fields)
{
	char text[512];

	(void)authz_result_text(result, error, text, sizeof text);
	if (app->json)
		return answer_json(result, text, fields);
	json_decref(fields);
	if (result != AUTHZ_OK && !app->quiet) {
		fprintf(stderr, "authzctl: %s: ", authz_result_code(result));
		text_print(stderr, text);
		fputc('\n', stderr);
	}
	return authz_result_exit(result);
}

int answer_bad_parameter(const struct app *app, const char *parameter)
{
	struct authz_error error;

	(void)snprintf(error.subject, sizeof error.subject, "%s", parameter);
	return answer(app, AUTHZ_BAD_PARAMETER, &error, NULL);
}

int answer_bad_file(const char *doing, const char *path, int number)
{
	fprintf(stderr, "authzctl: cannot %s ", doing);
	text_print(stderr, path);
	fprintf(stderr, ": %s\n", strerror(number));
	return EXIT_INTERNAL;
}

/* Columns that a cell takes when text_print shows it. */
static size_t cell_width(const char *text)
{
	const bool utf8 = locale_shows_utf8();
	size_t width = 0;

	while (*text != '\0') {
		uint32_t point;
		const size_t length = utf8_next(text, &point);
		const bool shown = length > 0 && utf8_is_shown(point) && (point < 0x80 || utf8);

		width += shown ? 1 : 4 * (length > 0 ? length : 1);
		text += length > 0 ? length : 1;
	}
	return width;
}

static void print_cells(const struct table *t, const char *const *cells)
{
	for (size_t i = 0; i < t->columns; i++) {
		text_print(stdout, cells[i]);
		if (i + 1 < t->columns)
			printf("%*s", (int)(t->width[i] - cell_width(cells[i])) + 2, "");
	}
	putchar('\n');
}

void table_measure(struct table *t, const char *const *cells)
{
	for (size_t i = 0; i < t->columns; i++) {
		const size_t width = cell_width(cells[i]);

		if (width > t->width[i])
			t->width[i] = width;
	}
}

void table_end(struct table *t)
{
	if (t->started)
		return;
	table_measure(t, t->titles);
	print_cells(t, t->titles);
	t->started = true;
}

void table_print(struct table *t, const char *const *cells)
{
	table_end(t);
	print_cells(t, cells);
}
