/* SPDX-License-Identifier: ISC */
#include "store_text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "store/dump.h"
#include "store/load.h"

bool text_put(void *context, const char *bytes, size_t length)
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

long text_get(void *context, char *bytes, size_t size)
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

enum authz_result text_dump(struct kit *k, struct text *t)
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

enum authz_result text_load(struct kit *k, struct text *t)
{
	const struct store_source source = {.get = text_get, .context = t};

	t->at = 0;
	return store_load(k->store, &source, NULL);
}

struct text text_of(struct kit *k)
{
	struct text t = {0};

	assert_int_equal(text_dump(k, &t), AUTHZ_OK);
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

void text_expect_same(const struct text *a, const struct text *b)
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

void text_put_random(struct kit *k, size_t key_length, size_t length)
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

void text_fill_some(struct kit *k)
{
	assert_int_equal(kit_put(k, "A", "value of A"), AUTHZ_OK);
	assert_int_equal(kit_put(k, "key with \\ and \n", ""), AUTHZ_OK);
	text_put_random(k, 5, 20);
	assert_int_equal(kit_put(k, "end", "3"), AUTHZ_OK);
}
