/* SPDX-License-Identifier: ISC */
/*
 * Two million tokens, really: rules/quota.c at its limit.  The tokens are written by the rules' own record format, in large
 * transactions; all that is tested goes the ordinary way.  Records that a request looks at are counted, not timed.
 */
#include "family.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "rules/pack.h"

enum { ALL = 2000000, MAKERS = 200, OF_MAKER = ALL / MAKERS, AT_ONCE = 250000, SWEPT = 8, SWEPT_FULL = 8 + 4096 };

static unsigned looked_at; /* records, by whatever rule */

enum authz_result __real_store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                                    unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                                    size_t *length, bool *matched);
enum authz_result __wrap_store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                                    unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                                    size_t *length, bool *matched);

/* By the linker in the place of the real one, which does the work: rules ask for one record at a time. */
enum authz_result __wrap_store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                                    unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                                    size_t *length, bool *matched)
{
	looked_at += steps;
	return __real_store_next(t, prefix, prefix_length, steps, key, key_length, value, size, length, matched);
}

static void token_number(unsigned i, unsigned char token[TOKEN_SIZE])
{
	memset(token, 0x5a, TOKEN_SIZE);
	memcpy(token, &i, sizeof i);
}

static struct token_record record_of(struct world *w, const unsigned char stamp[STAMP_SIZE])
{
	struct token_record r = {.type = '1', .password = PASSWORD_NOPWD, .owner = UID_ALICE, .owner_name = "alice",
	                         .timeout = 3600, .bind_uid = (uid_t)-1};

	r.made_wall = r.chain_wall = w->fake.now.wall;
	r.made_boot = r.chain_boot = w->fake.now.boot;
	memcpy(r.boot_id, w->fake.now.boot_id, sizeof r.boot_id);
	memcpy(r.stamp, stamp, STAMP_SIZE);
	return r;
}

/* The stamp that alice's account has: from a token that was made the ordinary way. */
static void stamp_of(struct world *w, unsigned char stamp[STAMP_SIZE])
{
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], bytes[TOKEN_RECORD_MAX];
	struct token_record r;
	struct store_txn *t;
	size_t length;
	bool found;

	make_token(w, '1', -1, token);
	token_key(token, key);
	t = begin(w->rules.tokens, false);
	assert_result(store_get(t, key, sizeof key, bytes, sizeof bytes, &length, &found), AUTHZ_OK);
	assert_true(found && token_record_unpack(&r, bytes, length));
	store_abort(t);
	memcpy(stamp, r.stamp, STAMP_SIZE);
	assert_result(remove_token(w, token), AUTHZ_OK);
}

static void put_counter(struct store_txn *t, const unsigned char *key, size_t key_length, uint64_t value)
{
	unsigned char bytes[8];
	struct pack p = {.at = bytes, .size = sizeof bytes};

	pack_number(&p, value, 8);
	assert_result(store_put(t, key, key_length, bytes, sizeof bytes), AUTHZ_OK);
}

static void put_counters(struct world *w)
{
	struct store_txn *t = begin(w->rules.tokens, true);
	unsigned char key[5];
	uid_t maker;

	put_counter(t, (const unsigned char *)"C", 1, ALL);
	for (maker = 10000; maker < 10000 + MAKERS; maker++) {
		struct pack p = {.at = key, .size = sizeof key};

		pack_bytes(&p, "M", 1);
		pack_number(&p, maker, 4);
		put_counter(t, key, sizeof key, OF_MAKER);
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

static void fill(struct world *w)
{
	unsigned char stamp[STAMP_SIZE], token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], bytes[TOKEN_RECORD_MAX];
	struct token_record r;
	struct store_txn *t = NULL;
	unsigned i;

	stamp_of(w, stamp);
	r = record_of(w, stamp);
	for (i = 0; i < ALL; i++) {
		if (i % AT_ONCE == 0)
			t = begin(w->rules.tokens, true);
		token_number(i, token);
		token_key(token, key);
		r.maker = 10000 + i % MAKERS;
		assert_result(store_put(t, key, sizeof key, bytes, token_record_pack(&r, bytes)), AUTHZ_OK);
		if (i % AT_ONCE == AT_ONCE - 1)
			assert_result(store_commit(t), AUTHZ_OK);
	}
	put_counters(w);
}

/* Memory if there is some, as for the real tokens; else where tests have their files. */
static const char *large_place(void)
{
	struct statvfs fs;

	if (access("/dev/shm", W_OK | X_OK) == 0 && statvfs("/dev/shm", &fs) == 0 &&
	    (uint64_t)fs.f_bavail * fs.f_frsize > UINT64_C(2) << 30)
		return "/dev/shm";
	return getenv("TMPDIR");
}

static int setup(void **state)
{
	const char *before = getenv("TMPDIR"), *place = large_place();
	char *kept = before != NULL ? strdup(before) : NULL;
	int result;

	if (place != NULL)
		setenv("TMPDIR", place, 1);
	result = world_setup(state);
	if (kept != NULL)
		setenv("TMPDIR", kept, 1);
	free(kept);
	alarm(500);
	if (result == 0)
		fill(*state);
	return result;
}

static enum authz_result make(struct world *w, int timeout, unsigned char token[TOKEN_SIZE])
{
	struct request q = ask_token("alice");
	enum authz_result result;

	q.timeout = timeout;
	world_caller(w, "portal");
	looked_at = 0;
	result = generate(w, &q, token);
	if (result == AUTHZ_STORE_DAMAGED)
		print_message("damaged: %s\n", w->rules.subject);
	return result;
}

static void full(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], gone[TOKEN_SIZE];
	unsigned i;

	assert_int_equal(total_tokens(w), ALL);
	assert_int_equal(w->fake.host.config.quota_total, ALL); /* the default */
	for (i = 0; i < 3; i++) {
		assert_result(make(w, -1, token), AUTHZ_TOKENS_FULL);
		assert_in_range(looked_at, SWEPT, SWEPT_FULL);
	}
	token_number(1234567, gone);
	assert_result(remove_token(w, gone), AUTHZ_OK);
	assert_int_equal(total_tokens(w), ALL - 1);
	assert_result(make(w, -1, token), AUTHZ_OK);
	assert_in_range(looked_at, 1, SWEPT);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_SPENT);
	assert_result(make(w, -1, token), AUTHZ_TOKENS_FULL);
	assert_int_equal(total_tokens(w), ALL);
}

static void redeem_among(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	unsigned i;

	for (i = 0; i < 10; i++) {
		token_number(i * 199999 + 7, token);
		assert_result(redeem(w, token, "bob"), AUTHZ_TOKEN_OTHER_USER);
		assert_result(redeem(w, token, "alice"), AUTHZ_OK);
		assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_SPENT);
	}
	token_number(ALL, token);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
}

static unsigned rows(const struct answer *a)
{
	struct frame_reader r = {.data = a->rows.data, .left = a->rows.used};
	struct frame_field field;
	unsigned count = 0;

	while (frame_next(&r, &field) == 1)
		count++;
	return count;
}

static void pages(void **state)
{
	struct world *w = *state;
	struct request q = {.operation = OP_TOKEN_LIST};
	unsigned page, listed = 0;

	world_caller(w, "sam");
	for (page = 0; page < 100; page++) {
		answer_init(&w->answer);
		looked_at = 0;
		assert_result(token_list(&w->rules, &q, &w->answer), AUTHZ_OK);
		assert_in_range(looked_at, 100, 4096);
		assert_true(rows(&w->answer) >= 100);
		listed += rows(&w->answer);
		assert_true(w->answer.reply.has & 1u << REPLY_CURSOR);
		assert_false((q.has & HAS(CURSOR)) && q.cursor.length == w->answer.reply.cursor.length &&
		             memcmp(q.cursor.bytes, w->answer.reply.cursor.bytes, q.cursor.length) == 0);
		memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, sizeof q.cursor.bytes);
		q.cursor.length = w->answer.reply.cursor.length;
		q.has |= HAS(CURSOR);
	}
	assert_true(listed > 20000);
	/* of whom no token is: a page of none is a page */
	q = (struct request){.operation = OP_TOKEN_LIST, .has = HAS(USER), .user = "bob"};
	answer_init(&w->answer);
	looked_at = 0;
	assert_result(token_list(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_int_equal(looked_at, 4096);
	assert_int_equal(w->answer.rows.used, 0);
	assert_true(w->answer.reply.has & 1u << REPLY_CURSOR);
}

static void all_expired(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	uint64_t before, after;
	unsigned i;

	fake_host_pass(&w->fake, 3601);
	before = total_tokens(w);
	assert_int_equal(before, ALL);
	for (i = 0; i < 300; i++) {
		assert_result(make(w, -1, token), AUTHZ_OK);
		assert_in_range(looked_at, 1, SWEPT);
		after = total_tokens(w);
		assert_true(after <= before + 1 && after + SWEPT >= before + 1);
		before = after;
	}
	assert_true(before < ALL - 300 * (SWEPT - 2)); /* faster than they come */
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
}

static void remove_them_all(void **state)
{
	struct world *w = *state;
	unsigned char before[TOKEN_SIZE], after[TOKEN_SIZE];
	struct request page = {.id = 1};
	unsigned pages = 0;

	assert_result(make(w, -1, before), AUTHZ_OK);
	fake_host_pass(&w->fake, 1);
	world_caller(w, "sam");
	do {
		looked_at = 0;
		assert_result(remove_page(w, NULL, &page), AUTHZ_OK);
		assert_in_range(looked_at, 1, 4096);
		if (pages++ > 0)
			continue;
		assert_result(redeem(w, before, "alice"), AUTHZ_TOKEN_NOT_VALID); /* at once */
		fake_host_pass(&w->fake, 1);
		assert_result(make(w, -1, after), AUTHZ_OK);
		world_caller(w, "sam");
	} while (page.cursor.length > 0);
	assert_true(pages < ALL / 4096 * 2);
	assert_result(redeem(w, after, "alice"), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"of 2,000,000 live tokens the next is CPF4AAA, a removal makes room for one, and each request looks at so many records", full,
		 NULL, NULL, NULL},
		{"a token among 2,000,000 is redeemed once", redeem_among, NULL, NULL, NULL},
		{"2,000,000 tokens are listed by pages, each of so many records", pages, NULL, NULL, NULL},
		{"of 2,000,000 expired tokens each request sweeps so many, and the first finds room", all_expired, NULL, NULL, NULL},
		{"2,000,000 tokens are removed at once: none is one from the first answer on, and their places go by pages of so many", remove_them_all,
		 NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("quota, large", tests, setup, world_teardown);
}
