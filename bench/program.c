/* SPDX-License-Identifier: ISC */
#include "program.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

bool program_run(void *arg)
{
	struct program *p = arg;
	char argument[64], *argv[] = {p->path, NULL, NULL}, *envp[] = {NULL};
	int status;
	pid_t pid;

	if (p->argument != NULL) {
		snprintf(argument, sizeof argument, "%s", p->argument);
		argv[1] = argument;
	}
	if (posix_spawn(&pid, p->path, NULL, NULL, argv, envp) != 0 || waitpid(pid, &status, 0) != pid)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
