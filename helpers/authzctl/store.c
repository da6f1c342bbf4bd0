/* SPDX-License-Identifier: ISC */
/* What keeps the stores themselves: check, stats, dump, load, backup.  Root's alone. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "backup_file.h"
#include "output.h"
#include "progress.h"
#include "upload.h"
#include "watched.h"

/* A stream on its way, and how far it is. */
struct transfer {
	struct progress progress;
	uint64_t done, total;
	struct backup_file *file; /* of a backup; NULL: standard output */
	int failed;               /* errno of our own side */
};

static int begin(const struct app *app, const struct args *args, struct call *c, enum operation operation)
{
	const char *store = args_value(args, "store");

	call_begin(c, operation);
	if (!request_set_string(&c->request, FIELD_STORE, store != NULL ? store : "authority"))
		return answer_bad_parameter(app, "store");
	return EXIT_DONE;
}

/* Rows of name and number. */
static int show_numbers(const struct app *app, struct call *c)
{
	json_t *fields = app->json ? json_object() : NULL;
	char items[2][ITEM_SIZE];
	struct frame_reader row;
	int64_t number;

	while (reply_next_entry(&c->reply, &row)) {
		if (!call_row(&row, items, 2) || !text_number(items[1], &number)) {
			json_decref(fields);
			return answer(app, AUTHZ_HELPER_GARBLED, &c->error, NULL);
		}
		if (!app->json)
			printf("%s:%*s%" PRId64 "\n", items[0], strlen(items[0]) < 20 ? 20 - (int)strlen(items[0]) : 1, "", number);
		else if (json_object_set_new(fields, items[0], json_integer(number)) != 0)
			break;
	}
	return app->json ? answer(app, AUTHZ_OK, NULL, fields) : EXIT_DONE;
}

static int stats(struct app *app, const struct args *args)
{
	enum authz_result result;
	struct call c;
	int status = begin(app, args, &c, OP_STORE_STATS);

	if (status != EXIT_DONE)
		return status;
	result = call_ask(app, &c);
	return result == AUTHZ_OK ? show_numbers(app, &c) : answer(app, result, &c.error, NULL);
}

/* The number of records, for the bar of a dump; 0 if it cannot be had: the dump itself says why. */
static uint64_t count_records(const struct app *app, const struct call *of)
{
	char items[2][ITEM_SIZE];
	struct frame_reader row;
	struct call c;
	int64_t number;

	call_begin(&c, OP_STORE_STATS);
	memcpy(c.request.store, of->request.store, sizeof c.request.store);
	c.request.has = of->request.has;
	if (call_ask(app, &c) != AUTHZ_OK)
		return 0;
	while (reply_next_entry(&c.reply, &row))
		if (call_row(&row, items, 2) && strcmp(items[0], "records") == 0 && text_number(items[1], &number))
			return (uint64_t)number;
	return 0;
}

static int check(struct app *app, const struct args *args)
{
	enum authz_result result;
	struct call c;
	int status = begin(app, args, &c, OP_STORE_CHECK);

	if (status != EXIT_DONE)
		return status;
	result = watched_ask(app, &c, "checking");
	if (result == AUTHZ_OK && !app->json && !app->quiet)
		fprintf(stderr, "Every record is whole.\n");
	return result == AUTHZ_OK ? show_numbers(app, &c) : answer(app, result, &c.error, NULL);
}

static bool take_text(void *context, const unsigned char *bytes, size_t length)
{
	struct transfer *t = context;
	size_t i;

	for (i = 0; i < length; i++)
		t->done += bytes[i] == '\n';
	progress_at(&t->progress, t->done, t->total);
	errno = 0;
	if (t->file != NULL ? backup_file_write(t->file, bytes, length) : fwrite(bytes, 1, length, stdout) == length)
		return true;
	t->failed = errno != 0 ? errno : EIO;
	return false;
}

/* To standard output, or to a file. */
static enum authz_result dump_to(const struct app *app, struct call *c, struct transfer *t)
{
	const struct client_stream stream = {.context = t, .take = take_text};
	enum authz_result result;

	t->total = count_records(app, c);
	progress_begin(&t->progress, "dumping", app->quiet);
	result = call_stream(app, c, &stream);
	progress_end(&t->progress);
	return result;
}

static int dump(struct app *app, const struct args *args)
{
	struct transfer t = {.done = 0};
	enum authz_result result;
	struct call c;
	int status = begin(app, args, &c, OP_STORE_DUMP);

	if (status != EXIT_DONE)
		return status;
	result = dump_to(app, &c, &t);
	if (t.failed != 0)
		status = answer_bad_file("write", "standard output", t.failed);
	else if (result != AUTHZ_OK)
		status = answer(app, result, &c.error, NULL);
	call_wipe(&c);
	return status;
}

static int backup(struct app *app, const struct args *args)
{
	struct backup_file file;
	struct transfer t = {.file = &file};
	enum authz_result result;
	struct call c;
	int status = begin(app, args, &c, OP_STORE_DUMP);

	if (status != EXIT_DONE)
		return status;
	if (!backup_file_open(&file, args->word))
		return answer_bad_file("write", args->word, errno);
	result = dump_to(app, &c, &t);
	if (t.failed != 0)
		status = answer_bad_file("write", args->word, t.failed);
	else if (result == AUTHZ_OK && !backup_file_finish(&file))
		status = answer_bad_file("write", args->word, errno);
	else if (result != AUTHZ_OK || app->json)
		status = answer(app, result, &c.error, NULL);
	backup_file_drop(&file);
	call_wipe(&c);
	return status;
}

static int load(struct app *app, const struct args *args)
{
	struct upload u;
	const struct client_stream stream = {.context = &u, .give = upload_give};
	enum authz_result result;
	struct call c;
	int status = begin(app, args, &c, OP_STORE_LOAD);

	if (status != EXIT_DONE)
		return status;
	if (!upload_begin(&u, args->word, app->quiet))
		return answer_bad_file("read", args->word, errno);
	result = call_stream(app, &c, &stream);
	upload_end(&u);
	if (u.failed != 0)
		status = answer_bad_file("read", args->word, u.failed);
	else
		status = result == AUTHZ_OK ? show_numbers(app, &c) : answer(app, result, &c.error, NULL);
	call_wipe(&c);
	return status;
}

static const struct option options[] = {
	{.name = "store", .value = "authority|tokens", .help = "which of the two stores (authority)"},
	{.name = NULL},
};

const struct command store_check = {
	.group = "store",
	.verb = "check",
	.synopsis = "[--store authority|tokens]",
	.help = "Read every record of a store, and say where one is damaged.",
	.options = options,
	.run = check,
};

const struct command store_stats = {
	.group = "store",
	.verb = "stats",
	.synopsis = "[--store authority|tokens]",
	.help = "Show how much is in a store, and how much room there is.",
	.options = options,
	.run = stats,
};

const struct command store_dump = {
	.group = "store",
	.verb = "dump",
	.synopsis = "[--store authority|tokens]",
	.help = "Write a store as text to standard output.",
	.options = options,
	.run = dump,
};

const struct command store_load = {
	.group = "store",
	.verb = "load",
	.synopsis = "FILE|-",
	.word = "FILE",
	.help = "Replace all of the authority store by what a dump says.",
	.options = no_options,
	.run = load,
};

const struct command store_backup = {
	.group = "store",
	.verb = "backup",
	.synopsis = "FILE [--store authority|tokens]",
	.word = "FILE",
	.help = "Write a store as text to a file, which is there whole or not at all.",
	.options = options,
	.run = backup,
};
