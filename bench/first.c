/* SPDX-License-Identifier: ISC */
/*
 * first TIMES PROGRAM [ARGUMENT]...: run a program so often, one after the other; print the median of its microseconds on a
 * processor, so that other work does not count.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "spread.h"

extern char **environ;

static double microseconds(struct timeval t)
{
	return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

int main(int argc, char **argv)
{
	const int times = argc > 2 ? atoi(argv[1]) : 0;
	double *took = calloc(times > 0 ? (size_t)times : 1, sizeof *took);
	posix_spawn_file_actions_t actions;
	struct rusage used;
	int i, status;
	pid_t child;

	if (times < 1 || took == NULL)
		return 2;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	for (i = 0; i < times; i++) {
		if (posix_spawnp(&child, argv[2], &actions, NULL, argv + 2, environ) != 0 ||
		    wait4(child, &status, 0, &used) != child || status != 0)
			return 1;
		took[i] = microseconds(used.ru_utime) + microseconds(used.ru_stime);
	}
	printf("%.0f\n", spread_of(took, (size_t)times).middle);
	return 0;
}
