/* SPDX-License-Identifier: ISC */
/* The helper as a child: every bad helper (bad_helper.c), what a helper sees, and which one root runs. */
#include "config.h"

#include "child_host.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void helper_missing(void **state)
{
	struct authz_client client = {.helper = scratch_helper("missing"), .socket = ""};
	struct authz_identity identity;
	struct authz_error error;
	char expected[512];

	(void)state;
	assert_int_equal(authz_token_redeem(&client, child_token, "alice", NULL, &identity, &error), AUTHZ_HELPER_MISSING);
	snprintf(expected, sizeof expected, "%s: No such file or directory", client.helper);
	assert_string_equal(error.subject, expected);
	assert_false(any_child());
}

static void helper_not_executable(void **state)
{
	struct authz_client client = {.helper = scratch_path("plain"), .socket = ""};
	struct authz_identity identity;
	struct authz_error error;
	int fd = open(client.helper, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	(void)state;
	assert_true(fd >= 0);
	assert_true(geteuid() != 0 || fchown(fd, NOBODY, NOBODY) == 0);
	close(fd);
	assert_int_equal(authz_token_redeem(&client, child_token, "alice", NULL, &identity, &error), AUTHZ_HELPER_MISSING);
	assert_non_null(strstr(error.subject, ": Permission denied"));
	assert_false(any_child());
}

struct answer {
	const char *mode; /* of bad_helper */
	enum authz_result result;
};

static void answers(void **state)
{
	const struct answer *row = *state;
	const int before = open_descriptors();
	enum authz_result result = child_ask(row->mode);

	if (result != row->result)
		fail_msg("%s: %s", row->mode, authz_result_code(result));
	assert_false(any_child());
	assert_int_equal(open_descriptors(), before);
}

/* The reply of "good": header, result, user, uid. */
#define GOOD_LENGTH (20 + 12 + 4 + 5 + 12)

static void ends_at_each_byte(void **state)
{
	static const char *const kinds[] = {"cut", "kill"};
	char mode[32];
	unsigned kind;
	int n;

	(void)state;
	for (kind = 0; kind < 2; kind++)
		for (n = 0; n <= GOOD_LENGTH; n++) {
			snprintf(mode, sizeof mode, "%s_%d", kinds[kind], n);
			assert_int_equal(child_ask(mode), n < GOOD_LENGTH ? AUTHZ_HELPER_DIED : AUTHZ_OK);
			unlink(scratch_path(mode));
		}
}

static void channel_held_elsewhere(void **state)
{
	int64_t start = now_ms();
	char whole[32];

	(void)state;
	assert_int_equal(child_ask("leave_10"), AUTHZ_HELPER_DIED);
	snprintf(whole, sizeof whole, "leave_%d", GOOD_LENGTH);
	assert_int_equal(child_ask(whole), AUTHZ_OK);
	assert_true(now_ms() - start < 1900);
}

static void hung(void **state)
{
	static const char *const modes[] = {"hang", "hang_after", "stop", "late_end"};
	const int before = open_descriptors();
	int64_t start, took;
	size_t i;
	pid_t pid;

	(void)state;
	for (i = 0; i < sizeof modes / sizeof *modes; i++) {
		start = now_ms();
		assert_int_equal(child_redeem(modes[i], 300, NULL), AUTHZ_HELPER_LATE);
		took = now_ms() - start;
		assert_true(took >= 299 && took < 2000);
		pid = scratch_pid(modes[i]);
		assert_true(pid > 0);
		assert_false(scratch_alive(pid));
	}
	assert_int_equal(open_descriptors(), before);
	assert_false(any_child());
}

static void sees_nothing_of_the_host(void **state)
{
	int leak = open("/dev/zero", O_RDONLY), high = fcntl(leak, F_DUPFD, 200);
	struct authz_error error;
	char expected[257];

	(void)state;
	assert_true(leak >= 0 && high >= 200);
	assert_int_equal(child_redeem("report", 0, &error), AUTHZ_OK);
	close(leak);
	close(high);
	snprintf(expected, sizeof expected,
	         "argc=1 name=1 env=0 fds=3 null=1 timer=0 blocked=0 ignored=0 sameids=1 uid=%ld gid=%ld groups=",
	         geteuid() == 0 ? (long)NOBODY : (long)geteuid(), geteuid() == 0 ? (long)NOBODY : (long)getegid());
	error.subject[strlen(expected)] = '\0';
	assert_string_equal(error.subject, expected);
}

/* ---- whose the helper's file is */

static enum authz_result ask_with_file(uid_t owner, mode_t mode)
{
	const char *helper = scratch_path("bad_helper");
	enum authz_result result;

	assert_int_equal(chown(helper, owner, owner), 0);
	assert_int_equal(chmod(helper, mode), 0);
	result = child_ask("good");
	assert_int_equal(chown(helper, NOBODY, NOBODY), 0);
	assert_int_equal(chmod(helper, 0755), 0);
	return result;
}

static void roots_helper(void **state)
{
	struct authz_client client = {.socket = ""};
	struct authz_identity identity;
	struct authz_error error;

	(void)state;
	assert_int_equal(ask_with_file(0, 0755), AUTHZ_BAD_INSTALL);
	assert_int_equal(ask_with_file(0, 04755), AUTHZ_BAD_INSTALL);
	assert_int_equal(ask_with_file(NOBODY, 0775), AUTHZ_BAD_INSTALL);
	assert_int_equal(ask_with_file(NOBODY, 0757), AUTHZ_BAD_INSTALL);
	assert_int_equal(ask_with_file(NOBODY, 0755), AUTHZ_OK);
	client.helper = scratch_path("folder");
	assert_int_equal(mkdir(client.helper, 0755), 0);
	assert_int_equal(chown(client.helper, NOBODY, NOBODY), 0);
	assert_int_equal(authz_token_redeem(&client, child_token, "alice", NULL, &identity, &error), AUTHZ_BAD_INSTALL);
	assert_string_equal(error.subject, client.helper);
}

static void no_root_groups(void **state)
{
	const gid_t groups[] = {0, 5, 42};
	struct authz_error error;

	(void)state;
	assert_int_equal(setgroups(3, groups), 0);
	assert_int_equal(child_redeem("report", 0, &error), AUTHZ_OK);
	assert_int_equal(setgroups(0, NULL), 0);
	assert_non_null(strstr(error.subject, "groups=0 "));
}

/* A process that is euid 0 alone, as in su. */
static void host_is_setuid_root(void)
{
	struct authz_error error;

	HOST(setresuid(NOBODY, 0, 0) == 0);
	HOST(child_redeem("report", 0, &error) == AUTHZ_OK);
	HOST(strstr(error.subject, "sameids=1 uid=65534 gid=65534 ") != NULL);
}

static void as_root_in_user_namespace(void)
{
	struct authz_error error;

	if (unshare(CLONE_NEWUSER) == 0) {
		child_write("/proc/self/uid_map", "0 0 1");
		child_write("/proc/self/setgroups", "deny");
		child_write("/proc/self/gid_map", "0 0 1");
		HOST(child_redeem("good", 0, &error) == AUTHZ_USER_NAMESPACE);
	}
	HOST(!any_child());
}

/*
 * Somebody with the helper's user looks at all processes that are this program still, while threads of a root host call
 * and the host is made traceable again and again, as a call of another thread does when it ends.
 */
static void look_at_all(int *seen)
{
	char path[300], own[256], theirs[256];
	ssize_t n = readlink("/proc/self/exe", own, sizeof own), m;
	struct dirent *entry;
	DIR *proc;

	for (;;) {
		proc = opendir("/proc");
		while (proc != NULL && (entry = readdir(proc)) != NULL) {
			snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
			if (atol(entry->d_name) <= 0 || atol(entry->d_name) == getpid())
				continue;
			m = readlink(path, theirs, sizeof theirs);
			*seen += m == n && memcmp(own, theirs, (size_t)n) == 0;
		}
		closedir(proc);
	}
}

static volatile bool watched;

static void *stay_traceable(void *unused)
{
	while (watched)
		prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
	return unused;
}

static void host_is_watched(void)
{
	int *seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;
	pid_t watcher;
	int i;

	HOST(seen != MAP_FAILED);
	watcher = fork();
	if (watcher == 0) {
		HOST(setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0);
		look_at_all(seen);
	}
	watched = true;
	HOST(pthread_create(&thread, NULL, stay_traceable, NULL) == 0);
	for (i = 0; i < 1000; i++)
		HOST(child_ask("good") == AUTHZ_OK);
	watched = false;
	pthread_join(thread, NULL);
	kill(watcher, SIGKILL);
	HOST(waitpid(watcher, NULL, 0) == watcher);
	HOST(*seen == 0);
}

/* ---- */

#define ANSWER(name, mode, result) {name, answers, NULL, NULL, &(struct answer){mode, result}}

static const struct CMUnitTest everybody[] = {
	ROW("a helper that is missing is named with the reason", helper_missing),
	ROW("a helper that is not executable is named with the reason", helper_not_executable),
	ANSWER("a helper that answers right is believed", "good", AUTHZ_OK),
	ANSWER("a right answer counts whatever the exit status (exchange MUST 2)", "fail", AUTHZ_OK),
	ANSWER("a right answer in slow pieces counts", "slow", AUTHZ_OK),
	ANSWER("a refusal is handed on with its own result (call MUST 3)", "refuse", AUTHZ_TOKEN_SPENT),
	ANSWER("a helper that crashes before it reads has not answered", "crash", AUTHZ_HELPER_DIED),
	ANSWER("a helper that crashes before it answers has not answered", "crash_after", AUTHZ_HELPER_DIED),
	ANSWER("a helper that ends before it reads has not answered", "close_early", AUTHZ_HELPER_DIED),
	ANSWER("a helper that ends without a word has not answered", "silent", AUTHZ_HELPER_DIED),
	ANSWER("a helper that answers garbage is unavailable (call MUST 3)", "noise", AUTHZ_HELPER_GARBLED),
	ANSWER("a helper that answers in words is unavailable", "words", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer that is a request is unavailable", "magic", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer of another version is unavailable", "version", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer to another operation is unavailable", "operation", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer with another id is unavailable", "id", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer that says it is huge is unavailable", "huge", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer with a result that is none is unavailable", "result", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer with a field twice is unavailable", "twice", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer that says it is a byte shorter is unavailable", "short", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer with one byte too many is unavailable (exchange MUST 2)", "more", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer with one byte too many, later, is unavailable (exchange MUST 2)", "more_later", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer that names nobody is unavailable (api MUST 1)", "bare", AUTHZ_HELPER_GARBLED),
	ANSWER("an answer that names uid 0 is unavailable (api MUST 1)", "root", AUTHZ_HELPER_GARBLED),
	ROW("a helper that ends, or is killed, at each byte of its reply has not answered (exchange MUST 3)", ends_at_each_byte),
	ROW("a helper that ends is noticed although another process holds its channel (exchange MUST 3)", channel_held_elsewhere),
	ROW("a helper that hangs costs the deadline, and is killed (call MUST 2, child MUST 2)", hung),
	ROW("a helper sees one argument, an empty environment, three descriptors, and its own ids (launch MUST 2, launch MUST 3, launch MUST 4)",
            sees_nothing_of_the_host),
};

static const struct CMUnitTest for_root[] = {
	ROW("root runs no helper of root's, none that others may write, nothing but a file (helper_ids MUST 1, helper_ids MUST 2)",
            roots_helper),
	ROW("root's supplementary groups do not reach the helper (launch MUST 3)", no_root_groups),
	IN_HOST("a host with root as effective user alone turns into the helper's user (launch MUST 3)", host_is_setuid_root),
	IN_HOST("root of a user namespace, where the helper's user is nobody, is told so", as_root_in_user_namespace),
	IN_HOST("the helper's user cannot look into a process that has root's memory still (launch MUST 5)", host_is_watched),
};

int main(void)
{
	return child_main("child", everybody, sizeof everybody / sizeof everybody[0], for_root,
	                  sizeof for_root / sizeof for_root[0]);
}
