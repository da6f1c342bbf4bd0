/* SPDX-License-Identifier: ISC */
/* What the tests of dump and load share: a store's text in memory. */
#ifndef STORE_TEXT_H
#define STORE_TEXT_H

#include "store_kit.h"

/* Written at its end, read at "at", in pieces of "piece" bytes. */
struct text {
	char *bytes;
	size_t length, room, at, piece;
	bool gone; /* the other side, when there is nothing more to read, or to write */
};

/* A sink and a source, whose context is a struct text. */
bool text_put(void *context, const char *bytes, size_t length);
long text_get(void *context, char *bytes, size_t size);

/* Add the store's text; load the text from its beginning.  What the store says to it. */
enum authz_result text_dump(struct kit *k, struct text *t);
enum authz_result text_load(struct kit *k, struct text *t);
/* All of the store, its "bytes" to be freed. */
struct text text_of(struct kit *k);
/* The same records and secret, in whatever order. */
void text_expect_same(const struct text *a, const struct text *b);

/* A record of random bytes; its key does not begin with 0, as the store's own do. */
void text_put_random(struct kit *k, size_t key_length, size_t length);
/* Four records, "A" with "value of A" among them. */
void text_fill_some(struct kit *k);

#endif
