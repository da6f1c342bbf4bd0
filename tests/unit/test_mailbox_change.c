/* SPDX-License-Identifier: ISC */
/* ZMHS-VAL-PASSW-MS-ADD, ALTER, DELETE: rules/mailbox_change.c. */
#include "mailboxes.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const groups[] = {"built", "site"};

static int setup(void **state)
{
	if (mailboxes_setup(state) != 0)
		return -1;
	make_groups(*state);
	return 0;
}

static unsigned boxes(struct world *w, const char *name)
{
	struct box_group g;

	find_group(w, name, &g);
	return g.boxes;
}

static bool is_pending(struct world *w, const char *owner)
{
	struct mailbox m;

	assert_true(find_box(w, owner, &m));
	return m.pending != MAILBOX_LIVE;
}

/* ---- the rows of the table */

static void add_row(void **state)
{
	struct world *w = *state;
	struct mailbox m;
	size_t i;

	world_caller(w, "mail");
	for (i = 0; i < 2; i++) {
		assert_result(add_box(w, "alice", groups[i], "x", "192.0.2.7/24"), AUTHZ_OK); /* it does not judge passwords */
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.add phase=done result=OK"));
		assert_non_null(strstr(w->fake.outcome, "owner=alice"));
		assert_null(strstr(w->fake.outcome, "$6$"));
		assert_true(find_box(w, "alice", &m));
		assert_int_equal(m.uid, UID_ALICE);
		assert_string_equal(m.address, "192.0.2.7/24");
		assert_string_equal(m.crypt, i == 0 ? "$6$x" : "");
		assert_int_equal(boxes(w, groups[i]), 1);
		assert_result(add_box(w, "alice", groups[i], "y", NULL), AUTHZ_MAILBOX_EXISTS);
		assert_result(add_box(w, "alice", groups[1 - i], "y", NULL), AUTHZ_MAILBOX_EXISTS);
		assert_result(bind_box(w, "alice", "x", NULL), AUTHZ_OK);
		assert_result(delete_box(w, "alice"), AUTHZ_OK);
	}
	assert_string_equal(site(w)->said[0], "add");
}

static void alter_row(void **state)
{
	struct world *w = *state;
	struct mailbox m;
	size_t i;

	for (i = 0; i < 2; i++) {
		host_adds_box(w, "alice", groups[i], "one");
		world_caller(w, "mail");
		assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_OK);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.alter phase=done result=OK"));
		assert_result(bind_box(w, "alice", "two", NULL), AUTHZ_OK);
		assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_INVALID_PASSWORD);
		assert_result(alter_box(w, "alice", groups[i], NULL, "2001:db8::/32"), AUTHZ_OK);
		assert_true(find_box(w, "alice", &m));
		assert_string_equal(m.address, "2001:db8::/32");
		assert_result(bind_box(w, "alice", "two", NULL), AUTHZ_OK); /* as it was */
		assert_result(alter_box(w, "alice", NULL, NULL, ""), AUTHZ_OK);
		assert_true(find_box(w, "alice", &m));
		assert_string_equal(m.address, "");
		assert_result(alter_box(w, "alice", groups[1 - i], "x", NULL), AUTHZ_BAD_PARAMETER); /* it stays in its group */
		assert_result(alter_box(w, "alice", NULL, NULL, NULL), AUTHZ_BAD_PARAMETER);
		assert_result(alter_box(w, "bob", NULL, "x", NULL), AUTHZ_NO_MAILBOX);
		assert_int_equal(boxes(w, groups[i]), 1);
		assert_result(delete_box(w, "alice"), AUTHZ_OK);
	}
}

static void populate(void **state)
{
	struct world *w = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		assert_result(alter_box(w, "alice", groups[i], "x", NULL), AUTHZ_NO_MAILBOX);
		assert_result(set_group(w, groups[i], NULL, NULL, BOX_POPULATE, 0, false), AUTHZ_OK);
		assert_result(alter_box(w, "alice", groups[i], NULL, "192.0.2.7"), AUTHZ_NO_MAILBOX); /* without a password */
		assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_NO_MAILBOX);
		assert_result(alter_box(w, "root", groups[i], "x", NULL), AUTHZ_SYSTEM_PROFILE);
		world_caller(w, "mail");
		assert_result(alter_box(w, "alice", groups[i], "x", NULL), AUTHZ_OK);
		assert_non_null(strstr(w->fake.outcome, "populate=yes"));
		assert_result(bind_box(w, "alice", "x", NULL), AUTHZ_OK);
		assert_result(alter_box(w, "alice", groups[i], "y", NULL), AUTHZ_OK); /* and is altered */
		assert_result(bind_box(w, "alice", "y", NULL), AUTHZ_OK);
		world_host(w);
		assert_result(delete_box(w, "alice"), AUTHZ_OK);
	}
}

static void delete_row(void **state)
{
	struct world *w = *state;
	struct mailbox m;
	size_t i;

	for (i = 0; i < 2; i++) {
		host_adds_box(w, "alice", groups[i], "one");
		world_caller(w, "mail");
		assert_result(delete_box(w, "alice"), AUTHZ_OK);
		assert_non_null(strstr(w->fake.outcome, "event=mailbox.delete phase=done result=OK"));
		assert_false(find_box(w, "alice", &m));
		assert_int_equal(boxes(w, groups[i]), 0);
		assert_result(delete_box(w, "alice"), AUTHZ_NO_MAILBOX);
		host_adds_box(w, "alice", groups[i], "one");
		fake_host_find(&w->fake, "alice")->gone = true; /* the user may be gone */
		assert_result(delete_box(w, "alice"), AUTHZ_OK);
		fake_host_user(&w->fake, "alice", UID_ALICE);
	}
	assert_int_equal(site(w)->asked, 4);
}

/* ---- who may, and for whom */

static void who(void **state)
{
	static const char *const strangers[] = {"alice", "bob", "helpdesk"};
	struct world *w = *state;
	struct principal manager;
	uint64_t commits;
	size_t i;

	host_adds_box(w, "alice", "built", "one");
	commits = sequence(w->rules.authority);
	for (i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		world_caller(w, strangers[i]);
		assert_result(add_box(w, "bob", "built", "x", NULL), AUTHZ_SPECIAL_REQUIRED);
		assert_result(add_box(w, "alice", "built", "x", NULL), AUTHZ_SPECIAL_REQUIRED); /* whether there is one or not */
		assert_result(add_box(w, "bob", "no-group", "x", NULL), AUTHZ_SPECIAL_REQUIRED);
		assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_SPECIAL_REQUIRED);
		assert_result(alter_box(w, "bob", NULL, "x", NULL), AUTHZ_SPECIAL_REQUIRED);
		assert_result(delete_box(w, "alice"), AUTHZ_SPECIAL_REQUIRED);
		assert_result(delete_box(w, "bob"), AUTHZ_SPECIAL_REQUIRED);
	}
	assert_int_equal(sequence(w->rules.authority), commits);
	world_caller(w, "sam");
	assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_OK);
	world_caller(w, "mail");
	manager = w->rules.caller;
	w->rules.caller.uid++; /* another user of that name */
	assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_SPECIAL_REQUIRED);
	w->rules.caller = manager;
	memcpy(w->rules.caller.name, "mali", 4); /* another name of that uid */
	assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_SPECIAL_REQUIRED);
	w->rules.caller = manager;
	disable(w, "mail");
	assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_SPECIAL_REQUIRED);
	enable(w, "mail");
	assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_OK);
}

/* The manager of one group hears nothing of another's mailboxes. */
static void other_manager(void **state)
{
	struct world *w = *state;

	assert_result(set_group(w, "other", NULL, NULL, 0, 0, false), AUTHZ_OK);
	host_adds_box(w, "alice", "other", "one");
	world_caller(w, "mail");
	assert_result(add_box(w, "bob", "other", "x", NULL), AUTHZ_SPECIAL_REQUIRED);
	assert_result(add_box(w, "bob", "no-group", "x", NULL), AUTHZ_NO_BOX_GROUP);
	assert_result(alter_box(w, "alice", NULL, "x", NULL), AUTHZ_NO_MAILBOX);
	assert_result(alter_box(w, "bob", NULL, "x", NULL), AUTHZ_NO_MAILBOX);
	assert_result(delete_box(w, "alice"), AUTHZ_NO_MAILBOX);
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
}

static void owners(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);

	assert_result(add_box(w, "root", "built", "x", NULL), AUTHZ_SYSTEM_PROFILE);
	assert_result(add_box(w, "mail", "built", "x", NULL), AUTHZ_SYSTEM_PROFILE);
	assert_result(add_box(w, "no-such", "built", "x", NULL), AUTHZ_USER_NOT_FOUND);
	assert_null(strstr(w->fake.outcome, "no-such")); /* it may be a password */
	assert_result(add_box(w, "alice", "no-group", "x", NULL), AUTHZ_NO_BOX_GROUP);
	assert_result(add_box(w, "", "built", "x", NULL), AUTHZ_BAD_PARAMETER);
	assert_result(add_box(w, "a b", "built", "x", NULL), AUTHZ_BAD_PARAMETER);
	assert_result(add_box(w, "alice", "built", "x", "192.0.2"), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "address");
	assert_result(add_box(w, "alice", "built", "", NULL), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "password");
	assert_result(add_box(w, "alice", "site", "x\ny", NULL), AUTHZ_BAD_PARAMETER);
	assert_int_equal(sequence(w->rules.authority), commits);
	assert_int_equal(site(w)->asked, 0);
}

static void next_of_that_name(void **state)
{
	struct world *w = *state;

	host_adds_box(w, "alice", "built", "one");
	fake_host_find(&w->fake, "alice")->user.uid = 2002;
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_NO_MAILBOX);
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_NO_MAILBOX);
	assert_result(add_box(w, "alice", "built", "two", NULL), AUTHZ_MAILBOX_EXISTS); /* until it is deleted */
	assert_result(delete_box(w, "alice"), AUTHZ_OK);
	assert_result(add_box(w, "alice", "built", "two", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "two", NULL), AUTHZ_OK);
}

/* ---- the table of failures */

static void as_it_was(struct world *w)
{
	site(w)->mode = SITE_RIGHT;
	assert_false(is_pending(w, "alice"));
	assert_int_equal(boxes(w, "site"), 1);
	assert_result(bind_box(w, "alice", "one", "192.0.2.8"), AUTHZ_OK);
	assert_result(bind_box(w, "bob", "two", NULL), AUTHZ_NO_MAILBOX);
}

/* Nothing is changed, and this is on record of it. */
static void fails_in(struct world *w, enum site_mode mode, enum authz_result result, const char *subject,
                     const char *const on_record[3])
{
	struct mailbox m;
	size_t i;

	host_adds_box(w, "alice", "site", "one");
	site(w)->mode = mode;
	assert_result(add_box(w, "bob", "site", "two", NULL), result);
	assert_string_equal(w->rules.subject, subject);
	for (i = 0; i < 3; i++)
		assert_non_null(strstr(w->fake.outcome, on_record[i]));
	assert_false(find_box(w, "bob", &m));
	assert_result(alter_box(w, "alice", NULL, "two", "192.0.2.7"), result);
	assert_result(delete_box(w, "alice"), result);
	as_it_was(w);
}

static void refused(void **state)
{
	static const char *const on_record[] = {"event=mailbox.add phase=done result=MHS-16", ("entity=" SITE_SERVER),
	                                        "reason=not_by_the_book"};

	fails_in(*state, SITE_REFUSES, AUTHZ_PW_SVR_ERR, "bob (server " SITE_SERVER ")", on_record);
}

static void out_of_reach(void **state)
{
	static const char *const on_record[] = {"event=mailbox.add phase=done result=FS-ERR", ("entity=" SITE_SERVER), "mhs-event=12"};

	fails_in(*state, SITE_AWAY, AUTHZ_FS_ERR, SITE_SERVER, on_record);
}

static void audit_lost(void **state)
{
	struct world *w = *state;

	host_adds_box(w, "alice", "site", "one");
	host_adds_box(w, "sam", "built", "one");
	site(w)->asked = 0;
	w->fake.intent_lost = true;
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_AUDIT_LOST);
	assert_result(delete_box(w, "alice"), AUTHZ_AUDIT_LOST);
	assert_result(add_box(w, "bob", "site", "two", NULL), AUTHZ_AUDIT_LOST);
	assert_result(delete_box(w, "sam"), AUTHZ_AUDIT_LOST);
	assert_int_equal(site(w)->asked, 0);
	w->fake.intent_lost = false;
	as_it_was(w);
}

/* ---- two commits */

static void look_while_asked(struct world *w)
{
	struct store_txn *t = begin(w->rules.authority, true); /* nobody has the lock */

	store_abort(t);
	assert_true(is_pending(w, "alice"));
	assert_non_null(strstr(w->fake.intent, "event=mailbox.alter phase=intent"));
}

static void while_asked(void **state)
{
	struct world *w = *state;

	host_adds_box(w, "alice", "site", "one");
	site(w)->meanwhile = look_while_asked;
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_OK);
	assert_null(site(w)->meanwhile);
	assert_false(is_pending(w, "alice"));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
}

static void die(struct world *w)
{
	(void)w;
	_exit(0);
}

/* The request of another process, which is killed while it asks the server. */
static void break_off(struct world *w, const char *what, const char *owner, const char *group, const char *password)
{
	pid_t pid;
	int status;

	world_close(w);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		world_open(w);
		site(w)->meanwhile = die;
		if (strcmp(what, "add") == 0)
			(void)add_box(w, owner, group, password, "192.0.2.7");
		else if (strcmp(what, "alter") == 0)
			(void)alter_box(w, owner, NULL, password, NULL);
		else
			(void)delete_box(w, owner);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	world_open(w);
	assert_true(is_pending(w, owner));
}

static void nobody_but_the_master(struct world *w, const char *owner, const char *password)
{
	const unsigned asked = site(w)->asked;

	assert_result(bind_box(w, owner, password, NULL), AUTHZ_MAILBOX_PENDING);
	assert_result(register_box(w, owner, password, "new"), AUTHZ_MAILBOX_PENDING);
	assert_int_equal(site(w)->asked, asked);
	assert_result(bind_box(w, owner, "master", NULL), AUTHZ_OK);
	assert_entered(w, owner, "helpdesk");
}

static void killed_add(void **state)
{
	struct world *w = *state;
	struct mailbox m;

	break_off(w, "add", "alice", "site", "one");
	nobody_but_the_master(w, "alice", "one");
	assert_result(alter_box(w, "alice", NULL, "one", NULL), AUTHZ_MAILBOX_PENDING);
	assert_result(add_box(w, "alice", "built", "one", NULL), AUTHZ_MAILBOX_PENDING);
	assert_result(add_box(w, "alice", "site", "one", NULL), AUTHZ_OK); /* the repeat finishes it */
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	assert_int_equal(boxes(w, "site"), 1);
	break_off(w, "add", "bob", "site", "two");
	assert_result(delete_box(w, "bob"), AUTHZ_OK); /* of which the server knows nothing */
	assert_false(find_box(w, "bob", &m));
	assert_int_equal(boxes(w, "site"), 1);
	/* the server has it, but could not say so */
	site(w)->mode = SITE_CUT_OFF_DONE;
	assert_result(add_box(w, "bob", "site", "two", NULL), AUTHZ_FS_ERR);
	break_off(w, "add", "bob", "site", "two");
	assert_result(add_box(w, "bob", "site", "three", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "bob", "three", NULL), AUTHZ_OK);
}

static void killed_alter(void **state)
{
	struct world *w = *state;
	struct mailbox m;

	host_adds_box(w, "alice", "site", "one");
	break_off(w, "alter", "alice", NULL, "two");
	nobody_but_the_master(w, "alice", "one");
	assert_result(add_box(w, "alice", "site", "one", NULL), AUTHZ_MAILBOX_PENDING);
	site(w)->mode = SITE_AWAY;
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_FS_ERR);
	assert_true(is_pending(w, "alice")); /* as it was */
	site(w)->mode = SITE_REFUSES;
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_PW_SVR_ERR);
	assert_true(is_pending(w, "alice"));
	site(w)->mode = SITE_RIGHT;
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "two", NULL), AUTHZ_OK);
	break_off(w, "alter", "alice", NULL, "three");
	assert_result(delete_box(w, "alice"), AUTHZ_OK);
	assert_false(find_box(w, "alice", &m));
}

static void killed_delete(void **state)
{
	struct world *w = *state;
	struct mailbox m;

	host_adds_box(w, "alice", "site", "one");
	break_off(w, "delete", "alice", NULL, NULL);
	nobody_but_the_master(w, "alice", "one");
	site(w)->mode = SITE_AWAY;
	assert_result(delete_box(w, "alice"), AUTHZ_FS_ERR);
	assert_true(is_pending(w, "alice"));
	site(w)->mode = SITE_REFUSES; /* it has it no more */
	assert_result(delete_box(w, "alice"), AUTHZ_OK);
	assert_false(find_box(w, "alice", &m));
	assert_int_equal(boxes(w, "site"), 0);
}

static void another_alters(struct world *w)
{
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_OK);
}

static void another_deletes(struct world *w)
{
	assert_result(delete_box(w, "alice"), AUTHZ_OK);
}

static void overtaken(void **state)
{
	struct world *w = *state;
	struct mailbox m;

	host_adds_box(w, "alice", "site", "one");
	site(w)->meanwhile = another_alters;
	assert_result(alter_box(w, "alice", NULL, "three", NULL), AUTHZ_MAILBOX_PENDING);
	nobody_but_the_master(w, "alice", "two");
	assert_result(alter_box(w, "alice", NULL, "four", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "four", NULL), AUTHZ_OK);
	site(w)->meanwhile = another_deletes;
	assert_result(alter_box(w, "alice", NULL, "three", NULL), AUTHZ_MAILBOX_PENDING);
	assert_false(find_box(w, "alice", &m));
	assert_int_equal(boxes(w, "site"), 0);
}

static void another_alters_unheard_of(struct world *w)
{
	site(w)->mode = SITE_CUT_OFF_DONE;
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_FS_ERR);
	assert_true(is_pending(w, "alice"));
}

/* The other one ends first, and does not know whether it was done. */
static void overtaken_unheard_of(void **state)
{
	struct world *w = *state;

	host_adds_box(w, "alice", "site", "one");
	site(w)->meanwhile = another_alters_unheard_of;
	assert_result(alter_box(w, "alice", NULL, "three", NULL), AUTHZ_MAILBOX_PENDING);
	nobody_but_the_master(w, "alice", "two");
	assert_result(alter_box(w, "alice", NULL, "four", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "four", NULL), AUTHZ_OK);
}

/* ---- another server */

static void reconfigured(void **state)
{
	struct world *w = *state;

	host_adds_box(w, "alice", "built", "one");
	assert_result(set_group(w, "built", SITE_SERVER, NULL, 0, 0, true), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_INVALID_PASSWORD); /* that server knows nobody yet */
	assert_result(set_group(w, "built", "", NULL, 0, 0, true), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_INVALID_PASSWORD); /* and this one knows her no more */
	assert_result(register_box(w, "alice", "one", "two"), AUTHZ_INVALID_PASSWORD);
	assert_result(alter_box(w, "alice", NULL, "one", NULL), AUTHZ_OK);
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
}

static void reconfigure_once(void *arg, const char *what)
{
	struct world *w = arg;

	if (strcmp(what, "field") != 0)
		return;
	w->fake.asked = NULL;
	assert_result(set_group(w, "built", SITE_SERVER, NULL, 0, 0, true), AUTHZ_OK);
}

/* Between the choice of the server and the lock. */
static void reconfigured_meanwhile(void **state)
{
	struct world *w = *state;
	struct mailbox m;

	w->fake.asked_arg = w;
	w->fake.asked = reconfigure_once;
	assert_result(add_box(w, "alice", "built", "one", NULL), AUTHZ_OK);
	assert_int_equal(site(w)->asked, 1);
	assert_true(find_box(w, "alice", &m));
	assert_string_equal(m.crypt, "");
	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("ADD: the manager adds a mailbox that is not there, and no password is judged", add_row),
		TEST("ALTER: a mailbox that is there is changed", alter_row),
		TEST("ALTER in POPULATE mode: one that is not there, with a new password, is added", populate),
		TEST("DELETE: a mailbox that is there is deleted", delete_row),
		TEST("nobody but the manager, *SECADM and the host changes mailboxes, or hears of them (mailbox_change MUST 1)", who),
		TEST("the manager of one group has nothing of another's (mailbox_who MUST 1)", other_manager),
		TEST("an owner is a user, and no system profile (mailbox_change MUST 2)", owners),
		TEST("a mailbox is not that of the next user of the name", next_of_that_name),
		TEST("ADD, ALTER, DELETE that the server refuses: MHS-16, and all is as it was (mailbox_change MUST 4)", refused),
		TEST("ADD, ALTER, DELETE whose server is out of reach: FS-ERR, event 12, and all is as it was", out_of_reach),
		TEST("a change that cannot be recorded is not made, and no server asked (mailbox_change MUST 6)", audit_lost),
		TEST("while the server is asked no lock is held, and the mailbox is pending (mailbox_change MUST 3)", while_asked),
		TEST("ADD that was killed while it asked: nobody binds, the repeat and DELETE finish it", killed_add),
		TEST("ALTER that was killed while it asked: nobody binds, the repeat and DELETE finish it", killed_alter),
		TEST("DELETE that was killed while it asked: nobody binds, the repeat finishes it", killed_delete),
		TEST("what the server was asked for two at once stays pending (mailbox_change MUST 5)", overtaken),
		TEST("also where one of the two is cut off and ends first (mailbox_change MUST 5)", overtaken_unheard_of),
		TEST("what one server knew of an owner, another does not, nor the first one again", reconfigured),
		TEST("a group whose server changes while a mailbox is added", reconfigured_meanwhile),
	};

	return cmocka_run_group_tests_name("mailbox_change", tests, NULL, NULL);
}
