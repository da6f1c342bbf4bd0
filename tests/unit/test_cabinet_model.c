/* SPDX-License-Identifier: ISC */
/*
 * Random sequences of everything that makes, fills, empties and ends cabinets, against a simple model; and after each step what
 * the codes 90 and 91 are for: nothing is deeper than a user in a shared cabinet in a shared cabinet.
 */
#include "cabinet_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authz.h"

#define CABINETS 9 /* the last two of them public and standalone */
#define USERS 5
#define STEPS 2500
#define LINES 6

struct model_cabinet {
	bool there, marked, locked, due;
	bool user[USERS], cabinet[CABINETS];
};

struct model {
	struct model_cabinet c[CABINETS];
	bool nested_users;
};

static struct model m;
static unsigned long seed;

static unsigned pick(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static const char *cabinet_name(unsigned c)
{
	static const char *const names[CABINETS] = {"a", "b", "c", "d", "e", "f", "g", "lobby", "safe"};

	return names[c];
}

static const char *user_name(unsigned u)
{
	static const char *const names[USERS] = {"portal", "alice", "bob", "sam", "eve"};

	return names[u];
}

static enum cabinet_type type_of(unsigned c)
{
	return c == CABINETS - 2 ? CABINET_PUBLIC : c == CABINETS - 1 ? CABINET_STANDALONE : CABINET_SHARED;
}

/* ---- the model */

static bool has_shared(unsigned c)
{
	unsigned i;

	for (i = 0; i < CABINETS; i++)
		if (m.c[c].cabinet[i])
			return true;
	return false;
}

static bool is_nested(unsigned c)
{
	unsigned i;

	for (i = 0; i < CABINETS; i++)
		if (m.c[i].cabinet[c])
			return true;
	return false;
}

static enum authz_result may_change(unsigned c)
{
	if (!m.c[c].there || type_of(c) != CABINET_SHARED)
		return AUTHZ_NO_CABINET;
	return m.c[c].locked ? AUTHZ_CABINET_LOCKED : AUTHZ_OK;
}

/* Members below USERS are users, the others cabinets. */
static bool *member_of(unsigned c, unsigned member)
{
	return member < USERS ? &m.c[c].user[member] : &m.c[c].cabinet[member - USERS];
}

static enum authz_result model_add(unsigned c, unsigned member)
{
	enum authz_result result = may_change(c);
	const bool user = member < USERS;
	const unsigned d = user ? 0 : member - USERS;

	if (result != AUTHZ_OK)
		return result;
	if (!user && d == c)
		return AUTHZ_MEMBER_OF_SELF;
	if (!user && !m.c[d].there)
		return AUTHZ_MEMBER_NOT_FOUND;
	if (!user && type_of(d) != CABINET_SHARED)
		return AUTHZ_MEMBER_KIND;
	if (!user && m.c[d].locked)
		return AUTHZ_CABINET_LOCKED;
	if (*member_of(c, member))
		return AUTHZ_ALREADY_MEMBER;
	if (!user && has_shared(d))
		return AUTHZ_HAS_SHARED;
	if ((!user || !m.nested_users) && is_nested(c))
		return AUTHZ_IS_NESTED;
	*member_of(c, member) = true;
	return AUTHZ_OK;
}

static enum authz_result model_remove(unsigned c, unsigned member)
{
	enum authz_result result = may_change(c);

	if (result != AUTHZ_OK)
		return result;
	if (!*member_of(c, member))
		return AUTHZ_NOT_A_MEMBER;
	*member_of(c, member) = false;
	return AUTHZ_OK;
}

static void model_purge(void)
{
	unsigned c, i;

	for (c = 0; c < CABINETS; c++) {
		if (!m.c[c].marked || !m.c[c].due)
			continue;
		for (i = 0; i < CABINETS; i++)
			m.c[i].cabinet[c] = false;
		memset(&m.c[c], 0, sizeof m.c[c]);
	}
}

/* ---- steps */

static const char *member_name(unsigned member)
{
	return member < USERS ? user_name(member) : cabinet_name(member - USERS);
}

static void make(struct world *w)
{
	const unsigned c = pick(CABINETS);

	if (m.c[c].there)
		return;
	host_makes(w, cabinet_name(c), type_of(c));
	m.c[c].there = true;
}

static void add(struct world *w)
{
	const unsigned c = pick(CABINETS), member = pick(USERS + CABINETS);

	assert_result(add_member(w, cabinet_name(c), member_name(member)), model_add(c, member));
}

static void take_away(struct world *w)
{
	const unsigned c = pick(CABINETS), member = pick(USERS + CABINETS);

	assert_result(remove_member(w, cabinet_name(c), member_name(member)), model_remove(c, member));
}

static void mark_one(struct world *w)
{
	const unsigned c = pick(CABINETS);
	struct request q = about_member(cabinet_name(c), "", -1, "");

	q.has |= HAS(LOCK) | HAS(FROM);
	q.lock = pick(2);
	q.from = w->fake.now.today + (int)pick(2);
	assert_result(cabinet_delete(&w->rules, &q), m.c[c].there ? AUTHZ_OK : AUTHZ_CABINET_NAME);
	if (!m.c[c].there)
		return;
	m.c[c].marked = true;
	m.c[c].locked = q.lock == 1;
	m.c[c].due = q.from == w->fake.now.today;
}

static void unmark_one(struct world *w)
{
	const unsigned c = pick(CABINETS);
	const struct request q = about_member(cabinet_name(c), "", -1, "");

	assert_result(cabinet_undelete(&w->rules, &q),
	              !m.c[c].there ? AUTHZ_CABINET_NAME : m.c[c].marked ? AUTHZ_OK : AUTHZ_NOT_MARKED);
	m.c[c].marked = m.c[c].locked = m.c[c].due = false;
}

static void purge_all(struct world *w)
{
	struct request q = {.id = 1};

	(void)all_rows(w, cabinet_purge, q, NULL);
	model_purge();
}

static void forget(struct world *w)
{
	const unsigned u = pick(USERS);
	struct request q = {.has = HAS(USER)};
	unsigned c;

	snprintf(q.user, sizeof q.user, "%s", user_name(u));
	assert_result(cabinet_forget(&w->rules, &q, &w->answer), AUTHZ_OK);
	for (c = 0; c < CABINETS; c++)
		m.c[c].user[u] = false;
}

/* ---- a load */

static char text[1024];
static size_t text_read;

static bool open_text(void *context)
{
	(void)context;
	text_read = 0;
	return true;
}

static long get_text(void *context, void *bytes, size_t size)
{
	const size_t left = strlen(text) - text_read;

	(void)context;
	if (size > left)
		size = left;
	memcpy(bytes, text + text_read, size);
	text_read += size;
	return (long)size;
}

struct load_line {
	unsigned c, member;
	bool drop;
};

static bool is_double(const struct load_line *lines, unsigned i)
{
	unsigned j;

	for (j = 0; j < i; j++)
		if (lines[j].c == lines[i].c && lines[j].member == lines[i].member)
			return true;
	return false;
}

/* How many lines are refused; all of them if one names no shared cabinet. */
static unsigned model_load(const struct load_line *lines, unsigned count, bool *none)
{
	unsigned i, refused = 0;

	*none = false;
	for (i = 0; i < count; i++) {
		if (is_double(lines, i))
			refused++;
		else if (may_change(lines[i].c) == AUTHZ_NO_CABINET)
			*none = true;
		else if ((lines[i].drop ? model_remove : model_add)(lines[i].c, lines[i].member) != AUTHZ_OK)
			refused++;
	}
	return refused;
}

static void load(struct world *w)
{
	static const struct rules_stream stream = {.open = open_text, .get = get_text};
	const struct model before = m;
	struct load_line lines[LINES];
	struct request q = {.has = HAS(REPORT), .report = pick(2)};
	const unsigned count = 1 + pick(LINES);
	unsigned i, refused;
	size_t used = 0;
	bool none;

	for (i = 0; i < count; i++) {
		lines[i] = (struct load_line){.c = pick(CABINETS - 2), .member = pick(USERS + CABINETS), .drop = pick(3) == 0};
		used += (size_t)snprintf(text + used, sizeof text - used, "%s,%s,%s\n", cabinet_name(lines[i].c),
		                         member_name(lines[i].member), lines[i].drop ? "D" : "");
	}
	refused = model_load(lines, count, &none);
	answer_init(&w->answer);
	if (none || (refused > 0 && q.report == 0)) {
		m = before;
		assert_result(cabinet_load(&w->rules, &q, &stream, &w->answer), AUTHZ_LOAD_REFUSED);
		return;
	}
	assert_result(cabinet_load(&w->rules, &q, &stream, &w->answer), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, count - refused);
	assert_int_equal(w->answer.reply.total, count);
}

/* ---- looking */

static void compare_list(struct world *w, struct store_txn *t, unsigned c, enum cabinet_list list)
{
	struct cabinet_entity of = {.kind = 'c'};
	struct cabinet_link link;
	unsigned i, first = list == LIST_USERS ? 0 : USERS, last = list == LIST_USERS ? USERS : USERS + CABINETS, model = 0, seen = 0;

	snprintf(of.name, sizeof of.name, "%s", cabinet_name(c));
	for (i = first; i < last; i++)
		model += *member_of(c, i);
	assert_result(cabinet_link_first(&w->rules, t, &of, list, &link), AUTHZ_OK);
	for (; link.isn != 0; seen++) {
		for (i = first; i < last && strcmp(member_name(i), link.member.name) != 0; i++)
			;
		assert_true(i < last && *member_of(c, i));
		assert_result(cabinet_link_next(&w->rules, t, list, &link), AUTHZ_OK);
	}
	assert_int_equal(seen, model);
}

/* Of the store alone: no cabinet that is in one has one, from both ends. */
static void not_too_deep(struct world *w, struct store_txn *t, unsigned c)
{
	struct cabinet_entity of = {.kind = 'c'};
	uint64_t in, has;

	snprintf(of.name, sizeof of.name, "%s", cabinet_name(c));
	assert_result(cabinet_link_count(&w->rules, t, &of, LIST_MEMBER_OF, &in), AUTHZ_OK);
	assert_result(cabinet_link_count(&w->rules, t, &of, LIST_CABINETS, &has), AUTHZ_OK);
	assert_true(in == 0 || has == 0);
	assert_true(in == 0 || is_nested(c));
	assert_true(has == 0 || has_shared(c));
}

static void compare(struct world *w)
{
	struct store_txn *t = begin(w->rules.authority, false);
	unsigned c;

	for (c = 0; c < CABINETS; c++) {
		compare_list(w, t, c, LIST_USERS);
		compare_list(w, t, c, LIST_CABINETS);
		not_too_deep(w, t, c);
	}
	store_abort(t);
}

static void run(struct world *w, bool nested_users, unsigned long from)
{
	static void (*const steps[])(struct world *) = {make, make, add, add, add, add, add, add, add, take_away, take_away,
	                                                mark_one, unmark_one, unmark_one, load, load};
	unsigned i;

	memset(&m, 0, sizeof m);
	m.nested_users = w->fake.host.config.nested_users = nested_users;
	seed = from;
	world_host(w);
	for (i = 0; i < STEPS; i++) {
		steps[pick(sizeof steps / sizeof steps[0])](w);
		if (pick(60) == 0)
			purge_all(w);
		if (pick(60) == 0)
			forget(w);
		compare(w);
	}
}

static void strict(void **state)
{
	run(*state, false, 1);
}

static void with_nested_users(void **state)
{
	run(*state, true, 2);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = world_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("whatever is done in whatever order, nothing is deeper than shared, shared, user (cabinet_admit MUST 2)", strict),
		TEST("nor is it where nested cabinets may be given users (cabinet_admit MUST 2)", with_nested_users),
	};

	return cmocka_run_group_tests_name("cabinet_model", tests, NULL, NULL);
}
