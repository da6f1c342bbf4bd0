/* SPDX-License-Identifier: ISC */
#include "exit_play.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		count++;
	closedir(d);
	return count;
}

/* How many destinations it was told of: of lines what they say, of a record its number. */
static size_t told(const struct host_launch *what)
{
	const char *line;
	char *copy;
	size_t count;

	if (what->input_length > 8 && memcmp(what->input, AUTH, 8) == 0)
		return authz_exit_number((const unsigned char *)what->input + 154);
	copy = strndup(what->input, what->input_length);
	assert_non_null(copy);
	line = strstr(copy, "\ndestinations ");
	assert_non_null(line);
	count = strtoul(line + 14, NULL, 10);
	free(copy);
	return count;
}

static void say_yes(struct host_launch *what)
{
	const bool record = memcmp(what->input, AUTH, 8) == 0;
	size_t count = told(what), i;

	what->output_length = 0;
	for (i = 0; i < count; i++) {
		assert_true(what->output_length + 5 <= what->output_size);
		memcpy(what->output + what->output_length, "*YES\n", record ? 4 : 5);
		what->output_length += record ? 4 : 5;
	}
}

static enum authz_result say(const struct exit_said *s, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	const char *bytes = s->bytes != NULL ? s->bytes : "";
	const size_t length = s->length != 0 ? s->length : strlen(bytes);

	if (s->result != AUTHZ_OK) {
		snprintf(why, HOST_SUBJECT_SIZE, "%s", s->why);
		say_yes(what); /* whatever is there counts for nothing */
		return s->result;
	}
	if (s->bytes == NULL) {
		say_yes(what);
		return AUTHZ_OK;
	}
	if (length > what->output_size) {
		snprintf(why, HOST_SUBJECT_SIZE, "%.128s: too much output", what->path);
		return AUTHZ_LAUNCH_FAILED;
	}
	memcpy(what->output, bytes, length);
	what->output_length = length;
	return AUTHZ_OK;
}

static const struct exit_said *find(const struct exit_play *play, const char *path)
{
	static const struct exit_said yes = {.path = ""};
	size_t i;

	for (i = 0; i < play->said_count; i++)
		if (strcmp(play->said[i].path, path) == 0)
			return &play->said[i];
	return &yes;
}

static enum authz_result program(void *arg, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	struct exit_play *play = arg;
	const struct exit_said *s = find(play, what->path);
	const unsigned files = open_files();

	if (files > play->files_most)
		play->files_most = files;
	if (play->runs < 64)
		play->wait_ms[play->runs] = what->wait_ms;
	play->waits = what->waits;
	play->runs++;
	snprintf(play->ran + strlen(play->ran), sizeof play->ran - strlen(play->ran), "%s ", what->path);
	free(play->input);
	play->input = strndup("", 0);
	play->input = realloc(play->input, what->input_length + 1);
	assert_non_null(play->input);
	memcpy(play->input, what->input, what->input_length);
	play->input[what->input_length] = '\0';
	play->input_length = what->input_length;
	if (play->meanwhile != NULL)
		play->meanwhile(play, what->path);
	fake_host_pass(&play->w->fake, s->takes);
	return say(s, what, why);
}

void exit_play_begin(struct exit_play *play, struct world *w, const struct exit_said *said, size_t count)
{
	*play = (struct exit_play){.w = w, .said = said, .said_count = count};
	w->fake.launch.program = program;
	w->fake.launch.program_arg = play;
	world_host(w);
}

void exit_play_end(struct exit_play *play)
{
	free(play->input);
	play->input = NULL;
}

/* ---- the store */

struct exit_program exit_program_of(uint32_t number)
{
	struct exit_program e = {.number = number, .input = EXIT_INPUT_LINES, .changed_by = UID_SAM, .changed_at = 7};

	snprintf(e.path, sizeof e.path, "/exit/%u", number);
	return e;
}

void exit_play_put(struct world *w, const char *point, const char *format, const struct exit_program *e)
{
	struct store_txn *t = begin(w->rules.authority, true);
	struct exit_name name;
	struct exit_point p;
	bool found;

	assert_true(exit_name_make(point, format, &name));
	assert_result(exit_point_read(&w->rules, t, &name, &p, &found), AUTHZ_OK);
	p.maximum = EXIT_PROGRAMS_MAX;
	assert_result(exit_program_put(&w->rules, t, &p, e), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

void exit_play_lines(struct world *w, const char *point, const char *format, uint32_t number)
{
	const struct exit_program e = exit_program_of(number);

	exit_play_put(w, point, format, &e);
}

void exit_play_lose(struct world *w, const char *kind, const char *point, const char *format, uint32_t number)
{
	struct store_txn *t = begin(w->rules.authority, true);
	const unsigned char bytes[] = {0, (unsigned char)(number >> 24), (unsigned char)(number >> 16),
	                               (unsigned char)(number >> 8), (unsigned char)number};
	char key[64];
	size_t length = strlen(kind);

	memcpy(key, kind, length);
	if (strcmp(kind, "Xl") != 0)
		length += (size_t)snprintf(key + length, sizeof key - length, "%s%c%s", point, 0, format);
	if (number != 0) {
		memcpy(key + length, bytes, sizeof bytes);
		length += sizeof bytes;
	}
	assert_result(store_delete(t, key, length), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

/* ---- asking */

void exit_data(struct request *q, const char *bytes, size_t length)
{
	assert_true(length <= sizeof q->data.bytes);
	memset(&q->data, 0, sizeof q->data);
	memcpy(q->data.bytes, bytes, length);
	q->data.length = length;
	q->has |= HAS(DATA);
}

struct request exit_request(const char *user)
{
	static const char data[] = "CR0815\0" "1\0" "ACT01\0" "*OBJ\0" "*HOST\0" "*SNDINS\0" "SITE.PAYROLL.2";
	struct request q = {.operation = OP_EXIT_CHECK, .has = HAS(POINT) | HAS(FORMAT) | HAS(USER), .point = SDDST, .format = AUTH};

	snprintf(q.user, sizeof q.user, "%s", user);
	exit_data(&q, data, sizeof data);
	return q;
}

static bool open_stream(void *context)
{
	struct exit_play *play = context;

	play->opened++;
	return !play->full;
}

static long get(void *context, void *bytes, size_t size)
{
	struct exit_play *play = context;
	size_t left = play->text_length - play->text_read;

	assert_int_equal(play->opened, 1);
	if (play->piece != 0 && size > play->piece)
		size = play->piece;
	if (left == 0 && play->endless) {
		memset(bytes, 'x', size);
		play->text_length += size;
		left = size;
	} else if (left == 0 && play->broken) {
		return -1;
	} else {
		size = left < size ? left : size;
		memcpy(bytes, play->text + play->text_read, size);
	}
	play->text_read += size;
	return (long)size;
}

static void proceed(void *context, unsigned ms)
{
	struct exit_play *play = context;

	play->proceeded_ms = ms;
	play->proceeded_runs = play->runs;
}

enum authz_result exit_play_check(struct exit_play *play, const struct request *q, const char *text)
{
	const struct rules_stream stream = {.context = play, .open = open_stream, .get = get, .proceed = proceed};
	struct world *w = play->w;
	enum authz_result result;

	if (text != NULL) {
		play->text = text;
		play->text_length = strlen(text);
	}
	play->text_read = play->opened = play->runs = play->proceeded_ms = 0;
	play->ran[0] = '\0';
	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
	play->files = play->files_most = open_files();
	result = exit_check(&w->rules, q, &stream, &w->answer);
	assert_int_equal(open_files(), play->files);
	return result;
}

const char *exit_play_answer(struct exit_play *play)
{
	static char text[16384];
	const struct answer *a = &play->w->answer;
	struct frame_reader rows = {a->rows.data, a->rows.used}, items;
	struct frame_field row;
	char item[2048], *at = text;
	unsigned count;

	for (count = 0; frame_next(&rows, &row) == 1; count++) {
		assert_int_equal(row.tag, REPLY_ENTRY_TAG);
		items = (struct frame_reader){row.bytes, row.length};
		if (count == 1)
			at += sprintf(at, "|");
		while (frame_next_item(&items, item, sizeof item))
			at += snprintf(at, sizeof text - (size_t)(at - text), count == 0 ? "%s " : "%s", item);
	}
	return text;
}
