/* SPDX-License-Identifier: ISC */
/* The caller's limits: helpers/authz-run/run_limits.c.  Each test is a process, for limits that are lowered stay so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "run_limits.h"

static int in_a_process(int (*what)(void))
{
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(what());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static struct rlimit get(int which)
{
	struct rlimit limit = {0, 0};

	(void)getrlimit(which, &limit);
	return limit;
}

static void set(int which, rlim_t soft, rlim_t hard)
{
	(void)setrlimit(which, &(struct rlimit){soft, hard});
}

/* A soft limit of 0 is nothing to somebody who may raise it. */
static int lifts_and_gives_back(void)
{
	static const int which[] = {RLIMIT_FSIZE, RLIMIT_CPU, RLIMIT_CORE};
	const rlim_t hard = get(RLIMIT_FSIZE).rlim_max;
	struct limits l;

	set(RLIMIT_FSIZE, 0, hard);
	set(RLIMIT_NOFILE, 5, get(RLIMIT_NOFILE).rlim_max);
	if (limits_raise(&l) != NULL)
		return 1;
	if (get(RLIMIT_FSIZE).rlim_cur < 1 << 20 || get(RLIMIT_NOFILE).rlim_cur < 64 || get(RLIMIT_CORE).rlim_cur > 1)
		return 2;
	if (!limits_give_back(&l) || get(RLIMIT_FSIZE).rlim_cur != 0 || get(RLIMIT_FSIZE).rlim_max != hard ||
	    get(RLIMIT_NOFILE).rlim_cur != 5)
		return 3;
	for (size_t i = 0; i < 3; i++)
		if (get(which[i]).rlim_max != l.callers[i == 2 ? LIMITS - 1 : i].rlim_max)
			return 4;
	return 0;
}

static int keeps_what_was_set_since(void)
{
	struct limits l;

	set(RLIMIT_NOFILE, 100, get(RLIMIT_NOFILE).rlim_max);
	if (limits_raise(&l) != NULL)
		return 1;
	set(RLIMIT_NOFILE, 77, 77);
	set(RLIMIT_CPU, 1000, get(RLIMIT_CPU).rlim_max); /* the soft one alone */
	if (!limits_give_back(&l) || get(RLIMIT_NOFILE).rlim_cur != 77 || get(RLIMIT_NOFILE).rlim_max != 77)
		return 2;
	return get(RLIMIT_CPU).rlim_cur == 1000 && get(RLIMIT_CPU).rlim_max == l.callers[1].rlim_max ? 0 : 3;
}

static const char *low;

/* What is hard is lifted by nobody here; root's capability is tried in the host ring. */
static int names_what_is_low(void)
{
	static const struct {
		int which;
		rlim_t hard;
	} hard[] = {{RLIMIT_FSIZE, 0}, {RLIMIT_FSIZE, 4096}, {RLIMIT_NOFILE, 10}, {RLIMIT_CPU, 5}};
	struct limits l;

	for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++) {
		const pid_t pid = fork();
		int status = 0;

		if (pid == 0) {
			set(hard[i].which, hard[i].hard, hard[i].hard);
			low = limits_raise(&l);
			_exit(low != NULL && *low != '\0' ? 0 : 1);
		}
		if (waitpid(pid, &status, 0) != pid || status != 0)
			return (int)i + 1;
	}
	return 0;
}

static void lifted(void **state)
{
	(void)state;
	assert_int_equal(in_a_process(lifts_and_gives_back), 0);
}

static void set_since(void **state)
{
	(void)state;
	assert_int_equal(in_a_process(keeps_what_was_set_since), 0);
}

static void named(void **state)
{
	(void)state;
	assert_int_equal(in_a_process(names_what_is_low), 0);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("the caller's limits are lifted meanwhile and the command's again (run_limits MUST 1, run_limits MUST 2)", lifted),
		ROW("a limit that was set meanwhile stays, each of soft and hard (run_limits MUST 2)", set_since),
		ROW("one that is too low and hard is named (run_limits MUST 1)", named),
	};

	return cmocka_run_group_tests_name("run limits", tests, NULL, NULL);
}
