/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "noise.h"
#include "wire/reply.h"

#define ID 0x1122334455667788
#define ALL ((UINT64_C(1) << REPLY_FIELD_COUNT) - 1)

static struct reply full_reply(void)
{
	struct reply r = {.has = ALL, .result = AUTHZ_TOKEN_SPENT, .uid = 1000, .seconds = 3600, .number = 2147483647};

	memset(r.subject, 's', sizeof r.subject - 1);
	memset(r.token, 0xe7, sizeof r.token);
	memset(r.user, 'u', sizeof r.user - 1);
	memset(r.token_id, 't', sizeof r.token_id - 1);
	memset(r.cursor.bytes, 0xb1, sizeof r.cursor.bytes);
	r.cursor.length = sizeof r.cursor.bytes;
	return r;
}

static bool put_entry(struct frame_writer *w, const char *first, const char *second)
{
	unsigned char bytes[600];
	struct frame_writer items = {.data = bytes, .size = sizeof bytes};

	frame_put_item(&items, first);
	frame_put_item(&items, second);
	return reply_entry(w, &items);
}

static size_t full_frame(unsigned char *frame)
{
	struct reply r = full_reply();
	struct frame_writer w;

	reply_begin(&w, frame, OP_TOKEN_LIST, ID, &r);
	assert_true(put_entry(&w, "one", "two"));
	assert_true(put_entry(&w, "", "four"));
	return frame_finish(&w);
}

static const char *decode_tight(struct reply *r, const unsigned char *frame, size_t length)
{
	unsigned char *copy = malloc(length > 0 ? length : 1);
	struct frame_reader items;
	const char *reason;
	char text[8];

	memcpy(copy, frame, length);
	reason = reply_decode(r, copy, length, OP_TOKEN_LIST, ID);
	while (reason == NULL && reply_next_entry(r, &items))
		while (frame_next_item(&items, text, sizeof text))
			;
	free(copy);
	return reason;
}

static bool all_zeros(const void *bytes, size_t length)
{
	const unsigned char *b = bytes;

	while (length-- > 0)
		if (*b++ != 0)
			return false;
	return true;
}

static void comes_through(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply in = full_reply(), out;
	size_t length = full_frame(frame);

	(void)state;
	assert_null(reply_decode(&out, frame, length, OP_TOKEN_LIST, ID));
	assert_memory_equal(&in, &out, offsetof(struct reply, body));
}

static void result_always(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply in = {.has = 0, .result = AUTHZ_DISABLED}, out;
	struct frame_writer w;

	(void)state;
	reply_begin(&w, frame, OP_TOKEN_REMOVE, 1, &in);
	assert_null(reply_decode(&out, frame, frame_finish(&w), OP_TOKEN_REMOVE, 1));
	assert_true(out.has == UINT64_C(1) << REPLY_RESULT && out.result == AUTHZ_DISABLED);
}

static void entries_are_walked(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = full_frame(frame);
	struct frame_reader items;
	struct reply r;
	char text[8];

	(void)state;
	assert_null(reply_decode(&r, frame, length, OP_TOKEN_LIST, ID));
	assert_true(reply_next_entry(&r, &items));
	assert_true(frame_next_item(&items, text, sizeof text));
	assert_string_equal(text, "one");
	assert_true(frame_next_item(&items, text, sizeof text));
	assert_string_equal(text, "two");
	assert_false(frame_next_item(&items, text, sizeof text));
	assert_true(reply_next_entry(&r, &items));
	assert_true(frame_next_item(&items, text, sizeof text));
	assert_string_equal(text, "");
	assert_true(frame_next_item(&items, text, sizeof text));
	assert_string_equal(text, "four");
	assert_false(reply_next_entry(&r, &items));
}

static void filled_up(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply in = {.has = 0}, r;
	struct frame_reader items;
	struct frame_writer w;
	char text[600] = "";
	unsigned put = 0, got = 0;
	size_t length;

	(void)state;
	memset(text, 'x', 500);
	reply_begin(&w, frame, OP_TOKEN_LIST, ID, &in);
	while (put_entry(&w, text, "end"))
		put++;
	length = frame_finish(&w);
	assert_true(length > FRAME_REPLY_MAX - 600 && length <= FRAME_REPLY_MAX);
	assert_null(reply_decode(&r, frame, length, OP_TOKEN_LIST, ID));
	while (reply_next_entry(&r, &items))
		got++;
	assert_int_equal(put, got);
}

static void other_request(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = full_frame(frame);
	struct reply r;

	(void)state;
	assert_string_equal(reply_decode(&r, frame, length, OP_TOKEN_LIST, ID + 1), "it answers another request");
	assert_string_equal(reply_decode(&r, frame, length, OP_AUDIT_READ, ID), "it answers another operation");
	frame[5]++;
	assert_string_equal(reply_decode(&r, frame, length, OP_TOKEN_LIST, ID), "the version is another");
	frame[3] = FRAME_REQUEST_MAGIC & 255;
	assert_string_equal(reply_decode(&r, frame, length, OP_TOKEN_LIST, ID), "it is no reply");
}

static void unknown_results(void **state)
{
	static const int64_t bad[] = {-1, 22, 29, 97, 4711, INT64_MAX, INT64_MIN, INT64_C(1) << 32};
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply in = {.has = 0}, out;
	struct frame_writer w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		in.result = bad[i];
		reply_begin(&w, frame, OP_TOKEN_REMOVE, 1, &in);
		assert_string_equal(reply_decode(&out, frame, frame_finish(&w), OP_TOKEN_REMOVE, 1), "the result is not known");
	}
}

static void known_results(void **state)
{
	static const int64_t good[] = {
#define X(name, number, code, pam, exit, sentence) number,
		AUTHZ_RESULTS(X)
#undef X
	};
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply in = {.has = 0}, out;
	struct frame_writer w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof *good; i++) {
		in.result = good[i];
		reply_begin(&w, frame, OP_TOKEN_REMOVE, 1, &in);
		assert_null(reply_decode(&out, frame, frame_finish(&w), OP_TOKEN_REMOVE, 1));
		assert_true(out.result == good[i]);
	}
}

static void refused(const char *reason, void (*fields)(struct frame_writer *))
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct frame_writer w;
	struct reply r;

	frame_begin(&w, frame, sizeof frame, FRAME_REPLY_MAGIC, OP_TOKEN_LIST, ID);
	fields(&w);
	memset(&r, 0x77, sizeof r);
	assert_string_equal(reply_decode(&r, frame, frame_finish(&w), OP_TOKEN_LIST, ID), reason);
	assert_true(all_zeros(&r, sizeof r));
}

static void put_user_only(struct frame_writer *w)
{
	frame_put(w, 11, "alice", 5);
}

static void put_token_twice(struct frame_writer *w)
{
	unsigned char token[TOKEN_SIZE] = {1};

	frame_put_number(w, 1, 0);
	frame_put(w, 10, token, sizeof token);
	frame_put(w, 10, token, sizeof token);
}

static void put_unknown(struct frame_writer *w)
{
	frame_put_number(w, 1, 0);
	frame_put_number(w, 99, 0);
}

static void put_after_entries(struct frame_writer *w)
{
	frame_put_number(w, 1, 0);
	frame_put(w, REPLY_ENTRY_TAG, "\0\1a", 3);
	frame_put(w, 11, "alice", 5);
}

static void put_half_item(struct frame_writer *w)
{
	frame_put_number(w, 1, 0);
	frame_put(w, REPLY_ENTRY_TAG, "\0\1a\0\2b", 6);
}

static void put_odd_item(struct frame_writer *w)
{
	frame_put_number(w, 1, 0);
	frame_put(w, REPLY_ENTRY_TAG, "\0\1a\0", 4);
}

static void put_entry_first(struct frame_writer *w)
{
	frame_put(w, REPLY_ENTRY_TAG, "\0\1a", 3);
	frame_put_number(w, 1, 0);
}

static void put_long_user(struct frame_writer *w)
{
	frame_put_number(w, 1, 0);
	frame_put(w, 11, "123456789012345678901234567890123", 33);
}

static void reasons(void **state)
{
	(void)state;
	refused("there is no result", put_user_only);
	refused("there is no result", put_entry_first);
	refused("a field is there twice", put_token_twice);
	refused("a field is not known", put_unknown);
	refused("a field stands after the entries", put_after_entries);
	refused("an entry ends within an item", put_half_item);
	refused("an entry ends within an item", put_odd_item);
	refused("a field has the wrong size or form", put_long_user);
}

static void every_cut(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = full_frame(frame), cut;
	struct reply r;

	(void)state;
	for (cut = 0; cut < length; cut++)
		assert_non_null(decode_tight(&r, frame, cut));
	assert_non_null(decode_tight(&r, frame, length + 1));
}

/* Cut, with the length in the header made to fit: only the ends of the entries, and of fields but the first, are replies. */
static void every_honest_cut(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = full_frame(frame), cut;
	unsigned whole = 0;
	struct reply r;

	(void)state;
	for (cut = FRAME_HEADER; cut < length; cut++) {
		frame[18] = (unsigned char)((cut - FRAME_HEADER) >> 8);
		frame[19] = (unsigned char)(cut - FRAME_HEADER);
		whole += decode_tight(&r, frame, cut) == NULL;
	}
	assert_int_equal(whole, REPLY_FIELD_COUNT + 1);
}

static void every_byte(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = full_frame(frame), at;
	struct reply r;
	unsigned change;

	(void)state;
	for (at = 0; at < length; at++)
		for (change = 1; change < 256; change++) {
			frame[at] ^= (unsigned char)change;
			if (decode_tight(&r, frame, length) == NULL)
				assert_true(at >= FRAME_HEADER);
			else
				assert_true(all_zeros(&r, sizeof r));
			frame[at] ^= (unsigned char)change;
		}
}

static void much_noise(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX], changed[FRAME_REPLY_MAX];
	size_t length = full_frame(frame), used;
	uint64_t seed = 88172645463325252u;
	unsigned i, n, accepted = 0;
	struct reply r;

	(void)state;
	for (i = 0; i < 200000; i++) {
		memcpy(changed, frame, length);
		for (n = 1 + noise_below(&seed, 4); n > 0; n--)
			changed[FRAME_HEADER + noise_below(&seed, (unsigned)length - FRAME_HEADER)] =
				(unsigned char)noise_next(&seed);
		used = FRAME_HEADER + noise_below(&seed, (unsigned)length + 1 - FRAME_HEADER);
		if (noise_below(&seed, 2) == 0)
			used = length;
		changed[18] = (unsigned char)((used - FRAME_HEADER) >> 8);
		changed[19] = (unsigned char)(used - FRAME_HEADER);
		if (decode_tight(&r, changed, used) != NULL)
			continue;
		accepted++;
		assert_true(strlen(r.subject) < sizeof r.subject && strlen(r.user) < sizeof r.user);
		assert_true(r.cursor.length <= sizeof r.cursor.bytes);
	}
	assert_true(accepted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a reply comes through with all its fields", comes_through, NULL, NULL, NULL},
		{"a result is always there", result_always, NULL, NULL, NULL},
		{"the entries of a list are walked, and end", entries_are_walked, NULL, NULL, NULL},
		{"entries are taken until the frame is full, and no further", filled_up, NULL, NULL, NULL},
		{"an answer to another request, operation, version or side is none (reply_decode MUST 1)", other_request, NULL,
	         NULL, NULL},
		{"a result that is not in the table is none (reply_decode MUST 2)", unknown_results, NULL, NULL, NULL},
		{"every result of the table comes through", known_results, NULL, NULL, NULL},
		{"each refusal has its reason, and leaves nothing (reply_decode MUST 4)", reasons, NULL, NULL, NULL},
		{"a reply cut anywhere, or with a byte more, is refused (reply_decode MUST 3)", every_cut, NULL, NULL, NULL},
		{"a reply cut within a field is refused, whatever length it announces (reply_decode MUST 3)", every_honest_cut,
	         NULL, NULL, NULL},
		{"a reply with a byte of its header changed is refused, and what is refused leaves nothing (reply_decode MUST 4)",
	         every_byte, NULL, NULL, NULL},
		{"200,000 damaged replies are refused, or are replies", much_noise, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
