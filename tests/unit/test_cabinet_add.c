/* SPDX-License-Identifier: ISC */
/* Z-ADD17A: rules/cabinet_add.c and rules/cabinet_admit.c. */
#include "cabinet_kit.h"

#include <string.h>

#include "authz.h"

enum { UID_BOTH = 1006, UID_CAROL = 1007 };

/*
 * plain has alice; outer has inner, and inner has alice; closed is locked.  There are a public cabinet, a standalone one, a group
 * of the host, and a name that is a user's and a cabinet's.  bob administers plain, outer and inner, sam supervises.
 */
static int setup(void **state)
{
	struct world *w;
	const char *const shared[] = {"plain", "outer", "inner", "closed", "both"};
	size_t i;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	for (i = 0; i < sizeof shared / sizeof shared[0]; i++)
		host_makes(w, shared[i], CABINET_SHARED);
	host_makes(w, "lobby", CABINET_PUBLIC);
	host_makes(w, "safe", CABINET_STANDALONE);
	fake_host_group(&w->fake, "staff", 50);
	fake_host_user(&w->fake, "both", UID_BOTH);
	fake_host_user(&w->fake, "carol", UID_CAROL);
	make_member(w, "plain", "alice");
	make_member(w, "inner", "alice");
	make_member(w, "outer", "inner");
	host_adds_administrator(w, "plain", "bob");
	host_adds_administrator(w, "outer", "bob");
	host_adds_administrator(w, "inner", "bob");
	lock_cabinet(w, "closed");
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	host_sets_password(w, "alice", "secret");
	world_caller(w, "bob");
	return 0;
}

static void added(void **state)
{
	struct world *w = *state;
	struct cabinet_link link;
	int64_t isn;

	assert_result(add_member(w, "plain", "carol"), AUTHZ_OK);
	assert_true(w->answer.reply.has & 1u << REPLY_ISN);
	isn = w->answer.reply.isn;
	assert_true(find_member(w, "plain", 'u', "carol", &link));
	assert_int_equal(link.isn, isn);
	assert_true(link.uid == UID_CAROL && link.maker == UID_BOB && link.made == w->fake.now.wall);
	assert_int_equal(link.profile_type, 1);
	assert_result(add_member(w, "plain", "eve"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.isn, isn + 1);
	assert_non_null(strstr(w->fake.outcome, "event=cabinet.add"));
	assert_non_null(strstr(w->fake.outcome, "owner=plain"));
	assert_non_null(strstr(w->fake.outcome, "entity=u:eve"));
}

static void form_of_nss(void **state)
{
	struct world *w = *state;
	struct cabinet_link link;

	assert_result(add_member(w, "plain", "CAROL"), AUTHZ_OK);
	assert_true(find_member(w, "plain", 'u', "carol", &link));
	assert_result(add_member(w, "plain", "Carol"), AUTHZ_ALREADY_MEMBER);
}

struct fault {
	const char *says;
	const char *caller, *as, *secret, *cabinet, *member, *special;
	enum authz_result expected;
};

/* Each row but the first of its code has a later fault, too: the earlier one is the answer. */
static const struct fault faults[] = {
	{"no cabinet", "bob", "", "", "", "carol", NULL, AUTHZ_PARAMETER_LIST},
	{"no member", "bob", "", "", "plain", "", NULL, AUTHZ_PARAMETER_LIST},
	{"a cabinet that cannot be", "bob", "", "", "Plain", "carol", NULL, AUTHZ_PARAMETER_LIST},
	{"a member that cannot be", "bob", "", "", "plain", "ca,rol", NULL, AUTHZ_PARAMETER_LIST},
	{"a name for two", "bob", "", "", "plain", "both", NULL, AUTHZ_PARAMETER_LIST},
	{"92 before 02", "sam", "nosuch", "x", "plain", "both", NULL, AUTHZ_PARAMETER_LIST},
	{"92 before 03", "bob", "alice", "wrong", "plain", "", NULL, AUTHZ_PARAMETER_LIST},
	{"92 before 15", "eve", "", "", "plain", "both", NULL, AUTHZ_PARAMETER_LIST},
	{"92 before 98", "sam", "", "", "nosuch", "both", NULL, AUTHZ_PARAMETER_LIST},
	{"92 before 97", "sam", "", "", "both", "both", NULL, AUTHZ_PARAMETER_LIST},
	{"no cabinet to act as", "sam", "nosuch", "x", "plain", "carol", NULL, AUTHZ_CABINET_NAME},
	{"02 before 98", "sam", "nosuch", "x", "nosuch", "carol", NULL, AUTHZ_CABINET_NAME},
	{"02 is 03 to others", "bob", "nosuch", "x", "plain", "carol", NULL, AUTHZ_CABINET_PASSWORD},
	{"a wrong password", "bob", "alice", "wrong", "plain", "carol", NULL, AUTHZ_CABINET_PASSWORD},
	{"no password", "bob", "alice", "", "plain", "carol", NULL, AUTHZ_CABINET_PASSWORD},
	{"03 before 15", "eve", "alice", "wrong", "plain", "carol", NULL, AUTHZ_CABINET_PASSWORD},
	{"03 before 32", "bob", "alice", "wrong", "plain", "nosuch", NULL, AUTHZ_CABINET_PASSWORD},
	{"no administrator", "eve", "", "", "plain", "carol", NULL, AUTHZ_CABINET_ADMIN},
	{"who acts as one that is none", "bob", "alice", "secret", "plain", "carol", NULL, AUTHZ_CABINET_ADMIN},
	{"15 before 98", "bob", "", "", "nosuch", "carol", NULL, AUTHZ_CABINET_ADMIN},
	{"15 before AZ-LOCKED", "bob", "", "", "closed", "carol", NULL, AUTHZ_CABINET_ADMIN},
	{"15 before 97", "eve", "", "", "plain", "plain", NULL, AUTHZ_CABINET_ADMIN},
	{"15 before 32", "eve", "", "", "plain", "nosuch", NULL, AUTHZ_CABINET_ADMIN},
	{"15 before 95", "eve", "", "", "plain", "alice", NULL, AUTHZ_CABINET_ADMIN},
	{"no such cabinet", "sam", "", "", "nosuch", "carol", NULL, AUTHZ_NO_CABINET},
	{"a public cabinet", "sam", "", "", "lobby", "carol", NULL, AUTHZ_NO_CABINET},
	{"a standalone cabinet", "sam", "", "", "safe", "carol", NULL, AUTHZ_NO_CABINET},
	{"98 before 97", "sam", "", "", "nosuch", "nosuch", NULL, AUTHZ_NO_CABINET},
	{"98 before 32", "sam", "", "", "lobby", "nosuch", NULL, AUTHZ_NO_CABINET},
	{"98 before 99", "sam", "", "", "nosuch", "carol", "nosuch", AUTHZ_NO_CABINET},
	{"a locked cabinet", "sam", "", "", "closed", "carol", NULL, AUTHZ_CABINET_LOCKED},
	{"AZ-LOCKED before 97", "sam", "", "", "closed", "closed", NULL, AUTHZ_CABINET_LOCKED},
	{"itself", "bob", "", "", "plain", "plain", NULL, AUTHZ_MEMBER_OF_SELF},
	{"97 before 90", "bob", "", "", "outer", "outer", NULL, AUTHZ_MEMBER_OF_SELF},
	{"97 before 91", "bob", "", "", "inner", "inner", NULL, AUTHZ_MEMBER_OF_SELF},
	{"97 before 99", "bob", "", "", "plain", "plain", "nosuch", AUTHZ_MEMBER_OF_SELF},
	{"nobody", "bob", "", "", "plain", "nosuch", NULL, AUTHZ_MEMBER_NOT_FOUND},
	{"32 before 91", "bob", "", "", "inner", "nosuch", NULL, AUTHZ_MEMBER_NOT_FOUND},
	{"32 before 99", "bob", "", "", "plain", "nosuch", "nosuch", AUTHZ_MEMBER_NOT_FOUND},
	{"a public one as a member", "bob", "", "", "plain", "lobby", NULL, AUTHZ_MEMBER_KIND},
	{"a standalone one as a member", "bob", "", "", "plain", "safe", NULL, AUTHZ_MEMBER_KIND},
	{"a group of the host", "bob", "", "", "plain", "staff", NULL, AUTHZ_MEMBER_KIND},
	{"93 before 91", "bob", "", "", "inner", "lobby", NULL, AUTHZ_MEMBER_KIND},
	{"93 before 99", "bob", "", "", "plain", "safe", "nosuch", AUTHZ_MEMBER_KIND},
	{"a locked one as a member", "bob", "", "", "plain", "closed", NULL, AUTHZ_CABINET_LOCKED},
	{"in already", "bob", "", "", "plain", "alice", NULL, AUTHZ_ALREADY_MEMBER},
	{"95 before 91", "bob", "", "", "inner", "alice", NULL, AUTHZ_ALREADY_MEMBER},
	{"95 before 99", "bob", "", "", "plain", "alice", "nosuch", AUTHZ_ALREADY_MEMBER},
	{"a cabinet that is in already", "bob", "", "", "outer", "inner", NULL, AUTHZ_ALREADY_MEMBER},
	{"one that has a shared one", "bob", "", "", "plain", "outer", NULL, AUTHZ_HAS_SHARED},
	{"90 before 91", "bob", "", "", "inner", "outer", NULL, AUTHZ_HAS_SHARED},
	{"90 before 99", "bob", "", "", "plain", "outer", "nosuch", AUTHZ_HAS_SHARED},
	{"into one that is in another", "bob", "", "", "inner", "carol", NULL, AUTHZ_IS_NESTED},
	{"a cabinet into one that is in another", "bob", "", "", "inner", "plain", NULL, AUTHZ_IS_NESTED},
	{"91 before 99", "bob", "", "", "inner", "carol", "nosuch", AUTHZ_IS_NESTED},
	{"no special profile", "bob", "", "", "plain", "carol", "", AUTHZ_NO_SPECIAL},
	{"none of that name", "bob", "", "", "plain", "carol", "nosuch", AUTHZ_NO_SPECIAL},
	{"a group's", "bob", "", "", "plain", "carol", "staff", AUTHZ_NO_SPECIAL},
};

static void in_order(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);
	const unsigned records = count_records(w, w->rules.authority, 'Z');
	const struct fault *f;
	struct request q;

	w->fake.host.config.password_tries = 1000;
	for (f = faults; f < faults + sizeof faults / sizeof *faults; f++) {
		q = about_member(f->cabinet, f->member, f->special != NULL ? 3 : -1, f->special != NULL ? f->special : "");
		if (f->as[0] != '\0')
			act_as(&q, f->as, f->secret[0] != '\0' ? f->secret : NULL);
		world_caller(w, f->caller);
		if (ask_add(w, &q) != f->expected)
			fail_msg("%s: not %s", f->says, authz_result_code(f->expected));
		assert_false(w->answer.reply.has & 1u << REPLY_ISN);
		assert_int_equal(w->fake.outcome_result, f->expected);
	}
	assert_int_equal(sequence(w->rules.authority), commits);
	assert_int_equal(count_records(w, w->rules.authority, 'Z'), records);
}

static void codes(void **state)
{
	static const struct { enum authz_result result; const char *code; } rows[] = {
		{AUTHZ_CABINET_NAME, "02"}, {AUTHZ_CABINET_PASSWORD, "03"}, {AUTHZ_CABINET_ADMIN, "15"}, {AUTHZ_MEMBER_NOT_FOUND, "32"},
		{AUTHZ_HAS_SHARED, "90"}, {AUTHZ_IS_NESTED, "91"}, {AUTHZ_PARAMETER_LIST, "92"}, {AUTHZ_MEMBER_KIND, "93"},
		{AUTHZ_ALREADY_MEMBER, "95"}, {AUTHZ_MEMBER_OF_SELF, "97"}, {AUTHZ_NO_CABINET, "98"}, {AUTHZ_NO_SPECIAL, "99"},
	};
	size_t i, j;
	bool reached;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_string_equal(authz_result_code(rows[i].result), rows[i].code);
		for (j = 0, reached = false; j < sizeof faults / sizeof faults[0]; j++)
			reached |= faults[j].expected == rows[i].result;
		assert_true(reached);
	}
}

/* Who gets 15 gets the same whether the cabinet is there or not. */
static void hidden(void **state)
{
	struct world *w = *state;
	char there[SUBJECT_SIZE];

	world_caller(w, "eve");
	assert_result(add_member(w, "plain", "carol"), AUTHZ_CABINET_ADMIN);
	memcpy(there, w->rules.subject, sizeof there);
	assert_string_equal(there, "plain");
	assert_result(add_member(w, "nosuch", "carol"), AUTHZ_CABINET_ADMIN);
	assert_string_equal(w->rules.subject, "nosuch");
	assert_result(add_member(w, "lobby", "carol"), AUTHZ_CABINET_ADMIN);
	assert_result(add_member(w, "closed", "carol"), AUTHZ_CABINET_ADMIN);
}

static void by_whom(void **state)
{
	struct world *w = *state;
	struct request q = about_member("plain", "carol", -1, "");

	world_caller(w, "sam");
	assert_result(ask_add(w, &q), AUTHZ_OK);
	assert_result(remove_member(w, "plain", "carol"), AUTHZ_OK);
	world_host(w);
	assert_result(ask_add(w, &q), AUTHZ_OK);
	assert_result(remove_member(w, "plain", "carol"), AUTHZ_OK);
	host_adds_administrator(w, "plain", "alice"); /* as who alice's cabinet is entered */
	act_as(&q, "alice", "secret");
	world_caller(w, "eve");
	assert_result(ask_add(w, &q), AUTHZ_OK);
	assert_result(add_member(w, "plain", "portal"), AUTHZ_CABINET_ADMIN); /* she herself may not */
}

static void profile_types(void **state)
{
	static const struct { int type; int expected; } rows[] = {{-1, 1}, {1, 1}, {2, 2}, {0, 1}, {4, 1}, {-7, 1}, {99, 1}, {256 + 3, 1}};
	struct world *w = *state;
	struct cabinet_link link;
	struct request q;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		q = about_member("plain", "carol", rows[i].type, "nosuch");
		assert_result(ask_add(w, &q), AUTHZ_OK); /* for none of these there need be a special profile */
		assert_true(find_member(w, "plain", 'u', "carol", &link));
		assert_int_equal(link.profile_type, rows[i].expected);
		assert_string_equal(link.special_name, "");
		assert_result(remove_member(w, "plain", "carol"), AUTHZ_OK);
	}
}

/* Of any of the four types; what becomes of it afterwards does not matter. */
static void copied(void **state)
{
	static const char *const from[] = {"safe", "lobby", "outer", "alice"};
	struct world *w = *state;
	struct cabinet_link link;
	struct request q;
	int i;

	for (i = 0; i < 4; i++) {
		give_profile(w, from[i], 1000 + i, i);
		q = about_member("plain", "carol", 3, from[i]);
		assert_result(ask_add(w, &q), AUTHZ_OK);
		give_profile(w, from[i], 9999, CABINET_MARK_ALL);
		assert_true(find_member(w, "plain", 'u', "carol", &link));
		assert_int_equal(link.profile_type, 3);
		assert_string_equal(link.special_name, from[i]);
		assert_true(link.special.security == 1000 + i && link.special.marks == i);
		assert_result(remove_member(w, "plain", "carol"), AUTHZ_OK);
	}
	q = about_member("plain", "carol", 3, "eve"); /* a user has a private cabinet without a record too */
	assert_result(ask_add(w, &q), AUTHZ_OK);
}

static void nested_users(void **state)
{
	struct world *w = *state;

	assert_result(add_member(w, "inner", "carol"), AUTHZ_IS_NESTED);
	w->fake.host.config.nested_users = true;
	assert_result(add_member(w, "inner", "carol"), AUTHZ_OK);
	assert_result(add_member(w, "inner", "plain"), AUTHZ_IS_NESTED);
	assert_result(add_member(w, "plain", "outer"), AUTHZ_HAS_SHARED);
	assert_result(add_member(w, "plain", "inner"), AUTHZ_OK); /* one cabinet in two */
}

/* The same user by himself and by a cabinet: 95 is of the list alone. */
static void direct_alone(void **state)
{
	struct world *w = *state;

	assert_result(add_member(w, "outer", "alice"), AUTHZ_OK);
	assert_result(add_member(w, "outer", "alice"), AUTHZ_ALREADY_MEMBER);
}

static void another_user(void **state)
{
	struct world *w = *state;
	struct cabinet_link before, after;

	assert_true(find_member(w, "plain", 'u', "alice", &before));
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_result(add_member(w, "plain", "alice"), AUTHZ_MEMBER_NOT_FOUND);
	fake_host_user(&w->fake, "alice", 5002);
	assert_result(set_member(w, "plain", "alice", 2, ""), AUTHZ_NOT_A_MEMBER);
	assert_result(add_member(w, "plain", "alice"), AUTHZ_OK);
	assert_true(find_member(w, "plain", 'u', "alice", &after));
	assert_true(after.uid == 5002 && after.isn > before.isn);
	assert_result(add_member(w, "plain", "alice"), AUTHZ_ALREADY_MEMBER);
}

static void private_of_nobody(void **state)
{
	struct world *w = *state;

	fake_host_find(&w->fake, "alice")->gone = true; /* her cabinet has a record still */
	assert_result(add_member(w, "outer", "alice"), AUTHZ_MEMBER_NOT_FOUND);
}

static void out_of_reach(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);

	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(add_member(w, "plain", "carol"), AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.intent_lost = true;
	assert_result(add_member(w, "plain", "carol"), AUTHZ_AUDIT_LOST);
	assert_int_equal(sequence(w->rules.authority), commits);
}

/* While the host is asked, another process could write. */
static void asked(void *arg, const char *what)
{
	struct world *w = arg;
	struct store_options o = {.folder = scratch_path(w->folder, "store"), .durable = true, .lock_wait_ms = 10, .hold_ms = 4000,
	                          .boot_id = BOOT_ID};
	struct store_txn *t = NULL;
	struct store *s;

	if (strcmp(what, "user") != 0 && strcmp(what, "group") != 0 && strcmp(what, "password") != 0)
		return;
	assert_result(store_open(&s, &o), AUTHZ_OK);
	assert_result(store_begin(s, true, &t), AUTHZ_OK);
	store_abort(t);
	store_close(s);
}

static void without_lock(void **state)
{
	struct world *w = *state;
	struct request q = about_member("plain", "carol", 3, "eve");

	host_adds_administrator(w, "plain", "alice");
	act_as(&q, "alice", "secret");
	w->fake.asked = asked;
	w->fake.asked_arg = w;
	assert_result(ask_add(w, &q), AUTHZ_OK);
	assert_result(add_member(w, "plain", "staff"), AUTHZ_MEMBER_KIND);
}

static void name_for_two(void **state)
{
	struct world *w = *state;
	struct cabinet_link link;

	assert_result(add_member(w, "plain", "both"), AUTHZ_PARAMETER_LIST);
	w->fake.user_result = AUTHZ_NO_MEMORY; /* who could not be asked for may be there */
	assert_result(add_member(w, "plain", "both"), AUTHZ_NO_MEMORY);
	w->fake.user_result = AUTHZ_OK;
	fake_host_find(&w->fake, "both")->gone = true;
	assert_result(add_member(w, "plain", "both"), AUTHZ_OK); /* now it is the cabinet's */
	assert_true(find_member(w, "plain", 'c', "both", &link));
	fake_host_user(&w->fake, "both", UID_BOTH);
	assert_result(add_member(w, "plain", "both"), AUTHZ_PARAMETER_LIST);
	assert_result(remove_member(w, "plain", "both"), AUTHZ_OK); /* the one that is in */
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an administrator adds a user, and is told the Member-ISN", added),
		TEST("a user is added in the form that NSS has of the name", form_of_nss),
		TEST("of two faults the earlier is the answer, and what is refused changes nothing (cabinet_admit MUST 1) "
		     "(cabinet_admit MUST 4)", in_order),
		TEST("each code of the document but 00 is reached", codes),
		TEST("who may not change a cabinet does not learn whether it is there (cabinet_admit MUST 3)", hidden),
		TEST("a supervisor, the host, and who knows the password of an administrator's cabinet may add", by_whom),
		TEST("a profile type that is blank or invalid is 1, and 1 and 2 need no special profile", profile_types),
		TEST("a special profile is copied, of a cabinet of any type", copied),
		TEST("a cabinet that is in another is given nothing, or users if so configured (cabinet_admit MUST 2)", nested_users),
		TEST("a user may be in by himself and by a cabinet", direct_alone),
		TEST("a user who has the name of another is not a member, and can be added", another_user),
		TEST("a private cabinet without its user is nobody", private_of_nobody),
		TEST("a name that is a user's and a cabinet's is nobody's (cabinet_member MUST 1)", name_for_two),
		TEST("without NSS or an audit nobody is added", out_of_reach),
		TEST("nothing is asked of the host under the lock", without_lock),
	};

	return cmocka_run_group_tests_name("cabinet_add", tests, NULL, NULL);
}
