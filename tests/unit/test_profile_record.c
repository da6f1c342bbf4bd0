/* SPDX-License-Identifier: ISC */
/* The states of profiles, and that a lost one is noticed: rules/profile_record.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

static enum authz_result look(struct world *w, uid_t uid, struct profile_state *out)
{
	struct store_txn *t = begin(w->rules.authority, false);
	enum authz_result result = profile_read(&w->rules, t, uid, out);

	store_abort(t);
	return result;
}

static void put(struct world *w, uid_t uid, const struct profile_state *p)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(profile_write(&w->rules, t, uid, p), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void erase(struct world *w, const void *key, size_t length)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(store_delete(t, key, length), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void state_key(unsigned char key[5], uid_t uid)
{
	key[0] = 'U';
	key[1] = (unsigned char)(uid >> 24);
	key[2] = (unsigned char)(uid >> 16);
	key[3] = (unsigned char)(uid >> 8);
	key[4] = (unsigned char)uid;
}

static void there_and_back(void **state)
{
	struct world *w = *state;
	struct profile_state p = {.disabled = true, .disable_count = 7, .special = SPECIAL_SECADM, .changed_by = 4000000000u,
	                          .changed_at = INT64_C(1800000000000000)}, got;

	put(w, UID_ALICE, &p);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_OK);
	assert_true(got.disabled && got.disable_count == 7 && got.special == SPECIAL_SECADM);
	assert_true(got.changed_by == 4000000000u && got.changed_at == INT64_C(1800000000000000));
	assert_result(look(w, UID_BOB, &got), AUTHZ_OK);
	assert_true(!got.disabled && got.special == 0 && got.disable_count == 0);
	p.disabled = false;
	put(w, UID_ALICE, &p);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_OK);
	assert_false(got.disabled);
}

/* The form of before masters is a byte shorter. */
static void forbidding(void **state)
{
	struct world *w = *state;
	struct profile_state p = {.disabled = true, .disable_count = 7, .special = SPECIAL_SECADM, .masters_forbidden = true}, got;
	unsigned char key[5], value[32];
	struct store_txn *t;
	size_t length;
	bool found;

	put(w, UID_ALICE, &p);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_OK);
	assert_true(got.masters_forbidden);
	state_key(key, UID_ALICE);
	t = begin(w->rules.authority, true);
	assert_result(store_get(t, key, sizeof key, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_true(found && length == 23);
	value[0] = 1;
	assert_result(store_put(t, key, sizeof key, value, 22), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_OK);
	assert_true(!got.masters_forbidden && got.disabled && got.disable_count == 7 && got.special == SPECIAL_SECADM);
	t = begin(w->rules.authority, true);
	value[0] = 2; /* and one of today that lost it */
	assert_result(store_put(t, key, sizeof key, value, 22), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_STORE_DAMAGED);
}

static void of_one_shard(void **state)
{
	struct world *w = *state;
	struct profile_state p = {.disabled = true}, got;
	uid_t uid;

	for (uid = 2000; uid < 2000 + 256 * 20; uid += 256)
		put(w, uid, &p);
	for (uid = 2000; uid < 2000 + 256 * 20; uid += 256) {
		assert_result(look(w, uid, &got), AUTHZ_OK);
		assert_true(got.disabled);
		assert_result(look(w, uid + 1, &got), AUTHZ_OK);
		assert_false(got.disabled);
	}
}

static void lost_state(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice"), show = {.has = HAS(USER), .user = "alice"};
	struct profile_state got;
	unsigned char key[5], token[TOKEN_SIZE];

	make_token(w, '2', -1, token);
	disable(w, "alice");
	state_key(key, UID_ALICE);
	erase(w, key, sizeof key);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_STORE_DAMAGED);
	assert_result(generate(w, &q, NULL), AUTHZ_STORE_DAMAGED);
	assert_result(redeem(w, token, "alice"), AUTHZ_STORE_DAMAGED);
	world_host(w);
	assert_result(profile_show(&w->rules, &show, &w->answer), AUTHZ_STORE_DAMAGED);
	assert_result(profile_enable(&w->rules, &show), AUTHZ_STORE_DAMAGED);
	assert_result(look(w, UID_BOB, &got), AUTHZ_OK); /* of others nothing is lost */
}

static void lost_state_of_a_caller(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char key[5];

	state_key(key, UID_SAM);
	erase(w, key, sizeof key);
	world_caller(w, "sam");
	assert_result(generate(w, &q, NULL), AUTHZ_STORE_DAMAGED);
}

static void lost_shard(void **state)
{
	struct world *w = *state;
	struct profile_state got;
	unsigned char key[2] = {'S', (unsigned char)(UID_ALICE % 256)};

	disable(w, "alice");
	erase(w, key, sizeof key);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_STORE_DAMAGED);
	key[1] = (unsigned char)(UID_EVE % 256); /* of whom there is no state */
	erase(w, key, sizeof key);
	assert_result(look(w, UID_EVE, &got), AUTHZ_STORE_DAMAGED);
	assert_result(look(w, UID_BOB, &got), AUTHZ_OK);
}

static void lost_marker(void **state)
{
	struct world *w = *state;
	struct profile_state got;
	unsigned char key[2] = {'S', (unsigned char)(UID_ALICE % 256)};

	disable(w, "alice");
	erase(w, "SHARDS", 6);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_OK);
	assert_true(got.disabled);
	erase(w, key, sizeof key); /* the state without its shard is damage still */
	assert_result(look(w, UID_ALICE, &got), AUTHZ_STORE_DAMAGED);
}

static void unlisted_state(void **state)
{
	struct world *w = *state;
	struct profile_state got;
	unsigned char key[2] = {'S', (unsigned char)(UID_ALICE % 256)};
	struct store_txn *t;

	disable(w, "alice");
	t = begin(w->rules.authority, true);
	assert_result(store_put(t, key, sizeof key, "", 0), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_STORE_DAMAGED);
	t = begin(w->rules.authority, true);
	assert_result(store_put(t, key, sizeof key, "\0\0\0", 3), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(look(w, UID_ALICE, &got), AUTHZ_STORE_DAMAGED);
}

static void unknown_form(void **state)
{
	static const char *const values[] = {"", "\2", "\1\1\0\0\0\1\0\0\0\377\0\0\0\0\0\0\0\0\0\0\0\0", "\1\0"};
	static const size_t lengths[] = {0, 1, 22, 2};
	struct world *w = *state;
	struct profile_state got;
	unsigned char key[5];
	size_t i;

	disable(w, "alice");
	state_key(key, UID_ALICE);
	for (i = 0; i < 4; i++) {
		struct store_txn *t = begin(w->rules.authority, true);

		assert_result(store_put(t, key, sizeof key, values[i], lengths[i]), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
		assert_result(look(w, UID_ALICE, &got), AUTHZ_STORE_DAMAGED);
	}
}

static void full_shard(void **state)
{
	struct world *w = *state;
	struct profile_state p = {.disabled = true}, got;
	struct store_txn *t = begin(w->rules.authority, true);
	uid_t uid = 2000;
	unsigned i;

	for (i = 0; i < 4000; i++, uid += 256)
		assert_result(profile_write(&w->rules, t, uid, &p), AUTHZ_OK);
	assert_result(profile_write(&w->rules, t, uid, &p), AUTHZ_STORE_NO_ROOM);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(look(w, 2000 + 256 * 3999, &got), AUTHZ_OK);
	assert_true(got.disabled);
}

static void specials_of_the_caller(void **state)
{
	struct world *w = *state;
	struct store_txn *t;
	uint32_t special = 77;

	t = begin(w->rules.authority, false);
	world_caller(w, "eve");
	assert_result(profile_caller_special(&w->rules, t, &special), AUTHZ_OK);
	assert_int_equal(special, 0);
	world_caller(w, "sam");
	assert_result(profile_caller_special(&w->rules, t, &special), AUTHZ_OK);
	assert_int_equal(special, SPECIAL_BOTH);
	world_host(w);
	assert_result(profile_caller_special(&w->rules, t, &special), AUTHZ_OK);
	assert_int_equal(special, SPECIAL_ALL);
	store_abort(t);
	disable(w, "sam");
	t = begin(w->rules.authority, false);
	world_caller(w, "sam");
	assert_result(profile_caller_special(&w->rules, t, &special), AUTHZ_OK);
	assert_int_equal(special, 0);
	store_abort(t);
}

static void last_used(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	int day = 5;

	assert_result(profile_last_used(&w->rules, t, 'u', 9, &day), AUTHZ_OK);
	assert_int_equal(day, 0);
	assert_result(profile_set_last_used(&w->rules, t, 'u', 9, FAKE_DAY), AUTHZ_OK);
	assert_result(profile_set_last_used(&w->rules, t, 'g', 9, FAKE_DAY + 1), AUTHZ_OK);
	assert_result(profile_last_used(&w->rules, t, 'u', 9, &day), AUTHZ_OK);
	assert_int_equal(day, FAKE_DAY);
	assert_result(profile_last_used(&w->rules, t, 'g', 9, &day), AUTHZ_OK);
	assert_int_equal(day, FAKE_DAY + 1);
	store_abort(t);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a state that was written is read again, an untouched profile has none", there_and_back),
		TEST("a state says whether masters are forbidden; one of before masters, that they are not", forbidding),
		TEST("states of one shard are told apart", of_one_shard),
		TEST("a state that is lost is damage, never \"enabled\" (profile_record MUST 1)", lost_state),
		TEST("nor is the lost state of a caller taken for an untouched one (profile_record MUST 1)", lost_state_of_a_caller),
		TEST("a shard that is lost is damage, with states and without (profile_record MUST 2)", lost_shard),
		TEST("a state whose shard and whose marker are lost is damage (profile_record MUST 2)", lost_marker),
		TEST("a state that its shard does not list is damage (profile_record MUST 1)", unlisted_state),
		TEST("a state of another form is damage (profile_record MUST 1)", unknown_form),
		TEST("a full shard is an error, and loses nothing", full_shard),
		TEST("a caller has its own special authorities, the host all, a disabled one none", specials_of_the_caller),
		TEST("last-used dates of users and of groups are two", last_used),
	};

	return cmocka_run_group_tests_name("profile_record", tests, NULL, NULL);
}
