/* SPDX-License-Identifier: ISC */
/* A publication that is cut off, has no room, or is not on record: rules/cabinet_view.c, cabinet_publish.c. */
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

/* ---- killed, and without room */

static void die(struct cabinet_world *c, enum publish_step step, uint64_t noise)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		c->die_at = step;
		change_one(c, &noise);
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

	change_many(c, &noise);
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
			assert_result(cabinet_world_check(c), AUTHZ_OK);
			change_one(c, &noise);
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

	change_many(c, &noise);
	same = noise;
	after = model_after(c, &noise);
	die(c, STEP_RENAME, same);
	cabinet_world_again(c);
	c->model = after;
	assert_true(cabinet_world_pending(c));
	change_one(c, &noise);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
	assert_result(cabinet_world_check(c), AUTHZ_OK);
}

static void left_over(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 17;
	struct view_content content = {0};

	change_many(c, &noise);
	/* half a file, and a whole one of a change that never was */
	scratch_write(scratch_path(c->folder.path, VIEW_NEW_NAME), "half a view");
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
	content.sequence = cabinet_world_number(c) + 1;
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

	change_many(c, &noise);
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

	change_many(c, &noise);
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

	change_many(c, &noise);
	c->hook = try_to_write;
	c->hook_arg = &a;
	change_one(c, &noise);
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
	change_many(c, &noise);
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
	change_one(c, &noise);
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

	change_many(c, &noise);
	assert_int_equal(unlink(word), 0);
	assert_int_equal(symlink("other", word), 0);
	expect_nothing_changed(c, &noise, AUTHZ_STORE_IO);
	assert_int_equal(unlink(word), 0);
	change_one(c, &noise);
	assert_view(c);
}

static void no_folder(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 29;

	change_many(c, &noise);
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
	change_one(c, &noise);
	assert_view(c);
}

/* ---- on record */

static void audited(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 31;

	change_many(c, &noise);
	change_one(c, &noise);
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

	return cmocka_run_group_tests_name("cabinet_publish", tests, NULL, NULL);
}
