/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no transaction is open while a program runs, and what is registered or removed meanwhile is not in this asking.
 * MUST 2: what is lost or damaged in the store is an error, never a program that nobody asks.
 * MUST 3: yes is what all programs said: each is asked about all destinations, whatever those before it have said.
 * MUST 4: the first error ends it; then there is no yes, whatever was said before.
 * MUST 5: however many programs there are, and whatever they do, it ends within its time.
 */
#include "rules/exit_ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/exit_name.h"

#define OUTPUT_MAX 65536 /* what authz-launch gives back at most */
#define RECORD_USER_MAX 10
#define PATH_LEAST 8 /* of a shortened path less says nothing */

/* ---- the list */

/* What no registration puts there is not guessed at. */
static bool has_form(const struct exit_name *name, const struct exit_program *e)
{
	return e->input == EXIT_INPUT_LINES || exit_format_has_record(name);
}

static enum authz_result read_all(struct rules *r, struct store_txn *t, struct exit_programs *out)
{
	struct exit_point point;
	bool found;
	enum authz_result result = exit_point_read(r, t, &out->name, &point, &found);
	size_t i;

	if (result != AUTHZ_OK || !found || point.count == 0)
		return result;
	out->all = calloc(point.count, sizeof *out->all);
	if (out->all == NULL)
		return rules_refuse(r, AUTHZ_NO_MEMORY, "");
	for (i = 0; i < point.count && result == AUTHZ_OK; i++) {
		result = exit_program_read(r, t, &point, point.numbers[i], &out->all[i], &found);
		if (result == AUTHZ_OK && (!found || !has_form(&out->name, &out->all[i])))
			result = rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
	}
	out->count = point.count;
	return result;
}

/* MUST 1, MUST 2 */
enum authz_result exit_programs_read(struct rules *r, const struct exit_name *name, struct exit_programs *out)
{
	struct store_txn *t;
	enum authz_result result;

	*out = (struct exit_programs){.name = *name};
	result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = read_all(r, t, out);
	store_abort(t);
	return result;
}

void exit_programs_free(struct exit_programs *p)
{
	free(p->all);
	p->all = NULL;
	p->count = 0;
}

/* ---- what went wrong */

/* The end of a path tells more than its beginning. */
static void put_path(char *out, size_t room, const char *path)
{
	const size_t length = strlen(path);

	if (length + 1 <= room)
		sprintf(out, " %s", path);
	else if (room >= PATH_LEAST + sizeof " ..." - 1)
		sprintf(out, " ...%s", path + length - (room - (sizeof " ..." - 1)));
}

void exit_sentence(const struct exit_name *point, const struct exit_program *program, const char *cause,
                   char out[SUBJECT_SIZE])
{
	char head[EXIT_POINT_SIZE + EXIT_FORMAT_SIZE + 16], path[SUBJECT_SIZE] = "";
	const int length = snprintf(head, sizeof head, "%s %s %" PRIu32, point->point, point->format, program->number);
	const size_t used = (size_t)length + (cause[0] != '\0' ? strlen(cause) + 2 : 0);

	if (used < SUBJECT_SIZE)
		put_path(path, SUBJECT_SIZE - 1 - used, program->path);
	snprintf(out, SUBJECT_SIZE, "%s%s%s%s", head, path, cause[0] != '\0' ? ": " : "", cause);
}

struct asking {
	struct rules *r;
	const struct exit_asking *a;
	int64_t until; /* of the boot clock, microseconds */
	char *input, *output;
	bool *yes;
};

static enum authz_result failed(struct asking *s, const struct exit_program *e, const char *cause)
{
	char subject[SUBJECT_SIZE];

	exit_sentence(&s->a->programs->name, e, cause, subject);
	return rules_refuse(s->r, AUTHZ_EXIT_FAILED, subject);
}

/* What the host says begins with the path, or as much of it as it shows. */
static enum authz_result not_run(struct asking *s, const struct exit_program *e, char why[HOST_SUBJECT_SIZE])
{
	size_t i, same = 0;

	for (i = 0; why[i] != '\0'; i++)
		if ((unsigned char)why[i] < ' ' || why[i] == '\x7f')
			why[i] = '?';
	while (why[same] != '\0' && why[same] == e->path[same])
		same++;
	if (same > 0 && strncmp(why + same, ": ", 2) == 0)
		why += same + 2;
	return failed(s, e, why[0] != '\0' ? why : "it was not run");
}

/* What it wrote is not as many answers. */
static enum authz_result miscounted(struct asking *s, const struct exit_program *e, size_t length)
{
	const size_t count = s->a->to.count;
	size_t answers = length / 4, i;
	char cause[80];

	if (e->input == EXIT_INPUT_LINES)
		for (answers = 0, i = 0; i < length; i++)
			answers += s->output[i] == '\n';
	if (e->input == EXIT_INPUT_RECORD && length % 4 != 0)
		snprintf(cause, sizeof cause, "%zu bytes of %zu", length, count * 4);
	else if (e->input == EXIT_INPUT_LINES && length > 0 && s->output[length - 1] != '\n')
		snprintf(cause, sizeof cause, "its last line has no newline");
	else
		snprintf(cause, sizeof cause, "%zu answers of %zu", answers, count);
	return failed(s, e, cause);
}

/* ---- one program */

/* MUST 5 */
static enum authz_result time_left(struct asking *s, const struct exit_program *e, unsigned *ms)
{
	struct rules *r = s->r;
	const unsigned own = e->wait_ms != 0 ? e->wait_ms : r->host->config.launch_wait_ms;
	struct host_clock now;
	int64_t left;
	enum authz_result result = r->host->clock(r->host->context, &now);

	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "a clock could not be read");
	left = s->until > now.boot ? (s->until - now.boot) / 1000 : 0;
	if (left > s->a->within_ms)
		left = s->a->within_ms;
	*ms = left < (int64_t)own ? (unsigned)left : own;
	return *ms > 0 ? AUTHZ_OK : failed(s, e, "late: no time was left");
}

static size_t write_input(struct asking *s, const struct exit_program *e)
{
	const struct exit_asking *a = s->a;

	if (e->input == EXIT_INPUT_RECORD)
		return exit_input_record(e, a->activity, &a->to, (unsigned char *)s->input, EXIT_INPUT_MAX);
	return exit_input_lines(&a->programs->name, e, a->lines, a->line_count, &a->to, s->input, EXIT_INPUT_MAX);
}

static enum authz_result run(struct asking *s, const struct exit_program *e)
{
	struct host *host = s->r->host;
	struct host_launch what = {.path = e->path, .input = s->input, .output = s->output, .output_size = OUTPUT_MAX,
	                           .waits = s->a->waits};
	char why[HOST_SUBJECT_SIZE] = "";
	enum authz_result result;

	what.input_length = write_input(s, e);
	if (what.input_length == 0)
		return failed(s, e, "what it would read has no form");
	result = time_left(s, e, &what.wait_ms);
	if (result != AUTHZ_OK)
		return result;
	if (host->launch(host->context, &what, why) != AUTHZ_OK)
		return not_run(s, e, why);
	if (what.output_length > OUTPUT_MAX)
		return failed(s, e, "too much output");
	if (!exit_output_read(e->input, s->output, what.output_length, s->yes, s->a->to.count))
		return miscounted(s, e, what.output_length);
	return AUTHZ_OK;
}

/* ---- all of them */

/* MUST 3 */
static enum authz_result run_all(struct asking *s, unsigned char *first)
{
	const struct exit_programs *p = s->a->programs;
	enum authz_result result = AUTHZ_OK;
	size_t i, k;

	for (k = 0; k < p->count && result == AUTHZ_OK; k++) {
		result = run(s, &p->all[k]);
		for (i = 0; i < s->a->to.count && result == AUTHZ_OK; i++)
			if (!s->yes[i] && first[i] == 0)
				first[i] = (unsigned char)(k + 1);
	}
	return result;
}

/* The user profile is in every record, or no program is run. */
static enum authz_result fits_records(struct rules *r, const struct exit_asking *a)
{
	const struct exit_programs *p = a->programs;
	size_t k;

	for (k = 0; k < p->count; k++)
		if (p->all[k].input == EXIT_INPUT_RECORD && strlen(a->activity->user) > RECORD_USER_MAX)
			return rules_refuse(r, AUTHZ_BAD_PARAMETER, "user (more than 10 bytes are in no record)");
	return AUTHZ_OK;
}

static enum authz_result begin(struct asking *s)
{
	struct rules *r = s->r;
	struct host_clock now;
	enum authz_result result = r->host->clock(r->host->context, &now);

	if (result != AUTHZ_OK)
		return rules_refuse(r, result, "a clock could not be read");
	s->until = now.boot + (int64_t)s->a->within_ms * 1000;
	s->input = malloc(EXIT_INPUT_MAX);
	s->output = malloc(OUTPUT_MAX);
	s->yes = calloc(s->a->to.count, sizeof *s->yes);
	if (s->input == NULL || s->output == NULL || s->yes == NULL)
		return rules_refuse(r, AUTHZ_NO_MEMORY, "");
	return AUTHZ_OK;
}

enum authz_result exit_ask(struct rules *r, const struct exit_asking *a, unsigned char *first)
{
	struct asking s = {.r = r, .a = a};
	enum authz_result result = fits_records(r, a);

	memset(first, 0, a->to.count);
	if (result == AUTHZ_OK && a->programs->count > 0) {
		result = begin(&s);
		if (result == AUTHZ_OK)
			result = run_all(&s, first);
		free(s.input);
		free(s.output);
		free(s.yes);
	}
	if (result != AUTHZ_OK) /* MUST 4 */
		memset(first, UINT8_MAX, a->to.count);
	return result;
}
