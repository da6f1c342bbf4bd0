/* SPDX-License-Identifier: ISC */
/* Changes and their audit, rows of an answer: rules/context.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

static bool there(struct world *w)
{
	struct store_txn *t = begin(w->rules.authority, false);
	unsigned char value[8];
	size_t length;
	bool found;

	assert_result(store_get(t, "Xtest", 5, value, sizeof value, &length, &found), AUTHZ_OK);
	store_abort(t);
	return found;
}

static struct audit_event event_of(struct world *w)
{
	return (struct audit_event){.event = "test.change", .caller = &w->rules.caller, .owner = "alice"};
}

static enum authz_result change(struct world *w)
{
	struct audit_event event = event_of(w);
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(store_put(t, "Xtest", 5, "1", 1), AUTHZ_OK);
	return rules_commit(&w->rules, w->rules.authority, t, &event);
}

static void no_intent_no_change(void **state)
{
	struct world *w = *state;
	unsigned outcomes = w->fake.outcomes;

	w->fake.intent_lost = true;
	assert_result(change(w), AUTHZ_AUDIT_LOST);
	assert_string_equal(w->rules.subject, "test.change");
	assert_false(there(w));
	assert_int_equal(w->fake.outcomes, outcomes);
	w->fake.intent_lost = false;
	assert_result(change(w), AUTHZ_OK); /* the lock is free again */
	assert_true(there(w));
}

static struct order {
	struct world *w;
	unsigned intents, outcomes;
	bool there_at_intent, there_at_outcome;
} seen;

static void watch(void *arg, const char *what)
{
	(void)arg;
	if (strcmp(what, "intent") == 0) {
		seen.intents++;
		seen.there_at_intent = there(seen.w);
	} else if (strcmp(what, "outcome") == 0) {
		seen.outcomes++;
		seen.there_at_outcome = there(seen.w);
	}
}

static void order(void **state)
{
	struct world *w = *state;

	seen = (struct order){.w = w};
	w->fake.asked = watch;
	assert_result(change(w), AUTHZ_OK);
	assert_true(seen.intents == 1 && seen.outcomes == 1);
	assert_false(seen.there_at_intent);
	assert_true(seen.there_at_outcome);
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	assert_int_not_equal(w->fake.intent_number, 0);
	assert_int_equal(w->fake.outcome_result, AUTHZ_OK);
}

static void outcome_lost(void **state)
{
	struct world *w = *state;

	w->fake.outcome_lost = true;
	assert_result(change(w), AUTHZ_AUDIT_CUT); /* it was made, and that is said */
	w->fake.outcome_lost = false;
	assert_true(there(w));
}

static void two_records(void **state)
{
	struct world *w = *state;
	struct audit_event event = event_of(w);
	uint64_t number;

	assert_result(rules_intent(&w->rules, &event, &number), AUTHZ_OK);
	assert_int_equal(number, w->fake.intent_number);
	assert_result(rules_outcome(&w->rules, &event, number, AUTHZ_STORE_IO), AUTHZ_STORE_IO);
	assert_int_equal(w->fake.outcome_number, number);
	w->fake.intent_lost = w->fake.outcome_lost = true;
	assert_result(rules_intent(&w->rules, &event, &number), AUTHZ_AUDIT_LOST);
	assert_result(rules_outcome(&w->rules, &event, number, AUTHZ_OK), AUTHZ_AUDIT_CUT);
	assert_result(rules_outcome(&w->rules, &event, number, AUTHZ_STORE_IO), AUTHZ_STORE_IO); /* it had failed already */
}

static void refusals(void **state)
{
	struct world *w = *state;
	struct audit_event event = event_of(w);

	assert_result(rules_refuse(&w->rules, AUTHZ_DISABLED, "alice"), AUTHZ_DISABLED);
	assert_result(rules_refused(&w->rules, &event, AUTHZ_DISABLED), AUTHZ_DISABLED);
	assert_non_null(strstr(w->fake.outcome, "event=test.change phase=done result=CPF22E3 "));
	assert_non_null(strstr(w->fake.outcome, " subject=alice"));
	w->fake.outcome_lost = true;
	assert_result(rules_refused(&w->rules, &event, AUTHZ_DISABLED), AUTHZ_DISABLED); /* refused all the same */
}

static void rows(void **state)
{
	static struct answer a;
	char item[600], half[ANSWER_ROW_MAX / 2];
	const char *items[] = {item, "second"}, *too_large[] = {half, half, "x"};
	size_t used;
	unsigned count = 0;

	(void)state;
	memset(item, 'x', sizeof item - 1);
	item[sizeof item - 1] = '\0';
	memset(half, 'x', sizeof half - 1);
	half[sizeof half - 1] = '\0';
	answer_init(&a);
	assert_false(answer_row(&a, too_large, 3)); /* more than any row */
	assert_int_equal(a.rows.used, 0);
	while (answer_row(&a, items, 2))
		count++;
	assert_true(count > 90 && a.rows.used <= sizeof a.bytes);
	assert_false(a.rows.full);
	used = a.rows.used;
	assert_false(answer_row(&a, items, 2));
	assert_int_equal(a.rows.used, used); /* nothing of it is there */
}

static void stores_fail(void **state)
{
	struct world *w = *state;

	assert_result(rules_store(&w->rules, w->rules.tokens, AUTHZ_OK), AUTHZ_OK);
	assert_result(rules_store(&w->rules, w->rules.tokens, AUTHZ_STORE_DAMAGED), AUTHZ_STORE_DAMAGED);
	assert_string_equal(w->rules.subject, store_subject(w->rules.tokens));
	assert_non_null(strstr(w->rules.subject, "/tokens"));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a change whose intent is lost is not made (context MUST 1)", no_intent_no_change),
		TEST("the intent is before the commit, the outcome after it, under one number (context MUST 2)", order),
		TEST("a change whose outcome is lost is not called a success (context MUST 2)", outcome_lost),
		TEST("intent and outcome can be recorded by themselves, under one number (context MUST 2)", two_records),
		TEST("a refusal is recorded, and stays one if it cannot be", refusals),
		TEST("a row is in the answer whole or not at all", rows),
		TEST("an error of a store names the store", stores_fail),
	};

	return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
