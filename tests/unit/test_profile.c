/* SPDX-License-Identifier: ISC */
/* Showing, enabling, disabling profiles and their special authorities: rules/profile.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

static struct request about(const char *user)
{
	struct request q = {.has = HAS(USER)};

	snprintf(q.user, sizeof q.user, "%s", user);
	return q;
}

static struct request specials(const char *user, int64_t add, int64_t drop)
{
	struct request q = about(user);

	q.has |= HAS(MASK_ADD) | HAS(MASK_DROP);
	q.mask_add = add;
	q.mask_drop = drop;
	return q;
}

/* The one row, its items joined by "|". */
static enum authz_result show(struct world *w, const char *user, char *text, size_t size)
{
	struct request q = about(user);
	struct frame_reader body, items;
	struct frame_field f;
	char item[256];
	enum authz_result result;

	answer_init(&w->answer);
	result = profile_show(&w->rules, &q, &w->answer);
	text[0] = '\0';
	body = (struct frame_reader){w->answer.bytes, w->answer.rows.used};
	if (frame_next(&body, &f) != 1)
		return result;
	assert_int_equal(f.tag, REPLY_ENTRY_TAG);
	items = (struct frame_reader){f.bytes, f.length};
	while (items.left > 0) {
		assert_true(frame_next_item(&items, item, sizeof item));
		snprintf(text + strlen(text), size - strlen(text), "%s|", item);
	}
	assert_int_equal(frame_next(&body, &f), 0);
	return result;
}

static void expect_row(struct world *w, const char *user, const char *row)
{
	char text[512];

	assert_result(show(w, user, text, sizeof text), AUTHZ_OK);
	assert_string_equal(text, row);
}

static void shown(void **state)
{
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	unsigned char token[TOKEN_SIZE];

	world_host(w);
	expect_row(w, "alice", "alice|1002|enabled|set|||" "|no||0|");
	make_token(w, '1', -1, token);
	expect_row(w, "alice", "alice|1002|enabled|set||2026-11-21||no|1795248000|0|");
	disable(w, "alice");
	expect_row(w, "alice", "alice|1002|disabled|set||2026-11-21|authz|no|1795248000|0|");
	enable(w, "alice");
	strcpy(alice->account.crypt, "!$6$x");
	expect_row(w, "alice", "alice|1002|disabled|set||2026-11-21|shadow|no|1795248000|0|");
	strcpy(alice->account.crypt, "*");
	expect_row(w, "alice", "alice|1002|enabled|none||2026-11-21||no|1795248000|0|");
	strcpy(alice->account.crypt, "$6$x");
	alice->account.last_change = 0;
	expect_row(w, "alice", "alice|1002|enabled|expired||2026-11-21||no|1795248000|0|");
	alice->account.known = false;
	expect_row(w, "alice", "alice|1002|unknown|unknown||2026-11-21||no|1795248000|0|");
	expect_row(w, "sam", "sam|1004|enabled|set|allobj secadm|||no||0|");
	expect_row(w, "root", "root|0|enabled|set||||yes||0|");
}

/* Whoever has no tokens at hand, as the helper where their store is out of reach, is shown the day. */
static void without_tokens(void **state)
{
	struct world *w = *state;
	struct store *tokens = w->rules.tokens;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	world_host(w);
	w->rules.tokens = NULL;
	expect_row(w, "alice", "alice|1002|enabled|set||2026-11-21||no|||");
	w->rules.tokens = tokens;
}

static void who_may_look(void **state)
{
	struct world *w = *state;
	char text[512];

	world_caller(w, "alice");
	assert_result(show(w, "alice", text, sizeof text), AUTHZ_OK);
	assert_result(show(w, "bob", text, sizeof text), AUTHZ_SPECIAL_REQUIRED);
	assert_string_equal(w->rules.subject, "*SECADM");
	assert_string_equal(text, "");
	assert_result(show(w, "nosuch", text, sizeof text), AUTHZ_SPECIAL_REQUIRED); /* not even whether there is one */
	give_special(w, "alice", SPECIAL_ALLOBJ);
	assert_result(show(w, "bob", text, sizeof text), AUTHZ_SPECIAL_REQUIRED);
	give_special(w, "alice", SPECIAL_SECADM);
	assert_result(show(w, "bob", text, sizeof text), AUTHZ_OK);
	assert_result(show(w, "nosuch", text, sizeof text), AUTHZ_USER_NOT_FOUND);
	w->fake.account_result = AUTHZ_NO_SHADOW;
	assert_result(show(w, "bob", text, sizeof text), AUTHZ_NO_SHADOW);
}

static void only_secadm(void **state)
{
	struct world *w = *state;
	struct request q = about("bob"), s = specials("bob", SPECIAL_SECADM, 0);
	uint64_t before;

	give_special(w, "eve", SPECIAL_ALLOBJ);
	before = sequence(w->rules.authority);
	world_caller(w, "eve");
	assert_result(profile_disable(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_string_equal(w->rules.subject, "*SECADM");
	assert_result(profile_enable(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_result(profile_special(&w->rules, &s), AUTHZ_SPECIAL_REQUIRED);
	world_caller(w, "bob"); /* nor oneself */
	assert_result(profile_enable(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_result(profile_special(&w->rules, &s), AUTHZ_SPECIAL_REQUIRED);
	assert_int_equal(sequence(w->rules.authority), before);
	give_special(w, "eve", SPECIAL_SECADM);
	world_caller(w, "eve");
	assert_result(profile_disable(&w->rules, &q), AUTHZ_OK);
	disable(w, "eve"); /* a disabled holder has it no more */
	assert_result(profile_enable(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	q = about("eve");
	assert_result(profile_enable(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
}

static void hands_on_only_what_it_has(void **state)
{
	struct world *w = *state;
	struct request q;

	give_special(w, "eve", SPECIAL_SECADM);
	world_caller(w, "eve");
	q = specials("bob", SPECIAL_ALLOBJ, 0);
	assert_result(profile_special(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_string_equal(w->rules.subject, "*ALLOBJ");
	q = specials("eve", SPECIAL_ALLOBJ, 0);
	assert_result(profile_special(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	q = specials("bob", SPECIAL_ALL, 0);
	assert_result(profile_special(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	q = specials("sam", 0, SPECIAL_ALLOBJ); /* nor takes it */
	assert_result(profile_special(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	q = specials("bob", SPECIAL_SECADM, 0);
	assert_result(profile_special(&w->rules, &q), AUTHZ_OK);
	q = specials("eve", 0, SPECIAL_SECADM);
	assert_result(profile_special(&w->rules, &q), AUTHZ_OK);
	q = specials("bob", SPECIAL_SECADM, 0);
	assert_result(profile_special(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED); /* it gave its own away */
}

static void added_and_dropped(void **state)
{
	struct world *w = *state;
	struct request q = specials("bob", SPECIAL_ALLOBJ, SPECIAL_SECADM);

	world_host(w);
	give_special(w, "bob", SPECIAL_SECADM);
	assert_result(profile_special(&w->rules, &q), AUTHZ_OK);
	expect_row(w, "bob", "bob|1003|enabled|set|allobj|||no||0|");
	q = specials("bob", SPECIAL_SUPERVISOR, 0);
	assert_result(profile_special(&w->rules, &q), AUTHZ_OK);
	expect_row(w, "bob", "bob|1003|enabled|set|allobj supervisor|||no||0|");
	q = specials("bob", 0, SPECIAL_ALL);
	assert_result(profile_special(&w->rules, &q), AUTHZ_OK);
	expect_row(w, "bob", "bob|1003|enabled|set||||no||0|");
}

static void shape(void **state)
{
	static const struct { int64_t add, drop; } rows[] = {
		{0, 0}, {8, 0}, {0, 8}, {1, 1}, {-1, 0}, {(int64_t)1 << 32, 0}, {1, (int64_t)1 << 40},
	};
	struct world *w = *state;
	struct request q;
	size_t i;

	world_host(w);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		q = specials("bob", rows[i].add, rows[i].drop);
		assert_result(profile_special(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	}
	q = about("");
	assert_result(profile_disable(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q = about("nosuch");
	assert_result(profile_disable(&w->rules, &q), AUTHZ_USER_NOT_FOUND);
	w->fake.clock_result = AUTHZ_INTERNAL;
	q = about("bob");
	assert_result(profile_disable(&w->rules, &q), AUTHZ_INTERNAL);
}

static void stay_dead(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int i;

	make_token(w, '2', -1, token);
	for (i = 0; i < 3; i++) {
		disable(w, "alice");
		assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
		enable(w, "alice");
		assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
	}
	make_token(w, '2', -1, token);
	enable(w, "alice"); /* enabling what is enabled kills nothing */
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
}

static void audited(void **state)
{
	struct world *w = *state;
	struct request q = specials("bob", SPECIAL_ALL, 0);

	world_host(w);
	assert_result(profile_special(&w->rules, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=profile.special phase=intent actor=root uid=0 owner=bob add=7 drop=0"));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	w->fake.intent_lost = true;
	assert_result(profile_disable(&w->rules, &q), AUTHZ_AUDIT_LOST);
	expect_row(w, "bob", "bob|1003|enabled|set|allobj secadm supervisor|||no||0|");
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a profile shows its state, why it is so, and when it was last used", shown),
		TEST("a profile is shown where the tokens are out of reach, with the day of its last use", without_tokens),
		TEST("everybody sees the own profile, *SECADM all (profile MUST 1)", who_may_look),
		TEST("only *SECADM enables, disables and gives special authorities (profile MUST 1)", only_secadm),
		TEST("nobody hands on, or takes, what it has not itself (profile MUST 2)", hands_on_only_what_it_has),
		TEST("special authorities are added and dropped at once", added_and_dropped),
		TEST("a request that is not of the right shape is refused", shape),
		TEST("tokens of before a disabling stay dead when the profile is enabled (profile MUST 3)", stay_dead),
		TEST("changes are audited, and not made without the audit (context MUST 1)", audited),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
