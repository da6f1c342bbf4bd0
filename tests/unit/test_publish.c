/* SPDX-License-Identifier: ISC */
/* The view's file: how it comes to be, what is taken for one, and publications that are killed. */
#include "view_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "noise.h"
#include "scratch.h"
#include "view/format.h"

static uint64_t noise = 5;
static struct world old_world, new_world;
static int folder;

static int setup(void **state)
{
	scratch_setup(state);
	folder = open(test_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	world_make(&old_world, &noise, 20, 10);
	world_make(&new_world, &noise, 25, 12);
	return folder < 0;
}

static int teardown(void **state)
{
	close(folder);
	return scratch_teardown(state);
}

static void publish(struct world *w)
{
	assert_int_equal(publish_write(folder, &w->content), AUTHZ_OK);
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	assert_int_equal(publish_rename(folder), AUTHZ_OK);
}

static enum view_answer try(void)
{
	struct view v;
	struct stat st;
	const enum view_answer answer = view_open(&v, test_folder, &st);

	if (answer == VIEW_FOUND)
		view_close(&v);
	return answer;
}

static void expect_text(const char *name, const char *expected)
{
	char *text = scratch_read(scratch_path(test_folder, name), NULL);

	assert_string_equal(text, expected);
	free(text);
}

static bool answers(const struct view *v, const struct world *w)
{
	unsigned damaged = 0;

	return view_sequence(v) == w->content.sequence && world_answers(w, v, &damaged) && damaged == 0;
}

/* ---- the file */

static void published(void **state)
{
	const mode_t mask = umask(077);
	struct view v;
	struct stat st;

	(void)state;
	publish(&old_world);
	umask(mask);
	assert_int_equal(view_open(&v, test_folder, &st), VIEW_FOUND);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_true(answers(&v, &old_world));
	view_close(&v);
	assert_int_equal(faccessat(folder, VIEW_NAME ".new", F_OK, 0), -1);
}

static void only_mark_is_written(void **state)
{
	struct view v;
	struct stat st;
	unsigned char *kept;
	size_t i;

	(void)state;
	publish(&old_world);
	assert_int_equal(view_open(&v, test_folder, &st), VIEW_FOUND);
	kept = malloc(v.size);
	memcpy(kept, v.bytes, v.size);
	publish(&new_world);
	assert_true(view_is_marked(&v));
	for (i = 0; i < v.size; i++)
		if (i != offsetof(struct view_header, mark))
			assert_int_equal(((const unsigned char *)v.bytes)[i], kept[i]);
	assert_true(answers(&v, &old_world));
	free(kept);
	view_close(&v);
	assert_int_equal(view_open(&v, test_folder, &st), VIEW_FOUND);
	assert_false(view_is_marked(&v));
	assert_true(answers(&v, &new_world));
	view_close(&v);
}

static bool told(void)
{
	return faccessat(folder, VIEW_CHANGED_NAME, F_OK, 0) == 0;
}

static void word_of_it(void **state)
{
	(void)state;
	publish(&old_world);
	assert_true(told());
	publish(&new_world);
	assert_true(told());
	assert_int_equal(unlinkat(folder, VIEW_CHANGED_NAME, 0), 0);
	assert_int_equal(publish_write(folder, &old_world.content), AUTHZ_OK);
	assert_false(told());
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	assert_true(told());
	/* whoever was quick */
	assert_int_equal(unlinkat(folder, VIEW_CHANGED_NAME, 0), 0);
	assert_int_equal(publish_rename(folder), AUTHZ_OK);
	assert_true(told());
	/* nor is there a publication that nobody could be told of */
	assert_int_equal(unlinkat(folder, VIEW_CHANGED_NAME, 0), 0);
	assert_int_equal(symlinkat("other", folder, VIEW_CHANGED_NAME), 0);
	assert_int_equal(publish_write(folder, &new_world.content), AUTHZ_OK);
	assert_int_equal(publish_mark(folder), AUTHZ_STORE_IO);
	assert_int_equal(publish_rename(folder), AUTHZ_STORE_IO);
	assert_int_equal(faccessat(folder, "other", F_OK, 0), -1);
	assert_int_equal(unlinkat(folder, VIEW_CHANGED_NAME, 0), 0);
	assert_int_equal(publish_rename(folder), AUTHZ_OK);
	assert_true(told());
}

static void left_over(void **state)
{
	(void)state;
	scratch_write(scratch_path(test_folder, "other"), "mine");
	scratch_write(scratch_path(test_folder, VIEW_NAME ".new"), "half a view");
	publish(&old_world);
	assert_int_equal(symlinkat("other", folder, VIEW_NAME ".new"), 0);
	assert_int_equal(symlinkat("other", folder, VIEW_NAME ".part"), 0);
	publish(&new_world);
	assert_int_equal(try(), VIEW_FOUND);
	expect_text("other", "mine");
	/* and what cannot be written takes nothing away */
	scratch_write(scratch_path(test_folder, VIEW_NAME ".new"), "mine too");
	assert_int_equal(mkdirat(folder, VIEW_NAME ".part", 0700), 0);
	assert_int_equal(publish_write(folder, &old_world.content), AUTHZ_STORE_IO);
	expect_text(VIEW_NAME ".new", "mine too");
	assert_int_equal(unlinkat(folder, VIEW_NAME ".part", AT_REMOVEDIR), 0);
	publish(&old_world);
	assert_int_equal(faccessat(folder, VIEW_NAME ".part", F_OK, 0), -1);
}

static void expect_refused(struct view_cabinet c, struct view_membership m, const char *name)
{
	struct view_content content = {1, &c, 1, &m, 1, NULL};

	assert_int_equal(publish_write(folder, &content), AUTHZ_BAD_PARAMETER);
	assert_string_equal(content.wrong, name);
	assert_int_equal(faccessat(folder, VIEW_NAME ".new", F_OK, 0), -1);
}

static void refused(void **state)
{
	static const gid_t good = AUTHZ_GID_LOW, bad = AUTHZ_GID_HIGH + 1;
	static const struct view_cabinet c = {AUTHZ_GROUP_PREFIX "x", AUTHZ_GID_LOW, NULL, 0, NULL, 0, VIEW_LIST_ALL};
	static const struct view_membership m = {"ann", &good, 1};
	static const char *const users[] = {"", "a b", "a:b", "a,b", "a\nb", "\x7f"};
	struct view_cabinet other = c;
	size_t i;

	(void)state;
	other.gid = 0;
	expect_refused(other, m, c.name);
	other = (struct view_cabinet){AUTHZ_GROUP_PREFIX, AUTHZ_GID_LOW, NULL, 0, NULL, 0, VIEW_LIST_ALL};
	expect_refused(other, m, AUTHZ_GROUP_PREFIX);
	for (i = 0; i < sizeof users / sizeof *users; i++) {
		other = c;
		other.members = &users[i];
		other.member_count = 1;
		expect_refused(other, m, users[i]);
		other = c;
		other.administrators = &users[i];
		other.administrator_count = 1;
		expect_refused(other, m, users[i]);
		expect_refused(c, (struct view_membership){users[i], &good, 1}, users[i]);
	}
	expect_refused(c, (struct view_membership){"ann", &bad, 1}, "ann");
}

static int without_room(void *arg)
{
	const struct rlimit limit = {100, 100};

	(void)arg;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	return publish_write(folder, &new_world.content) == AUTHZ_STORE_NO_ROOM ? 0 : 1;
}

static void no_room(void **state)
{
	(void)state;
	publish(&old_world);
	assert_int_equal(scratch_process(without_room, NULL), 0);
	assert_int_equal(faccessat(folder, VIEW_NAME ".new", F_OK, 0), -1);
	assert_int_equal(try(), VIEW_FOUND);
}

/* ---- what is taken for a view */

static void absent(void **state)
{
	struct view v;
	struct stat st;

	(void)state;
	assert_int_equal(try(), VIEW_ABSENT);
	assert_int_equal(view_open(&v, scratch_path(test_folder, "nowhere"), &st), VIEW_ABSENT);
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
}

static void modes(void **state)
{
	static const mode_t bad[] = {0664, 0646, 0666, 0622};
	const char *const path = scratch_path(test_folder, VIEW_NAME);
	size_t i;

	(void)state;
	publish(&old_world);
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(chmod(path, bad[i]), 0);
		assert_int_equal(try(), VIEW_DAMAGED);
	}
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chmod(test_folder, 0777), 0);
	assert_int_equal(try(), VIEW_DAMAGED);
	assert_int_equal(chmod(test_folder, 0755), 0);
	assert_int_equal(try(), VIEW_FOUND);
}

static void kinds(void **state)
{
	const char *const path = scratch_path(test_folder, VIEW_NAME);

	(void)state;
	publish(&old_world);
	assert_int_equal(renameat(folder, VIEW_NAME, folder, "real"), 0);
	assert_int_equal(symlink("real", path), 0);
	assert_int_equal(try(), VIEW_DAMAGED);
	assert_int_equal(publish_mark(folder), AUTHZ_BAD_INSTALL);
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(try(), VIEW_DAMAGED);
	assert_int_equal(publish_mark(folder), AUTHZ_BAD_INSTALL);
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(try(), VIEW_DAMAGED);
	assert_int_equal(publish_mark(folder), AUTHZ_BAD_INSTALL);
	rmdir(path);
	scratch_write(path, "");
	assert_int_equal(try(), VIEW_DAMAGED);
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	scratch_write(path, "short");
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	expect_text(VIEW_NAME, "short");
	assert_int_equal(try(), VIEW_DAMAGED);
}

/* ---- killed */

static int publish_traced(void *arg)
{
	struct world *w = arg;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		return 3;
	raise(SIGSTOP);
	return publish_write(folder, &w->content) == AUTHZ_OK && publish_mark(folder) == AUTHZ_OK &&
	               publish_rename(folder) == AUTHZ_OK ? 0 : 1;
}

/* Let a publication be killed at its system call number "stops"; false: it had fewer. */
static bool kill_at(struct world *w, unsigned stops)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(publish_traced(w));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	for (; stops > 0; stops--) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return true;
}

static void killed_everywhere(void **state)
{
	unsigned stops, as_before = 0, between = 0, renamed = 0;
	bool more = true;
	struct view before, after;
	struct stat st;

	(void)state;
	for (stops = 1; more; stops++) {
		publish(&old_world);
		assert_int_equal(view_open(&before, test_folder, &st), VIEW_FOUND);
		assert_int_equal(unlinkat(folder, VIEW_CHANGED_NAME, 0), 0);
		more = kill_at(&new_world, stops);
		assert_int_equal(view_open(&after, test_folder, &st), VIEW_FOUND);
		if (answers(&after, &new_world)) {
			/* whoever had the old one is told */
			assert_true(view_is_marked(&before) && told());
			renamed++;
		} else {
			assert_true(answers(&after, &old_world));
			if (view_is_marked(&before))
				between++;
			else
				as_before++;
		}
		view_close(&after);
		publish(&new_world);
		assert_true(view_is_marked(&before) && answers(&before, &old_world));
		assert_int_equal(view_open(&after, test_folder, &st), VIEW_FOUND);
		assert_true(answers(&after, &new_world) && !view_is_marked(&after));
		view_close(&after);
		view_close(&before);
	}
	assert_true(as_before >= 6 && between >= 1 && renamed >= 1);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, setup, teardown, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a published view is a regular file that everybody reads, whatever the umask", published),
		ROW("of a published view nothing is ever written but its mark (publish MUST 1)", only_mark_is_written),
		ROW("a publication leaves word of it, also where it was taken away, and no link is followed for that (publish MUST 5)",
		    word_of_it),
		ROW("what an earlier publication left half done is replaced, and no link is followed", left_over),
		ROW("a name, gid or user that would not be answered is refused by name, and nothing is written (publish MUST 4)", refused),
		ROW("where there is no room nothing is left of it, and the old view stays", no_room),
		ROW("no file and no folder is no view", absent),
		ROW("a view that others could write, or in such a folder, is not taken", modes),
		ROW("a link, a pipe, a folder, an empty and a short file are not taken for a view, nor written", kinds),
		ROW("killed at each of its system calls a publication leaves one whole view, and the next one works (publish MUST 2)",
		    killed_everywhere),
	};

	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
