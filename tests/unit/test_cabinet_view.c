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
#include "view/format.h"

enum { MANY = 10000 };

static unsigned looks; /* at records of the store */

enum authz_result __real_store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size,
                                   size_t *length, bool *found);
enum authz_result __wrap_store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size,
                                   size_t *length, bool *found);
enum authz_result __wrap_store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size,
                                   size_t *length, bool *found)
{
	looks++;
	return __real_store_get(t, key, key_length, value, size, length, found);
}

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
	looks += steps;
	return __real_store_next(t, prefix, prefix_length, steps, key, key_length, value, size, length, matched);
}

static struct request nothing(void)
{
	return (struct request){.operation = OP_VIEW_CHECK};
}

static enum authz_result check(struct cabinet_world *c)
{
	const struct request q = nothing();

	answer_init(&c->w.answer);
	return view_tools_check(&c->w.rules, &q, NULL, &c->w.answer);
}

static const char *view_file(struct cabinet_world *c)
{
	return scratch_path(c->folder.path, VIEW_NAME);
}

static void one_change(struct cabinet_world *c, uint64_t *noise)
{
	change_begin(c);
	change_any(c, noise);
	assert_result(change_commit(c), AUTHZ_OK);
}

/* Some of everything. */
static void fill(struct cabinet_world *c, uint64_t *noise)
{
	unsigned i;

	change_begin(c);
	for (i = 0; i < 150; i++)
		change_any(c, noise);
	assert_result(change_commit(c), AUTHZ_OK);
	assert_view(c);
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
			assert_result(check(c), AUTHZ_OK);
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
	assert_result(check(c), AUTHZ_OK);
	unlink(view_file(c));
	assert_result(check(c), AUTHZ_VIEW_DAMAGED);
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

static uint64_t change_of(struct cabinet_world *c)
{
	struct store_txn *t = begin(c->w.rules.authority, false);
	struct cabinet_numbers numbers;

	assert_result(cabinet_numbers_read(&c->w.rules, t, &numbers), AUTHZ_OK);
	store_abort(t);
	return numbers.change;
}

static void not_in_step(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 3;

	fill(c, &noise);
	forge(c, change_of(c) + 1);
	assert_result(check(c), AUTHZ_VIEW_DAMAGED);
	one_change(c, &noise);
	assert_view(c);
	assert_result(check(c), AUTHZ_OK);
	/* of the store's number, and wrong: no record of it is damaged, but it is not what the store says */
	forge(c, change_of(c));
	assert_result(check(c), AUTHZ_VIEW_DAMAGED);
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

	fill(c, &noise);
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
		assert_result(check(c), AUTHZ_VIEW_DAMAGED);
		one_change(c, &noise);
		assert_view(c);
	}
}

/* ---- how much an add costs */

static unsigned cost_of_add(struct cabinet_world *c, const char *name)
{
	unsigned cost;

	change_begin(c);
	link_add(c, RELATION_MEMBER, "cab0", 'u', name);
	looks = 0;
	assert_result(change_commit(c), AUTHZ_OK);
	cost = looks;
	return cost;
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
	assert_result(check(c), AUTHZ_HOST_ONLY);
}

/* ---- killed, and without room */

static void die(struct cabinet_world *c, enum publish_step step, uint64_t noise)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		c->die_at = step;
		one_change(c, &noise);
		_exit(9);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* What the model is when the next change is made, which is the same in each process. */
static struct model model_after(struct cabinet_world *c, uint64_t *noise)
{
	const struct model before = c->model;
	struct model after;

	change_begin(c);
	change_any(c, noise);
	store_abort(c->t);
	cabinet_touched_free(c->touched);
	after = c->model;
	c->model = before;
	return after;
}

static void killed(void **state)
{
	struct cabinet_world *c = *state;
	unsigned happened = 0, not = 0, round;
	uint64_t noise = 7, same, before;
	struct model after;
	struct view old;
	int step;

	fill(c, &noise);
	for (round = 0; round < 3; round++)
		for (step = STEP_INTENT; step < STEPS; step++) {
			same = noise;
			after = model_after(c, &noise);
			before = sequence(c->w.rules.authority);
			assert_int_equal(c->folder.publisher.open(&c->folder, VIEW_PUBLISHED, &old), VIEW_FOUND);
			die(c, (enum publish_step)step, same);
			cabinet_world_again(c);
			view_finish(&c->w.rules, c->w.rules.authority);
			assert_false(cabinet_world_pending(c));
			if (sequence(c->w.rules.authority) == before) {
				assert_true(step < STEP_RENAME);
				not++;
			} else {
				assert_true(step >= STEP_RENAME && view_is_marked(&old));
				c->model = after;
				happened++;
			}
			view_close(&old);
			assert_view(c);
			assert_result(check(c), AUTHZ_OK);
			one_change(c, &noise);
			assert_view(c);
		}
	assert_int_equal(happened, 6);
	assert_int_equal(not, 15);
}

/* The next request is not one that finishes it first: it is a change. */
static void killed_then_changed(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 13, same;
	struct model after;

	fill(c, &noise);
	same = noise;
	after = model_after(c, &noise);
	die(c, STEP_RENAME, same);
	cabinet_world_again(c);
	c->model = after;
	assert_true(cabinet_world_pending(c));
	one_change(c, &noise);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
	assert_result(check(c), AUTHZ_OK);
}

static void left_over(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 17;
	struct view_content content = {0};

	fill(c, &noise);
	/* half a file, and a whole one of a change that never was */
	scratch_write(scratch_path(c->folder.path, VIEW_NEW_NAME), "half a view");
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
	content.sequence = change_of(c) + 1;
	assert_result(c->folder.publisher.write(&c->folder, &content), AUTHZ_OK);
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
}

/* The change is in the store, and this file is all that says so: it must outlive whoever cannot look at it. */
static void out_of_reach(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 37, same;
	struct model before, after;

	fill(c, &noise);
	same = noise;
	after = model_after(c, &noise);
	die(c, STEP_RENAME, same);
	cabinet_world_again(c);
	assert_int_equal(chmod(scratch_path(c->folder.path, VIEW_NEW_NAME), 0), 0);
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_true(cabinet_world_pending(c));
	before = c->model;
	change_begin(c);
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_STORE_IO);
	c->model = before;
	assert_true(cabinet_world_pending(c));
	assert_int_equal(chmod(scratch_path(c->folder.path, VIEW_NEW_NAME), 0644), 0);
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_false(cabinet_world_pending(c));
	c->model = after;
	assert_view(c);
}

static void somebody_is_at_it(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 19;
	struct store_txn *t;

	fill(c, &noise);
	scratch_write(scratch_path(c->folder.path, VIEW_NEW_NAME), "half a view");
	t = begin(c->w.rules.authority, true);
	{
		struct store_options now = {.folder = scratch_path(c->w.folder, "store"), .durable = true, .hold_ms = 4000,
		                            .boot_id = BOOT_ID};
		struct store *s;

		assert_result(store_open(&s, &now), AUTHZ_OK);
		view_finish(&c->w.rules, s);
		store_close(s);
	}
	assert_true(cabinet_world_pending(c));
	store_abort(t);
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_false(cabinet_world_pending(c));
}

struct at_rename {
	struct cabinet_world *c;
	unsigned looks;
};

/* as another process: a store of its own, without patience */
static void try_to_write(void *arg, enum publish_step step)
{
	struct at_rename *a = arg;
	struct cabinet_world *c = a->c;
	struct store_options now = {.folder = scratch_path(c->w.folder, "store"), .durable = true, .hold_ms = 4000,
	                            .boot_id = BOOT_ID};
	struct store_txn *t;
	struct store *s;

	if (step != STEP_RENAME && step != STEP_RENAMED)
		return;
	assert_result(store_open(&s, &now), AUTHZ_OK);
	assert_result(store_begin(s, true, &t), AUTHZ_STORE_BUSY);
	store_close(s);
	a->looks++;
}

/* between the commit and the rename he would rename this view himself, and his own would be renamed here, uncommitted */
static void nobody_between(void **state)
{
	struct cabinet_world *c = *state;
	struct at_rename a = {.c = c};
	uint64_t noise = 37;

	fill(c, &noise);
	c->hook = try_to_write;
	c->hook_arg = &a;
	one_change(c, &noise);
	c->hook = NULL;
	assert_int_equal(a.looks, 2);
	assert_view(c);
}

static void expect_nothing_changed(struct cabinet_world *c, uint64_t *noise, enum authz_result expected)
{
	const struct model before = c->model;
	const uint64_t number = sequence(c->w.rules.authority);

	change_begin(c);
	change_any(c, noise);
	assert_result(change_commit(c), expected);
	assert_int_equal(c->w.fake.outcome_result, expected);
	c->model = before;
	assert_int_equal(sequence(c->w.rules.authority), number);
	assert_view(c);
	assert_false(cabinet_world_pending(c));
}

static void full_disk(void *arg, enum publish_step step)
{
	const struct rlimit none = {4096, RLIM_INFINITY};

	(void)arg;
	if (step == STEP_MARKED)
		setrlimit(RLIMIT_FSIZE, &none);
}

static void no_room(void **state)
{
	static const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	struct cabinet_world *c = *state;
	uint64_t noise = 23;
	struct model before;

	signal(SIGXFSZ, SIG_IGN);
	fill(c, &noise);
	c->fail_at = STEP_WRITE;
	expect_nothing_changed(c, &noise, AUTHZ_STORE_NO_ROOM);
	c->fail_at = STEP_MARK;
	expect_nothing_changed(c, &noise, AUTHZ_STORE_IO);
	c->fail_at = STEP_NONE;
	/* the store's own commit */
	c->hook = full_disk;
	before = c->model;
	change_begin(c);
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_STORE_NO_ROOM);
	setrlimit(RLIMIT_FSIZE, &all);
	c->hook = NULL;
	c->model = before;
	assert_false(cabinet_world_pending(c));
	assert_view(c);
	one_change(c, &noise);
	assert_view(c);
	/* the last step */
	c->fail_at = STEP_RENAME;
	before = c->model;
	change_begin(c);
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_VIEW_NOT_PUBLISHED);
	assert_int_equal(c->w.fake.outcome_result, AUTHZ_VIEW_NOT_PUBLISHED);
	assert_true(cabinet_world_is_view(c, &before));
	c->fail_at = STEP_NONE;
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_view(c);
}

static void no_word(void **state)
{
	struct cabinet_world *c = *state;
	const char *const word = scratch_path(c->folder.path, VIEW_CHANGED_NAME);
	uint64_t noise = 47;

	fill(c, &noise);
	assert_int_equal(unlink(word), 0);
	assert_int_equal(symlink("other", word), 0);
	expect_nothing_changed(c, &noise, AUTHZ_STORE_IO);
	assert_int_equal(unlink(word), 0);
	one_change(c, &noise);
	assert_view(c);
}

static void no_folder(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 29;

	fill(c, &noise);
	assert_int_equal(rename(c->folder.path, scratch_path(c->w.folder, "away")), 0);
	change_begin(c);
	change_listing(c, 0, VIEW_LIST_NONE);
	assert_result(change_commit(c), AUTHZ_VIEW_DAMAGED);
	assert_string_equal(c->w.rules.subject, c->folder.path);
	assert_int_equal(mkdir(c->folder.path, 0755), 0);
	assert_int_equal(chmod(c->folder.path, 0777), 0);
	change_begin(c);
	change_listing(c, 0, VIEW_LIST_NONE);
	assert_result(change_commit(c), AUTHZ_BAD_INSTALL);
	assert_int_equal(chmod(c->folder.path, 0755), 0);
	one_change(c, &noise);
	assert_view(c);
}

/* ---- on record */

static void audited(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 31;

	fill(c, &noise);
	one_change(c, &noise);
	assert_non_null(strstr(c->w.fake.intent, "event=cabinet.test phase=intent"));
	assert_non_null(strstr(c->w.fake.outcome, "event=cabinet.test phase=done result=OK"));
	assert_int_equal(c->w.fake.intent_number, c->w.fake.outcome_number);
	c->w.fake.intent_lost = true;
	c->w.fake.outcome_result = AUTHZ_AUDIT_LOST;
	expect_nothing_changed(c, &noise, AUTHZ_AUDIT_LOST);
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
		ROW("killed between any two steps nothing is seen that was not committed, and the next request shows what was "
		    "(cabinet_view MUST 2)", killed),
		ROW("a change behind a publication that was cut off takes over what that committed", killed_then_changed),
		ROW("what a crash left is published only if it is whole and of the store's number (cabinet_publish MUST 1)", left_over),
		ROW("what a crash left and cannot be looked at now stays until it can (cabinet_publish MUST 1)", out_of_reach),
		ROW("where somebody has the writer lock, what he writes is left to him", somebody_is_at_it),
		ROW("nobody else writes before what was committed has the view's name (cabinet_view MUST 2)", nobody_between),
		ROW("without room at any step nothing is changed, or it is said that it will be seen later", no_room),
		ROW("where no word can be left for caches nothing is changed", no_word),
		ROW("without a folder, or one that others may write, nothing is changed", no_folder),
		ROW("a change that the audit does not take is not made", audited),
	};

	return cmocka_run_group_tests_name("cabinet_view", tests, NULL, NULL);
}
