/* SPDX-License-Identifier: ISC */
/*
 * The helper as a child, in every kind of host, and every bad helper (bad_helper.c).  As root the rows run twice: as
 * an ordinary user, then as root.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "authz.h"
#include "client/child.h"
#include "scratch.h"

static const unsigned char token[AUTHZ_TOKEN_SIZE] = {1, 2, 3};

/* Not inlined: sanitizers do not see a cancelled thread leave a function that has variables. */
static __attribute__((noinline)) enum authz_result redeem(const char *mode, int timeout_ms, struct authz_error *error)
{
	struct authz_client client = {.helper = scratch_helper(mode), .socket = "", .timeout_ms = timeout_ms};
	struct authz_identity identity;

	return authz_token_redeem(&client, token, "alice", NULL, &identity, error);
}

static enum authz_result ask(const char *mode)
{
	return redeem(mode, 0, NULL);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* To an instant: what is left of a while, as the kernel says it after a signal, never ends under a fire of signals. */
static void pause_ms(long milliseconds)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += milliseconds % 1000 * 1000000;
	t.tv_sec += milliseconds / 1000 + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* ---- hosts and their signals */

static volatile sig_atomic_t caught, stolen, foreign_runs;
static pid_t host_pid;

static void count_signal(int number)
{
	(void)number;
	caught++;
	foreign_runs += syscall(SYS_getpid) != host_pid;
}

static void reap_all(int number)
{
	int saved = errno;

	(void)number;
	caught++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		stolen++;
	errno = saved;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

	host_pid = getpid();
	HOST(sigaction(number, &action, NULL) == 0);
}

static void is_handled(int number, void (*handler)(int))
{
	struct sigaction action;

	HOST(sigaction(number, NULL, &action) == 0 && action.sa_handler == handler && action.sa_flags & SA_RESTART);
}

static void host_ignores_sigchld(void)
{
	struct sigaction action;

	signal(SIGCHLD, SIG_IGN);
	HOST(ask("good") == AUTHZ_OK);
	HOST(ask("crash") == AUTHZ_HELPER_DIED);
	HOST(redeem("hang", 100, NULL) == AUTHZ_HELPER_LATE);
	HOST(!any_child());
	HOST(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
}

static void host_reaps_all(void)
{
	int until[2], i;
	pid_t own;
	char none;

	HOST(pipe(until) == 0);
	handle(SIGCHLD, reap_all);
	own = fork();
	if (own == 0) {
		close(until[1]);
		(void)!read(until[0], &none, 1); /* lives until the calls are over, however long they take */
		_exit(0);
	}
	close(until[0]);
	for (i = 0; i < 50; i++)
		HOST(ask(i % 2 == 0 ? "good" : "cut_3") == (i % 2 == 0 ? AUTHZ_OK : AUTHZ_HELPER_DIED));
	HOST(caught == 0 && stolen == 0);
	close(until[1]);
	while (stolen == 0)
		pause_ms(10);
	HOST(caught == 1 && stolen == 1 && !any_child());
	is_handled(SIGCHLD, reap_all);
}

static void host_counts_sigchld(void)
{
	handle(SIGCHLD, count_signal);
	HOST(ask("good") == AUTHZ_OK);
	HOST(ask("crash") == AUTHZ_HELPER_DIED);
	HOST(ask("fail") == AUTHZ_OK);
	HOST(ask("missing") == AUTHZ_HELPER_MISSING);
	HOST(redeem("hang", 100, NULL) == AUTHZ_HELPER_LATE);
	pause_ms(50);
	HOST(caught == 0);
	is_handled(SIGCHLD, count_signal);
}

static void host_waits_for_its_own(void)
{
	int status;
	pid_t own = fork();

	if (own == 0)
		_exit(7);
	HOST(ask("good") == AUTHZ_OK);
	HOST(waitpid(own, &status, 0) == own && WIFEXITED(status) && WEXITSTATUS(status) == 7);
	own = fork();
	if (own == 0)
		_exit(8);
	HOST(waitpid(-1, &status, 0) == own && WEXITSTATUS(status) == 8);
	HOST(ask("good") == AUTHZ_OK && !any_child());
}

static void host_is_subreaper(void)
{
	HOST(prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) == 0);
	HOST(ask("good") == AUTHZ_OK && !any_child());
	HOST(ask("kill_9") == AUTHZ_HELPER_DIED && !any_child());
	HOST(redeem("hang", 100, NULL) == AUTHZ_HELPER_LATE && !any_child());
	HOST(ask("missing") == AUTHZ_HELPER_MISSING && !any_child());
	handle(SIGCHLD, reap_all);
	HOST(ask("good") == AUTHZ_OK && !any_child());
	signal(SIGCHLD, SIG_IGN);
	HOST(ask("good") == AUTHZ_OK && !any_child());
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	HOST(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* A process id namespace; for an ordinary user in a user namespace.  False where this machine forbids it. */
static bool new_pid_namespace(void)
{
	char map[64];
	long gid = (long)getegid(); /* afterwards it reads as nobody's until it is mapped */

	if (geteuid() == 0)
		return unshare(CLONE_NEWPID) == 0;
	snprintf(map, sizeof map, "%ld %ld 1", (long)geteuid(), (long)geteuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
		return false;
	write_text("/proc/self/uid_map", map);
	write_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%ld %ld 1", gid, gid);
	write_text("/proc/self/gid_map", map);
	return true;
}

static void host_is_pid_1(void)
{
	int status;
	pid_t first;

	if (!new_pid_namespace()) {
		host_is_subreaper(); /* the same for the kernel */
		return;
	}
	first = fork();
	if (first == 0) {
		HOST(getpid() == 1);
		host_is_subreaper();
		_exit(0);
	}
	HOST(waitpid(first, &status, 0) == first && status == 0);
}

static void host_has_closed_descriptors(void)
{
	struct authz_error error;
	int others;

	close(0);
	close(1);
	close(2);
	others = open_descriptors();
	if (redeem("report", 0, &error) != AUTHZ_OK || strstr(error.subject, "fds=3 null=1 ") == NULL)
		_exit(10);
	if (ask("crash") != AUTHZ_HELPER_DIED || ask("missing") != AUTHZ_HELPER_MISSING)
		_exit(11);
	if (open_descriptors() != others)
		_exit(12);
	if (open("/dev/null", O_RDONLY) != 0 || ask("good") != AUTHZ_OK || open_descriptors() != others + 1)
		_exit(13);
}

static void host_has_timers(void)
{
	const struct itimerval every = {{0, 5000}, {0, 5000}};
	struct itimerval timer;
	struct authz_error error;

	handle(SIGALRM, count_signal);
	HOST(setitimer(ITIMER_REAL, &every, NULL) == 0);
	HOST(ask("slow") == AUTHZ_OK);
	HOST(caught > 5);
	HOST(redeem("report", 0, &error) == AUTHZ_OK && strstr(error.subject, "timer=0 ") != NULL);
	HOST(redeem("hang", 200, NULL) == AUTHZ_HELPER_LATE);
	HOST(getitimer(ITIMER_REAL, &timer) == 0 && timer.it_interval.tv_usec == 5000);
	HOST(foreign_runs == 0);
}

static void host_has_masks(void)
{
	struct authz_error error;
	sigset_t mask, after;
	int s;

	sigfillset(&mask);
	HOST(sigprocmask(SIG_SETMASK, &mask, NULL) == 0 && sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	handle(SIGUSR1, count_signal);
	HOST(redeem("report", 0, &error) == AUTHZ_OK);
	HOST(strstr(error.subject, "blocked=0 ignored=0 ") != NULL);
	HOST(sigprocmask(SIG_BLOCK, NULL, &after) == 0);
	for (s = 1; s < _NSIG; s++)
		HOST(sigismember(&mask, s) == sigismember(&after, s));
	is_handled(SIGUSR1, count_signal);
}

static void host_is_pelted(void)
{
	const struct timespec breath = {.tv_nsec = 1000};
	enum authz_result result;
	pid_t pelter;
	int i;

	HOST(setpgid(0, 0) == 0);
	handle(SIGUSR1, count_signal);
	pelter = fork();
	if (pelter == 0) {
		signal(SIGUSR1, SIG_IGN);
		for (i = 0;; i = (i + 1) % 16) {
			kill(0, SIGUSR1);
			if (i == 0) /* a sender faster than the handler would let the host do nothing else, ever */
				nanosleep(&breath, NULL);
		}
	}
	while (caught == 0)
		pause_ms(1);
	for (i = 0; i < 200; i++) { /* the group's signal ends a helper that has not left the group: no harm */
		result = redeem("good", 2000, NULL);
		HOST(result == AUTHZ_OK || result == AUTHZ_HELPER_DIED);
	}
	kill(pelter, SIGKILL);
	HOST(waitpid(pelter, NULL, 0) == pelter);
	HOST(foreign_runs == 0 && !any_child());
}

/* ---- hosts and their surroundings */

static void host_has_environment(void)
{
	struct authz_error error;

	setenv("LD_PRELOAD", "/nonexistent/preloaded.so", 1);
	setenv("LD_LIBRARY_PATH", "/nonexistent", 1);
	setenv("GLIBC_TUNABLES", "glibc.malloc.check=3", 1);
	setenv("IFS", "/", 1);
	HOST(redeem("report", 0, &error) == AUTHZ_OK && strstr(error.subject, "env=0 ") != NULL);
}

#define LIMIT(resource, value) \
	do { \
		struct rlimit limit_; \
		HOST(getrlimit(resource, &limit_) == 0); \
		limit_.rlim_cur = (value) < limit_.rlim_max ? (value) : limit_.rlim_max; \
		HOST(setrlimit(resource, &limit_) == 0); \
	} while (0)

static void host_has_few_descriptors(void)
{
	const int before = open_descriptors();
	struct authz_error error;
	enum authz_result result;
	rlim_t n;

	LIMIT(RLIMIT_NOFILE, 3);
	HOST(redeem("good", 0, &error) == AUTHZ_NO_RESOURCES);
	HOST(strcmp(error.subject, "socketpair: Too many open files") == 0);
	for (n = 0; n < 16; n++) {
		LIMIT(RLIMIT_NOFILE, n);
		result = redeem("good", 0, &error);
		HOST(result == AUTHZ_OK || result == AUTHZ_NO_RESOURCES || result == AUTHZ_HELPER_DIED);
	}
	LIMIT(RLIMIT_NOFILE, 1024);
	HOST(open_descriptors() == before && !any_child());
	HOST(ask("good") == AUTHZ_OK);
}

static void host_has_no_file_size(void)
{
	LIMIT(RLIMIT_FSIZE, 0);
	HOST(ask("good") == AUTHZ_OK && !any_child());
}

static void host_has_no_processes(void)
{
	struct authz_error error;

	if (geteuid() == 0) /* whom this limit does not concern */
		HOST(setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0);
	LIMIT(RLIMIT_NPROC, 0);
	HOST(redeem("good", 0, &error) == AUTHZ_NO_RESOURCES);
	HOST(strcmp(error.subject, "clone: Resource temporarily unavailable") == 0);
	HOST(!any_child());
}

static void host_keeps_its_marks(void)
{
	const int descriptors = open_descriptors();
	uid_t u[3];
	gid_t g[3];

	HOST(prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L) == 0);
	errno = ELOOP;
	HOST(ask("good") == AUTHZ_OK);
	HOST(errno == ELOOP);
	HOST(prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 1 && prctl(PR_GET_KEEPCAPS, 0L, 0L, 0L, 0L) == 0);
	HOST(getresuid(&u[0], &u[1], &u[2]) == 0 && u[0] == u[1] && u[1] == u[2] && u[0] == geteuid());
	HOST(getresgid(&g[0], &g[1], &g[2]) == 0 && g[0] == g[1] && g[1] == g[2] && g[0] == getegid());
	HOST(open_descriptors() == descriptors);
	HOST(prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0 && ask("good") == AUTHZ_OK);
	HOST(prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0);
}

static void host_forks_after(void)
{
	int status;
	pid_t own;

	HOST(ask("good") == AUTHZ_OK);
	own = fork();
	if (own == 0)
		_exit(ask("good") == AUTHZ_OK ? 5 : 6);
	HOST(waitpid(own, &status, 0) == own && WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

static void passes(void **state)
{
	assert_true(in_process((void (*)(void)) * state));
}

/* ---- bad helpers */

static void helper_missing(void **state)
{
	struct authz_client client = {.helper = scratch_helper("missing"), .socket = ""};
	struct authz_identity identity;
	struct authz_error error;
	char expected[512];

	(void)state;
	assert_int_equal(authz_token_redeem(&client, token, "alice", NULL, &identity, &error), AUTHZ_HELPER_MISSING);
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
	assert_int_equal(authz_token_redeem(&client, token, "alice", NULL, &identity, &error), AUTHZ_HELPER_MISSING);
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
	enum authz_result result = ask(row->mode);

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
			assert_int_equal(ask(mode), n < GOOD_LENGTH ? AUTHZ_HELPER_DIED : AUTHZ_OK);
			unlink(scratch_path(mode));
		}
}

static void channel_held_elsewhere(void **state)
{
	int64_t start = now_ms();
	char whole[32];

	(void)state;
	assert_int_equal(ask("leave_10"), AUTHZ_HELPER_DIED);
	snprintf(whole, sizeof whole, "leave_%d", GOOD_LENGTH);
	assert_int_equal(ask(whole), AUTHZ_OK);
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
		assert_int_equal(redeem(modes[i], 300, NULL), AUTHZ_HELPER_LATE);
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
	assert_int_equal(redeem("report", 0, &error), AUTHZ_OK);
	close(leak);
	close(high);
	snprintf(expected, sizeof expected,
	         "argc=1 name=1 env=0 fds=3 null=1 timer=0 blocked=0 ignored=0 sameids=1 uid=%ld gid=%ld groups=",
	         geteuid() == 0 ? (long)NOBODY : (long)geteuid(), geteuid() == 0 ? (long)NOBODY : (long)getegid());
	error.subject[strlen(expected)] = '\0';
	assert_string_equal(error.subject, expected);
}

/* ---- many calls */

static void *fifty_calls(void *wrong)
{
	int i;

	for (i = 0; i < 50; i++)
		if (ask("good") != AUTHZ_OK)
			__atomic_add_fetch((int *)wrong, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void threads(void **state)
{
	const int before = open_descriptors();
	pthread_t thread[8];
	int i, wrong = 0;

	(void)state;
	scratch_helper("good");
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, fifty_calls, &wrong), 0);
	for (i = 0; i < 8; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(wrong, 0);
	assert_int_equal(open_descriptors(), before);
	assert_false(any_child());
}

static int count_mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	int c, lines = 0;

	while (f != NULL && (c = getc(f)) != EOF)
		lines += c == '\n';
	if (f != NULL)
		fclose(f);
	return lines;
}

static void host_calls_often(void)
{
	int descriptors, mappings, i;
	static const char *const modes[] = {"good", "refuse", "crash", "more", "missing"};

	for (i = 0; i < 5; i++)
		ask(modes[i]);
	descriptors = open_descriptors();
	mappings = count_mappings();
	for (i = 0; i < 1000; i++)
		ask(modes[i % 5]);
	HOST(open_descriptors() == descriptors);
	HOST(count_mappings() < mappings + 100); /* an allocator may have taken some */
	HOST(!any_child());
}

static long faults_per_call(void)
{
	struct rusage before, after;
	int i;

	ask("good");
	getrusage(RUSAGE_SELF, &before);
	for (i = 0; i < 20; i++)
		HOST(ask("good") == AUTHZ_OK);
	getrusage(RUSAGE_SELF, &after);
	return (after.ru_minflt - before.ru_minflt) / 20;
}

static int64_t best_call_us(void)
{
	struct timespec from, to;
	int64_t best = INT64_MAX, us;
	int i;

	for (i = 0; i < 20; i++) {
		clock_gettime(CLOCK_MONOTONIC, &from);
		HOST(ask("good") == AUTHZ_OK);
		clock_gettime(CLOCK_MONOTONIC, &to);
		us = (int64_t)(to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
		best = us < best ? us : best;
	}
	return best;
}

/* Small pages, so that copying the table of them would cost many times a call. */
static void host_is_large(void)
{
	const size_t size = (size_t)1 << 30;
	int64_t small_us, large_us;
	long small, large;
	void *memory;

	small = faults_per_call();
	small_us = best_call_us();
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	HOST(memory != MAP_FAILED);
	madvise(memory, size, MADV_NOHUGEPAGE);
	memset(memory, 1, size);
	large = faults_per_call();
	large_us = best_call_us();
	munmap(memory, size);
	if (large_us > 4 * small_us || large > small + 8)
		fprintf(stderr, "%ld us and %ld faults a call, in a large host %ld and %ld\n", (long)small_us, small,
		        (long)large_us, large);
	HOST(large <= small + 8);
	HOST(large_us <= 4 * small_us);
}

/* ---- cancellation */

static volatile int cancelled_result = -1;

static void *slow_call(void *unused)
{
	cancelled_result = (int)ask("slow");
	for (;;)
		pause();
	return unused;
}

static void cancellation(void **state)
{
	const int before = open_descriptors();
	pthread_t thread;
	void *end;

	(void)state;
	scratch_helper("slow");
	assert_int_equal(pthread_create(&thread, NULL, slow_call, NULL), 0);
	pause_ms(50);
	assert_int_equal(pthread_cancel(thread), 0);
	assert_int_equal(pthread_join(thread, &end), 0);
	assert_ptr_equal(end, PTHREAD_CANCELED);
	assert_int_equal(cancelled_result, AUTHZ_OK);
	assert_int_equal(open_descriptors(), before);
	assert_false(any_child());
}

/* ---- whose the helper's file is */

static enum authz_result ask_with_file(uid_t owner, mode_t mode)
{
	const char *helper = scratch_path("bad_helper");
	enum authz_result result;

	assert_int_equal(chown(helper, owner, owner), 0);
	assert_int_equal(chmod(helper, mode), 0);
	result = ask("good");
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
	assert_int_equal(authz_token_redeem(&client, token, "alice", NULL, &identity, &error), AUTHZ_BAD_INSTALL);
	assert_string_equal(error.subject, client.helper);
}

static void no_root_groups(void **state)
{
	const gid_t groups[] = {0, 5, 42};
	struct authz_error error;

	(void)state;
	assert_int_equal(setgroups(3, groups), 0);
	assert_int_equal(redeem("report", 0, &error), AUTHZ_OK);
	assert_int_equal(setgroups(0, NULL), 0);
	assert_non_null(strstr(error.subject, "groups=0 "));
}

/* A process that is euid 0 alone, as in su. */
static void host_is_setuid_root(void)
{
	struct authz_error error;

	HOST(setresuid(NOBODY, 0, 0) == 0);
	HOST(redeem("report", 0, &error) == AUTHZ_OK);
	HOST(strstr(error.subject, "sameids=1 uid=65534 gid=65534 ") != NULL);
}

static void as_root_in_user_namespace(void)
{
	struct authz_error error;

	if (unshare(CLONE_NEWUSER) == 0) {
		write_text("/proc/self/uid_map", "0 0 1");
		write_text("/proc/self/setgroups", "deny");
		write_text("/proc/self/gid_map", "0 0 1");
		HOST(redeem("good", 0, &error) == AUTHZ_USER_NAMESPACE);
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
		HOST(ask("good") == AUTHZ_OK);
	watched = false;
	pthread_join(thread, NULL);
	kill(watcher, SIGKILL);
	HOST(waitpid(watcher, NULL, 0) == watcher);
	HOST(*seen == 0);
}

/* ---- */

#define IN_HOST(name, host) {name, passes, NULL, NULL, (void *)(host)}
#define ROW(name, test) {name, test, NULL, NULL, NULL}
#define ANSWER(name, mode, result) {name, answers, NULL, NULL, &(struct answer){mode, result}}

static const struct CMUnitTest everybody[] = {
	IN_HOST("a host that ignores SIGCHLD is answered, and ignores it still (child MUST 1)", host_ignores_sigchld),
	IN_HOST("a host that reaps everything in its handler gets its own child alone (child MUST 3)", host_reaps_all),
	IN_HOST("a host that handles SIGCHLD sees none, and its handler stays (child MUST 1)", host_counts_sigchld),
	IN_HOST("a host's wait for its own child gets its own child (child MUST 3)", host_waits_for_its_own),
	IN_HOST("a host that is the reaper of its descendants is left no zombie (child MUST 2)", host_is_subreaper),
	IN_HOST("a host that is pid 1 is left no zombie (child MUST 2)", host_is_pid_1),
	IN_HOST("a host with descriptors 0 to 2 closed has them closed after, and the helper has them (child MUST 4, launch MUST 2)",
                host_has_closed_descriptors),
	IN_HOST("a host with a running timer is answered, and the timer runs on (child MUST 1, exchange MUST 1)", host_has_timers),
	IN_HOST("a host with all signals blocked has them blocked after, and the helper has none (child MUST 1, launch MUST 1)",
                host_has_masks),
	IN_HOST("no handler of a host under fire of signals runs in another process (launch MUST 1)", host_is_pelted),
	IN_HOST("a hostile environment does not reach the helper (launch MUST 4)", host_has_environment),
	IN_HOST("a host with a limit of 3 descriptors gets a named refusal and no harm (child MUST 2)", host_has_few_descriptors),
	IN_HOST("a host that may write no file is answered", host_has_no_file_size),
	IN_HOST("a host that may start no process gets a named refusal", host_has_no_processes),
	IN_HOST("errno, ids, and what else a process has of its own are the same after a call (child MUST 1)", host_keeps_its_marks),
	IN_HOST("a host may fork after a call, and call in the fork", host_forks_after),
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
	ROW("8 threads make 50 calls each, all right, and nothing is left (child MUST 2)", threads),
	IN_HOST("1,000 calls, good and bad, leave no descriptor, mapping or child (child MUST 2)", host_calls_often),
	IN_HOST("a host of 1 GiB pays no more for a call than a small one (child MUST 5)", host_is_large),
	ROW("a thread that is cancelled within a call ends after it (call MUST 5)", cancellation),
};

static const struct CMUnitTest for_root[] = {
	ROW("root runs no helper of root's, none that others may write, nothing but a file (helper_ids MUST 1, helper_ids MUST 2)",
            roots_helper),
	ROW("root's supplementary groups do not reach the helper (launch MUST 3)", no_root_groups),
	IN_HOST("a host with root as effective user alone turns into the helper's user (launch MUST 3)", host_is_setuid_root),
	IN_HOST("root of a user namespace, where the helper's user is nobody, is told so", as_root_in_user_namespace),
	IN_HOST("the helper's user cannot look into a process that has root's memory still (launch MUST 5)", host_is_watched),
};

static int group_make(void **state)
{
	(void)state;
	scratch_make();
	return 0;
}

static int group_remove(void **state)
{
	(void)state;
	scratch_remove();
	return 0;
}

static int run_as_nobody(void)
{
	if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
		return 1;
	prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
	return cmocka_run_group_tests_name("child, ordinary user", everybody, NULL, NULL);
}

int main(void)
{
	int status, failed;
	pid_t pid;

	if (geteuid() != 0)
		return cmocka_run_group_tests_name("child, ordinary user", everybody, group_make, group_remove);
	scratch_make();
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exit(run_as_nobody());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	scratch_remove();
	failed = cmocka_run_group_tests_name("child, root", everybody, group_make, group_remove);
	failed += cmocka_run_group_tests_name("child, root alone", for_root, group_make, group_remove);
	return failed != 0 || status != 0;
}
