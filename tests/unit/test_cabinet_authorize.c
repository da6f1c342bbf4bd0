/* SPDX-License-Identifier: ISC */
/* Z-MOD17: rules/cabinet_authorize.c, rules/cabinet_guest.c, and what cabinet_where, cabinet_members and cabinet_profile show. */
#include "cabinet_kit.h"

#include <stdio.h>
#include <string.h>

/* Requests of what the caller asks; -1 leaves a number out, "" a name. */
static struct request about(const char *owner, const char *guest, int security, int marks)
{
	struct request q = about_member(owner, guest, -1, "");

	if (security != -1) {
		q.has |= HAS(SECURITY);
		q.security = security;
	}
	if (marks != -1) {
		q.has |= HAS(MARKS);
		q.marks = marks;
	}
	return q;
}

static enum authz_result authorize(struct world *w, const char *owner, const char *guest, int security, int marks)
{
	const struct request q = about(owner, guest, security, marks);

	w->rules.subject[0] = '\0';
	return cabinet_authorize(&w->rules, &q);
}

static enum authz_result withdraw(struct world *w, const char *owner, const char *guest)
{
	const struct request q = about(owner, guest, -1, -1);

	w->rules.subject[0] = '\0';
	return cabinet_withdraw(&w->rules, &q);
}

/* Rows without ISNs, of a list as somebody else sees it. */
static const char *rows(struct world *w, const char *caller,
                        enum authz_result (*list)(struct rules *, const struct request *, struct answer *), struct request q)
{
	const struct principal before = w->rules.caller;
	static char text[4096];
	const char *at;
	size_t used = 0;

	world_caller(w, caller);
	for (at = all_rows(w, list, q, NULL); *at != '\0'; at++) {
		text[used++] = *at;
		if (used >= 3 && (memcmp(text + used - 3, "|P|", 3) == 0 || memcmp(text + used - 3, "|S|", 3) == 0))
			at = strchr(at + 1, '|');
		assert_true(used < sizeof text - 1);
	}
	text[used] = '\0';
	w->rules.caller = before;
	return text;
}

static const char *where(struct world *w, const char *user)
{
	return rows(w, user, cabinet_where, (struct request){.id = 1});
}

/* Whom "owner" authorized, as "caller" sees it: NULL if it does not. */
static const char *guests(struct world *w, const char *caller, const char *owner)
{
	struct request q = about(owner, "", -1, -1);
	const struct principal before = w->rules.caller;
	enum authz_result result;

	q.has |= HAS(WHICH);
	q.which = CABINET_DIRECT;
	world_caller(w, caller);
	answer_init(&w->answer);
	result = cabinet_members(&w->rules, &q, &w->answer);
	w->rules.caller = before;
	if (result == AUTHZ_CABINET_ADMIN)
		return NULL;
	assert_result(result, AUTHZ_OK);
	return strchr(answered(w), '|') != NULL ? strchr(answered(w), '|') : "";
}

static enum authz_result profile(struct world *w, const char *caller, const char *owner, const char *guest)
{
	const struct request q = about(owner, guest, -1, -1);
	const struct principal before = w->rules.caller;
	enum authz_result result;

	world_caller(w, caller);
	answer_init(&w->answer);
	result = cabinet_profile_of(&w->rules, &q, &w->answer);
	w->rules.caller = before;
	return result;
}

static int setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	host_makes(w, "sales", CABINET_SHARED);
	make_member(w, "sales", "bob");
	host_adds_administrator(w, "sales", "portal");
	host_makes(w, "vault", CABINET_STANDALONE);
	host_makes(w, "lobby", CABINET_PUBLIC);
	host_sets_password(w, "alice", "secret");
	fake_host_group(&w->fake, "staff", 50);
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "alice");
	return 0;
}

static void authorized(void **state)
{
	struct world *w = *state;

	assert_string_equal(where(w, "bob"), "sales|S||shared||\n");
	assert_result(authorize(w, "alice", "bob", 7100, CABINET_MARK_REPLY), AUTHZ_OK);
	assert_string_equal(where(w, "bob"), "sales|S||shared||\nalice|P||special|7100|2\n");
	assert_string_equal(guests(w, "alice", "alice"), "|user|bob|special|||7100|2\n");
	assert_result(profile(w, "bob", "alice", "bob"), AUTHZ_OK);
	assert_non_null(strstr(answered(w), "profile|special\n"));
	assert_non_null(strstr(answered(w), "security|7100\nmarks|2\n"));
	assert_non_null(strstr(w->fake.outcome, "event=cabinet.authorize"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice"));
	assert_non_null(strstr(w->fake.outcome, "entity=u:bob"));
	/* what is not given stays */
	assert_result(authorize(w, "", "bob", -1, CABINET_MARK_ALL), AUTHZ_OK);
	assert_string_equal(where(w, "bob"), "sales|S||shared||\nalice|P||special|7100|511\n");
	assert_result(authorize(w, "alice", "bob", 42, -1), AUTHZ_OK);
	assert_string_equal(where(w, "bob"), "sales|S||shared||\nalice|P||special|0042|511\n");
	world_close(w);
	world_open(w);
	assert_string_equal(where(w, "bob"), "sales|S||shared||\nalice|P||special|0042|511\n");
	assert_result(withdraw(w, "", "bob"), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, "event=cabinet.withdraw"));
	assert_string_equal(where(w, "bob"), "sales|S||shared||\n");
	assert_string_equal(guests(w, "alice", "alice"), "");
	assert_result(profile(w, "alice", "alice", "bob"), AUTHZ_NOT_A_MEMBER);
	assert_result(profile(w, "bob", "alice", "bob"), AUTHZ_CABINET_ADMIN);
	assert_result(withdraw(w, "alice", "bob"), AUTHZ_NOT_A_MEMBER);
	/* and begins with nothing */
	assert_result(authorize(w, "alice", "bob", -1, -1), AUTHZ_OK);
	assert_string_equal(where(w, "bob"), "sales|S||shared||\nalice|P||special|0000|0\n");
}

/* From the last check to the first: each is asked before those that failed so far. */
static void in_order(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);
	struct request q;

	world_caller(w, "sam");
	assert_result(authorize(w, "alice", "alice", 1, 1), AUTHZ_MEMBER_OF_SELF);
	assert_result(authorize(w, "alice", "sales", 1, 1), AUTHZ_MEMBER_KIND);
	assert_result(authorize(w, "alice", "lobby", 1, 1), AUTHZ_MEMBER_KIND);
	assert_result(authorize(w, "alice", "staff", 1, 1), AUTHZ_MEMBER_KIND);
	assert_result(authorize(w, "alice", "nosuch", 1, 1), AUTHZ_MEMBER_NOT_FOUND);
	assert_result(authorize(w, "sales", "nosuch", 1, 1), AUTHZ_CABINET_NAME);
	assert_result(authorize(w, "SYSCNT", "nosuch", 1, 1), AUTHZ_CABINET_NAME);
	assert_result(authorize(w, "nosuch", "nosuch", 1, 1), AUTHZ_CABINET_NAME);
	lock_cabinet(w, "alice");
	assert_result(authorize(w, "alice", "nosuch", 1, 1), AUTHZ_CABINET_LOCKED);
	world_caller(w, "bob");
	assert_result(authorize(w, "alice", "nosuch", 1, 1), AUTHZ_CABINET_ADMIN);
	assert_result(authorize(w, "nosuch", "nosuch", 1, 1), AUTHZ_CABINET_ADMIN);
	q = about("nosuch", "nosuch", 1, 1);
	act_as(&q, "alice", "wrong");
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_CABINET_PASSWORD);
	world_caller(w, "sam");
	act_as(&q, "nobody-here", "wrong");
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_CABINET_NAME);
	q.has |= HAS(SECURITY);
	q.security = 10000;
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.security = -1;
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.security = 1;
	q.marks = CABINET_MARK_ALL + 1;
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.member[0] = ':';
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_PARAMETER_LIST);
	assert_result(withdraw(w, "a/b", "bob"), AUTHZ_PARAMETER_LIST);
	assert_int_equal(sequence(w->rules.authority), commits + 1); /* the lock */
	assert_result(withdraw(w, "nosuch", "bob"), AUTHZ_NOT_A_MEMBER);
}

static void who_may(void **state)
{
	static const char *const strangers[] = {"bob", "eve", "portal"};
	struct world *w = *state;
	struct request q = about("", "eve", 1000, 0);
	size_t i;

	assert_result(authorize(w, "", "bob", 9999, CABINET_MARK_ALL), AUTHZ_OK);
	for (i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		world_caller(w, strangers[i]);
		assert_result(authorize(w, "alice", "eve", 1000, 0), AUTHZ_CABINET_ADMIN);
		assert_result(withdraw(w, "alice", "bob"), AUTHZ_CABINET_ADMIN);
		assert_null(guests(w, strangers[i], "alice"));
		if (i > 0)
			assert_result(profile(w, strangers[i], "alice", "bob"), AUTHZ_CABINET_ADMIN);
	}
	act_as(&q, "alice", "secret"); /* whose cabinet it is then */
	assert_result(cabinet_authorize(&w->rules, &q), AUTHZ_OK);
	assert_non_null(strstr(guests(w, "alice", "alice"), "|user|bob|special|||9999|511\n"));
	assert_non_null(strstr(guests(w, "alice", "alice"), "|user|eve|special|||1000|0\n"));
	world_host(w);
	assert_result(withdraw(w, "alice", "eve"), AUTHZ_OK);
	world_caller(w, "sam");
	assert_result(authorize(w, "alice", "eve", 1, 1), AUTHZ_OK);
	assert_non_null(guests(w, "sam", "alice"));
	assert_result(profile(w, "sam", "alice", "eve"), AUTHZ_OK);
	world_host(w);
	assert_result(authorize(w, "", "eve", 1, 1), AUTHZ_OK); /* into root's own */
	assert_non_null(strstr(where(w, "eve"), "root|P|"));
	disable(w, "alice");
	world_caller(w, "alice");
	assert_result(authorize(w, "alice", "portal", 1, 1), AUTHZ_CABINET_ADMIN);
	assert_result(withdraw(w, "alice", "bob"), AUTHZ_CABINET_ADMIN);
	assert_null(guests(w, "alice", "alice"));
}

/* What is a shared cabinet's is not got by it. */
static void nothing_else(void **state)
{
	struct world *w = *state;
	struct request q = about("alice", "", 1, 1);

	assert_result(authorize(w, "alice", "bob", 9999, CABINET_MARK_ALL), AUTHZ_OK);
	world_caller(w, "bob");
	assert_result(cabinet_alter(&w->rules, &q), AUTHZ_CABINET_ADMIN);
	assert_result(new_password(w, "alice", "mine"), AUTHZ_CABINET_ADMIN);
	q = about("", "", -1, -1);
	act_as(&q, "alice", NULL);
	assert_result(cabinet_where(&w->rules, &q, &w->answer), AUTHZ_CABINET_PASSWORD);
}

/* Another user has the owner's name now, or the guest's. */
static void other_users(void **state)
{
	struct world *w = *state;

	assert_result(authorize(w, "alice", "bob", 7000, 1), AUTHZ_OK);
	fake_host_find(&w->fake, "bob")->gone = true;
	assert_result(profile(w, "alice", "alice", "bob"), AUTHZ_NOT_A_MEMBER);
	fake_host_user(&w->fake, "bob", 7003);
	assert_string_equal(where(w, "bob"), "");
	assert_result(profile(w, "bob", "alice", "bob"), AUTHZ_CABINET_ADMIN);
	assert_result(authorize(w, "alice", "bob", -1, 2), AUTHZ_OK); /* nothing of the other's */
	assert_string_equal(where(w, "bob"), "alice|P||special|0000|2\n");
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_string_equal(where(w, "bob"), "");
	fake_host_user(&w->fake, "alice", 7002);
	world_caller(w, "alice");
	assert_string_equal(where(w, "bob"), "");
	assert_string_equal(guests(w, "alice", "alice"), "");
	assert_result(profile(w, "bob", "alice", "bob"), AUTHZ_CABINET_ADMIN);
	assert_result(profile(w, "alice", "alice", "bob"), AUTHZ_NOT_A_MEMBER);
	assert_result(authorize(w, "alice", "bob", 1, -1), AUTHZ_OK);
	assert_string_equal(where(w, "bob"), "alice|P||special|0001|0\n");
}

static void locked(void **state)
{
	struct world *w = *state;

	assert_result(authorize(w, "alice", "bob", 7000, 1), AUTHZ_OK);
	lock_cabinet(w, "alice");
	assert_string_equal(where(w, "bob"), "sales|S||shared||\n");
	assert_result(profile(w, "bob", "alice", "bob"), AUTHZ_CABINET_ADMIN);
	assert_result(profile(w, "alice", "alice", "bob"), AUTHZ_CABINET_LOCKED);
	assert_result(withdraw(w, "alice", "bob"), AUTHZ_CABINET_LOCKED);
	unlock_cabinet(w, "alice");
	assert_string_equal(where(w, "bob"), "sales|S||shared||\nalice|P||special|7000|1\n");
}

static void withdrawn_of_the_gone(void **state)
{
	struct world *w = *state;

	assert_result(authorize(w, "alice", "bob", 7000, 1), AUTHZ_OK);
	assert_result(authorize(w, "alice", "eve", 7000, 1), AUTHZ_OK);
	fake_host_find(&w->fake, "bob")->gone = true;
	assert_result(withdraw(w, "alice", "bob"), AUTHZ_OK);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(authorize(w, "alice", "portal", 1, 1), AUTHZ_INTERNAL);
	assert_result(withdraw(w, "alice", "eve"), AUTHZ_OK);
	w->fake.user_result = AUTHZ_OK;
	assert_string_equal(guests(w, "alice", "alice"), "");
}

static void hidden(void **state)
{
	struct world *w = *state;

	assert_result(authorize(w, "alice", "vault", 1, 1), AUTHZ_MEMBER_NOT_FOUND);
	assert_result(authorize(w, "alice", "sales", 1, 1), AUTHZ_MEMBER_NOT_FOUND);
	assert_result(authorize(w, "alice", "SYSCNT", 1, 1), AUTHZ_MEMBER_NOT_FOUND);
	assert_result(authorize(w, "alice", "lobby", 1, 1), AUTHZ_MEMBER_KIND); /* which everybody sees */
	world_caller(w, "bob");
	assert_result(authorize(w, "bob", "sales", 1, 1), AUTHZ_MEMBER_KIND);
}

/* More than NSS is asked of for a page. */
static void paged(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_link link = {.relation = RELATION_GUEST, .member = {.kind = 'u', .name = "eve"}, .profile_type = 3, .uid = UID_EVE};
	char name[32];
	const char *text;
	unsigned i, pages;

	for (i = 0; i < 70; i++) {
		snprintf(link.cabinet, sizeof link.cabinet, "owner%u", i);
		link.owner = 6000 + i;
		fake_host_user(&w->fake, link.cabinet, link.owner);
		assert_result(cabinet_link_add(&w->rules, t, &link), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	world_caller(w, "eve");
	text = all_rows(w, cabinet_where, (struct request){.id = 1}, &pages);
	assert_int_equal(pages, 2);
	for (i = 0; i < 70; i++) {
		snprintf(name, sizeof name, "owner%u|P|", i);
		assert_true(strstr(text, name) != NULL && strstr(strstr(text, name) + 1, name) == NULL);
	}
	w->fake.user_result = AUTHZ_INTERNAL;
	answer_init(&w->answer);
	assert_result(cabinet_where(&w->rules, &(struct request){.id = 1}, &w->answer), AUTHZ_INTERNAL);
}

/* So many shared cabinets that what is authorized finds no room behind them. */
static void behind_many(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet c = {.type = CABINET_SHARED};
	struct cabinet_link link = {.relation = RELATION_MEMBER, .member = {.kind = 'u', .name = "eve"}, .profile_type = 1, .uid = UID_EVE};
	const char *text;
	unsigned i, count;

	for (i = 0; i < 2500; i++) {
		snprintf(c.name, sizeof c.name, "many%u", i);
		c.gid = 2100500000 + i;
		assert_result(cabinet_next_isn(&w->rules, t, &c.isn), AUTHZ_OK);
		assert_result(cabinet_write(&w->rules, t, &c), AUTHZ_OK);
		memcpy(link.cabinet, c.name, sizeof link.cabinet);
		assert_result(cabinet_link_add(&w->rules, t, &link), AUTHZ_OK);
	}
	link = (struct cabinet_link){.relation = RELATION_GUEST, .member = link.member, .profile_type = 3, .uid = UID_EVE};
	for (i = 0; i < 60; i++) {
		snprintf(link.cabinet, sizeof link.cabinet, "owner%u", i);
		link.owner = 6000 + i;
		fake_host_user(&w->fake, link.cabinet, link.owner);
		assert_result(cabinet_link_add(&w->rules, t, &link), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	world_caller(w, "eve");
	text = all_rows(w, cabinet_where, (struct request){.id = 1}, NULL);
	for (count = 0, i = 0; text[i] != '\0'; i++)
		count += strncmp(text + i, "|P|", 3) == 0;
	assert_int_equal(count, 60);
	for (count = 0, i = 0; text[i] != '\0'; i++)
		count += strncmp(text + i, "|S|", 3) == 0;
	assert_int_equal(count, 2500);
}

/* Every user may authorize: none uses up the numbers of all. */
static void numbers(void **state)
{
	struct world *w = *state;
	struct cabinet_numbers before, after;
	struct store_txn *t;
	int i;

	assert_result(authorize(w, "alice", "bob", 1, 1), AUTHZ_OK);
	t = begin(w->rules.authority, false);
	assert_result(cabinet_numbers_read(&w->rules, t, &before), AUTHZ_OK);
	store_abort(t);
	for (i = 0; i < 5; i++) {
		assert_result(withdraw(w, "alice", "bob"), AUTHZ_OK);
		assert_result(authorize(w, "alice", "bob", 1, 1), AUTHZ_OK);
	}
	t = begin(w->rules.authority, false);
	assert_result(cabinet_numbers_read(&w->rules, t, &after), AUTHZ_OK);
	store_abort(t);
	assert_int_equal(after.last_isn, before.last_isn);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the owner of a private cabinet authorizes a user, with a profile, alters that and withdraws it", authorized),
		TEST("the checks of an authorization are in the order of the document (cabinet_authorize MUST 1)", in_order),
		TEST("the owner, who acts as he, and supervisors authorize (cabinet_authorize MUST 2)", who_may),
		TEST("who is authorized changes nothing of the cabinet, and acts as it by its password alone", nothing_else),
		TEST("who has the name of an owner or a guest who is gone has nothing of it (cabinet_guest MUST 1, cabinet_where MUST 2)",
		     other_users),
		TEST("a private cabinet that is locked is open to nobody", locked),
		TEST("what was given to somebody who is gone is withdrawn, and without NSS too (cabinet_authorize MUST 3)",
		     withdrawn_of_the_gone),
		TEST("an owner learns of no cabinet that is hidden from him (cabinet_authorize MUST 4)", hidden),
		TEST("page by page every private cabinet comes once, and none without NSS", paged),
		TEST("private cabinets come behind very many shared ones", behind_many),
		TEST("authorizing and withdrawing by turns uses no ISNs up", numbers),
	};

	return cmocka_run_group_tests_name("cabinet_authorize", tests, NULL, NULL);
}
