/* SPDX-License-Identifier: ISC */
/* When users and groups were last used, to the second: rules/last_used.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "rules/last_used.h"

#define OTHER_BOOT "c0c0c0c0-b0b0-b0b0-b0b0-b0b0b0b0b0b0"

static int64_t last(struct world *w, char kind, uint32_t id)
{
	struct store_txn *t = begin(w->rules.tokens, false);
	int64_t second;

	assert_result(last_used_read(&w->rules, t, kind, id, &second), AUTHZ_OK);
	store_abort(t);
	return second;
}

static int64_t now(struct world *w)
{
	return w->fake.now.wall / 1000000;
}

static void user_and_groups(void **state)
{
	struct world *w = *state;
	const struct fake_group *staff = fake_host_group(&w->fake, "staff", 500), *other = fake_host_group(&w->fake, "other", 501);
	unsigned char token[TOKEN_SIZE];

	(void)other;
	fake_host_join(fake_host_find(&w->fake, "alice"), staff);
	assert_int_equal(last(w, 'u', UID_ALICE), 0);
	make_token(w, '1', -1, token);
	assert_int_equal(last(w, 'u', UID_ALICE), now(w));
	assert_int_equal(last(w, 'g', UID_ALICE), now(w)); /* the primary group */
	assert_int_equal(last(w, 'g', 500), now(w));
	assert_int_equal(last(w, 'g', 501), 0);
	assert_int_equal(last(w, 'u', UID_PORTAL), 0); /* who made it was not used by that */
	fake_host_pass(&w->fake, 75);
	make_token(w, '1', -1, token);
	assert_int_equal(last(w, 'u', UID_ALICE), now(w));
	assert_int_equal(last(w, 'g', 500), now(w));
}

static void same_transaction(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];
	uint64_t before = sequence(w->rules.tokens);

	make_token(w, '1', -1, token);
	assert_int_equal(sequence(w->rules.tokens), before + 1);
	fake_host_pass(&w->fake, 5);
	w->fake.intent_lost = true;
	assert_result(generate(w, &q, token), AUTHZ_AUDIT_LOST);
	w->fake.host.config.quota_maker = 1;
	w->fake.intent_lost = false;
	assert_result(generate(w, &q, token), AUTHZ_MAKER_FULL);
	assert_int_equal(last(w, 'u', UID_ALICE), now(w) - 5); /* no token, no use */
}

/* Within a second the records are not written again: a change of another length behind the store's back stays. */
static void once_a_second(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct store_txn *t;
	unsigned records;

	make_token(w, '1', -1, token);
	records = count_records(w, w->rules.tokens, 'L');
	assert_int_equal(records, 2);
	fake_host_pass(&w->fake, 0.3);
	make_token(w, '1', -1, token);
	assert_int_equal(count_records(w, w->rules.tokens, 'L'), records);
	t = begin(w->rules.tokens, true);
	assert_result(last_used_write(&w->rules, t, &(struct owner){.user = {.uid = UID_ALICE}, .now = w->fake.now}), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_int_equal(last(w, 'u', UID_ALICE), now(w));
}

static void unchanged_is_not_written(void **state)
{
	struct world *w = *state;
	struct owner o = {.user = {.uid = UID_ALICE}, .now = w->fake.now, .gids = {500}, .group_count = 1};
	struct store_txn *t = begin(w->rules.tokens, true);
	uint64_t before;

	assert_result(last_used_write(&w->rules, t, &o), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	before = sequence(w->rules.tokens);
	t = begin(w->rules.tokens, true);
	assert_result(last_used_write(&w->rules, t, &o), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_int_equal(sequence(w->rules.tokens), before); /* a commit of nothing */
	o.now.wall += 1000000;
	t = begin(w->rules.tokens, true);
	assert_result(last_used_write(&w->rules, t, &o), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_int_equal(sequence(w->rules.tokens), before + 1);
	assert_int_equal(last(w, 'g', 500), now(w) + 1);
}

static void no_token(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int i;

	make_token(w, '1', 5, token);
	assert_int_equal(total_tokens(w), 1);
	fake_host_pass(&w->fake, 4000);
	w->fake.host.config.quota_total = 1;
	for (i = 0; i < 50; i++) { /* each finds the one before expired, and sweeps */
		make_token(w, '1', 1, token);
		fake_host_pass(&w->fake, 2);
	}
	assert_int_equal(total_tokens(w), 1);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 1);
	assert_int_equal(count_records(w, w->rules.tokens, 'L'), 2);
	assert_int_equal(last(w, 'u', UID_ALICE), now(w) - 2);
}

static void gone_at_boot(void **state)
{
	struct world *w = *state;
	struct store_options options = {.folder = scratch_path(w->folder, "tokens"), .lock_wait_ms = 2000, .hold_ms = 4000,
	                                .boot_id = OTHER_BOOT};
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	store_close(w->rules.tokens);
	assert_result(store_open(&w->rules.tokens, &options), AUTHZ_OK);
	assert_int_equal(last(w, 'u', UID_ALICE), 0);
}

static void damaged(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct store_txn *t = begin(w->rules.tokens, true);

	assert_result(store_put(t, "Lu\0\0\3\352", 6, "\1\2", 2), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(generate(w, &q, NULL), AUTHZ_STORE_DAMAGED);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("making a token notes the second for its owner and each of the owner's groups", user_and_groups),
		TEST("it is noted in the token's transaction, and not when there is no token", same_transaction),
		TEST("there is a record for each user and group, and no more", once_a_second),
		TEST("what is noted already is not written again", unchanged_is_not_written),
		TEST("it is no token: no quota counts it, and no sweep removes it", no_token),
		TEST("it is gone when the host is started anew", gone_at_boot),
		TEST("what cannot be a time is damage", damaged),
	};

	return cmocka_run_group_tests_name("last_used", tests, NULL, NULL);
}
