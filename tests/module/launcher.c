/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/foreign.h"
#include "host/machine.h"
#include "service.h"

pid_t launcher;

static void become_launcher(void)
{
	static char path[128], socket[128];
	char *const argv[] = {path, (char[]){"--serve"}, (char[]){"--own"}, socket, NULL};
	char *const envp[] = {(char[]){"ASAN_OPTIONS=detect_leaks=0"}, NULL};

	snprintf(path, sizeof path, "%s", beside_state("authz-launch"));
	snprintf(socket, sizeof socket, "%s", in_state("launch.sock"));
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves none behind */
	dup2(open(in_state("launch.log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), STDERR_FILENO);
	execve(path, argv, envp);
	_exit(99);
}

void launcher_start(void)
{
	const struct timespec tick = {.tv_nsec = 10000000};
	int i, fd = -1;

	launcher = fork();
	assert_true(launcher >= 0);
	if (launcher == 0)
		become_launcher();
	for (i = 0; i < 2000 && fd < 0; i++) {
		assert_int_equal(waitpid(launcher, NULL, WNOHANG), 0);
		fd = connect_to(in_state("launch.sock"));
		if (fd < 0)
			nanosleep(&tick, NULL);
	}
	assert_true(fd >= 0);
	close(fd);
}

int launcher_stop(int signal)
{
	int status = 0;

	kill(launcher, signal);
	assert_int_equal(waitpid(launcher, &status, 0), launcher);
	launcher = 0;
	return status;
}

void launch(const char *path, const void *input, size_t length, unsigned wait_ms, struct launched *out)
{
	static struct machine machine;
	struct host_launch what = {.path = path, .input = input, .input_length = length, .wait_ms = wait_ms, .output = out->output,
	                           .output_size = LAUNCHED_SIZE};

	machine.foreign.own = true;
	snprintf(machine.foreign.socket, sizeof machine.foreign.socket, "%s", in_state("launch.sock"));
	memset(out->output, 0, sizeof out->output);
	out->result = foreign_run(&machine, &what, out->why);
	out->length = what.output_length;
}
