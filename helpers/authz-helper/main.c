/* SPDX-License-Identifier: ISC */
/*
 * authz-helper: one request, its reply, and the end.
 *
 * MUST 1: no argument of the command line changes anything where the helper has more privilege than its caller.
 * MUST 2: a request is answered at most once, and after the answer there is nothing more.
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "config.h"
#include "dispatch.h"
#include "harden.h"
#include "identity.h"
#include "place.h"
#include "wire/reply.h"
#include "wire/request.h"

enum { STATUS_DONE = 0, STATUS_USAGE = 2, STATUS_UNREACHABLE = 3, STATUS_INTERNAL = 4 };

static const char usage[] = "usage: authz-helper [--state DIR]\n"
	"It is started by programs, not by people: see authz-helper(8) and authzctl(1).\n";

static bool read_whole(unsigned char *to, size_t length)
{
	ssize_t got;

	for (; length > 0; to += got, length -= (size_t)got) {
		got = read(STDIN_FILENO, to, length);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return false;
	}
	return true;
}

static bool write_whole(const unsigned char *from, size_t length)
{
	ssize_t put;

	for (; length > 0; from += put, length -= (size_t)put) {
		put = write(STDOUT_FILENO, from, length);
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put <= 0)
			return false;
	}
	return true;
}

/* false: what came is no frame of a request, so nobody is there who would understand an answer. */
static bool read_request(struct request *request, const char **fault)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = 0;
	bool whole;

	whole = read_whole(frame, FRAME_HEADER) && (length = request_frame_length(frame)) != 0 &&
	        read_whole(frame + FRAME_HEADER, length - FRAME_HEADER);
	if (whole)
		*fault = request_decode(request, frame, length);
	sodium_memzero(frame, sizeof frame);
	return whole;
}

static bool write_answer(const struct request *request, const struct answer *answer)
{
	static unsigned char frame[FRAME_REPLY_MAX]; /* not on a stack that a caller may have limited */
	struct frame_writer w;
	size_t length;
	bool written;

	reply_begin(&w, frame, request->operation, request->id, &answer->reply);
	if (!w.full && answer->rows.used <= w.size - w.used) {
		memcpy(w.data + w.used, answer->rows.data, answer->rows.used);
		w.used += answer->rows.used;
	}
	length = frame_finish(&w);
	written = length > 0 && write_whole(frame, length);
	sodium_memzero(frame, sizeof frame);
	return written;
}

static void refuse(struct answer *answer, enum authz_result result, const char *subject)
{
	answer->reply.result = result;
	answer->reply.has = 1u << REPLY_SUBJECT;
	snprintf(answer->reply.subject, sizeof answer->reply.subject, "%s", subject);
}

static int serve_one(const struct place *place, const struct identity *id, enum authz_result fit)
{
	struct request request = {.id = 0};
	static struct answer answer;
	const char *fault = NULL;
	bool written;

	answer_init(&answer);
	if (!read_request(&request, &fault))
		return STATUS_INTERNAL;
	if (fit != AUTHZ_OK)
		refuse(&answer, fit, "authz-helper");
	else if (fault != NULL)
		refuse(&answer, AUTHZ_BAD_REQUEST, fault);
	else
		dispatch(place, id, &request, &answer);
	written = write_answer(&request, &answer);
	/* the end of the stream tells the client that this was all; it need not wait while this process is taken apart */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	sodium_memzero(&request, sizeof request);
	sodium_memzero(&answer, sizeof answer);
	return written ? STATUS_DONE : STATUS_UNREACHABLE;
}

/* The only argument there is: a folder for the state, where the caller could do all of it herself. */
static bool take_arguments(int argc, char **argv, struct place *place)
{
	if (argc == 1)
		return place_set(place, NULL);
	return argc == 3 && strcmp(argv[1], "--state") == 0 && getauxval(AT_SECURE) == 0 && place_set(place, argv[2]);
}

int main(int argc, char **argv)
{
	struct place place = {.own = false};
	struct identity id;
	enum authz_result fit;

	if (argc < 1)
		return STATUS_USAGE;
	if (!take_arguments(argc, argv, &place) || isatty(STDIN_FILENO)) {
		(void)!write(STDERR_FILENO, usage, sizeof usage - 1);
		return STATUS_USAGE;
	}
	fit = identity_look(&id);
	if (fit == AUTHZ_BAD_INSTALL)
		return STATUS_INTERNAL; /* root's, or as root: not a byte is read */
	if (fit == AUTHZ_OK && (!harden_process() || !harden_identity(&id) || sodium_init() < 0 || !harden_calls()))
		return STATUS_INTERNAL;
	return serve_one(&place, &id, fit);
}
