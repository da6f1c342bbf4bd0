/* SPDX-License-Identifier: ISC */
/* A store as text, and back: exact, or refused with the line. */
#include "store_kit.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/dump.h"
#include "store/dump_text.h"
#include "store/load.h"

/* A text in memory: written at its end, read at "at", in pieces of "piece" bytes. */
struct text {
	char *bytes;
	size_t length, room, at, piece;
	bool gone; /* the other side, when there is nothing more to read, or to write */
};

static bool text_put(void *context, const char *bytes, size_t length)
{
	struct text *t = context;

	if (t->gone)
		return false;
	if (t->length + length > t->room) {
		t->room = 2 * (t->length + length);
		t->bytes = realloc(t->bytes, t->room);
		assert_non_null(t->bytes);
	}
	memcpy(t->bytes + t->length, bytes, length);
	t->length += length;
	return true;
}

static long text_get(void *context, char *bytes, size_t size)
{
	struct text *t = context;
	size_t some = t->length - t->at < size ? t->length - t->at : size;

	if (t->piece > 0 && some > t->piece)
		some = t->piece;
	if (some == 0 && t->gone)
		return -1;
	memcpy(bytes, t->bytes + t->at, some);
	t->at += some;
	return (long)some;
}

static enum authz_result dump(struct kit *k, struct text *t)
{
	const struct store_sink sink = {text_put, t};
	struct store_txn *txn;
	enum authz_result result = store_begin(k->store, false, &txn);

	if (result != AUTHZ_OK)
		return result;
	result = store_dump(txn, &sink, NULL);
	store_abort(txn);
	return result;
}

static enum authz_result load(struct kit *k, struct text *t)
{
	const struct store_source source = {text_get, t};

	t->at = 0;
	return store_load(k->store, &source, NULL);
}

static struct text dumped(struct kit *k)
{
	struct text t = {0};

	assert_int_equal(dump(k, &t), AUTHZ_OK);
	return t;
}

/* The lines without their checksums, sorted: checksums cover the line's number. */
static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **sorted(const struct text *t, size_t *count)
{
	char **lines = calloc(t->length, sizeof *lines), *at = t->bytes, *end;

	*count = 0;
	for (; at < t->bytes + t->length; at = end + 1) {
		end = memchr(at, '\n', t->length - (size_t)(at - t->bytes));
		assert_non_null(end);
		lines[(*count)++] = strndup(at, (size_t)(end - at) - 17);
	}
	/* but for the last, which is of them all */
	free(lines[--*count]);
	qsort(lines, *count, sizeof *lines, by_text);
	return lines;
}

static void expect_same(const struct text *a, const struct text *b)
{
	size_t i, a_count, b_count;
	char **x = sorted(a, &a_count), **y = sorted(b, &b_count);

	assert_int_equal(a_count, b_count);
	for (i = 0; i < a_count; i++) {
		assert_string_equal(x[i], y[i]);
		free(x[i]);
		free(y[i]);
	}
	free(x);
	free(y);
}

static void put_random(struct kit *k, size_t key_length, size_t length)
{
	static unsigned char key[STORE_KEY_MAX], value[STORE_VALUE_MAX];
	struct store_txn *t;

	randombytes_buf(key, sizeof key);
	randombytes_buf(value, sizeof value);
	key[0] |= 1;
	assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
	assert_int_equal(store_put(t, key, key_length, value, length), AUTHZ_OK);
	assert_int_equal(store_commit(t), AUTHZ_OK);
}

static void fill_some(struct kit *k)
{
	assert_int_equal(kit_put(k, "A", "value of A"), AUTHZ_OK);
	assert_int_equal(kit_put(k, "key with \\ and \n", ""), AUTHZ_OK);
	put_random(k, 5, 20);
	assert_int_equal(kit_put(k, "end", "3"), AUTHZ_OK);
}

static uint64_t sequence(struct kit *k)
{
	struct store_txn *t;
	struct store_stats stats;
	uint64_t records;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_stats(t, &stats), AUTHZ_OK);
	assert_int_equal(store_check(t, NULL, &records), AUTHZ_OK);
	assert_int_equal(records, stats.records);
	store_abort(t);
	return stats.sequence;
}

static void secret_of(struct kit *k, unsigned char secret[32])
{
	struct store_txn *t;

	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	store_secret(t, secret);
	store_abort(t);
}

static void test_exact(void **state)
{
	struct kit *k = *state, other;
	unsigned char secret[32], again[32];
	struct text a, b;
	uint64_t before;
	size_t i;

	/* every length of a key, and lengths of values from the least to the most */
	for (i = 1; i <= STORE_KEY_MAX; i++)
		put_random(k, i, i * i % 300);
	for (i = 0; i <= STORE_VALUE_MAX; i = i < 40 ? i + 1 : i * 5 / 4)
		put_random(k, 30, i);
	put_random(k, 30, STORE_VALUE_MAX);
	put_random(k, STORE_KEY_MAX, STORE_VALUE_MAX);
	fill_some(k);
	kit_make(&other, NULL, true);
	assert_int_equal(kit_put(&other, "gone", "after"), AUTHZ_OK);
	before = sequence(&other);
	a = dumped(k);
	a.piece = 777;
	assert_int_equal(load(&other, &a), AUTHZ_OK);
	assert_int_equal(sequence(&other), before + 1);
	b = dumped(&other);
	expect_same(&a, &b);
	kit_expect(&other, "gone", NULL);
	kit_expect(&other, "key with \\ and \n", "");
	secret_of(k, secret);
	secret_of(&other, again);
	assert_memory_equal(secret, again, 32);
	/* and the store goes on */
	assert_int_equal(kit_put(&other, "next", "1"), AUTHZ_OK);
	assert_int_equal(kit_put(&other, "next", "2"), AUTHZ_OK);
	kit_expect(&other, "next", "2");
	assert_int_equal(sequence(&other), before + 3);
	free(a.bytes);
	free(b.bytes);
	kit_remove(&other);
}

static void test_readable(void **state)
{
	struct kit *k = *state;
	struct text t;

	assert_int_equal(kit_put(k, "A\xff", "two words\\"), AUTHZ_OK);
	t = dumped(k);
	text_put(&t, "", 1);
	assert_memory_equal(t.bytes, "authz-store 1 authority ", 24);
	assert_non_null(strstr(t.bytes, "\nA\\xff two\\x20words\\x5c "));
	assert_non_null(strstr(t.bytes, "\nend 1 "));
	free(t.bytes);
}

/* Refused, at this line, and nothing is changed. */
static void expect_refused(struct kit *k, struct text *t, unsigned long line, const char *still)
{
	char wanted[40];

	assert_int_equal(load(k, t), AUTHZ_BAD_DUMP);
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

	fill_some(k);
	t = dumped(k);
	memcpy(still, kit_current(k), 2);
	for (i = 0; i < t.length; i++)
		for (j = 0; j < sizeof by; j++) {
			t.bytes[i] = (char)(t.bytes[i] ^ by[j]);
			/* a newline that is one no more makes its line longer */
			expect_refused(k, &t, line_at(&t, i), still);
			t.bytes[i] = (char)(t.bytes[i] ^ by[j]);
		}
	assert_int_equal(load(k, &t), AUTHZ_OK);
	free(t.bytes);
}

static void test_cuts(void **state)
{
	struct kit *k = *state;
	struct text t;
	size_t whole;
	char still[2];

	fill_some(k);
	t = dumped(k);
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

	fill_some(k);
	t = dumped(k);
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

	fill_some(k);
	kit_make(&other, NULL, true);
	fill_some(&other);
	t = dumped(k);
	u = dumped(&other);
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
	t = dumped(k);
	assert_int_equal(load(k, &t), AUTHZ_LOAD_TOKENS);
	kit_expect(k, "T", "1");
	free(t.bytes);
}

static bool stop_at_second(void *context, uint64_t done, uint64_t total)
{
	uint64_t *calls = context;

	assert_true(done <= total);
	return ++*calls < 2;
}

static void test_gone(void **state)
{
	struct kit *k = *state;
	struct text t, nowhere = {.gone = true};
	uint64_t calls = 0, records;
	struct store_progress progress = {stop_at_second, &calls};
	const struct store_sink sink = {text_put, &nowhere};
	const struct store_source source = {text_get, &t};
	struct store_txn *txn;
	char key[32];
	unsigned i;

	assert_int_equal(store_begin(k->store, true, &txn), AUTHZ_OK);
	for (i = 0; i < 9000; i++) {
		snprintf(key, sizeof key, "record %u", i);
		store_put(txn, key, strlen(key), "v", 1);
	}
	assert_int_equal(store_commit(txn), AUTHZ_OK);
	t = dumped(k);
	assert_int_equal(store_begin(k->store, false, &txn), AUTHZ_OK);
	assert_int_equal(store_dump(txn, &sink, NULL), AUTHZ_STOPPED);
	assert_int_equal(store_check(txn, &progress, &records), AUTHZ_STOPPED);
	assert_int_equal(calls, 2);
	calls = 0;
	nowhere.gone = false;
	assert_int_equal(store_dump(txn, &sink, &progress), AUTHZ_STOPPED);
	store_abort(txn);
	assert_int_equal(kit_delete(k, "record 1"), AUTHZ_OK);
	t.length -= 1000;
	t.gone = true;
	assert_int_equal(load(k, &t), AUTHZ_STOPPED);
	t.length += 1000;
	t.at = 0;
	calls = 0;
	assert_int_equal(store_load(k->store, &source, &progress), AUTHZ_STOPPED);
	kit_expect(k, "record 1", NULL);
	t.gone = false;
	assert_int_equal(load(k, &t), AUTHZ_OK);
	kit_expect(k, "record 1", "v");
	free(t.bytes);
	free(nowhere.bytes);
}

/* A store that is damaged ends its dump without a last line, and the subject says where. */
static void test_damaged(void **state)
{
	struct kit *k = *state;
	struct text t = {0};
	unsigned char *bytes, *at;
	char place[700];
	size_t length;

	fill_some(k);
	bytes = kit_read(kit_path(k, kit_current(k)), &length);
	at = memmem(bytes, length, "value of A", 10);
	kit_flip(kit_path(k, kit_current(k)), at - bytes, 1);
	assert_int_equal(dump(k, &t), AUTHZ_STORE_DAMAGED);
	snprintf(place, sizeof place, "%s/%s at byte %ld", k->folder, kit_current(k), (long)(at - bytes) - 10);
	assert_string_equal(store_subject(k->store), place);
	assert_null(t.length > 0 ? memmem(t.bytes, t.length, "\nend ", 5) : NULL);
	free(bytes);
	free(t.bytes);
}

static int load_slowly(struct kit *k, void *argument)
{
	struct text *t = argument;

	t->piece = 50;
	return load(k, t) == AUTHZ_OK ? 0 : 1;
}

static void test_killed(void **state)
{
	struct kit *k = *state;
	struct text t;
	uint64_t n = 0, before;
	unsigned i, old = 0;
	pid_t pid;

	while (n < 400)
		assert_int_equal(kit_write_number(k->store, ++n), AUTHZ_OK);
	t = dumped(k);
	for (i = 0; i < 150; i++) {
		assert_int_equal(kit_write_number(k->store, n + 1), AUTHZ_OK);
		before = sequence(k);
		pid = kit_start(load_slowly, k, &t, 30);
		kit_sleep_us(random() % 9000);
		kill(pid, SIGKILL);
		kit_wait(pid);
		/* the one before, or all of the text */
		if (sequence(k) == before) {
			assert_int_equal(kit_expect_number(k), n + 1);
			old++;
		} else {
			assert_int_equal(sequence(k), before + 1);
			assert_int_equal(kit_expect_number(k), n);
		}
		assert_int_equal(load(k, &t), AUTHZ_OK);
		assert_int_equal(kit_expect_number(k), n);
	}
	assert_true(old > 0);
	free(t.bytes);
}

/* Readers go on while it is loaded: the reader looks from within the load. */
struct beside {
	struct text *text;
	struct kit *k;
	unsigned reads;
};

static long get_beside(void *context, char *bytes, size_t size)
{
	struct beside *b = context;

	kit_expect(b->k, "x", "before");
	b->reads++;
	return text_get(b->text, bytes, size);
}

static void test_readers(void **state)
{
	struct kit *k = *state, reader = *k;
	struct text t;
	struct beside b = {.text = &t, .k = &reader};
	const struct store_source source = {get_beside, &b};

	assert_int_equal(kit_put(k, "x", "dumped"), AUTHZ_OK);
	t = dumped(k);
	t.piece = 20;
	assert_int_equal(kit_put(k, "x", "before"), AUTHZ_OK);
	reader.store = NULL;
	kit_reopen(&reader);
	assert_int_equal(store_load(k->store, &source, NULL), AUTHZ_OK);
	assert_true(b.reads > 5);
	kit_expect(&reader, "x", "dumped");
	store_close(reader.store);
	free(t.bytes);
}

/* 200,000 records through a pipe, each end in little memory. */
#define MANY 200000

static void fill_many(struct kit *k)
{
	struct store_txn *t;
	char key[40], value[100];
	unsigned i, j;

	memset(value, 'v', sizeof value);
	for (i = 0; i < MANY;) {
		assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
		for (j = 0; j < 20000; j++, i++) {
			snprintf(key, sizeof key, "record %u", i * 2654435761u);
			assert_int_equal(store_put(t, key, strlen(key), value, sizeof value), AUTHZ_OK);
		}
		assert_int_equal(store_commit(t), AUTHZ_OK);
	}
}

static long peak_kb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static bool pipe_put(void *context, const char *bytes, size_t length)
{
	ssize_t put;

	for (; length > 0; bytes += put, length -= (size_t)put) {
		put = write(*(int *)context, bytes, length);
		if (put <= 0)
			return false;
	}
	return true;
}

static long pipe_get(void *context, char *bytes, size_t size)
{
	return read(*(int *)context, bytes, size);
}

/* Forked before this process grew: its peak is its own. */
static int dump_to_pipe(struct kit *k, void *argument)
{
	const struct store_sink sink = {pipe_put, argument};
	const long before = peak_kb();
	struct store_txn *t;

	if (store_begin(k->store, false, &t) != AUTHZ_OK || store_dump(t, &sink, NULL) != AUTHZ_OK)
		return 1;
	return peak_kb() < before + 2048 + KIT_SLACK_KB ? 0 : 2;
}

static int load_from_pipe(struct kit *k, void *argument)
{
	const struct store_source source = {pipe_get, argument};
	const long before = peak_kb();

	if (store_load(k->store, &source, NULL) != AUTHZ_OK)
		return 1;
	return peak_kb() < before + 3072 + KIT_SLACK_KB ? 0 : 2;
}

static int fill_child(struct kit *k, void *argument)
{
	(void)argument;
	fill_many(k);
	return 0;
}

static void test_many(void **state)
{
	struct kit *k = *state, other;
	struct text a, b;
	pid_t dumper, loader;
	int ends[2];

	assert_int_equal(kit_child(fill_child, k, NULL, 120), 0);
	kit_make(&other, NULL, true);
	assert_int_equal(pipe(ends), 0);
	dumper = kit_start(dump_to_pipe, k, &ends[1], 120);
	close(ends[1]);
	loader = kit_start(load_from_pipe, &other, &ends[0], 120);
	close(ends[0]);
	assert_int_equal(kit_wait(dumper), 0);
	assert_int_equal(kit_wait(loader), 0);
	a = dumped(k);
	b = dumped(&other);
	expect_same(&a, &b);
	kit_expect_gdbm(&other, kit_current(&other), MANY);
	free(a.bytes);
	free(b.bytes);
	kit_remove(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"what is dumped and loaded elsewhere is the same, whatever its bytes and lengths (load MUST 2)", test_exact,
		 kit_setup_durable, kit_teardown, NULL},
		{"the text is printable ASCII, one line a record", test_readable, kit_setup_durable, kit_teardown, NULL},
		{"each byte of the text flipped is refused with its line, and nothing is changed (load MUST 1)", test_flips,
		 kit_setup_durable, kit_teardown, NULL},
		{"a text cut off anywhere, or longer, is refused with the line (load MUST 1)", test_cuts, kit_setup_durable,
		 kit_teardown, NULL},
		{"each line removed, doubled or swapped is refused with the first that is wrong (load MUST 1)", test_lines,
		 kit_setup_durable, kit_teardown, NULL},
		{"a line of another dump is refused in its own place too", test_other_dump, kit_setup_durable, kit_teardown, NULL},
		{"another version, another kind, a key twice, and what no dump says are refused though their checksums fit", test_forged,
		 kit_setup_durable, kit_teardown, NULL},
		{"a line longer than any record, a key and a value longer than any are refused", test_oversized, kit_setup_durable,
		 kit_teardown, NULL},
		{"a store of tokens is not loaded (load MUST 3)", test_tokens, kit_setup, kit_teardown, NULL},
		{"the other side that went away, and a progress that says no, end it and change nothing", test_gone, kit_setup_durable,
		 kit_teardown, NULL},
		{"a damaged store is dumped up to the damage, without an end, and the subject says where (dump MUST 1)", test_damaged,
		 kit_setup_durable, kit_teardown, NULL},
		{"a load killed at a random instant happened whole or not at all (load MUST 2)", test_killed, kit_setup_durable,
		 kit_teardown, NULL},
		{"readers see the commit of before until a load is done", test_readers, kit_setup_durable, kit_teardown, NULL},
		{"200,000 records go through a pipe in constant memory", test_many, kit_setup_durable, kit_teardown, NULL},
	};

	return cmocka_run_group_tests_name("store, dump and load", tests, NULL, NULL);
}
