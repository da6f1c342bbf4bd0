/* SPDX-License-Identifier: ISC */
/*
 * authz-helper: one request, its reply, and the end; or, with --serve, a service.
 *
 * MUST 1: no argument of the command line changes anything where the helper has more privilege than its caller.
 * MUST 2: a request is answered at most once, and after the answer there is nothing more.
 * MUST 3: where a service answers, the child serves the host alone.
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "config.h"
#include "filter.h"
#include "handle.h"
#include "harden.h"
#include "identity.h"
#include "listen.h"
#include "place.h"
#include "serve.h"
#include "status.h"
#include "wire/request.h"

static const char usage[] = "usage: authz-helper [--serve] [--state DIR]\n"
	"Without --serve it is started by programs, not by people: see authz-helper(8) and authzctl(1).\n";

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

/* The length of the frame; 0: what came is none of a request, so nobody is there who would understand an answer. */
static size_t read_frame(unsigned char frame[FRAME_REQUEST_MAX])
{
	size_t length = 0;

	if (read_whole(frame, FRAME_HEADER))
		length = request_frame_length(frame);
	return length > 0 && read_whole(frame + FRAME_HEADER, length - FRAME_HEADER) ? length : 0;
}

/* Why this child answers nothing else, if so. */
static struct refusal look_for_refusal(const struct place *place, const struct identity *id, enum authz_result fit)
{
	if (fit != AUTHZ_OK)
		return (struct refusal){fit, "authz-helper"};
	if (!place->own && !identity_is_host(id) && listener_is_there(place->socket))
		return (struct refusal){AUTHZ_ASK_SERVICE, place->socket};
	return (struct refusal){AUTHZ_OK, ""};
}

/* A child with a stream lives as long as that lets it. */
static void stay_alive(void *context, unsigned ms)
{
	(void)context;
	harden_live(ms);
}

static bool begin_stream(void *context)
{
	(void)context;
	return true;
}

static int serve_one(const struct place *place, const struct identity *id, enum authz_result fit)
{
	static struct handler h; /* not on a stack that a caller may have limited */
	static unsigned char frame[FRAME_REQUEST_MAX];
	static const struct carrier carrier = {.in = STDIN_FILENO, .out = STDOUT_FILENO, .begin = begin_stream,
	                                       .alive = stay_alive};
	const struct refusal refusal = look_for_refusal(place, id, fit);
	size_t length;
	bool written;

	length = read_frame(frame);
	if (length == 0)
		return STATUS_INTERNAL;
	desk_init(&h.desk, place, id->self, NULL);
	length = handle(&h, id, &refusal, &carrier, frame, length);
	written = length > 0 && write_whole(h.reply, length);
	/* the end of the stream tells the client that this was all; it need not wait while this process is taken apart */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	handle_forget(&h);
	sodium_memzero(frame, sizeof frame);
	return written ? STATUS_DONE : STATUS_UNREACHABLE;
}

/* Both arguments are for callers who could do all of it themselves: of a service that root starts nothing but the start is. */
static bool take_arguments(int argc, char **argv, struct place *place, bool *service)
{
	const bool no_privilege = getauxval(AT_SECURE) == 0;

	*service = argc > 1 && strcmp(argv[1], "--serve") == 0;
	argc -= *service;
	argv += *service;
	if (*service && !no_privilege && getuid() != 0)
		return false;
	if (argc == 1)
		return place_set(place, NULL);
	return argc == 3 && strcmp(argv[1], "--state") == 0 && no_privilege && place_set(place, argv[2]);
}

int main(int argc, char **argv)
{
	static struct place place;
	static struct identity id;
	enum authz_result fit;
	bool service;

	if (argc < 1)
		return STATUS_USAGE;
	if (!take_arguments(argc, argv, &place, &service) || (!service && isatty(STDIN_FILENO))) {
		(void)!write(STDERR_FILENO, usage, sizeof usage - 1);
		return STATUS_USAGE;
	}
	fit = identity_look(&id, place.own);
	if (service)
		return serve(&place, &id, fit);
	if (fit == AUTHZ_BAD_INSTALL)
		return STATUS_INTERNAL; /* root's, or as root: not a byte is read */
	if (fit == AUTHZ_OK && (!harden_process(HARDEN_CHILD, STDERR_FILENO + 1) || !harden_identity(&id) || sodium_init() < 0 ||
	                        !harden_gain() || !filter_load(FILTER_CHILD)))
		return STATUS_INTERNAL;
	return serve_one(&place, &id, fit);
}
