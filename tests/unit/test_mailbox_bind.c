/* SPDX-License-Identifier: ISC */
/* ZMHS-VAL-PASSW-MS-BIND: rules/mailbox_bind.c and mailbox_proof.c. */
#include "mailboxes.h"

#include <stdio.h>
#include <string.h>

static const char *const groups[] = {"built", "site"};

static int setup(void **state)
{
	struct world *w;

	if (mailboxes_setup(state) != 0)
		return -1;
	w = *state;
	make_groups(w);
	host_adds_box(w, "alice", "built", "one");
	host_adds_box(w, "bob", "site", "one");
	return 0;
}

static void set(struct world *w, int add, int drop)
{
	assert_result(set_group(w, "built", NULL, NULL, add, drop, true), AUTHZ_OK);
	assert_result(set_group(w, "site", NULL, NULL, add, drop, true), AUTHZ_OK);
}

static const char *owner_in(size_t group)
{
	return group == 0 ? "alice" : "bob";
}

/* ---- the row, and who is let in */

static void owners(void **state)
{
	struct world *w = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		assert_result(bind_box(w, owner_in(i), "one", NULL), AUTHZ_OK);
		assert_entered(w, owner_in(i), NULL);
		assert_result(bind_box(w, owner_in(i), "two", NULL), AUTHZ_INVALID_PASSWORD);
		assert_int_equal(w->answer.reply.has, 0);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.bind phase=done result=EVENT-19"));
		assert_non_null(strstr(w->fake.outcome, owner_in(i)));
	}
	assert_non_null(strstr(w->fake.outcome, "entity=" SITE_SERVER));
}

static void masters(void **state)
{
	struct world *w = *state;
	unsigned intents;
	size_t i;

	for (i = 0; i < 2; i++) {
		intents = w->fake.intents;
		assert_result(bind_box(w, owner_in(i), "master", NULL), AUTHZ_OK);
		assert_entered(w, owner_in(i), "helpdesk");
		assert_int_equal(w->fake.intents, intents + 1);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.bind phase=done result=OK"));
		assert_non_null(strstr(w->fake.outcome, owner_in(i)));
	}
	w->fake.intent_lost = true; /* whom nobody could find again is not let in */
	assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_AUDIT_LOST);
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	w->fake.intent_lost = false;
	w->fake.outcome_lost = true;
	assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_AUDIT_CUT);
	assert_int_equal(w->answer.reply.has, 0);
}

static void audit_binds(void **state)
{
	struct world *w = *state;
	unsigned outcomes;
	size_t i;

	for (i = 0; i < 2; i++) {
		set(w, 0, BOX_AUDIT_BINDS);
		outcomes = w->fake.outcomes;
		assert_result(bind_box(w, owner_in(i), "one", NULL), AUTHZ_OK);
		assert_int_equal(w->fake.outcomes, outcomes);
		set(w, BOX_AUDIT_BINDS, 0);
		outcomes = w->fake.outcomes;
		assert_result(bind_box(w, owner_in(i), "one", NULL), AUTHZ_OK);
		assert_int_equal(w->fake.outcomes, outcomes + 1);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.bind phase=done result=OK"));
	}
}

static void without_master(void **state)
{
	struct world *w = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		assert_result(set_group(w, groups[i], NULL, "", 0, 0, true), AUTHZ_OK);
		assert_result(bind_box(w, owner_in(i), "one", NULL), AUTHZ_OK);
		assert_entered(w, owner_in(i), NULL);
		assert_result(bind_box(w, owner_in(i), "master", NULL), AUTHZ_INVALID_PASSWORD);
		assert_result(bind_box(w, owner_in(i), "$6$", NULL), AUTHZ_INVALID_PASSWORD);
	}
	assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_NO_MAILBOX);
}

/* Each group has its own. */
static void isolated(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(BOX_GROUP) | HAS(MASTER) | HAS(NEW_SECRET), .box_group = "other", .master = "eve",
	                    .new_secret = "other master"};

	assert_result(box_group_set(&w->rules, &q), AUTHZ_OK);
	host_adds_box(w, "sam", "other", "three");
	assert_result(bind_box(w, "sam", "other master", NULL), AUTHZ_OK);
	assert_entered(w, "sam", "eve");
	assert_result(bind_box(w, "sam", "master", NULL), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "alice", "other master", NULL), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "bob", "other master", NULL), AUTHZ_INVALID_PASSWORD);
	/* eve has a mailbox where she is no master: it is an owner's, and her other password is not for it */
	host_adds_box(w, "eve", "built", "eve's");
	assert_result(bind_box(w, "eve", "eve's", NULL), AUTHZ_OK);
	assert_entered(w, "eve", NULL);
	assert_result(bind_box(w, "eve", "other master", NULL), AUTHZ_INVALID_PASSWORD);
}

static void gone_master(void **state)
{
	struct world *w = *state;
	struct fake_user *helpdesk = fake_host_find(&w->fake, "helpdesk");
	size_t i;

	for (i = 0; i < 2; i++) {
		disable(w, "helpdesk");
		assert_result(bind_box(w, owner_in(i), "master", NULL), AUTHZ_INVALID_PASSWORD);
		assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_INVALID_PASSWORD);
		enable(w, "helpdesk");
		helpdesk->user.uid = 2222;
		assert_result(bind_box(w, owner_in(i), "master", NULL), AUTHZ_INVALID_PASSWORD);
		assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_NO_MAILBOX);
		helpdesk->user.uid = UID_HELPDESK;
		helpdesk->gone = true;
		assert_result(bind_box(w, owner_in(i), "master", NULL), AUTHZ_INVALID_PASSWORD);
		helpdesk->gone = false;
		w->fake.host.config.uid_min = UID_HELPDESK + 1; /* a system profile now */
		assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_NO_MAILBOX);
		w->fake.host.config.uid_min = 1000;
		assert_result(bind_box(w, owner_in(i), "master", NULL), AUTHZ_OK);
	}
}

static void own_name(void **state)
{
	struct world *w = *state;
	size_t i;

	assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_OK);
	assert_entered(w, "helpdesk", NULL);
	assert_non_null(strstr(w->fake.outcome, "event=mailbox.bind phase=done result=OK"));
	assert_result(bind_box(w, "helpdesk", "one", NULL), AUTHZ_INVALID_PASSWORD);
	set(w, 0, BOX_ALLOW_BINDS);
	assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_NO_OWN_BIND);
	assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_OK); /* it is still the master */
	for (i = 0; i < 2; i++) { /* with a mailbox of its own it is that group's word */
		host_adds_box(w, "helpdesk", groups[i], "own");
		assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_NO_OWN_BIND);
		assert_result(bind_box(w, "helpdesk", "own", NULL), AUTHZ_NO_OWN_BIND);
		assert_result(set_group(w, groups[i], NULL, NULL, BOX_ALLOW_BINDS, 0, true), AUTHZ_OK);
		assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_OK);
		assert_result(set_group(w, groups[i], NULL, NULL, 0, BOX_ALLOW_BINDS, true), AUTHZ_OK);
		assert_result(delete_box(w, "helpdesk"), AUTHZ_OK);
	}
}

static void addresses(void **state)
{
	struct world *w = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		const char *owner = owner_in(i);

		assert_result(alter_box(w, owner, NULL, NULL, "192.0.2.0/25"), AUTHZ_OK);
		assert_result(bind_box(w, owner, "one", "198.51.100.1"), AUTHZ_OK); /* without check */
		set(w, BOX_CHECK, 0);
		assert_result(bind_box(w, owner, "one", "192.0.2.127"), AUTHZ_OK);
		assert_result(bind_box(w, owner, "one", "::ffff:192.0.2.127"), AUTHZ_OK);
		assert_result(bind_box(w, owner, "one", "192.0.2.128"), AUTHZ_WRONG_ADDRESS);
		assert_result(bind_box(w, owner, "one", "mail.example"), AUTHZ_WRONG_ADDRESS);
		assert_result(bind_box(w, owner, "one", "192.0.2.1\naddress 192.0.2.2"), AUTHZ_WRONG_ADDRESS);
		assert_result(bind_box(w, owner, "one", ""), AUTHZ_OK); /* local */
		assert_result(bind_box(w, owner, "master", "198.51.100.1"), AUTHZ_OK); /* from everywhere */
		assert_entered(w, owner, "helpdesk");
		assert_result(bind_box(w, owner, "two", "198.51.100.1"), AUTHZ_INVALID_PASSWORD);
		assert_result(alter_box(w, owner, NULL, NULL, ""), AUTHZ_OK);
		assert_result(bind_box(w, owner, "one", "198.51.100.1"), AUTHZ_OK); /* a mailbox of any */
		set(w, 0, BOX_CHECK);
	}
}

/* ---- failures */

static void out_of_reach(void **state)
{
	struct world *w = *state;
	static const char *const typed[] = {"one", "two", "master"};
	size_t i;

	site(w)->mode = SITE_AWAY;
	for (i = 0; i < 12; i++) { /* and is no try */
		assert_result(bind_box(w, "bob", typed[i % 3], NULL), AUTHZ_IO_ERR);
		assert_string_equal(w->rules.subject, SITE_SERVER);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.bind phase=done result=EVENT-12"));
		assert_non_null(strstr(w->fake.outcome, "entity=" SITE_SERVER));
		assert_int_equal(w->answer.reply.has, 0);
	}
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK); /* of another group */
	site(w)->mode = SITE_REFUSES;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_INVALID_PASSWORD);
	assert_non_null(strstr(w->fake.outcome, "reason=not_by_the_book"));
	site(w)->mode = SITE_RIGHT;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
}

/* Whoever may not know of the mailbox need not know the site's paths either. */
static void server_is_away(void **state)
{
	static const char *const tell[] = {"root", "sam", "mail"}, *const others[] = {"eve", "bob", "helpdesk"};
	struct world *w = *state;
	size_t i;

	site(w)->mode = SITE_AWAY;
	for (i = 0; i < sizeof tell / sizeof tell[0]; i++) {
		if (i == 0)
			world_host(w);
		else
			world_caller(w, tell[i]);
		assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_IO_ERR);
		assert_string_equal(w->rules.subject, SITE_SERVER);
	}
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		world_caller(w, others[i]);
		assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_IO_ERR);
		assert_string_equal(w->rules.subject, "bob");
		assert_non_null(strstr(w->fake.outcome, "entity=" SITE_SERVER));
		assert_result(register_box(w, "bob", "one", "two"), AUTHZ_IO_ERR);
		assert_string_equal(w->rules.subject, "bob");
	}
}

static void shapes(void **state)
{
	static const char *const bad[] = {"", "a\nb", "a\rb"};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_result(bind_box(w, "alice", bad[i], NULL), AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "password");
		assert_result(bind_box(w, "no-such", bad[i], NULL), AUTHZ_BAD_PARAMETER);
	}
	assert_result(bind_box(w, "", "x", NULL), AUTHZ_BAD_PARAMETER);
	assert_int_equal(count_records(w, w->rules.tokens, 'Z'), 0);
}

static void tries(void **state)
{
	struct world *w = *state;
	unsigned passwords, i;

	for (i = 0; i < 5; i++)
		assert_result(bind_box(w, "alice", "two", NULL), AUTHZ_INVALID_PASSWORD);
	passwords = w->fake.passwords;
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_TOO_MANY_TRIES);
	assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_TOO_MANY_TRIES);
	assert_result(bind_box(w, "ALICE", "one", NULL), AUTHZ_TOO_MANY_TRIES); /* one owner, however it is written */
	assert_result(register_box(w, "alice", "one", "two"), AUTHZ_TOO_MANY_TRIES);
	assert_int_equal(w->fake.passwords, passwords);
	world_caller(w, "mail"); /* another's are its own */
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	world_host(w);
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
	fake_host_pass(&w->fake, 601);
	for (i = 0; i < 12; i++) { /* a right one forgets those before it */
		assert_result(bind_box(w, "alice", "two", NULL), AUTHZ_INVALID_PASSWORD);
		assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	}
	for (i = 0; i < 5; i++) /* at the site's server too */
		assert_result(bind_box(w, "bob", "two", NULL), AUTHZ_INVALID_PASSWORD);
	site(w)->asked = 0;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_TOO_MANY_TRIES);
	assert_int_equal(site(w)->asked, 0);
	for (i = 0; i < 5; i++) /* and of a mailbox that is not there */
		assert_result(bind_box(w, "sam", "two", NULL), AUTHZ_NO_MAILBOX);
	world_caller(w, "eve");
	for (i = 0; i < 5; i++)
		assert_result(bind_box(w, "sam", "two", NULL), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "sam", "two", NULL), AUTHZ_TOO_MANY_TRIES);
	for (i = 0; i < 5; i++)
		assert_result(bind_box(w, "no-such", "two", NULL), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "no-such", "two", NULL), AUTHZ_TOO_MANY_TRIES);
}

static void tries_from(void **state)
{
	struct world *w = *state;
	unsigned i;

	for (i = 0; i < 5; i++)
		assert_result(bind_box(w, "alice", "two", "192.0.2.66"), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "alice", "one", "192.0.2.66"), AUTHZ_TOO_MANY_TRIES);
	assert_result(bind_box(w, "alice", "one", "192.0.2.7"), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "one", "192.0.2.66"), AUTHZ_TOO_MANY_TRIES); /* nobody else's right one helps */
	fake_host_pass(&w->fake, 601);
	world_caller(w, "mail"); /* what is no login program's claim buys no tries */
	for (i = 0; i < 5; i++)
		assert_result(bind_box(w, "alice", "two", i % 2 ? "192.0.2.66" : "192.0.2.67"), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "alice", "one", "192.0.2.68"), AUTHZ_TOO_MANY_TRIES);
}

/* It delays what it refuses for longer than it is waited for, so that only a right password has an answer. */
static void slow_to_refuse(void **state)
{
	struct world *w = *state;
	unsigned i;

	site(w)->mode = SITE_SLOW;
	world_caller(w, "eve");
	for (i = 0; i < 3; i++)
		assert_result(bind_box(w, "bob", "two", NULL), AUTHZ_IO_ERR);
	for (i = 0; i < 2; i++) /* nor by REGISTER, which asks again */
		assert_result(register_box(w, "bob", "two", "three"), AUTHZ_IO_ERR);
	site(w)->asked = 0;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_TOO_MANY_TRIES);
	assert_result(register_box(w, "bob", "one", "two"), AUTHZ_TOO_MANY_TRIES);
	assert_int_equal(site(w)->asked, 0);
	world_host(w); /* nobody could look: no try */
	site(w)->mode = SITE_AWAY;
	for (i = 0; i < 12; i++)
		assert_result(bind_box(w, "bob", "two", NULL), AUTHZ_IO_ERR);
	site(w)->mode = SITE_RIGHT;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
}

/* Who has the master's password could else guess the owner's. */
static void master_between(void **state)
{
	static const char *const owners[] = {"alice", "bob"};
	struct world *w = *state;
	size_t of;
	unsigned i;

	world_caller(w, "helpdesk");
	for (of = 0; of < 2; of++) {
		for (i = 0; i < 4; i++) {
			assert_result(bind_box(w, owners[of], "two", NULL), AUTHZ_INVALID_PASSWORD);
			assert_result(bind_box(w, owners[of], "master", NULL), AUTHZ_OK);
		}
		assert_result(bind_box(w, owners[of], "two", NULL), AUTHZ_INVALID_PASSWORD);
		assert_result(bind_box(w, owners[of], "one", NULL), AUTHZ_TOO_MANY_TRIES);
	}
	fake_host_pass(&w->fake, 601);
	for (i = 0; i < 12; i++) /* and nothing is counted where it is the right one */
		assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_OK);
}

struct seen {
	enum authz_result result;
	unsigned hashes;
	char subject[SUBJECT_SIZE];
};

static struct seen see(struct world *w, const char *owner, const char *from, bool registers)
{
	const unsigned before = w->fake.passwords;
	const char *typed = from != NULL ? "one" : "two";
	struct seen s;

	s.result = registers ? register_box(w, owner, typed, "three") : bind_box(w, owner, typed, from);
	s.hashes = w->fake.passwords - before;
	snprintf(s.subject, sizeof s.subject, "%s", w->rules.subject);
	assert_string_equal(s.subject, owner);
	fake_host_pass(&w->fake, 601);
	return s;
}

/* One answer, one price. */
static void strangers(void **state)
{
	struct world *w = *state;
	static const char *const owners[] = {"no-such", "sam", "root", "alice", "helpdesk", "ALICE"};
	struct mailbox m;
	struct store_txn *t;
	struct seen s;
	unsigned registers;
	size_t i;

	assert_result(alter_box(w, "alice", NULL, NULL, "192.0.2.7"), AUTHZ_OK);
	set(w, BOX_CHECK, BOX_ALLOW_BINDS | BOX_ALLOW_REG);
	for (registers = 0; registers < 2; registers++) {
		world_caller(w, "eve");
		for (i = 0; i < sizeof owners / sizeof owners[0]; i++) {
			s = see(w, owners[i], NULL, registers != 0);
			assert_result(s.result, AUTHZ_INVALID_PASSWORD);
			assert_int_equal(s.hashes, registers != 0 ? 1 : 2);
		}
		world_host(w); /* at whose login prompt strangers type, and measure */
		for (i = 0; i < sizeof owners / sizeof owners[0]; i++)
			assert_int_equal(see(w, owners[i], NULL, registers != 0).hashes, registers != 0 ? 1 : 2);
	}
	world_caller(w, "eve");
	s = see(w, "alice", "198.51.100.1", false); /* the right one, from the wrong place */
	assert_result(s.result, AUTHZ_INVALID_PASSWORD);
	assert_int_equal(s.hashes, 2);
	assert_non_null(strstr(w->fake.outcome, "result=AZ-ADDRESS"));
	assert_true(find_box(w, "alice", &m));
	m.pending = MAILBOX_ALTERING;
	m.ticket = 1;
	t = begin(w->rules.authority, true);
	assert_result(mailbox_write(&w->rules, t, &m), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	for (registers = 0; registers < 2; registers++) {
		s = see(w, "alice", NULL, registers != 0);
		assert_result(s.result, AUTHZ_INVALID_PASSWORD);
		assert_int_equal(s.hashes, registers != 0 ? 1 : 2);
		assert_non_null(strstr(w->fake.outcome, "result=AZ-PENDING"));
	}
}

static void told(void **state)
{
	struct world *w = *state;

	assert_result(bind_box(w, "sam", "x", NULL), AUTHZ_NO_MAILBOX);
	assert_result(bind_box(w, "no-such", "x", NULL), AUTHZ_NO_MAILBOX);
	assert_null(strstr(w->fake.outcome, "no-such")); /* it may be a password */
	world_caller(w, "sam");
	assert_result(bind_box(w, "sam", "x", NULL), AUTHZ_NO_MAILBOX);
	world_caller(w, "mail");
	assert_result(bind_box(w, "sam", "x", NULL), AUTHZ_INVALID_PASSWORD); /* of no group of its own */
	assert_non_null(strstr(w->fake.outcome, "result=AZ-NOBOX"));
	set(w, BOX_CHECK, BOX_ALLOW_BINDS);
	assert_result(bind_box(w, "helpdesk", "x", NULL), AUTHZ_NO_OWN_BIND);
	assert_result(alter_box(w, "alice", NULL, NULL, "192.0.2.7"), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "one", "192.0.2.8"), AUTHZ_WRONG_ADDRESS);
	world_caller(w, "alice"); /* proof is all that it takes */
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
}

static void of_then(void **state)
{
	struct world *w = *state;

	fake_host_find(&w->fake, "alice")->user.uid = 2002;
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_NO_MAILBOX);
	assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_NO_MAILBOX);
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_NO_MAILBOX);
	w->fake.host.config.uid_min = UID_BOB + 1;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_NO_MAILBOX);
	assert_result(bind_box(w, "bob", "master", NULL), AUTHZ_NO_MAILBOX);
	w->fake.host.config.uid_min = 1000;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
}

static void host_fails(void **state)
{
	struct world *w = *state;

	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.clock_result = AUTHZ_INTERNAL;
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_INTERNAL);
	assert_int_equal(w->answer.reply.has, 0);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("BIND: the owner's password opens the mailbox, and a wrong one is EVENT-19", owners),
		TEST("the master's password opens the owner's mailbox, on record with both names: P1 (mailbox_bind MUST 2)", masters),
		TEST("MPS-AUDIT-BINDS: binds of owners are on record too", audit_binds),
		TEST("no master defined is legal (P3)", without_master),
		TEST("a group's master is that of its own mailboxes alone", isolated),
		TEST("a master that is another's name now, or disabled, opens nothing (mailbox_bind MUST 4)", gone_master),
		TEST("under its own name the master binds with MPS-ALLOW-BINDS alone (P1)", own_name),
		TEST("MPS-CHECK-OSI: an owner's password counts from its address alone, the master's from everywhere "
		     "(mailbox_bind MUST 3)", addresses),
		TEST("BIND whose server is out of reach: EVENT-12, nobody is let in; refused: EVENT-19: P2 "
		     "(mailbox_bind MUST 1, tries MUST 4)", out_of_reach),
		TEST("which server is out of reach strangers do not hear (mailbox_proof MUST 8)", server_is_away),
		TEST("a password that no line can have is refused by name", shapes),
		TEST("past the limit no password is looked at (mailbox_proof MUST 1, tries MUST 5)", tries),
		TEST("who guesses from one address keeps nobody out who comes from another (mailbox_proof MUST 1)", tries_from),
		TEST("a server that is slow to refuse cannot be guessed at without end (mailbox_proof MUST 6)", slow_to_refuse),
		TEST("the master's password gives no new tries of the owner's (mailbox_proof MUST 7)", master_between),
		TEST("strangers have one answer at one price (mailbox_proof MUST 2, mailbox_proof MUST 4)", strangers),
		TEST("the host, *SECADM and the manager are told why, and so is the audit (mailbox_proof MUST 5)", told),
		TEST("a mailbox is its owner's of then, and no system profile's (mailbox_proof MUST 3)", of_then),
		TEST("a host that cannot say who is who lets nobody in", host_fails),
	};

	return cmocka_run_group_tests_name("mailbox_bind", tests, NULL, NULL);
}
