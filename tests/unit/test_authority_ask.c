/* SPDX-License-Identifier: ISC */
/* The questions: rules/authority.c, rules/authority_who.c. */
#include "authority_kit.h"

#include <stdio.h>
#include <string.h>

static struct fake_group *staff(struct world *w, const char *member)
{
	struct fake_group *g = fake_host_group(&w->fake, "staff", 50);

	fake_host_join(fake_host_find(&w->fake, member), g);
	return g;
}

/* eve: in primary group P and in secondary group Q. */
static void two_groups(struct world *w)
{
	const struct fake_group *p = fake_host_group(&w->fake, "P", 60), *q = fake_host_group(&w->fake, "Q", 61);
	struct fake_user *eve = fake_host_find(&w->fake, "eve");

	eve->user.gid = p->gid;
	fake_host_join(eve, q);
	set_to(w, "queue", "AB", "g:P", "get");
	set_to(w, "queue", "AB", "g:Q", "put");
	set_to(w, "queue", "AB", "g:nobody", "browse");
	set_to(w, "queue", "AB", "p:eve", "inq");
}

static void get_and_explicit(void **state)
{
	struct world *w = *state;

	two_groups(w);
	expect_held(w, "queue", "AB", "p:eve", "browse get put inq");
	expect_explicit(w, "queue", "AB", "p:eve", "get");
	expect_held(w, "queue", "AB", "g:P", "browse get");
	expect_explicit(w, "queue", "AB", "g:P", "get");
	expect_held(w, "queue", "AB", "g:nobody", "browse");
	expect_held(w, "queue", "AB", "p:bob", "browse");
	expect_explicit(w, "queue", "AB", "p:bob", "none");
}

static void unknown_and_blank(void **state)
{
	static const char *const entities[] = {"p:nosuch", "p:", "g:nosuch", "g:"};
	struct world *w = *state;
	struct request q;
	size_t i;

	set_to(w, "queue", "AB", "p:eve", "put");
	for (i = 0; i < 4; i++) {
		expect_may(w, "queue", "AB", entities[i], "get", AUTHZ_NOT_AUTHORIZED_OBJECT);
		expect_held(w, "queue", "AB", entities[i], "none");
	}
	set_to(w, "queue", "AB", "g:nobody", "get");
	world_host(w);
	for (i = 0; i < 4; i++) {
		expect_may(w, "queue", "AB", entities[i], "get", AUTHZ_OK);
		expect_may(w, "queue", "AB", entities[i], "put", AUTHZ_NOT_AUTHORIZED_OBJECT);
		expect_held(w, "queue", "AB", entities[i], "get");
		q = about_authority("queue", "AB", entities[i]);
		answer_init(&w->answer);
		assert_result(authority_explicit(&w->rules, &q, &w->answer), AUTHZ_UNKNOWN_ENTITY);
		q.mask = 4;
		assert_result(authority_set(&w->rules, &q), entities[i][2] == '\0' ? AUTHZ_BAD_PARAMETER : AUTHZ_UNKNOWN_ENTITY);
	}
}

static void all_of_the_bits(void **state)
{
	struct world *w = *state;

	set_to(w, "queue", "AB", "p:eve", "get");
	set_to(w, "queue", "AB", "g:nobody", "put");
	expect_may(w, "queue", "AB", "p:eve", "get put", AUTHZ_OK); /* one from here, one from there */
	expect_may(w, "queue", "AB", "p:eve", "get put inq", AUTHZ_NOT_AUTHORIZED_OBJECT);
	assert_string_equal(w->rules.subject, "AB");
}

static void names(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "123456789012345678901234567890123456789012345678", "p:eve");

	set_to(w, "queue", q.object, "p:eve", "get");
	expect_held(w, "queue", q.object, "p:eve", "get");
	assert_false(request_set_string(&q, FIELD_OBJECT, "1234567890123456789012345678901234567890123456789"));
	assert_false(request_set_string(&q, FIELD_PRINCIPAL, "123456789012345678901234567890123"));
	assert_false(request_set_string(&q, FIELD_OBJECT_TYPE, "12345678901234567"));
}

static void numbers_behind_names(void **state)
{
	struct world *w = *state;
	struct fake_group *g = staff(w, "bob");

	set_to(w, "queue", "AB", "p:eve", "get");
	set_to(w, "queue", "AB", "g:staff", "put");
	expect_held(w, "queue", "AB", "p:bob", "put");
	fake_host_find(&w->fake, "eve")->gone = true;
	fake_host_user(&w->fake, "eve", 5005);
	expect_held(w, "queue", "AB", "p:eve", "none");
	g->gone = true;
	g = fake_host_group(&w->fake, "staff", 51);
	fake_host_join(fake_host_find(&w->fake, "bob"), g);
	expect_held(w, "queue", "AB", "p:bob", "none");
	expect_explicit(w, "queue", "AB", "g:staff", "none");
	set_to(w, "queue", "AB", "p:eve", "inq"); /* made anew it is hers */
	expect_held(w, "queue", "AB", "p:eve", "inq");
}

static void owners_number(void **state)
{
	struct world *w = *state;

	set_to(w, "profile", "bob", "p:eve", "use");
	set_to(w, "profile", "ali*", "p:eve", "use");
	expect_held(w, "profile", "BOB", "p:eve", "use"); /* NSS knows that form too */
	fake_host_find(&w->fake, "bob")->gone = true;
	expect_held(w, "profile", "bob", "p:eve", "none");
	fake_host_user(&w->fake, "bob", 5003);
	expect_held(w, "profile", "bob", "p:eve", "none");
	expect_held(w, "profile", "alixxx", "p:eve", "use");
}

static void who_may_ask(void **state)
{
	struct world *w = *state;
	struct request of_eve = about_authority("queue", "AB", "p:eve"), of_bob = about_authority("queue", "AB", "p:bob"),
	               of_group = about_authority("queue", "AB", "g:staff"), of_none = about_authority("queue", "AB", "p:");
	enum authz_result (*const rules[])(struct rules *, const struct request *, struct answer *) = {authority_get,
	                                                                                            authority_explicit,
	                                                                                            authority_explain};
	size_t i;

	staff(w, "eve");
	of_eve.mask = of_bob.mask = of_none.mask = 4;
	for (i = 0; i < 3; i++) {
		world_caller(w, "eve");
		answer_init(&w->answer);
		assert_result(rules[i](&w->rules, &of_eve, &w->answer), AUTHZ_OK);
		assert_result(rules[i](&w->rules, &of_bob, &w->answer), AUTHZ_SPECIAL_REQUIRED);
		assert_result(rules[i](&w->rules, &of_group, &w->answer), AUTHZ_SPECIAL_REQUIRED);
		assert_result(rules[i](&w->rules, &of_none, &w->answer), AUTHZ_SPECIAL_REQUIRED);
		world_host(w);
		assert_result(rules[i](&w->rules, &of_bob, &w->answer), AUTHZ_OK);
		world_caller(w, "sam");
		assert_result(rules[i](&w->rules, &of_bob, &w->answer), AUTHZ_OK);
	}
	world_caller(w, "eve");
	assert_result(authority_check(&w->rules, &of_eve), AUTHZ_NOT_AUTHORIZED_OBJECT);
	assert_result(authority_check(&w->rules, &of_bob), AUTHZ_SPECIAL_REQUIRED);
	assert_result(authority_check(&w->rules, &of_none), AUTHZ_SPECIAL_REQUIRED);
	give_special(w, "eve", SPECIAL_SECADM);
	world_caller(w, "eve");
	assert_result(authority_check(&w->rules, &of_bob), AUTHZ_NOT_AUTHORIZED_OBJECT);
	disable(w, "eve");
	world_caller(w, "eve");
	assert_result(authority_check(&w->rules, &of_bob), AUTHZ_SPECIAL_REQUIRED);
	w->rules.caller = (struct principal){.uid = UID_EVE, .loginuid = UINT32_MAX}; /* without a name nobody is oneself */
	assert_result(authority_check(&w->rules, &of_eve), AUTHZ_SPECIAL_REQUIRED);
}

static void shape(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("quay", "AB", "p:eve");

	world_host(w);
	q.mask = 4;
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "object type");
	q = about_authority("queue", "", "p:eve");
	q.mask = 4;
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q = about_authority("queue", "AB", "p:eve");
	q.mask = 1; /* connect is of queue managers */
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.mask = 0;
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.mask = INT64_C(1) << 40 | 4;
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.mask = -1;
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.mask = 4;
	q.has |= HAS(GROUP);
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.has &= ~(HAS(GROUP) | HAS(PRINCIPAL));
	assert_result(authority_check(&w->rules, &q), AUTHZ_BAD_PARAMETER);
}

static void groups_fail(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "AB", "p:eve");

	set_to(w, "queue", "AB", "p:eve", "get");
	q.mask = 4;
	world_host(w);
	w->fake.groups_result = AUTHZ_INTERNAL;
	assert_result(authority_check(&w->rules, &q), AUTHZ_INTERNAL);
	w->fake.groups_result = AUTHZ_OK;
	w->fake.user_result = AUTHZ_INTERNAL; /* a directory that is out of reach does not make her unknown */
	assert_result(authority_check(&w->rules, &q), AUTHZ_INTERNAL);
}

static void caller_fails(void **state)
{
	struct world *w = *state;
	static struct authority_who who;

	world_caller(w, "eve");
	assert_result(authority_who_calls(&w->rules, &who), AUTHZ_OK);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(authority_who_calls(&w->rules, &who), AUTHZ_INTERNAL);
	assert_string_equal(w->rules.subject, "the look-up of a name failed");
	w->fake.user_result = AUTHZ_OK;
	fake_host_find(&w->fake, "eve")->gone = true;
	assert_result(authority_who_calls(&w->rules, &who), AUTHZ_USER_NOT_FOUND);
}

/* The directory goes out of reach when the numbers of the groups are known and their names are not. */
static void lose_names(void *arg, const char *what)
{
	struct fake_host *f = arg;

	if (strcmp(what, "groups") == 0)
		f->user_result = AUTHZ_INTERNAL;
}

static void group_names_fail(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "AB", "p:eve");

	two_groups(w);
	world_host(w);
	w->fake.asked = lose_names;
	w->fake.asked_arg = &w->fake;
	answer_init(&w->answer);
	assert_result(authority_get(&w->rules, &q, &w->answer), AUTHZ_INTERNAL);
}

/* Two names of one number: the one that the number has is that of the group. */
static void group_of_two_names(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "AB", "g:crew");

	fake_host_group(&w->fake, "crew", 50);
	staff(w, "eve");
	set_to(w, "queue", "AB", "g:crew", "get put");
	expect_held(w, "queue", "AB", "p:eve", "get put");
	expect_explicit(w, "queue", "AB", "g:staff", "get put");
	q.mask_drop = 4;
	world_host(w);
	assert_result(authority_revoke(&w->rules, &q), AUTHZ_OK);
	expect_held(w, "queue", "AB", "p:eve", "put");
	fake_host_group(&w->fake, "nogroup", 65534);
	fake_host_group(&w->fake, "nobody", 65534);
	set_to(w, "queue", "AB", "g:nogroup", "browse");
	expect_held(w, "queue", "AB", "p:bob", "none"); /* no other name of that number means everybody */
}

static void why(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "AB.CD", "p:eve");
	static char text[LISTED_SIZE];

	two_groups(w);
	set_to(w, "queue", "AB.*", "p:eve", "get dsp");
	set_to(w, "queue", "AB.*", "g:Q", "put");
	set_to(w, "queue", "AB.*", "g:nobody", "browse");
	set_to(w, "queue", "**", "p:eve", "clr");
	fake_host_find(&w->fake, "eve")->user.gid = 62;
	fake_host_group(&w->fake, "R", 62);
	set_to(w, "queue", "AB.*", "g:R", "inq");
	w->fake.groups[w->fake.group_count - 1].gid = 63;
	fake_host_find(&w->fake, "eve")->user.gid = 63;
	world_host(w);
	answer_init(&w->answer);
	assert_result(authority_explain(&w->rules, &q, &w->answer), AUTHZ_OK);
	rows_of(w, text);
	assert_string_equal(text, "counts  AB.* 0 \ngives p eve 262148 \ngone g R 16 \ngives g Q 8 \ngives g nobody 2 \n"
	                          "passed over  ** 0 \n");
	assert_int_equal(w->answer.reply.mask, 262148 | 8 | 2);
}

static void explained(struct world *w, const char *expected, uint32_t mask)
{
	const struct request q = about_authority("queue", "AB.CD", "p:eve");
	static char text[LISTED_SIZE];

	answer_init(&w->answer);
	assert_result(authority_explain(&w->rules, &q, &w->answer), AUTHZ_OK);
	rows_of(w, text);
	assert_string_equal(text, expected);
	assert_int_equal(w->answer.reply.mask, mask);
	assert_int_equal(w->answer.reply.count, 0);
}

static void why_of_oneself(void **state)
{
	struct world *w = *state;
	struct fake_group *g = staff(w, "eve");

	set_to(w, "queue", "AB.CD", "p:bob", "get");
	set_to(w, "queue", "AB.C*", "g:staff", "put");
	set_to(w, "queue", "AB.*", "p:eve", "get");
	set_to(w, "queue", "A*.*", "p:bob", "get");
	set_to(w, "queue", "**", "g:nobody", "browse");
	world_caller(w, "eve");
	explained(w, "passed over  ** 0 \npassed over  AB.* 0 \npassed over  AB.C* 0 \n", 0);
	world_caller(w, "sam");
	explained(w, "counts  AB.CD 0 \npassed over  ** 0 \npassed over  A*.* 0 \npassed over  AB.* 0 \npassed over  AB.C* 0 \n", 0);
	g->gone = true;
	g = fake_host_group(&w->fake, "staff", 51);
	fake_host_find(&w->fake, "eve")->gone = true;
	fake_host_join(fake_host_user(&w->fake, "eve", 5005), g);
	world_caller(w, "eve");
	explained(w, "passed over  ** 0 \n", 0);
	set_to(w, "queue", "AB.CD", "g:nobody", "inq");
	set_to(w, "queue", "AB.CD", "g:staff", "put");
	explained(w, "counts  AB.CD 0 \ngives g staff 8 \ngives g nobody 16 \npassed over  ** 0 \n", 24);
}

/* "aa??*" and "aa??*a", for each number of both. */
static unsigned add_many(struct world *w, const char *name)
{
	struct store_txn *t = begin(w->rules.authority, true);
	struct authority_node node;
	char profile[OBJECT_SIZE] = "";
	size_t letters, marks;
	unsigned count = 0;

	for (letters = 0; letters < 44; letters++)
		for (marks = 1; letters + marks < 45; marks++, count += 2) {
			memcpy(profile, name, letters);
			memset(profile + letters, '?', marks);
			strcpy(profile + letters + marks, "*");
			assert_result(authority_node_add(&w->rules, t, "queue", profile, &node), AUTHZ_OK);
			strcpy(profile + letters + marks, "*a");
			assert_result(authority_node_add(&w->rules, t, "queue", profile, &node), AUTHZ_OK);
		}
	assert_result(store_commit(t), AUTHZ_OK);
	return count;
}

static void join_many(struct world *w, const char *member)
{
	char name[NAME_SIZE];
	gid_t i;

	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof name, "many%u", (unsigned)i);
		fake_host_join(fake_host_find(&w->fake, member), fake_host_group(&w->fake, name, 700 + i));
	}
}

static void why_of_many(void **state)
{
	static const char name[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	struct world *w = *state;
	const struct request q = about_authority("queue", name, "p:eve");
	const unsigned count = add_many(w, name);
	static char text[LISTED_SIZE];
	unsigned shown = 0;
	const char *at;

	world_host(w);
	answer_init(&w->answer);
	assert_result(authority_explain(&w->rules, &q, &w->answer), AUTHZ_OK);
	rows_of(w, text);
	assert_int_equal(strncmp(text, "counts ", 7), 0);
	for (at = text; (at = strchr(at, '\n')) != NULL; at++)
		shown++;
	assert_in_range(shown, 500, count - 1);
	assert_int_equal(shown + w->answer.reply.count, count);
	join_many(w, "eve");
	world_caller(w, "eve");
	answer_init(&w->answer);
	assert_result(authority_explain(&w->rules, &q, &w->answer), AUTHZ_OK);
	rows_of(w, text);
	assert_string_equal(text, "");
	assert_in_range(w->answer.reply.count, 1, count - 1); /* of most it was found out that she is in none */
}

static void why_not(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "AB.CD", "p:eve");
	static char text[LISTED_SIZE];

	world_caller(w, "eve");
	answer_init(&w->answer);
	assert_result(authority_explain(&w->rules, &q, &w->answer), AUTHZ_OK);
	rows_of(w, text);
	assert_string_equal(text, "");
	assert_int_equal(w->answer.reply.mask, 0);
	assert_true(w->answer.reply.has & UINT64_C(1) << REPLY_MASK);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("M1: explicit: group without nobody; principal = primary group only; get = union of all groups (+ nobody)",
		     get_and_explicit),
		TEST("M2: unknown or blank entity in CHECK: nobody's authority, not an error", unknown_and_blank),
		TEST("a check is of all the bits together", all_of_the_bits),
		TEST("M6: names of 48 and 32 bytes; over-long ones are refused", names),
		TEST("a user or group made anew holds nothing (authority MUST 1)", numbers_behind_names),
		TEST("on a user made anew nobody holds anything (authority MUST 1)", owners_number),
		TEST("of others the host, *ALLOBJ and *SECADM ask alone (authority MUST 2)", who_may_ask),
		TEST("a question that is not of the right shape is refused with what is wrong", shape),
		TEST("names and groups that cannot be looked up are an error (authority_who MUST 1)", groups_fail),
		TEST("names of groups that cannot be looked up are an error (authority_who MUST 1)", group_names_fail),
		TEST("a caller whose name cannot be looked up is an error, and not gone (authority_who MUST 1)", caller_fails),
		TEST("a group of two names is one group, and only its own name means everybody", group_of_two_names),
		TEST("explain: which record of whom gave what, and which profiles match but do not count", why),
		TEST("explain: nobody is shown a profile that it is not in, nor what who had its name before had (authority MUST 5)",
		     why_of_oneself),
		TEST("explain: what had no room is counted", why_of_many),
		TEST("explain: nothing says anything of it", why_not),
	};

	return cmocka_run_group_tests_name("authority_ask", tests, NULL, NULL);
}
