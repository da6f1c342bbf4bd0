/* SPDX-License-Identifier: ISC */
/* first TIMES PROGRAM [ARGUMENT]...: run a program so often, one after the other; print the median's microseconds. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include "spread.h"

extern char **environ;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
	const int times = argc > 2 ? atoi(argv[1]) : 0;
	double *took = calloc(times > 0 ? (size_t)times : 1, sizeof *took), begin;
	posix_spawn_file_actions_t actions;
	int i, status;
	pid_t child;

	if (times < 1 || took == NULL)
		return 2;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	for (i = 0; i < times; i++) {
		begin = now();
		if (posix_spawnp(&child, argv[2], &actions, NULL, argv + 2, environ) != 0 || waitpid(child, &status, 0) != child ||
		    status != 0)
			return 1;
		took[i] = now() - begin;
	}
	printf("%.0f\n", spread_of(took, (size_t)times).middle);
	return 0;
}
