/* SPDX-License-Identifier: ISC */
#include "store/dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/dump_text.h"
#include "store/walk.h"

#define CHUNK 32768

struct dump {
	struct store_txn *t;
	const struct store_sink *sink;
	const struct store_progress *progress;
	struct dump_state state;
	struct dump_line line;
	uint64_t records;
	size_t used;
	char chunk[CHUNK + DUMP_LINE_MAX];
};

static bool flush(struct dump *d)
{
	const bool taken = d->used == 0 || d->sink->put(d->sink->context, d->chunk, d->used);

	d->used = 0;
	return taken;
}

/* Finish d->line. */
static bool end_line(struct dump *d)
{
	char sum[DUMP_SUM + 1];

	dump_sum(&d->state, &d->line, sum);
	d->line.text[d->line.length] = ' ';
	memcpy(d->line.text + d->line.length + 1, sum, DUMP_SUM);
	d->line.length += 1 + DUMP_SUM;
	d->line.text[d->line.length++] = '\n';
	dump_take(&d->state, &d->line);
	memcpy(d->chunk + d->used, d->line.text, d->line.length);
	d->used += d->line.length;
	d->line.length = 0;
	return d->used < CHUNK || flush(d);
}

static bool first_line(struct dump *d)
{
	const struct header *h = &d->t->header;
	char secret[2 * SECRET_SIZE + 1];

	sodium_bin2hex(secret, sizeof secret, h->secret, SECRET_SIZE);
	d->line.length = (size_t)snprintf(d->line.text, DUMP_LINE_MAX, "%s %s %s %s %" PRIu64, DUMP_MAGIC, DUMP_VERSION,
	                                  d->t->store->durable ? DUMP_AUTHORITY : DUMP_TOKENS, secret, h->records);
	sodium_memzero(secret, sizeof secret);
	return end_line(d);
}

static bool last_line(struct dump *d)
{
	char all[2 * DUMP_ALL + 1];

	dump_all(&d->state, all);
	d->line.length = (size_t)snprintf(d->line.text, DUMP_LINE_MAX, "end %" PRIu64 " %s", d->records, all);
	return end_line(d) && flush(d);
}

static enum authz_result dump_record(void *context, const struct layout_record *r)
{
	struct dump *d = context;

	if (r->bytes[0] == '\0') /* the store's own */
		return AUTHZ_OK;
	dump_escape(&d->line, r->bytes, r->key_length);
	d->line.text[d->line.length++] = ' ';
	dump_escape(&d->line, r->bytes + r->key_length + RECORD_ENVELOPE, r->length - RECORD_ENVELOPE);
	d->records++;
	return end_line(d) && walk_tell(d->progress, d->records, d->t->header.records) ? AUTHZ_OK : AUTHZ_STOPPED;
}

static enum authz_result dump_all_lines(struct dump *d)
{
	struct store_txn *t = d->t;
	enum authz_result result = AUTHZ_OK;
	int64_t at = 0;

	if (!first_line(d))
		return store_fail(t->store, AUTHZ_STOPPED, NULL);
	if (!t->empty)
		result = layout_walk(&t->layout, t->header.seal_key, dump_record, d, &at);
	if (result == AUTHZ_STOPPED)
		return store_fail(t->store, result, NULL);
	if (result != AUTHZ_OK)
		return walk_damaged(t, result, at);
	/* MUST 1 */
	if (d->records != t->header.records)
		return store_fail(t->store, AUTHZ_STORE_DAMAGED, (const char[2]){t->name, '\0'});
	return last_line(d) ? AUTHZ_OK : store_fail(t->store, AUTHZ_STOPPED, NULL);
}

enum authz_result store_dump(struct store_txn *t, const struct store_sink *sink, const struct store_progress *progress)
{
	struct dump *d = calloc(1, sizeof *d);
	enum authz_result result;

	if (d == NULL)
		return store_fail(t->store, AUTHZ_NO_MEMORY, NULL);
	d->t = t;
	d->sink = sink;
	d->progress = progress;
	dump_begin(&d->state);
	result = dump_all_lines(d);
	sodium_memzero(d, sizeof *d);
	free(d);
	return result;
}
