/* SPDX-License-Identifier: ISC */
/* What keeps the stores: rules/store_tools.c, with real stores and a stream in memory. */
#include "exits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cabinet_kit.h"
#include "masters.h"
#include "rules/store_tools.h"

/* The other end of a stream. */
struct text {
	char bytes[200000];
	size_t length, read;
	size_t puts_left; /* then nobody takes more */
	size_t flushed, opened;
	bool full; /* there are too many already */
	bool broken; /* the end is missing */
};

static struct text text;

static bool put(void *context, const void *bytes, size_t length)
{
	struct text *t = context;

	if (t->puts_left == 0 || length > sizeof t->bytes - t->length)
		return false;
	t->puts_left--;
	memcpy(t->bytes + t->length, bytes, length);
	t->length += length;
	return true;
}

static bool flush(void *context)
{
	((struct text *)context)->flushed++;
	return true;
}

static long get(void *context, void *bytes, size_t size)
{
	struct text *t = context;

	if (size > t->length - t->read)
		size = t->length - t->read;
	if (size == 0 && t->broken)
		return -1;
	memcpy(bytes, t->bytes + t->read, size);
	t->read += size;
	return (long)size;
}

static bool open_text(void *context)
{
	((struct text *)context)->opened++;
	return !((struct text *)context)->full;
}

static const struct rules_stream stream = {.context = &text, .open = open_text, .put = put, .flush = flush, .get = get};

static void text_init(void)
{
	text.length = text.read = text.flushed = 0;
	text.puts_left = SIZE_MAX;
	text.opened = 0;
	text.broken = text.full = false;
}

static struct request about(const char *store)
{
	struct request q = {.has = HAS(STORE)};

	assert_true(request_set_string(&q, FIELD_STORE, store));
	return q;
}

typedef enum authz_result tool_fn(struct rules *r, const struct request *q, const struct rules_stream *s, struct answer *a);

static enum authz_result stats(struct rules *r, const struct request *q, const struct rules_stream *s, struct answer *a)
{
	(void)s;
	return store_tools_stats(r, q, a);
}

static bool was_ready;

static void is_ready(struct rules *r)
{
	assert_non_null(r);
	was_ready = true;
}

/* What is loaded is the answer's, unless something fails behind it; and whoever asked was told before it is committed. */
static enum authz_result load(struct rules *r, const struct request *q, const struct rules_stream *s, struct answer *a)
{
	bool loaded;
	enum authz_result result;

	was_ready = false;
	result = store_tools_load(r, q, s, a, is_ready, &loaded);
	assert_int_equal(was_ready, loaded);
	assert_int_equal(loaded, result == AUTHZ_OK || result == AUTHZ_AUDIT_CUT);
	return result;
}

static enum authz_result use(struct world *w, tool_fn *tool, const char *store)
{
	const struct request q = about(store);

	answer_init(&w->answer);
	return tool(&w->rules, &q, &stream, &w->answer);
}

/* A number of the answer; -1: it has none of that name. */
static long number(struct world *w, const char *name)
{
	struct frame_reader rows = {w->answer.rows.data, w->answer.rows.used}, row;
	char items[2][64];
	struct frame_field f;

	while (frame_next(&rows, &f) > 0) {
		row = (struct frame_reader){f.bytes, f.length};
		if (frame_next_item(&row, items[0], 64) && frame_next_item(&row, items[1], 64) && strcmp(items[0], name) == 0)
			return atol(items[1]);
	}
	return -1;
}

static void strangers(void **state)
{
	static tool_fn *const tools[] = {stats, store_tools_check, store_tools_dump, load};
	struct world *w = *state;
	uint64_t before = sequence(w->rules.authority);
	size_t i;

	text_init();
	world_caller(w, "sam"); /* who has every special authority, and is not the host */
	for (i = 0; i < sizeof tools / sizeof tools[0]; i++) {
		assert_result(use(w, tools[i], "authority"), AUTHZ_HOST_ONLY);
		assert_result(use(w, tools[i], "tokens"), AUTHZ_HOST_ONLY);
	}
	assert_int_equal(text.length, 0);
	assert_int_equal(text.opened, 0);
	assert_int_equal(sequence(w->rules.authority), before);
}

static void too_many(void **state)
{
	static tool_fn *const tools[] = {store_tools_check, store_tools_dump, load};
	struct world *w = *state;
	size_t i;

	text_init();
	text.full = true;
	world_host(w);
	for (i = 0; i < sizeof tools / sizeof tools[0]; i++) {
		assert_result(use(w, tools[i], "authority"), AUTHZ_TOO_MANY);
		assert_int_equal(text.opened, i + 1);
	}
	assert_int_equal(text.length, 0);
}

static void unknown_store(void **state)
{
	struct world *w = *state;

	world_host(w);
	assert_result(use(w, stats, "Authority"), AUTHZ_BAD_PARAMETER);
	assert_result(use(w, store_tools_dump, ""), AUTHZ_BAD_PARAMETER);
}

static void counted(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	make_token(w, '2', -1, token);
	world_host(w);
	assert_result(use(w, stats, "tokens"), AUTHZ_OK);
	assert_int_equal(number(w, "tokens"), 2);
	assert_int_equal(number(w, "quota_total"), w->fake.host.config.quota_total);
	assert_int_equal(number(w, "commits"), sequence(w->rules.tokens));
	assert_true(number(w, "records") >= 2 && number(w, "bytes") >= 16384 && number(w, "free") > 0);
	assert_result(use(w, stats, "authority"), AUTHZ_OK);
	assert_int_equal(number(w, "tokens"), -1);
}

static void checked(void **state)
{
	struct world *w = *state;
	long records;

	text_init();
	world_host(w);
	assert_result(use(w, stats, "authority"), AUTHZ_OK);
	records = number(w, "records");
	assert_result(use(w, store_tools_check, "authority"), AUTHZ_OK);
	assert_int_equal(number(w, "records"), records);
	assert_true(text.length > 0 && text.flushed > 0);
	text.puts_left = 0;
	assert_result(use(w, store_tools_check, "authority"), AUTHZ_STOPPED);
}

/* Dump, change, load: it is all as it was. */
static void there_and_back(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request q = ask_token("alice");

	make_token(w, '2', -1, token);
	text_init();
	world_host(w);
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_OK);
	disable(w, "alice");
	grant(w, "eve", "alice");
	world_host(w);
	assert_result(use(w, load, "authority"), AUTHZ_OK);
	assert_true(number(w, "records") > 0);
	world_caller(w, "eve");
	assert_result(generate(w, &q, token), AUTHZ_USE_REQUIRED);
	world_caller(w, "portal");
	assert_result(generate(w, &q, token), AUTHZ_OK);
}

static void live_on(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '2', -1, token);
	text_init();
	world_host(w);
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_OK);
	assert_result(use(w, load, "authority"), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
}

static void no_tokens(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	uint64_t before;

	make_token(w, '1', -1, token);
	text_init();
	world_host(w);
	assert_result(use(w, store_tools_dump, "tokens"), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	before = sequence(w->rules.tokens);
	world_host(w);
	assert_result(use(w, load, "tokens"), AUTHZ_LOAD_TOKENS);
	assert_result(use(w, load, "authority"), AUTHZ_BAD_DUMP);
	assert_int_equal(sequence(w->rules.tokens), before);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_SPENT);
}

static void no_token_in_it(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	text_init();
	world_host(w);
	assert_result(use(w, store_tools_dump, "tokens"), AUTHZ_OK);
	assert_null(memmem(text.bytes, text.length, token, TOKEN_SIZE));
}

static void broken_off(void **state)
{
	struct world *w = *state;
	uint64_t before;

	text_init();
	world_host(w);
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_OK);
	before = sequence(w->rules.authority);
	text.length /= 2;
	text.broken = true;
	assert_result(use(w, load, "authority"), AUTHZ_STOPPED);
	text_init();
	text.puts_left = 0;
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_STOPPED);
	assert_int_equal(sequence(w->rules.authority), before);
}

static void on_record(void **state)
{
	struct world *w = *state;
	uint64_t before;

	text_init();
	world_host(w);
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=store.dump phase=intent"));
	assert_non_null(strstr(w->fake.outcome, "event=store.dump phase=done result=OK"));
	assert_result(use(w, load, "authority"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=store.load phase=intent"));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	before = sequence(w->rules.authority);
	text.read = 0;
	w->fake.outcome_lost = true;
	assert_result(use(w, load, "authority"), AUTHZ_AUDIT_CUT);
	w->fake.intent_lost = true;
	before++;
	text.read = 0;
	assert_result(use(w, load, "authority"), AUTHZ_AUDIT_LOST);
	assert_int_equal(sequence(w->rules.authority), before);
	text_init();
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_AUDIT_LOST);
	assert_int_equal(text.length, 0);
}

/* ---- exits */

static const char key_program[] = "Xe" SITE_POINT "\0AUTH0100\0\0\0\0\7";

/* Two programs of the site's, one with all bytes for its data, one of this host's, and a point without any. */
static void register_exits(struct world *w)
{
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 7);
	unsigned char data[AUTHZ_EXIT_DATA_MAX];
	size_t i;

	world_host(w);
	for (i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)i;
	exit_wish_data(&q, data, sizeof data);
	q.which = EXIT_INPUT_RECORD;
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_result(exit_put(w, EXIT_NUMBER_HIGH), AUTHZ_OK);
	q = exit_wish("AZ_SIGNON", "SIGN0100", 1);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_result(exit_set(w, "EMPTY", 3), AUTHZ_OK);
}

static char *list_exits(struct world *w)
{
	return strdup(all_rows(w, exit_list, (struct request){.has = 0}, NULL));
}

static void exits_come_back(void **state)
{
	struct world *w = *state;
	char *before, *after;

	register_exits(w);
	before = list_exits(w);
	text_init();
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_OK);
	assert_result(exit_set(w, SITE_POINT, 0), AUTHZ_OK);
	assert_result(exit_set(w, "EMPTY", 30), AUTHZ_OK);
	assert_result(exit_set(w, "MORE", 1), AUTHZ_OK);
	assert_result(use(w, load, "authority"), AUTHZ_OK);
	after = list_exits(w);
	assert_string_equal(after, before);
	assert_int_equal(count_records(w, w->rules.authority, 'X'), 1 + 3 + 3);
	free(before);
	free(after);
	text_init();
	assert_result(use(w, store_tools_check, "authority"), AUTHZ_OK);
}

/* Take the line of a key that begins so out of the text. */
static void lose_line(const char *beginning)
{
	char *line = text.bytes, *end, *last = text.bytes + text.length;

	while (line < last && strncmp(line, beginning, strlen(beginning)) != 0)
		line = (char *)memchr(line, '\n', (size_t)(last - line)) + 1;
	assert_true(line < last);
	end = (char *)memchr(line, '\n', (size_t)(last - line)) + 1;
	memmove(line, end, (size_t)(last - end));
	text.length -= (size_t)(end - line);
}

static void no_exit_is_lost(void **state)
{
	static const char *const keys[] = {"Xl ", "Xp" SITE_POINT, "Xe" SITE_POINT, "XeAZ_SIGNON", "XpEMPTY"};
	struct world *w = *state;
	char *before, *after;
	size_t i;

	register_exits(w);
	before = list_exits(w);
	for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		text_init();
		assert_result(use(w, store_tools_dump, "authority"), AUTHZ_OK);
		lose_line(keys[i]);
		assert_result(use(w, load, "authority"), AUTHZ_BAD_DUMP);
	}
	after = list_exits(w);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* One that was lost before the dump. */
static void lost_exit_is_damage(void **state)
{
	const struct request all = {.has = 0};
	struct world *w = *state;

	register_exits(w);
	record_drop(w, key_program, sizeof key_program - 1);
	text_init();
	assert_result(use(w, store_tools_dump, "authority"), AUTHZ_OK);
	assert_result(use(w, load, "authority"), AUTHZ_OK);
	assert_result(exit_do(w, exit_list, &all), AUTHZ_STORE_DAMAGED);
	assert_result(exit_put(w, 7), AUTHZ_STORE_DAMAGED);
	assert_result(exit_drop(w, EXIT_NUMBER_ALL), AUTHZ_STORE_DAMAGED);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("nobody but the host looks at a store, or loads one, whatever special authority they have (store_tools MUST 1)", strangers),
		TEST("where too many streams are open, a store is neither looked at nor loaded", too_many),
		TEST("there are two stores, and no other name is one", unknown_store),
		TEST("stats has the numbers of a store, and of the tokens how many there are and may be", counted),
		TEST("a check says how many records are whole, and on the way how far it is", checked),
		TEST("a load brings back what a dump says: rights and states, those and no others", there_and_back),
		TEST("a token made before a dump is good after its load", live_on),
		TEST("tokens are dumped and never loaded, under whatever name: a spent one stays spent (store_tools MUST 3)", no_tokens),
		TEST("a dump of the tokens has no token in it", no_token_in_it),
		TEST("exits come back by a load as they were dumped, with all bytes of their data", exits_come_back),
		TEST("a dump that has lost a line of an exit is not loaded", no_exit_is_lost),
		TEST("an exit that was lost before the dump is damage after its load, too", lost_exit_is_damage),
		TEST("a stream that breaks off leaves everything as it was", broken_off),
		TEST("dump and load are audited before and after, or not done (store_tools MUST 2)", on_record),
	};

	return cmocka_run_group_tests_name("store_tools", tests, NULL, NULL);
}
