/* SPDX-License-Identifier: ISC */
/* The lock of the audit's folder: host/audit_lock.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/audit_lock.h"
#include "scratch.h"
#include "store/holder.h"

#define HOLD_MS 4000

static bool locks(unsigned hold_ms)
{
	struct audit_folder l = AUDIT_FOLDER_NONE;
	bool taken = audit_lock_take(&l, test_folder, hold_ms);

	audit_folder_close(&l);
	return taken;
}

/* A process that holds the lock and stands still.  With a promise of 0 it took it without saying who it is. */
static pid_t stopped_holder(unsigned hold_ms)
{
	struct audit_folder l = AUDIT_FOLDER_NONE;
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (!audit_lock_take(&l, test_folder, hold_ms))
			_exit(1);
		if (hold_ms == 0)
			holder_unsay(l.part[AUDIT_PART_LOCK].fd);
		raise(SIGSTOP);
		audit_folder_close(&l);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	return pid;
}

static void expect_killed(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void past_promise(void **state)
{
	pid_t pid;
	int tries;

	(void)state;
	pid = stopped_holder(300);
	for (tries = 0; tries < 10 && !locks(300); tries++)
		;
	assert_in_range(tries, 1, 9); /* the first waited in vain: the promise was longer than its patience */
	expect_killed(pid);
}

static void silent(void **state)
{
	pid_t pid;
	int tries;

	(void)state;
	pid = stopped_holder(0);
	for (tries = 0; tries < 10 && !locks(300); tries++)
		;
	assert_in_range(tries, 1, 9);
	expect_killed(pid);
}

static void within_promise(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = stopped_holder(HOLD_MS);
	assert_false(locks(1)); /* a promise is the holder's, not the waiter's */
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(locks(1));
}

static void short_wait(void **state)
{
	uint64_t before;
	int fd;

	(void)state;
	assert_true(locks(HOLD_MS));
	fd = open(scratch_path(test_folder, AUDIT_LOCK), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	before = holder_now_ms(CLOCK_MONOTONIC);
	assert_false(locks(HOLD_MS));
	assert_in_range(holder_now_ms(CLOCK_MONOTONIC) - before, AUDIT_WAIT_MS, AUDIT_WAIT_MS + 2000);
	close(fd);
	assert_true(locks(HOLD_MS));
}

static void let_go(void **state)
{
	struct audit_folder l = AUDIT_FOLDER_NONE;
	pid_t pid;

	(void)state;
	assert_true(audit_lock_take(&l, test_folder, HOLD_MS));
	pid = fork(); /* has the descriptor too */
	if (pid == 0) {
		pause();
		_exit(0);
	}
	audit_folder_close(&l);
	assert_true(l.at.fd == -1 && l.part[AUDIT_PART_LOCK].fd == -1);
	assert_true(locks(HOLD_MS));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	audit_folder_close(&l); /* twice is no harm */
}

static void no_file(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(symlink(scratch_path(test_folder, "elsewhere"), scratch_path(test_folder, AUDIT_LOCK)), 0);
	assert_false(locks(HOLD_MS));
	assert_int_not_equal(access(scratch_path(test_folder, "elsewhere"), F_OK), 0);
	unlink(scratch_path(test_folder, AUDIT_LOCK));
	assert_int_equal(mkfifo(scratch_path(test_folder, AUDIT_LOCK), 0600), 0);
	assert_false(locks(HOLD_MS));
	unlink(scratch_path(test_folder, AUDIT_LOCK));
	umask(0);
	assert_true(locks(HOLD_MS));
	umask(022);
	assert_int_equal(stat(scratch_path(test_folder, AUDIT_LOCK), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void no_folder(void **state)
{
	struct audit_folder l = AUDIT_FOLDER_NONE;

	(void)state;
	assert_false(audit_lock_take(&l, scratch_path(test_folder, "missing"), HOLD_MS));
	scratch_write(scratch_path(test_folder, "file"), "");
	assert_false(audit_lock_take(&l, scratch_path(test_folder, "file"), HOLD_MS));
	assert_int_equal(symlink(test_folder, scratch_path(test_folder, "link")), 0);
	assert_false(audit_lock_take(&l, scratch_path(test_folder, "link"), HOLD_MS));
	assert_true(l.at.fd == -1 && l.part[AUDIT_PART_LOCK].fd == -1);
}

static void others_write(void **state)
{
	const mode_t modes[] = {0720, 0702, 0722, 01777};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		assert_int_equal(chmod(test_folder, modes[i]), 0);
		assert_false(locks(HOLD_MS));
	}
	assert_int_equal(chmod(test_folder, 0750), 0);
	assert_true(locks(HOLD_MS));
	for (i = 0; i < 2; i++) {
		assert_int_equal(chmod(scratch_path(test_folder, AUDIT_LOCK), i == 0 ? 0620 : 0602), 0);
		assert_false(locks(HOLD_MS));
	}
	assert_int_equal(chmod(scratch_path(test_folder, AUDIT_LOCK), 0640), 0);
	assert_true(locks(HOLD_MS));
	if (geteuid() == 0) {
		assert_int_equal(chown(test_folder, 65534, (gid_t)-1), 0);
		assert_false(locks(HOLD_MS));
	}
	assert_int_equal(audit_open_folder("/"), -1);
	assert_int_equal(chmod(test_folder, 0700), 0);
}

#define TEST(sentence, function) {sentence, function, scratch_setup, scratch_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a stopped holder of the audit's lock is killed past its promise (audit_lock MUST 1)", past_promise),
		TEST("so is one that was stopped before it could say who it is (audit_lock MUST 1)", silent),
		TEST("a stopped holder within its promise is left alone, and goes on", within_promise),
		TEST("a lock that somebody holds is waited for a short while only (audit_lock MUST 2)", short_wait),
		TEST("a lock that was dropped is free, also if a child has its descriptor", let_go),
		TEST("a FIFO or a symlink is no lock, and the lock is the owner's alone", no_file),
		TEST("a folder or file that others may write, or that is another's, is not used (audit_lock MUST 3)", others_write),
		TEST("a folder that is missing, a file or a symlink is none", no_folder),
	};

	return cmocka_run_group_tests_name("audit_lock", tests, NULL, NULL);
}
