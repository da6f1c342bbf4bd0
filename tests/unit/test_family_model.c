/* SPDX-License-Identifier: ISC */
/*
 * Random walks over the whole family of tokens beside a simple model of them: who is good for what, and how many places each
 * maker has taken.
 */
#include "family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKENS 400
#define STEPS 3000
#define QUOTA 30

struct held {
	unsigned char bytes[TOKEN_SIZE];
	char type;
	uid_t owner, maker;
	double until;
	bool live; /* neither spent, invalidated nor removed */
};

struct model {
	struct world *w;
	struct held token[TOKENS];
	unsigned count;
	double now;
};

static const char *name_of(uid_t uid)
{
	return uid == UID_ALICE ? "alice" : uid == UID_BOB ? "bob" : uid == UID_EVE ? "eve" : "portal";
}

static unsigned pick(unsigned below)
{
	return (unsigned)random() % below;
}

static struct held *any(struct model *m)
{
	return &m->token[pick(m->count)];
}

static bool good(const struct model *m, const struct held *h)
{
	return h->live && m->now < h->until;
}

static void keep(struct model *m, const unsigned char bytes[TOKEN_SIZE], char type, uid_t owner, uid_t maker, int timeout)
{
	struct held *h = &m->token[m->count < TOKENS ? m->count++ : pick(TOKENS)];

	*h = (struct held){.type = type, .owner = owner, .maker = maker, .until = m->now + timeout, .live = true};
	memcpy(h->bytes, bytes, TOKEN_SIZE);
}

static void do_generate(struct model *m)
{
	static const uid_t makers[] = {UID_PORTAL, UID_SAM}, owners[] = {UID_ALICE, UID_BOB};
	const uid_t maker = makers[pick(2)], owner = maker == UID_SAM ? owners[pick(2)] : UID_ALICE;
	struct request q = ask_token(name_of(owner));
	unsigned char token[TOKEN_SIZE];
	enum authz_result result;

	world_caller(m->w, maker == UID_SAM ? "sam" : "portal");
	q.type = (char)('1' + pick(3));
	q.timeout = 1 + pick(60);
	result = generate(m->w, &q, token);
	if (result == AUTHZ_OK)
		keep(m, token, (char)q.type, owner, maker, (int)q.timeout);
	else
		assert_result(result, AUTHZ_MAKER_FULL);
}

static void do_regenerate(struct model *m)
{
	const struct held parent = *any(m);
	const char type = (char)('1' + pick(3));
	const int timeout = 1 + (int)pick(60);
	unsigned char token[TOKEN_SIZE];
	enum authz_result result;

	world_caller(m->w, "eve");
	result = regenerate(m->w, parent.bytes, type, timeout, token);
	if (result == AUTHZ_OK) {
		assert_true(good(m, &parent) && parent.type == '3');
		keep(m, token, type, parent.owner, parent.maker, timeout);
	} else {
		assert_true(!good(m, &parent) || parent.type != '3' || result == AUTHZ_MAKER_FULL);
	}
}

static void do_redeem(struct model *m)
{
	struct held *h = any(m);
	enum authz_result result = redeem(m->w, h->bytes, name_of(h->owner));

	assert_int_equal(result == AUTHZ_OK, good(m, h));
	h->live = h->live && h->type != '1';
}

static void do_inspect(struct model *m)
{
	struct held *h = any(m);
	int seconds = 0;
	enum authz_result result = inspect(m->w, h->bytes, &seconds);

	assert_int_equal(result == AUTHZ_OK && seconds > 0, good(m, h));
	assert_true(result == AUTHZ_OK || result == AUTHZ_TOKEN_NOT_VALID);
}

static void do_invalidate(struct model *m)
{
	struct held *h = any(m);

	(void)invalidate(m->w, h->bytes);
	h->live = false;
}

static void do_remove(struct model *m)
{
	struct held *h = any(m);

	assert_result(remove_token(m->w, h->bytes), AUTHZ_OK);
	h->live = false;
}

/* Of everybody or of one, to the end or the first page alone; now and then with a place of the test's own to go on from. */
static void do_remove_all(struct model *m)
{
	const uid_t owner = pick(3) == 0 ? 0 : pick(2) == 0 ? UID_ALICE : UID_BOB;
	struct request page = {.id = 1};
	bool marked = true;
	unsigned i;

	if (pick(8) == 0) {
		page.has = HAS(CURSOR);
		page.cursor.length = 1 + pick(CURSOR_SIZE - 1);
		for (i = 0; i < page.cursor.length; i++)
			page.cursor.bytes[i] = (unsigned char)pick(256);
		marked = false;
	}
	world_caller(m->w, "sam");
	do {
		assert_result(remove_page(m->w, owner == 0 ? NULL : name_of(owner), &page), AUTHZ_OK);
	} while (page.cursor.length > 0 && pick(4) != 0);
	for (i = 0; marked && i < m->count; i++)
		if (owner == 0 || m->token[i].owner == owner)
			m->token[i].live = false;
	fake_host_pass(&m->w->fake, 0.001); /* what is made in the same microsecond is removed as well */
	m->now += 0.001;
}

static void do_pass(struct model *m)
{
	const double seconds = pick(20) == 0 ? 60 : (1 + pick(1000)) / 1000.0;

	fake_host_pass(&m->w->fake, seconds);
	m->now += seconds;
}

static void do_guess(struct model *m)
{
	enum authz_result result;

	world_caller(m->w, pick(2) == 0 ? "eve" : "portal");
	result = generate_by_password(m->w, pick(2) == 0 ? "alice" : "nosuch", "guess", NULL);
	assert_true(result == AUTHZ_PASSWORD_WRONG || result == AUTHZ_TOO_MANY_TRIES);
}

/* Every record has one place, and nothing else has one. */
static void check_places(struct model *m)
{
	struct world *w = m->w;
	const uint64_t of_portal = maker_tokens(w, UID_PORTAL), of_sam = maker_tokens(w, UID_SAM);
	unsigned i, good_ones = 0;

	assert_int_equal(total_tokens(w), count_records(w, w->rules.tokens, 'T'));
	assert_int_equal(of_portal + of_sam, total_tokens(w));
	assert_int_equal(maker_tokens(w, UID_EVE), 0);
	assert_true(of_portal <= QUOTA && of_sam <= QUOTA);
	for (i = 0; i < m->count; i++)
		good_ones += good(m, &m->token[i]);
	assert_true(good_ones <= total_tokens(w));
}

static void walk(struct world *w, unsigned seed)
{
	static void (*const steps[])(struct model *) = {
		do_generate, do_generate, do_generate, do_regenerate, do_regenerate, do_redeem, do_redeem, do_inspect,
		do_invalidate, do_remove, do_pass, do_guess,
	};
	struct model *m = calloc(1, sizeof *m);
	unsigned i;

	assert_non_null(m);
	m->w = w;
	srandom(seed);
	do_generate(m);
	for (i = 0; i < STEPS; i++) {
		if (pick(40) == 0)
			do_remove_all(m);
		else
			steps[pick(sizeof steps / sizeof steps[0])](m);
		check_places(m);
	}
	free(m);
}

static void walks(void **state)
{
	struct world *w = *state;

	w->fake.host.config.quota_maker = QUOTA;
	fake_host_find(&w->fake, "alice")->account.last_change = FAKE_DAY;
	set_password(w, "alice", "secret");
	walk(w, 1);
	walk(w, 2); /* goes on in the same stores */
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("whatever is done to tokens, each is good for what it should be, and takes one place of its maker's", walks),
	};

	return cmocka_run_group_tests_name("family_model", tests, NULL, NULL);
}
