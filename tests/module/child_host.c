/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "child_host.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const unsigned char child_token[AUTHZ_TOKEN_SIZE] = {1, 2, 3};

/* Not inlined: sanitizers do not see a cancelled thread leave a function that has variables. */
__attribute__((noinline)) enum authz_result child_redeem(const char *mode, int timeout_ms, struct authz_error *error)
{
	struct authz_client client = {.helper = scratch_helper(mode), .socket = "", .timeout_ms = timeout_ms};
	struct authz_identity identity;

	return authz_token_redeem(&client, child_token, "alice", NULL, &identity, error);
}

enum authz_result child_ask(const char *mode)
{
	return child_redeem(mode, 0, NULL);
}

/* To an instant: what is left of a while, as the kernel says it after a signal, never ends under a fire of signals. */
void child_pause_ms(long milliseconds)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += milliseconds % 1000 * 1000000;
	t.tv_sec += milliseconds / 1000 + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

void child_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	HOST(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

void child_passes(void **state)
{
	assert_true(in_process((void (*)(void)) * state));
}

static int run(const char *title, const char *who, const struct CMUnitTest *tests, size_t count, bool own_scratch)
{
	char name[64];

	snprintf(name, sizeof name, "%s, %s", title, who);
	return _cmocka_run_group_tests(name, tests, count, own_scratch ? scratch_setup : NULL,
	                               own_scratch ? scratch_teardown : NULL);
}

/* In the folder that root made. */
static int run_as_nobody(const char *title, const struct CMUnitTest *tests, size_t count)
{
	if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
		return 1;
	prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
	return run(title, "ordinary user", tests, count, false);
}

int child_main(const char *title, const struct CMUnitTest *everybody, size_t count, const struct CMUnitTest *for_root,
               size_t root_count)
{
	int status, failed;
	pid_t pid;

	if (geteuid() != 0)
		return run(title, "ordinary user", everybody, count, true);
	scratch_make();
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exit(run_as_nobody(title, everybody, count));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	scratch_remove();
	failed = run(title, "root", everybody, count, true);
	if (for_root != NULL)
		failed += run(title, "root alone", for_root, root_count, true);
	return failed != 0 || status != 0;
}
