/* SPDX-License-Identifier: ISC */
/* A worker that starts a program and waits for its end: started PROGRAM [ARGUMENT] */
#include <stdio.h>

#include "program.h"
#include "worker.h"

static bool run(void *arg, size_t index)
{
	(void)index;
	return program_run(arg);
}

int main(int argc, char **argv)
{
	struct program program = {.argument = argc == 3 ? argv[2] : NULL};
	const struct worker w = {.run = run, .arg = &program};

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: started PROGRAM [ARGUMENT]\n");
		return 2;
	}
	snprintf(program.path, sizeof program.path, "%s", argv[1]);
	return worker_serve(&w);
}
