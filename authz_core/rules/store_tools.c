/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the host alone: a dump has the key of keyed sums in it, and a load decides who may do what.
 * MUST 2: a dump or a load that the audit does not take is not done.
 * MUST 3: tokens are never loaded: spent ones would live again.
 */
#include "rules/store_tools.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/quota.h"
#include "store/dump.h"
#include "store/load.h"

struct tool {
	struct rules *r;
	const struct rules_stream *stream;
	struct answer *answer;
	struct store *store;
	bool tokens;
	struct audit_event event;
	char detail[32];
};

static enum authz_result begin(struct tool *t, struct rules *r, const struct request *request, struct answer *answer)
{
	*t = (struct tool){.r = r, .answer = answer, .tokens = strcmp(request->store, "tokens") == 0};
	if (!t->tokens && strcmp(request->store, "authority") != 0)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "store");
	t->store = t->tokens ? r->tokens : r->authority;
	return r->caller.is_host ? AUTHZ_OK : rules_refuse(r, AUTHZ_HOST_ONLY, "");
}

enum authz_result rules_stream_open(struct rules *r, const struct rules_stream *stream, const char *of)
{
	return stream->open(stream->context) ? AUTHZ_OK : rules_refuse(r, AUTHZ_TOO_MANY, of);
}

/* The host's: what is in its way, it waits for. */
static enum authz_result open(struct tool *t, const struct rules_stream *stream)
{
	t->stream = stream;
	return rules_stream_open(t->r, stream, STREAMS_OF_ROOT);
}

static void describe(struct tool *t, const char *event)
{
	snprintf(t->detail, sizeof t->detail, "store=%s", t->tokens ? "tokens" : "authority");
	t->event = (struct audit_event){.event = event, .caller = &t->r->caller, .owner = "", .maker = "", .token_id = "",
	                                .service = "", .rhost = "", .tty = "", .detail = t->detail};
}

static void number_row(struct answer *answer, const char *name, uint64_t number)
{
	char text[24];
	const char *const items[] = {name, text};

	snprintf(text, sizeof text, "%" PRIu64, number);
	(void)answer_row(answer, items, 2); /* a few rows always fit */
}

/* ---- stats */

static enum authz_result count(struct tool *t, struct store_txn *txn)
{
	struct store_stats stats;
	uint64_t tokens = 0;
	enum authz_result result = rules_store(t->r, t->store, store_stats(txn, &stats));

	if (result == AUTHZ_OK && t->tokens)
		result = quota_count(t->r, txn, &tokens);
	if (result != AUTHZ_OK)
		return result;
	number_row(t->answer, "records", stats.records);
	number_row(t->answer, "bytes", stats.bytes);
	number_row(t->answer, "commits", stats.sequence);
	number_row(t->answer, "free", stats.free);
	if (t->tokens) {
		number_row(t->answer, "tokens", tokens);
		number_row(t->answer, "quota_total", t->r->host->config.quota_total);
	}
	return AUTHZ_OK;
}

static enum authz_result read_with(struct tool *t, enum authz_result (*read)(struct tool *t, struct store_txn *txn))
{
	struct store_txn *txn;
	enum authz_result result = rules_begin(t->r, t->store, false, &txn);

	if (result != AUTHZ_OK)
		return result;
	result = read(t, txn);
	store_abort(txn);
	return result;
}

enum authz_result store_tools_stats(struct rules *r, const struct request *request, struct answer *answer)
{
	struct tool t;
	enum authz_result result = begin(&t, r, request, answer);

	return result == AUTHZ_OK ? read_with(&t, count) : result;
}

/* ---- check */

static bool tell(void *context, uint64_t done, uint64_t total)
{
	const struct rules_stream *stream = ((struct tool *)context)->stream;
	char text[48];
	int length = snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, done, total);

	return stream->put(stream->context, text, (size_t)length) && stream->flush(stream->context);
}

static enum authz_result check(struct tool *t, struct store_txn *txn)
{
	const struct store_progress progress = {.tell = tell, .context = t};
	uint64_t records;
	enum authz_result result = rules_store(t->r, t->store, store_check(txn, &progress, &records));

	if (result == AUTHZ_OK)
		number_row(t->answer, "records", records);
	return result;
}

enum authz_result store_tools_check(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                    struct answer *answer)
{
	struct tool t;
	enum authz_result result = begin(&t, r, request, answer);

	if (result == AUTHZ_OK)
		result = open(&t, stream);
	return result == AUTHZ_OK ? read_with(&t, check) : result;
}

/* ---- dump */

static bool put(void *context, const char *bytes, size_t length)
{
	const struct rules_stream *stream = context;

	return stream->put(stream->context, bytes, length);
}

static enum authz_result dump(struct tool *t, struct store_txn *txn)
{
	struct rules_stream stream = *t->stream;
	const struct store_sink sink = {.put = put, .context = &stream};

	return rules_store(t->r, t->store, store_dump(txn, &sink, NULL));
}

enum authz_result store_tools_dump(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                   struct answer *answer)
{
	struct tool t;
	uint64_t number;
	enum authz_result result = begin(&t, r, request, answer), recorded;

	if (result == AUTHZ_OK)
		result = open(&t, stream);
	if (result != AUTHZ_OK)
		return result;
	describe(&t, "store.dump");
	result = r->host->audit_intent(r->host->context, &t.event, &number);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, t.event.event);
	result = read_with(&t, dump);
	recorded = r->host->audit_outcome(r->host->context, &t.event, number, result, r->subject);
	return result == AUTHZ_OK && recorded != AUTHZ_OK ? rules_refuse(r, AUTHZ_AUDIT_CUT, t.event.event) : result;
}

/* ---- load */

struct loading {
	struct rules *r;
	const struct rules_stream *stream;
	void (*ready)(struct rules *r);
};

static long get(void *context, char *bytes, size_t size)
{
	const struct rules_stream *stream = ((struct loading *)context)->stream;

	return stream->get(stream->context, bytes, size);
}

static void is_ready(void *context)
{
	const struct loading *l = context;

	l->ready(l->r);
}

static enum authz_result load(struct tool *t, void (*ready)(struct rules *r))
{
	struct loading l = {.r = t->r, .stream = t->stream, .ready = ready};
	const struct store_source source = {.get = get, .context = &l, .ready = is_ready};

	return rules_store(t->r, t->store, store_load(t->store, &source, NULL));
}

enum authz_result store_tools_load(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                   struct answer *answer, void (*ready)(struct rules *r), bool *loaded)
{
	struct tool t;
	uint64_t number;
	enum authz_result result = begin(&t, r, request, answer), recorded;

	*loaded = false;
	if (result == AUTHZ_OK && t.tokens)
		result = rules_refuse(r, AUTHZ_LOAD_TOKENS, "");
	if (result == AUTHZ_OK)
		result = open(&t, stream);
	if (result != AUTHZ_OK)
		return result;
	describe(&t, "store.load");
	result = r->host->audit_intent(r->host->context, &t.event, &number);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, t.event.event);
	result = load(&t, ready);
	*loaded = result == AUTHZ_OK;
	recorded = r->host->audit_outcome(r->host->context, &t.event, number, result, r->subject);
	if (result == AUTHZ_OK)
		result = recorded == AUTHZ_OK ? read_with(&t, count) : rules_refuse(r, AUTHZ_AUDIT_CUT, t.event.event);
	return result;
}
