/* SPDX-License-Identifier: ISC */
/* A cabinet as the store has it: rules/cabinet_record.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_record.h"

static struct cabinet sales(void)
{
	return (struct cabinet){.name = "sales", .isn = 7, .type = CABINET_SHARED, .gid = 2100000003u, .listing = 2, .marked = true,
	                        .locked = true, .from = FAKE_DAY, .profile = {9753, CABINET_MARK_ALL}, .text = "what they sell",
	                        .crypt = "$6$geheim", .maker = 4000000000u, .made = INT64_C(1) << 60};
}

static void put(struct world *w, const struct cabinet *c)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(cabinet_write(&w->rules, t, c), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static enum authz_result get(struct world *w, const char *name, struct cabinet *c, bool *found)
{
	struct store_txn *t = begin(w->rules.authority, false);
	enum authz_result result = cabinet_read(&w->rules, t, name, c, found);

	store_abort(t);
	return result;
}

static void same(const struct cabinet *a, const struct cabinet *b)
{
	assert_string_equal(a->name, b->name);
	assert_true(a->isn == b->isn && a->type == b->type && a->gid == b->gid && a->listing == b->listing);
	assert_true(a->marked == b->marked && a->locked == b->locked && a->from == b->from);
	assert_true(a->profile.security == b->profile.security && a->profile.marks == b->profile.marks);
	assert_string_equal(a->text, b->text);
	assert_string_equal(a->crypt, b->crypt);
	assert_true(a->maker == b->maker && a->made == b->made);
}

static void comes_back(void **state)
{
	struct world *w = *state;
	struct cabinet c = sales(), got;
	struct store_txn *t;
	char name[NAME_SIZE];
	bool found;

	put(w, &c);
	assert_result(get(w, "sales", &got, &found), AUTHZ_OK);
	assert_true(found);
	same(&got, &c);
	t = begin(w->rules.authority, false);
	assert_result(cabinet_read_isn(&w->rules, t, 7, &got, &found), AUTHZ_OK);
	assert_true(found);
	same(&got, &c);
	assert_result(cabinet_of_gid(&w->rules, t, c.gid, name, &found), AUTHZ_OK);
	assert_true(found);
	assert_string_equal(name, "sales");
	store_abort(t);
}

static void longest(void **state)
{
	struct world *w = *state;
	struct cabinet c = sales(), got;
	bool found;

	memset(c.name, 'n', NAME_SIZE - 1);
	memset(c.text, 't', CABINET_TEXT_SIZE - 1);
	memset(c.crypt, 'c', HOST_CRYPT_SIZE - 1);
	c.isn = ISN_MAX;
	put(w, &c);
	assert_result(get(w, c.name, &got, &found), AUTHZ_OK);
	assert_true(found);
	same(&got, &c);
}

static void none(void **state)
{
	struct world *w = *state;
	struct cabinet got;
	struct store_txn *t = begin(w->rules.authority, false);
	char name[NAME_SIZE];
	bool found = true;

	assert_result(cabinet_read(&w->rules, t, "none", &got, &found), AUTHZ_OK);
	assert_false(found);
	found = true;
	assert_result(cabinet_read_isn(&w->rules, t, 1, &got, &found), AUTHZ_OK);
	assert_false(found);
	found = true;
	assert_result(cabinet_of_gid(&w->rules, t, 2100000000u, name, &found), AUTHZ_OK);
	assert_false(found);
	store_abort(t);
}

static void is_erased(void **state)
{
	struct world *w = *state;
	struct cabinet c = sales(), got;
	struct cabinet_numbers n;
	struct store_txn *t;
	char name[NAME_SIZE];
	bool found;

	put(w, &c);
	t = begin(w->rules.authority, true);
	assert_result(cabinet_erase(&w->rules, t, &c), AUTHZ_OK);
	assert_result(cabinet_read(&w->rules, t, "sales", &got, &found), AUTHZ_OK);
	assert_false(found);
	assert_result(cabinet_read_isn(&w->rules, t, 7, &got, &found), AUTHZ_OK);
	assert_false(found);
	assert_result(cabinet_of_gid(&w->rules, t, c.gid, name, &found), AUTHZ_OK);
	assert_false(found);
	assert_result(cabinet_numbers_read(&w->rules, t, &n), AUTHZ_OK);
	assert_int_equal(n.cabinets, 0);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void counted(void **state)
{
	struct world *w = *state;
	struct cabinet c = sales();
	struct cabinet_numbers n;
	struct store_txn *t;

	put(w, &c);
	put(w, &c); /* the same once more */
	snprintf(c.name, sizeof c.name, "other");
	c.isn++;
	c.gid++;
	put(w, &c);
	t = begin(w->rules.authority, false);
	assert_result(cabinet_numbers_read(&w->rules, t, &n), AUTHZ_OK);
	assert_int_equal(n.cabinets, 2);
	store_abort(t);
}

/* ---- damage */

static void lose(struct world *w, const void *key, size_t length)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(store_delete(t, key, length), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void lost_index(void **state)
{
	static const struct { const char *bytes; size_t length; } keys[] = {
		{"Zi\0\0\0\7", 6}, {"Zg\x7d\x2b\x75\x03", 6},
	};
	struct world *w = *state;
	struct cabinet c = sales(), got;
	bool found;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct store_txn *t;

		put(w, &c);
		assert_result(get(w, "sales", &got, &found), AUTHZ_OK);
		lose(w, keys[i].bytes, keys[i].length);
		assert_result(get(w, "sales", &got, &found), AUTHZ_STORE_DAMAGED);
		t = begin(w->rules.authority, true);
		assert_result(cabinet_erase(&w->rules, t, &c), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
	}
}

static void lost_cabinet(void **state)
{
	struct world *w = *state;
	struct cabinet c = sales(), got;
	struct store_txn *t;
	char name[NAME_SIZE];
	bool found;

	put(w, &c);
	lose(w, "Zcsales", 7);
	t = begin(w->rules.authority, false);
	assert_result(cabinet_read_isn(&w->rules, t, 7, &got, &found), AUTHZ_STORE_DAMAGED);
	assert_result(cabinet_of_gid(&w->rules, t, c.gid, name, &found), AUTHZ_STORE_DAMAGED);
	store_abort(t);
}

static void spoil(struct world *w, const char *key, size_t key_length, size_t at, int value, bool cut)
{
	struct store_txn *t = begin(w->rules.authority, true);
	unsigned char bytes[CABINET_RECORD_MAX];
	size_t length;
	bool found;

	assert_result(store_get(t, key, key_length, bytes, sizeof bytes, &length, &found), AUTHZ_OK);
	assert_true(found && at < length);
	bytes[at] = (unsigned char)value;
	assert_result(store_put(t, key, key_length, bytes, cut ? at : length), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

/* Version, ISN, type, gid, flags, digits of security, marks; and cut at every byte. */
static void spoilt_cabinet(void **state)
{
	static const struct { size_t at; int value; } rows[] = {
		{0, 2}, {1, 0xff}, {5, 4}, {5, CABINET_PRIVATE}, {6, 0xff}, {11, 2}, {11, 4}, {16, 0xff}, {18, 0xff}, {20, 200},
	};
	struct world *w = *state;
	struct cabinet c = sales(), got;
	bool found;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		put(w, &c);
		spoil(w, "Zcsales", 7, rows[i].at, rows[i].value, false);
		assert_result(get(w, "sales", &got, &found), AUTHZ_STORE_DAMAGED);
	}
	for (i = 0; i < 50; i++) {
		put(w, &c);
		spoil(w, "Zcsales", 7, i, 0, true);
		assert_result(get(w, "sales", &got, &found), AUTHZ_STORE_DAMAGED);
	}
}

static void not_written(void **state)
{
	struct world *w = *state;
	struct cabinet rows[6];
	struct store_txn *t = begin(w->rules.authority, true);
	size_t i;

	for (i = 0; i < 6; i++)
		rows[i] = sales();
	rows[0].isn = 0;
	rows[1].isn = ISN_MAX + 1;
	rows[2].gid = (gid_t)-1;
	rows[3].type = CABINET_PUBLIC; /* with a gid */
	rows[4].profile.security = 10000;
	rows[5].marked = false; /* but locked */
	for (i = 0; i < 6; i++)
		assert_result(cabinet_write(&w->rules, t, &rows[i]), AUTHZ_INTERNAL);
	store_abort(t);
}

/* ---- numbers */

static uint32_t next_isn(struct world *w, enum authz_result expected)
{
	struct store_txn *t = begin(w->rules.authority, true);
	uint32_t isn = 0;

	assert_result(cabinet_next_isn(&w->rules, t, &isn), expected);
	assert_result(store_commit(t), AUTHZ_OK);
	return isn;
}

static void set_last(struct world *w, uint32_t isn)
{
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_numbers n;

	assert_result(cabinet_numbers_read(&w->rules, t, &n), AUTHZ_OK);
	n.last_isn = isn;
	assert_result(cabinet_numbers_write(&w->rules, t, &n), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void isns(void **state)
{
	struct world *w = *state;
	uint32_t i;

	for (i = 1; i < 20; i++)
		assert_int_equal(next_isn(w, AUTHZ_OK), i);
	set_last(w, ISN_MAX - 1);
	assert_int_equal(next_isn(w, AUTHZ_OK), ISN_MAX);
	next_isn(w, AUTHZ_ISNS_FULL);
	next_isn(w, AUTHZ_ISNS_FULL);
}

static void numbers_stay(void **state)
{
	const struct cabinet_numbers n = {12345, 2100000009u, UINT64_C(1) << 40, UINT64_MAX};
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct cabinet_numbers got;

	assert_result(cabinet_numbers_write(&w->rules, t, &n), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	t = begin(w->rules.authority, false);
	assert_result(cabinet_numbers_read(&w->rules, t, &got), AUTHZ_OK);
	assert_memory_equal(&got, &n, sizeof n);
	store_abort(t);
}

static void numbers_lost(void **state)
{
	struct world *w = *state;
	struct cabinet c = sales();

	c.isn = next_isn(w, AUTHZ_OK);
	put(w, &c);
	lose(w, "Zs", 2);
	next_isn(w, AUTHZ_STORE_DAMAGED);
}

static void numbers_of_before(void **state)
{
	struct world *w = *state;
	struct cabinet c = sales();

	while (next_isn(w, AUTHZ_OK) < 7)
		continue;
	put(w, &c);
	set_last(w, 6);
	next_isn(w, AUTHZ_STORE_DAMAGED);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a cabinet is found by its name, its ISN and its gid as it was written", comes_back),
		TEST("the longest name, text and crypt field have room", longest),
		TEST("a cabinet that is not there is not found", none),
		TEST("a cabinet that was erased is found by nothing", is_erased),
		TEST("cabinets are counted, each once", counted),
		TEST("a cabinet whose ISN or gid leads nowhere is damage", lost_index),
		TEST("an ISN or gid that leads to no cabinet is damage", lost_cabinet),
		TEST("a record with a value that there cannot be, or cut short, is damage", spoilt_cabinet),
		TEST("what would be damage is not written", not_written),
		TEST("ISNs go from 1 to 99999999, and then there are none", isns),
		TEST("the numbers of all cabinets are kept", numbers_stay),
		TEST("numbers that are lost are damage, and no ISN is given", numbers_lost),
		TEST("an ISN that something has is not given again", numbers_of_before),
	};

	return cmocka_run_group_tests_name("cabinet_record", tests, NULL, NULL);
}
