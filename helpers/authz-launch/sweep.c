/* SPDX-License-Identifier: ISC */
#include "sweep.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/deadline.h"

#define PAUSE_MS 2 /* for the killed to die */

unsigned sweep_children(bool (*spare)(const void *arg, pid_t pid), const void *arg)
{
	char path[64];
	unsigned count = 0;
	long pid;
	FILE *list;

	snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
	list = fopen(path, "re");
	if (list == NULL)
		return 0;
	while (fscanf(list, "%ld", &pid) == 1)
		if (pid > 1 && (spare == NULL || !spare(arg, (pid_t)pid)) && kill((pid_t)pid, SIGKILL) == 0)
			count++;
	fclose(list);
	return count;
}

/* false: there is nobody any more. */
static bool bury(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid > 0);
	return pid == 0 || errno == EINTR;
}

bool sweep_all(int64_t deadline)
{
	while (bury()) {
		if (deadline_left(deadline) == 0)
			return false;
		(void)sweep_children(NULL, NULL);
		(void)poll(NULL, 0, PAUSE_MS);
	}
	return true;
}
