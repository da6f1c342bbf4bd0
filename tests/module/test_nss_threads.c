/* SPDX-License-Identifier: ISC */
/*
 * Many threads ask the NSS module while views are published: no error, no answer older than its commit.  And one asks
 * while an enemy writes to the view: no answer that the build forbids.  AUTHZ_ROUNDS: how many are published, how often
 * that one is answered.
 */
#include "nss_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "view/view.h"

#define THREADS 12

static long committed; /* the last publication that is over */
static bool over;
static long wrong; /* an answer that must not be */
static int ready;  /* threads that have looked up once */

static long now(void)
{
	return __atomic_load_n(&committed, __ATOMIC_SEQ_CST);
}

static bool stop(void)
{
	return __atomic_load_n(&over, __ATOMIC_SEQ_CST) || __atomic_load_n(&wrong, __ATOMIC_SEQ_CST) != 0;
}

static void check(long least, long got, const char *what)
{
	if (got >= least)
		return;
	fprintf(stderr, "%s: %ld after %ld (%s)\n", what, got, least, strerror(errno));
	__atomic_store_n(&wrong, 1, __ATOMIC_SEQ_CST);
}

static void *look_up(void *arg)
{
	static long (*const calls[])(void) = {nss_by_name, nss_by_gid, nss_by_user, nss_by_gshadow, nss_by_call};
	static const char *const names[] = {"name", "gid", "user", "gshadow", "call"};
	size_t i;
	long least;

	(void)arg;
	for (i = 0; !stop(); i = (i + 1) % (sizeof calls / sizeof *calls)) {
		least = now();
		check(least, calls[i](), names[i]);
		pthread_testcancel();
	}
	return NULL;
}

/* The module alone: libc, and sanitizers more so, may hold locks of their own at a fork. */
static void *look_up_by_call(void *arg)
{
	long least;

	(void)arg;
	check(0, nss_by_call(), "call");
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (!stop()) {
		least = now();
		check(least, nss_by_call(), "call");
	}
	return NULL;
}

/* One cursor for all who sweep: an entry may be another's, but never a wrong or an old one. */
static void *sweep(void *arg)
{
	struct group g, *found;
	char buffer[1024];
	long least;
	int error;

	(void)arg;
	while (!stop()) {
		setgrent();
		do {
			least = now();
			error = getgrent_r(&g, buffer, sizeof buffer, &found);
			if (error == 0 && strcmp(g.gr_name, NSS_CLOCK) == 0)
				check(least, nss_clock_of(&g), "sweep");
			else if (error != 0 && error != ENOENT)
				check(least, -1, "sweep");
		} while (error == 0 && !stop());
	}
	return NULL;
}

/* A sweep of the module's own call, as if several C libraries were in the process. */
static void *sweep_call(void *arg)
{
	enum nss_status (*call)(struct group *, char *, size_t, int *);
	enum nss_status (*begin)(int);
	struct group g;
	char buffer[1024];
	enum nss_status status;
	int error;

	(void)arg;
	*(void **)&call = nss_call("getgrent_r");
	*(void **)&begin = nss_call("setgrent");
	while (!stop()) {
		begin(0);
		while ((status = call(&g, buffer, sizeof buffer, &error)) == NSS_STATUS_SUCCESS && !stop())
			check(0, strncmp(g.gr_name, AUTHZ_GROUP_PREFIX, strlen(AUTHZ_GROUP_PREFIX)) == 0 ? 0 : -2, "sweep by call");
		if (status != NSS_STATUS_NOTFOUND && status != NSS_STATUS_SUCCESS)
			check(0, -1, "sweep by call");
	}
	return NULL;
}

static void start(pthread_t thread[THREADS])
{
	int i;

	over = false;
	wrong = 0;
	committed = 1;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, i < 8 ? look_up : i < 10 ? sweep : sweep_call, NULL), 0);
}

static void finish(pthread_t thread[THREADS])
{
	int i;

	__atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_int_equal(wrong, 0);
}

static long rounds(long usual)
{
	const char *text = getenv("AUTHZ_ROUNDS");

	return text != NULL && atol(text) > 0 ? atol(text) : usual;
}

static void published_meanwhile(void **state)
{
	const long last = rounds(10000);
	pthread_t thread[THREADS];
	long n;

	(void)state;
	start(thread);
	for (n = 2; n <= last && !stop(); n++) {
		nss_publish(n);
		__atomic_store_n(&committed, n, __ATOMIC_SEQ_CST);
	}
	finish(thread);
	assert_int_equal(nss_by_name(), last);
	/* what the threads used before is given back */
	assert_int_equal(nss_mappings("/group"), 1);
}

/* A child of a process that is in the middle of it: no lock is held for ever, and it sees what comes later. */
static int in_child(long least)
{
	long i, got;

	for (i = 0; i < 200; i++) {
		got = nss_by_call();
		if (got < least)
			return 1;
		least = got;
	}
	return 0;
}

static void forked_meanwhile(void **state)
{
	pthread_t thread[THREADS];
	int status;
	long n, least;
	pid_t pid;

	(void)state;
	start(thread);
	for (n = 2; n <= 300 && !stop(); n++) {
		least = n - 1;
		pid = fork();
		if (pid == 0) {
			alarm(60);
			_exit(in_child(least));
		}
		nss_publish(n);
		__atomic_store_n(&committed, n, __ATOMIC_SEQ_CST);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	finish(thread);
}

/* Each is the child of the one before, forked while threads were in the module, so that each may have lost a mapping. */
static int generation(int left)
{
	pthread_t thread[4];
	long n = now();
	int i, status;
	pid_t pid;

	alarm(300);
	over = false;
	ready = 0;
	for (i = 0; i < 4; i++)
		if (pthread_create(&thread[i], NULL, look_up_by_call, NULL) != 0)
			return 1;
	while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < 4)
		sched_yield();
	for (i = 0; i < 3; i++) {
		nss_publish(++n);
		__atomic_store_n(&committed, n, __ATOMIC_SEQ_CST);
	}
	if (left == 0)
		return nss_by_call() == n && !wrong ? 0 : 2;
	pid = fork();
	if (pid == 0)
		_exit(generation(left - 1));
	__atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	return waitpid(pid, &status, 0) == pid && status == 0 && wrong == 0 ? 0 : 3;
}

static void generations(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	committed = 1;
	wrong = 0;
	pid = fork();
	if (pid == 0)
		_exit(generation(70));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Threads that are cancelled anywhere leave nothing behind that others wait for, and no descriptor. */
static void cancelled(void **state)
{
	const unsigned before = nss_descriptors();
	pthread_t thread;
	long n;

	(void)state;
	over = false;
	wrong = 0;
	committed = 1;
	for (n = 2; n < 500; n++) {
		assert_int_equal(pthread_create(&thread, NULL, look_up, NULL), 0);
		nss_publish(n);
		pthread_cancel(thread);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(nss_by_call(), n);
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(nss_descriptors(), before);
}

/* The module is let go of while others still ask. */
static void exits(void **state)
{
	pthread_t thread[THREADS];
	int status, i;
	pid_t pid;

	(void)state;
	for (i = 0; i < 100; i++) {
		pid = fork();
		if (pid == 0) {
			start(thread);
			nss_publish(i + 2);
			exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

/* ---- a view whose writer is an enemy */

#define GIDS 20000

static uint32_t *forged_gids; /* of NSS_USER, in the file */

/* The middle part, backwards: so there are places where it meets who reads. */
static void *forge(void *arg)
{
	volatile uint32_t *gids = forged_gids;
	unsigned noise = 1, wait;
	uint32_t i;

	(void)arg;
	while (!stop()) {
		noise = noise * 1103515245 + 12345;
		for (wait = noise >> 17; wait > 0; wait--)
			(void)*gids;
		for (i = GIDS * 3 / 4; i > GIDS / 2; i--)
			gids[i] = 0;
		for (i = GIDS / 2; i <= GIDS * 3 / 4; i++)
			gids[i] = AUTHZ_GID_LOW + i;
	}
	return NULL;
}

static void publish_many_gids(void)
{
	static gid_t gids[GIDS];
	const struct view_membership of = {NSS_USER, gids, GIDS};
	struct view_content content = {2, NULL, 0, &of, 1, NULL};
	const int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint32_t i;

	for (i = 0; i < GIDS; i++)
		gids[i] = AUTHZ_GID_LOW + i;
	assert_int_equal(publish_write(folder, &content), AUTHZ_OK);
	assert_int_equal(publish_mark(folder), AUTHZ_OK);
	assert_int_equal(publish_rename(folder), AUTHZ_OK);
	close(folder);
}

/* How many gids are answered that are no cabinet's; -1: no answer. */
static long strange_gids(void)
{
	enum nss_status (*call)(const char *, gid_t, long *, long *, gid_t **, long, int *);
	long start = 0, size = 0, i, strange = 0;
	gid_t *gids = NULL;
	int code;

	*(void **)&call = nss_call("initgroups_dyn");
	if (call(NSS_USER, 5, &start, &size, &gids, -1, &code) != NSS_STATUS_SUCCESS)
		return -1;
	for (i = 0; i < start; i++)
		strange += gids[i] < AUTHZ_GID_LOW || gids[i] > AUTHZ_GID_HIGH;
	free(gids);
	return strange;
}

static void forged_meanwhile(void **state)
{
	long answers = 0, strange;
	struct view_user user;
	struct view v;
	struct stat st;
	pthread_t thread;
	char *bytes;
	int fd;

	(void)state;
	over = false;
	wrong = 0;
	publish_many_gids();
	assert_int_equal(view_open(&v, ".", &st), VIEW_FOUND);
	assert_int_equal(view_by_user(&v, NSS_USER, &user), VIEW_FOUND);
	fd = open("group", O_RDWR | O_CLOEXEC);
	bytes = mmap(NULL, v.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(bytes, MAP_FAILED);
	forged_gids = (uint32_t *)(bytes + ((const char *)user.gids - (const char *)v.bytes));
	assert_int_equal(pthread_create(&thread, NULL, forge, NULL), 0);
	while (answers < rounds(10000) && !stop()) {
		strange = strange_gids();
		answers += strange == 0;
		if (strange > 0)
			__atomic_store_n(&wrong, 1, __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(wrong, 0);
	munmap(bytes, v.size);
	view_close(&v);
	close(fd);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, nss_setup, nss_teardown, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("12 threads that look up and sweep while a view is published 10,000 times meet no error and no answer older than its "
		    "commit (mapping MUST 1, mapping MUST 3, publish MUST 3)", published_meanwhile),
		ROW("children forked meanwhile look up at once, and see what is published later (mapping MUST 2)", forked_meanwhile),
		ROW("so does the seventieth child of children, where each may have lost a mapping (mapping MUST 2)", generations),
		ROW("threads that are cancelled meanwhile leave no descriptor and nobody waiting (mapping MUST 2)", cancelled),
		ROW("a process can exit while its threads look up (mapping MUST 3)", exits),
		ROW("a view that its writer changes while it is read gives nobody a gid that is no cabinet's "
		    "(view MUST 2, view MUST 5)",
		    forged_meanwhile),
	};

	return cmocka_run_group_tests_name("nss threads", tests, NULL, NULL);
}
