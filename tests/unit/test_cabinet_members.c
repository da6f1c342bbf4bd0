/* SPDX-License-Identifier: ISC */
/* Z-DIS17C, and who is in through what: rules/cabinet_members.c, rules/cabinet_found.c, rules/cabinet_walk.c. */
#include "cabinet_kit.h"

#include <stdio.h>
#include <string.h>

/* outer has alice, left and right; left has alice and eve, right has bob. */
static int setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	host_makes(w, "outer", CABINET_SHARED); /* ISN 2: the template was the first */
	host_makes(w, "left", CABINET_SHARED);
	host_makes(w, "right", CABINET_SHARED);
	host_makes(w, "lobby", CABINET_PUBLIC);
	make_member(w, "left", "alice");
	make_member(w, "left", "eve");
	make_member(w, "right", "bob");
	make_member(w, "outer", "left");
	make_member(w, "outer", "alice");
	make_member(w, "outer", "right");
	host_adds_administrator(w, "outer", "bob");
	host_adds_administrator(w, "outer", "left");
	world_caller(w, "bob");
	return 0;
}

static struct request which(const char *cabinet, int64_t isn, enum cabinet_which list)
{
	struct request q = about_member(cabinet, "", -1, "");

	q.has |= HAS(WHICH);
	q.which = list;
	if (isn != 0) {
		q.has |= HAS(ISN);
		q.isn = isn;
	}
	return q;
}

static enum authz_result ask(struct world *w, struct request q)
{
	answer_init(&w->answer);
	return cabinet_members(&w->rules, &q, &w->answer);
}

static uint32_t isn_of(struct world *w, const char *cabinet, char kind, const char *member)
{
	struct cabinet_link link;

	assert_true(find_member(w, cabinet, kind, member, &link));
	return link.isn;
}

static void direct(void **state)
{
	struct world *w = *state;
	char expected[512];

	assert_result(set_member(w, "outer", "alice", 2, ""), AUTHZ_OK);
	assert_result(set_member(w, "outer", "right", 3, "lobby"), AUTHZ_OK);
	assert_result(ask(w, which("outer", 0, CABINET_DIRECT)), AUTHZ_OK);
	snprintf(expected, sizeof expected, "%u|user|alice|private||||\n%u|cabinet|left|shared||||\n%u|cabinet|right|special|lobby||0000|0\n",
	         isn_of(w, "outer", 'u', "alice"), isn_of(w, "outer", 'c', "left"), isn_of(w, "outer", 'c', "right"));
	assert_string_equal(answered(w), expected);
	assert_false(w->answer.reply.has & 1u << REPLY_CURSOR);
}

static void users(void **state)
{
	struct world *w = *state;
	const unsigned alice = isn_of(w, "outer", 'u', "alice"), left = isn_of(w, "outer", 'c', "left"),
	               right = isn_of(w, "outer", 'c', "right");
	char expected[512];

	assert_result(ask(w, which("outer", 0, CABINET_USERS)), AUTHZ_OK);
	snprintf(expected, sizeof expected,
	         "%u|user|alice|shared||||\n%u|user|alice|shared||left||\n%u|user|eve|shared||left||\n%u|user|bob|shared||right||\n", alice,
	         left, left, right);
	assert_string_equal(answered(w), expected);
	lock_cabinet(w, "left"); /* by it nobody is in any more */
	assert_result(ask(w, which("outer", 0, CABINET_USERS)), AUTHZ_OK);
	snprintf(expected, sizeof expected, "%u|user|alice|shared||||\n%u|user|bob|shared||right||\n", alice, right);
	assert_string_equal(answered(w), expected);
	lock_cabinet(w, "outer");
	assert_result(ask(w, which("outer", 0, CABINET_USERS)), AUTHZ_CABINET_LOCKED);
	assert_result(ask(w, which("outer", 0, CABINET_DIRECT)), AUTHZ_OK);
}

static void administrators(void **state)
{
	struct world *w = *state;

	assert_result(ask(w, which("outer", 0, CABINET_ADMINS)), AUTHZ_OK);
	assert_non_null(strstr(answered(w), "|user|bob|"));
	assert_non_null(strstr(answered(w), "|cabinet|left|"));
	assert_null(strstr(answered(w), "alice"));
}

static void by_isn(void **state)
{
	struct world *w = *state;
	char expected[512];
	struct request q = which("outer", 2, CABINET_DIRECT);

	assert_result(ask(w, which("outer", 0, CABINET_DIRECT)), AUTHZ_OK);
	snprintf(expected, sizeof expected, "%s", answered(w));
	assert_result(ask(w, which("", 2, CABINET_DIRECT)), AUTHZ_OK);
	assert_string_equal(answered(w), expected);
	assert_result(ask(w, q), AUTHZ_NAME_AND_ISN);
	assert_result(ask(w, which("", 0, CABINET_DIRECT)), AUTHZ_NAME_AND_ISN);
	world_host(w);
	assert_result(ask(w, which("", 99, CABINET_DIRECT)), AUTHZ_NO_ISN);
	assert_result(ask(w, which("", 1, CABINET_DIRECT)), AUTHZ_NO_ISN); /* the template's */
	assert_result(ask(w, which("", -1, CABINET_DIRECT)), AUTHZ_NO_ISN);
	assert_result(ask(w, which("", INT64_C(1) << 32 | 2, CABINET_DIRECT)), AUTHZ_NO_ISN);
	assert_result(ask(w, which("", isn_of(w, "outer", 'u', "alice"), CABINET_DIRECT)), AUTHZ_NO_ISN); /* a membership's */
	assert_result(ask(w, which("nosuch", 0, CABINET_DIRECT)), AUTHZ_NO_CABINET);
	assert_result(ask(w, which("lobby", 0, CABINET_DIRECT)), AUTHZ_NO_CABINET);
	q = which("outer", 0, CABINET_PLUS);
	assert_result(ask(w, q), AUTHZ_BAD_PARAMETER);
}

static void by_whom(void **state)
{
	struct world *w = *state;
	static const enum cabinet_which lists[] = {CABINET_DIRECT, CABINET_ADMINS, CABINET_USERS};
	size_t i;

	world_caller(w, "eve"); /* she is in left, which administers outer */
	assert_result(ask(w, which("outer", 0, CABINET_USERS)), AUTHZ_OK);
	assert_result(ask(w, which("left", 0, CABINET_USERS)), AUTHZ_CABINET_ADMIN);
	for (i = 0; i < 3; i++) {
		world_caller(w, "bob"); /* who is in right, and no more */
		assert_result(ask(w, which("right", 0, lists[i])), AUTHZ_CABINET_ADMIN);
		assert_string_equal(w->rules.subject, "right");
		assert_result(ask(w, which("nosuch", 0, lists[i])), AUTHZ_CABINET_ADMIN);
		assert_string_equal(w->rules.subject, "nosuch");
		assert_result(ask(w, which("", 4, lists[i])), AUTHZ_CABINET_ADMIN); /* right's, and one that is nobody's */
		assert_string_equal(w->rules.subject, "4");
		assert_result(ask(w, which("", 999, lists[i])), AUTHZ_CABINET_ADMIN);
		assert_string_equal(w->rules.subject, "999");
		assert_result(ask(w, which("lobby", 0, lists[i])), AUTHZ_CABINET_ADMIN);
	}
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "sam");
	assert_result(ask(w, which("right", 0, CABINET_USERS)), AUTHZ_OK);
}

/* ---- pages */

#define MANY 2500

/* Memberships made as they come, in one transaction: names that no host knows. */
static void fill(struct world *w, const char *cabinet, const char *prefix, unsigned count)
{
	struct cabinet_link link = {.relation = RELATION_MEMBER, .member.kind = 'u', .profile_type = 1};
	struct store_txn *t = begin(w->rules.authority, true);
	unsigned i;

	snprintf(link.cabinet, sizeof link.cabinet, "%s", cabinet);
	for (i = 0; i < count; i++) {
		snprintf(link.member.name, sizeof link.member.name, "%s%u", prefix, i);
		assert_result(cabinet_link_add(&w->rules, t, &link), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

/* Each name of a list is there once: "|name|" */
static unsigned count_of(const char *text, const char *prefix, unsigned count)
{
	char name[NAME_SIZE + 2];
	const char *at;
	unsigned i, there = 0;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof name, "|%s%u|", prefix, i);
		at = strstr(text, name);
		there += at != NULL && strstr(at + 1, name) == NULL;
	}
	return there;
}

static void paged(void **state)
{
	struct world *w = *state;
	const char *text;
	unsigned pages;

	fill(w, "outer", "direct", MANY);
	fill(w, "left", "left", MANY);
	fill(w, "right", "right", MANY);
	text = all_rows(w, cabinet_members, which("outer", 0, CABINET_USERS), &pages);
	assert_true(pages > 2);
	assert_int_equal(count_of(text, "direct", MANY) + count_of(text, "left", MANY) + count_of(text, "right", MANY), 3 * MANY);
	text = all_rows(w, cabinet_members, which("outer", 0, CABINET_DIRECT), &pages);
	assert_true(pages > 1);
	assert_int_equal(count_of(text, "direct", MANY), MANY);
	assert_non_null(strstr(text, "|cabinet|right|"));
}

/* Links that a page ends behind are taken away before the next one. */
static void changed_meanwhile(void **state)
{
	struct world *w = *state;
	struct request q = which("outer", 0, CABINET_USERS);
	unsigned last = 0, right;
	char name[NAME_SIZE];

	fill(w, "right", "right", MANY); /* whose ISNs are lower than those in left, where the page ends */
	fill(w, "left", "left", MANY);
	assert_result(ask(w, q), AUTHZ_OK);
	assert_true(w->answer.reply.has & 1u << REPLY_CURSOR);
	while (snprintf(name, sizeof name, "|left%u|", last) > 0 && strstr(answered(w), name) != NULL)
		last++;
	assert_true(last > 10 && last < MANY);
	q.has |= HAS(CURSOR);
	memcpy(&q.cursor, &w->answer.reply.cursor, sizeof q.cursor);
	snprintf(name, sizeof name, "left%u", last - 1);
	world_host(w);
	w->fake.host.config.nested_users = true;
	assert_result(remove_member(w, "left", name), AUTHZ_OK); /* the last that was shown */
	right = count_of(all_rows(w, cabinet_members, q, NULL), "right", MANY);
	assert_int_equal(right, MANY);
	snprintf(name, sizeof name, "|left%u|", last);
	assert_non_null(strstr(all_rows(w, cabinet_members, q, NULL), name));
	assert_result(remove_member(w, "outer", "left"), AUTHZ_OK); /* the cabinet that was being shown */
	assert_int_equal(count_of(all_rows(w, cabinet_members, q, NULL), "right", MANY), MANY);
}

/* A cursor is the caller's to make up: it is a place at most, of a list that he may see. */
static void made_up(void **state)
{
	static const size_t lengths[] = {1, 9, 11, CURSOR_SIZE};
	struct world *w = *state;
	struct request q = which("outer", 0, CABINET_USERS);
	size_t i;

	q.has |= HAS(CURSOR);
	for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		q.cursor.length = lengths[i];
		assert_result(ask(w, q), AUTHZ_BAD_PARAMETER);
	}
	q.cursor.length = 10;
	q.cursor.bytes[0] = LIST_ADMINS;
	assert_result(ask(w, q), AUTHZ_BAD_PARAMETER);
	q.cursor.bytes[0] = 200;
	assert_result(ask(w, q), AUTHZ_BAD_PARAMETER);
	memset(q.cursor.bytes, 0xff, 10);
	q.cursor.bytes[0] = LIST_CABINETS;
	assert_result(ask(w, q), AUTHZ_OK);
	assert_string_equal(answered(w), "");
	memset(q.cursor.bytes + 2, 0, 8);
	q.cursor.bytes[5] = (unsigned char)isn_of(w, "left", 'u', "eve"); /* of another cabinet's list */
	assert_result(ask(w, q), AUTHZ_OK);
	assert_null(strstr(answered(w), "eve|shared||right"));
	world_caller(w, "eve");
	assert_result(remove_member(w, "right", "bob"), AUTHZ_CABINET_ADMIN);
}

/* Cabinets without members, in outer. */
static void fill_with_cabinets(struct world *w, unsigned count)
{
	struct cabinet c = {.type = CABINET_SHARED};
	struct cabinet_link link = {.relation = RELATION_MEMBER, .cabinet = "outer", .member.kind = 'c', .profile_type = 1};
	struct store_txn *t = begin(w->rules.authority, true);
	unsigned i;

	for (i = 0; i < count; i++) {
		snprintf(c.name, sizeof c.name, "empty%u", i);
		c.gid = 2100500000 + i;
		assert_result(cabinet_next_isn(&w->rules, t, &c.isn), AUTHZ_OK);
		assert_result(cabinet_write(&w->rules, t, &c), AUTHZ_OK);
		memcpy(link.member.name, c.name, sizeof link.member.name);
		assert_result(cabinet_link_add(&w->rules, t, &link), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

static void empty_ones(void **state)
{
	struct world *w = *state;
	struct request q = which("outer", 0, CABINET_USERS);
	unsigned pages;

	fill_with_cabinets(w, 5000);
	assert_result(ask(w, q), AUTHZ_OK);
	assert_true(w->answer.reply.has & 1u << REPLY_CURSOR); /* though there was room for more */
	assert_true(w->answer.rows.used < 200);
	w->fake.host.config.nested_users = true;
	make_member(w, "empty4999", "portal");
	assert_non_null(strstr(all_rows(w, cabinet_members, q, &pages), "|user|portal|shared||empty4999||\n"));
	assert_int_equal(pages, 2);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("members are listed as they were added, with their profiles", direct),
		TEST("users are listed with the cabinet by which they are in, who are in by themselves first", users),
		TEST("administrators are a list of their own", administrators),
		TEST("a cabinet is named by name or by ISN, not both", by_isn),
		TEST("supervisors and administrators see members, and others not whether there is a cabinet (cabinet_members MUST 1) "
		     "(cabinet_found MUST 1)", by_whom),
		TEST("page by page everybody comes once", paged),
		TEST("so he does when who was shown last is removed meanwhile (cabinet_walk MUST 2)", changed_meanwhile),
		TEST("a cursor that was made up shows nothing more", made_up),
		TEST("a page looks at a bounded number of links (cabinet_walk MUST 1)", empty_ones),
	};

	return cmocka_run_group_tests_name("cabinet_members", tests, NULL, NULL);
}
