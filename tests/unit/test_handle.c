/* SPDX-License-Identifier: ISC */
/* From the frame of a request to that of its reply: helpers/authz-helper/handle.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "handle.h"
#include "scratch.h"

static struct handler h;
static struct place place;
static const struct carrier no_stream;
static const struct identity id = {.caller = 1000, .self = 1000};

/* The result of a request, which has a byte wrong if "bad". */
static enum authz_result ask(const struct refusal *refusal, bool bad, struct reply *reply)
{
	struct request q = {.id = 5, .operation = OP_TOKEN_REMOVE, .has = HAS(TOKEN), .token = "a token nobody has"};
	static unsigned char frame[FRAME_REPLY_MAX];
	unsigned char asked[FRAME_REQUEST_MAX];
	size_t length = request_encode(&q, asked);

	if (bad)
		asked[FRAME_HEADER] ^= 0xff;
	length = handle(&h, &id, refusal, &no_stream, asked, length);
	memcpy(frame, h.reply, length);
	assert_null(reply_decode(reply, frame, length, OP_TOKEN_REMOVE, 5));
	return (enum authz_result)reply->result;
}

static bool begin_stream(void *context)
{
	++*(int *)context;
	return false;
}

static enum authz_result ask_for_stream(const struct identity *who, const struct request *asked_for, int *begun)
{
	const struct request q = *asked_for;
	const struct carrier carrier = {.in = -1, .out = -1, .begin = begin_stream, .context = begun};
	const struct refusal none = {AUTHZ_OK, ""};
	static unsigned char frame[FRAME_REPLY_MAX];
	unsigned char asked[FRAME_REQUEST_MAX];
	struct reply reply;
	size_t length = handle(&h, who, &none, &carrier, asked, request_encode(&q, asked));

	memcpy(frame, h.reply, length);
	assert_null(reply_decode(&reply, frame, length, q.operation, 5));
	return (enum authz_result)reply.result;
}

/* Of no other operation a stranger's stream is even thought of, whatever there will be. */
static void only_these(const struct identity *stranger)
{
	static const struct request requests[] = {
#define O(name, number, required, optional) {.id = 5, .operation = OP_##name, .has = required},
		OPERATIONS(O)
#undef O
	};
	int begun = 0;
	size_t i;

	for (i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		h.stream.operation = 0;
		(void)ask_for_stream(stranger, &requests[i], &begun);
		assert_int_equal(h.stream.operation != 0,
		                 requests[i].operation == OP_CABINET_LOAD || requests[i].operation == OP_EXIT_CHECK);
	}
	assert_int_equal(begun, 0);
}

static void streamed(void **state)
{
	static const struct request dump = {.id = 5, .operation = OP_STORE_DUMP, .has = HAS(STORE), .store = "authority"},
	                            members = {.id = 5, .operation = OP_CABINET_LOAD, .has = HAS(REPORT)},
	                            check = {.id = 5, .operation = OP_EXIT_CHECK, .has = HAS(POINT) | HAS(FORMAT) | HAS(USER) | HAS(DATA)};
	const struct identity stranger = {.caller = 1001, .self = 1000};
	char folder[SCRATCH_SIZE];
	int begun = 0;

	(void)state;
	scratch_make(folder);
	assert_true(place_set(&place, folder));
	assert_int_equal(mkdir(place.store, 0700), 0);
	assert_int_equal(mkdir(place.tokens, 0700), 0);
	desk_init(&h.desk, &place, getuid(), NULL);
	assert_int_equal(ask_for_stream(&stranger, &dump, &begun), AUTHZ_HOST_ONLY);
	assert_int_equal(ask_for_stream(&stranger, &members, &begun), AUTHZ_CABINET_ADMIN);
	assert_int_equal(begun, 0);
	assert_int_equal(ask_for_stream(&id, &dump, &begun), AUTHZ_TOO_MANY); /* this one was to be begun */
	assert_false(h.stream.brief);
	assert_int_equal(begun, 1);
	assert_int_equal(ask_for_stream(&id, &members, &begun), AUTHZ_TOO_MANY);
	assert_false(h.stream.brief);
	assert_int_equal(begun, 2);
	(void)ask_for_stream(&stranger, &members, &begun);
	assert_true(h.stream.brief);
	(void)ask_for_stream(&id, &check, &begun);
	assert_true(h.stream.operation == OP_EXIT_CHECK && !h.stream.brief);
	(void)ask_for_stream(&stranger, &check, &begun);
	assert_true(h.stream.brief);
	assert_int_equal(begun, 2);
	only_these(&stranger);
	scratch_remove(folder);
}

static void refused(void **state)
{
	const struct refusal busy = {AUTHZ_TOO_MANY, "user 1000"}, none = {AUTHZ_OK, ""};
	char folder[SCRATCH_SIZE];
	struct reply reply;

	(void)state;
	scratch_make(folder);
	assert_true(place_set(&place, folder));
	desk_init(&h.desk, &place, getuid(), NULL);
	assert_int_equal(ask(&busy, false, &reply), AUTHZ_TOO_MANY);
	assert_string_equal(reply.subject, "user 1000");
	assert_int_equal(ask(&busy, true, &reply), AUTHZ_TOO_MANY);
	assert_int_equal(ask(&none, true, &reply), AUTHZ_BAD_REQUEST);
	assert_int_equal(ask(&none, false, &reply), AUTHZ_STORE_MISSING); /* this one was to be carried out */
	scratch_remove(folder);
}

static bool holds(const void *bytes, size_t length)
{
	return memmem(&h, sizeof h, bytes, length) != NULL;
}

static void forgotten(void **state)
{
	const struct refusal busy = {AUTHZ_TOO_MANY, "user 1000"};
	struct reply reply;

	(void)state;
	(void)ask(&busy, false, &reply);
	assert_true(holds("a token nobody has", 18) && holds("user 1000", 9));
	handle_forget(&h);
	assert_false(holds("a token nobody has", 18) || holds("user 1000", 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"what is refused beforehand, or is no request, is not carried out (handle MUST 1)", refused, NULL, NULL, NULL},
		{"nobody but the host is streamed with, but where members are loaded and exits asked, and briefly (handle MUST 3)", streamed, NULL, NULL, NULL},
		{"a request and its reply are wiped (handle MUST 2)", forgotten, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("handle", tests, NULL, NULL);
}
