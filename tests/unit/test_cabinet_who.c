/* SPDX-License-Identifier: ISC */
/* Who acts on cabinets, and what it may: rules/cabinet_who.c. */
#include "cabinets.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_who.h"

static enum authz_result who(struct world *w, const char *as, const char *secret, struct cabinet_actor *actor)
{
	struct request q = {.id = 1};

	if (as != NULL)
		act_as(&q, as, secret);
	w->rules.subject[0] = '\0';
	return cabinet_who(&w->rules, &q, actor);
}

static enum authz_result may(struct world *w, const struct cabinet_actor *actor, const char *cabinet)
{
	struct store_txn *t = begin(w->rules.authority, false);
	enum authz_result result = cabinet_may(&w->rules, t, actor, cabinet);

	store_abort(t);
	return result;
}

static enum authz_result may_as(struct world *w, const char *as, const char *secret, const char *cabinet)
{
	struct cabinet_actor actor;

	assert_result(who(w, as, secret, &actor), AUTHZ_OK);
	return may(w, &actor, cabinet);
}

static void caller(void **state)
{
	struct world *w = *state;
	struct cabinet_actor actor;

	world_caller(w, "alice");
	assert_result(who(w, NULL, NULL, &actor), AUTHZ_OK);
	assert_true(!actor.is_host && actor.uid == UID_ALICE && actor.entity.kind == 'u');
	assert_string_equal(actor.entity.name, "alice");
	assert_result(who(w, "alice", NULL, &actor), AUTHZ_OK); /* herself */
	assert_int_equal(actor.uid, UID_ALICE);
	world_host(w);
	assert_result(who(w, NULL, NULL, &actor), AUTHZ_OK);
	assert_true(actor.is_host);
	w->rules.caller = (struct principal){.uid = 5555}; /* of no name */
	assert_result(who(w, NULL, NULL, &actor), AUTHZ_OK);
	assert_string_equal(actor.entity.name, "");
	host_makes(w, "sales", CABINET_SHARED);
	assert_result(may(w, &actor, "sales"), AUTHZ_CABINET_ADMIN);
}

static void administrators(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "leads", CABINET_SHARED);
	host_makes(w, "north", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	host_adds_administrator(w, "sales", "leads");
	join(w, "leads", 'u', "alice");
	join(w, "leads", 'c', "north");
	join(w, "north", 'u', "portal");
	world_caller(w, "bob");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
	assert_result(may_as(w, NULL, NULL, "leads"), AUTHZ_CABINET_ADMIN);
	assert_result(may_as(w, NULL, NULL, "none"), AUTHZ_CABINET_ADMIN);
	world_caller(w, "alice");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
	world_caller(w, "portal"); /* by a cabinet in a cabinet */
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
	world_caller(w, "eve");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_CABINET_ADMIN);
	give_special(w, "eve", SPECIAL_BOTH);
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_CABINET_ADMIN);
	give_special(w, "eve", SPECIAL_SUPERVISOR);
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
	assert_result(may_as(w, NULL, NULL, "none"), AUTHZ_OK);
	world_host(w);
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
}

static void locked_gives_nothing(void **state)
{
	struct world *w = *state;
	struct cabinet_actor actor;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "leads", CABINET_SHARED);
	host_makes(w, "north", CABINET_SHARED);
	host_adds_administrator(w, "sales", "leads");
	host_sets_password(w, "leads", "geheim");
	join(w, "leads", 'u', "alice");
	join(w, "leads", 'c', "north");
	join(w, "north", 'u', "portal");
	world_host(w);
	assert_result(mark(w, "north", FAKE_DAY + 5, true), AUTHZ_OK);
	world_caller(w, "portal");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_CABINET_ADMIN);
	world_caller(w, "alice");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
	world_caller(w, "eve");
	assert_result(who(w, "leads", "geheim", &actor), AUTHZ_OK);
	world_host(w);
	assert_result(mark(w, "leads", FAKE_DAY + 5, true), AUTHZ_OK);
	world_caller(w, "alice");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_CABINET_ADMIN);
	world_caller(w, "eve");
	assert_result(may(w, &actor, "sales"), AUTHZ_CABINET_ADMIN); /* locked since */
	assert_result(who(w, "leads", "geheim", &actor), AUTHZ_CABINET_LOCKED);
	assert_result(who(w, "leads", "wrong", &actor), AUTHZ_CABINET_PASSWORD);
	world_host(w);
	assert_result(who(w, "leads", NULL, &actor), AUTHZ_CABINET_LOCKED);
	assert_result(unmark(w, "leads"), AUTHZ_OK);
	world_caller(w, "alice");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
}

static void acts_as_another(void **state)
{
	struct world *w = *state;
	struct cabinet_actor actor;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "south", CABINET_SHARED);
	host_makes(w, "leads", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	host_adds_administrator(w, "south", "leads");
	host_adds_administrator(w, "south", "eve");
	host_sets_password(w, "bob", "bobs");
	host_sets_password(w, "leads", "leaders");
	world_caller(w, "eve");
	assert_result(may_as(w, "bob", "bobs", "sales"), AUTHZ_OK);
	assert_result(may_as(w, "bob", "bobs", "south"), AUTHZ_CABINET_ADMIN); /* her own is not added */
	assert_result(may_as(w, "leads", "leaders", "south"), AUTHZ_OK);
	assert_result(may_as(w, "leads", "leaders", "sales"), AUTHZ_CABINET_ADMIN);
	give_special(w, "eve", SPECIAL_SUPERVISOR);
	assert_result(may_as(w, "bob", "bobs", "south"), AUTHZ_CABINET_ADMIN);
	give_special(w, "bob", SPECIAL_SUPERVISOR); /* "the cabinet ID of a supervisor" */
	assert_result(may_as(w, "bob", "bobs", "south"), AUTHZ_OK);
	disable(w, "bob");
	assert_result(may_as(w, "bob", "bobs", "sales"), AUTHZ_CABINET_ADMIN);
	enable(w, "bob");
	world_host(w); /* is not asked for a password, and has no more than that cabinet */
	assert_result(may_as(w, "leads", NULL, "sales"), AUTHZ_CABINET_ADMIN);
	assert_result(may_as(w, "leads", NULL, "south"), AUTHZ_OK);
	assert_result(who(w, "alice", NULL, &actor), AUTHZ_OK); /* a private one without a record */
	assert_true(actor.entity.kind == 'u' && actor.uid == UID_ALICE && !actor.is_host);
}

static void disabled(void **state)
{
	struct world *w = *state;

	host_makes(w, "sales", CABINET_SHARED);
	host_adds_administrator(w, "sales", "bob");
	disable(w, "bob");
	world_caller(w, "bob");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_CABINET_ADMIN);
	enable(w, "bob");
	assert_result(may_as(w, NULL, NULL, "sales"), AUTHZ_OK);
}

static void refusals(void **state)
{
	struct world *w = *state;
	struct cabinet_actor actor;

	host_makes(w, "desk", CABINET_STANDALONE);
	host_makes(w, "board", CABINET_PUBLIC);
	host_sets_password(w, "desk", "geheim");
	world_host(w);
	assert_result(who(w, "none", NULL, &actor), AUTHZ_CABINET_NAME);
	assert_string_equal(w->rules.subject, "none");
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "sam");
	assert_result(who(w, "none", "x", &actor), AUTHZ_CABINET_NAME);
	assert_result(who(w, "desk", "x", &actor), AUTHZ_CABINET_PASSWORD);
	assert_result(who(w, "desk", NULL, &actor), AUTHZ_CABINET_PASSWORD);
	assert_result(who(w, "desk", "geheim", &actor), AUTHZ_OK);
	assert_result(who(w, "board", "", &actor), AUTHZ_CABINET_PASSWORD); /* no password opens it */
	assert_result(who(w, "alice", "", &actor), AUTHZ_CABINET_PASSWORD);
	assert_result(who(w, "sam", "wrong", &actor), AUTHZ_CABINET_PASSWORD); /* her own, but with a password */
}

/* Known, of another password, without one, a user's without a record, unknown: one answer, and as much work. */
static void stranger(void **state)
{
	static const char *const names[] = {"desk", "board", "alice", "bob", "none", ""};
	struct world *w = *state;
	struct cabinet_actor actor;
	unsigned before;
	size_t i;

	host_makes(w, "desk", CABINET_STANDALONE);
	host_makes(w, "board", CABINET_PUBLIC);
	host_sets_password(w, "desk", "geheim");
	host_sets_password(w, "alice", "hers");
	world_caller(w, "eve");
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		before = w->fake.passwords;
		assert_result(who(w, names[i], "wrong", &actor), AUTHZ_CABINET_PASSWORD);
		assert_string_equal(w->rules.subject, "");
		assert_int_equal(w->fake.passwords, before + 1);
		assert_result(who(w, names[i], NULL, &actor), AUTHZ_CABINET_PASSWORD);
	}
}

static void tries(void **state)
{
	static const char *const names[] = {"desk", "none"};
	struct world *w = *state;
	struct cabinet_actor actor;
	unsigned before, i;
	size_t n;

	host_makes(w, "desk", CABINET_STANDALONE);
	host_makes(w, "other", CABINET_STANDALONE);
	host_sets_password(w, "desk", "geheim");
	host_sets_password(w, "other", "geheim");
	for (n = 0; n < 2; n++) {
		world_caller(w, "eve");
		for (i = 0; i < w->fake.host.config.password_tries; i++)
			assert_result(who(w, names[n], "wrong", &actor), AUTHZ_CABINET_PASSWORD);
		before = w->fake.passwords;
		assert_result(who(w, names[n], "geheim", &actor), AUTHZ_TOO_MANY_TRIES);
		assert_int_equal(w->fake.passwords, before);
	}
	assert_result(who(w, "other", "geheim", &actor), AUTHZ_OK); /* another cabinet, */
	world_caller(w, "bob");
	assert_result(who(w, "desk", "geheim", &actor), AUTHZ_OK);  /* another caller, */
	world_caller(w, "eve");
	assert_result(who(w, "desk", "geheim", &actor), AUTHZ_TOO_MANY_TRIES);
	fake_host_pass(&w->fake, 600);
	assert_result(who(w, "desk", "geheim", &actor), AUTHZ_OK);  /* and another time */
}

/* The two bytes of the hash that say which count it is. */
static unsigned count_of(const char *name)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, (const unsigned char *)name, strlen(name), NULL, 0);
	return (unsigned)hash[0] << 8 | hash[1];
}

/* Names that share a count do so whatever there is: else who used up the tries of one could tell if the other is there. */
static void shared_counts(void **state)
{
	static const char *const names[] = {"desk", "none"};
	struct world *w = *state;
	struct cabinet_actor actor;
	unsigned long tried = 0;
	char name[NAME_SIZE];
	unsigned i;
	size_t n;

	host_makes(w, "desk", CABINET_STANDALONE);
	host_sets_password(w, "desk", "geheim");
	world_caller(w, "eve");
	for (n = 0; n < 2; n++) {
		do
			snprintf(name, sizeof name, "x%lu", tried++);
		while (count_of(name) != count_of(names[n]));
		for (i = 0; i < w->fake.host.config.password_tries; i++)
			assert_result(who(w, name, "wrong", &actor), AUTHZ_CABINET_PASSWORD);
		assert_result(who(w, names[n], "wrong", &actor), AUTHZ_TOO_MANY_TRIES);
	}
}

static void expect_record(struct world *w, const char *event, const char *as)
{
	assert_non_null(strstr(w->fake.outcome, event));
	assert_non_null(strstr(w->fake.outcome, " result=03 actor=eve"));
	assert_non_null(strstr(w->fake.outcome, as));
	w->fake.outcome[0] = '\0';
}

/* By a request of each kind; of a name that is none, which may be a password, nothing is recorded. */
static void refusals_are_recorded(void **state)
{
	static enum authz_result (*const looks[])(struct rules *, const struct request *, struct answer *) = {
		cabinet_show, cabinet_list, cabinet_members, cabinet_where, cabinet_profile_of,
	};
	struct world *w = *state;
	struct request q = about_cabinet("sales", "bob");
	size_t i;

	host_makes(w, "sales", CABINET_SHARED);
	host_makes(w, "desk", CABINET_STANDALONE);
	w->fake.host.config.password_tries = 100;
	world_caller(w, "eve");
	act_as(&q, "desk", "wrong");
	for (i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		assert_result(looks[i](&w->rules, &q, &w->answer), AUTHZ_CABINET_PASSWORD);
		expect_record(w, "event=cabinet.look ", " as=desk ");
	}
	assert_result(cabinet_add(&w->rules, &q, &w->answer), AUTHZ_CABINET_PASSWORD);
	expect_record(w, "event=cabinet.add ", " as=desk ");
	assert_result(cabinet_load(&w->rules, &q, NULL, &w->answer), AUTHZ_CABINET_PASSWORD);
	expect_record(w, "event=cabinet.load ", " as=desk ");
	act_as(&q, "s3cret", "wrong");
	assert_result(cabinet_show(&w->rules, &q, &w->answer), AUTHZ_CABINET_PASSWORD);
	assert_null(strstr(w->fake.outcome, "s3cret"));
	expect_record(w, "event=cabinet.look ", " as=%3F ");
}

static void right_one_forgets(void **state)
{
	struct world *w = *state;
	struct cabinet_actor actor;
	int i;

	host_makes(w, "desk", CABINET_STANDALONE);
	host_sets_password(w, "desk", "geheim");
	world_caller(w, "eve");
	for (i = 0; i < 12; i++) {
		assert_result(who(w, "desk", "wrong", &actor), AUTHZ_CABINET_PASSWORD);
		assert_result(who(w, "desk", "wrong", &actor), AUTHZ_CABINET_PASSWORD);
		assert_result(who(w, "desk", "geheim", &actor), AUTHZ_OK);
	}
	assert_int_equal(count_records(w, w->rules.tokens, 'Y'), 0);
	assert_result(who(w, "desk", "wrong", &actor), AUTHZ_CABINET_PASSWORD);
	assert_int_equal(count_records(w, w->rules.tokens, 'Y'), 1);
	assert_int_equal(count_records(w, w->rules.tokens, 'X'), 0);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("without a cabinet to act as it is the caller, as the kernel says", caller),
		TEST("supervisors, administrators, and who is in a cabinet that is one, may administer a cabinet", administrators),
		TEST("a locked cabinet gives nobody anything (cabinet_who MUST 3)", locked_gives_nothing),
		TEST("who acts as another has what that has, and nothing of its own (cabinet_who MUST 4)", acts_as_another),
		TEST("who is disabled administers nothing (cabinet_who MUST 5)", disabled),
		TEST("02 goes to the host and to supervisors, 03 to whoever has not the password", refusals),
		TEST("a stranger has the same answer and costs the same work, whatever there is (cabinet_who MUST 2)", stranger),
		TEST("wrong passwords count, of each pair of caller and cabinet, there or not (cabinet_who MUST 1)", tries),
		TEST("of names that share a count none is told from another (cabinet_who MUST 2)", shared_counts),
		TEST("a password that was refused is in the audit, whatever it was said for (cabinet_who MUST 7)", refusals_are_recorded),
		TEST("a right password forgets the wrong ones", right_one_forgets),
	};

	return cmocka_run_group_tests_name("cabinet_who", tests, NULL, NULL);
}
