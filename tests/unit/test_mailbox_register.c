/* SPDX-License-Identifier: ISC */
/* ZMHS-VAL-PASSW-MS-REGISTER: rules/mailbox_register.c. */
#include "mailboxes.h"

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
	struct world *w;

	if (mailboxes_setup(state) != 0)
		return -1;
	w = *state;
	make_groups(w);
	host_adds_box(w, "alice", "built", "one");
	host_adds_box(w, "bob", "site", "one");
	site(w)->asked = 0;
	return 0;
}

static const char *const owners[] = {"alice", "bob"};

static void row(void **state)
{
	struct world *w = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		world_caller(w, owners[i]);
		assert_result(register_box(w, owners[i], "one", "two"), AUTHZ_OK);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.register phase=done result=OK"));
		assert_null(strstr(w->fake.outcome, "two"));
		assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
		assert_result(bind_box(w, owners[i], "one", NULL), AUTHZ_INVALID_PASSWORD);
		assert_result(bind_box(w, owners[i], "two", NULL), AUTHZ_OK);
		assert_result(register_box(w, owners[i], "one", "three"), AUTHZ_INVALID_PASSWORD);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.register phase=done result=EVENT-19"));
		assert_result(bind_box(w, owners[i], "two", NULL), AUTHZ_OK);
	}
}

static void never_masters(void **state)
{
	static const char *const callers[] = {"root", "alice", "mail", "helpdesk", "sam"};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof callers / sizeof callers[0]; i++) {
		world_caller(w, callers[i]);
		w->rules.caller.is_host = i == 0;
		assert_result(register_box(w, "alice", "master", "two"), AUTHZ_INVALID_PASSWORD);
		assert_result(register_box(w, "bob", "master", "two"), AUTHZ_INVALID_PASSWORD);
		assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_OK);
		assert_entered(w, "alice", "helpdesk");
	}
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
}

static void own_name(void **state)
{
	struct world *w = *state;
	struct box_group built, other;

	assert_result(register_box(w, "helpdesk", "wrong", "new"), AUTHZ_INVALID_PASSWORD);
	assert_result(set_group(w, "built", NULL, NULL, 0, BOX_ALLOW_REG, true), AUTHZ_OK);
	assert_result(register_box(w, "helpdesk", "master", "new"), AUTHZ_OK);
	find_group(w, "built", &built);
	find_group(w, "site", &other);
	assert_string_equal(built.crypt, "$6$master"); /* which does not allow it */
	assert_string_equal(other.crypt, "$6$new");
	assert_int_equal(site(w)->asked, 0); /* it is no server's */
	assert_result(bind_box(w, "bob", "master", NULL), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "bob", "new", NULL), AUTHZ_OK);
	assert_entered(w, "bob", "helpdesk");
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
	assert_result(set_group(w, "site", NULL, NULL, 0, BOX_ALLOW_REG, true), AUTHZ_OK);
	assert_result(register_box(w, "helpdesk", "new", "newer"), AUTHZ_NO_OWN_REG);
	assert_result(bind_box(w, "bob", "new", NULL), AUTHZ_OK);
	/* nor does its mailbox change what it is not asked for */
	host_adds_box(w, "helpdesk", "built", "own");
	assert_result(set_group(w, "built", NULL, NULL, BOX_ALLOW_REG, 0, true), AUTHZ_OK);
	assert_result(register_box(w, "helpdesk", "own", "newer"), AUTHZ_INVALID_PASSWORD);
	assert_result(register_box(w, "helpdesk", "master", "newer"), AUTHZ_OK);
	find_group(w, "built", &built);
	find_group(w, "site", &other);
	assert_string_equal(built.crypt, "$6$newer");
	assert_string_equal(other.crypt, "$6$new");
}

static void shapes(void **state)
{
	static const char *const bad[] = {"", "a\nb", "a\rb"};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_result(register_box(w, "bob", bad[i], "two"), AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "password");
		assert_result(register_box(w, "bob", "one", bad[i]), AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "new password");
	}
	assert_int_equal(site(w)->asked, 0);
}

/* ---- the server */

static void out_of_reach(void **state)
{
	struct world *w = *state;

	site(w)->mode = SITE_AWAY;
	assert_result(register_box(w, "bob", "one", "two"), AUTHZ_IO_ERR);
	assert_string_equal(w->rules.subject, SITE_SERVER);
	assert_non_null(strstr(w->fake.outcome, "event=mailbox.register phase=done result=EVENT-12"));
	assert_non_null(strstr(w->fake.outcome, "entity=" SITE_SERVER));
	assert_int_equal(site(w)->asked, 3); /* the old one, the old one again, the new one as the old */
	site(w)->mode = SITE_REFUSES;
	assert_result(register_box(w, "bob", "one", "two"), AUTHZ_INVALID_PASSWORD);
	assert_int_equal(site(w)->asked, 4);
	site(w)->mode = SITE_RIGHT;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
}

static void cut_off(void **state)
{
	struct world *w = *state;

	site(w)->mode = SITE_CUT_OFF; /* before it did anything */
	assert_result(register_box(w, "bob", "one", "two"), AUTHZ_OK);
	assert_int_equal(site(w)->asked, 2);
	assert_result(bind_box(w, "bob", "two", NULL), AUTHZ_OK);
	site(w)->asked = 0;
	site(w)->mode = SITE_CUT_OFF_DONE; /* when it had done all */
	assert_result(register_box(w, "bob", "two", "three"), AUTHZ_OK);
	assert_int_equal(site(w)->asked, 3);
	assert_result(bind_box(w, "bob", "three", NULL), AUTHZ_OK);
	site(w)->asked = 0;
	site(w)->mode = SITE_CUT_OFF; /* and neither was right */
	assert_result(register_box(w, "bob", "two", "four"), AUTHZ_INVALID_PASSWORD);
	assert_int_equal(site(w)->asked, 3);
	site(w)->mode = SITE_CUT_OFF; /* twice: that the new one is not right says nothing of the old one */
	site(w)->cuts = 1;
	assert_result(register_box(w, "bob", "three", "four"), AUTHZ_IO_ERR);
	assert_result(bind_box(w, "bob", "three", NULL), AUTHZ_OK);
}

/* Who waits for a cut, and guesses at the new password, not the old, has no tries more by it. */
static void cut_off_tries(void **state)
{
	struct world *w = *state;
	unsigned i;

	world_caller(w, "eve");
	for (i = 0; i < 4; i++)
		assert_result(bind_box(w, "bob", "wrong", NULL), AUTHZ_INVALID_PASSWORD);
	for (i = 0; i < 3; i++) { /* it is given back itself */
		site(w)->mode = SITE_CUT_OFF;
		assert_result(register_box(w, "bob", "wrong", "one"), AUTHZ_OK);
	}
	assert_result(bind_box(w, "bob", "wrong", NULL), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_TOO_MANY_TRIES);
	fake_host_pass(&w->fake, 601);
	for (i = 0; i < 4; i++)
		assert_result(bind_box(w, "bob", "wrong", NULL), AUTHZ_INVALID_PASSWORD);
	site(w)->mode = SITE_CUT_OFF; /* by the old one they are forgotten, also where it was cut off */
	assert_result(register_box(w, "bob", "one", "two"), AUTHZ_OK);
	for (i = 0; i < 4; i++)
		assert_result(bind_box(w, "bob", "wrong", NULL), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "bob", "two", NULL), AUTHZ_OK);
}

static void hang(struct world *w)
{
	fake_host_pass(&w->fake, 2);
	site(w)->mode = SITE_AWAY;
}

/* Late once is late: there is no time for more. */
static void in_the_same_time(void **state)
{
	struct world *w = *state;

	site(w)->meanwhile = hang;
	assert_result(register_box(w, "bob", "one", "two"), AUTHZ_IO_ERR);
	assert_int_equal(site(w)->asked, 1);
}

static void audit_lost(void **state)
{
	struct world *w = *state;

	w->fake.intent_lost = true;
	assert_result(register_box(w, "bob", "one", "two"), AUTHZ_AUDIT_LOST);
	assert_result(register_box(w, "alice", "one", "two"), AUTHZ_AUDIT_LOST);
	assert_int_equal(site(w)->asked, 0);
	w->fake.intent_lost = false;
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
}

/* ---- somebody else, meanwhile */

static void change_once(void *arg, const char *what)
{
	struct world *w = arg;

	if (strcmp(what, "field") != 0)
		return;
	w->fake.asked = NULL;
	assert_result(alter_box(w, "alice", NULL, "the manager's", NULL), AUTHZ_OK);
}

static void give_new_master(void *arg, const char *what)
{
	struct world *w = arg;
	struct request q = {.has = HAS(BOX_GROUP) | HAS(NEW_SECRET), .box_group = "built", .new_secret = "the administrator's",
	                    .reconfigure = 1};

	if (strcmp(what, "field") != 0)
		return;
	w->fake.asked = NULL;
	assert_result(box_group_set(&w->rules, &q), AUTHZ_OK);
}

static void overtaken(void **state)
{
	struct world *w = *state;

	w->fake.asked_arg = w;
	w->fake.asked = change_once;
	assert_result(register_box(w, "alice", "one", "two"), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "alice", "the manager's", NULL), AUTHZ_OK);
	w->fake.asked = give_new_master;
	assert_result(register_box(w, "helpdesk", "master", "two"), AUTHZ_INVALID_PASSWORD);
	assert_result(bind_box(w, "alice", "the administrator's", NULL), AUTHZ_OK);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("REGISTER: by the old password there is a new one, by a wrong one EVENT-19", row),
		TEST("REGISTER never takes the master's password, whoever says it: P1 (mailbox_register MUST 1)", never_masters),
		TEST("under its own name the master changes its own password, with MPS-ALLOW-REG alone: P1 (mailbox_register MUST 2)",
		     own_name),
		TEST("REGISTER of a password that no line can have is refused by name", shapes),
		TEST("REGISTER whose server is out of reach: EVENT-12; refused: EVENT-19 (P2)", out_of_reach),
		TEST("REGISTER that was cut off is repeated with the old and then with the new (mailbox_register MUST 4)", cut_off),
		TEST("REGISTER that only the new password carries out forgets no tries (mailbox_proof MUST 7)", cut_off_tries),
		TEST("REGISTER is repeated in the same time", in_the_same_time),
		TEST("REGISTER that cannot be recorded is not carried out", audit_lost),
		TEST("REGISTER writes over nothing that was changed meanwhile (mailbox_register MUST 3)", overtaken),
	};

	return cmocka_run_group_tests_name("mailbox_register", tests, NULL, NULL);
}
