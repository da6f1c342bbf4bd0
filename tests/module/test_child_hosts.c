/* SPDX-License-Identifier: ISC */
/* The helper as a child of hosts in every surrounding: closed descriptors, limits, threads, much memory, many calls. */
#include "config.h"

#include "child_host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void host_has_closed_descriptors(void)
{
	struct authz_error error;
	int others;

	close(0);
	close(1);
	close(2);
	others = open_descriptors();
	if (child_redeem("report", 0, &error) != AUTHZ_OK || strstr(error.subject, "fds=3 null=1 ") == NULL)
		_exit(10);
	if (child_ask("crash") != AUTHZ_HELPER_DIED || child_ask("missing") != AUTHZ_HELPER_MISSING)
		_exit(11);
	if (open_descriptors() != others)
		_exit(12);
	if (open("/dev/null", O_RDONLY) != 0 || child_ask("good") != AUTHZ_OK || open_descriptors() != others + 1)
		_exit(13);
}

static void host_has_environment(void)
{
	struct authz_error error;

	setenv("LD_PRELOAD", "/nonexistent/preloaded.so", 1);
	setenv("LD_LIBRARY_PATH", "/nonexistent", 1);
	setenv("GLIBC_TUNABLES", "glibc.malloc.check=3", 1);
	setenv("IFS", "/", 1);
	HOST(child_redeem("report", 0, &error) == AUTHZ_OK && strstr(error.subject, "env=0 ") != NULL);
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
	HOST(child_redeem("good", 0, &error) == AUTHZ_NO_RESOURCES);
	HOST(strcmp(error.subject, "socketpair: Too many open files") == 0);
	for (n = 0; n < 16; n++) {
		LIMIT(RLIMIT_NOFILE, n);
		result = child_redeem("good", 0, &error);
		HOST(result == AUTHZ_OK || result == AUTHZ_NO_RESOURCES || result == AUTHZ_HELPER_DIED);
	}
	LIMIT(RLIMIT_NOFILE, 1024);
	HOST(open_descriptors() == before && !any_child());
	HOST(child_ask("good") == AUTHZ_OK);
}

static void host_has_no_file_size(void)
{
	LIMIT(RLIMIT_FSIZE, 0);
	HOST(child_ask("good") == AUTHZ_OK && !any_child());
}

static void host_has_no_processes(void)
{
	struct authz_error error;

	if (geteuid() == 0) /* whom this limit does not concern */
		HOST(setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0);
	LIMIT(RLIMIT_NPROC, 0);
	HOST(child_redeem("good", 0, &error) == AUTHZ_NO_RESOURCES);
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
	HOST(child_ask("good") == AUTHZ_OK);
	HOST(errno == ELOOP);
	HOST(prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 1 && prctl(PR_GET_KEEPCAPS, 0L, 0L, 0L, 0L) == 0);
	HOST(getresuid(&u[0], &u[1], &u[2]) == 0 && u[0] == u[1] && u[1] == u[2] && u[0] == geteuid());
	HOST(getresgid(&g[0], &g[1], &g[2]) == 0 && g[0] == g[1] && g[1] == g[2] && g[0] == getegid());
	HOST(open_descriptors() == descriptors);
	HOST(prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0 && child_ask("good") == AUTHZ_OK);
	HOST(prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0);
}

static void host_forks_after(void)
{
	int status;
	pid_t own;

	HOST(child_ask("good") == AUTHZ_OK);
	own = fork();
	if (own == 0)
		_exit(child_ask("good") == AUTHZ_OK ? 5 : 6);
	HOST(waitpid(own, &status, 0) == own && WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

/* ---- many calls */

static void *fifty_calls(void *wrong)
{
	int i;

	for (i = 0; i < 50; i++)
		if (child_ask("good") != AUTHZ_OK)
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
		child_ask(modes[i]);
	descriptors = open_descriptors();
	mappings = count_mappings();
	for (i = 0; i < 1000; i++)
		child_ask(modes[i % 5]);
	HOST(open_descriptors() == descriptors);
	HOST(count_mappings() < mappings + 100); /* an allocator may have taken some */
	HOST(!any_child());
}

static long faults_per_call(void)
{
	struct rusage before, after;
	int i;

	child_ask("good");
	getrusage(RUSAGE_SELF, &before);
	for (i = 0; i < 20; i++)
		HOST(child_ask("good") == AUTHZ_OK);
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
		HOST(child_ask("good") == AUTHZ_OK);
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
	cancelled_result = (int)child_ask("slow");
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
	child_pause_ms(50);
	assert_int_equal(pthread_cancel(thread), 0);
	assert_int_equal(pthread_join(thread, &end), 0);
	assert_ptr_equal(end, PTHREAD_CANCELED);
	assert_int_equal(cancelled_result, AUTHZ_OK);
	assert_int_equal(open_descriptors(), before);
	assert_false(any_child());
}

static const struct CMUnitTest everybody[] = {
	IN_HOST("a host with descriptors 0 to 2 closed has them closed after, and the helper has them (child MUST 4, launch MUST 2)",
	        host_has_closed_descriptors),
	IN_HOST("a hostile environment does not reach the helper (launch MUST 4)", host_has_environment),
	IN_HOST("a host with a limit of 3 descriptors gets a named refusal and no harm (child MUST 2)", host_has_few_descriptors),
	IN_HOST("a host that may write no file is answered", host_has_no_file_size),
	IN_HOST("a host that may start no process gets a named refusal", host_has_no_processes),
	IN_HOST("errno, ids, and what else a process has of its own are the same after a call (child MUST 1)", host_keeps_its_marks),
	IN_HOST("a host may fork after a call, and call in the fork", host_forks_after),
	ROW("8 threads make 50 calls each, all right, and nothing is left (child MUST 2)", threads),
	IN_HOST("1,000 calls, good and bad, leave no descriptor, mapping or child (child MUST 2)", host_calls_often),
	IN_HOST("a host of 1 GiB pays no more for a call than a small one (child MUST 5)", host_is_large),
	ROW("a thread that is cancelled within a call ends after it (call MUST 5)", cancellation),
};

int main(void)
{
	return child_main("child, hosts", everybody, sizeof everybody / sizeof everybody[0], NULL, 0);
}
