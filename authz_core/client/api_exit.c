/* SPDX-License-Identifier: ISC */
/*
 * The calls of authz.h about authorization exits.
 *
 * MUST 1: all answers are no until every part of the asking has succeeded, and stay so where one has not.
 * MUST 2: no destination is asked about twice, however it is spelt and in whichever part it is.
 * MUST 3: a reply is an answer only if it is about exactly the destinations that were given, and all of them were.
 * MUST 4: nothing of a command is cut; where it does not fit, the helper gets to know so.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authz_exit.h"
#include "client/api_call.h"
#include "client/failure.h"
#include "wire/exit_destination.h"

#define POINT_DEFAULT "QIBM_QNS_SDDSTAUTH"
#define PROGRAMS_MAX 64 /* of a point */
#define NUMBER_SIZE 11  /* of a program, as text: at most ten digits */
#define ROW_MAX 1000    /* answers in a row */

/* A string with its NUL, behind those that are there.  false: there is no room for it. */
static bool add_text(struct request *r, const char *text)
{
	const size_t room = sizeof r->data.bytes - r->data.length, length = strnlen(text, room);

	if (length == room)
		return false;
	memcpy(r->data.bytes + r->data.length, text, length + 1);
	r->data.length += length + 1;
	return true;
}

/* ---- an activity at its destinations */

struct asking {
	struct exit_destination *all; /* canonical */
	const struct exit_destination **sorted;
	struct authz_exit_answer *answers; /* handed over when all are there */
	size_t count;
	size_t from, to; /* the part that is asked */
	size_t next;     /* of it, the first that the stream has not given */
	bool ended;      /* the stream has */
};

static enum authz_result set_data(struct api_call *call, const struct authz_exit_activity *activity)
{
	char sequence[12];
	const struct { const char *parameter, *value; } texts[] = {
		{"change-request", activity->change_request}, {"sequence", sequence}, {"activity", activity->activity},
		{"type", activity->type}, {"transport", activity->transport}, {"verb", activity->verb},
		{"global-name", activity->global_name},
	};
	size_t i;

	snprintf(sequence, sizeof sequence, "%" PRId32, activity->sequence);
	call->request.has |= HAS(DATA);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (!add_text(&call->request, texts[i].value == NULL ? "" : texts[i].value))
			return failure(&call->error, AUTHZ_BAD_PARAMETER, texts[i].parameter);
	if (activity->transport == NULL || !exit_transport_known(activity->transport))
		return failure(&call->error, AUTHZ_BAD_PARAMETER, "transport");
	return AUTHZ_OK;
}

static enum authz_result set_activity(struct api_call *call, const struct authz_exit_activity *activity)
{
	const struct api_text texts[] = {
		{"point", activity->point == NULL ? POINT_DEFAULT : activity->point, FIELD_POINT},
		{"format", activity->format == NULL ? AUTHZ_EXIT_AUTH0100 : activity->format, FIELD_FORMAT},
	};
	enum authz_result result = api_texts(call, texts, 2);

	if (result == AUTHZ_OK)
		result = api_user(call, activity->user);
	return result == AUTHZ_OK ? set_data(call, activity) : result;
}

static enum authz_result bad_destination(struct api_call *call, size_t i, const char *why)
{
	char what[64];

	snprintf(what, sizeof what, "destination %zu (%s)", i + 1, why);
	return failure(&call->error, AUTHZ_BAD_PARAMETER, what);
}

static enum authz_result make_room(struct asking *a)
{
	a->all = calloc(a->count, sizeof *a->all);
	a->sorted = calloc(a->count, sizeof(const struct exit_destination *));
	a->answers = calloc(a->count, sizeof *a->answers);
	return a->all != NULL && a->sorted != NULL && a->answers != NULL ? AUTHZ_OK : AUTHZ_NO_MEMORY;
}

static void leave_room(struct asking *a)
{
	free(a->all);
	free((void *)a->sorted);
	free(a->answers);
}

/* MUST 2 */
static enum authz_result set_destinations(struct api_call *call, struct asking *a, const char *transport,
                                          const char *const destinations[])
{
	const struct exit_destination *twice;
	enum authz_result result = make_room(a);
	size_t i;

	if (result != AUTHZ_OK)
		return result;
	for (i = 0; i < a->count; i++)
		if (destinations[i] == NULL || !exit_destination_canonical(transport, destinations[i], &a->all[i]))
			return bad_destination(call, i, "it is none");
	twice = exit_destinations_twice(a->all, a->count, a->sorted);
	return twice == NULL ? AUTHZ_OK : bad_destination(call, (size_t)(twice - a->all), "it is there twice");
}

static ssize_t give(void *context, unsigned char *bytes, size_t size)
{
	struct asking *a = context;
	size_t used = 0, length;

	for (; a->next < a->to; a->next++) {
		length = strlen(a->all[a->next].text);
		if (length >= size - used)
			break;
		memcpy(bytes + used, a->all[a->next].text, length);
		bytes[used + length] = '\n';
		used += length + 1;
	}
	a->ended = used == 0;
	return (ssize_t)used;
}

/* ---- what is answered */

static bool take_number(const char *text, uint32_t *number)
{
	const size_t length = strspn(text, "0123456789");
	uintmax_t value = strtoumax(text, NULL, 10);

	*number = (uint32_t)value;
	return text[length] == '\0' && text[0] != '\0' && text[0] != '0' && value <= INT32_MAX;
}

/* The numbers of those that said *NO, the lowest first. */
static bool take_numbers(struct reply *reply, uint32_t numbers[PROGRAMS_MAX], size_t *count)
{
	char text[NUMBER_SIZE];
	struct frame_reader row;

	*count = 0;
	if (!reply_next_entry(reply, &row))
		return false;
	for (; row.left > 0; ++*count)
		if (*count == PROGRAMS_MAX || !frame_next_item(&row, text, sizeof text) || !take_number(text, &numbers[*count]) ||
		    (*count > 0 && numbers[*count] <= numbers[*count - 1]))
			return false;
	return true;
}

static bool take_answer(char said, const uint32_t numbers[], size_t count, struct authz_exit_answer *answer)
{
	const size_t which = (size_t)(said - '0');

	if (said < '0' || which > count)
		return false;
	*answer = (struct authz_exit_answer){.yes = which == 0, .number = which == 0 ? 0 : numbers[which - 1]};
	return true;
}

/* A row with the answers of the next "count" destinations. */
static bool take_row(struct reply *reply, const uint32_t numbers[], size_t programs, struct authz_exit_answer *answers,
                     size_t count)
{
	char text[ROW_MAX + 1];
	struct frame_reader row;
	size_t i;

	if (!reply_next_entry(reply, &row) || !frame_next_item(&row, text, sizeof text) || row.left > 0)
		return false;
	if (strlen(text) != count)
		return false;
	for (i = 0; i < count; i++)
		if (!take_answer(text[i], numbers, programs, &answers[i]))
			return false;
	return true;
}

/* MUST 3 */
static bool take_part(struct reply *reply, const struct asking *a)
{
	uint32_t numbers[PROGRAMS_MAX];
	struct frame_reader more;
	size_t programs, at, some;

	if (!a->ended || !take_numbers(reply, numbers, &programs))
		return false;
	for (at = a->from; at < a->to; at += some) {
		some = a->to - at < ROW_MAX ? a->to - at : ROW_MAX;
		if (!take_row(reply, numbers, programs, a->answers + at, some))
			return false;
	}
	return !reply_next_entry(reply, &more);
}

static enum authz_result ask_part(const struct authz_client *client, struct api_call *call, struct asking *a)
{
	const struct client_stream stream = {.context = a, .give = give};
	enum authz_result result;

	a->to = a->count - a->from < AUTHZ_EXIT_DESTINATIONS_MAX ? a->count : a->from + AUTHZ_EXIT_DESTINATIONS_MAX;
	a->next = a->from;
	a->ended = false;
	result = client_call_stream(client, &call->request, &stream, &call->reply, call->frame, &call->error);
	if (result == AUTHZ_OK && !take_part(&call->reply, a))
		return failure(&call->error, AUTHZ_HELPER_GARBLED, "it is not the answers to what was asked");
	return result;
}

static enum authz_result ask_all(const struct authz_client *client, struct api_call *call, struct asking *a)
{
	enum authz_result result = AUTHZ_OK;

	for (a->from = 0; a->from < a->count && result == AUTHZ_OK; a->from = a->to)
		result = ask_part(client, call, a);
	return result;
}

/* MUST 1 */
enum authz_result authz_exit_check(const struct authz_client *client, const struct authz_exit_activity *activity,
                                   const char *const destinations[], size_t count, struct authz_exit_answer answers[],
                                   struct authz_error *error)
{
	struct asking a = {.count = count};
	struct api_call *call = api_begin(OP_EXIT_CHECK);
	enum authz_result result;

	if (count > 0)
		memset(answers, 0, count * sizeof *answers);
	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = set_activity(call, activity);
	if (result == AUTHZ_OK && count == 0)
		result = failure(&call->error, AUTHZ_BAD_PARAMETER, "destinations");
	if (result == AUTHZ_OK)
		result = set_destinations(call, &a, activity->transport, destinations);
	if (result == AUTHZ_OK)
		result = ask_all(client, call, &a);
	if (result == AUTHZ_OK)
		memcpy(answers, a.answers, count * sizeof *answers);
	leave_room(&a);
	return api_end(call, result, error);
}

/* ---- what this host asks */

enum authz_result authz_exit_signon(const struct authz_client *client, const char *user, const char *master,
                                    const struct authz_session *session, struct authz_error *error)
{
	const struct api_text text = {"master", master == NULL || master[0] == '\0' ? NULL : master, FIELD_MASTER};
	struct api_call *call = api_begin(OP_EXIT_SIGNON);
	enum authz_result result;

	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = api_user(call, user);
	if (result == AUTHZ_OK)
		result = api_texts(call, &text, 1);
	if (result == AUTHZ_OK)
		result = api_session(call, session);
	call->request.has &= ~HAS(REAUTH); /* nobody proves himself by it */
	if (result == AUTHZ_OK && (call->request.has & HAS(SERVICE)) == 0)
		result = failure(&call->error, AUTHZ_BAD_PARAMETER, "service");
	return api_end(call, result == AUTHZ_OK ? api_ask(client, call) : result, error);
}

/* MUST 4: the path without its NUL says that the arguments have no room, nothing at all that the path has none either. */
static void set_too_long(struct request *r, const char *path)
{
	const size_t length = strnlen(path, sizeof r->data.bytes + 1);

	r->data.length = length <= sizeof r->data.bytes ? length : 0;
	memcpy(r->data.bytes, path, r->data.length);
}

static enum authz_result set_command(struct api_call *call, const char *const command[], size_t count)
{
	bool fits = true;
	size_t i;

	if (count == 0 || command[0] == NULL || command[0][0] == '\0')
		return failure(&call->error, AUTHZ_BAD_PARAMETER, "command");
	for (i = 0; i < count; i++) {
		if (command[i] == NULL)
			return failure(&call->error, AUTHZ_BAD_PARAMETER, "command");
		fits = fits && add_text(&call->request, command[i]);
	}
	if (!fits)
		set_too_long(&call->request, command[0]);
	call->request.has |= HAS(DATA);
	return AUTHZ_OK;
}

enum authz_result authz_exit_command(const struct authz_client *client, const char *user, const char *as,
                                     const char *const command[], size_t count, struct authz_error *error)
{
	const struct api_text text = {"as", as, FIELD_PRINCIPAL};
	struct api_call *call = api_begin(OP_EXIT_COMMAND);
	enum authz_result result;

	if (call == NULL)
		return api_end(NULL, AUTHZ_NO_MEMORY, error);
	result = api_user(call, user);
	if (result == AUTHZ_OK && as == NULL)
		result = failure(&call->error, AUTHZ_BAD_PARAMETER, "as");
	if (result == AUTHZ_OK)
		result = api_texts(call, &text, 1);
	if (result == AUTHZ_OK)
		result = set_command(call, command, count);
	return api_end(call, result == AUTHZ_OK ? api_ask(client, call) : result, error);
}
