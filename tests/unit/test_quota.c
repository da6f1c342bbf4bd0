/* SPDX-License-Identifier: ISC */
/* How many tokens there may be, and the sweep: rules/quota.c. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"
#include "noise.h"

static enum authz_result make(struct world *w, const char *maker, char type, int timeout, unsigned char token[TOKEN_SIZE])
{
	struct request q = ask_token("alice");

	q.type = type;
	q.timeout = timeout;
	world_caller(w, maker);
	return generate(w, &q, token);
}

static void system_quota(void **state)
{
	struct world *w = *state;
	unsigned char token[4][TOKEN_SIZE];

	grant(w, "eve", "alice");
	w->fake.host.config.quota_total = 3;
	assert_result(make(w, "portal", '2', -1, token[0]), AUTHZ_OK);
	assert_result(make(w, "portal", '2', -1, token[1]), AUTHZ_OK);
	assert_result(make(w, "eve", '2', -1, token[2]), AUTHZ_OK);
	assert_result(make(w, "eve", '2', -1, token[3]), AUTHZ_TOKENS_FULL);
	assert_result(make(w, "portal", '2', -1, token[3]), AUTHZ_TOKENS_FULL);
	assert_string_equal(authz_result_code(AUTHZ_TOKENS_FULL), "CPF4AAA");
	assert_result(remove_token(w, token[0]), AUTHZ_OK);
	assert_result(make(w, "eve", '2', -1, token[3]), AUTHZ_OK);
}

static void makers_quota(void **state)
{
	struct world *w = *state;
	unsigned char token[3][TOKEN_SIZE];

	grant(w, "eve", "alice");
	w->fake.host.config.quota_maker = 2;
	assert_result(make(w, "portal", '2', -1, token[0]), AUTHZ_OK);
	assert_result(make(w, "portal", '2', -1, token[1]), AUTHZ_OK);
	assert_result(make(w, "portal", '2', -1, token[2]), AUTHZ_MAKER_FULL);
	assert_string_equal(w->rules.subject, "portal");
	assert_string_equal(authz_result_code(AUTHZ_MAKER_FULL), "AZ-MAKER");
	assert_result(make(w, "eve", '2', -1, token[2]), AUTHZ_OK); /* another one has its own */
	assert_result(remove_token(w, token[0]), AUTHZ_OK);
	assert_result(make(w, "portal", '2', -1, token[0]), AUTHZ_OK);
	w->fake.host.config.quota_total = 3;
	assert_result(make(w, "portal", '2', -1, token[0]), AUTHZ_TOKENS_FULL); /* both: the document's code */
}

static void spent(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], none[TOKEN_SIZE];

	w->fake.host.config.quota_maker = 1;
	assert_result(make(w, "portal", '1', 10, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 1);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 1);
	assert_result(make(w, "portal", '1', 10, none), AUTHZ_MAKER_FULL);
	fake_host_pass(&w->fake, 10);
	assert_result(make(w, "portal", '1', 10, token), AUTHZ_OK); /* it has expired */
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_result(make(w, "portal", '1', 10, token), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 1);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 1);
}

static void expired_make_room(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int i;

	w->fake.host.config.quota_total = w->fake.host.config.quota_maker = 60;
	for (i = 0; i < 60; i++)
		assert_result(make(w, "portal", '2', 10 + i % 2 * 3590, token), AUTHZ_OK);
	assert_result(make(w, "portal", '2', 10, token), AUTHZ_TOKENS_FULL);
	fake_host_pass(&w->fake, 10);
	for (i = 0; i < 30; i++)
		assert_result(make(w, "portal", '2', 3600, token), AUTHZ_OK);
	assert_result(make(w, "portal", '2', 3600, token), AUTHZ_TOKENS_FULL);
	assert_int_equal(total_tokens(w), 60);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 60);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 60);
}

/* The place where the sweep goes on may be anywhere, also behind the only token that has expired. */
static void any_place_is_found(void **state)
{
	struct world *w = *state;
	unsigned char token[40][TOKEN_SIZE], more[TOKEN_SIZE];
	int i, round;

	w->fake.host.config.quota_total = 40;
	for (i = 0; i < 40; i++)
		assert_result(make(w, "portal", '2', 3600, token[i]), AUTHZ_OK);
	for (round = 0; round < 40; round++) {
		assert_result(remove_token(w, token[round]), AUTHZ_OK);
		assert_result(make(w, "portal", '2', 1, more), AUTHZ_OK);
		fake_host_pass(&w->fake, 1.5);
		if (make(w, "portal", '2', 3600, token[round]) != AUTHZ_OK)
			fail_msg("round %d: an expired token keeps its place", round);
	}
}

/* The token where the sweep goes on, if it is one of these. */
static bool sweep_is_at(struct world *w, unsigned char tokens[][TOKEN_SIZE], int count, int *which)
{
	unsigned char at[STORE_KEY_MAX], key[TOKEN_KEY_SIZE];
	struct store_txn *t = begin(w->rules.tokens, false);
	size_t length;
	bool found;

	assert_result(store_get(t, "W", 1, at, sizeof at, &length, &found), AUTHZ_OK);
	store_abort(t);
	for (*which = 0; found && *which < count; ++*which) {
		token_key(tokens[*which], key);
		if (length == sizeof key && memcmp(at, key, length) == 0)
			return true;
	}
	return false;
}

/* Whoever removes the token at which the sweep stands, each time, does not send it back to the beginning. */
static void place_removed(void **state)
{
	enum { LIVE = 500, ROUNDS = 300 };
	struct world *w = *state;
	static unsigned char token[LIVE + ROUNDS][TOKEN_SIZE];
	bool gone[LIVE + ROUNDS] = {false}; /* a sweep that met expired ones alone stands where it stood */
	int i, which, removed = 0;

	for (i = 0; i < 2 * LIVE; i++)
		assert_result(make(w, "portal", '2', i % 2 == 0 ? 3600 : 5, i % 2 == 0 ? token[i / 2] : NULL), AUTHZ_OK);
	fake_host_pass(&w->fake, 6);
	for (i = 0; i < ROUNDS; i++) {
		assert_result(make(w, "portal", '2', 3600, token[LIVE + i]), AUTHZ_OK);
		if (sweep_is_at(w, token, LIVE + i, &which) && !gone[which]) {
			assert_result(remove_token(w, token[which]), AUTHZ_OK);
			gone[which] = true;
			removed++;
		}
	}
	assert_true(removed > ROUNDS / 2);
	assert_int_equal(total_tokens(w), LIVE + ROUNDS - removed);
}

static void many_makers(struct world *w, int count)
{
	char name[24];
	int i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof name, "maker%d", i);
		fake_host_user(&w->fake, name, (uid_t)(3000 + i));
		give_special(w, name, SPECIAL_ALLOBJ);
	}
}

/* As many counters of makers as tokens lie in the sweep's way; it must not be held up by them. */
static void sweeps_past_counters(void **state)
{
	struct world *w = *state;
	struct store_txn *t;
	uid_t uid;
	int i;

	for (i = 0; i < 30; i++)
		assert_result(make(w, "portal", '2', 5, NULL), AUTHZ_OK);
	/* live tokens of 3000 makers, of which there are only the counters here */
	t = begin(w->rules.tokens, true);
	for (uid = 10000; uid < 13000; uid++) {
		const unsigned char key[5] = {'M', 0, 0, (unsigned char)(uid >> 8), (unsigned char)uid};

		assert_result(store_put(t, key, sizeof key, "\0\0\0\0\0\0\0\1", 8), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	fake_host_pass(&w->fake, 6);
	for (i = 0; i < 800; i++)
		assert_result(make(w, "portal", '2', 3600, NULL), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 800);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 800);
}

static void counters_end_at_zero(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	char name[24];
	int i;

	many_makers(w, 20);
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "maker%d", i % 20);
		assert_result(make(w, name, '1' + (char)(i % 3), 1 + i % 7, token), AUTHZ_OK);
		if (i % 3 == 0 && i % 2 == 0)
			assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	}
	fake_host_pass(&w->fake, 10);
	for (i = 0; i < 60; i++) { /* each sweeps a little */
		assert_result(make(w, "portal", '2', 3600, token), AUTHZ_OK);
		assert_result(remove_token(w, token), AUTHZ_OK);
	}
	assert_int_equal(total_tokens(w), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'M'), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'C'), 0);
}

/* The same, as simply as it can be said. */
struct model {
	struct { unsigned char token[TOKEN_SIZE]; int maker; char type; bool there, spent; int64_t ends; } tokens[400];
	size_t count;
};

enum { MAKERS = 4 };

static void compare(struct world *w, const struct model *m)
{
	uint64_t there = 0, of[MAKERS] = {0}, most = 0;
	unsigned records = count_records(w, w->rules.tokens, 'T');
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (!m->tokens[i].there)
			continue;
		most++;
		if (m->tokens[i].ends > w->fake.now.boot) {
			there++;
			of[m->tokens[i].maker]++;
		}
	}
	/* expired ones may or may not have been swept */
	assert_int_equal(total_tokens(w), records);
	assert_true(records >= there && records <= most);
	for (i = 0; i < MAKERS; i++)
		assert_true(maker_tokens(w, (uid_t)(3000 + i)) >= of[i]);
}

static void step(struct world *w, struct model *m, uint64_t *noise)
{
	unsigned what = noise_below(noise, 10), which = m->count > 0 ? noise_below(noise, (unsigned)m->count) : 0;
	int timeout = 1 + (int)noise_below(noise, 20);
	char name[24];

	world_caller(w, "portal");
	if (what < 4 && m->count < 400) {
		m->tokens[m->count].maker = (int)noise_below(noise, MAKERS);
		m->tokens[m->count].type = (char)('1' + noise_below(noise, 3));
		m->tokens[m->count].ends = w->fake.now.boot + (int64_t)timeout * 1000000;
		snprintf(name, sizeof name, "maker%d", m->tokens[m->count].maker);
		assert_result(make(w, name, m->tokens[m->count].type, timeout, m->tokens[m->count].token), AUTHZ_OK);
		m->tokens[m->count++].there = true;
	} else if (what < 7 && m->count > 0) {
		bool alive = m->tokens[which].there && m->tokens[which].ends > w->fake.now.boot;
		bool good = alive && !m->tokens[which].spent;

		assert_int_equal(redeem(w, m->tokens[which].token, "alice") == AUTHZ_OK, good);
		if (good && m->tokens[which].type == '1')
			m->tokens[which].spent = true;
	} else if (what < 9 && m->count > 0) {
		assert_result(remove_token(w, m->tokens[which].token), AUTHZ_OK);
		m->tokens[which].there = false;
	} else {
		fake_host_pass(&w->fake, noise_below(noise, 4));
	}
}

static void like_a_model(void **state)
{
	struct world *w = *state;
	struct model *m = calloc(1, sizeof *m);
	uint64_t noise = 20261121;
	int i;

	assert_non_null(m);
	many_makers(w, MAKERS);
	for (i = 0; i < 1000; i++) {
		step(w, m, &noise);
		if (i % 10 == 0)
			compare(w, m);
	}
	for (i = 0; i < (int)m->count; i++)
		assert_result(remove_token(w, m->tokens[i].token), AUTHZ_OK);
	assert_int_equal(total_tokens(w), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 0);
	assert_int_equal(count_records(w, w->rules.tokens, 'M'), 0);
	free(m);
}

enum { WRITERS = 8, EACH = 40 };

/* One of several at once, with stores of its own: how many it got. */
static int write_many(void *arg)
{
	struct world *w = arg;
	int i, made = 0;
	enum authz_result result;

	world_close(w);
	world_open(w);
	for (i = 0; i < EACH; i++) {
		do
			result = make(w, "portal", '2', -1, NULL);
		while (result == AUTHZ_STORE_BUSY);
		if (result != AUTHZ_OK && result != AUTHZ_TOKENS_FULL && result != AUTHZ_MAKER_FULL)
			return 255;
		made += result == AUTHZ_OK;
	}
	return made;
}

static int made_at_once(struct world *w)
{
	pid_t pids[WRITERS];
	int i, status, made = 0;

	for (i = 0; i < WRITERS; i++)
		if ((pids[i] = fork()) == 0)
			_exit(write_many(w));
	for (i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= EACH);
		made += WEXITSTATUS(status);
	}
	return made;
}

static void edge_of_quota(void **state)
{
	struct world *w = *state;
	int i;

	w->fake.host.config.quota_total = 90;
	for (i = 0; i < 20; i++)
		assert_result(make(w, "portal", '2', 5, NULL), AUTHZ_OK);
	assert_int_equal(made_at_once(w), 70);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 90);
	assert_int_equal(total_tokens(w), 90);
	fake_host_pass(&w->fake, 6); /* 20 expire: as many more, swept by whoever comes */
	assert_int_equal(made_at_once(w), 20);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 90);
	assert_int_equal(total_tokens(w), 90);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 90);
}

static void edge_of_makers_quota(void **state)
{
	struct world *w = *state;

	w->fake.host.config.quota_maker = 33;
	assert_int_equal(made_at_once(w), 33);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 33);
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 33);
}

/* The default of the configuration, exactly. */
static void real_makers_quota(void **state)
{
	struct world *w = *state;
	unsigned char first[TOKEN_SIZE];
	int i;

	assert_result(make(w, "portal", '1', 3600, first), AUTHZ_OK);
	assert_result(redeem(w, first, "alice"), AUTHZ_OK); /* spent, and it counts */
	for (i = 1; i < 10000; i++)
		if (make(w, "portal", (char)('1' + i % 3), i < 5000 ? 3600 : 1000, NULL) != AUTHZ_OK)
			fail_msg("token %d: %s", i, w->rules.subject);
	assert_result(make(w, "portal", '1', 3600, NULL), AUTHZ_MAKER_FULL);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 10000);
	assert_result(remove_token(w, first), AUTHZ_OK);
	assert_result(make(w, "portal", '1', 3600, NULL), AUTHZ_OK);
	assert_result(make(w, "portal", '1', 3600, NULL), AUTHZ_MAKER_FULL);
	fake_host_pass(&w->fake, 1000);
	for (i = 0; i < 5000; i++)
		if (make(w, "portal", '2', 3600, NULL) != AUTHZ_OK)
			fail_msg("token %d of those that expired", i);
	assert_result(make(w, "portal", '1', 3600, NULL), AUTHZ_MAKER_FULL);
	assert_int_equal(maker_tokens(w, UID_PORTAL), 10000);
}

static void damaged_counter(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct store_txn *t;

	make_token(w, '1', -1, token);
	t = begin(w->rules.tokens, true);
	assert_result(store_delete(t, "C", 1), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(remove_token(w, token), AUTHZ_STORE_DAMAGED); /* a count below zero is none */
	t = begin(w->rules.tokens, true);
	assert_result(store_put(t, "C", 1, "\1", 1), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(make(w, "portal", '1', -1, token), AUTHZ_STORE_DAMAGED);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a full system is CPF4AAA, and a removal makes room", system_quota),
		TEST("a maker has a quota of its own, with its own code", makers_quota),
		TEST("a spent token keeps its place, the system's and its maker's, until it expires or is removed", spent),
		TEST("a full quota makes room of what has expired", expired_make_room),
		TEST("wherever the sweep goes on, an expired token is found when there is no room", any_place_is_found),
		TEST("the sweep goes on and ends although each time the token at which it stands is removed", place_removed),
		TEST("the sweep gets past any number of makers' counters", sweeps_past_counters),
		TEST("expired tokens are swept, and the counters end at zero", counters_end_at_zero),
		TEST("after any sequence of generate, redeem, remove and time passing the counters are a simple model's", like_a_model),
		TEST("of 8 writers at once at the edge of the quota as many get a token as there is room, and none more", edge_of_quota),
		TEST("so do 8 writers at the edge of their maker's quota", edge_of_makers_quota),
		TEST("the 10,001st token of a maker is AZ-MAKER, spent ones count, and removal and expiry make room", real_makers_quota),
		TEST("a counter that cannot be right is damage", damaged_counter),
	};

	return cmocka_run_group_tests_name("quota", tests, NULL, NULL);
}
