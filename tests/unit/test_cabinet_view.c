/* SPDX-License-Identifier: ISC */
/* What a change of cabinets changes in the view: rules/cabinet_view.c and what it is made of, with a real store and real views. */
#include "cabinet_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "noise.h"
#include "rules/view_tools.h"
#include "store_gets.h"
#include "view/format.h"

enum { MANY = 10000 };

static unsigned steps_taken; /* of store_next */

enum authz_result __real_store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                                    unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                                    size_t *length, bool *matched);
enum authz_result __wrap_store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                                    unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                                    size_t *length, bool *matched);
enum authz_result __wrap_store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                                    unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                                    size_t *length, bool *matched)
{
	steps_taken += steps;
	return __real_store_next(t, prefix, prefix_length, steps, key, key_length, value, size, length, matched);
}

static struct request nothing(void)
{
	return (struct request){.operation = OP_VIEW_CHECK};
}

static const char *view_file(struct cabinet_world *c)
{
	return scratch_path(c->folder.path, VIEW_NAME);
}

/* ---- what is in it */

static void as_the_model(void **state)
{
	struct cabinet_world *c = *state;
	const char *more = getenv("AUTHZ_ROUNDS");
	unsigned i, j, rounds = more != NULL ? (unsigned)atoi(more) : 400;
	uint64_t noise = 11;

	for (i = 0; i < rounds; i++) {
		change_begin(c);
		for (j = noise_below(&noise, 6); j < 6; j++)
			change_any(c, &noise);
		assert_result(change_commit(c), AUTHZ_OK);
		assert_view(c);
		if (i % 8 == 0)
			assert_result(cabinet_world_check(c), AUTHZ_OK);
		/* the next one is made of the whole store */
		if (i % 16 == 15)
			unlink(view_file(c));
	}
}

static void by_hand(void **state)
{
	struct cabinet_world *c = *state;

	change_begin(c);
	change_create(c, 0);
	change_create(c, 1);
	change_create(c, 2);
	change_nested(c, RELATION_MEMBER, 0, 1, true);
	change_nested(c, RELATION_ADMIN, 2, 0, true);
	change_user(c, RELATION_MEMBER, 1, 3, true);
	assert_result(change_commit(c), AUTHZ_OK);
	assert_view(c);
	/* all of a chain goes in one transaction */
	change_begin(c);
	change_user(c, RELATION_MEMBER, 1, 3, false);
	change_nested(c, RELATION_MEMBER, 0, 1, false);
	change_nested(c, RELATION_ADMIN, 2, 0, false);
	assert_result(change_commit(c), AUTHZ_OK);
	assert_view(c);
}

static void lists(void **state)
{
	struct cabinet_world *c = *state;
	unsigned i;

	change_begin(c);
	change_create(c, 0);
	change_create(c, 1);
	change_nested(c, RELATION_ADMIN, 0, 1, true);
	change_user(c, RELATION_MEMBER, 0, 1, true);
	change_user(c, RELATION_MEMBER, 0, 2, true);
	change_user(c, RELATION_ADMIN, 0, 2, true);
	assert_result(change_commit(c), AUTHZ_OK);
	for (i = 0; i < 9; i++) {
		change_begin(c);
		change_listing(c, 0, (enum view_listing)(i * 2 % 3));
		assert_result(change_commit(c), AUTHZ_OK);
		assert_view(c);
		/* who becomes an administrator by a cabinet is listed as one */
		change_begin(c);
		change_user(c, RELATION_MEMBER, 1, 1, i % 2 == 0);
		assert_result(change_commit(c), AUTHZ_OK);
		assert_view(c);
	}
}

static void other_kinds(void **state)
{
	struct cabinet_world *c = *state;
	struct cabinet record = {.type = CABINET_PUBLIC, .gid = (gid_t)-1, .name = "all"};

	change_begin(c);
	change_create(c, 0);
	assert_result(cabinet_next_isn(&c->w.rules, c->t, &record.isn), AUTHZ_OK);
	assert_result(cabinet_write(&c->w.rules, c->t, &record), AUTHZ_OK);
	cabinet_touch(c->touched, "all");
	/* a gid that another build had given */
	put_cabinet(c, "elsewhere", AUTHZ_GID_HIGH + 1);
	link_add(c, RELATION_MEMBER, "elsewhere", 'u', "user1");
	assert_result(change_commit(c), AUTHZ_OK);
	assert_view(c);
	assert_result(cabinet_world_check(c), AUTHZ_OK);
	unlink(view_file(c));
	assert_result(cabinet_world_check(c), AUTHZ_VIEW_DAMAGED);
	assert_string_equal(c->w.rules.subject, c->folder.path);
	change_begin(c);
	change_user(c, RELATION_MEMBER, 0, 0, true);
	assert_result(change_commit(c), AUTHZ_OK);
	assert_view(c);
}

static void unfit(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t before;

	change_begin(c);
	change_create(c, 0);
	assert_result(change_commit(c), AUTHZ_OK);
	before = sequence(c->w.rules.authority);
	change_begin(c);
	link_add(c, RELATION_MEMBER, "cab0", 'u', "a,b");
	assert_result(change_commit(c), AUTHZ_BAD_PARAMETER);
	assert_string_equal(c->w.rules.subject, "a,b");
	assert_int_equal(sequence(c->w.rules.authority), before);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
}

/* ---- what the last view is good for */

/* A view that says something else, with the number of the store or another one. */
static void forge(struct cabinet_world *c, uint64_t number)
{
	struct view_cabinet wrong = {AUTHZ_GROUP_PREFIX "wrong", AUTHZ_GID_HIGH, NULL, 0, NULL, 0, VIEW_LIST_ALL};
	struct view_content content = {number, &wrong, 1, NULL, 0, NULL};

	assert_result(c->folder.publisher.write(&c->folder, &content), AUTHZ_OK);
	assert_result(c->folder.publisher.rename(&c->folder), AUTHZ_OK);
}

static void not_in_step(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 3;

	change_many(c, &noise);
	forge(c, cabinet_world_number(c) + 1);
	assert_result(cabinet_world_check(c), AUTHZ_VIEW_DAMAGED);
	change_one(c, &noise);
	assert_view(c);
	assert_result(cabinet_world_check(c), AUTHZ_OK);
	/* of the store's number, and wrong: no record of it is damaged, but it is not what the store says */
	forge(c, cabinet_world_number(c));
	assert_result(cabinet_world_check(c), AUTHZ_VIEW_DAMAGED);
}

static void one_bit(void **state)
{
	struct cabinet_world *c = *state;
	unsigned char byte;
	uint64_t noise = 4;
	struct stat st;
	FILE *f;
	unsigned i;
	long where;

	change_many(c, &noise);
	for (i = 0; i < 60; i++) {
		assert_int_equal(stat(view_file(c), &st), 0);
		/* not the mark, nor the zeros behind it */
		do
			where = (long)noise_below(&noise, (unsigned)st.st_size);
		while (where >= (long)offsetof(struct view_header, mark) && where < (long)sizeof(struct view_header));
		f = fopen(view_file(c), "r+be");
		assert_non_null(f);
		assert_int_equal(fseek(f, where, SEEK_SET), 0);
		assert_int_equal(fread(&byte, 1, 1, f), 1);
		byte ^= (unsigned char)(1 << noise_below(&noise, 8));
		assert_int_equal(fseek(f, where, SEEK_SET), 0);
		assert_int_equal(fwrite(&byte, 1, 1, f), 1);
		assert_int_equal(fclose(f), 0);
		assert_result(cabinet_world_check(c), AUTHZ_VIEW_DAMAGED);
		change_one(c, &noise);
		assert_view(c);
	}
}

/* ---- how much an add costs */

static unsigned cost_of_add(struct cabinet_world *c, const char *name)
{
	change_begin(c);
	link_add(c, RELATION_MEMBER, "cab0", 'u', name);
	store_gets = steps_taken = 0;
	assert_result(change_commit(c), AUTHZ_OK);
	return store_gets + steps_taken;
}

static void many(struct cabinet_world *c, unsigned from, unsigned to)
{
	char name[24];

	change_begin(c);
	for (; from < to; from++) {
		snprintf(name, sizeof name, "m%u", from);
		link_add(c, RELATION_MEMBER, "cab0", 'u', name);
	}
	assert_result(change_commit(c), AUTHZ_OK);
}

static void bounded(void **state)
{
	struct cabinet_world *c = *state;
	struct request q = nothing();
	uint64_t before;
	unsigned small, large, i;

	change_begin(c);
	for (i = 3; i < MODEL_CABINETS; i++)
		change_create(c, i);
	change_create(c, 0);
	change_create(c, 1);
	change_create(c, 2);
	change_nested(c, RELATION_MEMBER, 1, 0, true);
	change_nested(c, RELATION_ADMIN, 2, 1, true);
	assert_result(change_commit(c), AUTHZ_OK);
	many(c, 0, 10);
	small = cost_of_add(c, "one");
	many(c, 10, MANY);
	large = cost_of_add(c, "two");
	assert_int_equal(small, large);
	assert_true(large < 100);
	/* all of it is too much for a request like this one */
	change_begin(c);
	for (i = 3; i < MODEL_CABINETS; i++)
		change_nested(c, RELATION_MEMBER, i, 0, true);
	assert_result(store_commit(c->t), AUTHZ_OK);
	cabinet_touched_free(c->touched);
	unlink(view_file(c));
	before = sequence(c->w.rules.authority);
	change_begin(c);
	link_add(c, RELATION_MEMBER, "cab0", 'u', "three");
	assert_result(change_commit(c), AUTHZ_VIEW_DAMAGED);
	assert_int_equal(sequence(c->w.rules.authority), before);
	answer_init(&c->w.answer);
	assert_result(view_tools_rebuild(&c->w.rules, &q, NULL, &c->w.answer), AUTHZ_OK);
	change_begin(c);
	link_add(c, RELATION_MEMBER, "cab9", 'u', "three");
	assert_result(change_commit(c), AUTHZ_OK);
	/* nor for somebody who has no stream */
	assert_result(cabinet_world_check(c), AUTHZ_HOST_ONLY);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, cabinet_world_setup, cabinet_world_teardown, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("after any changes each look-up sees what they say, whether the view was made of the last one or of the store "
		    "(cabinet_view MUST 1)", as_the_model),
		ROW("what is taken apart in one transaction leaves nobody behind", by_hand),
		ROW("whom a cabinet lists follows what it says, and who its administrators are", lists),
		ROW("only shared cabinets of the build's range are groups", other_kinds),
		ROW("a user whose name would break lists of members is refused by name, and nothing is changed", unfit),
		ROW("a view of another number is made anew from the store (cabinet_publish MUST 3)", not_in_step),
		ROW("a view with one bit changed is never called good, nor built upon (content MUST 1)", one_bit),
		ROW("an add among 10000 looks at as many records as among ten (cabinet_publish MUST 2)", bounded),
	};

	return cmocka_run_group_tests_name("cabinet_view", tests, NULL, NULL);
}
