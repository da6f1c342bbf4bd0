/* SPDX-License-Identifier: ISC */
/* The bar of long work: helpers/authzctl/progress.c, on a real terminal and on none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <poll.h>
#include <pty.h>

#include "../../helpers/authzctl/progress.c"

static char said[4096];

static void wait_a_while(void)
{
	const struct timespec t = {.tv_nsec = 120000000};

	nanosleep(&t, NULL);
}

/* Standard error on a terminal, or on a pipe, while "work" runs; what it said is then in "said". */
static void run(bool terminal, void (*work)(void))
{
	int ends[2], saved = dup(STDERR_FILENO);
	struct pollfd on;
	size_t have = 0;
	ssize_t length;

	if (terminal)
		assert_int_equal(openpty(&ends[0], &ends[1], NULL, NULL, NULL), 0);
	else
		assert_int_equal(pipe(ends), 0);
	fflush(stderr);
	dup2(ends[1], STDERR_FILENO);
	work();
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	on = (struct pollfd){.fd = ends[0], .events = POLLIN};
	/* a terminal hands on what it got in pieces, a little later */
	while (poll(&on, 1, 200) > 0 && (length = read(ends[0], said + have, sizeof said - 1 - have)) > 0)
		have += (size_t)length;
	said[have] = '\0';
	close(ends[0]);
	close(ends[1]);
}

static void half(void)
{
	struct progress p;

	progress_begin(&p, "checking", false);
	wait_a_while();
	progress_at(&p, 50, 100);
	progress_end(&p);
}

static void unknown_total(void)
{
	struct progress p;

	progress_begin(&p, "loading", false);
	wait_a_while();
	progress_at(&p, 12345, 0);
	progress_end(&p);
}

static void beyond(void)
{
	struct progress p;

	progress_begin(&p, "dumping", false);
	wait_a_while();
	progress_at(&p, UINT64_MAX, 7);
	progress_end(&p);
}

static void huge(void)
{
	struct progress p;

	progress_begin(&p, "dumping", false);
	wait_a_while();
	progress_at(&p, UINT64_MAX / 4, UINT64_MAX / 2);
	progress_end(&p);
}

static void many(void)
{
	struct progress p;
	int i;

	progress_begin(&p, "checking", false);
	wait_a_while();
	for (i = 0; i < 1000; i++)
		progress_at(&p, 1, 1000);
	progress_end(&p);
}

static void quick(void)
{
	struct progress p;

	progress_begin(&p, "checking", false);
	progress_at(&p, 100, 100);
	progress_end(&p);
}

static void quiet(void)
{
	struct progress p;

	progress_begin(&p, "checking", true);
	wait_a_while();
	progress_at(&p, 50, 100);
	progress_end(&p);
}

static void on_a_terminal(void **state)
{
	(void)state;
	run(true, half);
	assert_string_equal(said, "\rchecking [####################                    ]  50 %\r\033[K");
	run(true, unknown_total);
	assert_string_equal(said, "\rloading 12345\r\033[K");
}

static void numbers(void **state)
{
	(void)state;
	run(true, beyond);
	assert_non_null(strstr(said, "[########################################] 100 %"));
	run(true, huge);
	assert_non_null(strstr(said, "[####################                    ]  50 %"));
}

static void seldom(void **state)
{
	(void)state;
	run(true, many);
	assert_true(strlen(said) < 200);
}

static void not_at_all(void **state)
{
	(void)state;
	run(false, half);
	assert_string_equal(said, "");
	run(true, quiet);
	assert_string_equal(said, "");
	run(true, quick);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"long work on a terminal shows how far it is, and takes the bar away at its end", on_a_terminal, NULL, NULL, NULL},
		{"no number is too large for the bar", numbers, NULL, NULL, NULL},
		{"the bar is drawn a few times a second, however often it moves", seldom, NULL, NULL, NULL},
		{"there is no bar where nobody looks, where quiet was asked for, or where the work was done at once", not_at_all, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("authzctl_progress", tests, NULL, NULL);
}
