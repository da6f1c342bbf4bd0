/* SPDX-License-Identifier: ISC */
/* A master enters: rules/master_enter.c, master_pair.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

#include "store_gets.h"

static int setup(void **state)
{
	struct world *w;

	if (masters_setup(state) != 0)
		return -1;
	w = *state;
	host_gives(w, "helga", "alice", 0);
	host_gives(w, "helga", "bob", now_of(w) + 60);
	world_host(w);
	return 0;
}

static void enters(void **state)
{
	struct world *w = *state;
	struct request q = about_entry("alice", "helga");
	struct master_history h;

	q.has |= HAS(TTY);
	snprintf(q.tty, sizeof q.tty, "pts/3");
	assert_result(enter_with(w, &q), AUTHZ_OK);
	assert_int_equal(w->answer.reply.has, 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_MASTER | 1u << REPLY_MASTER_UID);
	assert_string_equal(w->answer.reply.user, "alice");
	assert_string_equal(w->answer.reply.master, "helga");
	assert_true(w->answer.reply.uid == UID_ALICE && w->answer.reply.master_uid == UID_HELGA);
	h = history_of(w, "alice");
	assert_int_equal(h.count, 1);
	assert_true(h.entries[0].seconds == now_of(w) && h.entries[0].master_uid == UID_HELGA);
	assert_string_equal(h.entries[0].master, "helga");
	assert_string_equal(h.entries[0].service, "dovecot");
	assert_string_equal(h.entries[0].rhost, "192.0.2.7");
	assert_string_equal(h.entries[0].tty, "pts/3");
	assert_non_null(strstr(w->fake.outcome, "event=master.enter phase=done result=OK"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice master=helga"));
	assert_non_null(strstr(w->fake.outcome, "entity=alice"));
	assert_int_equal(w->fake.outcome_number, w->fake.intent_number);
}

static void host_alone(void **state)
{
	struct world *w = *state;
	static const char *const others[] = {"helga", "alice", "sam", "eve"};
	size_t i;

	for (i = 0; i < 4; i++) {
		world_caller(w, others[i]);
		assert_result(enter(w, "alice", "helga"), AUTHZ_HOST_ONLY);
	}
	assert_null(strstr(w->fake.outcome, "alice"));
	assert_int_equal(history_of(w, "alice").count, 0);
}

/* Each row breaks one check more than the one before, from the last on. */
static void order(void **state)
{
	struct world *w = *state;
	struct request q = about_entry("alice", "helga");

	w->fake.host.config.owners_may_forbid = true;
	q.verified = 0;
	assert_result(enter_with(w, &q), AUTHZ_PASSWORD_WRONG);
	disable(w, "alice");
	assert_result(enter_with(w, &q), AUTHZ_DISABLED);
	world_caller(w, "alice");
	assert_result(forbid(w, true), AUTHZ_OK);
	world_host(w);
	assert_result(enter_with(w, &q), AUTHZ_OWNER_FORBIDS);
	host_gives(w, "helga", "alice", now_of(w) + 5);
	fake_host_pass(&w->fake, 5);
	assert_result(enter_with(w, &q), AUTHZ_GRANT_OVER);
	assert_result(take_back(w, "helga", "alice"), AUTHZ_OK);
	assert_result(enter_with(w, &q), AUTHZ_NOT_IN_SET);
	assert_result(undefine(w, "helga"), AUTHZ_OK);
	assert_result(enter_with(w, &q), AUTHZ_NO_MASTER);
	w->fake.host.config.uid_min = UID_ALICE + 1;
	assert_result(enter_with(w, &q), AUTHZ_SYSTEM_PROFILE);
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_result(enter_with(w, &q), AUTHZ_USER_NOT_FOUND);
	assert_int_equal(w->fake.launch.count, 0);
}

static void masters_own_state(void **state)
{
	struct world *w = *state;

	disable(w, "helga");
	assert_result(enter(w, "alice", "helga"), AUTHZ_DISABLED);
	assert_string_equal(w->rules.subject, "helga");
	enable(w, "helga");
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	w->fake.host.config.uid_min = UID_HELGA + 1;
	assert_result(enter(w, "alice", "helga"), AUTHZ_SYSTEM_PROFILE); /* alice is one too */
	fake_host_find(&w->fake, "alice")->user.uid = 5000;
	assert_result(enter(w, "alice", "helga"), AUTHZ_NO_MASTER);
	w->fake.host.config.uid_min = 1000;
	fake_host_find(&w->fake, "alice")->user.uid = UID_ALICE;
	fake_host_find(&w->fake, "helga")->user.uid = 5001;
	assert_result(enter(w, "alice", "helga"), AUTHZ_NO_MASTER);
}

static void no_masters(void **state)
{
	struct world *w = *state;

	assert_result(undefine(w, "helga"), AUTHZ_OK);
	record_drop(w, "Ml", 2); /* a store that never had one */
	assert_result(enter(w, "alice", "helga"), AUTHZ_NO_MASTER);
	assert_result(define(w, "helga"), AUTHZ_OK);
	assert_result(enter(w, "alice", "helga"), AUTHZ_NOT_IN_SET);
}

static unsigned work_of(struct world *w, const char *owner, const char *master, int verified, enum authz_result expected)
{
	struct request q = about_entry(owner, master);

	q.verified = verified;
	store_gets = 0;
	assert_result(enter_with(w, &q), expected);
	return store_gets;
}

static void same_work(void **state)
{
	struct world *w = *state;
	unsigned work;

	give_special(w, "bob", SPECIAL_SECADM);
	host_gives(w, "helga", "dev-*", 0);
	work = work_of(w, "alice", "helga", 0, AUTHZ_PASSWORD_WRONG);
	assert_true(work > 0);
	assert_int_equal(work_of(w, "nobody-there", "helga", 1, AUTHZ_USER_NOT_FOUND), work);
	assert_int_equal(work_of(w, "nobody-there", "nobody-either", 1, AUTHZ_USER_NOT_FOUND), work);
	assert_int_equal(work_of(w, "root", "helga", 1, AUTHZ_SYSTEM_PROFILE), work);
	assert_int_equal(work_of(w, "alice", "nobody-there", 1, AUTHZ_NO_MASTER), work);
	assert_int_equal(work_of(w, "alice", "otto", 1, AUTHZ_NO_MASTER), work);
	assert_int_equal(work_of(w, "alice", "root", 1, AUTHZ_NO_MASTER), work);
	assert_int_equal(work_of(w, "eve", "helga", 1, AUTHZ_NOT_IN_SET), work);
	assert_int_equal(work_of(w, "helga", "helga", 1, AUTHZ_NOT_IN_SET), work);
	fake_host_pass(&w->fake, 60);
	assert_int_equal(work_of(w, "bob", "helga", 1, AUTHZ_GRANT_OVER), work);
	disable(w, "alice");
	assert_int_equal(work_of(w, "alice", "helga", 1, AUTHZ_DISABLED), work);
}

/* What was typed for the master may be a password that begins with '*'. */
static void unknown_names(void **state)
{
	struct world *w = *state;

	assert_result(enter(w, "alice", "s3cret"), AUTHZ_NO_MASTER);
	assert_string_equal(w->rules.subject, "s3cret");
	assert_null(strstr(w->fake.outcome, "s3cret"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice master=%3F"));
	assert_result(enter(w, "pa55word", "helga"), AUTHZ_USER_NOT_FOUND);
	assert_null(strstr(w->fake.outcome, "pa55word"));
	assert_non_null(strstr(w->fake.outcome, "owner=%3F master=helga"));
	assert_result(enter(w, "pa55word", "s3cret"), AUTHZ_USER_NOT_FOUND);
	assert_null(strstr(w->fake.outcome, "pa55word"));
	assert_null(strstr(w->fake.outcome, "s3cret"));
	assert_result(enter(w, "eve", "helga"), AUTHZ_NOT_IN_SET);
	assert_non_null(strstr(w->fake.outcome, "result=AZ-SET"));
	assert_non_null(strstr(w->fake.outcome, "owner=eve master=helga"));
}

static void nothing_recorded(void **state)
{
	struct world *w = *state;

	w->fake.intent_lost = true;
	assert_result(enter(w, "alice", "helga"), AUTHZ_AUDIT_LOST);
	assert_int_equal(history_of(w, "alice").count, 0);
	w->fake.intent_lost = false;
	w->fake.outcome_lost = true;
	assert_result(enter(w, "alice", "helga"), AUTHZ_AUDIT_CUT);
	assert_int_equal(w->answer.reply.has, 0);
	w->fake.outcome_lost = false;
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(enter(w, "alice", "helga"), AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.clock_result = AUTHZ_INTERNAL;
	assert_result(enter(w, "alice", "helga"), AUTHZ_INTERNAL);
}

static struct store *other; /* by which somebody else writes */

/* Between the two looks: the clock was asked, and no lock is held. */
static void revoke_meanwhile(void *arg, const char *what)
{
	struct world *w = arg;
	struct rules theirs = w->rules;
	struct request q = {.has = HAS(MASTER) | HAS(OWNERS), .master = "helga", .owners = "alice"};

	if (strcmp(what, "clock") != 0 || other == NULL)
		return;
	theirs.authority = other;
	other = NULL;
	assert_result(master_revoke(&theirs, &q), AUTHZ_OK);
	store_close(theirs.authority);
}

static void revoked_meanwhile(void **state)
{
	struct world *w = *state;
	const struct store_options options = {.folder = scratch_path(w->folder, "store"), .durable = true, .lock_wait_ms = 100,
	                                      .hold_ms = 4000, .boot_id = BOOT_ID};

	assert_result(store_open(&other, &options), AUTHZ_OK);
	w->fake.asked = revoke_meanwhile;
	w->fake.asked_arg = w;
	assert_result(enter(w, "alice", "helga"), AUTHZ_NOT_IN_SET);
	w->fake.asked = NULL;
	assert_int_equal(history_of(w, "alice").count, 0);
}

static void last_entries(void **state)
{
	struct world *w = *state;
	struct master_history h;
	unsigned i;

	for (i = 0; i < MASTER_HISTORY_MAX + 3; i++) {
		assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
		fake_host_pass(&w->fake, 1);
	}
	h = history_of(w, "alice");
	assert_int_equal(h.count, MASTER_HISTORY_MAX);
	for (i = 0; i < h.count; i++)
		assert_int_equal(h.entries[i].seconds, now_of(w) - 1 - i);
	assert_true(master_history_has(&h, UID_HELGA) && !master_history_has(&h, UID_OTTO));
	fake_host_find(&w->fake, "alice")->user.uid = 1777; /* another alice */
	assert_int_equal(history_of(w, "alice").count, 0);
}

/* A mail program that polls, and whoever would like it forgotten that another was there. */
static void last_of_each(void **state)
{
	struct world *w = *state;
	struct fake_user *u = fake_host_user(&w->fake, "m", 3000);
	struct master_history h;
	unsigned i;

	host_defines(w, "otto");
	host_gives(w, "otto", "*ALL", 0);
	assert_result(enter(w, "alice", "otto"), AUTHZ_OK);
	for (i = 0; i < 2 * MASTER_HISTORY_MAX; i++)
		assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	h = history_of(w, "alice");
	assert_int_equal(h.count, MASTER_HISTORY_MAX);
	assert_int_equal(h.entries[MASTER_HISTORY_MAX - 1].master_uid, UID_OTTO);
	for (i = 0; i < MASTER_HISTORY_MAX - 1; i++)
		assert_int_equal(h.entries[i].master_uid, UID_HELGA);
	for (i = 0; i < MASTER_HISTORY_MAX - 2; i++) { /* 32 masters with otto and helga, and all are there */
		u->user.uid = 3000 + i;
		snprintf(u->user.name, sizeof u->user.name, "m%u", i);
		host_defines(w, u->user.name);
		host_gives(w, u->user.name, "alice", 0);
		assert_result(enter(w, "alice", u->user.name), AUTHZ_OK);
	}
	h = history_of(w, "alice");
	assert_int_equal(h.count, MASTER_HISTORY_MAX);
	assert_true(master_history_has(&h, UID_OTTO) && master_history_has(&h, UID_HELGA) && master_history_has(&h, 3000));
	assert_result(enter(w, "alice", "otto"), AUTHZ_OK); /* and its own place is the one that it takes */
	h = history_of(w, "alice");
	assert_int_equal(h.entries[0].master_uid, UID_OTTO);
	assert_true(master_history_has(&h, UID_HELGA) && master_history_has(&h, 3000));
	u->user.uid = 4000;
	snprintf(u->user.name, sizeof u->user.name, "one-more");
	host_defines(w, "one-more");
	host_gives(w, "one-more", "alice", 0);
	assert_result(enter(w, "alice", "one-more"), AUTHZ_OK);
	h = history_of(w, "alice");
	assert_int_equal(h.count, MASTER_HISTORY_MAX);
	assert_true(master_history_has(&h, 4000) && master_history_has(&h, UID_OTTO) && !master_history_has(&h, UID_HELGA));
}

static void longest_claims(void **state)
{
	struct world *w = *state;
	struct request q = about_entry("alice", "helga");
	struct master_history h;
	unsigned i;

	memset(q.service, 's', sizeof q.service - 1);
	memset(q.rhost, 'r', sizeof q.rhost - 1);
	memset(q.tty, 't', sizeof q.tty - 1);
	for (i = 0; i < MASTER_HISTORY_MAX; i++)
		assert_result(enter_with(w, &q), AUTHZ_OK);
	h = history_of(w, "alice");
	assert_int_equal(h.count, MASTER_HISTORY_MAX);
	assert_string_equal(h.entries[31].rhost, q.rhost);
}

static void damaged_history(void **state)
{
	struct world *w = *state;
	unsigned char value[STORE_VALUE_MAX];
	size_t length;

	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	length = record_get(w, "Mhalice", 7, value, sizeof value);
	assert_true(length > 1);
	record_put(w, "Mhalice", 7, value, length - 1);
	assert_result(enter(w, "alice", "helga"), AUTHZ_STORE_DAMAGED);
	value[0]++;
	record_put(w, "Mhalice", 7, value, length);
	assert_result(enter(w, "alice", "helga"), AUTHZ_STORE_DAMAGED);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a master enters: answer, history and audit have both names (master_enter MUST 3)", enters),
		TEST("the host alone asks (master_enter MUST 1)", host_alone),
		TEST("the first check that fails is the answer, the password the last (master_enter MUST 2)", order),
		TEST("a master who is disabled, a system profile or another user enters nobody", masters_own_state),
		TEST("no master defined is legal (P3)", no_masters),
		TEST("every refusal reads as many records (master_set MUST 1, master_record MUST 2)", same_work),
		TEST("names that no user has are in no record (master_enter MUST 4)", unknown_names),
		TEST("nobody enters who cannot be recorded", nothing_recorded),
		TEST("who was taken back meanwhile is refused under the lock (master_enter MUST 5)", revoked_meanwhile),
		TEST("the last 32 entries to an owner are kept, of that uid", last_entries),
		TEST("the last entry of each master is kept before older ones of others (master_history MUST 1)", last_of_each),
		TEST("32 entries of the longest claims fit", longest_claims),
		TEST("a damaged history refuses", damaged_history),
	};

	return cmocka_run_group_tests_name("master_enter", tests, NULL, NULL);
}
