/* SPDX-License-Identifier: ISC */
/* Which profiles there are: rules/authority_index.c, and the lists of rules/authority_record.c. */
#include "authority_kit.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/authority_profile.h"
#include "store_gets.h"

/* ---- which one counts */

static void check_fails(struct world *w, const char *object, enum authz_result expected)
{
	struct request q = about_authority("queue", object, "p:eve");

	q.mask = mask_of("queue", "get");
	world_host(w);
	assert_result(authority_check(&w->rules, &q), expected);
}

static void not_cumulative(void **state)
{
	struct world *w = *state;

	set_to(w, "queue", "AB.*", "p:eve", "put");
	set_to(w, "queue", "AB.C*", "p:eve", "get");
	expect_held(w, "queue", "AB.CD", "p:eve", "get");
	expect_held(w, "queue", "AB.XD", "p:eve", "put");
	set_to(w, "queue", "AB.CD", "p:bob", "put");
	expect_held(w, "queue", "AB.CD", "p:eve", "none"); /* who is not in the profile that counts has nothing by another one */
	expect_held(w, "process", "AB.CE", "p:eve", "none");
	expect_held(w, "queue", "AB.C*", "p:eve", "get"); /* asked for by its own text */
}

static void without_a_qualifier(void **state)
{
	struct world *w = *state;

	set_to(w, "queue", "AB.**", "p:eve", "put");
	set_to(w, "queue", "**.Z", "p:eve", "get");
	expect_held(w, "queue", "AB", "p:eve", "put");
	expect_held(w, "queue", "AB.C.D", "p:eve", "put");
	expect_held(w, "queue", "ABC", "p:eve", "none");
	expect_held(w, "queue", "Z", "p:eve", "get");
	expect_held(w, "queue", "A.Z", "p:eve", "get");
}

/* Random profiles come and go; what counts is what a walk over all of them says. */
static void as_a_walk(void **state)
{
	static const char *const parts[] = {"a", "b", "ab", "*", "?", "a*", "?b", "**"};
	struct world *w = *state;
	char there[64][OBJECT_SIZE] = {""}, name[OBJECT_SIZE], text[OBJECT_SIZE];
	struct authority_node node;
	struct store_txn *t;
	size_t i, j, round;
	bool found;

	srand(4);
	world_host(w);
	for (round = 0; round < 150; round++) {
		struct request q;
		const char *best = NULL;

		i = (size_t)rand() % 64;
		snprintf(text, sizeof text, "%s.%s", parts[rand() % 8], parts[rand() % 7]);
		if (there[i][0] != '\0') {
			q = about_authority("topic", there[i], NULL);
			answer_init(&w->answer);
			assert_result(authority_delete(&w->rules, &q, &w->answer), AUTHZ_OK);
			for (j = 0; j < 64; j++)
				if (j != i && strcmp(there[j], there[i]) == 0)
					there[j][0] = '\0';
			there[i][0] = '\0';
		} else if (authority_profile_is_valid(text)) {
			set_to(w, "topic", text, "p:eve", "pub");
			strcpy(there[i], text);
		}
		snprintf(name, sizeof name, "%s.%s", parts[rand() % 3], parts[rand() % 3]);
		for (j = 0; j < 64; j++)
			if (there[j][0] != '\0' && authority_profile_matches(there[j], name) &&
			    (best == NULL || authority_profile_compare(there[j], best) < 0))
				best = there[j];
		t = begin(w->rules.authority, false);
		assert_result(authority_index_find(&w->rules, t, "topic", name, &node, &found, NULL, NULL), AUTHZ_OK);
		store_abort(t);
		assert_int_equal(found, best != NULL);
		assert_true(!found || strcmp(node.profile, best) == 0);
	}
}

/* ---- damage */

struct key {
	unsigned char bytes[STORE_KEY_MAX];
	size_t length;
};

static size_t keys_of(struct world *w, const char *prefix, struct key *keys, size_t room)
{
	struct store_txn *t = begin(w->rules.authority, false);
	unsigned char value[STORE_VALUE_MAX];
	size_t count = 0, length;
	struct key k = {.length = 0};
	bool matched;

	for (;;) {
		assert_result(store_next(t, prefix, 2, 1000, k.bytes, &k.length, value, sizeof value, &length, &matched), AUTHZ_OK);
		if (k.length == 0)
			break;
		if (matched && count < room && (memcmp(prefix, "As", 2) != 0 || length > 0))
			keys[count++] = k;
	}
	store_abort(t);
	return count;
}

/* Each record of this kind is lost in turn: it is damage to whoever asks about "object", and none to anybody once it is back. */
static void lose_each(struct world *w, const char *prefix, const char *object, bool all)
{
	static struct key keys[64];
	const size_t count = keys_of(w, prefix, keys, 64);
	unsigned char value[STORE_VALUE_MAX];
	unsigned damaged = 0;
	struct store_txn *t;
	size_t i, length;
	bool found;

	assert_true(count > 0);
	for (i = 0; i < count; i++) {
		struct request q = about_authority("queue", object, "p:eve");
		enum authz_result result;

		t = begin(w->rules.authority, true);
		assert_result(store_get(t, keys[i].bytes, keys[i].length, value, sizeof value, &length, &found), AUTHZ_OK);
		assert_result(store_delete(t, keys[i].bytes, keys[i].length), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
		q.mask = mask_of("queue", "get");
		world_host(w);
		result = authority_check(&w->rules, &q);
		assert_true(result == AUTHZ_STORE_DAMAGED || (!all && result == AUTHZ_NOT_AUTHORIZED_OBJECT));
		damaged += result == AUTHZ_STORE_DAMAGED;
		t = begin(w->rules.authority, true);
		assert_result(store_put(t, keys[i].bytes, keys[i].length, value, length), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
		check_fails(w, object, AUTHZ_NOT_AUTHORIZED_OBJECT);
	}
	assert_true(damaged > 0);
}

/* Everybody has "get" by "**"; on AB.CD nobody has it, by a more specific profile that somebody else is in. */
static void fenced(struct world *w, const char *fence)
{
	set_to(w, "queue", "**", "g:nobody", "get");
	set_to(w, "queue", fence, "p:bob", "put");
	check_fails(w, "AB.CD", AUTHZ_NOT_AUTHORIZED_OBJECT);
	check_fails(w, "XY", AUTHZ_OK);
}

static void lost_profile(void **state)
{
	fenced(*state, "AB.CD");
	lose_each(*state, "Ao", "AB.CD", false); /* that of "**" is not asked for */
}

static void lost_generic(void **state)
{
	fenced(*state, "AB.*");
	lose_each(*state, "Ai", "AB.CD", true);
	lose_each(*state, "Ao", "AB.CD", false);
}

static void lost_type(void **state)
{
	fenced(*state, "AB.*");
	lose_each(*state, "At", "AB.CD", false); /* those of the other types are not asked for */
}

static void lost_shard(void **state)
{
	fenced(*state, "AB.*");
	lose_each(*state, "As", "AB.CD", false); /* nor are all shards */
}

/* As of a store of a version that had not heard of topics. */
static void later_type(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("topic", "AB", "p:eve");
	static struct key keys[64];
	struct store_txn *t;

	fenced(w, "AB.*");
	assert_int_equal(keys_of(w, "At", keys, 64), 2); /* of queues, and of profiles in each world */
	expect_held(w, "topic", "AB", "p:eve", "none");
	set_to(w, "topic", "A*", "p:eve", "pub");
	expect_held(w, "topic", "AB", "p:eve", "pub");
	expect_held(w, "queue", "XY", "p:eve", "get");
	t = begin(w->rules.authority, true);
	assert_result(store_delete(t, "Attopic", 7), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	q.mask = mask_of("topic", "pub");
	world_host(w);
	assert_result(authority_check(&w->rules, &q), AUTHZ_STORE_DAMAGED);
	assert_result(authority_set(&w->rules, &q), AUTHZ_STORE_DAMAGED);
	t = begin(w->rules.authority, true);
	assert_result(store_delete(t, "As\0\0", 4), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	q = about_authority("host", "here", "p:eve");
	q.mask = mask_of("host", "use");
	assert_result(authority_set(&w->rules, &q), AUTHZ_STORE_DAMAGED); /* what is there of the shards is not made anew */
}

static void lost_before_a_change(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "NEW", "p:eve");
	struct store_txn *t;

	fenced(w, "AB.*");
	t = begin(w->rules.authority, true);
	assert_result(store_delete(t, "Atqueue", 7), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	q.mask = mask_of("queue", "get");
	assert_result(authority_set(&w->rules, &q), AUTHZ_STORE_DAMAGED); /* nothing is made anew over what was lost */
}

static void broken_list(void **state)
{
	static struct key keys[64];
	struct world *w = *state;
	struct request q = about_authority("queue", "AB", NULL);
	static char text[LISTED_SIZE];
	unsigned char value[STORE_VALUE_MAX];
	struct store_txn *t;
	size_t count, i, length;
	unsigned pages;
	bool found;

	set_to(w, "queue", "AB", "p:eve", "get");
	set_to(w, "queue", "AB", "p:bob", "get");
	set_to(w, "queue", "AB", "p:sam", "get");
	count = keys_of(w, "A\0q", keys, 64);
	for (i = 0; i < count; i++) {
		if (memcmp(keys[i].bytes, "A\0queue", 7) != 0)
			continue;
		t = begin(w->rules.authority, true);
		assert_result(store_get(t, keys[i].bytes, keys[i].length, value, sizeof value, &length, &found), AUTHZ_OK);
		assert_result(store_delete(t, keys[i].bytes, keys[i].length), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
		world_host(w);
		assert_result(list_all(w, q, text, &pages), AUTHZ_STORE_DAMAGED);
		answer_init(&w->answer);
		assert_result(authority_delete(&w->rules, &q, &w->answer), AUTHZ_STORE_DAMAGED);
		t = begin(w->rules.authority, true);
		assert_result(store_put(t, keys[i].bytes, keys[i].length, value, length), AUTHZ_OK);
		assert_result(store_commit(t), AUTHZ_OK);
		assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	}
}

static void broken_types_list(void **state)
{
	struct world *w = *state;
	struct request q = {.has = 0};
	static char text[LISTED_SIZE];
	struct store_txn *t;
	unsigned pages;

	set_to(w, "queue", "A", "p:eve", "get");
	set_to(w, "queue", "B", "p:eve", "get");
	set_to(w, "queue", "C", "p:eve", "get");
	t = begin(w->rules.authority, true);
	assert_result(store_delete(t, "Aoqueue\0B", 9), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	world_host(w);
	assert_result(list_all(w, q, text, &pages), AUTHZ_STORE_DAMAGED);
}

/* ---- cost */

static void fill(struct world *w, unsigned from, unsigned to)
{
	struct store_txn *t = begin(w->rules.authority, true);
	struct authority_node node;
	unsigned i;

	for (i = from; i < to; i++) {
		struct authority_record a = {.entity = {.kind = 'p', .name = "eve"}, .entity_id = UID_EVE, .mask = 4,
		                             .object_id = AUTHORITY_UNBOUND};
		char name[OBJECT_SIZE];

		snprintf(name, sizeof name, i % 8 == 0 ? "Q%u.*" : "Q%u.A", i);
		assert_result(authority_node_add(&w->rules, t, "queue", name, &node), AUTHZ_OK);
		assert_result(authority_record_add(&w->rules, t, "queue", &node, &a), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

static unsigned reads(struct world *w, const char *object, enum authz_result expected)
{
	store_gets = 0;
	check_fails(w, object, expected);
	return store_gets;
}

static void flat(void **state)
{
	struct world *w = *state;
	unsigned exact, generic, none;

	fill(w, 1000000, 1000010);
	exact = reads(w, "Q1000001.A", AUTHZ_OK);
	generic = reads(w, "Q1000008.X", AUTHZ_OK);
	none = reads(w, "Q1000001.X", AUTHZ_NOT_AUTHORIZED_OBJECT);
	fill(w, 1000010, 1010000);
	assert_int_equal(reads(w, "Q1000001.A", AUTHZ_OK), exact);
	assert_int_equal(reads(w, "Q1000008.X", AUTHZ_OK), generic);
	assert_int_equal(reads(w, "Q1000001.X", AUTHZ_NOT_AUTHORIZED_OBJECT), none);
	assert_int_equal(exact, 5); /* At, As, Ao; eve's, nobody's */
	print_message("# %u reads of an exact name, %u of a generic one, %u of none\n", exact, generic, none);
}

/* One page, after which *q has the cursor; how many records it read. */
static unsigned page(struct world *w, struct request *q, bool *more)
{
	answer_init(&w->answer);
	store_gets = 0;
	assert_result(authority_list(&w->rules, q, &w->answer), AUTHZ_OK);
	*more = w->answer.reply.has & UINT64_C(1) << REPLY_CURSOR;
	q->has |= HAS(CURSOR);
	memcpy(q->cursor.bytes, w->answer.reply.cursor.bytes, CURSOR_SIZE);
	q->cursor.length = w->answer.reply.cursor.length;
	return store_gets;
}

enum { LONG = 9000, PAGE_READS = 2 * 4096 + 20 };

/* The place at which the second page ended is gone: the third finds it from the beginning. */
static void long_way_to_a_profile(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "Q1008999.A", NULL), gone;
	char rows[LISTED_SIZE];
	unsigned i, pages = 0;
	bool more;

	fill(w, 1000000, 1000000 + LONG);
	world_host(w);
	q.which = AUTHORITY_BY_PATTERN;
	q.has |= HAS(WHICH);
	for (i = 0; i < 2; i++)
		assert_in_range(page(w, &q, &more), 4096, PAGE_READS);
	for (i = 1008180; i < 1008200; i++) {
		gone = about_authority("queue", "", NULL);
		snprintf(gone.object, sizeof gone.object, i % 8 == 0 ? "Q%u.*" : "Q%u.A", i);
		answer_init(&w->answer);
		assert_result(authority_delete(&w->rules, &gone, &w->answer), AUTHZ_OK);
	}
	for (more = true; more; pages++) {
		assert_in_range(page(w, &q, &more), 1, PAGE_READS);
		rows_of(w, rows);
		assert_int_equal(rows[0] != '\0', !more); /* the last one alone is meant */
	}
	assert_in_range(pages, 2, 4);
	assert_int_equal(strncmp(rows, "queue Q1008999.A p eve 4", 24), 0);
}

static void add_records(struct world *w, unsigned count)
{
	struct authority_record a = {.entity.kind = 'p', .entity_id = UID_EVE, .mask = 4, .object_id = AUTHORITY_UNBOUND};
	struct store_txn *t = begin(w->rules.authority, true);
	struct authority_node node;
	unsigned i;

	assert_result(authority_node_add(&w->rules, t, "queue", "MANY", &node), AUTHZ_OK);
	for (i = 0; i < count; i++) {
		snprintf(a.entity.name, sizeof a.entity.name, "u%u", i);
		assert_result(authority_record_add(&w->rules, t, "queue", &node, &a), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

static void long_way_to_a_record(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "MANY", NULL), gone = about_authority("queue", "MANY", "p:");
	unsigned i, seen;
	char rows[LISTED_SIZE];
	bool more;

	add_records(w, LONG);
	world_host(w);
	q.which = AUTHORITY_BY_TEXT;
	q.has |= HAS(WHICH);
	for (seen = 0; seen < 64 * 128; seen += 128)
		page(w, &q, &more);
	snprintf(gone.principal, sizeof gone.principal, "u%u", seen); /* the next one */
	gone.mask_drop = 4;
	assert_result(authority_revoke(&w->rules, &gone), AUTHZ_OK);
	for (more = true, seen++; more; ) {
		assert_in_range(page(w, &q, &more), 1, PAGE_READS);
		rows_of(w, rows);
		for (i = 0; rows[i] != '\0'; i++)
			seen += rows[i] == '\n';
	}
	assert_int_equal(seen, LONG);
}

static void too_many_alike(void **state)
{
	struct world *w = *state;
	struct request q;
	enum authz_result result = AUTHZ_OK;
	unsigned i;

	world_host(w);
	for (i = 0; i < 5000 && result == AUTHZ_OK; i++) {
		q = about_authority("queue", "", "p:eve");
		q.mask = 4;
		snprintf(q.object, sizeof q.object, "*%039u", i);
		result = authority_set(&w->rules, &q);
	}
	assert_result(result, AUTHZ_PROFILES_FULL);
	assert_in_range(i, 300, 500);
	check_fails(w, "x000000000000000000000000000000000000000", AUTHZ_OK); /* what was there before stands */
}

/* Names that all come into shard 0 by a hash that everybody can make. */
static void chosen_names(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct authority_node node;
	unsigned char hash[16];
	char key[64] = "Aoqueue";
	unsigned i, added = 0;

	for (i = 0; added < 2100; i++) {
		const int length = snprintf(key + 8, sizeof key - 8, "DYN.%u", i);

		crypto_generichash(hash, sizeof hash, (const unsigned char *)key, (size_t)length + 8, NULL, 0);
		if (hash[1] != 0 || hash[0] % 4 != 0)
			continue;
		assert_result(authority_node_add(&w->rules, t, "queue", key + 8, &node), AUTHZ_OK);
		added++;
	}
	assert_result(store_commit(t), AUTHZ_OK);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("M4: most specific profile only, ? * ** table above; not cumulative (authority MUST 4)", not_cumulative),
		TEST("** stands for no qualifier too", without_a_qualifier),
		TEST("the profile that counts is that of a walk over all, as profiles come and go", as_a_walk),
		TEST("a profile that is lost is damage, never the next less specific one (authority_index MUST 1)", lost_profile),
		TEST("an Ai that is lost is damage (authority_index MUST 1) (authority_family MUST 1)", lost_generic),
		TEST("an At that is lost is damage (authority_index MUST 1)", lost_type),
		TEST("an As that is lost is damage (authority_index MUST 1) (authority_shard MUST 1)", lost_shard),
		TEST("nothing is made anew over what is lost (authority_index MUST 1)", lost_before_a_change),
		TEST("a record that is lost from a list is damage (authority_record MUST 1)", broken_list),
		TEST("a type that no earlier version had is one without profiles, and lost when it was made and is gone "
		     "(authority_index MUST 1)", later_type),
		TEST("a profile that is lost from its type's list is damage (authority_index MUST 3)", broken_types_list),
		TEST("a check reads as many records of 10,010 as of ten (authority_index MUST 2)", flat),
		TEST("no page of a list looks at more than so many profiles, though its place is gone", long_way_to_a_profile),
		TEST("nor at more than so many records", long_way_to_a_record),
		TEST("who chooses names chooses no shard, and fills none", chosen_names),
		TEST("generic profiles that begin alike are limited, with a result of their own", too_many_alike),
	};

	return cmocka_run_group_tests_name("authority_index", tests, NULL, NULL);
}
