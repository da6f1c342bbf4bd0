/* SPDX-License-Identifier: ISC */
/* Who is in which list: rules/cabinet_link.c and cabinet_node.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "noise.h"
#include "rules/cabinet_link.h"
#include "store_gets.h"

static unsigned store_puts; /* calls of store_put */

enum authz_result __real_store_put(struct store_txn *t, const void *key, size_t key_length, const void *value, size_t length);
enum authz_result __wrap_store_put(struct store_txn *t, const void *key, size_t key_length, const void *value, size_t length);

/* By the linker in the place of the real one, which does the work. */
enum authz_result __wrap_store_put(struct store_txn *t, const void *key, size_t key_length, const void *value, size_t length)
{
	store_puts++;
	return __real_store_put(t, key, key_length, value, length);
}

static void no_calls(void)
{
	store_gets = store_puts = 0;
}

static unsigned calls(void)
{
	return store_gets + store_puts;
}

static struct cabinet_entity entity(char kind, const char *name)
{
	struct cabinet_entity e = {.kind = kind};

	snprintf(e.name, sizeof e.name, "%s", name);
	return e;
}

static struct cabinet_link link_of(char relation, const char *cabinet, char kind, const char *member)
{
	struct cabinet_link l = {.relation = relation, .member = entity(kind, member), .profile_type = 1, .uid = 1002};

	snprintf(l.cabinet, sizeof l.cabinet, "%s", cabinet);
	return l;
}

static uint32_t add_in(struct world *w, struct store_txn *t, char relation, const char *cabinet, char kind, const char *member)
{
	struct cabinet_link l = link_of(relation, cabinet, kind, member);

	assert_result(cabinet_link_add(&w->rules, t, &l), AUTHZ_OK);
	return l.isn;
}

static uint32_t add(struct world *w, char relation, const char *cabinet, char kind, const char *member)
{
	struct store_txn *t = begin(w->rules.authority, true);
	uint32_t isn = add_in(w, t, relation, cabinet, kind, member);

	assert_result(store_commit(t), AUTHZ_OK);
	return isn;
}

/* The ISNs of a list into "isns"; how many. */
static enum authz_result walk(struct world *w, struct store_txn *t, const struct cabinet_entity *of, enum cabinet_list list,
                              uint32_t *isns, size_t *count)
{
	struct cabinet_link l;
	enum authz_result result = cabinet_link_first(&w->rules, t, of, list, &l);

	for (*count = 0; result == AUTHZ_OK && l.isn != 0; result = cabinet_link_next(&w->rules, t, list, &l))
		isns[(*count)++] = l.isn;
	return result;
}

/* ---- one link */

static void comes_back(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_link l = link_of(RELATION_MEMBER, "sales", 'u', "alice"), got;
	bool found;

	l.profile_type = 3;
	l.special = (struct cabinet_profile){1234, CABINET_MARK_ALL};
	snprintf(l.special_name, sizeof l.special_name, "a-cabinet-of-thirty-two-letters.");
	l.maker = 4000000000u;
	l.made = INT64_C(1) << 60;
	assert_result(cabinet_link_add(&w->rules, t, &l), AUTHZ_OK);
	assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sales", &l.member, &got, &found), AUTHZ_OK);
	assert_true(found);
	assert_memory_equal(&got.special, &l.special, sizeof got.special);
	assert_string_equal(got.special_name, l.special_name);
	assert_true(got.isn == l.isn && got.maker == l.maker && got.made == l.made && got.uid == 1002 && got.profile_type == 3);
	assert_result(cabinet_link_by_isn(&w->rules, t, l.isn, &got, &found), AUTHZ_OK);
	assert_true(found && strcmp(got.cabinet, "sales") == 0 && strcmp(got.member.name, "alice") == 0);
	assert_result(cabinet_link_by_isn(&w->rules, t, l.isn + 1, &got, &found), AUTHZ_OK);
	assert_false(found);
	store_abort(t);
}

static void told_apart(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_entity user = entity('u', "x"), cabinet = entity('c', "x");
	struct cabinet_link got;
	uint32_t isn = add_in(w, t, RELATION_MEMBER, "sales", 'u', "x");
	bool found;

	assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sales", &cabinet, &got, &found), AUTHZ_OK);
	assert_false(found);
	assert_result(cabinet_link_find(&w->rules, t, RELATION_ADMIN, "sales", &user, &got, &found), AUTHZ_OK);
	assert_false(found);
	assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sale", &user, &got, &found), AUTHZ_OK);
	assert_false(found);
	assert_true(add_in(w, t, RELATION_MEMBER, "sales", 'c', "x") == isn + 1);
	assert_true(add_in(w, t, RELATION_ADMIN, "sales", 'u', "x") == isn + 2);
	assert_true(add_in(w, t, RELATION_ADMIN, "x", 'c', "x") == isn + 3); /* its own administrator */
	store_abort(t);
}

static void not_twice(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_link l = link_of(RELATION_MEMBER, "sales", 'u', "alice");

	assert_result(cabinet_link_add(&w->rules, t, &l), AUTHZ_OK);
	assert_result(cabinet_link_add(&w->rules, t, &l), AUTHZ_ALREADY_MEMBER);
	store_abort(t);
}

static void changed(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_entity sales = entity('c', "sales"), alice = entity('u', "alice");
	struct cabinet_link l;
	uint32_t isns[4];
	size_t count;
	bool found;

	add_in(w, t, RELATION_MEMBER, "sales", 'u', "bob");
	add_in(w, t, RELATION_MEMBER, "sales", 'u', "alice");
	assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sales", &alice, &l, &found), AUTHZ_OK);
	add_in(w, t, RELATION_MEMBER, "sales", 'u', "eve"); /* alice has another neighbour than was found */
	l.profile_type = 2;
	assert_result(cabinet_link_change(&w->rules, t, &l), AUTHZ_OK);
	assert_result(walk(w, t, &sales, LIST_USERS, isns, &count), AUTHZ_OK);
	assert_int_equal(count, 3);
	assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sales", &alice, &l, &found), AUTHZ_OK);
	assert_int_equal(l.profile_type, 2);
	store_abort(t);
}

/* ---- against a model */

enum { CABINETS = 6, MEMBERS = 12, STEPS = 3000 };

struct model {
	struct model_link {
		uint32_t isn;
		struct cabinet_link link;
	} links[3 * CABINETS * MEMBERS];
	size_t count;
	uint32_t last;
	uint64_t noise;
};

static bool in_list(const struct cabinet_link *l, const struct cabinet_entity *of, enum cabinet_list list)
{
	const bool admin = l->relation == RELATION_ADMIN, user = l->member.kind == 'u', guest = l->relation == RELATION_GUEST;
	const bool of_cabinet = of->kind == (guest ? 'u' : 'c') && strcmp(l->cabinet, of->name) == 0;
	const bool of_member = of->kind == l->member.kind && strcmp(l->member.name, of->name) == 0;

	switch (list) {
	case LIST_USERS:
		return of_cabinet && !admin && !guest && user;
	case LIST_CABINETS:
		return of_cabinet && !admin && !user;
	case LIST_ADMINS:
		return of_cabinet && admin;
	case LIST_MEMBER_OF:
		return of_member && !admin && !guest;
	case LIST_GUESTS:
		return of_cabinet && guest;
	case LIST_GUEST_OF:
		return of_member && guest;
	default:
		return of_member && admin;
	}
}

static void compare_list(struct world *w, struct store_txn *t, const struct model *m, const struct cabinet_entity *of,
                         enum cabinet_list list)
{
	uint32_t isns[3 * CABINETS * MEMBERS], expected[3 * CABINETS * MEMBERS];
	size_t count, i, wanted = 0;
	struct cabinet_link l;
	uint64_t counted;

	for (i = 0; i < m->count; i++)
		if (in_list(&m->links[i].link, of, list))
			expected[wanted++] = m->links[i].isn;
	assert_result(walk(w, t, of, list, isns, &count), AUTHZ_OK);
	assert_int_equal(count, wanted);
	if (count > 0)
		assert_memory_equal(isns, expected, count * sizeof *isns);
	assert_result(cabinet_link_count(&w->rules, t, of, list, &counted), AUTHZ_OK);
	assert_int_equal(counted, wanted);
	for (i = 0; i <= wanted; i++) { /* after each, and after one that is none of them */
		assert_result(cabinet_link_after(&w->rules, t, of, list, i == 0 ? 0 : expected[i - 1], &l), AUTHZ_OK);
		assert_int_equal(l.isn, i < wanted ? expected[i] : 0);
	}
}

static void compare(struct world *w, const struct model *m)
{
	struct store_txn *t = begin(w->rules.authority, false);
	char name[8];
	int i, list;

	for (i = 0; i < MEMBERS; i++)
		for (list = 0; list < CABINET_LISTS; list++) {
			struct cabinet_entity user, cabinet;

			snprintf(name, sizeof name, "n%d", i);
			user = entity('u', name);
			cabinet = entity('c', name);
			compare_list(w, t, m, &user, (enum cabinet_list)list);
			compare_list(w, t, m, &cabinet, (enum cabinet_list)list);
		}
	store_abort(t);
}

static void model_add(struct world *w, struct store_txn *t, struct model *m)
{
	static const char relations[] = {RELATION_ADMIN, RELATION_GUEST, RELATION_MEMBER, RELATION_MEMBER, RELATION_MEMBER};
	const char relation = relations[noise_below(&m->noise, sizeof relations)];
	char cabinet[8], member[8];
	struct cabinet_link l, got;
	bool found;

	snprintf(cabinet, sizeof cabinet, "n%u", noise_below(&m->noise, CABINETS));
	snprintf(member, sizeof member, "n%u", noise_below(&m->noise, MEMBERS));
	l = link_of(relation, cabinet, noise_below(&m->noise, 3) == 0 && relation != RELATION_GUEST ? 'c' : 'u', member);
	l.owner = noise_below(&m->noise, 1000);
	assert_result(cabinet_link_find(&w->rules, t, l.relation, cabinet, &l.member, &got, &found), AUTHZ_OK);
	if (found)
		return;
	assert_result(cabinet_link_add(&w->rules, t, &l), AUTHZ_OK);
	assert_true(l.isn > m->last);
	m->last = l.isn;
	m->links[m->count++] = (struct model_link){l.isn, l};
}

/* By what was found when it was added: the neighbours are others by now. */
static void model_remove(struct world *w, struct store_txn *t, struct model *m)
{
	size_t i = m->count > 0 ? noise_below(&m->noise, (unsigned)m->count) : 0;

	if (m->count == 0)
		return;
	assert_result(cabinet_link_remove(&w->rules, t, &m->links[i].link), AUTHZ_OK);
	memmove(&m->links[i], &m->links[i + 1], (m->count - i - 1) * sizeof m->links[0]);
	m->count--;
}

static void model(void **state)
{
	struct world *w = *state;
	static struct model m;
	struct store_txn *t;
	int step, i;

	m = (struct model){.noise = 5};
	for (step = 0; step < STEPS / 20; step++) {
		t = begin(w->rules.authority, true);
		for (i = 0; i < 20; i++)
			if ((int)noise_below(&m.noise, 100) < (step / 20 % 2 == 0 ? 70 : 30))
				model_add(w, t, &m);
			else
				model_remove(w, t, &m);
		assert_result(store_commit(t), AUTHZ_OK);
		if (step % 5 == 0)
			compare(w, &m);
	}
	t = begin(w->rules.authority, true);
	while (m.count > 0)
		model_remove(w, t, &m);
	assert_result(store_commit(t), AUTHZ_OK);
	compare(w, &m);
	assert_int_equal(count_records(w, w->rules.authority, 'Z'), 1); /* the numbers */
}

/* ---- cost */

static void constant(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_entity of = entity('c', "sales");
	struct cabinet_link got;
	unsigned added[2] = {0, 0}, removed[2] = {0, 0}, found_by[2] = {0, 0}, counted[2] = {0, 0};
	uint64_t count;
	char name[16];
	bool found;
	int i, size;

	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "u%d", i);
		add_in(w, t, RELATION_MEMBER, "sales", 'u', name);
		size = i == 10 ? 0 : i == 4999 ? 1 : -1;
		if (size < 0)
			continue;
		no_calls();
		add_in(w, t, RELATION_MEMBER, "sales", 'u', "alice");
		added[size] = calls();
		no_calls();
		assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sales", &(struct cabinet_entity){'u', "u5"}, &got, &found),
		              AUTHZ_OK);
		found_by[size] = calls();
		assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sales", &(struct cabinet_entity){'u', "alice"}, &got,
		                                &found), AUTHZ_OK);
		no_calls();
		assert_result(cabinet_link_remove(&w->rules, t, &got), AUTHZ_OK);
		removed[size] = calls();
		no_calls();
		assert_result(cabinet_link_count(&w->rules, t, &of, LIST_USERS, &count), AUTHZ_OK);
		counted[size] = calls();
		assert_int_equal(count, i + 1);
	}
	assert_int_equal(added[0], added[1]);
	assert_int_equal(removed[0], removed[1]);
	assert_int_equal(found_by[0], found_by[1]);
	assert_int_equal(counted[0], counted[1]);
	assert_true(added[1] < 25 && removed[1] < 25 && found_by[1] == 2 && counted[1] == 2);
	store_abort(t);
}

/* ---- damage */

struct saved {
	unsigned char key[STORE_KEY_MAX], value[STORE_VALUE_MAX];
	size_t key_length, length;
};

/* All records of links, by turns; false behind the last. */
static bool next_record(struct world *w, struct saved *s)
{
	struct store_txn *t = begin(w->rules.authority, false);
	bool matched;

	assert_result(store_next(t, "Z", 1, 100000, s->key, &s->key_length, s->value, sizeof s->value, &s->length, &matched), AUTHZ_OK);
	store_abort(t);
	return s->key_length > 0;
}

static void put_back(struct world *w, const struct saved *s)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(store_put(t, s->key, s->key_length, s->value, s->length), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void make_some(struct world *w)
{
	add(w, RELATION_MEMBER, "sales", 'u', "alice");
	add(w, RELATION_MEMBER, "sales", 'u', "bob");
	add(w, RELATION_MEMBER, "sales", 'u', "eve");
	add(w, RELATION_MEMBER, "north", 'u', "bob");
	add(w, RELATION_MEMBER, "sales", 'c', "north");
	add(w, RELATION_ADMIN, "sales", 'u', "bob");
	add(w, RELATION_ADMIN, "north", 'c', "sales");
	add(w, RELATION_MEMBER, "south", 'u', "bob");
	add(w, RELATION_GUEST, "alice", 'u', "bob");
	add(w, RELATION_GUEST, "alice", 'u', "eve");
	add(w, RELATION_GUEST, "bob", 'u', "eve");
}

static const struct {
	char kind;
	const char *name;
	enum cabinet_list list;
	size_t count;
} lists[] = {
	{'c', "sales", LIST_USERS, 3},     {'c', "sales", LIST_CABINETS, 1}, {'c', "sales", LIST_ADMINS, 1},
	{'c', "north", LIST_USERS, 1},     {'c', "north", LIST_ADMINS, 1},   {'c', "north", LIST_MEMBER_OF, 1},
	{'c', "sales", LIST_ADMIN_OF, 1},  {'u', "alice", LIST_MEMBER_OF, 1}, {'u', "bob", LIST_MEMBER_OF, 3},
	{'u', "bob", LIST_ADMIN_OF, 1},    {'u', "eve", LIST_MEMBER_OF, 1},  {'c', "south", LIST_USERS, 1},
	{'c', "south", LIST_MEMBER_OF, 0},
	{'u', "alice", LIST_GUESTS, 2},    {'u', "bob", LIST_GUESTS, 1},     {'u', "bob", LIST_GUEST_OF, 1},
	{'u', "eve", LIST_GUEST_OF, 2},    {'c', "alice", LIST_GUESTS, 0},
};

/* Each list is whole, or damaged; how many are damaged. */
static size_t damaged_lists(struct world *w)
{
	struct store_txn *t = begin(w->rules.authority, false);
	uint32_t isns[16];
	size_t i, count, damaged = 0;

	for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct cabinet_entity of = entity(lists[i].kind, lists[i].name);
		enum authz_result result = walk(w, t, &of, lists[i].list, isns, &count);

		if (result == AUTHZ_STORE_DAMAGED) {
			damaged++;
			continue;
		}
		assert_result(result, AUTHZ_OK);
		assert_int_equal(count, lists[i].count);
	}
	store_abort(t);
	return damaged;
}

static void lost(void **state)
{
	struct world *w = *state;
	struct saved s = {.key_length = 0};
	unsigned records = 0;

	make_some(w);
	assert_int_equal(damaged_lists(w), 0);
	while (next_record(w, &s)) {
		struct store_txn *t;

		if (s.key[1] == 's')
			continue;
		t = begin(w->rules.authority, true);
		assert_result(store_delete(t, s.key, s.key_length), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
		if (damaged_lists(w) == 0)
			fail_msg("nothing is damaged without a record Z%c", s.key[1]);
		put_back(w, &s);
		records++;
	}
	assert_int_equal(records, 11 + 11 + 2 * 6); /* links, pairs, nodes */
	assert_int_equal(damaged_lists(w), 0);
}

/* Each of the four neighbours that a link has, and first, last and count of each list, is any number but the right one. */
static void spoilt(void **state)
{
	struct world *w = *state;
	struct saved s = {.key_length = 0}, bad;
	size_t field, fields, behind;
	unsigned value;

	make_some(w);
	while (next_record(w, &s)) {
		if (s.key[1] != 'k' && s.key[1] != 'n')
			continue;
		fields = s.key[1] == 'k' ? 4 : CABINET_LISTS * 3;
		behind = s.key[1] == 'k' && s.value[1] == RELATION_GUEST ? 4 : 0; /* whose it is */
		for (field = 0; field < fields; field++)
			for (value = 0; value < 10; value++) {
				const size_t at = s.length - behind - 4 * (fields - field);

				if (s.value[at + 3] == value || (s.key[1] == 'n' && field % 3 == 2 && value > 1 && s.value[at + 3] > 1))
					continue; /* how many there are, beyond one, is not looked at */
				bad = s;
				bad.value[at + 3] = (unsigned char)value;
				put_back(w, &bad);
				if (damaged_lists(w) == 0)
					fail_msg("nothing is damaged with %u in field %zu of Z%c", value, field, s.key[1]);
			}
		put_back(w, &s);
	}
	assert_int_equal(damaged_lists(w), 0);
}

/* Removing where the neighbour is gone changes nothing. */
static void remove_beside_damage(void **state)
{
	struct world *w = *state;
	struct cabinet_entity bob = entity('u', "bob");
	struct store_txn *t;
	struct cabinet_link l;
	bool found;

	make_some(w);
	t = begin(w->rules.authority, true);
	assert_result(store_delete(t, "Zk\0\0\0\1", 6), AUTHZ_OK); /* alice's */
	assert_result(store_commit(t), AUTHZ_OK);
	t = begin(w->rules.authority, true);
	assert_result(cabinet_link_find(&w->rules, t, RELATION_MEMBER, "sales", &bob, &l, &found), AUTHZ_OK);
	assert_true(found);
	assert_result(cabinet_link_remove(&w->rules, t, &l), AUTHZ_STORE_DAMAGED);
	store_abort(t);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a link is found by its pair and by its ISN as it was added", comes_back),
		TEST("a user, a cabinet of the same name, a member and an administrator are told apart", told_apart),
		TEST("a pair is linked once", not_twice),
		TEST("a link that is changed keeps its place", changed),
		TEST("after any additions and removals every list is what a model has, in the order of ISNs", model),
		TEST("adding, removing, finding and counting take as many calls of the store among 5000 as among 10 (cabinet_link MUST 2)",
		     constant),
		TEST("without any one of its records a list is damaged, never shorter (cabinet_link MUST 1)", lost),
		TEST("with any one neighbour wrong a list is damaged (cabinet_link MUST 1)", spoilt),
		TEST("beside a link that is lost none is removed", remove_beside_damage),
	};

	return cmocka_run_group_tests_name("cabinet_link", tests, NULL, NULL);
}
