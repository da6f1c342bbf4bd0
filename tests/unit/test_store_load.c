/* SPDX-License-Identifier: ISC */
/* What is no dump of a store is not loaded, and the line is named: store/load.c. */
#include "store_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/dump_text.h"

/* Refused, at this line, and nothing is changed. */
static void expect_refused(struct kit *k, struct text *t, unsigned long line, const char *still)
{
	char wanted[40];

	assert_int_equal(text_load(k, t), AUTHZ_BAD_DUMP);
	snprintf(wanted, sizeof wanted, "line %lu ", line);
	if (strncmp(store_subject(k->store), wanted, strlen(wanted)) != 0)
		fail_msg("not line %lu: %s", line, store_subject(k->store));
	assert_string_equal(kit_current(k), still);
	assert_int_not_equal(access(kit_path(k, "spare.new"), F_OK), 0);
}

static unsigned long line_at(const struct text *t, size_t at)
{
	unsigned long line = 1;
	size_t i;

	for (i = 0; i < at; i++)
		line += t->bytes[i] == '\n';
	return line;
}

static void test_flips(void **state)
{
	static const unsigned char by[] = {1, 0x20, 0x80, '\n' ^ 'a'};
	struct kit *k = *state;
	struct text t;
	char still[2];
	size_t i, j;

	text_fill_some(k);
	t = text_of(k);
	memcpy(still, kit_current(k), 2);
	for (i = 0; i < t.length; i++)
		for (j = 0; j < sizeof by; j++) {
			t.bytes[i] = (char)(t.bytes[i] ^ by[j]);
			/* a newline that is one no more makes its line longer */
			expect_refused(k, &t, line_at(&t, i), still);
			t.bytes[i] = (char)(t.bytes[i] ^ by[j]);
		}
	assert_int_equal(text_load(k, &t), AUTHZ_OK);
	free(t.bytes);
}

static void test_cuts(void **state)
{
	struct kit *k = *state;
	struct text t;
	size_t whole;
	char still[2];

	text_fill_some(k);
	t = text_of(k);
	memcpy(still, kit_current(k), 2);
	whole = t.length;
	for (t.length = 0; t.length < whole; t.length++)
		expect_refused(k, &t, line_at(&t, t.length), still);
	text_put(&t, "\n", 1);
	expect_refused(k, &t, line_at(&t, whole), still);
	free(t.bytes);
}

/* Lines of a text, put together anew. */
struct lines {
	const char *at[16];
	size_t length[16], count;
};

static void cut_lines(const struct text *t, struct lines *l)
{
	const char *at = t->bytes, *end;

	for (l->count = 0; at < t->bytes + t->length; at = end + 1) {
		end = memchr(at, '\n', t->length - (size_t)(at - t->bytes));
		l->at[l->count] = at;
		l->length[l->count++] = (size_t)(end - at) + 1;
	}
}

/* Line i stands in the place of each line of the text. */
static void test_lines(void **state)
{
	struct kit *k = *state;
	struct text t, made = {0};
	struct lines l;
	char still[2];
	size_t i, j, n;

	text_fill_some(k);
	t = text_of(k);
	cut_lines(&t, &l);
	assert_int_equal(l.count, 6);
	memcpy(still, kit_current(k), 2);
	for (i = 0; i < l.count; i++) {
		/* without it */
		for (n = 0, made.length = 0; n < l.count; n++)
			if (n != i)
				text_put(&made, l.at[n], l.length[n]);
		expect_refused(k, &made, i + 1, still);
		/* twice */
		for (n = 0, made.length = 0; n < l.count; n++) {
			text_put(&made, l.at[n], l.length[n]);
			if (n == i)
				text_put(&made, l.at[n], l.length[n]);
		}
		expect_refused(k, &made, i + 2, still);
		/* in the place of each behind it, and that in its own */
		for (j = i + 1; j < l.count; j++) {
			for (n = 0, made.length = 0; n < l.count; n++)
				text_put(&made, l.at[n == i ? j : n == j ? i : n], l.length[n == i ? j : n == j ? i : n]);
			expect_refused(k, &made, i + 1, still);
		}
	}
	free(t.bytes);
	free(made.bytes);
}

/* A line of another dump, in its own place. */
static void test_other_dump(void **state)
{
	struct kit *k = *state, other;
	struct text t, u, made = {0};
	struct lines l, m;
	char still[2];
	size_t n;

	text_fill_some(k);
	kit_make(&other, NULL, true);
	text_fill_some(&other);
	t = text_of(k);
	u = text_of(&other);
	cut_lines(&t, &l);
	cut_lines(&u, &m);
	memcpy(still, kit_current(k), 2);
	for (n = 0; n < l.count; n++)
		text_put(&made, n == 3 ? m.at[n] : l.at[n], n == 3 ? m.length[n] : l.length[n]);
	expect_refused(k, &made, 4, still);
	free(t.bytes);
	free(u.bytes);
	free(made.bytes);
	kit_remove(&other);
}

/* With checksums that fit, what stands there has to be right all the same. */
static void add_line(struct dump_state *d, struct text *t, const char *text, size_t length)
{
	static struct dump_line line;
	char sum[DUMP_SUM + 2];

	memcpy(line.text, text, length);
	line.length = length;
	dump_sum(d, &line, sum);
	line.text[line.length++] = ' ';
	memcpy(line.text + line.length, sum, DUMP_SUM);
	line.length += DUMP_SUM;
	line.text[line.length++] = '\n';
	dump_take(d, &line);
	text_put(t, line.text, line.length);
}

#define SECRET "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_forged(void **state)
{
	static const struct {
		const char *lines[3];
		unsigned long refused;
	} texts[] = {
		{{"authz-stone 1 authority " SECRET " 0"}, 1},
		{{"authz-store 2 authority " SECRET " 0"}, 1},
		{{"authz-store 1 tokens " SECRET " 0"}, 1},
		{{"authz-store 1 authority " SECRET}, 1},
		{{"authz-store 1 authority " SECRET " 0 0"}, 1},
		{{"authz-store 1 authority " SECRET " 00"}, 1},
		{{"authz-store 1 authority " SECRET " -1"}, 1},
		{{"authz-store 1 authority " SECRET "00 0"}, 1},
		{{"authz-store 1 authority 00 0"}, 1},
		{{"authz-store 1 authority " SECRET " 2", "k one", "k two"}, 3},
		{{"authz-store 1 authority " SECRET " 1", "\\x00H one"}, 2},
		{{"authz-store 1 authority " SECRET " 1", " one"}, 2},
		{{"authz-store 1 authority " SECRET " 1", "k"}, 2},
		{{"authz-store 1 authority " SECRET " 1", "k two words"}, 2},
		{{"authz-store 1 authority " SECRET " 1", "k \\x41"}, 2},
		{{"authz-store 1 authority " SECRET " 1", "k \\xFF"}, 2},
		{{"authz-store 1 authority " SECRET " 1", "k \\xf"}, 2},
		{{"authz-store 1 authority " SECRET " 1", "k v", "end 1 " SECRET}, 3},
	};
	struct kit *k = *state;
	struct dump_state d;
	struct text t = {0};
	char still[2];
	size_t i, j;

	assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
	memcpy(still, kit_current(k), 2);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		t.length = 0;
		dump_begin(&d);
		for (j = 0; j < 3 && texts[i].lines[j] != NULL; j++)
			add_line(&d, &t, texts[i].lines[j], strlen(texts[i].lines[j]));
		expect_refused(k, &t, texts[i].refused, still);
	}
	free(t.bytes);
	kit_expect(k, "x", "1");
}

static void test_oversized(void **state)
{
	static char line[DUMP_LINE_MAX + 100];
	struct kit *k = *state;
	struct dump_state d;
	struct text t = {0};
	char still[2];

	memcpy(still, kit_current(k), 2);
	memset(line, 'k', sizeof line);
	line[1] = ' ';
	dump_begin(&d);
	add_line(&d, &t, "authz-store 1 authority " SECRET " 1", 24 + 64 + 2);
	add_line(&d, &t, line, STORE_VALUE_MAX + 3);
	expect_refused(k, &t, 2, still);
	t.length = 0;
	dump_begin(&d);
	line[1] = 'k';
	line[STORE_KEY_MAX + 1] = ' ';
	add_line(&d, &t, "authz-store 1 authority " SECRET " 1", 24 + 64 + 2);
	add_line(&d, &t, line, STORE_KEY_MAX + 3);
	expect_refused(k, &t, 2, still);
	t.length = 0;
	text_put(&t, line, sizeof line);
	expect_refused(k, &t, 1, still);
	free(t.bytes);
}

static void test_tokens(void **state)
{
	struct kit *k = *state;
	struct text t;

	assert_int_equal(kit_put(k, "T", "1"), AUTHZ_OK);
	t = text_of(k);
	assert_int_equal(text_load(k, &t), AUTHZ_LOAD_TOKENS);
	kit_expect(k, "T", "1");
	free(t.bytes);
}

#define TEST(sentence, function) {sentence, function, kit_setup_durable, kit_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each byte of the text flipped is refused with its line, and nothing is changed (load MUST 1)",
		     test_flips),
		TEST("a text cut off anywhere, or longer, is refused with the line (load MUST 1)", test_cuts),
		TEST("each line removed, doubled or swapped is refused with the first that is wrong (load MUST 1)", test_lines),
		TEST("a line of another dump is refused in its own place too", test_other_dump),
		TEST("another version, another kind, a key twice, and what no dump says are refused though their checksums fit",
		     test_forged),
		TEST("a line longer than any record, a key and a value longer than any are refused", test_oversized),
		{"a store of tokens is not loaded (load MUST 3)", test_tokens, kit_setup, kit_teardown, NULL},
	};

	return cmocka_run_group_tests_name("store, load", tests, NULL, NULL);
}
