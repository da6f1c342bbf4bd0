/* SPDX-License-Identifier: ISC */
/* What keeps the view: rules/view_tools.c, with a real store, real views and a stream in memory. */
#include "cabinet_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "noise.h"
#include "rules/view_tools.h"

struct text {
	char last[64]; /* what was put last */
	unsigned flushed;
	bool gone; /* nobody takes it */
};

static bool put(void *context, const void *bytes, size_t length)
{
	struct text *t = context;

	if (t->gone || length >= sizeof t->last)
		return false;
	memcpy(t->last, bytes, length);
	t->last[length] = '\0';
	return true;
}

static bool open_text(void *context)
{
	return context != NULL;
}

static bool flush(void *context)
{
	((struct text *)context)->flushed++;
	return true;
}

static enum authz_result use(struct cabinet_world *c, bool rebuild, struct text *text)
{
	const struct rules_stream stream = {.context = text, .open = open_text, .put = put, .flush = flush};
	const struct request q = {.operation = rebuild ? OP_VIEW_REBUILD : OP_VIEW_CHECK};

	answer_init(&c->w.answer);
	c->w.rules.subject[0] = '\0';
	return (rebuild ? view_tools_rebuild : view_tools_check)(&c->w.rules, &q, text == NULL ? NULL : &stream, &c->w.answer);
}

/* A dump of the store, as one goes to a file and comes from there. */
struct dump {
	char bytes[200000];
	size_t length, read;
};

static struct dump dump;

static bool put_dump(void *context, const void *bytes, size_t length)
{
	struct dump *d = context;

	if (length > sizeof d->bytes - d->length)
		return false;
	memcpy(d->bytes + d->length, bytes, length);
	d->length += length;
	return true;
}

static bool flush_dump(void *context)
{
	return context != NULL;
}

static long get_dump(void *context, void *bytes, size_t size)
{
	struct dump *d = context;

	if (size > d->length - d->read)
		size = d->length - d->read;
	memcpy(bytes, d->bytes + d->read, size);
	d->read += size;
	return (long)size;
}

static enum authz_result with_dump(struct cabinet_world *c, bool load)
{
	const struct rules_stream stream = {.context = &dump, .open = open_text, .put = put_dump, .flush = flush_dump,
	                                    .get = get_dump};
	struct request q = {.has = HAS(STORE)};

	assert_true(request_set_string(&q, FIELD_STORE, "authority"));
	dump.read = 0;
	if (!load)
		dump.length = 0;
	answer_init(&c->w.answer);
	c->w.rules.subject[0] = '\0';
	return (load ? view_tools_load : store_tools_dump)(&c->w.rules, &q, &stream, &c->w.answer);
}

static const char *value(struct cabinet_world *c, const char *name)
{
	struct frame_reader rows = {c->w.answer.rows.data, c->w.answer.rows.used}, row;
	static char items[2][64];
	struct frame_field f;

	while (frame_next(&rows, &f) > 0) {
		row = (struct frame_reader){f.bytes, f.length};
		if (frame_next_item(&row, items[0], 64) && frame_next_item(&row, items[1], 64) && strcmp(items[0], name) == 0)
			return items[1];
	}
	return "none";
}

static void fill(struct cabinet_world *c)
{
	change_begin(c);
	change_create(c, 0);
	change_create(c, 1);
	change_user(c, RELATION_MEMBER, 0, 1, true);
	change_user(c, RELATION_MEMBER, 0, 2, true);
	change_nested(c, RELATION_MEMBER, 1, 0, true);
	assert_result(change_commit(c), AUTHZ_OK);
}

static const char *view_file(struct cabinet_world *c)
{
	return scratch_path(c->folder.path, VIEW_NAME);
}

static void who(void **state)
{
	struct cabinet_world *c = *state;

	fill(c);
	world_caller(&c->w, "eve");
	assert_result(use(c, false, NULL), AUTHZ_SPECIAL_REQUIRED);
	assert_result(use(c, true, NULL), AUTHZ_HOST_ONLY);
	give_special(&c->w, "eve", SPECIAL_SUPERVISOR);
	assert_result(use(c, false, NULL), AUTHZ_OK);
	assert_result(use(c, true, NULL), AUTHZ_HOST_ONLY);
}

static void rows(void **state)
{
	struct cabinet_world *c = *state;
	char bytes[24];
	struct stat st;

	assert_result(use(c, false, NULL), AUTHZ_OK);
	assert_string_equal(value(c, "groups"), "0");
	fill(c);
	assert_result(use(c, false, NULL), AUTHZ_OK);
	assert_int_equal(stat(view_file(c), &st), 0);
	snprintf(bytes, sizeof bytes, "%lld", (long long)st.st_size);
	assert_string_equal(value(c, "groups"), "2");
	assert_string_equal(value(c, "users"), "2");
	assert_string_equal(value(c, "bytes"), bytes);
	assert_string_not_equal(value(c, "change"), "0");
}

/* A view of the store's number, of one group more or with one user less in a group than the store has. */
static void forge(struct cabinet_world *c, unsigned how)
{
	static const char *const names[] = {"user1", "user2"};
	static const gid_t gids[] = {AUTHZ_GID_LOW, AUTHZ_GID_LOW + 1};
	struct view_cabinet cabinets[] = {
		{AUTHZ_GROUP_PREFIX "cab0", AUTHZ_GID_LOW, names, how == 1 ? 1 : 2, names, how == 2 ? 1 : 0, VIEW_LIST_ALL},
		{AUTHZ_GROUP_PREFIX "cab1", AUTHZ_GID_LOW + (how == 3 ? 2 : 1), names, 2, NULL, 0, VIEW_LIST_ALL},
		{AUTHZ_GROUP_PREFIX "cab2", AUTHZ_GID_LOW + 7, NULL, 0, NULL, 0, VIEW_LIST_ALL},
	};
	struct view_membership users[] = {{"user1", gids, 2}, {how == 4 ? "user3" : "user2", gids, how == 5 ? 1 : 2}};
	struct view_content content = {0, cabinets, how == 6 ? 3 : 2, users, 2, NULL};
	struct store_txn *t = begin(c->w.rules.authority, false);
	struct cabinet_numbers numbers;

	assert_result(cabinet_numbers_read(&c->w.rules, t, &numbers), AUTHZ_OK);
	store_abort(t);
	content.sequence = numbers.change;
	assert_result(c->folder.publisher.write(&c->folder, &content), AUTHZ_OK);
	assert_result(c->folder.publisher.rename(&c->folder), AUTHZ_OK);
}

static void not_the_stores(void **state)
{
	struct cabinet_world *c = *state;
	unsigned how;

	fill(c);
	for (how = 0; how <= 6; how++) {
		forge(c, how);
		assert_result(use(c, false, NULL), how == 0 ? AUTHZ_OK : AUTHZ_VIEW_DAMAGED);
		assert_string_equal(value(c, "groups"), how == 0 ? "2" : "none");
	}
	unlink(view_file(c));
	assert_result(use(c, false, NULL), AUTHZ_VIEW_DAMAGED);
	assert_string_equal(c->w.rules.subject, c->folder.path);
	assert_result(use(c, true, NULL), AUTHZ_OK);
	assert_string_equal(value(c, "groups"), "2");
	assert_result(use(c, false, NULL), AUTHZ_OK);
	assert_view(c);
}

static void progress(void **state)
{
	struct cabinet_world *c = *state;
	struct text text = {.last = ""};
	uint64_t before;

	fill(c);
	before = sequence(c->w.rules.authority);
	assert_result(use(c, true, &text), AUTHZ_OK);
	assert_string_equal(text.last, "2 2");
	assert_true(text.flushed > 0);
	text.last[0] = '\0';
	assert_result(use(c, false, &text), AUTHZ_OK);
	assert_string_equal(text.last, "2 2");
	text.gone = true;
	assert_result(use(c, true, &text), AUTHZ_STOPPED);
	assert_result(use(c, false, &text), AUTHZ_STOPPED);
	assert_int_equal(sequence(c->w.rules.authority), before);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
}

static void on_record(void **state)
{
	struct cabinet_world *c = *state;

	fill(c);
	assert_result(use(c, true, NULL), AUTHZ_OK);
	assert_non_null(strstr(c->w.fake.intent, "event=view.rebuild phase=intent"));
	assert_non_null(strstr(c->w.fake.outcome, "event=view.rebuild phase=done result=OK"));
	assert_int_equal(c->w.fake.intent_number, c->w.fake.outcome_number);
	unlink(view_file(c));
	c->w.fake.intent_lost = true;
	assert_result(use(c, true, NULL), AUTHZ_AUDIT_LOST);
	assert_int_not_equal(access(view_file(c), F_OK), 0);
}

static void lost_cabinet(void **state)
{
	struct cabinet_world *c = *state;

	fill(c);
	change_begin(c);
	assert_result(store_delete(c->t, CABINET_KEY "cab1", 6), AUTHZ_OK);
	assert_result(store_commit(c->t), AUTHZ_OK);
	cabinet_touched_free(c->touched);
	assert_result(use(c, false, NULL), AUTHZ_STORE_DAMAGED);
	assert_result(use(c, true, NULL), AUTHZ_STORE_DAMAGED);
	assert_view(c);
}

static void at_start(void **state)
{
	struct cabinet_world *c = *state;
	unsigned before;

	assert_result(view_start(&c->w.rules), AUTHZ_OK);
	assert_int_not_equal(access(view_file(c), F_OK), 0);
	fill(c);
	before = c->w.fake.intents;
	assert_result(view_start(&c->w.rules), AUTHZ_OK);
	assert_int_equal(c->w.fake.intents, before);
	unlink(view_file(c));
	assert_result(view_start(&c->w.rules), AUTHZ_OK);
	assert_view(c);
	unlink(view_file(c));
	c->fail_at = STEP_RENAME;
	assert_result(view_start(&c->w.rules), AUTHZ_VIEW_NOT_PUBLISHED);
	c->fail_at = STEP_NONE;
	assert_result(view_start(&c->w.rules), AUTHZ_OK);
	assert_view(c);
}

static void renewed(void **state)
{
	struct cabinet_world *c = *state;

	rmdir(c->folder.path);
	/* a host without cabinets needs no folder */
	assert_result(with_dump(c, false), AUTHZ_OK);
	assert_result(with_dump(c, true), AUTHZ_OK);
	assert_int_equal(mkdir(c->folder.path, 0755), 0);
	fill(c);
	forge(c, 1);
	assert_result(with_dump(c, false), AUTHZ_OK);
	assert_result(with_dump(c, true), AUTHZ_OK);
	assert_view(c);
	unlink(view_file(c));
	unlink(scratch_path(c->folder.path, "changed"));
	assert_int_equal(rmdir(c->folder.path), 0);
	assert_result(with_dump(c, true), AUTHZ_VIEW_NOT_PUBLISHED);
	assert_string_equal(c->w.rules.subject, c->folder.path);
}

static void renewed_all_the_same(void **state)
{
	struct cabinet_world *c = *state;
	struct model loaded;
	uint64_t noise = 41;

	fill(c);
	assert_result(with_dump(c, false), AUTHZ_OK);
	loaded = c->model;
	change_begin(c);
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_OK);
	assert_view(c);
	c->w.fake.outcome_lost = true;
	assert_result(with_dump(c, true), AUTHZ_AUDIT_CUT);
	assert_string_equal(c->w.rules.subject, "store.load");
	c->w.fake.outcome_lost = false;
	c->model = loaded;
	assert_view(c);
	/* what was not loaded makes no view */
	change_begin(c);
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_OK);
	dump.length /= 2;
	assert_result(with_dump(c, true), AUTHZ_BAD_DUMP);
	assert_non_null(strstr(c->w.fake.intent, "event=store.load"));
	assert_view(c);
}

static void cannot_be_renewed(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 43;

	fill(c);
	assert_result(with_dump(c, false), AUTHZ_OK);
	change_begin(c);
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_OK);
	c->w.fake.outcome_lost = true;
	c->fail_at = STEP_WRITE;
	assert_result(with_dump(c, true), AUTHZ_VIEW_NOT_PUBLISHED);
	assert_string_equal(c->w.rules.subject, c->folder.path);
}

/* The steps of a load that this process is at, and the one that it does not survive. */
static unsigned steps, last_step;

static void count_steps(void *arg, enum publish_step step)
{
	(void)arg;
	(void)step;
	if (++steps == last_step)
		kill(getpid(), SIGKILL);
}

/* True: it ended by itself, as there are no more steps. */
static bool load_dies(struct cabinet_world *c, unsigned at)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		steps = 0;
		last_step = at;
		c->hook = count_steps;
		_exit(with_dump(c, true) == AUTHZ_OK ? 0 : 9);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
	return !WIFSIGNALED(status);
}

/* What any request does first, with the lock free. */
static void next_request(struct cabinet_world *c)
{
	cabinet_world_again(c);
	view_finish(&c->w.rules, c->w.rules.authority);
	assert_false(cabinet_world_pending(c));
}

static void killed(void **state)
{
	struct cabinet_world *c = *state;
	unsigned at, happened = 0, not = 0;
	uint64_t noise = 47, before;
	struct model loaded;
	bool whole = false;

	fill(c);
	for (at = 1; !whole; at++) {
		assert_result(with_dump(c, false), AUTHZ_OK);
		loaded = c->model;
		change_begin(c);
		change_any(c, &noise);
		assert_result(change_commit(c), AUTHZ_OK);
		before = sequence(c->w.rules.authority);
		whole = load_dies(c, at);
		next_request(c);
		if (sequence(c->w.rules.authority) != before)
			c->model = loaded;
		happened += sequence(c->w.rules.authority) != before && !whole;
		not += sequence(c->w.rules.authority) == before;
		assert_view(c);
		assert_result(use(c, false, NULL), AUTHZ_OK);
	}
	assert_int_equal(not, 3);      /* its intent, and the note before and after */
	assert_int_equal(happened, 7); /* the intent of the view, and its six steps */
}

/* By a kill behind the commit of a load, before the first step of the new view. */
static void leave_note(struct cabinet_world *c)
{
	assert_false(load_dies(c, 4));
	cabinet_world_again(c);
	assert_true(cabinet_world_pending(c));
}

static void killed_then_changed(void **state)
{
	struct cabinet_world *c = *state;
	uint64_t noise = 53;
	struct model loaded;

	fill(c);
	assert_result(with_dump(c, false), AUTHZ_OK);
	loaded = c->model;
	change_begin(c);
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_OK);
	leave_note(c);
	c->model = loaded;
	change_begin(c); /* the next request has not the lock for more than its change */
	change_any(c, &noise);
	assert_result(change_commit(c), AUTHZ_OK);
	assert_false(cabinet_world_pending(c));
	assert_view(c);
	/* and a service that starts */
	assert_result(with_dump(c, false), AUTHZ_OK);
	leave_note(c);
	assert_result(view_start(&c->w.rules), AUTHZ_OK);
	assert_view(c);
	next_request(c);
	assert_view(c);
}

/* Not by each request once more: only a change or a rebuild makes it then. */
static void cannot_be_healed(void **state)
{
	struct cabinet_world *c = *state;

	fill(c);
	assert_result(with_dump(c, false), AUTHZ_OK);
	leave_note(c);
	c->fail_at = STEP_WRITE;
	view_finish(&c->w.rules, c->w.rules.authority);
	c->fail_at = STEP_NONE;
	assert_false(cabinet_world_pending(c));
	assert_result(use(c, true, NULL), AUTHZ_OK);
	assert_view(c);
}

/* A host without cabinets gets no view by it. */
static void nothing_to_note(void **state)
{
	struct cabinet_world *c = *state;

	assert_result(with_dump(c, false), AUTHZ_OK);
	assert_result(with_dump(c, true), AUTHZ_OK);
	assert_false(cabinet_world_pending(c));
	assert_int_not_equal(access(view_file(c), F_OK), 0);
	assert_false(load_dies(c, 3));
	cabinet_world_again(c);
	assert_true(cabinet_world_pending(c));
	next_request(c);
	assert_int_not_equal(access(view_file(c), F_OK), 0);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, cabinet_world_setup, cabinet_world_teardown, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("supervisors and the host check the view, the host alone makes it anew", who),
		ROW("a check says how much is in the view, and of which change it is", rows),
		ROW("a group more, a member, a user, a gid or an administrator less than the store says is damage, and a rebuild ends it "
		    "(view_tools MUST 1)", not_the_stores),
		ROW("both say how far they are, and stop where nobody listens, with all as it was", progress),
		ROW("a rebuild is audited before and after, or not done (view_tools MUST 2)", on_record),
		ROW("a cabinet that the store lost is damage of the store, not a group less", lost_cabinet),
		ROW("a service that starts makes the view what the store says, and leaves it alone if it is", at_start),
		ROW("after a load of the store the view is made anew, whatever number it has", renewed),
		ROW("so it is where the load is done and something fails behind it (view_tools MUST 3)", renewed_all_the_same),
		ROW("killed at any step of a load the view is the store's with the next request of any kind (view_tools MUST 4)", killed),
		ROW("so it is where the next request is a change, or a service starts first (view_tools MUST 4)", killed_then_changed),
		ROW("a view that cannot be made then is not tried with each request", cannot_be_healed),
		ROW("a load on a host without cabinets leaves nothing in the view's folder", nothing_to_note),
		ROW("and where that cannot be it is said, in place of what failed first (view_tools MUST 3)", cannot_be_renewed),
	};

	return cmocka_run_group_tests_name("view_tools", tests, NULL, NULL);
}
