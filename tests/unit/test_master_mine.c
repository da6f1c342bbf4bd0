/* SPDX-License-Identifier: ISC */
/* What an owner may know and say: rules/master_mine.c, master_forbid.c. */
#include "masters.h"

#include <stdio.h>
#include <string.h>

static enum authz_result page(struct world *w, const char *user, enum master_which which, struct request *q)
{
	q->has |= HAS(WHICH) | (user != NULL ? HAS(USER) : 0);
	q->which = which;
	snprintf(q->user, sizeof q->user, "%s", user != NULL ? user : "");
	answer_init(&w->answer);
	return master_mine(&w->rules, q, &w->answer);
}

static enum authz_result mine(struct world *w, const char *user, enum master_which which)
{
	struct request q = {.has = 0};

	return page(w, user, which, &q);
}

static void who_may(void **state)
{
	struct world *w = *state;
	char expected[128];

	host_defines(w, "otto");
	host_defines(w, "bob");
	host_gives(w, "helga", "alice", 0);
	host_gives(w, "otto", "al*", now_of(w) + 60);
	host_gives(w, "bob", "eve", 0);
	world_caller(w, "alice");
	assert_result(mine(w, NULL, MASTER_WHO_MAY), AUTHZ_OK);
	snprintf(expected, sizeof expected, "helga|alice|0\notto|al*|%lld\n", (long long)now_of(w) + 60);
	assert_string_equal(answered(w), expected);
	assert_false(w->answer.reply.has & 1u << REPLY_CURSOR);
	fake_host_pass(&w->fake, 60);
	fake_host_find(&w->fake, "helga")->gone = true;
	assert_result(mine(w, "alice", MASTER_WHO_MAY), AUTHZ_OK);
	assert_string_equal(answered(w), "");
	world_caller(w, "eve");
	assert_result(mine(w, NULL, MASTER_WHO_MAY), AUTHZ_OK);
	assert_string_equal(answered(w), "bob|eve|0\n");
}

static void who_did(void **state)
{
	struct world *w = *state;
	char expected[256];

	host_gives(w, "helga", "alice", 0);
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	fake_host_pass(&w->fake, 3);
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_result(undefine(w, "helga"), AUTHZ_OK); /* who was there was there */
	snprintf(expected, sizeof expected, "%lld|helga|dovecot|192.0.2.7|\n%lld|helga|dovecot|192.0.2.7|\n", (long long)now_of(w),
	         (long long)now_of(w) - 3);
	world_caller(w, "alice");
	assert_result(mine(w, NULL, MASTER_WHO_DID), AUTHZ_OK);
	assert_string_equal(answered(w), expected);
	world_host(w);
	assert_result(mine(w, "alice", MASTER_WHO_DID), AUTHZ_OK);
	assert_string_equal(answered(w), expected);
	world_caller(w, "bob");
	assert_result(mine(w, NULL, MASTER_WHO_DID), AUTHZ_OK);
	assert_string_equal(answered(w), "");
}

static void strangers(void **state)
{
	struct world *w = *state;
	static const char *const others[] = {"helga", "sam", "eve"};
	size_t i;

	host_gives(w, "helga", "alice", 0);
	for (i = 0; i < 3; i++) {
		world_caller(w, others[i]);
		assert_result(mine(w, "alice", MASTER_WHO_MAY), AUTHZ_HOST_ONLY);
		assert_result(mine(w, "alice", MASTER_WHO_DID), AUTHZ_HOST_ONLY);
		assert_result(mine(w, "nobody-there", MASTER_WHO_MAY), AUTHZ_HOST_ONLY);
	}
	world_host(w);
	assert_result(mine(w, NULL, MASTER_WHO_MAY), AUTHZ_BAD_PARAMETER);
	assert_result(mine(w, "nobody-there", MASTER_WHO_MAY), AUTHZ_USER_NOT_FOUND);
	assert_result(mine(w, "alice", (enum master_which)7), AUTHZ_BAD_PARAMETER);
	assert_result(mine(w, "root", MASTER_WHO_MAY), AUTHZ_OK);
	assert_string_equal(answered(w), "");
	w->rules.caller = (struct principal){.uid = 4711, .loginuid = UINT32_MAX}; /* no user of this host */
	assert_result(mine(w, NULL, MASTER_WHO_MAY), AUTHZ_USER_NOT_FOUND);
}

static bool has_bytes(const unsigned char *bytes, size_t length, const char *text)
{
	size_t i;

	for (i = 0; i + strlen(text) <= length; i++)
		if (memcmp(bytes + i, text, strlen(text)) == 0)
			return true;
	return false;
}

/* Pages end at masters who may not enter. */
static void pages(void **state)
{
	struct world *w = *state;
	struct fake_user *u = fake_host_user(&w->fake, "m", 3000);
	struct request q = {.has = 0};
	unsigned i, count = 0;

	for (i = 0; i < 150; i++) {
		snprintf(u->user.name, sizeof u->user.name, "secret%03u", i);
		assert_result(define(w, u->user.name), AUTHZ_OK);
	}
	snprintf(u->user.name, sizeof u->user.name, "zeno");
	assert_result(define(w, "zeno"), AUTHZ_OK);
	host_gives(w, "zeno", "alice", 0);
	host_gives(w, "helga", "alice", 0);
	world_caller(w, "alice");
	assert_result(page(w, NULL, MASTER_WHO_MAY, &q), AUTHZ_OK);
	assert_string_equal(answered(w), "helga|alice|0\n");
	while (w->answer.reply.has & 1u << REPLY_CURSOR) {
		q.has |= HAS(CURSOR);
		q.cursor.length = w->answer.reply.cursor.length;
		memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, q.cursor.length);
		assert_false(has_bytes(q.cursor.bytes, q.cursor.length, "secret"));
		assert_result(page(w, NULL, MASTER_WHO_MAY, &q), AUTHZ_OK);
		count++;
	}
	assert_int_equal(count, 2);
	assert_string_equal(answered(w), "zeno|alice|0\n");
	q.cursor.bytes[20] ^= 1;
	assert_result(page(w, NULL, MASTER_WHO_MAY, &q), AUTHZ_BAD_PARAMETER);
}

static enum authz_result forbid_for(struct world *w, const char *user, int64_t yes)
{
	struct request q = {.has = HAS(FORBID) | HAS(USER), .forbid = yes};

	snprintf(q.user, sizeof q.user, "%s", user);
	return master_forbid(&w->rules, &q);
}

static void forbidding(void **state)
{
	struct world *w = *state;

	host_gives(w, "helga", "*ALL", 0);
	world_caller(w, "alice");
	assert_result(forbid(w, true), AUTHZ_NO_FORBIDDING);
	assert_result(forbid(w, false), AUTHZ_OK);
	w->fake.host.config.owners_may_forbid = true;
	assert_result(forbid(w, true), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "event=master.forbid"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice"));
	assert_result(mine(w, NULL, MASTER_WHO_MAY), AUTHZ_OK);
	assert_string_equal(answered(w), "");
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OWNER_FORBIDS);
	assert_result(forbid(w, false), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "event=master.allow"));
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	assert_result(forbid_for(w, "alice", 2), AUTHZ_BAD_PARAMETER);
}

static void forbidding_others(void **state)
{
	struct world *w = *state;
	static const char *const others[] = {"helga", "sam", "eve"};
	size_t i;

	w->fake.host.config.owners_may_forbid = true;
	host_gives(w, "helga", "*ALL", 0);
	for (i = 0; i < 3; i++) {
		world_caller(w, others[i]);
		assert_result(forbid_for(w, "alice", 1), AUTHZ_HOST_ONLY);
	}
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OK);
	world_host(w);
	assert_result(forbid_for(w, "alice", 1), AUTHZ_OK);
	for (i = 0; i < 3; i++) {
		world_caller(w, others[i]);
		assert_result(forbid_for(w, "alice", 0), AUTHZ_HOST_ONLY);
	}
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OWNER_FORBIDS);
	world_host(w);
	assert_result(forbid_for(w, "nobody-there", 1), AUTHZ_USER_NOT_FOUND);
	assert_result(forbid(w, true), AUTHZ_BAD_PARAMETER);
}

static void in_session(struct world *w, uid_t loginuid, bool hidden)
{
	world_caller(w, "alice");
	w->rules.caller.loginuid = loginuid;
	w->rules.caller.login_hidden = hidden;
}

static void assert_kept_out(struct world *w, uid_t loginuid, bool hidden)
{
	in_session(w, loginuid, hidden);
	assert_result(forbid(w, false), AUTHZ_IN_SESSION);
	assert_string_equal(w->rules.subject, "alice");
	assert_non_null(strstr(w->fake.outcome, "event=master.allow phase=done result=AZ-SESSION"));
	assert_result(may(w, "helga", "alice", NULL), AUTHZ_OWNER_FORBIDS);
	assert_result(forbid(w, true), AUTHZ_OK); /* which is nobody's loss */
}

/* helga is in alice's session, or could be, when alice keeps masters out. */
static void forbidding_from_within(void **state)
{
	static const uid_t others[] = {UID_ALICE, UID_OTTO, UID_BOB, 0, 4711, UINT32_MAX};
	struct world *w = *state;
	size_t i;

	w->fake.host.config.owners_may_forbid = true;
	host_defines(w, "otto"); /* a master of others */
	host_gives(w, "otto", "bob", 0);
	host_gives(w, "helga", "alice", now_of(w) + 5);
	in_session(w, UID_ALICE, false);
	assert_result(forbid(w, true), AUTHZ_OK);
	assert_kept_out(w, UID_HELGA, false);
	assert_kept_out(w, UINT32_MAX, true);
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		in_session(w, others[i], false);
		assert_result(forbid(w, false), AUTHZ_OK);
		assert_result(forbid(w, true), AUTHZ_OK);
	}
	world_host(w);
	w->rules.caller.loginuid = UID_HELGA; /* the host is a master in no session */
	assert_result(forbid_for(w, "alice", 0), AUTHZ_OK);
	assert_result(enter(w, "alice", "helga"), AUTHZ_OK);
	assert_result(forbid_for(w, "alice", 1), AUTHZ_OK);
	assert_kept_out(w, UID_HELGA, false);
	fake_host_pass(&w->fake, 5);
	in_session(w, UID_HELGA, false);
	assert_result(forbid(w, false), AUTHZ_IN_SESSION); /* its time is over, it is there still */
	world_host(w);
	assert_result(undefine(w, "helga"), AUTHZ_OK);
	in_session(w, UID_HELGA, false);
	assert_result(forbid(w, false), AUTHZ_IN_SESSION); /* as it is though it is none any more */
	fake_host_find(&w->fake, "helga")->gone = true;
	assert_result(forbid(w, false), AUTHZ_IN_SESSION);
}

static void forbidding_without_masters(void **state)
{
	struct world *w = *state;

	w->fake.host.config.owners_may_forbid = true;
	assert_result(undefine(w, "helga"), AUTHZ_OK);
	in_session(w, UID_HELGA, true);
	assert_result(forbid(w, true), AUTHZ_OK);
	assert_result(forbid(w, false), AUTHZ_OK); /* a site that hides processes misses nothing */
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = masters_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an owner sees which masters may enter now, by what and until when", who_may),
		TEST("an owner sees which masters did, when, by which service and from where", who_did),
		TEST("nobody but the host sees it of others (master_mine MUST 1)", strangers),
		TEST("masters who may not enter are in no cursor (master_mine MUST 2)", pages),
		TEST("an owner keeps masters out, and lets them in again", forbidding),
		TEST("nobody but the host says so for others (master_forbid MUST 1)", forbidding_others),
		TEST("a master who is in an owner's session does not let masters in again (master_forbid MUST 2) (master_session MUST 1) "
		     "(master_session MUST 2)", forbidding_from_within),
		TEST("where there are no masters it does not matter whose session it is", forbidding_without_masters),
	};

	return cmocka_run_group_tests_name("master_mine", tests, NULL, NULL);
}
