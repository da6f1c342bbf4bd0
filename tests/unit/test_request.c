/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "noise.h"
#include "wire/request.h"

static const struct {
	uint16_t number;
	uint64_t required, optional;
} operations[] = {
#define O(name, number, required, optional) {number, required, optional},
	OPERATIONS(O)
#undef O
};

#define OPERATION_COUNT (sizeof operations / sizeof *operations)

/* A request with all the fields of "has", each at its full size. */
static struct request full_request(uint16_t operation, uint64_t has)
{
	struct request r = {.id = 0x1122334455667788, .operation = operation, .has = has};

#define FILL_STRING(member) memset(r.member, 'x', sizeof r.member - 1);
#define FILL_BYTES(member) memset(r.member, 0xe7, sizeof r.member);
#define FILL_NUMBER(member) r.member = -7;
#define FILL_BLOB(member) \
	memset(r.member.bytes, 0xb1, sizeof r.member.bytes); \
	r.member.length = sizeof r.member.bytes;
#define F(name, tag, kind, member) \
	if (has & HAS(name)) { \
		FILL_##kind(member) \
	}
	REQUEST_FIELDS(F)
#undef F
	return r;
}

/* In memory of exactly that size, so that a look behind its end is noticed. */
static const char *decode_tight(struct request *r, const unsigned char *frame, size_t length)
{
	unsigned char *copy = malloc(length > 0 ? length : 1);
	const char *reason;

	memcpy(copy, frame, length);
	reason = request_decode(r, copy, length);
	free(copy);
	return reason;
}

static void round_trip(uint16_t operation, uint64_t has)
{
	struct request in = full_request(operation, has), out;
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = request_encode(&in, frame);

	assert_true(length > 0);
	assert_int_equal(request_frame_length(frame), length);
	assert_null(decode_tight(&out, frame, length));
	assert_memory_equal(&in, &out, sizeof in);
}

static void every_operation(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < OPERATION_COUNT; i++) {
		round_trip(operations[i].number, operations[i].required);
		round_trip(operations[i].number, operations[i].required | operations[i].optional);
	}
}

static void every_field(void **state)
{
	const uint64_t all = (UINT64_C(1) << REQUEST_FIELD_COUNT) - 1;
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request in, out;
	uint64_t has, allowed;
	size_t i, field;

	(void)state;
	for (i = 0; i < OPERATION_COUNT; i++) {
		allowed = operations[i].required | operations[i].optional;
		for (field = 0; field < REQUEST_FIELD_COUNT; field++) {
			has = operations[i].required ^ (UINT64_C(1) << field);
			in = full_request(operations[i].number, has & all);
			in.data.length = in.data.length > 0; /* at its full size there is no room for any other */
			assert_true(request_encode(&in, frame) > 0);
			if ((has & ~allowed) != 0 || (operations[i].required & ~has) != 0)
				assert_non_null(request_decode(&out, frame, request_encode(&in, frame)));
			else
				assert_null(request_decode(&out, frame, request_encode(&in, frame)));
		}
	}
}

static size_t generate_frame(unsigned char frame[FRAME_REQUEST_MAX])
{
	struct request r = full_request(OP_TOKEN_GENERATE, operations[0].required | operations[0].optional);

	return request_encode(&r, frame);
}

static void every_cut(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = generate_frame(frame), cut;
	struct request r;

	(void)state;
	for (cut = 0; cut < length; cut++)
		assert_non_null(decode_tight(&r, frame, cut));
	frame[length] = 0;
	assert_non_null(decode_tight(&r, frame, length + 1));
}

/* What was accepted with a byte changed must say that byte when it is encoded again. */
static void every_byte(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], again[FRAME_REQUEST_MAX];
	size_t length = generate_frame(frame), at;
	struct request r;
	unsigned change;

	(void)state;
	for (at = 0; at < length; at++)
		for (change = 1; change < 256; change++) {
			frame[at] ^= (unsigned char)change;
			if (decode_tight(&r, frame, length) == NULL) {
				assert_int_equal(request_encode(&r, again), length);
				assert_memory_equal(frame, again, length);
			}
			frame[at] ^= (unsigned char)change;
		}
}

static void every_header_byte(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = generate_frame(frame), at;
	struct request r;
	unsigned change;

	(void)state;
	for (at = 0; at < FRAME_HEADER; at++)
		for (change = 1; change < 256; change++) {
			frame[at] ^= (unsigned char)change;
			if (at < 8 || at >= 16)
				assert_non_null(request_decode(&r, frame, length));
			else
				assert_null(request_decode(&r, frame, length));
			frame[at] ^= (unsigned char)change;
		}
}

static void refused(const char *reason, uint16_t operation, void (*fields)(struct frame_writer *))
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct frame_writer w;
	struct request r;

	frame_begin(&w, frame, sizeof frame, FRAME_REQUEST_MAGIC, operation, 5);
	fields(&w);
	assert_string_equal(request_decode(&r, frame, frame_finish(&w)), reason);
	assert_true(r.id == 5 && r.operation == operation);
}

static void put_nothing(struct frame_writer *w)
{
	(void)w;
}

static void put_twice(struct frame_writer *w)
{
	frame_put(w, 10, "alice", 5);
	frame_put(w, 10, "alice", 5);
}

static void put_unknown(struct frame_writer *w)
{
	frame_put(w, 10, "alice", 5);
	frame_put(w, 999, "", 0);
}

static void put_nul(struct frame_writer *w)
{
	frame_put(w, 10, "ali\0ce", 6);
}

static void put_long(struct frame_writer *w)
{
	frame_put(w, 10, "123456789012345678901234567890123", 33);
}

static void put_short_number(struct frame_writer *w)
{
	frame_put(w, 41, "1234567", 7);
}

static void put_short_token(struct frame_writer *w)
{
	frame_put(w, 11, "1234567890123456789012345678901", 31);
}

static void put_long_blob(struct frame_writer *w)
{
	static const unsigned char bytes[CURSOR_SIZE + 1];

	frame_put(w, 40, bytes, sizeof bytes);
}

/* EXIT_ADD: all that it needs. */
static void put_exit(struct frame_writer *w, const char *point, const char *format)
{
	frame_put(w, 90, point, strlen(point));
	frame_put(w, 91, format, strlen(format));
	frame_put_number(w, 92, 10);
	frame_put(w, 77, "/exit", 5);
	frame_put_number(w, 66, 0);
}

static void put_long_data(struct frame_writer *w)
{
	static const unsigned char bytes[DATA_SIZE + 1];

	put_exit(w, "POINT", "AUTH0100");
	frame_put(w, 93, bytes, sizeof bytes);
}

static void put_long_point(struct frame_writer *w)
{
	put_exit(w, "A12345678901234567890", "AUTH0100");
}

static void put_long_format(struct frame_writer *w)
{
	put_exit(w, "POINT", "AUTH01000");
}

static void put_maximum(struct frame_writer *w)
{
	put_exit(w, "POINT", "AUTH0100");
	frame_put_number(w, 95, 1);
}

static void put_foreign(struct frame_writer *w)
{
	frame_put(w, 10, "alice", 5);
	frame_put_number(w, 41, 1);
}

static void reasons(void **state)
{
	(void)state;
	refused("a field is missing", OP_PROFILE_SHOW, put_nothing);
	refused("a field is there twice", OP_PROFILE_SHOW, put_twice);
	refused("a field is not known", OP_PROFILE_SHOW, put_unknown);
	refused("a field has the wrong size or form", OP_PROFILE_SHOW, put_nul);
	refused("a field has the wrong size or form", OP_PROFILE_SHOW, put_long);
	refused("a field has the wrong size or form", OP_AUDIT_READ, put_short_number);
	refused("a field has the wrong size or form", OP_AUDIT_READ, put_long_blob);
	refused("a field has the wrong size or form", OP_TOKEN_REMOVE, put_short_token);
	refused("a field has the wrong size or form", OP_EXIT_ADD, put_long_data);
	refused("a field has the wrong size or form", OP_EXIT_ADD, put_long_point);
	refused("a field has the wrong size or form", OP_EXIT_ADD, put_long_format);
	refused("a field does not belong to the operation", OP_EXIT_ADD, put_maximum);
	refused("a field does not belong to the operation", OP_PROFILE_SHOW, put_foreign);
	refused("the operation is not known", 9999, put_nothing);
}

static void announced_length(void **state)
{
	unsigned char header[FRAME_HEADER];
	struct frame_writer w;

	(void)state;
	frame_begin(&w, header, sizeof header, FRAME_REQUEST_MAGIC, OP_TOKEN_LIST, 1);
	assert_int_equal(request_frame_length(header), FRAME_HEADER);
	header[18] = (FRAME_REQUEST_MAX - FRAME_HEADER) >> 8;
	header[19] = (FRAME_REQUEST_MAX - FRAME_HEADER) & 255;
	assert_int_equal(request_frame_length(header), FRAME_REQUEST_MAX);
	header[19]++;
	assert_int_equal(request_frame_length(header), 0);
	memset(header + 16, 0xff, 4);
	assert_int_equal(request_frame_length(header), 0);
	frame_begin(&w, header, sizeof header, FRAME_REPLY_MAGIC, OP_TOKEN_LIST, 1);
	assert_int_equal(request_frame_length(header), 0);
}

static void encoder_refuses(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request r = {.operation = OP_PROFILE_SHOW, .has = HAS(USER)};

	(void)state;
	memset(r.user, 'x', sizeof r.user);
	assert_int_equal(request_encode(&r, frame), 0);
	r = (struct request){.operation = OP_AUDIT_READ, .has = HAS(CURSOR)};
	r.cursor.length = CURSOR_SIZE + 1;
	assert_int_equal(request_encode(&r, frame), 0);
	r = (struct request){.operation = OP_EXIT_COMMAND, .has = HAS(USER) | HAS(PRINCIPAL) | HAS(DATA)};
	r.data.length = DATA_SIZE;
	assert_true(request_encode(&r, frame) > 0);
	r.data.length++;
	assert_int_equal(request_encode(&r, frame), 0);
}

static void set_string(void **state)
{
	struct request r = {.operation = OP_PROFILE_SHOW};

	(void)state;
	assert_false(request_set_string(&r, FIELD_USER, "123456789012345678901234567890123"));
	assert_false(request_set_string(&r, FIELD_TIMEOUT, "1"));
	assert_true(request_set_string(&r, FIELD_USER, NULL));
	assert_true(r.has == 0 && r.user[0] == '\0');
	assert_true(request_set_string(&r, FIELD_USER, "12345678901234567890123456789012"));
	assert_true(r.has == HAS(USER));
	assert_string_equal(r.user, "12345678901234567890123456789012");
}

static void numbers_unique(void **state)
{
	static const uint16_t tags[] = {
#define F(name, tag, kind, member) tag,
		REQUEST_FIELDS(F)
#undef F
	};
	size_t i, j;

	(void)state;
	assert_true(REQUEST_FIELD_COUNT < 64);
	for (i = 0; i < REQUEST_FIELD_COUNT; i++)
		for (j = 0; j < i; j++)
			assert_true(tags[i] != tags[j]);
	for (i = 0; i < OPERATION_COUNT; i++)
		for (j = 0; j < i; j++)
			assert_true(operations[i].number != operations[j].number);
}

/* Whatever is accepted is exactly one request; sanitizers and valgrind see the rest. */
static void much_noise(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], changed[FRAME_REQUEST_MAX], again[FRAME_REQUEST_MAX];
	size_t length = generate_frame(frame), used;
	uint64_t seed = 88172645463325252u;
	struct request r, back;
	unsigned i, n;

	(void)state;
	for (i = 0; i < 200000; i++) {
		memcpy(changed, frame, length);
		for (n = 1 + noise_below(&seed, 4); n > 0; n--)
			changed[noise_below(&seed, (unsigned)length)] = (unsigned char)noise_next(&seed);
		used = noise_below(&seed, 4) == 0 ? noise_below(&seed, (unsigned)length + 1) : length;
		if (used >= FRAME_HEADER && noise_below(&seed, 2) == 0) {
			changed[18] = (unsigned char)((used - FRAME_HEADER) >> 8);
			changed[19] = (unsigned char)(used - FRAME_HEADER);
		}
		if (decode_tight(&r, changed, used) != NULL)
			continue;
		assert_null(request_decode(&back, again, request_encode(&r, again)));
		assert_memory_equal(&r, &back, sizeof r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every operation comes through, with the least and the most fields", every_operation, NULL, NULL, NULL},
		{"a missing field, and one that is not the operation's, is refused for each of both (request_decode MUST 2)",
	         every_field, NULL, NULL, NULL},
		{"a request cut anywhere, or with a byte more, is refused (request_decode MUST 3)", every_cut, NULL, NULL, NULL},
		{"a request with any one byte changed is refused, or says what the byte says (request_decode MUST 3)", every_byte,
	         NULL, NULL, NULL},
		{"any change to magic, version, operation or length is refused (request_decode MUST 1)", every_header_byte, NULL,
	         NULL, NULL},
		{"each refusal has its reason, a second field of a kind too (fields MUST 2)", reasons, NULL, NULL, NULL},
		{"a header announces no more than a request may be", announced_length, NULL, NULL, NULL},
		{"a value that does not fit its field is not encoded (fields MUST 1)", encoder_refuses, NULL, NULL, NULL},
		{"a string that does not fit its field is not set", set_string, NULL, NULL, NULL},
		{"no tag and no operation number is given twice", numbers_unique, NULL, NULL, NULL},
		{"200,000 damaged requests are refused, or are requests", much_noise, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
